"""Who gets an edition: one row for each contact of each client and each of its languages."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import msgspec
from sqlalchemy import Connection, and_, or_, select

from reportgen.archive.editions import parts_of
from reportgen.archive.manifest import edition_name
from reportgen.deliver.clients.client import Client, Contact
from reportgen.deliver.tables import NOT_BEGUN, delivery, mailing

Who = tuple[str, str, str]
"""Id of a client, an address, a language: what there is one row of."""


@dataclass(frozen=True)
class Row:
    """One message to one address in one language.

    Args:
        client: who gets it.
        contact: whom it is addressed to.
        language: its code.
        canary: whether it goes before the others.
        suppressed: why nothing is sent there; empty when it is.
    """

    client: Client
    contact: Contact
    language: str
    canary: bool = False
    suppressed: str = ""

    @property
    def who(self) -> Who:
        """What there is one row of."""
        return self.client.id, self.contact.address, self.language


def rows_of(clients: Iterable[Client], day: date) -> tuple[Row, ...]:
    """Return a row for each contact and language of every client of that day, the house first."""
    ordered = sorted(clients, key=lambda one: (not one.house, one.id))
    return tuple(
        Row(client, contact, language)
        for client in ordered
        if client.is_active(day)
        for contact in client.contacts
        for language in client.languages
    )


def marked(rows: Iterable[Row], suppressed: Callable[[str], str], canaries: int) -> tuple[Row, ...]:
    """Return the rows with what is known of their addresses, the first ones as canaries.

    Args:
        rows: in their order.
        suppressed: returns why nothing is sent to an address; empty when nothing is wrong.
        canaries: how many go before the others.
    """
    found = []
    for row in rows:
        reason = suppressed(row.contact.address)
        first = not reason and canaries > 0
        canaries -= first
        found.append(replace(row, suppressed=reason, canary=first))
    return tuple(found)


def only(rows: Iterable[Row], who: Iterable[Who]) -> tuple[Row, ...]:
    """Return those of the rows that are of these."""
    wanted = frozenset(who)
    return tuple(one for one in rows if one.who in wanted)


def concerned(rows: Sequence[Row], before: Collection[Who]) -> tuple[Row, ...]:
    """Return the rows of those who got what is corrected.

    A client whose address or language of then is on the list no more gets it at those of now.
    """
    there = {one.who for one in rows}
    moved = {who[0] for who in before if who not in there}
    return tuple(one for one in rows if one.who in before or one.client.id in moved)


def new(rows: Iterable[Row], served: Iterable[Who]) -> tuple[Row, ...]:
    """Return those of the rows that are of none of these; an address in capitals is the same."""
    known = {(client, address.lower(), language) for client, address, language in served}
    return tuple(
        one
        for one in rows
        if (one.client.id, one.contact.address.lower(), one.language) not in known
    )


def sha256(rows: Iterable[Row]) -> str:
    """Return the hash of a list of recipients; whom nothing is sent to is on it like the others.

    An address that is suppressed later is left out when the mailing is sent, which needs no new
    approval.
    """
    told = [
        (
            *one.who,
            one.client.organisation,
            one.contact.name,
            one.client.formats,
            one.client.protection,
            one.client.house,
        )
        for one in rows
    ]
    return hashlib.sha256(msgspec.json.encode(told)).hexdigest()


def reached(connection: Connection, edition: str) -> Mapping[Who, str]:
    """Return who got an earlier revision of an edition, may have got it or waits for it, and which.

    Of several revisions it is the last one.

    Args:
        connection: to the database.
        edition: name of the revision that takes its place.
    """
    period, revision = parts_of(edition)
    earlier = [edition_name(period, number) for number in range(1, revision)]
    left = or_(
        delivery.c.state.in_(("sent", "unknown", "sending", "queued", "deferred")),
        and_(delivery.c.state == "held", delivery.c.doubts > 0),
    )
    wanted = (
        select(delivery.c.client, delivery.c.address, delivery.c.language, mailing.c.edition)
        .join(mailing, mailing.c.name == delivery.c.mailing)
        .where(mailing.c.kind != "test", mailing.c.edition.in_(earlier), left)
    )
    found: dict[Who, str] = {}
    for client, address, language, name in connection.execute(wanted):
        who = (client, address, language)
        found[who] = max(found.get(who, ""), name, key=lambda one: parts_of(one)[1] if one else 0)
    return found


def served(connection: Connection, edition: str) -> frozenset[Who]:
    """Return who is on a list of an edition that is being sent or was.

    Of an earlier revision those count to whom it may still go. To whom it went, and who has no
    row for the one that takes its place, still has to get that.

    Args:
        connection: to the database.
        edition: its name, of a revision too.
    """
    period, revision = parts_of(edition)
    earlier = [edition_name(period, number) for number in range(1, revision)]
    over = delivery.c.state.in_(("sent", "failed", "suppressed"))
    listed = or_(mailing.c.edition == edition, and_(mailing.c.edition.in_(earlier), ~over))
    wanted = (
        select(delivery.c.client, delivery.c.address, delivery.c.language)
        .join(mailing, mailing.c.name == delivery.c.mailing)
        .where(mailing.c.kind != "test", mailing.c.state.not_in(NOT_BEGUN), listed)
    )
    return frozenset((row[0], row[1], row[2]) for row in connection.execute(wanted))
