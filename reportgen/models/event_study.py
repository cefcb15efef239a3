"""What moved abnormally on the days of an event.

A market model is fitted to each asset over a quiet window before the event; what it does not
explain is abnormal. Each asset has its own day zero: the first of its daily values taken after
the event began, so the New York session of a Thursday is Friday's in Tokyo. The market's return
is measured between the closes of the session an asset's value belongs to: the one that ends up
to seven hours after it was taken (London's morning, New York's noon), else the one before.
Source: MacKinlay (1997), Event Studies in Economics and Finance, sections 4-5.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reportgen.errors import DataError
from reportgen.models import guard
from reportgen.models.assets import NEW_YORK, Asset, AssetSeries, Kind, moves, simple_change

Floats = NDArray[np.float64]
SATURDAY = 5
SAME_SESSION = pd.Timedelta(hours=7)


@dataclass(frozen=True)
class EventSettings:
    """The event and its windows.

    Args:
        session: New York session in which it happened.
        began: New York time at which it began; daily values taken before it know nothing of it.
        estimation_days: moves of the market model's window, which ends ``gap_days`` before day
            zero.
        first, last: event window in the asset's own trading days; (0, 1) is CAR[0,1].
    """

    session: date
    began: time = time(10, 30)
    estimation_days: int = 250
    gap_days: int = 20
    first: int = 0
    last: int = 1

    def instant(self) -> datetime:
        """Return the moment the event began."""
        return datetime.combine(self.session, self.began, ZoneInfo(NEW_YORK))


@dataclass(frozen=True)
class AbnormalReturn:
    """One asset's abnormal move; per cent (log) for prices, basis points for rates.

    Args:
        day_zero: date of the asset's first daily value after the event began.
        model: ``market``, or ``mean`` for the market itself.
        abnormal: one move per day of the event window, ``car`` their sum, ``t`` that over its
            standard error, estimation error included.
        plain: change over the window that a reader expects (simple per cent, basis points).
        residuals: unexplained moves of the estimation window, ``residual_days`` their days.
    """

    code: str
    kind: Kind
    day_zero: date
    last_day: date
    model: Literal["market", "mean"]
    alpha: float
    beta: float
    residual_sd: float
    abnormal: tuple[float, ...]
    car: float
    t: float
    plain: float
    observations: int
    residuals: tuple[float, ...] = field(repr=False)
    residual_days: tuple[date, ...] = field(repr=False)


def abnormal_return(
    item: AssetSeries, market: AssetSeries, settings: EventSettings
) -> AbnormalReturn:
    """Return one asset's abnormal move around an event.

    Args:
        item: the asset, with about 300 trading days before the event.
        market: the market of the model; the asset itself gets the mean as its model.
        settings: event and windows.

    Raises:
        DataError: a malformed series, no full window before or after the event, or a series
            that does not move.
    """
    own = _weekdays(item)
    frame = _aligned(own, item.asset, market)
    zero = _day_zero(own, item.asset, settings)
    window, event = _windows(frame, zero, settings, item.asset.code)
    same = item.asset.code == market.asset.code
    regressors = np.ones((len(window), 1)) if same else _with_constant(window)
    expected = np.ones((len(event), 1)) if same else _with_constant(event)
    target = window["own"].to_numpy(dtype="float64")
    coefficients, *_ = np.linalg.lstsq(regressors, target, rcond=None)
    residuals = target - regressors @ coefficients
    free = len(window) - regressors.shape[1]
    variance = float(residuals @ residuals) / free
    if variance <= 1e-12:
        raise DataError(f"series {item.asset.code} leaves nothing unexplained before the event")
    abnormal = event["own"].to_numpy(dtype="float64") - expected @ coefficients
    total = expected.sum(axis=0)
    spread = total @ np.linalg.inv(regressors.T @ regressors) @ total
    deviation = float(np.sqrt(variance * (len(event) + spread)))
    start = int(own.index.searchsorted(event.index[0]))
    before = float(own.iloc[start - 1])
    return AbnormalReturn(
        code=item.asset.code,
        kind=item.asset.kind,
        day_zero=zero,
        last_day=guard.day_of(event.index[-1]),
        model="mean" if same else "market",
        alpha=float(coefficients[0]),
        beta=0.0 if same else float(coefficients[1]),
        residual_sd=float(np.sqrt(variance)),
        abnormal=tuple(float(value) for value in abnormal),
        car=float(abnormal.sum()),
        t=float(abnormal.sum()) / deviation,
        plain=simple_change(item.asset.kind, before, float(own[event.index[-1]])),
        observations=len(window),
        residuals=tuple(float(value) for value in residuals),
        residual_days=tuple(guard.day_of(stamp) for stamp in window.index),
    )


def _weekdays(item: AssetSeries) -> pd.Series[float]:
    """Return an asset's values without weekends, on which no market return can stand."""
    values = item.checked(2)
    weekday: pd.Series[float] = values[pd.DatetimeIndex(values.index).day_of_week < SATURDAY]
    return weekday


def _aligned(own: pd.Series[float], asset: Asset, market: AssetSeries) -> pd.DataFrame:
    """Return the asset's moves beside the market's between the closes of the same sessions."""
    prices = market.checked(2)
    closes = market.asset.instants(pd.DatetimeIndex(prices.index))
    taken = asset.instants(pd.DatetimeIndex(own.index))
    place = closes.searchsorted(taken + SAME_SESSION, side="right") - 1
    known = place >= 0
    level = pd.Series(prices.to_numpy()[place[known]], index=own.index[known])
    frame = {"own": moves(own[level.index], asset.kind), "market": moves(level, market.asset.kind)}
    return pd.DataFrame(frame)


def _day_zero(own: pd.Series[float], asset: Asset, settings: EventSettings) -> date:
    """Return the day of the asset's first value taken after the event began."""
    after = own[pd.Timestamp(settings.session) :]
    for stamp in after.index:
        day = guard.day_of(stamp)
        if asset.instant(day) >= settings.instant():
            return day
    raise DataError(f"series {asset.code} ends before the event of {settings.session}")


def _windows(
    frame: pd.DataFrame, zero: date, settings: EventSettings, code: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the estimation window and the event window of an asset."""
    place = int(frame.index.searchsorted(pd.Timestamp(zero)))
    stop = place - settings.gap_days + 1
    begin = stop - settings.estimation_days
    first, last = place + settings.first, place + settings.last
    if begin < 0:
        raise DataError(
            f"series {code} has too few days before {zero}: "
            f"{settings.estimation_days + settings.gap_days} moves are needed"
        )
    if last >= len(frame) or first < stop or last < first:
        raise DataError(f"series {code} has no whole event window around {zero}")
    return frame.iloc[begin:stop], frame.iloc[first : last + 1]


def _with_constant(frame: pd.DataFrame) -> Floats:
    """Return the regressors of the market model: a constant and the market's moves."""
    market = frame["market"].to_numpy(dtype="float64")
    return np.column_stack([np.ones(len(market)), market])
