"""How a mailing stands: every row of its list in one state, and all of them together the list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from reportgen.deliver.database import Database
from reportgen.deliver.names import planning_of
from reportgen.deliver.tables import FINAL, delivery, mailing
from reportgen.errors import MissingInputError, ReportgenError


@dataclass(frozen=True)
class Standing:
    """How a mailing stands.

    Args:
        name: of the mailing.
        kind, edition: likewise.
        state: ``planned``, ``approved``, ``sending``, ``paused`` or ``done``.
        paused: why it was stopped; empty otherwise.
        recipients: rows of the list as it was planned.
        states: rows by state; only states that occur.
        fates: sent rows by what came back of them; only what occurs.
        doubted: rows that were ever in doubt: each may have got a second copy.
        next_at: when the next waiting row is due.
        started_at, ended_at: of the sending.
    """

    name: str
    kind: str
    edition: str
    state: str
    paused: str
    recipients: int
    states: Mapping[str, int]
    fates: Mapping[str, int]
    doubted: int
    next_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None

    @property
    def rows(self) -> int:
        """Rows there are."""
        return sum(self.states.values())

    @property
    def adds_up(self) -> bool:
        """Whether there is a row for each recipient."""
        return self.rows == self.recipients

    @property
    def left(self) -> int:
        """Rows that are not in their last state."""
        return self.rows - sum(self.states.get(one, 0) for one in FINAL)


def mailing_row(connection: Connection, name: str) -> Row[Any]:
    """Return the row of a mailing.

    Raises:
        MissingInputError: there is no such mailing.
    """
    found = connection.execute(select(mailing).where(mailing.c.name == name)).first()
    if found is None:
        raise MissingInputError(f"There is no mailing {name}.", f"Plan it: {planning_of(name)}")
    return found


def standing(database: Database, name: str) -> Standing:
    """Return how a mailing stands.

    Raises:
        MissingInputError: there is no such mailing.
    """
    with database.reading() as connection:
        head = mailing_row(connection, name)
        mine = delivery.c.mailing == name
        states = select(delivery.c.state, func.count()).where(mine).group_by(delivery.c.state)
        fates = (
            select(delivery.c.fate, func.count())
            .where(mine, delivery.c.fate != "")
            .group_by(delivery.c.fate)
        )
        waiting = delivery.c.state.in_(("deferred", "unknown"))
        return Standing(
            name=name,
            kind=head.kind,
            edition=head.edition,
            state=head.state,
            paused=head.paused,
            recipients=head.recipients,
            states={one[0]: one[1] for one in connection.execute(states)},
            fates={one[0]: one[1] for one in connection.execute(fates)},
            doubted=connection.scalar(
                select(func.count()).select_from(delivery).where(mine, delivery.c.doubts > 0)
            )
            or 0,
            next_at=connection.scalar(select(func.min(delivery.c.next_at)).where(mine, waiting)),
            started_at=head.started_at,
            ended_at=head.ended_at,
        )


@dataclass(frozen=True)
class Open:
    """A delivery that is not sent.

    Args:
        reference: by which a person names it.
        client: its id.
        language: of the mail.
        state, reason, reply: why; the relay's own words.
        next_at: when it is due again.
    """

    reference: str
    client: str
    language: str
    state: str
    reason: str
    reply: str
    next_at: datetime | None


def open_rows(database: Database, name: str) -> tuple[Open, ...]:
    """Return the deliveries of a mailing that are not sent, in order."""
    columns = (
        delivery.c.reference,
        delivery.c.client,
        delivery.c.language,
        delivery.c.state,
        delivery.c.reason,
        func.coalesce(delivery.c.reply, ""),
        delivery.c.next_at,
    )
    with database.reading() as connection:
        found = connection.execute(
            select(*columns)
            .where(delivery.c.mailing == name, delivery.c.state != "sent")
            .order_by(delivery.c.position)
        )
        return tuple(Open(*row) for row in found)


def mailings(database: Database) -> tuple[str, ...]:
    """Return the names of all mailings, the newest last."""
    with database.reading() as connection:
        return tuple(connection.scalars(select(mailing.c.name).order_by(mailing.c.planned_at)))


def meant(database: Database) -> str | None:
    """Return the mailing that is meant where none is named; ``None`` where nothing was planned.

    It is the one planned last, tests apart; when that is done, one of the same edition that is
    not: a supplement does not hide that the edition itself is still under way.
    """
    wanted = (
        select(mailing.c.name, mailing.c.edition, mailing.c.state)
        .where(mailing.c.kind != "test")
        .order_by(mailing.c.planned_at)
    )
    with database.reading() as connection:
        known = connection.execute(wanted).all()
    if not known:
        return None
    last = known[-1]
    under_way = [one for one in known if one.edition == last.edition and one.state != "done"]
    return str((under_way or [last])[-1].name)


def is_over(database: Database, name: str) -> bool:
    """Tell whether nothing of a mailing can leave; of what is held, the relay's log may decide.

    Raises:
        MissingInputError: there is no such mailing.
    """
    over = delivery.c.state.in_(("sent", "failed", "suppressed"))
    left = select(delivery.c.id).where(delivery.c.mailing == name, ~over)
    with database.reading() as connection:
        done = mailing_row(connection, name).state == "done"
        return done and connection.execute(left).first() is None


def refuse_a_gap(found: Standing) -> None:
    """Refuse a mailing whose rows are not its list.

    Raises:
        ReportgenError: rows are missing, or there are more (70).
    """
    if not found.adds_up:
        raise ReportgenError(
            f"{found.name} was planned for {found.recipients} recipients, and the ledger has "
            f"{found.rows} rows.",
            "Restore the delivery database from a copy.",
        )
