"""The parts of a message a stranger sent: read within bounds, and no further than needed."""

from __future__ import annotations

import base64
import binascii
import html
import quopri
import re
from collections.abc import Iterator
from email.errors import MessageError
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from typing import TypeAlias

LONGEST = 400_000
"""Bytes that are read: reports stand before the returned message, of which the header will do."""
DEEPEST, MOST = 6, 40
"""Parts within parts, and parts altogether."""

_BOUNDARIES = re.compile(rb"boundary|content-type:[ \t]*message/", re.IGNORECASE)
_MOST_BOUNDARIES = 60
_TAG = re.compile(r"<[^<>]{0,2000}>")

BROKEN = (LookupError, ValueError, TypeError, AttributeError, RecursionError, MessageError)
"""What the library is known to raise on mail that is damaged, or made to break it."""

Mail: TypeAlias = "Message[str, str]"


def parsed(raw: bytes) -> Mail | None:
    """Return a message, its text cut to a length; ``None`` for what cannot be read safely."""
    text = raw[:LONGEST]
    if len(_BOUNDARIES.findall(text)) > _MOST_BOUNDARIES:
        return None
    try:
        return BytesParser(policy=compat32).parsebytes(text)
    except BROKEN:
        return None


def parts(message: Mail) -> tuple[Mail, ...]:
    """Return the parts of a message, in order, without those of a message inside it."""
    return tuple(_parts(message, 0))[:MOST]


def _parts(message: Mail, depth: int) -> Iterator[Mail]:
    inside = _inside(message)
    if message.get_content_maintype() != "multipart" or not inside:
        yield message
    elif depth < DEEPEST:
        for one in inside:
            yield from _parts(one, depth + 1)


def _inside(message: Mail) -> list[Mail]:
    """Return the messages a part holds; none where it holds text."""
    payload = message.get_payload()
    if not isinstance(payload, list):
        return []
    return [one for one in payload[:MOST] if isinstance(one, Message)]


def header(message: Mail, name: str) -> str:
    """Return a header field on one line; empty where there is none."""
    return " ".join(str(message.get(name, "")).split())


def content(part: Mail) -> str:
    """Return the text of a part, of whatever kind, as well as it can be read."""
    flat = _flat(part)
    encoding = header(part, "content-transfer-encoding").lower()
    data = flat.encode("utf-8", "surrogateescape")
    try:
        if encoding == "base64":
            data = base64.b64decode(data)
        elif encoding == "quoted-printable":
            data = quopri.decodestring(data)
    except (binascii.Error, ValueError):
        return ""
    return _decoded(data, part)


def _flat(part: Mail) -> str:
    """Return the body of a part as it stood; the library takes reports apart into messages."""
    inside = _inside(part)
    if not inside:
        return _body(part)
    return "\n\n".join(
        "\n".join([*(f"{name}: {value}" for name, value in one.raw_items()), "", _body(one)])
        for one in inside
    )


def _body(part: Mail) -> str:
    payload = part.get_payload()
    return payload if isinstance(payload, str) else ""


def _decoded(data: bytes, part: Mail) -> str:
    try:
        named = part.get_content_charset() or "utf-8"
    except BROKEN:
        named = "utf-8"
    for charset in (named, "utf-8", "gb18030"):
        try:
            return data.decode(charset)
        except (LookupError, ValueError):  # no such charset, or not in it
            continue
    return data.decode("latin-1")


def text_of(markup: str) -> str:
    """Return what a page says, for looking for words in it."""
    return html.unescape(_TAG.sub(" ", markup))


def line(text: str, longest: int = 300) -> str:
    """Return a text as one printable line."""
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable())[:longest]
