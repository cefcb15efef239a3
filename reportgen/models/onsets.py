"""The first day of each event after every day of a price history, in one pass."""

from __future__ import annotations

import numpy as np

from reportgen.models.arrays import BoolArray, CountArray, FloatArray
from reportgen.models.events import NEVER, DrawdownEvent, FallEvent, log_bound


def first_onsets(
    log_close: FloatArray, log_peak: FloatArray, event: FallEvent | DrawdownEvent, horizon: int
) -> CountArray:
    """Return for each start the first day of the event after it, 1 to ``horizon``, or ``NEVER``.

    Near the end of the history fewer days than ``horizon`` can be seen: a start is complete for
    a horizon h only when h days follow it, and the caller counts complete starts only.

    Args:
        log_close: shape (n,).
        log_peak: log of the highest close of the trailing year of each day, same shape; not a
            number where the year is not complete. Drawdowns then count from the start's close.
        event: what is sought.
        horizon: trading days looked ahead.
    """
    if isinstance(event, FallEvent):
        return _first_falls(log_close, event, horizon)
    return _first_drawdowns(log_close, log_peak, event, horizon)


def may_begin(log_close: FloatArray, log_peak: FloatArray, event: DrawdownEvent) -> BoolArray:
    """Return which starts stand above the event's depth, so that its onset can still come."""
    below: BoolArray = log_close - log_peak > log_bound(event.depth)
    return below


def fall_lags(log_close: FloatArray, event: FallEvent) -> CountArray:
    """Return for each day the shortest fall of the event ending there, in days; 0 for none."""
    lags = np.zeros(log_close.size, dtype=np.int64)
    for lag in range(1, min(event.days, log_close.size - 1) + 1):
        fell = log_close[lag:] - log_close[:-lag] <= log_bound(event.depth)
        lags[lag:][fell & (lags[lag:] == 0)] = lag
    return lags


def _first_falls(log_close: FloatArray, event: FallEvent, horizon: int) -> CountArray:
    lags = fall_lags(log_close, event)
    ends = np.flatnonzero(lags)
    # A start sees a fall when the peak it is measured from is not before the start; the shortest
    # fall has the latest peak.
    earliest = np.full(log_close.size, NEVER + log_close.size, dtype=np.int64)
    np.minimum.at(earliest, ends - lags[ends], ends)
    following = np.minimum.accumulate(earliest[::-1])[::-1]
    first = following - np.arange(log_close.size)
    return np.where(first <= horizon, first, NEVER)


def _first_drawdowns(
    log_close: FloatArray, log_peak: FloatArray, event: DrawdownEvent, horizon: int
) -> CountArray:
    size, bound = log_close.size, log_bound(event.depth)
    first = np.full(size, NEVER, dtype=np.int64)
    peak = np.where(np.isfinite(log_peak), np.maximum(log_peak, log_close), log_close)
    for day in range(1, min(horizon, size - 1) + 1):
        later, seen = log_close[day:], peak[: size - day]
        np.maximum(seen, later, out=seen)
        onset = (later - seen <= bound) & (first[: size - day] == NEVER)
        first[: size - day][onset] = day
    return first
