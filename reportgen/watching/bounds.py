"""The thresholds that count: those the readers have, of the newest edition there is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from reportgen.archive import editions
from reportgen.errors import DataError
from reportgen.facts import Computed, Quantity, Unit

if TYPE_CHECKING:
    from reportgen.archive.editions import Edition
    from reportgen.assess.desk import Desk

ASSESSMENT = "assessment.json"
Side = Literal["above", "below"]


@dataclass(frozen=True)
class Bound:
    """A threshold.

    Args:
        code: of the watched figure.
        side: on which it is reached; the threshold itself counts.
        hit: whether it was reached when it was printed.
        day: of the reading it was printed with.
    """

    code: str
    side: Side
    threshold: Quantity
    hit: bool
    day: date


@dataclass(frozen=True)
class Table:
    """The thresholds and where they stand: the name of an edition, or "" for the figures' own."""

    edition: str
    bounds: tuple[Bound, ...]


class _Figure(msgspec.Struct, frozen=True):
    value: float
    unit: Unit


class _Day(msgspec.Struct, frozen=True):
    day: date


class _Trigger(msgspec.Struct, frozen=True):
    code: str
    state: Literal["hit", "near", "apart"]
    side: Side
    threshold: _Figure
    day: _Day


class _Outlook(msgspec.Struct, frozen=True):
    triggers: tuple[_Trigger, ...]


class _Printed(msgspec.Struct, frozen=True):
    """The part of an assessment that is read here, so that any version's can be."""

    outlook: _Outlook


def of_edition(output: Path, as_of: date) -> Table | None:
    """Return the thresholds of the newest edition of that day or before; ``None`` without one.

    Raises:
        DataError: its assessment cannot be understood.
    """
    known = [one for one in editions.editions(output) if one.head.as_of <= as_of]
    if not known:
        return None
    return _table(known[-1])


def of_figures(desk: Desk) -> Table:
    """Return the thresholds that an edition of these figures would print; none is hit yet."""
    from reportgen.assess.watched import watched

    rows = watched(desk)
    return Table(
        "", tuple(Bound(one.code, one.side, one.threshold, False, one.day.day) for one in rows)
    )


def _table(edition: Edition) -> Table:
    path = edition.folder / ASSESSMENT
    try:
        found = msgspec.json.decode(path.read_bytes(), type=_Printed)
    except OSError as problem:
        raise DataError(f"{path} cannot be read: {problem.strerror}.") from None
    except msgspec.DecodeError as problem:
        raise DataError(f"{path} holds no trigger table that can be read: {problem}.") from None
    printed = Computed("edition", (edition.name,))
    bounds = (
        Bound(
            one.code,
            one.side,
            Quantity(one.threshold.value, one.threshold.unit, printed),
            one.state == "hit",
            one.day.day,
        )
        for one in found.outlook.triggers
    )
    return Table(edition.name, tuple(bounds))
