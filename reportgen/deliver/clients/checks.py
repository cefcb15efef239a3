"""From fields as anybody may have written them to a client, or to what is wrong with them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from reportgen.deliver.clients import address as addresses
from reportgen.deliver.clients import codes
from reportgen.deliver.clients.client import PROTECTIONS, Client, Contact, Protection
from reportgen.deliver.names import is_safe
from reportgen.errors import UsageError
from reportgen.i18n.language import LANGUAGES

LONGEST_NAME = 200
MOST_CONTACTS = 50

_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_REFUSED = {"Cc", "Cn", "Co", "Cs", "Zl", "Zp"}
_JOINERS = "\u200c\u200d"
"""Signs without a shape of their own that some scripts need inside a word."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with a field.

    Args:
        field: its name, as the column of a file has it.
        reason: one sentence, without the value: it may be an address.
    """

    field: str
    reason: str


class FieldsError(UsageError):
    """Fields that make no client (64)."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(f"{one.field}: {one.reason}" for one in self.problems))

    def __reduce__(self) -> tuple[type[FieldsError], tuple[tuple[Problem, ...]]]:  # type: ignore[override]
        """Travel whole between processes."""
        return type(self), (self.problems,)


@dataclass(frozen=True)
class Fields:
    """A client as somebody wrote it down; every field is text of anybody.

    Args:
        id: its short name.
        organisation: its name.
        contacts: pairs of name and address.
        languages, formats: codes.
        protection: of its copies; empty for none.
        active_from, active_to: days; empty for open.
        house: yes where it is the house's own copy.
    """

    id: str
    organisation: str
    contacts: tuple[tuple[str, str], ...]
    languages: tuple[str, ...]
    formats: tuple[str, ...] = ()
    protection: str = ""
    active_from: str = ""
    active_to: str = ""
    house: str = ""


def client_of(fields: Fields, *, smtputf8: bool = False) -> Client:
    """Return the client.

    Args:
        fields: as given.
        smtputf8: whether addresses may hold letters beyond ASCII before the ``@``.

    Raises:
        FieldsError: at least one field is not as it must be; it names all of them.
    """
    told: list[Problem] = []
    begun = _day(fields.active_from, "active_from", told)
    ended = _day(fields.active_to, "active_to", told)
    if begun and ended and ended < begun:
        told.append(Problem("active_to", "It lies before active_from."))
    client = Client(
        id=_id(fields.id, told),
        organisation=name(fields.organisation, "organisation", told),
        contacts=_contacts(fields.contacts, told, smtputf8=smtputf8),
        languages=_languages(fields.languages, told),
        formats=_formats(fields.formats, told),
        protection=_protection(fields.protection, told),
        active_from=begun,
        active_to=ended,
        house=_house(fields.house, told),
    )
    if told:
        raise FieldsError(dict.fromkeys(told))
    return client


def name(text: str, field: str, told: list[Problem], *, may_be_empty: bool = False) -> str:
    """Return a name that can stand in a mail's head and on a page, as it was written.

    Args:
        text: the name.
        field: what it is the name of, for the problem.
        told: what is wrong with it is added here.
        may_be_empty: whether there need be none.
    """
    text = text.strip()
    reason = _unprintable(text)
    if not text and not may_be_empty:
        reason = "It is empty."
    elif len(text) > LONGEST_NAME:
        reason = f"It has more than {LONGEST_NAME} signs."
    if reason:
        told.append(Problem(field, reason))
    return text


def _unprintable(text: str) -> str:
    """Return why a text cannot be printed as it is; empty where it can."""
    if "=?" in text:
        return "It holds =?, which mail programs take for encoded words."
    if "\N{REPLACEMENT CHARACTER}" in text:
        return "It was damaged when the file was written: a letter was lost (U+FFFD)."
    for sign in text:
        kind = unicodedata.category(sign)
        if _BIDI.match(sign):
            return f"It holds a sign that turns the direction of writing (U+{ord(sign):04X})."
        if kind in _REFUSED or (kind == "Cf" and sign not in _JOINERS):
            return f"It holds a sign that cannot be printed (U+{ord(sign):04X})."
    return ""


def _id(text: str, told: list[Problem]) -> str:
    text = text.strip().lower()
    if not text:
        told.append(Problem("id", "It is empty."))
    elif not is_safe(text):
        told.append(
            Problem("id", "It is written with a to z, 0 to 9, and . _ - between; at most 64 signs.")
        )
    return text


def _contacts(
    given: tuple[tuple[str, str], ...], told: list[Problem], *, smtputf8: bool
) -> tuple[Contact, ...]:
    found: dict[str, Contact] = {}
    for shown, text in given:
        called = name(shown, "contact", told, may_be_empty=True)
        try:
            address = addresses.parse(text.strip(), smtputf8=smtputf8)
        except UsageError as problem:
            told.append(Problem("address", problem.message))
            continue
        if found.setdefault(address.lower(), Contact(called, address)) != Contact(called, address):
            told.append(Problem("address", "The client has it twice, with different names."))
    if not given:
        told.append(Problem("address", "It is empty."))
    if len(found) > MOST_CONTACTS:
        told.append(Problem("address", f"A client has at most {MOST_CONTACTS} contacts."))
    return tuple(found.values())


def _languages(given: tuple[str, ...], told: list[Problem]) -> tuple[str, ...]:
    found = codes.languages(given)
    if not given:
        told.append(Problem("languages", "It is empty."))
    elif found is None:
        known = ", ".join(one.code for one in LANGUAGES)
        told.append(Problem("languages", f"It holds a language the report is not in ({known})."))
    return found or ()


def _formats(given: tuple[str, ...], told: list[Problem]) -> tuple[str, ...]:
    found = codes.formats(given)
    if found is None:
        told.append(Problem("formats", f"Formats are {' and '.join(codes.FORMATS)}."))
    return found or ()


def _house(text: str, told: list[Problem]) -> bool:
    found = codes.truth(text)
    if found is None:
        told.append(Problem("house", "It is yes or no."))
    return bool(found)


def _protection(text: str, told: list[Problem]) -> Protection:
    wanted = text.strip().lower() or "none"
    for one in PROTECTIONS:
        if one == wanted:
            return one
    told.append(Problem("protection", f"It is one of {', '.join(PROTECTIONS)}."))
    return "none"


def _day(text: str, field: str, told: list[Problem]) -> date | None:
    if not text.strip():
        return None
    found = codes.day(text)
    if found is None:
        told.append(Problem(field, "It is no day; write it as 2026-01-31."))
    return found
