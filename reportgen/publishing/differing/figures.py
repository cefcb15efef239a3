"""Figures of two assessments compared by name, whatever versions of the program wrote them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reportgen.errors import DataError

LEFT_OUT = ("charts", "changes")
"""Parts of an assessment that repeat figures of others."""
PROBABILITIES = ("probability", "risk_neutral")
COUNTS = ("count", "months", "weeks", "days", "trading_days", "contracts")
"""Units of which a small number doubles easily: told behind the others."""
LARGEST = 3
"""Changed figures told of each section."""


@dataclass(frozen=True)
class Figure:
    """A figure as an assessment holds it: a number with its unit, or a day."""

    value: float | str
    unit: str


@dataclass(frozen=True)
class FigureChange:
    """A figure of the same name in both editions, and how far it moved, 0 to 1 of its size."""

    key: str
    before: Figure
    after: Figure
    size: float


@dataclass
class Section:
    """What changed in a section.

    Args:
        name: of the section.
        same: how many figures are as they were; ``added`` and ``gone`` are in one edition alone.
        changed: the others, the largest change first.
    """

    name: str
    same: int = 0
    added: int = 0
    gone: int = 0
    changed: list[FigureChange] = field(default_factory=list)

    @property
    def largest(self) -> tuple[FigureChange, ...]:
        """The changes worth telling."""
        return tuple(self.changed[:LARGEST])


def compared(before: bytes, after: bytes) -> tuple[Section, ...]:
    """Return what changed from one ``assessment.json`` to another, section by section."""
    first, second = figures_in(before), figures_in(after)
    found: dict[str, Section] = {}
    for key in {**second, **first}:
        section = found.setdefault(key.partition(".")[0], Section(key.partition(".")[0]))
        if key not in first:
            section.added += 1
        elif key not in second:
            section.gone += 1
        elif first[key] == second[key]:
            section.same += 1
        else:
            size = _size(first[key], second[key])
            section.changed.append(FigureChange(key, first[key], second[key], size))
    for section in found.values():
        section.changed.sort(key=lambda one: (-one.size, one.key))
    return tuple(found.values())


def figures_in(data: bytes) -> dict[str, Figure]:
    """Return the figures of an assessment by name.

    Raises:
        DataError: it is no JSON.
    """
    try:
        content = json.loads(data)
    except ValueError as problem:
        raise DataError(f"assessment.json cannot be read: {problem}.") from None
    found: dict[str, Figure] = {}
    for name, part in content.items() if isinstance(content, Mapping) else ():
        if name not in LEFT_OUT:
            found.update(_walk(part))
    return found


def _walk(part: Any) -> Iterator[tuple[str, Figure]]:
    if isinstance(part, list):
        for one in part:
            yield from _walk(one)
    elif isinstance(part, Mapping):
        figure = _figure(part)
        if figure is not None:
            yield str(part["key"]), figure
        else:
            for one in part.values():
                yield from _walk(one)


def _figure(part: Mapping[str, Any]) -> Figure | None:
    """Return what a quantity or a day is read as; ``None`` for another part."""
    if not part.get("key") or "origin" not in part:
        return None
    value, day = part.get("value"), part.get("day")
    if isinstance(value, int | float) and isinstance(part.get("unit"), str):
        return Figure(float(value), part["unit"])
    return Figure(day, "day") if isinstance(day, str) else None


def _size(before: Figure, after: Figure) -> float:
    """Return how far a figure moved: of a probability the difference, else the share of it."""
    if not isinstance(before.value, float) or not isinstance(after.value, float):
        return 0.0
    apart = abs(after.value - before.value)
    if before.unit != after.unit:
        return 1.0
    if before.unit in PROBABILITIES:
        return apart
    share = apart / (abs(before.value) + abs(after.value))
    return share / 10 if before.unit in COUNTS else share
