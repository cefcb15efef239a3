"""What is kept of simulated paths: a few figures a path and counts by day, never the paths.

A chunk of log price paths becomes a ``PathSummary``; summaries of chunks are added up. All
later questions (any level, any horizon, any event) are answered from the summary.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from reportgen.errors import DataError
from reportgen.models.arrays import CountArray, DayArray, FloatArray, SingleArray
from reportgen.models.events import BEAR, drawdown_from, running_peak
from reportgen.models.history import TRADING_WEEK
from reportgen.models.onset_scan import first_days

# Quantiles by day are read from counts in bins of 0.1 % of the price, interpolated inside a bin.
GRID_LOW, GRID_HIGH, GRID_STEP = -3.0, 3.0, 0.001
GRID_BINS = round((GRID_HIGH - GRID_LOW) / GRID_STEP)
_NO_COUNTS: CountArray = np.empty((0, GRID_BINS), dtype=np.int64)


@dataclass(frozen=True)
class PathSummary:
    """Figures of simulated paths; prices are log ratios to the start close.

    Args:
        horizons: trading days at which the next four are kept, increasing.
        first_day: for each event id the first day it came, shape (paths,), or ``NEVER``.
        closing: log price at each horizon, shape (horizons, paths).
        lowest, highest: extreme log price from day 1 to each horizon.
        drawdown: deepest log drawdown from the trailing peak from day 1 to each horizon.
        trough: lowest log price from the first bear day to each horizon, infinite without one.
        close_counts: paths by day and price bin, shape (days, bins).
        mean_counts: paths by week and bin of the mean of the weekly closes so far,
            shape (weeks, bins).
    """

    horizons: tuple[int, ...]
    first_day: Mapping[str, DayArray]
    closing: SingleArray
    lowest: SingleArray
    highest: SingleArray
    drawdown: SingleArray
    trough: SingleArray
    close_counts: CountArray
    mean_counts: CountArray

    @property
    def paths(self) -> int:
        """Number of paths."""
        return int(self.closing.shape[1])

    @property
    def days(self) -> int:
        """Number of simulated days."""
        return int(self.close_counts.shape[0])

    def position(self, horizon: int) -> int:
        """Return the row of a horizon; ``DataError`` when it was not kept."""
        if horizon not in self.horizons:
            raise DataError(f"The horizon of {horizon} days was not simulated.")
        return self.horizons.index(horizon)


def summarise(
    log_price: FloatArray, horizons: tuple[int, ...], start_peak: float, *, in_bear: bool
) -> PathSummary:
    """Return the summary of log price paths.

    Args:
        log_price: shape (days + 1, paths), row 0 equal to zero.
        horizons: increasing trading days, none above ``days``.
        start_peak: log ratio of the trailing 252-day peak to the start close, zero or more.
        in_bear: whether the bear has begun at the start; its trough is then sought from day 1.
    """
    rows = list(horizons)
    below = drawdown_from(log_price, start_peak)
    first = first_days(log_price, start_peak)
    bear_day = np.ones_like(first[BEAR.id]) if in_bear else first[BEAR.id]
    return PathSummary(
        horizons=horizons,
        first_day=first,
        closing=log_price[rows].astype(np.float32),
        lowest=lowest_by(log_price, rows),
        highest=highest_by(log_price, rows),
        drawdown=lowest_by(below, rows),
        trough=_trough(log_price, bear_day, rows),
        close_counts=_counts(log_price[1:]),
        mean_counts=_counts(_weekly_means(log_price)),
    )


def combine(chunks: Iterable[PathSummary]) -> PathSummary:
    """Return one summary of all paths of several, in their order."""
    parts: list[PathSummary] = []
    close_counts = mean_counts = _NO_COUNTS
    for part in chunks:
        # Counts are large: those of one chunk alone are taken as they are, not copied.
        close_counts = close_counts + part.close_counts if parts else part.close_counts
        mean_counts = mean_counts + part.mean_counts if parts else part.mean_counts
        # Only the running sums are kept; the counts of every chunk would fill the memory.
        parts.append(replace(part, close_counts=_NO_COUNTS, mean_counts=_NO_COUNTS))
    if not parts:
        raise DataError("There is no simulated path to summarise.")
    return PathSummary(
        horizons=parts[0].horizons,
        first_day={
            event: np.concatenate([part.first_day[event] for part in parts])
            for event in parts[0].first_day
        },
        closing=_beside([part.closing for part in parts]),
        lowest=_beside([part.lowest for part in parts]),
        highest=_beside([part.highest for part in parts]),
        drawdown=_beside([part.drawdown for part in parts]),
        trough=_beside([part.trough for part in parts]),
        close_counts=close_counts,
        mean_counts=mean_counts,
    )


def quantiles_of_counts(counts: CountArray, probabilities: tuple[float, ...]) -> FloatArray:
    """Return log quantiles of each row of counts, shape (rows, probabilities)."""
    edges = GRID_LOW + GRID_STEP * np.arange(GRID_BINS + 1)
    result = np.empty((counts.shape[0], len(probabilities)))
    for row, line in enumerate(counts):
        filled = np.flatnonzero(line)
        first, last = int(filled[0]), int(filled[-1])
        cumulated = np.concatenate(([0], np.cumsum(line[first : last + 1]))) / line.sum()
        result[row] = np.interp(probabilities, cumulated, edges[first : last + 2])
    return result


def _beside(arrays: list[SingleArray]) -> SingleArray:
    """Return arrays of shape (horizons, paths) joined along the paths."""
    return np.concatenate(arrays, axis=1)


def highest_by(values: FloatArray, rows: list[int]) -> SingleArray:
    """Return the highest value from row 1 to each of ``rows``, shape (rows, paths)."""
    return running_peak(values[1:])[[row - 1 for row in rows]].astype(np.float32)


def lowest_by(values: FloatArray, rows: list[int]) -> SingleArray:
    """Return the lowest value from row 1 to each of ``rows``, shape (rows, paths)."""
    kept = np.empty((len(rows), values.shape[1]), dtype=np.float32)
    low = values[1].copy()
    for row in range(1, values.shape[0]):
        np.minimum(low, values[row], out=low)
        if row in rows:
            kept[rows.index(row)] = low
    return kept


def _trough(log_price: FloatArray, bear_day: DayArray, rows: list[int]) -> SingleArray:
    """Return the lowest log price from each path's bear day to each of ``rows``."""
    kept = np.full((len(rows), log_price.shape[1]), np.inf, dtype=np.float32)
    columns = np.flatnonzero(bear_day < log_price.shape[0])
    low = np.full(columns.size, np.inf)
    begins = bear_day[columns]
    hit = log_price[:, columns]
    for row in range(1, log_price.shape[0]):
        np.minimum(low, hit[row], out=low, where=begins <= row)
        if row in rows:
            kept[rows.index(row), columns] = low
    return kept


def _weekly_means(log_price: FloatArray) -> FloatArray:
    """Return the log of the mean weekly close after 1, 2, … weeks of five trading days."""
    weekly = np.exp(log_price[TRADING_WEEK::TRADING_WEEK])
    count = np.arange(1, weekly.shape[0] + 1, dtype=np.float64)[:, None]
    means: FloatArray = np.log(np.cumsum(weekly, axis=0) / count)
    return means


def _counts(log_values: FloatArray) -> CountArray:
    """Return for each row the number of values in each bin of the grid, ends included."""
    counts = np.empty((log_values.shape[0], GRID_BINS), dtype=np.int64)
    for row, values in enumerate(log_values):
        position = np.clip((values - GRID_LOW) / GRID_STEP, 0, GRID_BINS - 1).astype(np.int64)
        counts[row] = np.bincount(position, minlength=GRID_BINS)
    return counts
