"""Does a trigger fire? Only when its figure reaches the threshold anew.

A trigger that has fired is silent until its figure has gone back by more than it moves in passing;
then it is armed again. So a figure that wavers about its threshold is told of once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

import msgspec

from reportgen.assess.trigger_desk import NEAR
from reportgen.models.triggers import trigger_distance

if TYPE_CHECKING:
    from reportgen.assess.watched import Reading
    from reportgen.watching.bounds import Bound

RELATIVE: Mapping[str, float] = {
    "usdjpy": 0.01,
    "skew": 0.01,
    "vix": 0.05,
    "average_200_day": 0.01,
}
"""Part of the threshold by which a figure must have gone back before it can fire again: about a
usual day's move of each."""

ABSOLUTE: Mapping[str, float] = {"sofr_iorb": 2.0, "high_yield": 10.0}
"""Likewise in basis points. Spending is reported once a quarter and needs none."""

Standing = Literal["hit", "near", "apart"]


class Memory(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is remembered of a trigger.

    Args:
        edition: whose threshold it is about; empty for the figures' own.
        fired: whether it has fired and is not armed again.
        day: of the last reading that was looked at.
        since: of the reading at which it fired; ``None`` while armed, or when the edition itself
            told of it.
    """

    edition: str
    fired: bool
    day: date
    since: date | None = None


@dataclass(frozen=True)
class Judgement:
    """What a look found.

    Args:
        standing: of the figure against the threshold.
        memory: from now on.
        fires: whether it is to be told of.
        rearmed: whether it was armed again just now.
    """

    standing: Standing
    memory: Memory
    fires: bool = False
    rearmed: bool = False


def remembered(bound: Bound, edition: str, before: Memory | None) -> Memory:
    """Return what is known of a trigger when a new edition's thresholds begin to count.

    What the edition prints as hit, its readers know. A firing after its last reading stays known.
    """
    if before is not None and before.fired and before.day > bound.day:
        return msgspec.structs.replace(before, edition=edition)
    return Memory(edition, bound.hit, bound.day)


def judged(bound: Bound, reading: Reading, memory: Memory) -> Judgement:
    """Return what a reading means; one older than what was looked at before means nothing new."""
    value, threshold = reading.value.value, bound.threshold.value
    distance = trigger_distance(value, threshold, bound.side)
    near = abs(distance.gap) <= NEAR * abs(threshold)
    standing: Standing = "hit" if distance.breached else "near" if near else "apart"
    day = reading.day.day
    if day < memory.day:
        return Judgement(standing, memory)
    if distance.breached and not memory.fired:
        return Judgement(standing, Memory(memory.edition, True, day, day), fires=True)
    if memory.fired and _is_clear(bound, value):
        return Judgement(standing, Memory(memory.edition, False, day), rearmed=True)
    return Judgement(standing, msgspec.structs.replace(memory, day=day))


def _is_clear(bound: Bound, value: float) -> bool:
    """Tell whether a figure has gone back far enough."""
    threshold = bound.threshold.value
    margin = RELATIVE.get(bound.code, 0.0) * abs(threshold) + ABSOLUTE.get(bound.code, 0.0)
    if bound.side == "above":
        return value < threshold and value <= threshold - margin
    return value > threshold and value >= threshold + margin
