"""What planning works with: settings, key, files, the moment, and who writes and marks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from reportgen.archive.editions import Edition
from reportgen.deliver.database import Database
from reportgen.deliver.keys import Key
from reportgen.deliver.message.letter import Letter
from reportgen.deliver.message.writer import Signer
from reportgen.deliver.outbox import Outbox
from reportgen.deliver.wording.recipient import Recipient
from reportgen.errors import ConfigError
from reportgen.secret import Secret

if TYPE_CHECKING:
    from reportgen.config import Settings

Tell = Callable[[int, int], None]
"""Told how many messages of how many are finished."""


class Wording(Protocol):
    """The words of an edition in one language."""

    def letter(self, recipient: Recipient) -> Letter:
        """Return the letter to a recipient."""

    def file_name(self, form: str) -> str:
        """Return the name under which the client sees the report, ``pdf`` or ``html``."""


class Stamp(Protocol):
    """A report of which personal copies are made."""

    def copy(self, organisation: str, code: str, reference: str) -> bytes:
        """Return a marked copy; the same arguments give the same bytes."""


@dataclass(frozen=True)
class Craft:
    """Who writes the words, and who makes the copies.

    Args:
        wording: of an edition in a language; its pictures are in the outbox.
        stamp: of a report's bytes in ``pdf`` or ``html``, in a language.
        encrypted: a PDF that opens with a password only.
    """

    wording: Callable[[Edition, str, Outbox], Wording]
    stamp: Callable[[bytes, str, str], Stamp]
    encrypted: Callable[[bytes, Secret], bytes]


@dataclass(frozen=True)
class House:
    """What tells whether a plan still holds.

    Args:
        settings: the configuration; names the output folder.
        database: with clients and mailings.
        key: the house's.
        now: the moment; aware.
    """

    settings: Settings
    database: Database
    key: Key
    now: datetime

    @property
    def output(self) -> Path:
        """The output folder."""
        return Path(self.settings.build.output)

    @cached_property
    def outbox(self) -> Outbox:
        """The files that go with messages."""
        return Outbox(self.output)

    @property
    def day(self) -> date:
        """Today, where the house is."""
        return self.day_of(self.now)

    def day_of(self, moment: datetime) -> date:
        """Return the day of a moment, where the house is."""
        return moment.astimezone(ZoneInfo(self.settings.schedule.timezone)).date()

    @property
    def sender(self) -> str:
        """The address in From.

        Raises:
            ConfigError: there is none.
        """
        found = self.settings.delivery.sender or self.settings.smtp.sender
        if not found:
            raise ConfigError(
                "There is no sender's address.", "Set delivery.sender in reportgen.toml."
            )
        return found

    @property
    def sender_name(self) -> str:
        """The name in From."""
        return self.settings.delivery.sender_name or self.settings.publisher.name


@dataclass(frozen=True)
class Desk(House):
    """Everything a plan is made with.

    Args:
        craft: words and copies.
        passwords: of clients whose copies are encrypted, by id.
        signer: where the relay does not sign.
        tell: of progress.
    """

    craft: Craft
    passwords: Mapping[str, Secret] = field(default_factory=dict)
    signer: Signer | None = None
    tell: Tell = lambda done, of: None
