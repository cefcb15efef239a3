"""M14: grades of a risk - probability, impact, rating - and the one table of probability words.

A bound always belongs to the higher class. Everything printed about a probability in words
goes through ``probability_word``, so that no sentence can disagree with its number.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal

from reportgen.errors import DataError
from reportgen.models import guard
from reportgen.models.spec import ModelSpec

SPEC = ModelSpec(
    id="M14",
    version="1",
    inputs=("nasdaq_composite", "nasdaq_composite_weekly", "usdjpy_weekly", "vix_weekly"),
    references=("ISO 31000:2018, Risk management", "IEC 31010:2019, B.10.3"),
)

ProbabilityGrade = Literal["rare", "unlikely", "possible", "likely", "almost_certain"]
ImpactGrade = Literal["negligible", "minor", "moderate", "major", "severe"]
Rating = Literal["low", "medium", "high", "critical"]
Word = Literal["remote", "unlikely", "possible", "even", "likely", "very_likely"]
Confidence = Literal["data_backed", "model", "judgement"]
Status = Literal["open", "in_force"]
Change = Literal["new", "up", "same", "down"]

PROBABILITY_GRADES: tuple[ProbabilityGrade, ...] = (
    "rare",
    "unlikely",
    "possible",
    "likely",
    "almost_certain",
)
PROBABILITY_BOUNDS = (5, 15, 35, 65)
"""Per cent within twelve months from which the next grade holds."""

IMPACT_GRADES: tuple[ImpactGrade, ...] = ("negligible", "minor", "moderate", "major", "severe")
IMPACT_BOUNDS = (2, 5, 10, 20)
"""Per cent of the Nasdaq's conditional median 20-day move from which the next grade holds."""

IMPACT_DIGITS = 1
"""Decimals of a printed impact."""

WORDS: tuple[Word, ...] = ("remote", "unlikely", "possible", "even", "likely", "very_likely")
WORD_BOUNDS = (5, 15, 35, 65, 85)
"""Per cent over the stated horizon from which the next word holds."""

RATINGS: tuple[Rating, ...] = ("low", "medium", "high", "critical")
TABLE: tuple[tuple[Rating, ...], ...] = (
    ("low", "low", "low", "low", "medium"),
    ("low", "low", "medium", "medium", "high"),
    ("low", "medium", "medium", "high", "high"),
    ("low", "medium", "high", "high", "critical"),
    ("medium", "high", "high", "critical", "critical"),
)
"""Rating by probability grade (row) and impact grade (column): the product of their ranks,
low to 4, medium to 9, high to 16, critical above."""


@dataclass(frozen=True)
class RiskGrade:
    """A graded risk.

    Args:
        code: name of the risk.
        status: ``in_force`` for what already happens; it then has no probability, no
            probability grade and no word, and is rated as in the top row of the table.
        probability: within twelve months, 0 to 1.
        probability_grade, word: of the number as printed.
        impact: per cent, size of the move.
        impact_grade, rating: by the tables.
        confidence: what the figures rest on.
    """

    code: str
    status: Status
    probability: float | None
    probability_grade: ProbabilityGrade | None
    word: Word | None
    impact: float
    impact_grade: ImpactGrade
    rating: Rating
    confidence: Confidence


def probability_grade(probability: float, digits: int | None = None) -> ProbabilityGrade:
    """Return the grade of a twelve-month probability.

    Args:
        probability: 0 to 1.
        digits: decimals of the per cent that will be printed, to grade the printed number;
            ``None`` grades the number itself.

    Raises:
        DataError: no probability.
    """
    return PROBABILITY_GRADES[_class(_percent(probability, digits), PROBABILITY_BOUNDS)]


def probability_word(probability: float, digits: int | None = None) -> Word:
    """Return the code of the word for a probability; arguments as for the grade."""
    return WORDS[_class(_percent(probability, digits), WORD_BOUNDS)]


def impact_grade(move: float, digits: int | None = None) -> ImpactGrade:
    """Return the grade of a conditional median 20-day move of the Nasdaq, in per cent.

    A fall may be given with or without its sign; ``digits`` as for the probability.
    """
    size = _rounded(Decimal(repr(abs(guard.finite(move, "The impact")))), digits)
    return IMPACT_GRADES[_class(size, IMPACT_BOUNDS)]


def rating(probability: ProbabilityGrade, impact: ImpactGrade) -> Rating:
    """Return the rating of two grades."""
    return TABLE[PROBABILITY_GRADES.index(probability)][IMPACT_GRADES.index(impact)]


def grade_risk(
    code: str,
    probability: float | None,
    impact: float,
    confidence: Confidence,
    *,
    in_force: bool = False,
    digits: int | None = 0,
) -> RiskGrade:
    """Return a risk with its grades, rating and word.

    Args:
        code: name of the risk.
        probability: within twelve months, 0 to 1; ``None`` exactly when ``in_force``.
        impact: conditional median 20-day move of the Nasdaq, per cent.
        confidence: what the figures rest on.
        in_force: the risk is no event to come but happens already.
        digits: decimals with which the probability is printed in per cent; the impact is
            printed with one.

    Raises:
        DataError: a probability for what is in force, none for what is not, or no number.
    """
    if in_force != (probability is None):
        raise DataError(f"Risk {code} needs a probability, or to be in force, and not both.")
    size = impact_grade(impact, IMPACT_DIGITS)
    grade = None if probability is None else probability_grade(probability, digits)
    return RiskGrade(
        code=code,
        status="in_force" if in_force else "open",
        probability=probability,
        probability_grade=grade,
        word=None if probability is None else probability_word(probability, digits),
        impact=abs(impact),
        impact_grade=size,
        rating=rating(grade or PROBABILITY_GRADES[-1], size),
        confidence=confidence,
    )


def change_of(previous: Rating | None, current: Rating) -> Change:
    """Return how a rating moved since the last edition; ``new`` without an earlier one."""
    if previous is None:
        return "new"
    step = RATINGS.index(current) - RATINGS.index(previous)
    if step == 0:
        return "same"
    return "up" if step > 0 else "down"


def _percent(probability: float, digits: int | None) -> Decimal:
    share = guard.within(probability, 0.0, 1.0, "A probability")
    return _rounded(Decimal(repr(share)) * 100, digits)


def _rounded(value: Decimal, digits: int | None) -> Decimal:
    """Return the value as it will be printed, by the rounding of printed figures."""
    if digits is None:
        return value
    return value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_EVEN)


def _class(value: Decimal, bounds: Sequence[int]) -> int:
    return bisect_right(bounds, value)
