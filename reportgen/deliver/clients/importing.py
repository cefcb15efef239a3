"""From the rows of a list to clients: a client's rows together, every bad one told."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from reportgen.deliver.clients.book import OPTIONAL
from reportgen.deliver.clients.checks import (
    MOST_CONTACTS,
    Fields,
    FieldsError,
    Problem,
    client_of,
)
from reportgen.deliver.clients.client import Client
from reportgen.deliver.clients.csvfile import BadRow, Listing, Row, read

_OF_CLIENT = (
    *("organisation", "languages", "formats", "protection"),
    *("active_from", "active_to", "house"),
)
"""What each row of a client has to say alike, or not at all."""
_BETWEEN = re.compile("[;；、,，\r\n]")
"""Between several names or addresses in one cell."""
_APART = re.compile(r"[\s;；、,，/+&・|]+")
"""Between codes in one cell."""

_WIDTH = {code + 0xFEE0: code for code in range(0x21, 0x7F)} | {
    0x3000: " ",
    0x3002: ".",  # typed for the dot of an address where a Chinese or Japanese keyboard is on
    0xFF61: ".",
}
"""Full-width letters, digits and signs, as ASCII: what NFKC does to them, and nothing else."""


@dataclass(frozen=True)
class Imported:
    """What a list holds.

    Args:
        listing: the file.
        clients: by their first row; complete only where nothing is bad.
        bad: every bad row, by line.
    """

    listing: Listing
    clients: tuple[Client, ...]
    bad: tuple[BadRow, ...]

    @property
    def omitted(self) -> tuple[str, ...]:
        """Columns the file does not have, of those a list may leave out."""
        return tuple(one for one in OPTIONAL if one not in self.listing.columns)


def import_list(
    content: bytes, encoding: str | None = None, ignored: Collection[str] = ()
) -> Imported:
    """Return the clients of a list.

    A client with several contacts has a row for each; what the first row says of the client need
    not be said again. A cell may also hold several addresses, with as many names or none.

    Args:
        content: the file.
        encoding: the one it was said to have; ``None`` to conclude it.
        ignored: headers of columns that are left out.

    Raises:
        UsageError, DataError: as ``csvfile.read``: the file as a whole cannot be read.
    """
    listing = read(content, encoding, ignored)
    first: dict[str, Row] = {}
    found: dict[str, Client] = {}
    bad = list(listing.bad)
    for row in listing.rows:
        begun = first.setdefault(_plain(row.cells["id"]).lower(), row)
        try:
            client = client_of(_fields(row, begun))
        except FieldsError as problem:
            bad += _told(problem, row, begun)
            continue
        known = found.get(client.id)
        bad += [] if known is None else _quarrel(known, client, row, begun)
        found[client.id] = client if known is None else _joined(known, client)
    return Imported(listing, tuple(found.values()), tuple(sorted(bad, key=lambda one: one.line)))


def _fields(row: Row, begun: Row) -> Fields:
    """Return a row's fields; a later row of a client takes what it leaves empty from the first."""
    cells = {one: row.cells.get(one) or begun.cells.get(one, "") for one in _OF_CLIENT}
    plain = {one: _plain(text) for one, text in cells.items()}
    return Fields(
        id=_plain(row.cells["id"]),
        organisation=cells["organisation"],
        contacts=_contacts(row.cells),
        languages=_codes(plain["languages"]),
        formats=_codes(plain["formats"]),
        protection=plain["protection"],
        active_from=plain["active_from"],
        active_to=plain["active_to"],
        house=plain["house"],
    )


def _contacts(cells: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the contacts of a row: one as it stands, or several separated alike.

    Raises:
        FieldsError: there are names, but not as many as addresses.
    """
    called = cells.get("contact", "")
    several = [_plain(one) for one in _BETWEEN.split(cells["address"]) if one.strip()]
    if len(several) < 2:
        return tuple((called, one) for one in several)
    names = [one.strip() for one in _BETWEEN.split(called) if one.strip()] or [""] * len(several)
    if len(names) != len(several):
        reason = f"There are {len(several)} addresses; there are as many names, or none."
        raise FieldsError([Problem("contact", reason)])
    return tuple(zip(names, several, strict=True))


def _told(problem: FieldsError, row: Row, begun: Row) -> Iterator[BadRow]:
    """Give what is wrong with a row itself; what it took from the first is told there."""
    for one in problem.problems:
        if row is begun or one.field not in _OF_CLIENT or row.cells.get(one.field):
            yield BadRow(row.line, one.field, one.reason)


def _quarrel(known: Client, client: Client, row: Row, begun: Row) -> Iterator[BadRow]:
    """Give where a row contradicts what earlier rows say of the same client."""
    for field in _OF_CLIENT:
        if getattr(known, field) != getattr(client, field):
            reason = f"It differs from line {begun.line}, which is of the same client."
            yield BadRow(row.line, field, reason)
    names = {one.address.lower(): one for one in known.contacts}
    if any(names.get(one.address.lower(), one) != one for one in client.contacts):
        yield BadRow(row.line, "address", "The client has it already, with another name.")
    if len(_joined(known, client).contacts) > MOST_CONTACTS:
        yield BadRow(row.line, "address", f"A client has at most {MOST_CONTACTS} contacts.")


def _joined(known: Client, client: Client) -> Client:
    """Return a client with the contacts of both."""
    contacts = {one.address.lower(): one for one in (*client.contacts, *known.contacts)}
    order = dict.fromkeys(one.address.lower() for one in (*known.contacts, *client.contacts))
    return replace(known, contacts=tuple(contacts[one] for one in order))


def _plain(text: str) -> str:
    """Return a text without full-width signs and without spaces around it."""
    return text.translate(_WIDTH).strip()


def _codes(text: str) -> tuple[str, ...]:
    return tuple(one for one in _APART.split(text) if one)
