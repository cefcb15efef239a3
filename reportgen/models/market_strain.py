"""Strain that shows without an order book: volatility indices and closes of the S&P 500.

Plain measures, no forecast. Depth itself (orders waiting at each price) is published by nobody
whose figures the snapshot holds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from reportgen.models import guard
from reportgen.models.skew_history import Rank, percentile

State = Literal["calm", "strained", "stressed"]
Code = Literal["term", "vvix", "realised", "premium"]
CODES: tuple[Code, ...] = ("term", "vvix", "realised", "premium")

YEAR = 252


@dataclass(frozen=True)
class StrainSettings:
    """What counts as strain.

    Args:
        inverted: ratio of VIX to VIX3M from which the next month is dearer than the quarter.
        tail: percentile (0 to 1) from which VVIX and realised volatility count.
        window: trading days of realised volatility.
        large: daily change of the index, either way, that counts as large, per cent.
    """

    inverted: float = 1.0
    tail: float = 0.90
    window: int = 21
    large: float = 2.0


@dataclass(frozen=True)
class StrainGauge:
    """One measure, its place in its history, its threshold, and whether it shows strain."""

    code: Code
    value: float
    rank: Rank
    threshold: float
    strained: bool


@dataclass(frozen=True)
class Inverted:
    """Share of days (0 to 1) with VIX at or above VIX3M since ``start``, and the last one."""

    share: float
    start: date
    last: date | None


@dataclass(frozen=True)
class LargeMoves:
    """Daily changes of the index by closes, in per cent.

    Args:
        days: large ones within the last year; ``usual``: their mean a year in all history.
        clustered: most of them within any window of 21 trading days of the last year.
        start: first day of the history.
        worst, worst_day: largest fall of the last year.
        last: latest large one in all history.
    """

    days: int
    usual: float
    clustered: int
    start: date
    worst: float
    worst_day: date
    last: date | None


@dataclass(frozen=True)
class StrainResult:
    """Gauges whose series are there, codes of the others, and what they add up to."""

    state: State
    gauges: tuple[StrainGauge, ...]
    missing: tuple[Code, ...]
    inverted: Inverted | None
    moves: LargeMoves | None


def realised_volatility(closes: pd.Series[float], window: int = 21) -> pd.Series[float]:
    """Return the volatility of the last ``window`` daily changes, per cent a year, by day."""
    prices = guard.positive_series(closes, "sp500", window + 1)
    deviation: pd.Series[float] = prices.pct_change().rolling(window).std()
    return (deviation * math.sqrt(YEAR) * 100.0).dropna()


def term_ratio(vix: pd.Series[float], vix3m: pd.Series[float]) -> pd.Series[float]:
    """Return VIX / VIX3M on the days both have; from 1 on the curve is inverted."""
    near, far = guard.positive_series(vix, "vix"), guard.positive_series(vix3m, "vix3m")
    return (near / far).dropna()


def large_moves(closes: pd.Series[float], settings: StrainSettings | None = None) -> LargeMoves:
    """Return how often and how far the index moved in a day.

    Raises:
        DataError: fewer than a year and a day of closes, or one that is not above zero.
    """
    given = settings or StrainSettings()
    changes = 100.0 * guard.positive_series(closes, "sp500", YEAR + 1).pct_change().dropna()
    large = changes.abs() >= given.large
    year = changes.iloc[-YEAR:]
    inside = large.iloc[-YEAR:].rolling(given.window, min_periods=1).sum()
    known = changes.index[large.to_numpy()]
    return LargeMoves(
        days=int(large.iloc[-YEAR:].sum()),
        usual=float(large.mean()) * YEAR,
        clustered=int(inside.max()),
        start=guard.day_of(changes.index[0]),
        worst=float(year.min()),
        worst_day=guard.day_of(year.idxmin()),
        last=guard.day_of(known[-1]) if len(known) else None,
    )


def evaluate(
    closes: pd.Series[float] | None,
    vix: pd.Series[float] | None,
    vix3m: pd.Series[float] | None = None,
    vvix: pd.Series[float] | None = None,
    settings: StrainSettings | None = None,
) -> StrainResult:
    """Return the gauges of strain at the latest day.

    Args:
        closes: S&P 500, points; more than a year of them; ``None`` when they are not there.
        vix: daily closes, index points; likewise.
        vix3m: likewise.
        vvix: likewise.
        settings: thresholds.

    Raises:
        DataError: a series is empty, unordered or not above zero.
    """
    given = settings or StrainSettings()
    ratio = None if vix is None or vix3m is None else term_ratio(vix, vix3m)
    gauges: list[StrainGauge] = []
    if ratio is not None:
        gauges.append(_from("term", ratio, given.inverted))
    if vvix is not None:
        gauges.append(_upper("vvix", guard.positive_series(vvix, "vvix"), given))
    gauges += _moved(closes, vix, given)
    return StrainResult(
        state=_state(sum(gauge.strained for gauge in gauges)),
        gauges=tuple(gauges),
        missing=_missing(gauges),
        inverted=None if ratio is None else _inverted(ratio, given.inverted),
        moves=None if closes is None else large_moves(closes, given),
    )


def _moved(
    closes: pd.Series[float] | None, vix: pd.Series[float] | None, given: StrainSettings
) -> list[StrainGauge]:
    """Return the gauges that need closes of the index: its volatility, and the VIX above it."""
    if closes is None:
        return []
    realised = realised_volatility(closes, given.window)
    found = [_upper("realised", realised, given)]
    if vix is not None:
        premium = (guard.positive_series(vix, "vix") - realised).dropna()
        found.append(_gauge("premium", premium, 0.0, strained=float(premium.iloc[-1]) < 0.0))
    return found


def _missing(gauges: list[StrainGauge]) -> tuple[Code, ...]:
    held = {gauge.code for gauge in gauges}
    return tuple(code for code in CODES if code not in held)


def _upper(code: Code, values: pd.Series[float], given: StrainSettings) -> StrainGauge:
    return _from(code, values, float(np.quantile(values.to_numpy(), given.tail)))


def _from(code: Code, values: pd.Series[float], threshold: float) -> StrainGauge:
    return _gauge(code, values, threshold, strained=float(values.iloc[-1]) >= threshold)


def _gauge(
    code: Code, values: pd.Series[float], threshold: float, *, strained: bool
) -> StrainGauge:
    last = float(values.iloc[-1])
    return StrainGauge(code, last, percentile(values, last, code), threshold, strained)


def _inverted(ratio: pd.Series[float], bound: float) -> Inverted:
    days = ratio.index[(ratio >= bound).to_numpy()]
    return Inverted(
        share=len(days) / len(ratio),
        start=guard.day_of(ratio.index[0]),
        last=guard.day_of(days[-1]) if len(days) else None,
    )


def _state(signs: int) -> State:
    if signs == 0:
        return "calm"
    return "strained" if signs == 1 else "stressed"
