"""What has to be right before anything is composed; everything that is not is told at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from reportgen.archive import editions
from reportgen.archive.editions import Edition
from reportgen.archive.sealing import intact
from reportgen.deliver.clients.address import is_test, masked
from reportgen.deliver.planning.allowable import ALLOWABLE
from reportgen.deliver.planning.recipients import Row
from reportgen.deliver.planning.reports import report_name
from reportgen.errors import DataError
from reportgen.facts import headlines

if TYPE_CHECKING:
    from reportgen.deliver.planning.desk import Desk, House

_MOST_TOLD = 40


@dataclass(frozen=True)
class Problem:
    """Something that keeps an edition from being delivered.

    Args:
        code: of its kind.
        sentence: for a person; addresses in it are masked.
    """

    code: str
    sentence: str

    @property
    def may_be_meant(self) -> bool:
        """Whether a person may say that it is meant."""
        return self.code in ALLOWABLE


class GuardedError(DataError):
    """A plan that must not be made (65).

    Args:
        what: that is not delivered.
        problems: all there are.
    """

    def __init__(self, what: str, problems: Iterable[Problem]) -> None:
        self.what = what
        self.problems = tuple(problems)
        told = [f"\n  {one.sentence}" for one in self.problems[:_MOST_TOLD]]
        if len(self.problems) > _MOST_TOLD:
            told.append(f"\n  and {len(self.problems) - _MOST_TOLD} more.")
        meant = dict.fromkeys(one.code for one in self.problems if one.may_be_meant)
        hint = f"If that is meant: {' '.join(f'--allow {one}' for one in meant)}" if meant else ""
        super().__init__(f"{what} cannot be delivered as it is:{''.join(told)}", hint)

    def __reduce__(self) -> tuple[type[GuardedError], tuple[str, tuple[Problem, ...]]]:  # type: ignore[override]
        """Travel whole between processes."""
        return type(self), (self.what, self.problems)


def refuse(what: str, problems: Iterable[Problem], allowed: Iterable[str] = ()) -> None:
    """Refuse a plan that has problems, but for those somebody said are meant.

    Raises:
        GuardedError: there are some.
    """
    meant = frozenset(allowed)
    found = tuple(one for one in problems if not (one.may_be_meant and one.code in meant))
    if found:
        raise GuardedError(what, found)


def of_edition(house: House, edition: Edition) -> Iterator[Problem]:
    """Return what is wrong with an edition: its files, its month, its age, its place."""
    for fault in intact(edition):
        yield Problem("edition", f"{fault.name} of edition {edition.name}: {fault.kind}.")
    yield from _signature(house, edition)
    yield from _month(edition)
    later = editions.superseded_by(edition, editions.editions(house.output))
    if later is not None:
        sentence = f"Edition {edition.name} was superseded by {later.name}; deliver that one."
        yield Problem("superseded", sentence)
    if is_late(house, edition, house.day):
        days = (house.day - _issued(edition)).days
        sentence = f"Edition {edition.name} is of {_issued(edition)}, {days} days ago."
        yield Problem("late", sentence)


def is_late(house: House, edition: Edition, day: date) -> bool:
    """Tell whether an edition is older on a day than clients should get it unasked."""
    return day - _issued(edition) > timedelta(days=house.settings.schedule.late_days)


def of_recipients(
    desk: Desk, edition: Edition, rows: Sequence[Row], others: Sequence[Row] = ()
) -> Iterator[Problem]:
    """Return what is wrong with a list of recipients.

    Args:
        desk: with the configuration.
        edition: that they get.
        rows: the list.
        others: who is on another list of that edition; they must not share an address with these.
    """
    if not any(not one.suppressed for one in rows):
        yield Problem("nobody", "There is nobody to deliver to.")
    for row in {one.client.id: one for one in rows}.values():
        yield from _client(desk, edition, row)
    yield from _languages(edition, rows)
    if not desk.settings.delivery.shared_addresses:
        yield from _shared(rows, others)
    yield from _reserved(one.contact.address for one in rows)
    yield from _reserved([desk.sender])


def of_count(now: int, before: int | None, percent: float) -> Iterator[Problem]:
    """Return whether there are far more or fewer recipients than of the edition before.

    Args:
        now: rows of this list.
        before: rows of that one; ``None`` when there was none.
        percent: by which they may differ.
    """
    if before and abs(now - before) > before * percent / 100:
        change = (now - before) / before * 100
        sentence = f"There are {now} recipients, last time {before} ({change:+.0f} %)."
        yield Problem("count", sentence)


def _signature(house: House, edition: Edition) -> Iterator[Problem]:
    """Check the signature where the house trusts keys."""
    from reportgen.archive.folders import MANIFEST
    from reportgen.archive.manifest import SIGNATURE
    from reportgen.archive.signing import check, public_key

    trusted = house.settings.signing.public_keys
    if not trusted:
        return
    try:
        signature = (edition.folder / SIGNATURE).read_bytes()
        content = (edition.folder / MANIFEST).read_bytes()
        check(content, signature, [public_key(one) for one in trusted])
    except (OSError, DataError):
        yield Problem("signature", f"Edition {edition.name} has no signature that is trusted.")


def _month(edition: Edition) -> Iterator[Problem]:
    """Check that what the edition says of itself is one thing everywhere."""
    head = edition.head
    try:
        told = headlines.from_json((edition.folder / headlines.FILE).read_bytes())
    except (OSError, DataError):
        yield Problem("headlines", f"Edition {edition.name} has no {headlines.FILE} to tell of.")
        return
    if (told.name, told.as_of, told.dated) != (head.name, head.as_of, head.dated):
        sentence = f"{headlines.FILE} of edition {edition.name} is of another edition."
        yield Problem("month", sentence)
    if f"{head.dated:%Y-%m}" != head.period or head.as_of > head.dated:
        sentence = f"Edition {edition.name} is dated {head.dated}, its figures {head.as_of}."
        yield Problem("month", sentence)


def _issued(edition: Edition) -> date:
    correction = edition.head.correction
    return correction.day if correction else edition.head.dated


def _client(desk: Desk, edition: Edition, row: Row) -> Iterator[Problem]:
    client, delivery = row.client, desk.settings.delivery
    if client.protection == "password":
        if client.id not in desk.passwords:
            yield Problem("password", f"{client.id}: there is no password for its copies.")
        if "html" in client.formats:
            yield Problem("password", f"{client.id}: a page cannot have a password, only a PDF.")
    if client.protection == "link" and not delivery.links_url:
        yield Problem("link", f"{client.id}: it gets a link, and delivery.links_url is not set.")


def _languages(edition: Edition, rows: Sequence[Row]) -> Iterator[Problem]:
    """Name what the edition has not got, and who would get it."""
    missing: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for row in rows:
        for form in row.client.formats:
            if not report_name(edition, row.language, form):
                missing[row.language, form][row.client.id] = None
    for (language, form), clients in missing.items():
        sentence = f"There is no {form.upper()} in {language} for {_some(list(clients))}."
        yield Problem("missing", sentence)


def _shared(rows: Sequence[Row], others: Sequence[Row]) -> Iterator[Problem]:
    """Name addresses of the rows that several clients have, and one that a client has twice."""
    meant = {row.contact.address.lower() for row in rows}
    owners: dict[str, dict[str, None]] = defaultdict(dict)
    spelt: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in (*rows, *others):
        if row.contact.address.lower() not in meant:
            continue
        owners[row.contact.address.lower()][row.client.id] = None
        spelt[row.client.id, row.contact.address.lower()].add(row.contact.address)
    for address, clients in owners.items():
        if len(clients) > 1:
            yield Problem("shared", f"{_some(list(clients))} have one address, {masked(address)}.")
    for (client, address), forms in spelt.items():
        if len(forms) > 1:
            yield Problem("shared", f"{client} has the address {masked(address)} twice.")


def _reserved(addresses: Iterable[str]) -> Iterator[Problem]:
    found = dict.fromkeys(one.rpartition("@")[2].lower() for one in addresses if is_test(one))
    for domain in found:
        yield Problem("test-domains", f"No mail reaches {domain}, a domain for examples and tests.")


def _some(names: Sequence[str]) -> str:
    """Return a few names, and how many more there are."""
    shown = ", ".join(names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} more"
