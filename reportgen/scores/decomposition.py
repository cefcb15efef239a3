"""What a mean score is made of: reliability, resolution and the uncertainty of the event.

Sources: Murphy (1973), Journal of Applied Meteorology 12; Stephenson, Coelho, Jolliffe (2008),
Weather and Forecasting 23 (the two terms within bins); Dimitriadis, Gneiting, Jordan (2021),
Proceedings of the National Academy of Sciences 118 (CORP).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reportgen.scores import checks
from reportgen.scores.bins import BINS, THIN, isotonic_fit, quantile_bins
from reportgen.scores.checks import FloatArray
from reportgen.scores.diagnostics import THIN_BINS, outcome_codes
from reportgen.scores.probability import brier_scores

ScoreRule = Callable[[FloatArray, npt.ArrayLike], FloatArray]


@dataclass(frozen=True)
class MurphyDecomposition:
    """The Brier score by bins of forecasts, in units of the Brier score.

    Two identities hold to rounding: ``binned_brier`` = reliability - resolution + uncertainty,
    where each forecast is replaced by the mean of its bin, and
    ``brier`` = ``binned_brier`` + within_variance - within_covariance.

    Args:
        forecasts: number of forecasts.
        bins: number of bins in use.
        brier: mean Brier score of the forecasts as stated.
        binned_brier: mean Brier score of the bin means.
        reliability: weighted squared distance of bin mean and observed share; 0 is best.
        resolution: weighted squared distance of observed share and base rate; more is better.
        uncertainty: base rate times one less it.
        within_variance: spread of forecasts within their bins.
        within_covariance: twice the covariance of forecast and outcome within bins.
        diagnostics: codes of ``diagnostics``.
    """

    forecasts: int
    bins: int
    brier: float
    binned_brier: float
    reliability: float
    resolution: float
    uncertainty: float
    within_variance: float
    within_covariance: float
    diagnostics: tuple[str, ...]


@dataclass(frozen=True)
class CorpDecomposition:
    """A mean score without bins: score = miscalibration - discrimination + uncertainty.

    Args:
        forecasts: number of forecasts.
        score: mean score of the forecasts as stated.
        miscalibration: what isotonic recalibration would save; never negative, 0 is best.
        discrimination: what the recalibrated forecast saves against the base rate; never
            negative, more is better.
        uncertainty: mean score of the base rate.
        diagnostics: codes of ``diagnostics``.
    """

    forecasts: int
    score: float
    miscalibration: float
    discrimination: float
    uncertainty: float
    diagnostics: tuple[str, ...]


def murphy_decomposition(
    forecast: npt.ArrayLike, outcome: npt.ArrayLike, bins: int = BINS
) -> MurphyDecomposition:
    """Return Murphy's three terms over bins of like numbers of forecasts.

    Args:
        forecast: probabilities, shape (n,).
        outcome: 1 where the event came, else 0, shape (n,).
        bins: greatest number of bins; equal forecasts are never parted.

    Raises:
        DataError: no forecast, other lengths, a value outside its range.
    """
    stated = checks.probabilities(forecast)
    came = checks.outcomes(outcome, stated.size)
    place = quantile_bins(stated, bins)
    counts = np.bincount(place)
    means = np.bincount(place, weights=stated) / counts
    shares = np.bincount(place, weights=came) / counts
    base, weight = float(came.mean()), counts / stated.size
    off_mean, off_share = stated - means[place], came - shares[place]
    return MurphyDecomposition(
        forecasts=stated.size,
        bins=counts.size,
        brier=float(brier_scores(stated, came).mean()),
        binned_brier=float(np.mean((means[place] - came) ** 2)),
        reliability=float(weight @ (means - shares) ** 2),
        resolution=float(weight @ (shares - base) ** 2),
        uncertainty=base * (1.0 - base),
        within_variance=float(np.mean(off_mean**2)),
        within_covariance=float(2.0 * np.mean(off_mean * off_share)),
        diagnostics=outcome_codes(came) + (THIN_BINS,) * bool(counts.min() < THIN),
    )


def corp_decomposition(
    forecast: npt.ArrayLike, outcome: npt.ArrayLike, rule: ScoreRule = brier_scores
) -> CorpDecomposition:
    """Return miscalibration, discrimination and uncertainty by isotonic recalibration.

    Args:
        forecast: probabilities, shape (n,).
        outcome: 1 where the event came, else 0, shape (n,).
        rule: a proper score of probabilities; ``brier_scores`` or ``log_scores``.

    Raises:
        DataError: no forecast, other lengths, a value outside its range.
    """
    stated = checks.probabilities(forecast)
    came = checks.outcomes(outcome, stated.size)
    score = float(rule(stated, came).mean())
    recalibrated = float(rule(isotonic_fit(stated, came).each(), came).mean())
    reference = float(rule(np.full(stated.size, came.mean()), came).mean())
    return CorpDecomposition(
        forecasts=stated.size,
        score=score,
        miscalibration=max(score - recalibrated, 0.0),
        discrimination=max(reference - recalibrated, 0.0),
        uncertainty=reference,
        diagnostics=outcome_codes(came),
    )
