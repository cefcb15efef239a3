"""M1d looked back: what it would have said each month, and what the S&P 500 then did.

Forecast, tilt and climatology of a month use figures of that day and before; an outcome counts
once its 252 sessions are over. The scores are made elsewhere, by the same functions as all
others.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from reportgen.errors import DataError
from reportgen.models.arrays import BoolArray, CountArray, FloatArray
from reportgen.models.events import log_bound
from reportgen.models.history import TRADING_YEAR, closes_until, until
from reportgen.models.option_implied import DEPTH, HORIZON, OptionImplied, option_implied

FEWEST_ORIGINS = 60
WARM_UP = 5 * TRADING_YEAR
"""Completed windows before climatology is compared with: five years of days."""
STALE_DAYS = 7
NO_RATES = "rates_missing"


@dataclass(frozen=True)
class OptionRecord:
    """Monthly forecasts with their outcomes; all arrays of shape (n,), in the order of time.

    Args:
        days: day of the forecast.
        priced: risk-neutral probability of a touch of -20 % within 252 sessions.
        tilted: the same at the central risk aversion.
        climatology: share of earlier completed windows in which it came.
        came: whether it came.
        diagnostics: short codes.
    """

    days: npt.NDArray[np.datetime64]
    priced: FloatArray
    tilted: FloatArray
    climatology: FloatArray
    came: BoolArray
    diagnostics: tuple[str, ...]

    @property
    def count(self) -> int:
        """Number of forecasts."""
        return int(self.days.size)


def option_record(
    vix: pd.Series[float],
    closes: pd.Series[float],
    as_of: date,
    rates: pd.Series[float] | None = None,
) -> OptionRecord:
    """Return what M1d would have said at each month's last reading of the VIX.

    Args:
        vix: daily or weekly readings, index points.
        closes: daily closes of the S&P 500.
        as_of: last day of all inputs; later figures are not looked at.
        rates: short-term rate, per cent a year; where it is missing carry is taken as zero.

    Raises:
        DataError: a malformed series, or fewer than 60 months with their year behind them.
    """
    history = closes_until(closes, as_of)
    readings = until(vix, as_of)
    monthly = readings.groupby(readings.index.to_period("M")).tail(1)  # type: ignore[attr-defined]
    came = touched(np.log(history.to_numpy(dtype=np.float64)))
    stamps, places = _origins(pd.DatetimeIndex(monthly.index), history, came.size)
    if places.size < FEWEST_ORIGINS:
        raise DataError(
            f"VIX and S&P 500 share {places.size} months with a year behind them and six years "
            f"before them; {FEWEST_ORIGINS} are needed."
        )
    known = _rates_on(stamps, rates, as_of)
    said = [
        _said(float(vix_then), float(rate))
        for vix_then, rate in zip(monthly[stamps].to_numpy(), known, strict=True)
    ]
    # A window that began HORIZON days before the origin is the last one complete by then.
    complete = places - HORIZON + 1
    return OptionRecord(
        days=stamps.to_numpy().astype("datetime64[D]"),
        priced=np.array([each.touch.value for each in said]),
        tilted=np.array([each.touch_tilted.value for each in said]),
        climatology=np.cumsum(came)[complete - 1] / complete,
        came=came[places],
        diagnostics=(NO_RATES,) if np.isnan(known).any() else (),
    )


def touched(log_close: FloatArray) -> BoolArray:
    """Return for each day with 252 sessions behind it whether a close fell 20 % below its own.

    Args:
        log_close: shape (n,).

    Returns:
        shape (n - 252,), empty for a shorter history.
    """
    if log_close.size <= HORIZON:
        return np.zeros(0, dtype=np.bool_)
    ahead = np.lib.stride_tricks.sliding_window_view(log_close[1:], HORIZON)
    result: BoolArray = ahead.min(axis=1) - log_close[:-HORIZON] <= log_bound(DEPTH)
    return result


def _origins(
    stamps: pd.DatetimeIndex, history: pd.Series[float], complete: int
) -> tuple[pd.DatetimeIndex, CountArray]:
    """Return the days that make a forecast, and the position of each one's last close.

    The close is no older than a week, its window is over, and the warm-up lies before it.
    """
    place = history.index.searchsorted(stamps, side="right").astype(np.int64) - 1
    age = stamps.to_numpy() - history.index.to_numpy()[np.maximum(place, 0)]
    fresh = age <= np.timedelta64(STALE_DAYS, "D")
    kept = (place >= WARM_UP + HORIZON) & (place < complete) & fresh
    return stamps[kept], place[kept]


def _rates_on(stamps: pd.DatetimeIndex, rates: pd.Series[float] | None, as_of: date) -> FloatArray:
    """Return the last rate on or before each day, not a number before the first."""
    if rates is None or not (rates.index <= pd.Timestamp(as_of)).any():
        return np.full(len(stamps), np.nan)
    known = until(rates, as_of).reindex(stamps, method="ffill")
    return np.asarray(known, dtype=np.float64)


def _said(vix: float, rate: float) -> OptionImplied:
    return option_implied(vix, None if math.isnan(rate) else rate)
