"""A look at what would be sent: the exact bytes as ``.eml``, readable views, and a page of all."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from sqlalchemy import select

from reportgen.archive.folders import replacing
from reportgen.deliver.clients import book
from reportgen.deliver.message.frozen import decode
from reportgen.deliver.names import is_safe
from reportgen.deliver.planning.desk import House
from reportgen.deliver.sending.status import mailing_row
from reportgen.deliver.tables import delivery
from reportgen.disk import closed
from reportgen.errors import MissingInputError, UsageError
from reportgen.resources import locales_folder, templates_folder

INDEX = "index.html"
TEMPLATE = "operator/preview.html.j2"
MARK = "reportgen preview"
"""In the first line of the page: tells a folder that may be replaced."""


@dataclass(frozen=True)
class Preview:
    """A preview.

    Args:
        folder: where it stands.
        index: its page.
        messages: how many messages are in it.
        rows: how many the mailing has.
    """

    folder: Path
    index: Path
    messages: int
    rows: int


@dataclass(frozen=True)
class Shown:
    """A row of the page.

    Args:
        number: its place in the mailing, from 1.
        client, address, language, state, reason, size: as in the ledger.
        canary: whether it goes before the others.
        subject: of its message; empty where none is in the preview.
        files: names of what goes with it.
        name: stem of its files in the preview; empty likewise.
        viewed: whether there are readable views besides.
    """

    number: int
    client: str
    address: str
    language: str
    state: str
    reason: str
    size: int
    canary: bool
    subject: str = ""
    files: tuple[str, ...] = ()
    name: str = ""
    viewed: bool = False


def preview(
    house: House, name: str, folder: Path, *, client: str = "", everything: bool = False
) -> Preview:
    """Write a preview of a mailing; only its owner can read it, and no connection is opened.

    Args:
        house: with the mailing.
        name: of it.
        folder: takes the preview, in the place of an older one.
        client: id of the client whose messages are shown; empty for one of each sort.
        everything: whether every message is written; as large as the mailing.

    Raises:
        MissingInputError: there is no such mailing, or nothing in it for that client.
        UsageError: the folder holds something else.
        DataError: a message is not what was planned.
        CannotCreateError, DiskError: it cannot be written.
    """
    _refuse_other(folder)
    head, rows, sorts = _mailing(house, name)
    chosen = _chosen(rows, sorts, client, everything=everything)
    if not chosen:
        raise MissingInputError(f"There is no message of {name} to show.")
    viewed = _chosen(rows, sorts, client, everything=False)
    closed(folder.parent)
    with replacing(folder) as stage:
        stage.chmod(0o700)
        shown = [
            _written(house, stage, row, viewed=row.id in viewed) if row.id in chosen else _line(row)
            for row in rows
        ]
        _write(stage / INDEX, _page(head, shown, len(rows)).encode())
    return Preview(folder, folder / INDEX, len(chosen), len(rows))


def _refuse_other(folder: Path) -> None:
    """Refuse a folder that is no preview: it would be replaced."""
    if not folder.exists():
        return
    inside = [one.name for one in folder.iterdir()] if folder.is_dir() else [folder.name]
    index = folder / INDEX
    ours = index.is_file() and MARK in index.read_text("utf-8", "replace")[:200]
    if inside and not ours:
        raise UsageError(f"{folder} holds something else than a preview.", "Name another folder.")


def _mailing(house: House, name: str) -> tuple[Any, list[Any], Mapping[int, tuple[str, ...]]]:
    """Return a mailing, its rows, and of which sort each is: its language and protection."""
    with house.database.reading() as connection:
        head = mailing_row(connection, name)
        mine = select(delivery).where(delivery.c.mailing == name).order_by(delivery.c.position)
        rows = list(connection.execute(mine))
    kinds = {one.id: (one.protection, *one.formats) for one in book.all(house.database)}
    return head, rows, {one.id: (one.language, *kinds.get(one.client, ())) for one in rows}


def _chosen(
    rows: Iterable[Any], sorts: Mapping[int, tuple[str, ...]], client: str, *, everything: bool
) -> frozenset[int]:
    """Return whose messages are shown: all, a client's, or the first of each sort."""
    there = [one for one in rows if one.size]
    if client:
        return frozenset(one.id for one in there if one.client == client)
    if everything:
        return frozenset(one.id for one in there)
    first: dict[tuple[str, ...], int] = {}
    for one in there:
        first.setdefault(sorts[one.id], one.id)
    return frozenset(first.values())


def _line(row: Any) -> Shown:
    return Shown(
        number=row.position + 1,
        client=row.client,
        address=row.address,
        language=row.language,
        state=row.state,
        reason=row.reason,
        size=row.size,
        canary=row.canary,
    )


def _written(house: House, folder: Path, row: Any, *, viewed: bool) -> Shown:
    """Write one message and return its line."""
    raw = decode(row.message).assemble(house.outbox)
    name = f"{row.position + 1:05d}-{row.client}-{row.language.lower()}"
    if not is_safe(name):
        name = f"{row.position + 1:05d}-{row.language.lower()}"
    _write(folder / f"{name}.eml", raw)
    found = message_from_bytes(raw, policy=default)
    assert isinstance(found, EmailMessage)
    if viewed:
        _views(folder, name, found)
    files = tuple(str(one.get_filename()) for one in found.iter_attachments())
    subject = str(found["Subject"])
    return replace(_line(row), subject=subject, files=files, name=name, viewed=viewed)


def _views(folder: Path, name: str, message: EmailMessage) -> None:
    """Write text and page of a message, the page with its pictures in it."""
    text, page = message.get_body(("plain",)), message.get_body(("html",))
    if text is not None:
        _write(folder / f"{name}.txt", text.get_content().encode())
    if page is not None:
        pictures = {
            str(one["Content-ID"]).strip("<>"): one
            for one in message.walk()
            if one["Content-ID"] is not None
        }
        whole = re.sub(
            r"cid:([A-Za-z0-9._@-]+)", lambda found: _data(pictures, found), page.get_content()
        )
        _write(folder / f"{name}.html", whole.encode())


def _data(pictures: Mapping[str, Any], found: re.Match[str]) -> str:
    picture = pictures.get(found[1])
    if picture is None:
        return found[0]
    content = base64.b64encode(picture.get_payload(decode=True)).decode()
    return f"data:{picture.get_content_type()};base64,{content}"


def _page(head: Any, shown: list[Shown], rows: int) -> str:
    """Return the page of all messages, in English like everything the operator reads."""
    from reportgen.i18n import Formatter, language_of, load_catalogue
    from reportgen.i18n.environment import environment

    english = language_of("en")
    catalogue = load_catalogue(locales_folder(), english)
    env = environment(templates_folder(), catalogue, Formatter(english, catalogue))
    told = {
        "name": head.name,
        "kind": head.kind,
        "edition": head.edition,
        "state": head.state,
        "planned_at": f"{head.planned_at:%Y-%m-%d %H:%M} UTC",
        "planned_by": head.planned_by,
    }
    return env.get_template(TEMPLATE).render(mailing=told, shown=shown, rows=rows, mark=MARK)


def _write(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
