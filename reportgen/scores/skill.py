"""How much of a reference's error a forecast avoids."""

from __future__ import annotations

from dataclasses import dataclass

import numpy.typing as npt

from reportgen.errors import DataError
from reportgen.scores import checks
from reportgen.scores.checks import FloatArray
from reportgen.scores.diagnostics import FEW, FEW_FORECASTS, PERFECT_REFERENCE


@dataclass(frozen=True)
class Skill:
    """A mean score beside that of a reference.

    Args:
        forecasts: number of forecasts.
        score: mean score of the forecast, in the unit of the score.
        reference_score: mean score of the reference, same unit.
        skill: 1 - score / reference_score; None when the reference made no error.
        diagnostics: codes of ``diagnostics``.
    """

    forecasts: int
    score: float
    reference_score: float
    skill: float | None
    diagnostics: tuple[str, ...]


def mean_skill(
    scores: npt.ArrayLike,
    reference_scores: npt.ArrayLike,
    few: int = FEW,
    codes: tuple[str, ...] | None = None,
) -> Skill:
    """Return the skill of one row of scores against another; serves Brier, log score and CRPS.

    Args:
        scores: score of each forecast, lower is better and zero best, shape (n,).
        reference_scores: the reference's on the same occasions, shape (n,).
        few: number of forecasts below which the result is marked.
        codes: diagnostics known already, in place of the one for few forecasts.

    Raises:
        DataError: no score, other lengths, a mean below zero, no finite number.
    """
    own, other = score_rows(scores, reference_scores)
    known = codes if codes is not None else (FEW_FORECASTS,) * (own.size < few)
    mean, reference = float(own.mean()), float(other.mean())
    if reference == 0.0:
        return Skill(own.size, mean, reference, None, (*known, PERFECT_REFERENCE))
    return Skill(own.size, mean, reference, 1.0 - mean / reference, known)


def score_rows(*rows: npt.ArrayLike) -> tuple[FloatArray, ...]:
    """Return rows of scores of the same occasions; ``DataError`` when one cannot be a score."""
    first = checks.numbers(rows[0], "The scores")
    held = tuple(checks.paired(row, first.size, "A row of scores") for row in rows)
    if any(float(row.mean()) < 0.0 for row in held):
        raise DataError("A mean score is below zero; a skill needs scores whose best is zero.")
    return held
