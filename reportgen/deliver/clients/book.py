"""The address book in the database: read whole, changed whole or not at all."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from reportgen.deliver import tables
from reportgen.deliver.clients.client import Client, Contact, Protection
from reportgen.deliver.clients.turns import take_turn
from reportgen.deliver.database import Database
from reportgen.errors import MissingInputError

OPTIONAL = ("contact", "formats", "protection", "active_from", "active_to", "house")
"""Fields a list of clients may leave out; a client the book has keeps them as they were."""


@dataclass(frozen=True)
class Change:
    """What a list of clients does to the book; ids, in their order.

    Args:
        added, changed: as they are afterwards.
        removed: ids.
        unchanged: how many stay as they are, of those in the list.
    """

    added: tuple[Client, ...]
    changed: tuple[Client, ...]
    removed: tuple[str, ...]
    unchanged: int


def all(database: Database) -> tuple[Client, ...]:
    """Return every client, by id."""
    with database.reading() as connection:
        return tuple(_read(connection).values())


def find(database: Database, identity: str) -> Client:
    """Return a client.

    Raises:
        MissingInputError: there is none with that id; names the nearest.
    """
    with database.reading() as connection:
        return _found(_read(connection), identity)


def put(database: Database, client: Client, now: datetime) -> None:
    """Add a client, or put it in the place of the one with its id."""
    put_all(database, (client,), replace=False, now=now)


def put_all(
    database: Database,
    clients: Iterable[Client],
    *,
    replace: bool,
    now: datetime,
    omitted: Iterable[str] = (),
) -> Change:
    """Put clients into the book, all of them or, where that fails, none.

    Args:
        database: with the book.
        clients: to be added, or put in the place of those with their ids.
        replace: whether those that are not among them leave the book.
        now: moment of the change.
        omitted: fields of ``OPTIONAL`` that were not said; clients in the book keep theirs.
    """
    with database.writing() as connection:
        take_turn(connection)
        change = _change(_read(connection), tuple(clients), omitted, replaces=replace)
        _remove(connection, [*change.removed, *(one.id for one in change.changed)])
        _add(connection, (*change.added, *change.changed), now)
    return change


def difference(
    database: Database, clients: Iterable[Client], *, replace: bool, omitted: Iterable[str] = ()
) -> Change:
    """Return what ``put_all`` would do, without doing it."""
    with database.reading() as connection:
        return _change(_read(connection), tuple(clients), omitted, replaces=replace)


def remove(database: Database, identity: str) -> Client:
    """Take a client out of the book; what was delivered to it stays on record.

    Raises:
        MissingInputError: there is none with that id.
    """
    with database.writing() as connection:
        take_turn(connection)
        client = _found(_read(connection), identity)
        _remove(connection, [client.id])
    return client


def _found(clients: Mapping[str, Client], identity: str) -> Client:
    if identity in clients:
        return clients[identity]
    near = difflib.get_close_matches(identity, clients, n=1)
    raise MissingInputError(
        f"There is no client {identity[:80]!r}.", f"Did you mean {near[0]}?" if near else ""
    )


def _change(
    old: Mapping[str, Client], given: Sequence[Client], omitted: Iterable[str], *, replaces: bool
) -> Change:
    left_out = frozenset(omitted)
    new = {
        one.id: _kept(one, old[one.id], left_out) if one.id in old else one
        for one in sorted(given, key=lambda one: one.id)
    }
    return Change(
        added=tuple(one for one in new.values() if one.id not in old),
        changed=tuple(one for one in new.values() if one.id in old and one != old[one.id]),
        removed=tuple(one for one in old if one not in new) if replaces else (),
        unchanged=sum(one == old.get(one.id) for one in new.values()),
    )


def _kept(new: Client, old: Client, omitted: frozenset[str]) -> Client:
    """Return a client with the fields nobody said anything about as they were."""
    fields = {one: getattr(old, one) for one in OPTIONAL if one in omitted and one != "contact"}
    if "contact" in omitted:
        called = {one.address: one.name for one in old.contacts}
        contacts = (Contact(called.get(one.address, ""), one.address) for one in new.contacts)
        fields["contacts"] = tuple(contacts)
    return replace(new, **fields)


def _read(connection: Connection) -> dict[str, Client]:
    contacts: dict[str, list[Contact]] = defaultdict(list)
    ordered = select(tables.contact).order_by(tables.contact.c.client, tables.contact.c.position)
    for row in connection.execute(ordered):
        contacts[row.client].append(Contact(row.name, row.address))
    found = (
        Client(
            id=row.id,
            organisation=row.organisation,
            contacts=tuple(contacts[row.id]),
            languages=tuple(row.languages.split(",")),
            formats=tuple(row.formats.split(",")),
            protection=_protection(row.protection),
            active_from=row.active_from,
            active_to=row.active_to,
            house=row.house,
        )
        for row in connection.execute(select(tables.client))
    )
    # By code point: a database may sort by a language's rules.
    return {one.id: one for one in sorted(found, key=lambda one: one.id)}


def _protection(text: str) -> Protection:
    kept: Protection = text  # type: ignore[assignment]  # the table has no others
    return kept


def _remove(connection: Connection, identities: Sequence[str]) -> None:
    if identities:
        gone = tables.client.delete().where(tables.client.c.id == bindparam("gone"))
        connection.execute(gone, [{"gone": one} for one in identities])


def _add(connection: Connection, clients: Sequence[Client], now: datetime) -> None:
    if not clients:
        return
    rows = [
        {
            "id": one.id,
            "organisation": one.organisation,
            "languages": ",".join(one.languages),
            "formats": ",".join(one.formats),
            "protection": one.protection,
            "active_from": one.active_from,
            "active_to": one.active_to,
            "house": one.house,
            "changed": now,
        }
        for one in clients
    ]
    contacts = [
        {"client": one.id, "position": place, "name": contact.name, "address": contact.address}
        for one in clients
        for place, contact in enumerate(one.contacts)
    ]
    connection.execute(tables.client.insert(), rows)
    connection.execute(tables.contact.insert(), contacts)
