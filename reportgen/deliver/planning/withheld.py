"""Messages in doubt to addresses that are suppressed by now: they do not go out once more."""

from __future__ import annotations

from sqlalchemy import and_, select

from reportgen.deliver.clients import suppression
from reportgen.deliver.message.identity import address_hash
from reportgen.deliver.planning.desk import House
from reportgen.deliver.sending.ledger import apply, note
from reportgen.deliver.sending.rules import Change
from reportgen.deliver.tables import delivery


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
