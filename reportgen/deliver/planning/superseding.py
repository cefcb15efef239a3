"""A corrected edition is not sent on: who still waits for it gets the one that took its place."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from reportgen.archive import editions
from reportgen.archive.editions import parts_of
from reportgen.archive.manifest import edition_name
from reportgen.deliver.planning.desk import House
from reportgen.deliver.sending.leaving import WAITING, leave_out
from reportgen.deliver.tables import FINAL, delivery, mailing
from reportgen.errors import DataError, MissingInputError


def superseded(house: House, head: Any) -> bool:
    """Tell whether the edition of a mailing has been corrected since.

    Args:
        house: names the archive.
        head: row of the mailing.
    """
    if head.kind == "test":
        return False
    try:
        edition = editions.find(house.output, head.edition)
        return editions.superseded_by(edition, editions.editions(house.output)) is not None
    except (MissingInputError, DataError):
        return False  # what is wrong with it is told by its hash


def close_earlier(house: House, name: str) -> int:
    """Take out of the mailings of earlier revisions whoever still waits: a correction goes now.

    They are on the list of the correction. What is in doubt there stays for a person.

    Args:
        house: with the database; the caller holds the lock of the mailings.
        name: of the mailing that is to be sent.

    Returns:
        How many deliveries nothing is sent to any more.
    """
    with house.database.writing() as connection:
        own = select(mailing.c.edition, mailing.c.kind).where(mailing.c.name == name)
        edition, kind = connection.execute(own).one()
        period, revision = parts_of(edition)
        earlier = [edition_name(period, number) for number in range(1, revision)]
        if kind == "test" or not earlier:
            return 0
        rows = connection.execute(
            select(delivery.c.id, delivery.c.attempts, delivery.c.mailing)
            .join(mailing, mailing.c.name == delivery.c.mailing)
            .where(mailing.c.edition.in_(earlier), mailing.c.kind != "test")
            .where(delivery.c.state.in_(WAITING))
        ).all()
        reason = f"superseded by {edition}"
        count = sum(leave_out(connection, row, reason, house.now) for row in rows)
        for one in sorted({row.mailing for row in rows}):
            left = delivery.c.state.not_in(FINAL)
            mine = select(delivery.c.id).where(delivery.c.mailing == one, left).limit(1)
            if connection.execute(mine).first() is None:
                ended = update(mailing).where(mailing.c.name == one)
                connection.execute(ended.values(state="done", paused="", ended_at=house.now))
    return count
