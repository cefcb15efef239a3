"""Newcomers: a further mailing of an edition to those who were on none of its lists yet."""

from __future__ import annotations

from sqlalchemy import select

from reportgen.archive.editions import Edition
from reportgen.deliver.clients import book
from reportgen.deliver.database import Database
from reportgen.deliver.names import planning_of, supplement
from reportgen.deliver.planning import guards, recipients
from reportgen.deliver.planning.desk import Desk
from reportgen.deliver.planning.plan import Order, Planned, kept, made, marked, told
from reportgen.deliver.planning.recipients import Row
from reportgen.deliver.planning.writing import head_of, withdraw
from reportgen.deliver.tables import NOT_BEGUN, mailing
from reportgen.errors import MissingInputError


def plan_newcomers(desk: Desk, edition: Edition, order: Order) -> Planned | None:
    """Plan an edition for who joined, or whose address was corrected, since its mailing began.

    The supplement, ``2026-01+1``, is a mailing of its own; one of which nothing was sent yet is
    planned anew where anything has changed. How many there are is no matter, their age is.

    Returns:
        The supplement; ``None`` when there is nobody to send it to, and then there is none.

    Raises:
        MissingInputError: the edition's own mailing has not begun.
        GuardedError, LockedError, ConfigError, DiskError: as ``plan``.
    """
    _refuse_too_early(desk.database, edition.name)
    name = next_name(desk.database, edition.name)
    rows, others = _split(desk, edition.name)
    if all(one.suppressed for one in rows):
        withdraw(desk, name)
        return None
    there = kept(desk, name, recipients.sha256(rows))
    if there is not None and not order.anew:
        return there
    problems = (
        *guards.of_edition(desk, edition),
        *guards.of_recipients(desk, edition, rows, others),
    )
    guards.refuse(f"Edition {edition.name}", problems, order.allowed)
    prints = made(desk, edition, head_of(desk, edition, name, "supplement", order.by), rows)
    return told(desk, name, "supplement", prints, (), fresh=True)


def next_name(database: Database, edition: str) -> str:
    """Return the name of an edition's supplement that has not begun, or else of its next one."""
    wanted = select(mailing.c.name, mailing.c.state).where(
        mailing.c.kind == "supplement", mailing.c.edition == edition
    )
    with database.reading() as connection:
        states = {row[0]: row[1] for row in connection.execute(wanted)}
    number = 1
    while states.get(supplement(edition, number), NOT_BEGUN[0]) not in NOT_BEGUN:
        number += 1
    return supplement(edition, number)


def _refuse_too_early(database: Database, edition: str) -> None:
    """Refuse as long as the edition's own list can still be made anew.

    Raises:
        MissingInputError: its mailing has not begun, or there is none.
    """
    with database.reading() as connection:
        state = connection.scalar(select(mailing.c.state).where(mailing.c.name == edition))
    if state is None or state in NOT_BEGUN:
        raise MissingInputError(
            f"The mailing of edition {edition} has not begun: who is new belongs on its own list.",
            f"Plan it as usual: {planning_of(edition)}",
        )


def _split(desk: Desk, edition: str) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """Return who of today's list is new to an edition, and who is not."""
    today = recipients.rows_of(book.all(desk.database), desk.day)
    with desk.database.reading() as connection:
        rows = recipients.new(today, recipients.served(connection, edition))
    new = {one.who for one in rows}
    return marked(desk, rows), tuple(one for one in today if one.who not in new)
