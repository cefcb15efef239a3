"""A mailing to the house itself: what a client would get, sent to one of the house's addresses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import select

from reportgen.archive.editions import Edition
from reportgen.deliver.clients import address, book
from reportgen.deliver.clients.client import Client, Contact
from reportgen.deliver.planning import guards
from reportgen.deliver.planning.composing import Composer
from reportgen.deliver.planning.desk import Desk
from reportgen.deliver.planning.plan import Planned, composed, told
from reportgen.deliver.planning.recipients import Row, rows_of
from reportgen.deliver.planning.writing import head_of, write
from reportgen.deliver.tables import mailing
from reportgen.errors import UsageError

PREFIX = "test-"
_OF_THE_CLIENTS = ("late", "superseded")
"""Problems that matter to clients only."""


def plan_test(
    desk: Desk, edition: Edition, to: str, *, client: str = "", languages: Iterable[str] = ()
) -> Planned:
    """Plan a mailing to the house itself; it needs no approval and no client hears of it.

    Args:
        desk: what it is planned with.
        edition: the edition.
        to: an address in a domain of the house: copies of clients go nowhere else.
        client: id of the client in whose place one is; empty for a copy of the house's own.
        languages: codes; by default all there are.

    Raises:
        UsageError: the address is none, or not the house's.
        MissingInputError: there is no such client.
        GuardedError: the edition is not as it must be.
    """
    plain = address.parse(to)
    _refuse_strangers(desk, plain)
    problems = [*guards.of_edition(desk, edition)]
    what = f"Edition {edition.name}"
    guards.refuse(what, [one for one in problems if one.code not in _OF_THE_CLIENTS])
    name = _free_name(desk, edition.name)
    rows = _rows(desk, edition, plain, client, frozenset(languages))
    guards.refuse(what, guards.of_recipients(desk, edition, rows), ("test-domains",))
    drafts = composed(Composer(desk, edition, name, test=True), rows, what)
    prints = write(desk, edition, head_of(desk, edition, name, "test", plain), drafts)
    return told(desk, name, "test", prints, (), fresh=True)


def domains(desk: Desk) -> frozenset[str]:
    """Return the domains of the house: of the sender, the operator, the house's own copies."""
    own = [client.contacts for client in book.all(desk.database) if client.house]
    addresses = [contact.address for contacts in own for contact in contacts]
    known = (desk.sender, desk.settings.operator.mail, *addresses)
    return frozenset(one.rpartition("@")[2].lower() for one in known if one)


def _refuse_strangers(desk: Desk, to: str) -> None:
    known = domains(desk)
    if to.rpartition("@")[2] not in known:
        raise UsageError(
            f"{address.masked(to)} is not an address of the house: a test is sent to "
            f"{', '.join(sorted(known))} only.",
            "Add a client of the house with it: reportgen clients add ID --house …",
        )


def _rows(
    desk: Desk, edition: Edition, to: str, wanted: str, languages: frozenset[str]
) -> tuple[Row, ...]:
    """Return one row a language."""
    if wanted:
        found = book.find(desk.database, wanted)
        contact = Contact(found.contacts[0].name, to)
    else:
        found = Client(
            id="test",
            organisation=desk.settings.publisher.name,
            contacts=(),
            languages=edition.head.languages,
            protection="mark",
        )
        contact = Contact("", to)
    chosen = tuple(one for one in found.languages if not languages or one in languages)
    if not chosen:
        raise UsageError(f"None of these languages is sent: {', '.join(sorted(languages))}.")
    one = replace(found, contacts=(contact,), languages=chosen, active_from=None, active_to=None)
    return rows_of((one,), desk.day)


def _free_name(desk: Desk, edition: str) -> str:
    """Return the next name of a test."""
    stem = f"{PREFIX}{edition}-"
    with desk.database.reading() as connection:
        names = connection.scalars(select(mailing.c.name).where(mailing.c.kind == "test"))
        numbers = [one.removeprefix(stem) for one in names if one.startswith(stem)]
    return f"{stem}{max((int(one) for one in numbers if one.isdigit()), default=0) + 1}"
