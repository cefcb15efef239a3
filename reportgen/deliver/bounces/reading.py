"""A message that came back, read: what it reports, and every mark of ours in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from reportgen.deliver.bounces import mime, prose, report
from reportgen.deliver.bounces.notice import Notice
from reportgen.deliver.clients.address import masked

_MARK = re.compile(r"\+([0-9a-f]{16}-[0-9a-f]{12})@", re.IGNORECASE)
_ID = re.compile(r"<rg1\.[0-9a-f]{40}@[A-Za-z0-9.-]{1,253}>")
_TOKEN = re.compile(r"^x-reportgen-delivery:\s*([0-9a-f]{40})\s*$", re.IGNORECASE | re.MULTILINE)
_UNSUBSCRIBE = re.compile(r"(?:re:\s*)?([0-9a-f]{32})", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s<>@\"'(),;:\[\]]{1,64}@[^\s<>@\"'(),;:\[\]]{1,253}")
_MOST = 20


def read(raw: bytes) -> Notice | None:
    """Return what a message says of one of ours; ``None`` for a message that is no notice.

    Nothing in it is believed yet: it counts only with a mark or an id nobody else can have. The
    server's words are kept without addresses in full.

    Args:
        raw: the message as it was kept.
    """
    message = mime.parsed(raw)
    if message is None:
        return None
    wished = _UNSUBSCRIBE.fullmatch(mime.header(message, "subject"))
    if wished:
        return Notice("unsubscribe", tokens=(wished[1].lower(),), words="by mail")
    parts = mime.parts(message)
    found = (
        report.of_feedback(parts)
        or report.of_delivery(parts)
        or prose.of_words(message, parts, raw)
    )
    if found is None:
        return None
    if found.kind == "failed" and not found.words:
        found = replace(found, words=prose.telling(parts))
    text = "\n".join([raw[: mime.LONGEST].decode("latin-1"), *_hidden(parts)])
    return replace(
        found,
        words=mime.line(_ADDRESS.sub(lambda one: masked(one[0]), found.words)),
        marks=_distinct(one.lower() for one in _MARK.findall(text)),
        message_ids=_distinct(_ID.findall(text)),
        tokens=_distinct(one.lower() for one in _TOKEN.findall(text)),
    )


def _hidden(parts: tuple[mime.Mail, ...]) -> list[str]:
    """Return the parts that stand encoded in the message, read."""
    encoded = ("base64", "quoted-printable")
    return [
        mime.content(one)
        for one in parts
        if mime.header(one, "content-transfer-encoding").lower() in encoded
        and one.get_content_maintype() in ("text", "message")
    ]


def _distinct(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))[:_MOST]
