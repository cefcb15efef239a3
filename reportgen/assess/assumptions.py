"""Figures that the method itself assumes, where the house view states nothing."""

from __future__ import annotations

from reportgen.assess.desk import Desk
from reportgen.facts import Assumed, Quantity, Range, Unit
from reportgen.house import PUBLISHER


def assumed_by_method(desk: Desk, value: float, unit: Unit) -> Quantity:
    """Return an assumption of the method, dated by the edition's as-of date."""
    return Quantity(float(value), unit, Assumed(PUBLISHER, desk.as_of))


def assumed_range_by_method(desk: Desk, bounds: tuple[float, float], unit: Unit) -> Range:
    """Return both bounds of an assumption of the method."""
    low, high = (assumed_by_method(desk, bound, unit) for bound in bounds)
    return Range(low, high)


def note_of(desk: Desk, entry: str) -> str:
    """Return the code of the house view's note on an entry; empty without either."""
    if desk.house is None or not desk.house.has(entry):
        return ""
    return desk.house.get(entry).note
