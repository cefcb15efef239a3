"""Two tests of who moves first: the Hayashi-Yoshida contrast and Granger's regression.

Sources: Hayashi, Yoshida (2005), On Covariance Estimation of Non-Synchronously Observed Diffusion
Processes, Bernoulli 11; Hoffmann, Rosenbaum, Yoshida (2013), Bernoulli 19; Granger (1969),
Econometrica 37.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import f as f_distribution

from reportgen.errors import DataError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Contrast:
    """Correlations by shift and the law of their extremes under rotation.

    Args:
        shifts: weekdays from -reach to reach; above zero the first market's moves meet later
            ones of the second. ``values``: the correlation at each.
        p_first, p_second: share of rotations (0 to 1) whose strongest correlation at shifts
            above (below) zero is as strong as that of the data; ``rotations``: their number.
    """

    shifts: tuple[int, ...]
    values: tuple[float, ...]
    p_first: float
    p_second: float
    rotations: int

    def at(self, shift: int) -> float:
        """Return the correlation at a shift."""
        return self.values[self.shifts.index(shift)]

    def strongest(self, low: int, high: int) -> tuple[int, float]:
        """Return the shift from ``low`` to ``high`` with the strongest correlation, and that."""
        found = [one for one in self.shifts if low <= one <= high]
        best = max(found, key=lambda one: abs(self.at(one)))
        return best, self.at(best)


@dataclass(frozen=True)
class Spans:
    """Moves and the weekdays, counted from a common day, between which they happened."""

    begins: NDArray[np.int64]
    ends: NDArray[np.int64]
    sizes: Floats


def contrast(first: pd.Series[float], second: pd.Series[float], reach: int) -> Contrast:
    """Return the Hayashi-Yoshida correlations of two markets at shifts up to ``reach``.

    Rotating the second market's moves by every number of places that leaves no near day where it
    was keeps each market's own behaviour and takes away what ties them: no draw is needed.

    Args:
        first: moves dated by the weekday on which they end.
        second: the other market's moves.
        reach: longest shift in weekdays either way.

    Raises:
        DataError: too few moves for rotations, or a market that does not move.
    """
    one, other = spans(first), spans(second)
    places = range(2 * reach, len(other.sizes) - 2 * reach + 1)
    scale = float(np.sqrt((one.sizes @ one.sizes) * (other.sizes @ other.sizes)))
    if len(places) < 1 or scale <= 1e-12:
        raise DataError("the lead of a market needs two that move, and more days than shifts")
    shifts = tuple(range(-reach, reach + 1))
    against = np.stack([one.sizes @ overlaps(one, other, shift) for shift in shifts]) / scale
    values = against @ other.sizes
    rotated = np.abs(against @ np.stack([np.roll(other.sizes, turn) for turn in places], axis=1))
    ahead, behind = rotated[reach + 1 :].max(axis=0), rotated[:reach].max(axis=0)
    found = np.abs(values)
    return Contrast(
        shifts=shifts,
        values=tuple(float(value) for value in values),
        p_first=_share(ahead, float(found[reach + 1 :].max())),
        p_second=_share(behind, float(found[:reach].max())),
        rotations=len(places),
    )


def _share(rotated: Floats, found: float) -> float:
    """Return the share of rotations as strong as what was found, itself counted."""
    return float((1 + (rotated >= found).sum()) / (1 + len(rotated)))


def spans(sizes: pd.Series[float]) -> Spans:
    """Return moves with the weekdays between which they happened; the first takes one weekday."""
    days = pd.DatetimeIndex(sizes.index).to_numpy().astype("datetime64[D]")
    ends = np.asarray(np.busday_count("1970-01-01", days), dtype=np.int64)
    begins = np.concatenate([[ends[0] - 1], ends[:-1]])
    return Spans(begins, ends, np.asarray(sizes, dtype=np.float64))


def overlaps(one: Spans, other: Spans, shift: int) -> Floats:
    """Return ones where a move of one market overlaps one of the shifted other, else zeros."""
    latest_begin = np.maximum(one.begins[:, None], other.begins - shift)
    earliest_end = np.minimum(one.ends[:, None], other.ends - shift)
    return (latest_begin < earliest_end).astype("float64")


def granger(cause: Floats, effect: Floats, lags: int) -> float:
    """Return the p value of the F test that a cause's lags do not help to forecast an effect.

    Raises:
        DataError: too few observations, or a market that does not move.
    """
    count = len(effect) - lags
    free = count - 2 * lags - 1
    if free < 1 or min(float(np.std(cause)), float(np.std(effect))) <= 1e-12:
        raise DataError("Granger's test needs two markets that move, and more days than lags")
    own = [effect[lags - lag : len(effect) - lag] for lag in range(1, lags + 1)]
    others = [cause[lags - lag : len(cause) - lag] for lag in range(1, lags + 1)]
    target = effect[lags:]
    without = _rest(np.column_stack([np.ones(count), *own]), target)
    whole = _rest(np.column_stack([np.ones(count), *own, *others]), target)
    statistic = (without - whole) / lags / (whole / free)
    return float(f_distribution.sf(statistic, lags, free))


def _rest(regressors: Floats, target: Floats) -> float:
    """Return the sum of squared residuals of least squares."""
    found, *_ = np.linalg.lstsq(regressors, target, rcond=None)
    rest = target - regressors @ found
    return float(rest @ rest)
