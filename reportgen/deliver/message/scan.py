"""Reading a message's bytes strictly: what is not written as we write it is no message.

This knows nothing of how messages are composed, so that a mistake there is found here. Every byte
is accounted for: it belongs to a field, a boundary or the base64 of a body.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from reportgen.errors import DataError

LONGEST_LINE = 998
"""Octets without the line's end (RFC 5322, section 2.1.1)."""
_FIELD = re.compile(r"([A-Z][A-Za-z-]*): (\S[ -~]*(?:\r\n [!-~][ -~]*)*)")
_NEXT_FIELD = re.compile(r"\r\n(?! )")
_MULTIPART = re.compile(
    r'multipart/[a-z]+;(?: type="text/html";)?\r\n boundary="([A-Za-z0-9=_]{8,60})"'
)
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_LINE = 76


@dataclass(frozen=True)
class Entity:
    """A message or a part of one, as it stands.

    Args:
        fields: names and values, the values with their folds.
        parts: of a multipart.
        body: of anything else, in base64.
    """

    fields: tuple[tuple[str, str], ...]
    parts: tuple[Entity, ...]
    body: bytes

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the fields, in order."""
        return tuple(name for name, _ in self.fields)

    def value(self, name: str) -> str:
        """Return a field's value; empty where it is missing."""
        return dict(self.fields).get(name, "")

    def content(self) -> bytes:
        """Return what the body says.

        Raises:
            DataError: the same could be written otherwise.
        """
        said = binascii.a2b_base64(self.body)
        last = len(said) // 3 * 3
        if self.body[-6:-2] != binascii.b2a_base64(said[last:] or said[-3:], newline=False):
            raise _wrong("base64 written otherwise than ours")
        return said


def scan(raw: bytes) -> Entity:
    """Return a message's fields and parts.

    Raises:
        DataError: it holds anything but ASCII, a line end that is not CRLF, a line that is too
            long, a field written otherwise than ours or twice, text outside its parts, a part
            that is not base64 in full lines, or a boundary anywhere but between parts.
    """
    if not raw.isascii():
        raise _wrong("a byte that is not ASCII")
    return _entity(raw)


def _entity(raw: bytes) -> Entity:
    header, gap, body = raw.partition(b"\r\n\r\n")
    if not gap:
        raise _wrong("no end of its header")
    found = _fields(header.decode("ascii"))
    kind = dict(found).get("Content-Type", "")
    if not kind.startswith("multipart/"):
        refuse_other_than_base64(body)
        return Entity(found, (), body)
    mark = _MULTIPART.fullmatch(kind)
    if mark is None:
        raise _wrong("a boundary written otherwise than ours")
    return Entity(found, tuple(map(_entity, _parts(body, mark[1].encode()))), b"")


def _fields(header: str) -> tuple[tuple[str, str], ...]:
    found = []
    for written in _NEXT_FIELD.split(header):
        match = _FIELD.fullmatch(written)
        if match is None or max(map(len, written.split("\r\n"))) > LONGEST_LINE:
            raise _wrong("a field written otherwise than ours")
        found.append((match[1], match[2]))
    names = {name.lower() for name, _ in found}
    if len(names) != len(found):
        raise _wrong("a field twice")
    return tuple(found)


def _parts(body: bytes, mark: bytes) -> list[bytes]:
    """Return what stands between boundaries, each of which is a line of its own."""
    before, *parts = (b"\r\n" + body).split(b"\r\n--" + mark)
    if before or parts[-1:] != [b"--\r\n"] or any(mark in part for part in parts):
        raise _wrong("text outside its parts")
    if not all(part.startswith(b"\r\n") for part in parts[:-1]):
        raise _wrong("a boundary that is no line of its own")
    return [part[2:] + b"\r\n" for part in parts[:-1]]


def refuse_other_than_base64(body: bytes) -> None:
    """Refuse a body that is not base64 in lines of 76 signs, the last one shorter.

    Raises:
        DataError: it is not.
    """
    full, rest = divmod(len(body), _LINE + 2)
    ends = b"\r\n" * (full + bool(rest))
    others = body.translate(None, _ALPHABET)
    padding = others.count(b"=")
    if (
        padding > 2
        or others != ends[:-2] + b"=" * padding + ends[-2:]
        or body[_LINE :: _LINE + 2] != b"\r" * full
        or body[_LINE + 1 :: _LINE + 2] != b"\n" * full
        or (rest and (rest - 2) % 4)
        or not body.endswith(b"=" * padding + ends[-2:])
    ):
        raise _wrong("a body that is not base64 in full lines")


def word_texts(value: str) -> str:
    """Return what encoded words say, one a line, each read alone.

    Raises:
        DataError: the value is anything else, or a word is too long or no UTF-8.
    """
    said = []
    for word in value.split("\r\n "):
        match = re.fullmatch(
            r"=\?utf-8\?B\?((?:[A-Za-z0-9+/]{4})*[A-Za-z0-9+/]{2,4}={0,2})\?=", word
        )
        if match is None or len(word) > 75:
            raise _wrong("an encoded word written otherwise than ours")
        try:
            octets = base64.b64decode(match[1], validate=True)
            said.append(octets.decode())
        except ValueError:
            raise _wrong("an encoded word that cannot be read alone") from None
        if base64.b64encode(octets).decode() != match[1]:
            raise _wrong("base64 written otherwise than ours")
    return "".join(said)


def _wrong(what: str) -> DataError:
    return DataError(f"A message, read again, holds {what}; it is not kept.")
