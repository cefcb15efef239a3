"""What an approval binds, as five hashes: edition, recipients, messages, words, settings."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from reportgen.archive import editions
from reportgen.archive.editions import Edition
from reportgen.archive.sealing import intact
from reportgen.config import Settings
from reportgen.deliver.clients import book
from reportgen.deliver.clients.client import Client
from reportgen.deliver.message.frozen import decode
from reportgen.deliver.outbox import Blob, Outbox
from reportgen.deliver.planning import links, recipients
from reportgen.deliver.planning.desk import House
from reportgen.deliver.tables import FINAL, delivery
from reportgen.errors import DataError, MissingInputError
from reportgen.resources import locales_folder, templates_folder

GONE = "0" * 64
"""In the place of the hash of what is damaged or no longer there."""
_TOLD = ("client", "address", "language", "message_id", "envelope_from", "eml_sha256", "size")
BOUND = (*_TOLD, "state", "message")
"""Columns of a delivery that its message's hash follows from."""
_SECTIONS = ("publisher", "smtp", "delivery", "site")
"""Of the configuration: what shapes the messages and says how they travel."""


@dataclass(frozen=True)
class Prints:
    """The hashes of a mailing.

    Args:
        manifest: of the edition's manifest, every file of which is as it says.
        recipients: of the list.
        messages: of all messages and of the files they hold or lead to.
        words: of the templates and catalogues.
        settings: of the configuration.
    """

    manifest: str
    recipients: str
    messages: str
    words: str
    settings: str

    @property
    def digest(self) -> str:
        """What an approval is of."""
        text = "\n".join(f"{name} {value}" for name, value in asdict(self).items())
        return hashlib.sha256(text.encode()).hexdigest()

    def changed(self, now: Prints) -> tuple[str, ...]:
        """Return which of them are others now."""
        other = asdict(now)
        return tuple(name for name, value in asdict(self).items() if other[name] != value)

    @property
    def columns(self) -> dict[str, str]:
        """As the table of mailings has them."""
        return {f"{name}_sha256": value for name, value in asdict(self).items()}


def planned(head: Any) -> Prints:
    """Return the hashes in a row of the table of mailings."""
    names = Prints.__dataclass_fields__
    return Prints(**{name: getattr(head, f"{name}_sha256") for name in names})


def standing(house: House, head: Any) -> Prints:
    """Return the hashes of a mailing as everything is now.

    Args:
        house: what it was planned with.
        head: its row in the table of mailings.
    """
    clients = book.all(house.database)
    with house.database.reading() as connection:
        messages = of_messages(_rows(connection, head.name), head.name, house)
        listed = _recipients(connection, head, clients, house)
    return Prints(
        manifest=_manifest(house, head.edition),
        recipients=listed,
        messages=messages,
        words=of_words(),
        settings=of_settings(house.settings),
    )


def of_edition(edition: Edition) -> str:
    """Return the hash of an edition, ``GONE`` when a file of it is not as it was."""
    return GONE if intact(edition) else edition.sha256


def of_words() -> str:
    """Return the hash of every template and catalogue."""
    digest = hashlib.sha256()
    for folder, ending in ((templates_folder(), ""), (locales_folder(), ".po")):
        for path in _files(folder, ending):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(folder).as_posix()}|{len(content)}|".encode())
            digest.update(content)
    return digest.hexdigest()


def of_settings(settings: Settings) -> str:
    """Return the hash of the sections that bear on a mailing."""
    told = {name: getattr(settings, name) for name in _SECTIONS}
    return hashlib.sha256(msgspec.json.encode(told, order="sorted")).hexdigest()


def of_messages(rows: Iterable[Mapping[str, Any]], name: str, house: House) -> str:
    """Return the hash of every message, ``GONE`` when a file of one still to be sent is.

    The bytes of a message follow from its row and from the files in the outbox, each of which is
    known by its hash: so none has to be assembled.

    Args:
        rows: of the table of deliveries, in their order, with at least ``BOUND``.
        name: of their mailing.
        house: with the outbox and the links.
    """
    digest, blobs = hashlib.sha256(), set[Blob]()
    for row in rows:
        kept = hashlib.sha256(row["message"]).hexdigest()
        linked = links.sha256(house, name, (row["client"], row["address"], row["language"]))
        told = [row[column] for column in _TOLD]
        digest.update(msgspec.json.encode((*told, kept, linked)))
        if row["state"] not in FINAL:
            blobs.update(_blobs(row["message"], row["eml_sha256"]))
    return digest.hexdigest() if all(_is_there(house.outbox, one) for one in blobs) else GONE


def _rows(connection: Connection, name: str) -> Iterator[Mapping[str, Any]]:
    bound = select(*(delivery.c[one] for one in BOUND)).where(delivery.c.mailing == name)
    for row in connection.execute(bound.order_by(delivery.c.position)):
        yield row._asdict()


def _recipients(connection: Connection, head: Any, clients: Iterable[Client], house: House) -> str:
    """Return the hash of the list as it would be made now, on the day of the plan.

    The list of a correction or a supplement is made of those who were on it: who got the edition
    before does not change, and messages to them may have been sent since.
    """
    if head.kind == "test":
        return str(head.recipients_sha256)
    rows = recipients.rows_of(clients, house.day_of(head.planned_at))
    if head.kind in ("correction", "supplement"):
        mine = select(delivery.c.client, delivery.c.address, delivery.c.language)
        found = connection.execute(mine.where(delivery.c.mailing == head.name))
        rows = recipients.only(rows, [(row[0], row[1], row[2]) for row in found])
    return recipients.sha256(rows)


def _blobs(kept: bytes, sha256: str) -> Iterable[Blob]:
    try:
        message = decode(kept)
    except DataError:
        return (Blob(GONE, 0),)
    return message.blobs if message.sha256 == sha256 else (Blob(GONE, 0),)


def _is_there(outbox: Outbox, blob: Blob) -> bool:
    """Tell whether a file of the outbox is what was put there."""
    try:
        with outbox.path(blob).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == blob.sha256
    except OSError:
        return False


def _manifest(house: House, name: str) -> str:
    try:
        return of_edition(editions.find(house.output, name))
    except (MissingInputError, DataError):
        return GONE


def _files(folder: Path, ending: str) -> list[Path]:
    return sorted(one for one in folder.rglob(f"*{ending}") if one.is_file())
