"""The events the assessment forecasts, defined once for simulated paths and for history.

Every function takes log prices of shape (days + 1, paths); row 0 is the close of the start
day, and an event counts from row 1 on. Bounds belong to the event (a fall of exactly 10 % is
one).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reportgen.models.arrays import BoolArray, DayArray, FloatArray

NEVER = np.iinfo(np.int16).max
# Logarithms of prices that stand exactly at a bound differ from the bound by rounding.
_ROUNDING = 1e-12


@dataclass(frozen=True)
class FallEvent:
    """A close at least ``depth`` below the highest close of the ``days`` before, since the start.

    Args:
        id: short name, for example ``"F1"``.
        depth: size of the fall, unit 1.
        days: trading days from peak to trough at most.
    """

    id: str
    depth: float
    days: int


@dataclass(frozen=True)
class DrawdownEvent:
    """A close at least ``depth`` below the peak since 252 trading days before the start.

    Args:
        id: short name, for example ``"B1"``.
        depth: size of the drawdown, unit 1.
    """

    id: str
    depth: float


FLASH = FallEvent("F1", 0.10, 10)
FLASH_WEEK = FallEvent("F3", 0.10, 5)
FLASH_MONTH = FallEvent("F4", 0.15, 21)
HALT_DAY = FallEvent("F5", 0.07, 1)
CORRECTION = DrawdownEvent("C1", 0.10)
BEAR = DrawdownEvent("B1", 0.20)
SEVERE = DrawdownEvent("B2", 0.35)

FALLS = (FLASH, FLASH_WEEK, FLASH_MONTH)
DRAWDOWNS = (CORRECTION, BEAR, SEVERE)
EVENTS: tuple[FallEvent | DrawdownEvent, ...] = (*FALLS, *DRAWDOWNS)


def log_bound(depth: float) -> float:
    """Return the log ratio at or below which a price is ``depth`` under its peak."""
    return float(np.log1p(-depth)) + _ROUNDING


def rolling_peak(log_price: FloatArray, window: int) -> FloatArray:
    """Return the highest value of each row and the ``window - 1`` rows before it.

    Rows before row 0 do not exist. Three comparisons a value whatever the window
    (van Herk 1992, Pattern Recognition Letters 13).
    """
    rows = log_price.shape[0]
    peak = np.empty(log_price.shape)
    suffix = np.empty((window, log_price.shape[1]))
    for start in range(0, rows, window):
        stop = min(start + window, rows)
        running_peak(log_price[start:stop], out=peak[start:stop])
        if start:
            for row in range(start, min(stop, start + window - 1)):
                np.maximum(peak[row], suffix[row - start + 1], out=peak[row])
        if stop - start == window:
            running_peak(log_price[start:stop][::-1], out=suffix[::-1])
    return peak


def running_peak(log_price: FloatArray, *, out: FloatArray | None = None) -> FloatArray:
    """Return the highest value of each row and all rows before it.

    A loop over rows: several times faster here than ``np.maximum.accumulate`` on axis 0.
    """
    peak = np.empty(log_price.shape) if out is None else out
    peak[0] = log_price[0]
    for row in range(1, log_price.shape[0]):
        np.maximum(peak[row - 1], log_price[row], out=peak[row])
    return peak


def drawdown_from(log_price: FloatArray, start_peak: FloatArray | float) -> FloatArray:
    """Return log drawdowns (zero or negative) from the running peak, shape of ``log_price``.

    Args:
        log_price: shape (days + 1, paths).
        start_peak: log of the peak before the start relative to the start, a number or one
            value a path.
    """
    peak = np.empty(log_price.shape)
    np.maximum(log_price[0], start_peak, out=peak[0])
    for row in range(1, log_price.shape[0]):
        np.maximum(peak[row - 1], log_price[row], out=peak[row])
    return np.subtract(log_price, peak, out=peak)


def first_day_at_or_below(values: FloatArray, bound: float) -> DayArray:
    """Return for each path the first row from 1 on at or below ``bound``, or ``NEVER``."""
    rows, paths = values.shape
    day = np.ones(paths, dtype=np.int16)
    done = np.zeros(paths, dtype=np.bool_)
    row_hit = np.empty(paths, dtype=np.bool_)
    for row in range(1, rows):
        np.less_equal(values[row], bound, out=row_hit)
        np.logical_or(done, row_hit, out=done)
        np.logical_not(done, out=row_hit)
        np.add(day, row_hit, out=day)
    day[~done] = NEVER
    return day


def first_fall(log_price: FloatArray, event: FallEvent) -> DayArray:
    """Return for each path the first day of a fall, or ``NEVER``."""
    peak = rolling_peak(log_price, event.days + 1)
    return first_day_at_or_below(np.subtract(log_price, peak, out=peak), log_bound(event.depth))


def first_drawdown(drawdown: FloatArray, event: DrawdownEvent) -> DayArray:
    """Return for each path the first day at the event's depth, or ``NEVER``.

    Args:
        drawdown: log drawdowns from ``drawdown_from``.
        event: the event sought.
    """
    return first_day_at_or_below(drawdown, log_bound(event.depth))


def happened_by(first_day: DayArray, horizon: int) -> BoolArray:
    """Return for each path whether the event came on or before day ``horizon``."""
    return first_day <= horizon
