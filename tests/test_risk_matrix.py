"""M14: grades with inclusive bounds, a monotone table, one lookup for probability words."""

from __future__ import annotations

import math
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.errors import DataError
from reportgen.models import risk_matrix as matrix

shares = st.floats(0, 1)


@pytest.mark.parametrize(
    ("probability", "grade"),
    [
        (0.0, "rare"),
        (0.0499, "rare"),
        (0.05, "unlikely"),
        (0.15, "possible"),
        (0.3499, "possible"),
        (0.35, "likely"),
        (0.65, "almost_certain"),
        (1.0, "almost_certain"),
    ],
)
def test_probability_grades(probability: float, grade: str) -> None:
    """Grades change at 5, 15, 35, 65 %, a bound belongs to the higher one (method M14)."""
    assert matrix.probability_grade(probability) == grade


@pytest.mark.parametrize(
    ("probability", "word"),
    [
        (0.049, "remote"),
        (0.05, "unlikely"),
        (0.149, "unlikely"),
        (0.15, "possible"),
        (0.35, "even"),
        (0.649, "even"),
        (0.65, "likely"),
        (0.85, "very_likely"),
    ],
)
def test_probability_words(probability: float, word: str) -> None:
    """Words change at 5, 15, 35, 65, 85 %: the editorial table of words for probability."""
    assert matrix.probability_word(probability) == word


@pytest.mark.parametrize(
    ("move", "grade"),
    [
        (1.99, "negligible"),
        (2, "minor"),
        (-4.9, "minor"),
        (-5, "moderate"),
        (-10, "major"),
        (-20, "severe"),
        (-55, "severe"),
    ],
)
def test_impact_grades(move: float, grade: str) -> None:
    """Grades change at moves of 2, 5, 10, 20 %, with or without the sign (method M14)."""
    assert matrix.impact_grade(move) == grade


@given(shares, shares)
def test_grades_are_monotone(one: float, two: float) -> None:
    """A larger probability never has a lower grade or a weaker word."""
    low, high = sorted((one, two))
    ranks = matrix.PROBABILITY_GRADES.index, matrix.WORDS.index
    assert ranks[0](matrix.probability_grade(low)) <= ranks[0](matrix.probability_grade(high))
    assert ranks[1](matrix.probability_word(low)) <= ranks[1](matrix.probability_word(high))


@given(st.floats(0, 100), st.floats(0, 100))
def test_impact_is_monotone(one: float, two: float) -> None:
    """A larger move never has a lower grade."""
    low, high = sorted((one, two))
    rank = matrix.IMPACT_GRADES.index
    assert rank(matrix.impact_grade(low)) <= rank(matrix.impact_grade(high))


def test_table_is_five_by_five_and_monotone() -> None:
    """No step to a higher probability or impact lowers the rating (ISO 31000 practice)."""
    rank = matrix.RATINGS.index
    rows = [[rank(cell) for cell in line] for line in matrix.TABLE]
    assert [len(line) for line in rows] == [5] * 5
    for line in rows:
        assert all(left <= right for left, right in pairwise(line))
    for upper, lower in pairwise(rows):
        assert all(one <= two for one, two in zip(upper, lower, strict=True))


def test_table_follows_its_stated_rule() -> None:
    """Each cell is the class of the product of the two ranks."""
    for row, column in product(range(5), range(5)):
        score = (row + 1) * (column + 1)
        expected = matrix.RATINGS[(score > 4) + (score > 9) + (score > 16)]
        assert matrix.TABLE[row][column] == expected


def test_the_word_is_that_of_the_printed_number() -> None:
    """34.6 % printed as 35 % reads even, printed as 34.6 % possible; 4.5 prints as 4."""
    assert matrix.probability_word(0.346) == "possible"
    assert matrix.probability_word(0.346, digits=0) == "even"
    assert matrix.probability_word(0.346, digits=1) == "possible"
    assert matrix.probability_word(0.045, digits=0) == "remote"
    assert matrix.probability_grade(0.646, digits=0) == "almost_certain"


@given(shares, st.integers(0, 2))
def test_printed_words_agree_with_the_table(probability: float, digits: int) -> None:
    """A reader who looks the printed per cent up in the table finds the printed word."""
    printed = round(round(probability * 100, 12), digits)
    bounds = (0, *matrix.WORD_BOUNDS, 101)
    word = matrix.probability_word(probability, digits)
    place = matrix.WORDS.index(word)
    assert bounds[place] - 1e-9 <= printed < bounds[place + 1] + 1e-9


def test_a_graded_risk() -> None:
    """28 % and a fall of 12 % are possible, major, and rated high."""
    risk = matrix.grade_risk("carry", 0.28, -12.0, "model")
    assert (risk.probability_grade, risk.impact_grade, risk.rating) == ("possible", "major", "high")
    assert (risk.word, risk.status, risk.impact) == ("possible", "open", 12.0)


def test_grades_of_a_risk_are_those_of_its_printed_figures() -> None:
    """34.6 % prints as 35 %, -9.96 % as -10.0 %: both count with their printed bound."""
    risk = matrix.grade_risk("carry", 0.346, -9.96, "model")
    assert (risk.probability_grade, risk.impact_grade) == ("likely", "major")
    assert matrix.grade_risk("carry", 0.346, -9.6, "model").impact_grade == "moderate"


def test_in_force_is_a_status_not_a_grade() -> None:
    """What already happens has no probability, no word, and the rating of the top row."""
    risk = matrix.grade_risk("tariffs", None, 4.0, "judgement", in_force=True)
    assert (risk.status, risk.probability_grade, risk.word) == ("in_force", None, None)
    assert risk.rating == "high"


@given(shares, shares, st.floats(-60, 0), st.floats(-60, 0))
def test_rating_is_monotone_in_both(one: float, two: float, three: float, four: float) -> None:
    """A likelier and graver risk is never rated lower."""
    low, high = sorted((one, two))
    grave, mild = sorted((three, four))
    rank = matrix.RATINGS.index
    lower = matrix.grade_risk("r", low, mild, "model").rating
    assert rank(lower) <= rank(matrix.grade_risk("r", high, grave, "model").rating)


def test_change_since_the_last_edition() -> None:
    """A rating is new, up, down or the same."""
    assert matrix.change_of(None, "high") == "new"
    assert matrix.change_of("medium", "high") == "up"
    assert matrix.change_of("critical", "high") == "down"
    assert matrix.change_of("high", "high") == "same"


@pytest.mark.parametrize("bad", [-0.01, 1.01, math.nan, math.inf])
def test_what_is_no_probability_is_refused(bad: float) -> None:
    """A probability outside 0 to 1, or no number, is refused."""
    with pytest.raises(DataError, match="probability"):
        matrix.probability_grade(bad)


def test_contradictory_risks_are_refused() -> None:
    """A risk is either in force or has a probability; its impact is a number."""
    with pytest.raises(DataError, match="Risk tariffs"):
        matrix.grade_risk("tariffs", 0.5, 4.0, "model", in_force=True)
    with pytest.raises(DataError, match="Risk debt"):
        matrix.grade_risk("debt", None, 4.0, "model")
    with pytest.raises(DataError, match="impact"):
        matrix.grade_risk("debt", 0.1, math.nan, "model")
