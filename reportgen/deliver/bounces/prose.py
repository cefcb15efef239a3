"""Returned mail that only tells people: qmail, old servers, and what providers word themselves."""

from __future__ import annotations

import re

from reportgen.deliver.bounces import mime
from reportgen.deliver.bounces.notice import Notice
from reportgen.deliver.bounces.report import status_in
from reportgen.deliver.bounces.vocabulary import COPY, DELAYS, SENDERS, SUBJECTS

_FLUFL = 60_000
"""Bytes the library is given."""
_CODE = re.compile(r"\b[45]\d\d\b|\b[45]\.\d{1,3}\.\d{1,3}\b")


def of_words(message: mime.Mail, parts: tuple[mime.Mail, ...], raw: bytes) -> Notice | None:
    """Return what a notice in prose says; ``None`` for mail that is none.

    Only what stands above the copy of our own message is read: a report on markets has words of
    its own for what is full, blocked or refused.
    """
    if not _is_notice(message, raw):
        return None
    words = telling(parts)
    subject = _decoded(message, "subject")
    if not _CODE.search(words) and DELAYS.search(f"{subject} {words}"):
        return Notice("delayed", words=words)
    return Notice("failed", status_in(words), words)


def telling(parts: tuple[mime.Mail, ...]) -> str:
    """Return the server's own words that give the reason: those with a code or else the last."""
    lines = [one.strip() for one in _above_the_copy(_text(parts)).splitlines() if one.strip()]
    coded = [one for one in lines if _CODE.search(one)]
    return mime.line(" ".join(coded or lines[-12:]), 600)


def _is_notice(message: mime.Mail, raw: bytes) -> bool:
    if mime.header(message, "x-failed-recipients"):
        return True
    empty = mime.header(message, "return-path") == "<>"
    sender = SENDERS.search(_decoded(message, "from"))
    subject = SUBJECTS.search(_decoded(message, "subject"))
    if subject and (empty or sender):
        return True
    automatic = mime.header(message, "auto-submitted").lower().startswith("auto-replied")
    return not (automatic and not sender) and (sender is not None or empty) and _known(raw)


def _known(raw: bytes) -> bool:
    """Tell whether the library that knows the notices of many servers knows this one."""
    try:
        from flufl.bounce import all_failures
    except ImportError:
        return False
    from email import message_from_bytes

    try:
        temporary, permanent = all_failures(message_from_bytes(raw[:_FLUFL]))
    except (*mime.BROKEN, AssertionError):
        return False  # it was written for mail that is not made to break it
    return bool(temporary or permanent)


def _decoded(message: mime.Mail, name: str) -> str:
    """Return a header field, encoded words read."""
    from email.header import decode_header, make_header

    text = mime.header(message, name)[:2_000]
    try:
        return str(make_header(decode_header(text)))
    except mime.BROKEN:
        return text


def _text(parts: tuple[mime.Mail, ...]) -> str:
    """Return the first part a person can read."""
    for part in parts:
        if part.get_content_type() == "text/plain":
            return mime.content(part)[:20_000]
    for part in parts:
        if part.get_content_type() == "text/html":
            return mime.text_of(mime.content(part)[:60_000])[:20_000]
    return ""


def _above_the_copy(text: str) -> str:
    found = COPY.search(text)
    return text[: found.start()] if found else text
