"""M13: the backward sup Dickey-Fuller statistics and their law under random walks.

Every window's regression comes from running sums, so that a series costs the square of its
length and not its cube.
Source: Phillips, Shi, Yu (2015), Testing for Multiple Bubbles, International Economic Review 56.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import floor, sqrt

import numpy as np
from numpy.typing import NDArray

from reportgen.errors import DataError

Floats = NDArray[np.float64]

AT_ONCE = 50
"""Simulated walks tested together."""

ZERO = 1e-12
"""Sum of squares below which a window stands still."""

STILL = "Over a whole window the series stands still or follows a line without any noise."


@dataclass(frozen=True)
class Walks:
    """Simulated random walks.

    Args:
        observations: length of a walk.
        drift: mean step in standard deviations of a step.
        lags: lagged differences in the regression, 0 or 1.
        draws: number of walks; ``seed`` of their steps.
    """

    observations: int
    drift: float
    lags: int
    draws: int
    seed: int


@dataclass(frozen=True)
class CriticalValues:
    """Quantiles of the statistics under a random walk of the same length.

    Args:
        gsadf: of the largest statistic; ``sequence``: of the statistic of each window's end.
        largest: the largest statistic of each walk, in order.
    """

    gsadf: float
    sequence: tuple[float, ...]
    largest: tuple[float, ...]


def minimum_window(observations: int) -> int:
    """Return the shortest window: the share 0.01 + 1.8 / sqrt(T) of the observations."""
    return floor(observations * (0.01 + 1.8 / sqrt(observations)))


def backward_sup_adf(lines: Floats, window: int, lags: int) -> Floats:
    """Return for each window's end the largest Dickey-Fuller t over all windows that end there.

    Args:
        lines: observations by series (T x N), each tested by itself.
        window: shortest window in observations.
        lags: lagged differences in the regression with constant, 0 or 1.

    Returns:
        (T - window + 1) x N statistics, the first for the window of the first observations.

    Raises:
        DataError: lags other than 0 or 1, a window too short for them, or a flat stretch.
    """
    if lags not in (0, 1) or not lags + 5 <= window <= len(lines):
        raise DataError(f"A window of {window} observations cannot carry {lags} lags.")
    sums = _cumulated(lines - lines.mean(axis=0), lags)
    ends = np.arange(window, len(lines) + 1)
    return np.stack([_largest(sums, int(end), window, lags) for end in ends])


def _cumulated(lines: Floats, lags: int) -> Floats:
    """Return running sums of regressors, target and their products, from zero (k x T' + 1 x N).

    The order: level, change, their squares and product; with a lag also the change before,
    its square and its products with both.
    """
    change = np.diff(lines, axis=0)[lags:]
    level = lines[lags:-1]
    parts = [level, change, level * level, change * change, level * change]
    if lags:
        before = np.diff(lines, axis=0)[:-1]
        parts += [before, before * before, level * before, change * before]
    stacked = np.stack(parts)
    nothing = np.zeros((len(parts), 1, stacked.shape[2]))
    return np.concatenate([nothing, np.cumsum(stacked, axis=1)], axis=1)


def _largest(sums: Floats, end: int, window: int, lags: int) -> Floats:
    """Return the largest t of the windows that end after ``end`` observations."""
    # A window of w observations holds w - 1 - lags rows of the regression.
    rows = end - 1 - lags
    starts = np.arange(end - window + 1)
    count = (rows - starts).astype("float64")[:, None]
    total = sums[:, rows, None] - sums[:, : len(starts)]
    level, change = total[0], total[1]
    levels = total[2] - level * level / count
    changes = total[3] - change * change / count
    both = total[4] - level * change / count
    if not lags:
        return _t_of(both, levels, changes, count - 2.0)
    before = total[5]
    befores = total[6] - before * before / count
    if (befores <= ZERO).any():
        raise DataError(STILL)
    mixed = total[7] - level * before / count
    lagged = total[8] - change * before / count
    # Frisch and Waugh: what the lagged change explains is taken out of both.
    return _t_of(
        both - mixed * lagged / befores,
        levels - mixed * mixed / befores,
        changes - lagged * lagged / befores,
        count - 3.0,
    )


def _t_of(both: Floats, levels: Floats, changes: Floats, free: Floats) -> Floats:
    """Return the largest t of the level's coefficient, by column."""
    if (levels <= ZERO).any():
        raise DataError(STILL)
    slope = both / levels
    rest = np.maximum(changes - slope * both, ZERO)
    found: Floats = (slope * np.sqrt(levels * free / rest)).max(axis=0)
    return found


def _smoothed(quantiles: Floats, window: int) -> Floats:
    """Return the quantiles on a curve in the length of their windows.

    Measured at T = 371: a thousand walks miss the quantile of ten thousand by up to 0.19 month by
    month and by up to 0.04 on the curve, which leaves that of ten thousand by 0.016.
    """
    ends = window + np.arange(len(quantiles))
    terms = np.vander(np.sqrt(np.log(ends / window)), 3)
    curve: Floats = terms @ np.linalg.lstsq(terms, quantiles, rcond=None)[0]
    return curve


@lru_cache(maxsize=8)
def critical_values(walks: Walks, level: float) -> CriticalValues:
    """Return the statistics' quantiles (``level``, 0 to 1) under random walks.

    Walks are drawn step by step for all at once, so that a month more changes no step before.
    """
    random = np.random.Generator(np.random.PCG64(walks.seed))
    steps = random.standard_normal((walks.observations, walks.draws)) + walks.drift
    lines = np.cumsum(steps, axis=0)
    window = minimum_window(walks.observations)
    # Few walks at a time: their sums stay in the processor's cache, half of the time.
    parts = [
        backward_sup_adf(lines[:, first : first + AT_ONCE], window, walks.lags)
        for first in range(0, walks.draws, AT_ONCE)
    ]
    found = np.concatenate(parts, axis=1)
    sequence = _smoothed(np.quantile(found, level, axis=1), window)
    return CriticalValues(
        gsadf=float(np.quantile(found.max(axis=0), level)),
        sequence=tuple(float(value) for value in sequence),
        largest=tuple(float(value) for value in np.sort(found.max(axis=0))),
    )
