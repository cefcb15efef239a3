"""The first day of every event on simulated paths, in one pass over the days.

A day's row of all paths stays in the processor's cache while every event looks at it; event by
event the same rows were fetched nine times, which took two and a half times as long.
"""

from __future__ import annotations

import numpy as np

from reportgen.models.arrays import DayArray, FloatArray
from reportgen.models.events import DRAWDOWNS, FALLS, NEVER, log_bound

# Days are counted in bytes, which are added up before they overflow.
_FLUSH = 100


def first_days(log_price: FloatArray, start_peak: float) -> dict[str, DayArray]:
    """Return for each event of ``events`` the first day it came on each path, or ``NEVER``.

    Args:
        log_price: shape (days + 1, paths), row 0 equal to zero.
        start_peak: log ratio of the trailing 252-day peak to the start close.
    """
    paths = log_price.shape[1]
    falls = {event.id: _Onset(paths, event.depth) for event in FALLS}
    drawdowns = {event.id: _Onset(paths, event.depth) for event in DRAWDOWNS}
    peaks = _RollingPeaks(tuple(event.days + 1 for event in FALLS))
    highest = np.maximum(log_price[0], start_peak)
    below = np.empty(paths)
    peaks.of(log_price[0])
    for row in log_price[1:]:
        for event, peak in zip(falls.values(), peaks.of(row), strict=True):
            event.see(np.subtract(row, peak, out=below))
        np.maximum(highest, row, out=highest)
        np.subtract(row, highest, out=below)
        for event in drawdowns.values():
            event.see(below)
    return {name: event.first_day() for name, event in {**falls, **drawdowns}.items()}


class _Onset:
    """Counts the days up to the first one at or below a depth."""

    def __init__(self, paths: int, depth: float) -> None:
        self._bound = log_bound(depth)
        self._hit, self._done = np.zeros(paths, np.bool_), np.zeros(paths, np.bool_)
        self._bytes, self._days_done = np.zeros(paths, np.int8), np.zeros(paths, np.int16)
        self._seen = 0

    def see(self, below: FloatArray) -> None:
        """Take a day's log drawdowns, shape (paths,)."""
        np.less_equal(below, self._bound, out=self._hit)
        np.logical_or(self._done, self._hit, out=self._done)
        np.add(self._bytes, self._done.view(np.int8), out=self._bytes)
        self._seen += 1
        if self._seen % _FLUSH == 0:
            self._flush()

    def first_day(self) -> DayArray:
        """Return the day, 1 for the first one seen, or ``NEVER``."""
        self._flush()
        day: DayArray = np.int16(self._seen + 1) - self._days_done
        day[~self._done] = NEVER
        return day

    def _flush(self) -> None:
        self._days_done += self._bytes
        self._bytes[:] = 0


class _RollingPeaks:
    """The highest of the last rows, for several lengths, each made from the next shorter one.

    The highest of w rows is that of v rows and of the v rows w - v before, for v < w <= 2 v.
    """

    def __init__(self, lengths: tuple[int, ...]) -> None:
        self._lengths = lengths
        self._links: list[tuple[int, list[FloatArray]]] = []
        self._rows = 0
        length = 1
        for wanted in sorted(set(lengths)):
            while length < wanted:
                longer = min(2 * length, wanted)
                self._links.append((longer - length, []))
                length = longer

    def of(self, row: FloatArray) -> list[FloatArray]:
        """Take the next row and return its peaks in the order of the lengths asked for."""
        peak, length, found = row, 1, {1: row}
        for shift, past in self._links:
            narrower = peak
            if self._rows >= shift:
                peak = np.maximum(narrower, past[self._rows % shift])
                past[self._rows % shift] = narrower
            else:
                past.append(narrower)
            length += shift
            found[length] = peak
        self._rows += 1
        return [found[length] for length in self._lengths]
