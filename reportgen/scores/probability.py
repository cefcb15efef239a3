"""Scores of probabilities for an event that comes or does not; lower is better but for the AUC.

Sources: Brier (1950), Monthly Weather Review 78; Good (1952), Journal of the Royal Statistical
Society B 14; Hanley and McNeil (1982), Radiology 143 (the AUC as a rank sum).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from reportgen.scores import checks
from reportgen.scores.checks import FloatArray
from reportgen.scores.diagnostics import FEW, outcome_codes
from reportgen.scores.skill import Skill, mean_skill

LEAST_PROBABILITY = 0.005
"""The log score counts a probability as no less than this, and no more than one less this."""


@dataclass(frozen=True)
class ProbabilityScores:
    """How a row of probabilities did.

    Args:
        forecasts: number of forecasts.
        events: number of times the event came.
        base_rate: events / forecasts.
        mean_forecast: mean probability.
        brier: mean Brier score, 0 to 1.
        log_score: mean log score in nats, 0.0050 to 5.30 by the clipping.
        auc: area under the ROC curve, 0 to 1; None when the event came never or always.
        diagnostics: codes of ``diagnostics``.
    """

    forecasts: int
    events: int
    base_rate: float
    mean_forecast: float
    brier: float
    log_score: float
    auc: float | None
    diagnostics: tuple[str, ...]


def score_probabilities(
    forecast: npt.ArrayLike, outcome: npt.ArrayLike, few: int = FEW
) -> ProbabilityScores:
    """Return every score of a row of probabilities; the order of the forecasts is of no account.

    Args:
        forecast: probabilities, 0 to 1, shape (n,).
        outcome: 1 where the event came, else 0, shape (n,).
        few: number of forecasts below which the result is marked.

    Raises:
        DataError: no forecast, other lengths, a value outside its range.
    """
    stated = checks.probabilities(forecast)
    came = checks.outcomes(outcome, stated.size)
    return ProbabilityScores(
        forecasts=stated.size,
        events=int(came.sum()),
        base_rate=float(came.mean()),
        mean_forecast=float(stated.mean()),
        brier=brier(stated, came),
        log_score=log_score(stated, came),
        auc=auc(stated, came),
        diagnostics=outcome_codes(came, few),
    )


def brier_scores(forecast: npt.ArrayLike, outcome: npt.ArrayLike) -> FloatArray:
    """Return (p - y) squared for each forecast, shape (n,), 0 to 1."""
    stated = checks.probabilities(forecast)
    came = checks.outcomes(outcome, stated.size)
    scores: FloatArray = np.square(stated - came)
    return scores


def brier(forecast: npt.ArrayLike, outcome: npt.ArrayLike) -> float:
    """Return the mean Brier score, 0 to 1."""
    return float(brier_scores(forecast, outcome).mean())


def brier_skill(
    forecast: npt.ArrayLike, reference: npt.ArrayLike, outcome: npt.ArrayLike, few: int = FEW
) -> Skill:
    """Return the Brier skill score 1 - BS / BS of the reference, on the same forecasts.

    Args:
        forecast: probabilities, shape (n,).
        reference: the reference's probabilities on the same occasions, shape (n,).
        outcome: 1 where the event came, else 0, shape (n,).
        few: number of forecasts below which the result is marked.
    """
    stated = checks.probabilities(forecast)
    other = checks.probabilities(reference, "The reference", stated.size)
    came = checks.outcomes(outcome, stated.size)
    pair = brier_scores(stated, came), brier_scores(other, came)
    return mean_skill(*pair, codes=outcome_codes(came, few))


def log_scores(forecast: npt.ArrayLike, outcome: npt.ArrayLike) -> FloatArray:
    """Return -ln of the probability given to what came, in nats, shape (n,).

    Probabilities are held within [0.005, 0.995], so that one certain error does not cost
    everything; the score stays proper, though not strictly so beyond these bounds.
    """
    stated = checks.probabilities(forecast)
    came = checks.outcomes(outcome, stated.size)
    held = np.clip(stated, LEAST_PROBABILITY, 1.0 - LEAST_PROBABILITY)
    scores: FloatArray = -np.log(np.where(came, held, 1.0 - held))
    return scores


def log_score(forecast: npt.ArrayLike, outcome: npt.ArrayLike) -> float:
    """Return the mean log score in nats; 0.6931 for a forecast of one half."""
    return float(log_scores(forecast, outcome).mean())


def auc(forecast: npt.ArrayLike, outcome: npt.ArrayLike) -> float | None:
    """Return the chance that a forecast before an event exceeds one before none; ties half.

    None when the event came never or always.
    """
    stated = checks.probabilities(forecast)
    came = checks.outcomes(outcome, stated.size)
    events = int(came.sum())
    others = came.size - events
    if not events or not others:
        return None
    ranks = float(rankdata(stated)[came].sum())
    return (ranks - events * (events + 1) / 2.0) / (events * others)
