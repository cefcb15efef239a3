"""What a statement says will happen, in a form a program can decide from published figures.

Every event counts from the first day after the statement's start to its last day, both by the
date of the observation; a value exactly at a bound has reached it.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

Side = Literal["above", "below"]
RateMove = Literal["cut", "hold", "raise"]
Date = date


class Fall(msgspec.Struct, frozen=True, tag="fall", forbid_unknown_fields=True):
    """A close at least ``depth`` below the highest of the ``days`` before it, since the start.

    Args:
        series: id of the series.
        depth: size of the fall, unit 1.
        days: trading days from peak to trough at most.
    """

    series: str
    depth: float
    days: int


class Drawdown(msgspec.Struct, frozen=True, tag="drawdown", forbid_unknown_fields=True):
    """A close at least ``depth`` below the highest since ``peak_days`` before the start."""

    series: str
    depth: float
    peak_days: int


class Touch(msgspec.Struct, frozen=True, tag="touch", forbid_unknown_fields=True):
    """An observation at or beyond ``level``, in the unit of the series, on any of the days."""

    series: str
    level: float
    side: Side


class Ends(msgspec.Struct, frozen=True, tag="ends", forbid_unknown_fields=True):
    """The last observation of the days stands at or beyond ``bound``."""

    series: str
    bound: float
    side: Side


class Term(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A series with its weight in a sum."""

    series: str
    weight: float = 1.0


class Move(msgspec.Struct, frozen=True, tag="move", forbid_unknown_fields=True):
    """The change of a weighted sum from the start to the last day lies at or beyond ``bound``.

    Args:
        terms: series and weights; the weights bring the series to one unit.
        bound: in that unit.
        side: the side on which the change must lie.
    """

    terms: tuple[Term, ...]
    bound: float
    side: Side


class Value(msgspec.Struct, frozen=True, tag="value", forbid_unknown_fields=True):
    """The last observation of the days: what quantiles are stated of."""

    series: str


class Decision(msgspec.Struct, frozen=True, tag="decision", forbid_unknown_fields=True):
    """What a central bank does with its policy rate on a day.

    Args:
        series: a daily rate that follows the decision within days.
        day: of the decision.
        move: ``cut`` or ``raise`` by at least half a ``step``, else ``hold``.
        step: usual size of a change, in the unit of the series.
    """

    series: str
    day: Date
    move: RateMove
    step: float = 0.25


class DateIn(msgspec.Struct, frozen=True, tag="date_in", forbid_unknown_fields=True):
    """A dated event falls into the days.

    Args:
        code: of the event in the snapshot's list; a fact of that code decides it.
        series: without such a fact, the event cannot have come ...
        bound: ... while this series stays below this value.
    """

    code: str
    series: str
    bound: float


Event = Fall | Drawdown | Touch | Ends | Move | Value | Decision | DateIn


def slug(event: Event) -> str:
    """Return the event as a short text: the same for the same event, and for no other."""
    parts = [type(event).__struct_config__.tag]
    parts += [_text(getattr(event, name)) for name in event.__struct_fields__]
    return ".".join(str(part) for part in parts)


def series_of(event: Event) -> tuple[str, ...]:
    """Return the series an event is decided by."""
    if isinstance(event, Move):
        return tuple(term.series for term in event.terms)
    return (event.series,)


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return "+".join(f"{_text(term.weight)}*{term.series}" for term in value)
    return f"{value:.12g}" if isinstance(value, float) else str(value)
