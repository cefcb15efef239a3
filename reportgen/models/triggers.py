"""How far a watched figure stands from the threshold that would change the assessment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from reportgen.models import guard


@dataclass(frozen=True)
class TriggerDistance:
    """A watched figure and its threshold.

    Args:
        value, threshold: in the unit of the figure.
        gap: threshold - value, same unit.
        relative_gap: threshold / value - 1, unit 1; None when the value is not above zero.
        breached: whether the threshold is reached.
    """

    value: float
    threshold: float
    gap: float
    relative_gap: float | None
    breached: bool


def trigger_distance(
    value: float, threshold: float, side: Literal["above", "below"]
) -> TriggerDistance:
    """Return the distance to a threshold that is breached on the given side; the bound counts."""
    now, bound = guard.finite(value, "The watched figure"), guard.finite(threshold, "The threshold")
    return TriggerDistance(
        value=now,
        threshold=bound,
        gap=bound - now,
        relative_gap=bound / now - 1.0 if now > 0 else None,
        breached=now >= bound if side == "above" else now <= bound,
    )
