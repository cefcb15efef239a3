"""Reading a finished message again: it is kept only if it says what was meant, and nothing else."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote, unquote

from reportgen.deliver.message.frozen import Piece, Text
from reportgen.deliver.message.letter import File, Head, Letter
from reportgen.deliver.message.scan import Entity, refuse_other_than_base64, scan, word_texts
from reportgen.deliver.outbox import encoded
from reportgen.errors import DataError

SIGNATURE = "DKIM-Signature"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DATE = re.compile(
    r"([A-Z][a-z]{2}), (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d:\d\d:\d\d) (?!-0000)([+-]\d\d)(\d\d)"
)
_FROM = re.compile(r"(.+?)(?: |\r\n )<([^<>\s]+)>", re.DOTALL)
_NAMED = re.compile(r"([a-z]+/[a-z]+);( charset=utf-8;)?\r\n name=\"([^\"]+)\"", re.DOTALL)
_SHOWN = re.compile(
    r"(attachment|inline);\r\n filename(?:=\"([ -~]+)\"|\*=utf-8''([A-Za-z0-9._~%-]+))"
)
_SIGNED = re.compile(r"\bbh=([A-Za-z0-9+/\s]+=)\s*;")
_TEXT = (("Content-Type", "text/plain; charset=utf-8"), ("Content-Transfer-Encoding", "base64"))
_PAGE = (("Content-Type", "text/html; charset=utf-8"), ("Content-Transfer-Encoding", "base64"))


def verify(raw: bytes, head: Head, letter: Letter) -> None:
    """Read a message and compare it with what was meant.

    Args:
        raw: its bytes.
        head: who writes to whom.
        letter: what is said.

    Raises:
        DataError: the message has not exactly our fields, each once and in our order, not one
            recipient, or says anything else than was meant.
    """
    message = scan(raw)
    if message.names[:1] == (SIGNATURE,):
        _same_signature(message.value(SIGNATURE), raw)
    _same(message, head, letter, None)


def verify_pieces(
    pieces: tuple[Piece, ...], bodies: Mapping[str, bytes], head: Head, letter: Letter
) -> None:
    """Read a message piece by piece; every byte is read, but no file is copied or decoded.

    In the message that is read each file is represented by the base64 of its hash: that the
    right file stands in the right place is seen by that. Its own base64 is looked at apart.

    Args:
        pieces: of the message.
        bodies: the base64 of its files, by their sha256.
        head: who writes to whom.
        letter: what is said.

    Raises:
        DataError: as ``verify``; a signature is not compared with the body.
    """
    for body in bodies.values():
        refuse_other_than_base64(body)
    stands = {sha256: encoded(sha256.encode()) for sha256 in bodies}
    raw = b"".join(one.content if isinstance(one, Text) else stands[one.sha256] for one in pieces)
    _same(scan(raw), head, letter, stands)


def _same(message: Entity, head: Head, letter: Letter, bodies: Mapping[str, bytes] | None) -> None:
    if message.names[message.names[:1] == (SIGNATURE,) :] != expected_names(head):
        raise _other("its fields")
    _same_values(message, head, letter)
    _same_parts(message, letter, bodies)


def expected_names(head: Head) -> tuple[str, ...]:
    """Return the names of the fields a message has, in order, without a signature."""
    return (
        *("From", "To", "Subject", "Date", "Message-ID"),
        *(("Reply-To",) if head.reply_to else ()),
        *(("List-Unsubscribe",) if head.unsubscribe_url or head.unsubscribe_mail else ()),
        *(("List-Unsubscribe-Post",) if head.unsubscribe_url else ()),
        *("Auto-Submitted", "X-Auto-Response-Suppress"),
        *(("Feedback-ID",) if head.feedback_id else ()),
        *("Content-Language", "X-Reportgen-Delivery", "MIME-Version", "Content-Type"),
    )


def _same_signature(value: str, raw: bytes) -> None:
    """Compare the hash a signature vouches for with that of the body as it stands."""
    match = _SIGNED.search(value)
    digest = hashlib.sha256(raw[raw.index(b"\r\n\r\n") + 4 :]).digest()
    if match is None or base64.b64decode("".join(match[1].split())) != digest:
        raise _other("its signature")


def _same_values(message: Entity, head: Head, letter: Letter) -> None:
    for name, meant in _exact(head).items():
        if message.value(name) != meant:
            raise _other(f"its field {name}")
    to = message.value("To")
    if to.count("@") != 1 or any(sign in to for sign in ',;:<>()[]" \r\n'):
        raise _other("its field To")
    if _said(message.value("Subject")) != letter.subject:
        raise _other("its field Subject")
    if _sender(message.value("From")) != (head.sender_name, head.sender):
        raise _other("its field From")
    if _moment(message.value("Date")) != head.date.replace(microsecond=0):
        raise _other("its field Date")


def _exact(head: Head) -> dict[str, str]:
    """Return the values that stand in a message as they are; empty for a field it has not."""
    return {
        "To": head.to,
        "Message-ID": head.message_id,
        "Reply-To": head.reply_to,
        "List-Unsubscribe": ", ".join(_ways(head)),
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" if head.unsubscribe_url else "",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "Feedback-ID": head.feedback_id,
        "Content-Language": head.language,
        "X-Reportgen-Delivery": head.token,
        "MIME-Version": "1.0",
    }


def _ways(head: Head) -> list[str]:
    mail = (
        f"mailto:{head.unsubscribe_mail.removeprefix('mailto:')}" if head.unsubscribe_mail else ""
    )
    return [f"<{one}>" for one in (head.unsubscribe_url, mail) if one]


def _said(value: str) -> str:
    """Return what a text says: ASCII as it stands, or encoded words."""
    return word_texts(value) if "=?" in value or "\r" in value else value


def _sender(value: str) -> tuple[str, str]:
    match = _FROM.fullmatch(value)
    if match is None:
        raise _other("its field From")
    name = match[1]
    if name.startswith('"') and name.endswith('"'):
        return re.sub(r"\\(.)", r"\1", name[1:-1]), match[2]
    return _said(name), match[2]


def _moment(value: str) -> datetime | None:
    match = _DATE.fullmatch(value)
    if match is None or match[3] not in _MONTHS:
        return None
    written = (
        f"{match[4]}-{_MONTHS.index(match[3]) + 1:02}-{match[2]}T{match[5]}{match[6]}:{match[7]}"
    )
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if _DAYS[moment.weekday()] == match[1] else None


def _same_parts(message: Entity, letter: Letter, bodies: Mapping[str, bytes] | None) -> None:
    """Compare the tree of parts: attachments around text and page, the page with its pictures."""
    both, files = message, message.parts[1:]
    if letter.attachments:
        _is(message, "mixed", 1 + len(letter.attachments))
        both = message.parts[0]
        _alone(both)
        for part, file in zip(files, letter.attachments, strict=True):
            _same_file(part, file, bodies)
    _is(both, "alternative", 2)
    text, page = both.parts
    if letter.pictures:
        _is(page, "related", 1 + len(letter.pictures))
        _alone(page)
        for part, file in zip(page.parts[1:], letter.pictures, strict=True):
            _same_file(part, file, bodies)
        page = page.parts[0]
    _same_text(text, _TEXT, letter.text)
    _same_text(page, _PAGE, letter.html)


def _is(entity: Entity, kind: str, parts: int) -> None:
    if not entity.value("Content-Type").startswith(f"multipart/{kind};"):
        raise _other(f"its part multipart/{kind}")
    if len(entity.parts) != parts:
        raise _other(f"the parts of multipart/{kind}")


def _alone(entity: Entity) -> None:
    if entity.names != ("Content-Type",):
        raise _other("the fields of its parts")


def _same_text(part: Entity, fields: tuple[tuple[str, str], ...], meant: str) -> None:
    if part.fields != fields:
        raise _other("the fields of its texts")
    if part.content() != meant.replace("\r\n", "\n").replace("\n", "\r\n").encode():
        raise _other("its text")


def _same_file(part: Entity, file: File, bodies: Mapping[str, bytes] | None) -> None:
    shown = ("Content-ID",) if file.content_id else ()
    named = _NAMED.fullmatch(part.value("Content-Type"))
    placed = _SHOWN.fullmatch(part.value("Content-Disposition"))
    if (
        part.names != ("Content-Type", "Content-Transfer-Encoding", *shown, "Content-Disposition")
        or part.value("Content-Transfer-Encoding") != "base64"
        or part.value("Content-ID") != (f"<{file.content_id}>" if shown else "")
        or named is None
        or placed is None
        or bool(named[2]) != file.kind.startswith("text/")
    ):
        raise _other("the fields of its files")
    name = placed[2] or _unquoted(placed[3])
    if (named[1], _said(named[3]), name) != (file.kind, file.name, file.name):
        raise _other("the name of a file")
    if placed[1] != ("inline" if shown else "attachment"):
        raise _other("the place of a file")
    _same_body(part, file, bodies)


def _unquoted(written: str) -> str:
    """Return a file name from its percent signs; empty where it could be written otherwise."""
    name = unquote(written)
    return name if quote(name, safe="") == written else ""


def _same_body(part: Entity, file: File, bodies: Mapping[str, bytes] | None) -> None:
    if bodies is not None:
        same = part.body == bodies.get(file.blob.sha256)
    else:
        same = hashlib.sha256(part.content()).hexdigest() == file.blob.sha256
    if not same:
        raise _other("a file")


def _other(what: str) -> DataError:
    return DataError(f"A message, read again, is not the one that was meant: {what} differs.")
