"""Peaks and troughs by the zigzag rule: a turn counts once closes have reversed by 20 %."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd

from reportgen.errors import DataError
from reportgen.models.arrays import FloatArray
from reportgen.models.averages import LONG_WEEKS, weekly_closes
from reportgen.models.history import closes_until

REVERSAL = 0.20


@dataclass(frozen=True)
class Pivot:
    """A turn of the closes.

    Args:
        kind: peak or trough.
        day: the day of the extreme close.
        close: that close.
        confirmed: whether the reversal has followed; only the last pivot can lack it.
    """

    kind: Literal["peak", "trough"]
    day: date
    close: float
    confirmed: bool


@dataclass(frozen=True)
class Swing:
    """The last rise by the rule: from the trough before the last peak to that peak."""

    low: Pivot
    high: Pivot


@dataclass(frozen=True)
class BearTrough:
    """The end of a past fall of 20 % or more, against the 200-week average of its day.

    Args:
        peak_day, day: days of the highest and the lowest close.
        close: the lowest close. fall: close / peak - 1, unit 1.
        average: 200-week average that week, None where there are not yet 200 weeks.
        distance: close / average - 1, unit 1, None likewise.
    """

    peak_day: date
    day: date
    close: float
    fall: float
    average: float | None
    distance: float | None


def pivots(closes: pd.Series[float], as_of: date, reversal: float = REVERSAL) -> tuple[Pivot, ...]:
    """Return the alternating peaks and troughs up to the as-of date, the running one last.

    A peak is confirmed by a close at least ``reversal`` below it, a trough by a close at least
    ``reversal`` above it. The first extreme before any reversal is a pivot as well.
    """
    known = closes_until(closes, as_of)
    values = np.asarray(known, dtype=np.float64)
    turns = _turns(values, reversal)
    days = pd.DatetimeIndex(known.index)
    last = len(turns) - 1
    return tuple(
        Pivot(
            kind="peak" if up else "trough",
            day=days[position].date(),
            close=float(values[position]),
            confirmed=number < last,
        )
        for number, (position, up) in enumerate(turns)
    )


def last_swing(turns: tuple[Pivot, ...]) -> Swing:
    """Return the last rise: the last peak and the trough before it.

    Raises:
        DataError: the history holds no trough before its last peak.
    """
    highs = [number for number, pivot in enumerate(turns) if pivot.kind == "peak"]
    if not highs or highs[-1] == 0:
        raise DataError("The closes hold no rise of 20 % to measure a retracement on.")
    return Swing(low=turns[highs[-1] - 1], high=turns[highs[-1]])


def prior_cycle_high(turns: tuple[Pivot, ...]) -> Pivot:
    """Return the peak before the last confirmed trough.

    Raises:
        DataError: the history holds no completed fall of 20 %.
    """
    for high, low in reversed(list(pairwise(turns))):
        if high.kind == "peak" and low.confirmed:
            return high
    raise DataError("The closes hold no completed fall of 20 % and so no earlier cycle.")


def bear_troughs(
    closes: pd.Series[float], as_of: date, weekly: pd.Series[float] | None = None
) -> tuple[BearTrough, ...]:
    """Return the troughs of the completed falls of 20 % or more, oldest first.

    Args:
        closes: daily closes.
        as_of: last day that may be used.
        weekly: weekly closes that reach further back, for the averages of the first troughs.
    """
    turns = pivots(closes, as_of)
    weeks = _joined_weeks(closes, as_of, weekly)
    return tuple(
        _against_average(high, low, weeks)
        for high, low in pairwise(turns)
        if low.kind == "trough" and low.confirmed
    )


def _turns(values: FloatArray, reversal: float) -> list[tuple[int, bool]]:
    """Return (position, is a peak) of the turns, the running extreme last."""
    highest = lowest = 0
    rising: bool | None = None
    turns: list[tuple[int, bool]] = []
    for position, value in enumerate(values):
        if value > values[highest]:
            highest = position
        if value < values[lowest]:
            lowest = position
        if rising is not False and value <= (1.0 - reversal) * values[highest]:
            turns.append((highest, True))
            rising, lowest = False, position
            highest = position
        elif rising is not True and value >= (1.0 + reversal) * values[lowest]:
            turns.append((lowest, False))
            rising, highest = True, position
            lowest = position
    if rising is not None:
        turns.append((highest, True) if rising else (lowest, False))
    return turns


def _joined_weeks(
    closes: pd.Series[float], as_of: date, weekly: pd.Series[float] | None
) -> pd.Series[float]:
    """Return weekly closes, from the longer weekly series before the daily ones begin."""
    own = weekly_closes(closes, as_of)
    if weekly is None:
        return own
    longer = closes_until(weekly, as_of, minimum=1)
    joined: pd.Series[float] = pd.concat([longer[longer.index < own.index[0]], own])
    return joined


def _against_average(high: Pivot, low: Pivot, weeks: pd.Series[float]) -> BearTrough:
    day = pd.Timestamp(low.day)
    week = day.to_period("W-FRI")
    before = weeks[weeks.index < week.start_time].iloc[-(LONG_WEEKS - 1) :]
    full = len(before) == LONG_WEEKS - 1
    average = (float(before.sum()) + low.close) / LONG_WEEKS if full else None
    return BearTrough(
        peak_day=high.day,
        day=low.day,
        close=low.close,
        fall=low.close / high.close - 1.0,
        average=average,
        distance=None if average is None else low.close / average - 1.0,
    )
