"""One round of the watch: fresh figures, the table, what fires, who is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

import msgspec

from reportgen.archive.lock import held
from reportgen.errors import UnreachableError
from reportgen.operations.mail import Told
from reportgen.operations.relay import Untold
from reportgen.watching import bounds, memory
from reportgen.watching.judging import Judgement, judged, remembered
from reportgen.watching.memory import Alarm, Notes
from reportgen.watching.telling import Listener, tell_all

if TYPE_CHECKING:
    from reportgen.assess.desk import Desk
    from reportgen.assess.watched import Reading
    from reportgen.gather import Wish
    from reportgen.snapshot import Snapshot
    from reportgen.watching.bounds import Bound, Table

LOCK = ".watch"
"""Folder whose lock keeps two rounds apart; publishing has a lock of its own and goes on."""


@dataclass(frozen=True)
class Post:
    """What a round works with.

    Args:
        wish: which figures; where the editions and the memory are.
        listeners: who is told.
        keep: whether the memory is kept and anybody told; without, the round only looks.
    """

    wish: Wish
    listeners: tuple[Listener, ...]
    keep: bool = True


@dataclass(frozen=True)
class Row:
    """A trigger as it stands."""

    bound: Bound
    reading: Reading
    judgement: Judgement


@dataclass(frozen=True)
class Round:
    """What a round found.

    Args:
        edition: whose thresholds counted; empty for the figures' own.
        as_of: last day an observation may carry.
        rows: every trigger with a reading, in the order of the table.
        missing: codes of triggers without a reading.
        outcomes: what came of telling, by listener; empty when there was nothing to tell.
    """

    edition: str
    as_of: date
    rows: tuple[Row, ...]
    missing: tuple[str, ...]
    outcomes: dict[str, Told | Untold]

    @property
    def fired(self) -> tuple[Row, ...]:
        """The triggers that fired in this round."""
        return tuple(one for one in self.rows if one.judgement.fires)

    @property
    def untold(self) -> dict[str, Untold]:
        """Listeners that could not be told."""
        return {
            name: said
            for name, said in self.outcomes.items()
            if isinstance(said, Untold) and said.kind != "unset"
        }


def look(post: Post) -> Round:
    """Go one round.

    Raises:
        UnreachableError: no publisher can be reached, where live figures are wished.
        LockedError: another round is at work.
        DataError: the memory or the edition's table cannot be understood.
        CannotCreateError, DiskError: the memory cannot be written; nobody is told then.
    """
    figures = _figures(post.wish)
    if not post.keep:
        return _looked(post, figures)
    with held(post.wish.output / LOCK, wait=0.0):
        return _looked(post, figures)


def _looked(post: Post, figures: Snapshot) -> Round:
    from reportgen.assess.watched import readings

    output, desk = post.wish.output, _desk(figures)
    table = bounds.of_edition(output, figures.as_of) or bounds.of_figures(desk)
    known: dict[str, Reading] = {one.code: one for one in readings(desk)}
    notes = memory.read(output)
    rows = _rows(table, known, notes)
    outcomes: dict[str, Told | Untold] = {}
    if post.keep:
        names = [one.name for one in post.listeners]
        notes = _noted(notes, table, rows, names, post.wish.now)
        memory.write(output, notes)
        _, outcomes = tell_all(notes, post.listeners, lambda one: memory.write(output, one))
    missing = tuple(one.code for one in table.bounds if one.code not in known)
    return Round(table.edition, figures.as_of, rows, missing, outcomes)


def _figures(wish: Wish) -> Snapshot:
    """Return the series that are watched, as fresh as they can be had.

    Raises:
        UnreachableError: no publisher can be reached, where live figures are wished.
    """
    from reportgen.assess.watched import SERIES
    from reportgen.gather import harvested, material

    if wish.data not in ("auto", "live", "cache"):
        return material(wish).snapshot
    live = wish.data != "cache"
    found = harvested(replace(wish, only=SERIES), "live" if live else "cache")
    if live and not found.reached:
        raise UnreachableError(
            "No publisher can be reached; nothing can be watched.",
            "`reportgen gather` shows what was tried.",
        )
    return found.snapshot


def _desk(figures: Snapshot) -> Desk:
    """Return the desk of a round; nothing is simulated."""
    from reportgen import bundled
    from reportgen.assess.desk import Desk
    from reportgen.period import edition_dates

    dates = edition_dates(figures.as_of)
    return Desk(figures, bundled.house_known(dates.dated), dates.window_end, 0)


def _rows(table: Table, known: dict[str, Reading], notes: Notes) -> tuple[Row, ...]:
    """Judge every reading against its threshold and what is remembered of it."""
    rows = []
    for bound in table.bounds:
        reading, before = known.get(bound.code), notes.triggers.get(bound.code)
        if reading is None:
            continue
        if before is None or before.edition != table.edition:
            before = remembered(bound, table.edition, before)
        rows.append(Row(bound, reading, judged(bound, reading, before)))
    return tuple(rows)


def _noted(
    notes: Notes, table: Table, rows: Sequence[Row], names: Sequence[str], now: datetime
) -> Notes:
    """Return the memory after a look, with what fired put down as due to every listener."""
    fresh = tuple(_alarm(one, table.edition, names, now) for one in rows if one.judgement.fires)
    return msgspec.structs.replace(
        notes,
        triggers={**notes.triggers, **{one.bound.code: one.judgement.memory for one in rows}},
        alarms=(*notes.alarms, *fresh),
    )


def _alarm(row: Row, edition: str, names: Sequence[str], now: datetime) -> Alarm:
    value, threshold = row.reading.value, row.bound.threshold
    return Alarm(
        code=row.bound.code,
        side=row.bound.side,
        value=value.value,
        threshold=threshold.value,
        unit=value.unit,
        day=row.reading.day.day,
        edition=edition,
        seen=now,
        told=dict.fromkeys(names, "due"),
    )
