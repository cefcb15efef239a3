"""What the command line says of clients, in lines and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reportgen.deliver.clients.book import Change
    from reportgen.deliver.clients.client import Client
    from reportgen.deliver.clients.csvfile import BadRow
    from reportgen.deliver.clients.importing import Imported
    from reportgen.deliver.clients.inspection import Finding
    from reportgen.deliver.clients.suppression import Suppressed

MOST_NAMED = 12
"""Ids named in a line; --json names all."""

FINDINGS = {
    "empty": "There is no client yet.",
    "no_house_copy": "No active client is the house's own: the first messages go to clients.",
    "unused_password": "There is a password for it, but no such client.",
    "inactive": "Gets nothing today: {detail}.",
    "language_not_published": "Its language {detail} is not published (report.languages).",
    "format_not_published": "Its format {detail} is not published (report.formats).",
    "no_password": "Its copies need a password, and REPORTGEN_PDF_PASSWORDS has none for it.",
    "page_without_password": "Its copies need a password, and a page cannot have one: pdf alone.",
    "no_links_url": "It gets a link, and delivery.links_url is not set.",
    "looks_unfilled": "Its {detail} holds {{{{ or }}}}, as a form that nobody filled in.",
    "no_contact": "Every address of it is suppressed: it gets nothing.",
    "suppressed": "Nothing is sent to {detail}.",
    "test_domain": "{detail} can be nobody's address.",
    "shared_address": "{detail} has the same address (delivery.shared_addresses).",
}


def client(one: Client, *, whole: bool) -> dict[str, Any]:
    """Return a client; addresses shortened unless wanted whole."""
    return {
        "id": one.id,
        "organisation": one.organisation,
        "contacts": [
            {"name": contact.name, "address": _address(contact.address, whole=whole)}
            for contact in one.contacts
        ],
        "languages": list(one.languages),
        "formats": list(one.formats),
        "protection": one.protection,
        "active_from": one.active_from.isoformat() if one.active_from else None,
        "active_to": one.active_to.isoformat() if one.active_to else None,
        "house": one.house,
    }


def client_line(one: Client, *, whole: bool) -> str:
    """Return a client in a line."""
    contacts = ", ".join(
        f"{contact.name} <{_address(contact.address, whole=whole)}>".strip()
        for contact in one.contacts
    )
    begins = f"from {one.active_from} " if one.active_from else ""
    ends = f"to {one.active_to} " if one.active_to else ""
    house = "house copy " if one.house else ""
    kinds = f"{' '.join(one.languages):<9} {' '.join(one.formats):<9} {one.protection:<9}"
    return f"{one.id:<16} {kinds} {house}{begins}{ends}{one.organisation}: {contacts}"


def _address(address: str, *, whole: bool) -> str:
    from reportgen.deliver.clients.address import masked

    return address if whole else masked(address)


def listing(found: Imported) -> dict[str, Any]:
    """Return what a list was read as, and its bad rows."""
    read = found.listing
    return {
        "encoding": read.decoded.encoding,
        "encoding_concluded": not read.decoded.certain,
        "columns": list(read.columns),
        "rows": len(read.rows),
        "clients": len(found.clients),
        "bad": [
            {"line": one.line, "column": one.column or None, "reason": one.reason}
            for one in found.bad
        ],
    }


def read_as(found: Imported) -> str:
    """Say what a list was read as, and whether that was concluded."""
    from reportgen.deliver.clients.csvfile import SEPARATORS

    read = found.listing
    how = "" if read.decoded.certain else " (concluded from its bytes; look at the names)"
    return f"Read as {read.decoded.encoding}{how}, cells between {SEPARATORS[read.separator]}."


def bad_row(one: BadRow) -> str:
    """Return what is wrong with a row, in a line."""
    column = f" {one.column}:" if one.column else ""
    return f"  line {one.line}:{column} {one.reason}"


def change(done: Change) -> dict[str, Any]:
    """Return what a list did to the book."""
    return {
        "added": [one.id for one in done.added],
        "changed": [one.id for one in done.changed],
        "removed": list(done.removed),
        "unchanged": done.unchanged,
    }


def imported_lines(found: Imported, done: Change, *, dry_run: bool) -> Iterator[str]:
    """Say what a list did to the book, or would do."""
    yield read_as(found)
    for verb, ids in (
        ("added", [one.id for one in done.added]),
        ("changed", [one.id for one in done.changed]),
        ("removed", list(done.removed)),
    ):
        if ids:
            yield f"  {len(ids)} {verb}: {_named(ids)}"
    yield f"  {done.unchanged} as they were"
    if dry_run:
        yield "Nothing was imported: this was a trial."


def _named(ids: list[str]) -> str:
    more = len(ids) - MOST_NAMED
    return ", ".join(ids[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def suppressed(one: Suppressed) -> dict[str, Any]:
    """Return an entry of the suppression list."""
    return {
        "address": one.masked,
        "reason": one.reason,
        "detail": one.detail,
        "by": one.actor,
        "at": one.at.isoformat(),
        "lifted_at": one.lifted_at.isoformat() if one.lifted_at else None,
        "lifted_by": one.lifted_by,
        "lifted_why": one.lifted_why,
    }


def suppressed_line(one: Suppressed) -> str:
    """Return an entry of the suppression list in a line."""
    detail = f": {one.detail}" if one.detail else ""
    line = f"{one.masked:<20} {one.at:%Y-%m-%d} {one.reason:<12} by {one.actor}{detail}"
    if one.lifted_at:
        line += f" (lifted {one.lifted_at:%Y-%m-%d} by {one.lifted_by}: {one.lifted_why})"
    return line


def finding(one: Finding) -> dict[str, Any]:
    """Return something about a client."""
    return {
        "client": one.client or None,
        "kind": one.kind,
        "detail": one.detail,
        "hinders": one.hinders,
    }


def finding_line(one: Finding) -> str:
    """Say something about a client."""
    said = FINDINGS[one.kind].format(detail=one.detail)
    mark = "!" if one.hinders else " "
    return f"{mark} {one.client or 'the book':<16} {said}"
