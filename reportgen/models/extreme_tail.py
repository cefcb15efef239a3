"""The lower tail beyond the sample: a generalised Pareto law fitted below the 5 % quantile.

Excesses of the loss y = threshold - z over zero follow P(Y > y) = (1 + shape y / scale)^(-1/shape)
far enough out. The shape is the quantity that matters: 0 is an exponential tail, 1/3 one whose
third moment barely exists.
Sources: McNeil and Frey (2000), Journal of Empirical Finance 7; Smith (1987), Annals of
Statistics 15, for the standard error; Hill (1975), Annals of Statistics 3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import genpareto, norm

from reportgen.errors import DataError
from reportgen.models.arrays import FloatArray
from reportgen.models.innovations import Quantiles
from reportgen.models.proportions import LEVEL

TAIL_SHARE = 0.05
FEWEST_EXCESSES = 50
SHAPE_BOUND = 0.45
"""At a shape of one half the variance ends, and with it the standardised pool."""
AT_BOUND = "tail_shape_at_bound"
NO_HILL = "hill_not_defined"


@dataclass(frozen=True)
class ShapeEstimate:
    """A tail shape with its 80 % interval, the coverage of the report's intervals."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class LowerTail:
    """The fitted lower tail of standardised residuals.

    Args:
        threshold: the 5 % quantile, in standard deviations, below zero.
        share: share of residuals below it, unit 1.
        scale: scale of the excesses, standard deviations.
        shape: by maximum likelihood, used for the pool.
        hill: Hill's estimate on the same excesses, beside it; ``None`` when the threshold is
            not below zero, so that logarithms of the losses have no meaning.
        excesses: number of residuals below the threshold.
        diagnostics: short codes.
    """

    threshold: float
    share: float
    scale: float
    shape: ShapeEstimate
    hill: ShapeEstimate | None
    excesses: int
    diagnostics: tuple[str, ...]


def lower_tail(residuals: FloatArray, share: float = TAIL_SHARE) -> LowerTail:
    """Fit the tail below the quantile ``share`` of residuals.

    Args:
        residuals: standardised residuals, shape (n,).
        share: the tail's share of the sample.

    Raises:
        DataError: fewer than 50 residuals below the threshold, or excesses that do not vary.
    """
    threshold = float(np.quantile(residuals, share))
    excesses = threshold - residuals[residuals < threshold]
    if excesses.size < FEWEST_EXCESSES:
        raise DataError(
            f"{excesses.size} residuals lie in the lower tail, {FEWEST_EXCESSES} are needed."
        )
    if float(np.std(excesses)) <= 0.0:
        raise DataError("The residuals of the lower tail do not vary.")
    fitted, _, scale = (float(value) for value in genpareto.fit(excesses, floc=0.0))
    hill = hill_shape(residuals, excesses.size) if threshold < 0 else None
    codes: tuple[str, ...] = (NO_HILL,) if hill is None else ()
    if fitted > SHAPE_BOUND:
        # With the shape held, the likeliest scale is found again.
        scale = float(genpareto.fit(excesses, f0=SHAPE_BOUND, floc=0.0)[2])
        codes += (AT_BOUND,)
    shape = min(fitted, SHAPE_BOUND)
    return LowerTail(
        threshold=threshold,
        share=excesses.size / residuals.size,
        scale=scale,
        shape=_interval(shape, (1.0 + shape) / np.sqrt(excesses.size)),
        hill=hill,
        excesses=int(excesses.size),
        diagnostics=codes,
    )


def hill_shape(residuals: FloatArray, count: int) -> ShapeEstimate:
    """Return Hill's estimate from the ``count`` lowest residuals, with its 80 % interval.

    It is the mean of log(loss / next loss beyond the count); its standard error is the
    estimate over the root of the count. It assumes a shape above zero.

    Raises:
        DataError: the losses used are not all above zero, or there are too few of them.
    """
    losses = -np.sort(residuals)[: count + 1]
    if count < 2 or losses.size <= count or losses[count] <= 0.0:
        raise DataError(f"Hill's estimate needs {count + 1} losses above zero.")
    shape = float(np.mean(np.log(losses[:count] / losses[count])))
    return _interval(shape, shape / np.sqrt(count))


def extended(residuals: FloatArray, tail: LowerTail) -> Quantiles:
    """Return the law of residuals with the fitted tail in the place of the lowest ones.

    Above the threshold the residuals stay as they are; below it quantiles run on beyond the
    lowest residual: z(p) = threshold - scale / shape ((p / share)^(-shape) - 1).
    """
    body = np.sort(residuals[residuals >= tail.threshold])

    def quantiles(chances: FloatArray) -> FloatArray:
        depth = genpareto.isf(
            np.minimum(chances / tail.share, 1.0), tail.shape.value, scale=tail.scale
        )
        above = (chances - tail.share) / (1.0 - tail.share) * body.size
        place = np.clip(above.astype(np.int64), 0, body.size - 1)
        result: FloatArray = np.where(chances < tail.share, tail.threshold - depth, body[place])
        return result

    return quantiles


def _interval(value: float, error: float) -> ShapeEstimate:
    reach = float(norm.ppf(0.5 + LEVEL / 2)) * float(error)
    return ShapeEstimate(value, value - reach, value + reach)
