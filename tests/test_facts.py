"""Quantities, their keys, and the refusal of what is not a number."""

from __future__ import annotations

from datetime import date

import pytest

from reportgen.facts import Computed, Day, Quantity, Unit, figures, keyed
from reportgen.facts.probabilities import Share

ORIGIN = Computed("M0")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_quantity_is_a_finite_number(value: float) -> None:
    """A NaN never becomes a figure."""
    with pytest.raises(ValueError, match="not a finite number"):
        Quantity(value, Unit.PERCENT, ORIGIN)


def test_figures_learn_their_path() -> None:
    """Members of a tuple are named by their code, others by position."""
    shares = (
        Share("calm", Quantity(0.6, Unit.PROBABILITY, ORIGIN)),
        Share("bear", Quantity(0.4, Unit.PROBABILITY, ORIGIN)),
    )
    keys = [one.key for one in figures(keyed({"partition": shares}))]
    assert keys == ["partition.calm.probability", "partition.bear.probability"]


def test_days_are_figures_too() -> None:
    """A computed date has origin and key like a number."""
    found = keyed({"limit": Day(date(2027, 3, 1), Computed("M9"))})
    assert [one.key for one in figures(found)] == ["limit"]
