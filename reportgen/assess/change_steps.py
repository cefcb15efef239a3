"""What headlines print in a row of runs, and the parts of a change that belong to each cause."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING

from reportgen.facts import Computed, Quantity, Range, Unit
from reportgen.facts.changes import CAUSES, Cause, ChangeStep, Direction, Stated
from reportgen.models.risk_matrix import RATINGS

if TYPE_CHECKING:
    from reportgen.facts.headlines import Headline

DIGITS = {
    Unit.PROBABILITY: 0,
    Unit.POINTS: 0,
    Unit.PERCENT: 1,
    Unit.INDEX: 2,
    Unit.YEN_PER_DOLLAR: 2,
}
"""Decimals with which a headline is printed; a probability's are those of its per cent."""
DIFFERENCES = {
    Unit.PROBABILITY: Unit.PERCENTAGE_POINTS,
    Unit.PERCENT: Unit.PERCENTAGE_POINTS,
}
"""Units of a difference; that of the figure for a unit not here."""
STANDINGS = ("below", "in_line", "above")
"""States of the verdict that have an order."""
ORIGIN = Computed("changes")

Stand = Decimal | tuple[Decimal, Decimal] | str | None
"""What a headline prints: a figure, a range, a state, nothing."""


def stand(found: Headline | None) -> Stand:
    """Return what a headline prints."""
    if found is None:
        return None
    if found.kind == "grade":
        return found.state
    if found.value is not None:
        return _printed(found.value, found.unit)
    if found.low is None or found.high is None:
        return None
    return _printed(found.low, found.unit), _printed(found.high, found.unit)


def _printed(value: float, unit: Unit) -> Decimal:
    exact = Decimal(repr(value)) * (100 if unit is Unit.PROBABILITY else 1)
    return exact.quantize(Decimal(1).scaleb(-DIGITS.get(unit, 0)), rounding=ROUND_HALF_EVEN)


def stated(found: Headline | None) -> Stated | None:
    """Return what a headline prints, with its exact figures."""
    if found is None:
        return None
    if found.kind == "grade":
        return Stated(state=found.state)
    if found.value is not None:
        return Stated(figure=Quantity(found.value, found.unit, ORIGIN))
    if found.low is None or found.high is None:
        return None
    low, high = (Quantity(bound, found.unit, ORIGIN) for bound in (found.low, found.high))
    return Stated(range=Range(low, high))


def direction(first: Stand, last: Stand) -> Direction:
    """Return which way a figure or a state with an order moved."""
    if isinstance(first, Decimal) and isinstance(last, Decimal) and first != last:
        return "up" if last > first else "down"
    for order in (RATINGS, STANDINGS):
        if first in order and last in order and first != last:
            return "up" if order.index(last) > order.index(first) else "down"
    return "other"


# -- its causes -------------------------------------------------------------------------------


def steps_of(
    stands: Sequence[Stand], causes: Sequence[tuple[Cause, ...]], unit: Unit
) -> tuple[ChangeStep, ...]:
    """Return the parts of a change; runs that lack the figure are stepped over."""
    parts: dict[tuple[Cause, ...], Decimal | None] = {}
    at = 0
    for place in range(1, len(stands)):
        if stands[place] is None:
            continue
        joint = _ordered(cause for met in causes[at:place] for cause in met)
        if stands[place] != stands[at]:
            size = _less(stands[place], stands[at])
            parts[joint] = None if size is None else (parts.get(joint) or Decimal(0)) + size
        at = place
    return tuple(
        _step(joint, None if size is None else _quantity(size, unit))
        for joint, size in sorted(parts.items(), key=lambda part: _place(part[0]))
        if size is None or size
    )


def presence(
    stands: Sequence[Stand], causes: Sequence[tuple[Cause, ...]]
) -> tuple[ChangeStep, ...]:
    """Return the causes at which a figure came or went."""
    met = {
        _ordered(joint)
        for joint, before, after in zip(causes, stands, stands[1:], strict=False)
        if (before is None) != (after is None)
    }
    return tuple(_step(joint) for joint in sorted(met, key=_place))


def _step(joint: tuple[Cause, ...], change: Quantity | None = None) -> ChangeStep:
    return ChangeStep("+".join(joint), joint, change)


def _place(joint: tuple[Cause, ...]) -> tuple[int, ...]:
    return tuple(CAUSES.index(cause) for cause in joint)


def _ordered(causes: Iterable[Cause]) -> tuple[Cause, ...]:
    met = set(causes)
    return tuple(cause for cause in CAUSES if cause in met)


def _less(after: Stand, before: Stand) -> Decimal | None:
    if isinstance(after, Decimal) and isinstance(before, Decimal):
        return after - before
    return None


def difference(after: Stand, before: Stand, unit: Unit) -> Quantity | None:
    """Return a figure less another, as printed; ``None`` for what is no figure."""
    size = _less(after, before)
    return None if size is None else _quantity(size, unit)


def _quantity(size: Decimal, unit: Unit) -> Quantity:
    return Quantity(float(size), DIFFERENCES.get(unit, unit), ORIGIN)


def largest(steps: tuple[ChangeStep, ...], whole: Quantity | None) -> str:
    """Return the code of the largest step in the direction of the whole."""
    if len(steps) == 1:
        return steps[0].code
    sized = [(one.change.value, one.code) for one in steps if one.change is not None]
    if whole is None or not whole.value or not sized:
        return ""
    sign = 1 if whole.value > 0 else -1
    return max(sized, key=lambda part: sign * part[0])[1]
