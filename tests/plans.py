"""Plans for tests: a small edition in three languages, clients, and words that cost nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from sealed import head_of, stage_of
from sqlalchemy import select, update

from reportgen.archive import sealing
from reportgen.archive.editions import Edition
from reportgen.config import Settings
from reportgen.config.delivery import Delivery
from reportgen.config.publishing import Smtp
from reportgen.config.report import Build
from reportgen.deliver.clients import book
from reportgen.deliver.clients.client import Client, Contact
from reportgen.deliver.database import Database, open_database
from reportgen.deliver.keys import Key
from reportgen.deliver.message.frozen import decode
from reportgen.deliver.message.letter import File, Letter
from reportgen.deliver.outbox import Outbox
from reportgen.deliver.planning.desk import Craft, Desk
from reportgen.deliver.planning.plan import Order, Planned, plan
from reportgen.deliver.tables import delivery, mailing
from reportgen.deliver.wording.recipient import Recipient
from reportgen.facts import headlines
from reportgen.secret import Secret

NOW = datetime(2026, 1, 6, 8, tzinfo=UTC)
LANGUAGES = ("zh", "ja", "en")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
SUBJECTS = {
    "zh": "纳斯达克风险评估",
    "ja": "ナスダック・リスク評価",
    "en": "Nasdaq risk assessment",
}


@dataclass(frozen=True)
class Words:
    """Short words in the place of the house's."""

    edition: Edition
    language: str
    picture: File

    def letter(self, recipient: Recipient) -> Letter:
        """Return a letter with everything in it that is said to one recipient alone."""
        test = "[test] " if recipient.test else ""
        lines = [
            f"{recipient.organisation}, {recipient.contact}",
            *(one.name for one in recipient.attachments),
            *(f"{one.url} until {one.until}" for one in recipient.links),
            recipient.reference,
            recipient.unsubscribe_url,
        ]
        return Letter(
            subject=f"{test}{SUBJECTS[self.language]} {self.edition.name}",
            text="\n".join(lines),
            html=f"<p>{lines[-2]}</p><img src='cid:chart' alt=''>",
            pictures=(self.picture,),
            attachments=recipient.attachments,
        )

    def file_name(self, form: str) -> str:
        """Return the name of the report."""
        return f"nasdaq-risk-assessment-{self.edition.name}.{self.language}.{form}"


@dataclass(frozen=True)
class Ink:
    """Marks a copy at its end."""

    content: bytes

    def copy(self, organisation: str, code: str, reference: str) -> bytes:
        """Return a marked copy."""
        return self.content + f"\n% {organisation} {code} {reference}\n".encode()


def _words(edition: Edition, language: str, outbox: Outbox) -> Words:
    picture = File("chart.png", "image/png", outbox.put(PNG), "chart")
    return Words(edition, language, picture)


def _encrypted(pdf: bytes, password: Secret) -> bytes:
    key = hashlib.sha256(password.reveal().encode()).digest()
    return bytes(one ^ key[place % 32] for place, one in enumerate(pdf))


CHEAP = Craft(_words, lambda content, form, language: Ink(content), _encrypted)
"""Words and copies that cost nothing; those of the house have tests of their own."""


def edition_of(output: Path, name: str = "2026-01", size: int = 400, **changes: Any) -> Edition:
    """Put an edition with reports in every language and format into the archive."""
    day = date(int(name[:4]), int(name[5:7]), 5)
    told = headlines.Headlines(
        name=name,
        period=name[:7],
        revision=int(name.partition("-r")[2] or 1),
        as_of=day,
        dated=day,
        window_end=date(day.year, 12, 31),
        state="in_line",
        verdict=dict.fromkeys(LANGUAGES, "."),
        headlines=(),
    )
    files: dict[str, Any] = {
        f"nasdaq-risk-assessment-{name}.{code}.{form}": f"{code} {form} ".encode() * size
        for code in LANGUAGES
        for form in ("pdf", "html")
    }
    stage = stage_of(output, name, **{**files, headlines.FILE: headlines.to_json(told)})
    (stage / "snapshot" / "snapshot.json").write_text(f"{name}\n")
    sealing.seal(stage, head_of(name, languages=LANGUAGES, formats=("pdf", "html"), **changes))
    return sealing.place(stage, output, name)


def read(raw: bytes) -> tuple[EmailMessage, str, list[bytes]]:
    """Return a message as the standard library reads it, its plain text and what is attached."""
    found = message_from_bytes(raw, policy=default)
    assert isinstance(found, EmailMessage)
    text = found.get_body(("plain",))
    attached: list[Any] = [one.get_payload(decode=True) for one in found.iter_attachments()]
    return found, "" if text is None else str(text.get_content()), attached


def client_of(identity: str, **changes: Any) -> Client:
    """Return a client with one contact."""
    values: dict[str, Any] = {
        "id": identity,
        "organisation": f"{identity.title()} & Söhne",
        "contacts": (Contact(f"Desk of {identity}", f"{identity}@{identity}-client.cn"),),
        "languages": ("en",),
    }
    return Client(**{**values, **changes})


@dataclass
class Office:
    """A house with an edition and clients.

    Args:
        output: the output folder.
        database: its database.
        settings: its configuration.
        now: the moment.
        passwords: of clients.
    """

    output: Path
    database: Database
    settings: Settings
    now: datetime = NOW
    passwords: dict[str, Secret] = field(default_factory=dict)

    def configure(self, **changes: Any) -> None:
        """Change ``[delivery]``."""
        old = self.settings.delivery
        fields = {name: getattr(old, name) for name in old.__struct_fields__}
        self.settings = _settings(
            self.output, Delivery(**{**fields, **changes}), self.settings.smtp
        )

    def limit(self, size: int) -> None:
        """Change the largest message the relay takes."""
        smtp = Smtp(host="localhost", max_message_bytes=size)
        self.settings = _settings(self.output, self.settings.delivery, smtp)

    def clients(self, *clients: Client) -> None:
        """Make these the clients."""
        book.put_all(self.database, clients, replace=True, now=self.now)

    @property
    def desk(self) -> Desk:
        """The desk as everything is now."""
        key = Key(Secret("k" * 64))
        return Desk(self.settings, self.database, key, self.now, CHEAP, self.passwords)

    def plan(self, name: str = "2026-01", **order: Any) -> Planned:
        """Plan an edition."""
        from reportgen.archive.editions import find

        return plan(self.desk, find(self.output, name), Order(**{"by": "Li Na", **order}))

    def rows(self, name: str = "2026-01") -> Sequence[Any]:
        """Return the deliveries of a mailing in their order."""
        mine = select(delivery).where(delivery.c.mailing == name).order_by(delivery.c.position)
        with self.database.reading() as connection:
            return connection.execute(mine).all()

    def messages(self, name: str = "2026-01") -> list[bytes]:
        """Return the bytes of every message of a mailing."""
        outbox = Outbox(self.output)
        return [decode(one.message).assemble(outbox) for one in self.rows(name) if one.size]

    def sent(
        self, name: str = "2026-01", *, states: Iterable[str] = (), state: str = "done"
    ) -> None:
        """Make a mailing one that was sent; ``states`` of its first rows are others."""
        ids = [one.id for one in self.rows(name)]
        given = dict(zip(ids, states, strict=False))
        with self.database.writing() as connection:
            for row in ids:
                values = {"state": given.get(row, "sent")}
                connection.execute(update(delivery).where(delivery.c.id == row).values(values))
            head = update(mailing).where(mailing.c.name == name)
            connection.execute(head.values(state=state))


def office_in(output: Path, **delivery: Any) -> Office:
    """Return a house with an edition of January 2026 and no clients."""
    given = Delivery(**{"sender": "news@house-firm.cn", "canary": 0, **delivery})
    settings = _settings(output, given, Smtp(host="localhost"))
    edition_of(output)
    return Office(output, open_database(settings, {}), settings)


def _settings(output: Path, delivery: Delivery, smtp: Smtp) -> Settings:
    return Settings(delivery=delivery, smtp=smtp, build=Build(output=str(output)))
