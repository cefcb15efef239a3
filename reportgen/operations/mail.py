"""One plain mail to the operator, through the relay of ``[smtp]``.

What goes wrong is a value: whoever tells the operator of a failure must not fail over it. Nothing
here is for clients.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage, Message
from email.parser import BytesHeaderParser
from email.policy import SMTP as WIRE
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.operations.masking import Mask
from reportgen.operations.relay import RefusedError, Untold, hand_over
from reportgen.secret import Secret

if TYPE_CHECKING:
    from reportgen.config.publishing import Operator, Smtp

_PLAIN = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")
WIDE = WIRE.clone(max_line_length=900)
_ROOM = 4_000
"""Bytes of a message beside its attachments and its text."""


@dataclass(frozen=True)
class Told:
    """The relay has taken the message.

    Args:
        message_id: in its header.
        size: bytes.
        left_out: names of attachments for which it was too small.
    """

    message_id: str
    size: int
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail, under its own name."""

    path: Path
    kind: str = "application/pdf"


def tell(
    smtp: Smtp,
    operator: Operator,
    secret: Secret | None,
    subject: str,
    text: str,
    attachments: Sequence[Attachment] = (),
    *,
    now: datetime,
    mask: Mask | None = None,
) -> Told | Untold:
    """Send a mail to the operator.

    Args:
        smtp: the relay and the sender.
        operator: the address.
        secret: the password; ``None`` for no login.
        subject: one line; anything that could begin another header is refused.
        text: plain text.
        attachments: in the order of their worth; those for which the message has no room are left
            out, and the text says so.
        now: the moment; aware.
        mask: blots out further secrets in the text.
    """
    unset = _unset(smtp, operator)
    if unset:
        return Untold(unset, kind="unset")
    mask = mask or Mask((secret,))
    try:
        chosen, left = _that_fit(
            attachments, smtp.max_message_bytes - _ROOM - 3 * len(text.encode(errors="replace"))
        )
        said = mask.secrets(_with_note(text, left))
        message = _message(smtp, operator, mask.secrets(subject), said, now)
        for one in chosen:
            _attach(message, one)
        # Broken at 78 signs, a long subject may begin with an empty line, which readers show.
        raw = message.as_bytes(policy=WIDE if subject.isascii() else WIRE)
        _reread(raw, message)
    except RefusedError as problem:
        return Untold(str(problem), kind="refused")
    except (OSError, ValueError, UnicodeError) as problem:
        return Untold(f"The message cannot be made ({type(problem).__name__}).", kind="refused")
    sent = hand_over(smtp, secret, operator.mail, raw, mask)
    names = tuple(one.path.name for one in left)
    return sent or Told(str(message["Message-ID"]), len(raw), names)


# -- the message ----------------------------------------------------------------------------


def _unset(smtp: Smtp, operator: Operator) -> str:
    for key, value in (
        ("operator.mail", operator.mail),
        ("smtp.host", smtp.host),
        ("smtp.sender", smtp.sender),
    ):
        if not value:
            return f"{key} is not set."
    return ""


def _message(
    smtp: Smtp, operator: Operator, subject: str, text: str, now: datetime
) -> EmailMessage:
    for name, value in (("sender", smtp.sender), ("address", operator.mail), ("subject", subject)):
        _refuse_controls(name, value)
    if not all(_PLAIN.fullmatch(one) for one in (smtp.sender, operator.mail)):
        raise RefusedError("An address is not a plain name@domain in ASCII.")
    message = EmailMessage(policy=WIRE)
    message["From"] = smtp.sender
    message["To"] = operator.mail
    message["Subject"] = subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = _message_id(smtp.sender, operator.mail, subject, text, now)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(text, cte="quoted-printable")
    return message


def _refuse_controls(name: str, value: str) -> None:
    """Refuse what could end a header, be decoded into such a thing, or turn the reading round."""
    if not value or "=?" in value:
        raise RefusedError(f"The {name} is empty or holds an encoded word.")
    for sign in value:
        if not sign.isprintable():
            raise RefusedError(f"The {name} holds the control sign U+{ord(sign):04X}.")


def _message_id(sender: str, to: str, subject: str, text: str, now: datetime) -> str:
    """Return an identity that follows from the message: the same message again has the same."""
    parts = "\0".join((sender, to, subject, text, now.isoformat()))
    token = hashlib.sha256(parts.encode(errors="replace")).hexdigest()[:32]
    return f"<{token}@{sender.rpartition('@')[2]}>"


def _that_fit(
    attachments: Sequence[Attachment], room: int
) -> tuple[list[Attachment], list[Attachment]]:
    chosen: list[Attachment] = []
    left: list[Attachment] = []
    for one in attachments:
        needed = one.path.stat().st_size * 37 // 27 + 1_000  # base64 with its line ends, and a head
        fits = needed <= room
        (chosen if fits else left).append(one)
        room -= needed if fits else 0
    return chosen, left


def _with_note(text: str, left: Sequence[Attachment]) -> str:
    if not left:
        return text
    from reportgen.operations import texts

    return texts.text("left_out", text=text, names=[one.path.name for one in left])


def _attach(message: EmailMessage, one: Attachment) -> None:
    _refuse_controls("name of an attachment", one.path.name)
    main, _, sub = one.kind.partition("/")
    message.add_attachment(
        one.path.read_bytes(), maintype=main, subtype=sub, filename=one.path.name
    )


def _reread(raw: bytes, message: EmailMessage) -> None:
    """Refuse bytes whose header says anything else than was meant.

    The library has let headers be injected in more than one release.
    """
    head = raw.partition(b"\r\n\r\n")[0]
    found = BytesHeaderParser(policy=WIRE).parsebytes(head + b"\r\n\r\n")
    if _unfolded(found) != _unfolded(message):
        raise RefusedError("The header of the message is not as it was meant.")
    lines = raw.split(b"\r\n")
    if any(b"\r" in line or b"\n" in line or len(line) > 998 for line in lines):
        raise RefusedError("The message has a line that no relay takes.")


def _unfolded(header: Message) -> list[tuple[str, str]]:
    """Return a header as it was before its long lines were broken."""
    return [(name, " ".join(str(value).split())) for name, value in header.items()]
