"""What a relay must not be offered, and the form in which a message goes over the line."""

from __future__ import annotations

import re
from collections.abc import Container

from reportgen.deliver.smtp.answer import Answer

_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f]+@[^\s@<>\x00-\x1f\x7f]+")
_LINE_BEGINS_WITH_DOT = re.compile(rb"(?m)^\.")


def unfit(
    envelope_from: str, to: str, raw: bytes, extensions: Container[str], largest: int
) -> Answer | None:
    """Refuse a message that must not be offered; ``None`` when it may.

    Args:
        envelope_from: address that bounces go to; empty for none.
        to: the recipient.
        raw: the message.
        extensions: what the relay knows beside the bare protocol, in small letters.
        largest: bytes of the largest message.
    """
    if not to or any(_ADDRESS.fullmatch(one) is None for one in (envelope_from, to) if one):
        return _refused("5.1.3", "an address is not one that can be written to")
    if not (envelope_from + to).isascii() and "smtputf8" not in extensions:
        return _refused("5.6.7", "the relay takes no address beyond ASCII")
    if not raw.isascii() and "8bitmime" not in extensions:
        return _refused("5.6.3", "the relay takes no message beyond ASCII")
    if _has_line_with_dot(raw) and _has_bare_line_end(raw):
        # Some relays would see the end of the message where we see a dot (SMTP smuggling).
        return _refused("5.6.0", "a line of the message does not end with CR LF")
    if len(raw) > largest:
        return _refused("5.3.4", f"{len(raw)} bytes are more than {largest}")
    return None


def stuffed(raw: bytes) -> bytes:
    """Return a message with dots at the beginning of lines doubled; ours have none."""
    if _has_line_with_dot(raw):
        raw = _LINE_BEGINS_WITH_DOT.sub(b"..", raw)
    return raw if raw.endswith(b"\r\n") else raw + b"\r\n"


def _has_line_with_dot(raw: bytes) -> bool:
    """Tell whether a line begins with a dot.

    Base64 has no dots, and one byte is found far faster than two: this costs next to nothing.
    """
    at = raw.find(b".")
    while at > 0 and raw[at - 1] not in b"\r\n":
        at = raw.find(b".", at + 1)
    return at >= 0


def _has_bare_line_end(raw: bytes) -> bool:
    return not raw.count(b"\r\n") == raw.count(b"\n") == raw.count(b"\r")


def _refused(enhanced: str, text: str) -> Answer:
    return Answer("refused", enhanced=enhanced, text=text)
