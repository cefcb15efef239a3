"""A client: who gets the report, in which languages and how protected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

Protection = Literal["none", "mark", "password", "link"]
PROTECTIONS: tuple[Protection, ...] = get_args(Protection)
"""``mark``: the copy bears the client's name and a hidden mark; ``password``: it is encrypted
besides; ``link``: the mail holds an address at which the marked copy is fetched."""


@dataclass(frozen=True)
class Contact:
    """A person, or a desk, at a client.

    Args:
        name: as it stands in letters; may be empty.
        address: plain ``name@domain``, the domain in its ASCII form.
    """

    name: str
    address: str


@dataclass(frozen=True)
class Client:
    """A client, every field checked.

    Args:
        id: ``[a-z0-9][a-z0-9._-]{0,63}``.
        organisation: its name as printed on its copies.
        contacts: who gets the mail; at least one.
        languages: codes, in the order they were given; each contact gets one mail a language.
        formats: ``pdf``, ``html`` or both.
        protection: of its copies.
        active_from, active_to: first and last day on which it is a client; ``None`` for open.
        house: the house's own copy: goes first, and is not counted as a client.
    """

    id: str
    organisation: str
    contacts: tuple[Contact, ...]
    languages: tuple[str, ...]
    formats: tuple[str, ...] = ("pdf",)
    protection: Protection = "none"
    active_from: date | None = None
    active_to: date | None = None
    house: bool = False

    def is_active(self, day: date) -> bool:
        """Tell whether it is a client on a day."""
        begun = self.active_from is None or self.active_from <= day
        return begun and (self.active_to is None or day <= self.active_to)
