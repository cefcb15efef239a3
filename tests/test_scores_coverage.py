"""Tests of bounds: published non-rejection regions, closed forms, and rows without violations."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from reportgen.errors import DataError
from reportgen.scores import christoffersen, kupiec
from reportgen.scores.diagnostics import (
    ALL_VIOLATIONS,
    FEW_EXPECTED,
    FEW_TRANSITIONS,
    NO_VIOLATIONS,
)

QUIET = settings(deadline=None, max_examples=80)


@pytest.mark.parametrize(
    ("broken", "days", "stated"), [(5, 100, 0.05), (1, 4, 0.25), (25, 500, 0.05)]
)
def test_stated_share_gives_nought(broken: int, days: int, stated: float) -> None:
    """LR = 0 for x / n = p (known answer of the method)."""
    found = kupiec(broken, days, stated)
    assert found.test.statistic == pytest.approx(0.0, abs=1e-12)
    assert found.test.p_value == pytest.approx(1.0, abs=1e-5)
    assert found.exact_p == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("days", "stated", "low", "high"),
    [
        (255, 0.05, 6, 21),
        (510, 0.05, 16, 36),
        (1000, 0.05, 37, 65),
        (510, 0.01, 1, 11),
        (1000, 0.01, 4, 17),
    ],
)
def test_non_rejection_regions_are_those_published(
    days: int, stated: float, low: int, high: int
) -> None:
    """Kupiec (1995), table of counts N not rejected at 95 %: low < N < high."""
    kept = [n for n in range(100) if kupiec(n, days, stated).test.p_value > 0.05]
    assert kept == list(range(low + 1, high))


@pytest.mark.parametrize(
    ("broken", "days", "stated", "chance"),
    [
        (29, 498, 0.05, 0.41),
        (6, 498, 0.01, 0.66),
        (35, 498, 0.05, 0.05),
        (133, 10490, 0.01, 0.008),
        (597, 10490, 0.05, 0.001),
    ],
)
def test_probabilities_are_those_of_the_method(
    broken: int, days: int, stated: float, chance: float
) -> None:
    """The method's evidence on 20-day and 1-day value at risk, Nasdaq Composite 1985-2025."""
    assert kupiec(broken, days, stated).test.p_value == pytest.approx(chance, abs=0.006)


def test_no_violation_has_a_closed_form() -> None:
    """-2 n ln(1 - p); the exact probability is that of none or of as unlikely a count."""
    found = kupiec(0, 250, 0.01)
    assert found.test.statistic == pytest.approx(-500 * math.log(0.99))
    assert found.diagnostics == (NO_VIOLATIONS, FEW_EXPECTED)
    assert 0.0 < found.exact_p < 1.0


@QUIET
@given(st.integers(1, 600), st.floats(0.001, 0.999), st.floats(0.0, 1.0))
def test_every_count_has_a_statistic(days: int, stated: float, part: float) -> None:
    """Never negative, never without a number, up to none and all."""
    found = kupiec(round(part * days), days, stated)
    assert found.test.statistic >= 0.0
    assert 0.0 <= found.test.p_value <= 1.0
    assert 0.0 <= found.exact_p <= 1.0 + 1e-9


@QUIET
@given(st.lists(st.booleans(), min_size=3, max_size=80))
def test_independence_is_the_test_of_the_transition_table(row: list[bool]) -> None:
    """The likelihood ratio of a two by two table (scipy), where both rows have days."""
    found = christoffersen(row, 0.3)
    if found.independence is None or found.conditional is None:
        assert not any(row) or all(row)
        return
    table = np.array(found.transitions).reshape(2, 2)
    assert table.sum() == len(row) - 1
    kept = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    expected = chi2_contingency(kept, correction=False, lambda_="log-likelihood").statistic
    assert found.independence.statistic == pytest.approx(expected, abs=1e-9)
    total = found.unconditional.test.statistic + found.independence.statistic
    assert found.conditional.statistic == pytest.approx(total)


def test_rows_of_violations_are_seen() -> None:
    """Twenty-five violations in five rows of five: right in number, not independent."""
    row = np.zeros(500)
    row[(np.arange(500) % 100) < 5] = 1.0
    found = christoffersen(row, 0.05)
    assert found.unconditional.test.statistic == pytest.approx(0.0, abs=1e-12)
    assert found.independence is not None
    assert found.conditional is not None
    assert found.independence.p_value < 1e-6
    assert found.conditional.p_value < 1e-6
    assert (found.independence.freedom, found.conditional.freedom) == (1, 2)


def test_independent_violations_pass_as_often_as_stated() -> None:
    """Of two hundred rows of independent violations about one in twenty is refused."""
    generator = np.random.default_rng(1)
    refused = 0
    for _ in range(200):
        found = christoffersen(generator.random(600) < 0.1, 0.1)
        assert found.conditional is not None
        refused += found.conditional.p_value < 0.05
    assert 2 <= refused <= 20


def test_order_matters_for_independence_alone() -> None:
    """Kupiec's test looks at the count; Christoffersen's at what follows what."""
    row = [1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    mixed = [1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]
    one, other = christoffersen(row, 0.2), christoffersen(mixed, 0.2)
    assert one.unconditional == other.unconditional
    assert one.independence != other.independence


@pytest.mark.parametrize(
    ("row", "code"),
    [([0] * 100, NO_VIOLATIONS), ([1] * 100, ALL_VIOLATIONS), ([1], FEW_TRANSITIONS)],
)
def test_what_cannot_be_tested_is_named(row: list[int], code: str) -> None:
    """No violation, nothing else, one day: Kupiec's test stands, the others are not there."""
    found = christoffersen(row, 0.1)
    assert (found.independence, found.conditional) == (None, None)
    assert code in found.diagnostics
    assert found.unconditional.violations == sum(row)


def test_impossible_figures_are_refused() -> None:
    """More violations than days, no day, a share of 0 or 1, a row of other numbers."""
    for broken, days, stated in ((5, 4, 0.1), (-1, 4, 0.1), (0, 0, 0.1), (1, 4, 0.0), (1, 4, 1.0)):
        with pytest.raises(DataError):
            kupiec(broken, days, stated)
    for row in ([], [0, 2], [math.nan]):
        with pytest.raises(DataError):
            christoffersen(row, 0.1)
