"""The last look before a mailing is sent: what was approved, less what must not go any more."""

from __future__ import annotations

from sqlalchemy import and_, select

from reportgen.deliver.clients import suppression
from reportgen.deliver.message.identity import address_hash
from reportgen.deliver.planning.approval import refuse_unless_approved
from reportgen.deliver.planning.desk import House
from reportgen.deliver.planning.superseding import close_earlier
from reportgen.deliver.sending.leaving import WAITING, leave_out
from reportgen.deliver.sending.ledger import apply, note
from reportgen.deliver.sending.rules import Change
from reportgen.deliver.sending.status import is_over
from reportgen.deliver.tables import delivery


def make_ready(house: House, name: str) -> None:
    """Refuse a mailing that may not be sent as it is, and take out what must not go any more.

    Whoever still waits for an edition that this one corrects gets this one.

    Raises:
        ApprovalMissingError, MissingInputError, ConfigError: as the functions it calls.
    """
    if is_over(house.database, name):
        return  # nothing of it leaves any more, whatever has changed since
    refuse_unless_approved(house, name)
    close_earlier(house, name)
    suppress_now(house, name)
    withhold(house, name)


def suppress_now(house: House, name: str) -> int:
    """Take those out of a mailing whose addresses were suppressed since it was planned.

    Returns:
        How many deliveries nothing is sent to any more.

    Raises:
        ConfigError: the suppression list was kept with another key.
    """
    waiting = and_(delivery.c.mailing == name, delivery.c.state.in_(WAITING))
    wanted = select(delivery.c.id, delivery.c.address, delivery.c.attempts).where(waiting)
    with house.database.writing() as connection:
        out = suppression.every(connection, house.key)
        rows = connection.execute(wanted).all() if out else ()
        found = [(row, out.get(address_hash(house.key, row.address))) for row in rows]
        return sum(leave_out(connection, row, why.reason, house.now) for row, why in found if why)


def withhold(house: House, name: str) -> int:
    """Hold what may have been taken and must not be sent again; the relay's log may still decide.

    Returns:
        How many deliveries are held.

    Raises:
        ConfigError: the suppression list was kept with another key.
    """
    unknown = and_(delivery.c.mailing == name, delivery.c.state == "unknown")
    held = 0
    with house.database.writing() as connection:
        wanted = select(delivery.c.id, delivery.c.address, delivery.c.attempts).where(unknown)
        rows = connection.execute(wanted).all()
        out = suppression.every(connection, house.key) if rows else {}
        for row in rows:
            why = out.get(address_hash(house.key, row.address))
            if why is None:
                continue
            change = Change("held", "held", reason=f"in doubt, and suppressed by now: {why.reason}")
            if apply(connection, and_(unknown, delivery.c.id == row.id), change, None, house.now):
                note(connection, row.id, row.attempts, house.now, change.event, change.reason)
                held += 1
    return held
