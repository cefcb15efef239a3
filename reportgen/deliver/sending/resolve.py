"""What a person decides about a delivery that the program must not decide alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, or_, select, update

from reportgen.deliver.database import Database
from reportgen.deliver.sending.ledger import apply, note
from reportgen.deliver.sending.rules import Change
from reportgen.deliver.tables import delivery, mailing
from reportgen.errors import MissingInputError, UsageError

Verdict = Literal["accepted", "not_accepted", "failed"]
_CHANGES: dict[Verdict, Change] = {
    "accepted": Change("sent", "resolved"),
    "not_accepted": Change("queued", "resolved"),
    "failed": Change("failed", "resolved", reason="given up by a person"),
}
OPEN = ("unknown", "held", "failed", "deferred")
"""States about which a person can decide."""


def resolve(database: Database, which: str, verdict: Verdict, by: str, now: datetime) -> str:
    """Decide a delivery by hand, and write down who did.

    Args:
        database: the ledger.
        which: the reference in the mail, ``2026-01/7f3a9c01d2e4``, or the number of the row.
        verdict: ``accepted``: the client has it. ``not_accepted``: it has not; it is sent again,
            and its mailing is open again. ``failed``: it shall not be sent any more.
        by: who decides.
        now: the moment; aware.

    Returns:
        The reference of the delivery.

    Raises:
        MissingInputError: there is no such delivery.
        UsageError: it is in no state a person can change.
    """
    change = _CHANGES[verdict]
    with database.writing() as connection:
        row = _found(connection, which)
        if row.state not in OPEN:
            raise UsageError(
                f"{row.reference} is {row.state}; only what is {', '.join(OPEN)} can be resolved."
            )
        apply(connection, delivery.c.id == row.id, change, None, now)
        detail = f"{row.state} -> {change.state} by {by}"
        note(connection, row.id, row.attempts, now, change.event, detail)
        if change.state == "queued":
            open_again(connection, row.id)
    return str(row.reference)


def open_again(connection: Connection, id: int) -> None:
    """Open the mailing of a delivery that is in the queue again, should it have been done."""
    its = select(delivery.c.mailing).where(delivery.c.id == id).scalar_subquery()
    connection.execute(
        update(mailing)
        .where(mailing.c.name == its, mailing.c.state == "done")
        .values(state="sending", ended_at=None)
    )


def _found(connection: Connection, which: str) -> Row[Any]:
    number = int(which) if which.isascii() and which.isdigit() and len(which) < 10 else -1
    found = connection.execute(
        select(delivery)
        .where(or_(delivery.c.reference == which, delivery.c.id == number))
        .with_for_update()  # no worker claims it while it is decided
    ).first()
    if found is None:
        raise MissingInputError(f"There is no delivery {which!r} in the ledger.")
    return found
