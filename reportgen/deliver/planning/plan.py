"""Planning: every message of a mailing composed and frozen, and nothing sent."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from reportgen.archive.editions import Edition, parts_of
from reportgen.deliver.clients import book, suppression
from reportgen.deliver.message.identity import address_hash
from reportgen.deliver.planning import fingerprints, guards, recipients
from reportgen.deliver.planning.composing import Composer, Draft
from reportgen.deliver.planning.desk import Desk
from reportgen.deliver.planning.fingerprints import Prints
from reportgen.deliver.planning.guards import Problem
from reportgen.deliver.planning.recipients import Row
from reportgen.deliver.planning.reports import report_name
from reportgen.deliver.planning.writing import Kind, head_of, refuse_begun, write
from reportgen.deliver.tables import delivery, mailing
from reportgen.errors import DataError, DiskError

ROOM = 64_000_000
"""Bytes that stay free on the disk besides what is written."""


@dataclass(frozen=True)
class Order:
    """What is wanted.

    Args:
        by: who plans.
        allowed: problems that are meant, by their code in ``ALLOWABLE``.
        everybody: whether a correction goes also to those who never got what it corrects.
        anew: whether a plan that still holds is made again all the same.
    """

    by: str
    allowed: frozenset[str] = frozenset()
    everybody: bool = False
    anew: bool = False


@dataclass(frozen=True)
class Planned:
    """A mailing that was planned.

    Args:
        name: of the mailing.
        kind: of it.
        fresh: whether it was planned just now; else the plan that was there still holds.
        rows: by state.
        size: bytes of all messages that are to be sent.
        largest: bytes of the largest.
        left: who got what is corrected and is on the list no more, by client id.
        digest: what an approval is of.
    """

    name: str
    kind: str
    fresh: bool
    rows: Mapping[str, int]
    size: int
    largest: int
    left: tuple[str, ...]
    digest: str


def plan(desk: Desk, edition: Edition, order: Order) -> Planned:
    """Plan the delivery of an edition to the clients of the day.

    Doing it again gives back the plan there is while nothing has changed; else the new plan takes
    its place, together with what was approved of it. A mailing that has begun is never planned
    again.

    Raises:
        GuardedError: something is not as it must be; names all of it.
        LockedError: the mailing has begun.
        ConfigError: no sender, no password where one is needed, another delivery key.
        DiskError: the disk is full.
    """
    there = kept(desk, edition.name)
    if there is not None and not order.anew:
        return there
    kind, rows, left = listed(desk, edition, everybody=order.everybody)
    problems = [*guards.of_edition(desk, edition), *guards.of_recipients(desk, edition, rows)]
    if kind == "edition":
        percent = desk.settings.delivery.change_percent
        problems += guards.of_count(len(rows), _before(desk, edition), percent)
    guards.refuse(f"Edition {edition.name}", problems, order.allowed)
    prints = made(desk, edition, head_of(desk, edition, edition.name, kind, order.by), rows)
    return told(desk, edition.name, kind, prints, left, fresh=True)


def made(desk: Desk, edition: Edition, head: Mapping[str, Any], rows: Sequence[Row]) -> Prints:
    """Compose every message of a mailing and write it down, in the place of an older plan.

    Raises:
        GuardedError: some cannot be composed.
        LockedError: the mailing has begun.
        DiskError: the disk is full.
    """
    _refuse_small_disk(desk, edition, rows)
    drafts = composed(Composer(desk, edition, head["name"]), rows, f"Edition {edition.name}")
    return write(desk, edition, head, drafts)


def listed(
    desk: Desk, edition: Edition, *, everybody: bool
) -> tuple[Kind, tuple[Row, ...], tuple[str, ...]]:
    """Return the kind of an edition's mailing, its rows, and who fell off the list.

    A revision goes to the clients who got, or may have got, an earlier one; to all when nobody
    did.
    """
    rows = recipients.rows_of(book.all(desk.database), desk.day)
    with desk.database.reading() as connection:
        before = recipients.reached(connection, edition.name)
    left: tuple[str, ...] = ()
    if before:
        there = {one.client.id for one in rows}
        left = tuple(dict.fromkeys(who[0] for who in before if who[0] not in there))
        rows = rows if everybody else recipients.concerned(rows, before)
    kind: Kind = "correction" if before and not everybody else "edition"
    return kind, marked(desk, rows), left


def marked(desk: Desk, rows: Iterable[Row]) -> tuple[Row, ...]:
    """Return the rows with what the suppression list says of them, the first ones as canaries."""
    with desk.database.reading() as connection:
        out = suppression.every(connection, desk.key)

    def reason(address: str) -> str:
        found = out.get(address_hash(desk.key, address))
        return found.reason if found else ""

    return recipients.marked(rows, reason, desk.settings.delivery.canary)


def composed(composer: Composer, rows: Sequence[Row], what: str) -> list[Draft]:
    """Return the drafts of all rows.

    Raises:
        GuardedError: some cannot be composed; names all of them.
    """
    drafts, problems = [], []
    for number, row in enumerate(rows, start=1):
        try:
            drafts.append(composer.draft(row))
        except DataError as problem:
            problems.append(Problem("message", f"{row.client.id}: {problem.message}"))
        composer.desk.tell(number, len(rows))
    guards.refuse(what, problems)
    return drafts


def kept(desk: Desk, name: str, listed: str = "") -> Planned | None:
    """Return the plan there is, as long as everything is as it was when it was made.

    Args:
        desk: what it was planned with.
        name: of the mailing.
        listed: hash its list has to have; empty for any.

    Raises:
        LockedError: the mailing has begun.
    """
    with desk.database.reading() as connection:
        head = connection.execute(select(mailing).where(mailing.c.name == name)).first()
    if head is None:
        return None
    refuse_begun(name, head.state)
    prints = fingerprints.planned(head)
    other_list = listed not in ("", prints.recipients)
    if other_list or prints.changed(fingerprints.standing(desk, head)):
        return None
    return told(desk, name, head.kind, prints, (), fresh=False)


def told(
    desk: Desk, name: str, kind: str, prints: Prints, left: tuple[str, ...], *, fresh: bool
) -> Planned:
    """Return how a mailing was planned."""
    mine = select(delivery.c.state, delivery.c.size).where(delivery.c.mailing == name)
    with desk.database.reading() as connection:
        found = [(row[0], row[1]) for row in connection.execute(mine)]
    sizes = [size for state, size in found if state == "planned"]
    return Planned(
        name=name,
        kind=kind,
        fresh=fresh,
        rows=dict(Counter(state for state, _ in found)),
        size=sum(sizes),
        largest=max(sizes, default=0),
        left=left,
        digest=prints.digest,
    )


def _before(desk: Desk, edition: Edition) -> int | None:
    """Return how many recipients the newest earlier edition had; ``None`` when there was none."""
    period, _ = parts_of(edition.name)
    begun = mailing.c.state.in_(("sending", "paused", "done"))
    wanted = select(mailing.c.edition, mailing.c.recipients).where(
        mailing.c.kind == "edition", begun
    )
    with desk.database.reading() as connection:
        found = [(row[0], row[1]) for row in connection.execute(wanted)]
    earlier = [one for one in found if parts_of(one[0])[0] < period]
    return max(earlier, key=lambda one: parts_of(one[0]))[1] if earlier else None


def _refuse_small_disk(desk: Desk, edition: Edition, rows: Iterable[Row]) -> None:
    """Refuse to begin where the personal copies would fill the disk.

    Raises:
        DiskError: there is too little room.
    """
    needed = ROOM
    for row in rows:
        if row.suppressed or row.client.protection == "none":
            continue
        for form in row.client.formats:
            size = edition.manifest.files[report_name(edition, row.language, form)].size
            needed += size * (2 if row.client.protection == "link" else 1)
    free = shutil.disk_usage(_there(desk)).free
    if free < needed:
        raise DiskError(
            f"{desk.output}: copies need {needed / 1e6:,.0f} MB, {free / 1e6:,.0f} MB are free.",
            "Make room, or clean up with reportgen tidy.",
        )


def _there(desk: Desk) -> Path:
    """Return the output folder, or the nearest above it that is there."""
    return next(one for one in (desk.output, *desk.output.parents) if one.exists())
