"""What stands in the way of the clients' mail, found before a mailing is planned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from reportgen.deliver.clients.address import is_test, masked
from reportgen.deliver.clients.client import Client
from reportgen.deliver.clients.suppression import Suppressed

if TYPE_CHECKING:
    from reportgen.config import Settings

NOTES = ("inactive", "suppressed", "no_house_copy", "unused_password")
"""Kinds that are told and hinder nothing."""


@dataclass(frozen=True)
class Terms:
    """What the house publishes, and what it can do.

    Args:
        languages, formats: of its editions.
        links: whether clients can fetch their copy at an address.
        shared: whether two clients may have the same address.
        passwords: ids of the clients that have one.
        day: on which this is asked.
    """

    languages: tuple[str, ...]
    formats: tuple[str, ...]
    links: bool
    shared: bool
    passwords: frozenset[str]
    day: date


@dataclass(frozen=True)
class Finding:
    """Something about a client.

    Args:
        client: its id; empty for the whole book.
        kind: ``no_contact``, ``test_domain``, …
        detail: what the kind is about: a language, a masked address, other clients.
    """

    client: str
    kind: str
    detail: str = ""

    @property
    def hinders(self) -> bool:
        """Whether the client's mail cannot go out as it is."""
        return self.kind not in NOTES


def terms_of(settings: Settings, passwords: Iterable[str], day: date) -> Terms:
    """Return the terms that follow from the settings."""
    return Terms(
        languages=settings.report.languages,
        formats=settings.report.formats,
        links=bool(settings.delivery.links_url),
        shared=settings.delivery.shared_addresses,
        passwords=frozenset(passwords),
        day=day,
    )


def inspect(
    clients: Sequence[Client], terms: Terms, suppressed: Mapping[str, Suppressed]
) -> tuple[Finding, ...]:
    """Return every finding, the book's own first, then client by client.

    Args:
        clients: all of the book.
        terms: of the house.
        suppressed: by address, those nothing is sent to.
    """
    present = [one for one in clients if not _is_over(one, terms)]
    sharing = {} if terms.shared else _sharing(present)
    found = list(_of_book(clients, terms))
    for client in clients:
        if _is_over(client, terms):  # nothing else about it is in anybody's way
            found.append(Finding(client.id, "inactive", f"since {client.active_to}"))
            continue
        found += _of_client(client, terms)
        found += _of_addresses(client, suppressed, sharing)
    return tuple(found)


def _is_over(client: Client, terms: Terms) -> bool:
    return client.active_to is not None and client.active_to < terms.day


def _of_book(clients: Sequence[Client], terms: Terms) -> Iterator[Finding]:
    if not clients:
        yield Finding("", "empty")
    elif not any(one.house and one.is_active(terms.day) for one in clients):
        yield Finding("", "no_house_copy")
    for unused in sorted(terms.passwords - {one.id for one in clients}):
        yield Finding(unused, "unused_password")


def _of_client(client: Client, terms: Terms) -> Iterator[Finding]:
    if client.active_from is not None and terms.day < client.active_from:
        yield Finding(client.id, "inactive", f"until {client.active_from}")
    for language in client.languages:
        if language not in terms.languages:
            yield Finding(client.id, "language_not_published", language)
    for form in client.formats:
        if form not in terms.formats:
            yield Finding(client.id, "format_not_published", form)
    yield from _of_protection(client, terms)
    if any(sign in client.organisation for sign in ("{{", "}}")):
        yield Finding(client.id, "looks_unfilled", "organisation")


def _of_protection(client: Client, terms: Terms) -> Iterator[Finding]:
    if client.protection == "password" and client.id not in terms.passwords:
        yield Finding(client.id, "no_password")
    if client.protection == "password" and "html" in client.formats:
        yield Finding(client.id, "page_without_password")
    if client.protection == "link" and not terms.links:
        yield Finding(client.id, "no_links_url")


def _of_addresses(
    client: Client, suppressed: Mapping[str, Suppressed], sharing: Mapping[str, Sequence[str]]
) -> Iterator[Finding]:
    addresses = [one.address for one in client.contacts]
    reached = [one for one in addresses if one not in suppressed]
    if not reached:
        yield Finding(client.id, "no_contact")
    for one in addresses:
        if one in suppressed:
            yield Finding(client.id, "suppressed", f"{masked(one)} {suppressed[one].reason}")
        if is_test(one):
            yield Finding(client.id, "test_domain", masked(one))
        others = [other for other in sharing.get(one.lower(), ()) if other != client.id]
        if others:
            yield Finding(client.id, "shared_address", f"{masked(one)} {', '.join(others)}")


def _sharing(clients: Sequence[Client]) -> Mapping[str, Sequence[str]]:
    """Return the ids of the clients that have an address, by address in small letters."""
    found: dict[str, list[str]] = defaultdict(list)
    for client in clients:
        for one in client.contacts:
            found[one.address.lower()].append(client.id)
    return found
