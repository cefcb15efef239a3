"""Scores of whole distributions: the continuous ranked probability score and the pinball loss.

All are in the unit of the outcome, lower is better, and the CRPS of a certain forecast is its
absolute error. Sources: Gneiting and Raftery (2007), Journal of the American Statistical
Association 102; Ferro (2014), Quarterly Journal of the Royal Meteorological Society 140 (fair
score); Koenker and Bassett (1978), Econometrica 46 (pinball loss).
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from reportgen.errors import DataError
from reportgen.scores import checks
from reportgen.scores.checks import FloatArray
from reportgen.scores.diagnostics import FEW
from reportgen.scores.skill import Skill, mean_skill


def crps_normal(
    mean: npt.ArrayLike, deviation: npt.ArrayLike, outcome: npt.ArrayLike
) -> FloatArray:
    """Return the CRPS of normal forecasts in closed form, shape (n,).

    Args:
        mean: means, shape (n,) or one for all.
        deviation: standard deviations, not negative, shape (n,) or one for all.
        outcome: what came, shape (n,).

    Raises:
        DataError: another shape, a negative deviation, no finite number.
    """
    came = checks.numbers(outcome, "The outcome")
    centre = checks.table(np.reshape(mean, (-1, 1)), came.size, "The mean")[:, 0]
    spread = checks.table(np.reshape(deviation, (-1, 1)), came.size, "The deviation")[:, 0]
    if bool((spread < 0.0).any()):
        raise DataError("The deviation of a normal forecast is below zero.")
    error = np.abs(came - centre)
    certain = spread == 0.0
    scaled = error / np.where(certain, 1.0, spread)
    unit = (
        scaled * (2.0 * norm.cdf(scaled) - 1.0) + 2.0 * norm.pdf(scaled) - 1.0 / math.sqrt(math.pi)
    )
    scores: FloatArray = np.where(certain, error, spread * unit)
    return scores


def crps_sample(sample: npt.ArrayLike, outcome: npt.ArrayLike, *, fair: bool = False) -> FloatArray:
    """Return the CRPS of forecasts given as samples, shape (n,), in the time of a sort.

    The plain score is E|X - y| - E|X - X'| / 2 of the empirical distribution; it punishes small
    samples. The fair one divides the second term by m (m - 1) in place of m squared: it is the
    unbiased estimate of the score of the distribution drawn from, and may fall below zero.

    Args:
        sample: members, shape (n, m), or (m,) for one forecast of every outcome.
        outcome: what came, shape (n,).
        fair: whether to score the distribution behind the sample.

    Raises:
        DataError: another shape, no finite number, or a fair score of a single member.
    """
    came = checks.numbers(outcome, "The outcome")
    members = checks.table(sample, came.size, "The sample")
    size = members.shape[1]
    if fair and size < 2:
        raise DataError("The fair score needs a sample of at least two members.")
    # Around the outcome the two terms are of like size, which keeps their difference exact.
    placed = np.sort(members - came[:, None], axis=1)
    weights = 2.0 * np.arange(1, size + 1) - size - 1.0
    pairs = size * (size - 1) if fair else size * size
    scores: FloatArray = np.abs(placed).mean(axis=1) - placed @ weights / pairs
    return scores if fair else np.maximum(scores, 0.0)


def pinball_losses(
    level: npt.ArrayLike, quantile: npt.ArrayLike, outcome: npt.ArrayLike
) -> FloatArray:
    """Return the pinball loss of every quantile, shape (n, m).

    The loss is level x shortfall when the outcome lies above the quantile, and (1 - level) x
    excess when it lies below.

    Args:
        level: levels of the quantiles, rising within 0 to 1, shape (m,).
        quantile: quantiles, never falling with their level, shape (n, m) or (m,) for all.
        outcome: what came, shape (n,).

    Raises:
        DataError: another shape, crossing quantiles, no finite number.
    """
    wanted = checks.levels(level)
    came = checks.numbers(outcome, "The outcome")
    error = came[:, None] - checks.quantiles(quantile, wanted, came.size)
    losses: FloatArray = np.maximum(wanted * error, (wanted - 1.0) * error)
    return losses


def crps_quantiles(
    level: npt.ArrayLike, quantile: npt.ArrayLike, outcome: npt.ArrayLike
) -> FloatArray:
    """Return the CRPS as the weighted sum of twice the pinball losses, shape (n,).

    The CRPS is twice the integral of the pinball loss over all levels. Each level stands for
    those nearer to it than to its neighbours, the outermost ones for all beyond them. Taken as
    a score of the stated quantiles it is proper, so forecasts of the same levels compare
    fairly; as an approximation of the CRPS it is rough with few levels (the mean score of a true
    standard normal forecast, .5642, becomes .5474 with .05, .25, .5, .75, .95) and must not be
    set against one computed from samples.

    Arguments and errors as of ``pinball_losses``.
    """
    wanted = checks.levels(level)
    edges = np.concatenate([[0.0], (wanted[1:] + wanted[:-1]) / 2.0, [1.0]])
    scores: FloatArray = 2.0 * pinball_losses(wanted, quantile, outcome) @ np.diff(edges)
    return scores


def crps_skill(scores: npt.ArrayLike, reference_scores: npt.ArrayLike, few: int = FEW) -> Skill:
    """Return 1 - mean CRPS / mean CRPS of the reference, both by the same formula."""
    return mean_skill(scores, reference_scores, few)
