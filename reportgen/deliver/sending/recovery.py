"""After a crash: what was under way is provably not taken, or in doubt; nothing is lost."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, select

from reportgen.deliver.sending.ledger import Ledger, apply, note
from reportgen.deliver.sending.rules import Change, in_doubt
from reportgen.deliver.tables import delivery


def recover(ledger: Ledger, *, expired_only: bool = False) -> tuple[int, int]:
    """Take back what workers that are gone had claimed.

    Before its dot a message cannot have been taken: it goes back to the queue. After it, it is in
    doubt, and the journal says so before anything else can happen to it.

    Args:
        ledger: of the mailing.
        expired_only: only what nobody can still be at work on, where others work beside us;
            without it the caller holds the lock that proves that nobody is.

    Returns:
        How many went back to the queue, and how many are in doubt.
    """
    now = ledger.clock()
    with ledger.database.writing() as connection:
        rows = connection.execute(
            select(delivery.c.id, delivery.c.phase, delivery.c.attempts, delivery.c.doubts)
            .where(_is_left(ledger.mailing, now, expired_only=expired_only))
            .with_for_update(skip_locked=True)
        ).all()
        for row in rows:
            change = Change("queued", "not_accepted")
            if row.phase == "dot":
                change = in_doubt(row.doubts, ledger.rules, now)
            apply(connection, delivery.c.id == row.id, change, None, now)
            note(connection, row.id, row.attempts, now, change.event, "the run ended before it")
    doubtful = sum(row.phase == "dot" for row in rows)
    return len(rows) - doubtful, doubtful


def _is_left(mailing: str, now: datetime, *, expired_only: bool) -> ColumnElement[bool]:
    under_way = and_(delivery.c.mailing == mailing, delivery.c.state == "sending")
    return and_(under_way, delivery.c.lease_until < now) if expired_only else under_way
