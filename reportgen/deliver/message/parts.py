"""The parts of a mail: plain text and page to choose from, its pictures, the reports."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from reportgen.deliver.message import safe
from reportgen.deliver.message.frozen import Piece, Text
from reportgen.deliver.message.letter import File, Letter
from reportgen.deliver.message.words import named
from reportgen.deliver.outbox import encoded
from reportgen.errors import DataError

ENDINGS = {"application/pdf": ".pdf", "text/html": ".html"}
"""Kinds of attachments."""
PICTURES = {"image/png": ".png", "image/jpeg": ".jpg"}

_REFERENCE = re.compile(r"""["'(]cid:([^"')\s]+)""")


def content(letter: Letter, token: str) -> tuple[Piece, ...]:
    """Return the message from its ``Content-Type`` to its end.

    Every body is base64, in whose alphabet no boundary can be written.

    Args:
        letter: what is said.
        token: of the delivery; the boundaries follow from it.

    Raises:
        DataError: a body, a name or a picture is not as it must be.
    """
    _check(letter)
    found: Iterator[Piece] = _mixed(letter, token) if letter.attachments else _both(letter, token)
    return tuple(_joined(found))


def boundary(token: str, level: int) -> str:
    """Return a delivery's boundary at a level; ``=_`` is in no base64."""
    mark = hashlib.sha256(f"boundary {token}".encode()).hexdigest()[:24]
    return f"=_rg_{mark}_{level}"


def _check(letter: Letter) -> None:
    """Refuse a letter whose page and pictures do not fit, or a file with another's name."""
    names = [file.name.casefold() for file in letter.attachments]
    shown = [safe.content_id(file.content_id) for file in letter.pictures]
    if len({*names}) != len(names) or len({*shown}) != len(shown):
        raise DataError("Two files of a mail have the same name.")
    if not all(file.blob.size for file in letter.pictures + letter.attachments):
        raise DataError("A file of a mail is empty.")
    if {*_REFERENCE.findall(letter.html)} != {*shown}:
        raise DataError("The page of a mail and the pictures that go with it do not fit.")


def _mixed(letter: Letter, token: str) -> Iterator[Piece]:
    mark = boundary(token, 1)
    yield _text(f'Content-Type: multipart/mixed;\r\n boundary="{mark}"\r\n\r\n--{mark}\r\n')
    yield from _both(letter, token)
    for file in letter.attachments:
        yield _text(f"--{mark}\r\n{_attached(file)}\r\n")
        yield file.blob
    yield _text(f"--{mark}--\r\n")


def _both(letter: Letter, token: str) -> Iterator[Piece]:
    mark = boundary(token, 2)
    yield _text(f'Content-Type: multipart/alternative;\r\n boundary="{mark}"\r\n\r\n--{mark}\r\n')
    yield from _said("plain", safe.body("The text of a mail", letter.text))
    yield _text(f"--{mark}\r\n")
    yield from _related(letter, token) if letter.pictures else _page(letter)
    yield _text(f"--{mark}--\r\n")


def _related(letter: Letter, token: str) -> Iterator[Piece]:
    mark = boundary(token, 3)
    yield _text(
        f'Content-Type: multipart/related; type="text/html";\r\n boundary="{mark}"\r\n\r\n'
        f"--{mark}\r\n"
    )
    yield from _page(letter)
    for file in letter.pictures:
        yield _text(f"--{mark}\r\n{_shown(file)}\r\n")
        yield file.blob
    yield _text(f"--{mark}--\r\n")


def _page(letter: Letter) -> Iterator[Piece]:
    return _said("html", safe.body("The page of a mail", letter.html))


def _said(kind: str, text: bytes) -> Iterator[Piece]:
    yield _text(
        f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    )
    yield Text(encoded(text))


def _attached(file: File) -> str:
    if file.kind not in ENDINGS:
        raise DataError(f"No mail takes a file of the kind {file.kind}.")
    name, filename = named(safe.file_name(file.name, ENDINGS[file.kind]))
    charset = " charset=utf-8;" if file.kind.startswith("text/") else ""
    return (
        f"Content-Type: {file.kind};{charset}\r\n {name}\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment;\r\n {filename}\r\n"
    )


def _shown(file: File) -> str:
    if file.kind not in PICTURES:
        raise DataError(f"No mail shows a picture of the kind {file.kind}.")
    name, filename = named(safe.file_name(file.name, PICTURES[file.kind]))
    return (
        f"Content-Type: {file.kind};\r\n {name}\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        f"Content-ID: <{file.content_id}>\r\n"
        f"Content-Disposition: inline;\r\n {filename}\r\n"
    )


def _text(text: str) -> Text:
    return Text(text.encode("ascii"))


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Join neighbouring texts."""
    held = b""
    for one in pieces:
        if isinstance(one, Text):
            held += one.content
            continue
        yield Text(held)
        yield one
        held = b""
    yield Text(held)
