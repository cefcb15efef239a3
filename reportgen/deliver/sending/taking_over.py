"""What somebody else left behind: a run that died, or the ledger of another machine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, func, literal, select, update

from reportgen.deliver.database import Database
from reportgen.deliver.sending.alone import alone
from reportgen.deliver.sending.ledger import Ledger, apply, note
from reportgen.deliver.sending.recovery import recover
from reportgen.deliver.sending.rules import Rules, in_doubt
from reportgen.deliver.tables import delivery, journal, mailing
from reportgen.errors import LockedError

PERHAPS = "perhaps_sent"
"""In the journal: from this moment on another ledger may have sent it."""


def take_back(
    database: Database, output: Path, rules: Rules, clock: Callable[[], datetime]
) -> None:
    """Take back what a run that died had claimed: what was at its dot is in doubt from now on.

    A mailing another run is at work on is left alone; that run has done it.

    Args:
        database: the ledger.
        output: the output folder.
        rules: what is done about doubt.
        clock: the moment; aware.
    """
    under_way = select(delivery.c.mailing).where(delivery.c.state == "sending").distinct()
    with database.reading() as connection:
        names = tuple(connection.scalars(under_way))
    for name in names:
        try:
            with alone(database, output, name):
                recover(Ledger(database, name, rules, clock))
        except LockedError:
            continue


def doubt_what_is_due(database: Database, rules: Rules, now: datetime) -> int:
    """Put in doubt all that a ledger would send, because another one may have sent it since.

    Its mailings have begun then and cannot be planned again, or nobody would know of the doubt.

    Args:
        database: the ledger, a copy or a backup.
        rules: what is done about doubt.
        now: the moment.

    Returns:
        How many messages are in doubt.
    """
    count = 0
    with database.writing() as connection:
        open_ = mailing.c.state.in_(("planned", "approved", "sending", "paused"))
        heads = connection.execute(
            select(mailing.c.name, mailing.c.planned_at).where(open_, mailing.c.kind != "test")
        ).all()
        for head in heads:
            count += _doubt(connection, head.name, head.planned_at, rules, now)
    return count


def _doubt(
    connection: Connection, name: str, planned: datetime, rules: Rules, now: datetime
) -> int:
    """Put what is due of one mailing in doubt, from the last moment the ledger knows of it."""
    due = delivery.c.state.in_(("planned", "queued", "deferred", "sending", "unknown"))
    wanted = select(delivery.c.id, delivery.c.attempts, delivery.c.doubts)
    rows = connection.execute(wanted.where(delivery.c.mailing == name, due)).all()
    if not rows:
        return 0
    told = select(func.max(journal.c.at)).join(delivery, delivery.c.id == journal.c.delivery)
    since = connection.scalar(told.where(delivery.c.mailing == name)) or planned
    for row in rows:
        change = in_doubt(row.doubts, rules, now)
        apply(connection, delivery.c.id == row.id, change, None, now)
        note(connection, row.id, row.attempts, since, PERHAPS, "another ledger may have sent it")
        note(connection, row.id, row.attempts, now, change.event, "the ledger was adopted")
    connection.execute(
        update(mailing)
        .where(mailing.c.name == name, mailing.c.state.in_(("planned", "approved")))
        .values(state="sending", started_at=literal(now, mailing.c.started_at.type))
    )
    return len(rows)
