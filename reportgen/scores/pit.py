"""Where outcomes fell in their forecast distributions: uniform when the forecasts are calibrated.

The probability integral transform of an outcome is the forecast distribution function at it.
Sources: Dawid (1984), Journal of the Royal Statistical Society A 147; Czado, Gneiting, Held
(2009), Biometrics 65 (steps of the distribution function).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import chi2, kstest

from reportgen.errors import DataError
from reportgen.scores import checks
from reportgen.scores.checks import FloatArray
from reportgen.scores.diagnostics import COARSE_SAMPLE, FEW, FEW_FORECASTS, OPEN_TAILS, TIED_PIT

# Half a step then is a tenth of the Kolmogorov-Smirnov bound at 5 %, 1.36 / sqrt n.
_STEPS_PER_ROOT = 3.7


@dataclass(frozen=True)
class Pit:
    """The transforms of a row of outcomes.

    Args:
        values: transforms, 0 to 1, in the order given, shape (n,).
        stepped: outcomes that fell on a step or in an open tail, so that the forecast leaves
            their transform undecided within it.
        randomised: whether those were drawn within their step; else its middle was taken.
        diagnostics: codes of ``diagnostics``.
    """

    values: FloatArray
    stepped: int
    randomised: bool
    diagnostics: tuple[str, ...]


@dataclass(frozen=True)
class PitHistogram:
    """Counts of transforms beside those of a calibrated forecast.

    Args:
        edges: bounds of the cells, from 0 to 1, shape (k + 1,).
        counts: transforms in each cell, the last one with its upper bound, shape (k,).
        expected: counts of a calibrated forecast, shape (k,).
        statistic: Pearson's chi-square with k - 1 degrees of freedom.
        p_value: its probability under calibration, for outcomes that do not depend on each other.
        diagnostics: codes of ``diagnostics``.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    expected: tuple[float, ...]
    statistic: float
    p_value: float
    diagnostics: tuple[str, ...]


@dataclass(frozen=True)
class UniformTest:
    """The Kolmogorov-Smirnov test of transforms against the uniform distribution.

    Args:
        count: number of transforms.
        statistic: greatest distance of the distribution functions, 0 to 1.
        p_value: its probability under calibration, for outcomes that do not depend on each other;
            overlapping windows make it too small.
        diagnostics: codes of ``diagnostics``.
    """

    count: int
    statistic: float
    p_value: float
    diagnostics: tuple[str, ...]


def pit_from_sample(
    sample: npt.ArrayLike,
    outcome: npt.ArrayLike,
    generator: np.random.Generator | None = None,
) -> Pit:
    """Return the rank of each outcome among its sample as a transform.

    An outcome with b members below and e equal to it lies in the step from b / (m + 1) to
    (b + e + 1) / (m + 1). The middle of the step is taken: with a large sample the steps are
    too narrow to matter. With a generator the transform is drawn within its step, which is
    exactly uniform when outcome and members come from one distribution; needed where the
    sample is small or its values repeat.

    Args:
        sample: members, shape (n, m), or (m,) for one forecast of every outcome.
        outcome: what came, shape (n,).
        generator: draws within the steps; None takes their middle.

    Raises:
        DataError: another shape or no finite number.
    """
    came = checks.numbers(outcome, "The outcome")
    members = checks.table(sample, came.size, "The sample")
    below = np.sum(members < came[:, None], axis=1)
    equal = np.sum(members == came[:, None], axis=1)
    steps = members.shape[1] + 1.0
    part = 0.5 if generator is None else generator.random(came.size)
    tied = int(np.sum(equal > 0))
    codes = (TIED_PIT,) * bool(tied) + (COARSE_SAMPLE,) * bool(
        steps < _STEPS_PER_ROOT * math.sqrt(came.size)
    )
    return Pit(
        values=(below + part * (equal + 1.0)) / steps,
        stepped=tied,
        randomised=generator is not None,
        diagnostics=codes if generator is None else (),
    )


def pit_from_quantiles(
    level: npt.ArrayLike,
    quantile: npt.ArrayLike,
    outcome: npt.ArrayLike,
    generator: np.random.Generator | None = None,
) -> Pit:
    """Return the transform of each outcome by a straight line between stated quantiles.

    Only the share between two levels is stated, so the place within it is an approximation:
    count the transforms in cells that end at the levels. Beyond the outermost quantile, and on
    quantiles that coincide, the transform is undecided within the open share; its middle is
    taken, or it is drawn there when a generator is given.

    Args:
        level: levels of the quantiles, rising within 0 to 1, shape (m,).
        quantile: quantiles, never falling with their level, shape (n, m) or (m,) for all.
        outcome: what came, shape (n,).
        generator: draws within what is undecided; None takes its middle.

    Raises:
        DataError: another shape, crossing quantiles, no finite number.
    """
    wanted = checks.levels(level)
    came = checks.numbers(outcome, "The outcome")
    lines = checks.quantiles(quantile, wanted, came.size)
    part = np.full(came.size, 0.5) if generator is None else generator.random(came.size)
    found = [_place(wanted, *case) for case in zip(lines, came, strict=True)]
    low, high = (np.array(bound) for bound in zip(*found, strict=True))
    tails = int(np.sum((low == 0.0) | (high == 1.0)))
    stepped = int(np.sum(low < high))
    codes = (OPEN_TAILS,) * bool(tails) + (TIED_PIT,) * bool(stepped > tails)
    return Pit(
        values=low + part * (high - low),
        stepped=stepped,
        randomised=generator is not None,
        diagnostics=codes if generator is None else (),
    )


def pit_histogram(values: npt.ArrayLike, edges: npt.ArrayLike | None = None) -> PitHistogram:
    """Return the histogram of transforms with Pearson's test of uniformity.

    Args:
        values: transforms, 0 to 1, shape (n,).
        edges: bounds of the cells, rising from 0 to 1; None gives ten equal cells. For
            transforms from quantiles: 0, the levels, 1.

    Raises:
        DataError: no transform, one outside 0 to 1, edges that do not rise from 0 to 1.
    """
    held = checks.probabilities(values, "The transform")
    bounds = np.linspace(0.0, 1.0, 11) if edges is None else checks.numbers(edges, "The edges")
    if bounds.size < 3 or bounds[0] != 0.0 or bounds[-1] != 1.0 or (np.diff(bounds) <= 0.0).any():
        raise DataError("The edges of the histogram must rise from 0 to 1 in at least two cells.")
    counts = np.histogram(held, bounds)[0]
    expected = held.size * np.diff(bounds)
    statistic = float(np.sum((counts - expected) ** 2 / expected))
    few = bool(held.size < FEW or expected.min() < 5.0)
    return PitHistogram(
        edges=tuple(float(edge) for edge in bounds),
        counts=tuple(int(count) for count in counts),
        expected=tuple(float(count) for count in expected),
        statistic=statistic,
        p_value=float(chi2.sf(statistic, counts.size - 1)),
        diagnostics=(FEW_FORECASTS,) * few,
    )


def uniform_test(values: npt.ArrayLike, few: int = FEW) -> UniformTest:
    """Return the Kolmogorov-Smirnov test of transforms; ``DataError`` for one outside 0 to 1."""
    held = checks.probabilities(values, "The transform")
    result = kstest(held, "uniform")
    return UniformTest(
        count=held.size,
        statistic=float(result.statistic),
        p_value=float(result.pvalue),
        diagnostics=(FEW_FORECASTS,) * (held.size < few),
    )


def _place(wanted: FloatArray, line: FloatArray, came: float) -> tuple[float, float]:
    """Return the least and greatest transform the quantiles of one forecast allow."""
    first = int(np.searchsorted(line, came, side="left"))
    last = int(np.searchsorted(line, came, side="right"))
    if last == 0:
        return 0.0, float(wanted[0])
    if first == line.size:
        return float(wanted[-1]), 1.0
    if first < last:
        # A step that holds the outermost quantile may hold what lies beyond its level too.
        wide = last - first > 1
        low = 0.0 if wide and first == 0 else float(wanted[first])
        return low, 1.0 if wide and last == line.size else float(wanted[last - 1])
    way = (came - line[first - 1]) / (line[first] - line[first - 1])
    value = float(wanted[first - 1] + way * (wanted[first] - wanted[first - 1]))
    return value, value
