"""The fields of a mail's header, in their one order."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

from reportgen.deliver.message import safe
from reportgen.deliver.message.letter import Head
from reportgen.deliver.message.words import mailbox, unstructured
from reportgen.errors import DataError

Field = tuple[str, str]
"""Name and value; a long value holds the line breaks it is folded at."""

ONE_CLICK = "List-Unsubscribe=One-Click"


def fields(head: Head, subject: str) -> tuple[Field, ...]:
    """Return all fields but those of the content.

    ``To`` has one plain address. There is no ``Cc`` and no ``Bcc``, and no way to ask for one.

    Args:
        head: who writes to whom.
        subject: the letter's.

    Raises:
        DataError: a value may not stand in a header.
    """
    name = safe.line("The sender's name", head.sender_name, safe.LONGEST_NAME)
    sender = safe.address("The sender", head.sender)
    title = safe.line("The subject", subject, safe.LONGEST_SUBJECT)
    found = [
        ("From", mailbox("From", name, sender)),
        ("To", safe.address("The recipient", head.to)),
        ("Subject", unstructured("Subject", title)),
        ("Date", _date(head.date)),
        ("Message-ID", safe.message_id(head.message_id)),
    ]
    if head.reply_to:
        found.append(("Reply-To", safe.address("The address for answers", head.reply_to)))
    found += _unsubscribe(head)
    found += [("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All")]
    if head.feedback_id:
        found.append(("Feedback-ID", safe.feedback_id(head.feedback_id)))
    found += [
        ("Content-Language", safe.language(head.language)),
        ("X-Reportgen-Delivery", safe.token(head.token)),
        ("MIME-Version", "1.0"),
    ]
    return tuple(found)


def written(found: tuple[Field, ...]) -> str:
    """Return fields as they stand in the message."""
    return "".join(f"{name}: {value}\r\n" for name, value in found)


def _date(moment: datetime) -> str:
    if moment.tzinfo is None or not 1970 <= moment.astimezone(UTC).year <= 9998:
        raise DataError("The date of a mail is not a moment with its zone.")
    return format_datetime(moment.replace(microsecond=0))


def _unsubscribe(head: Head) -> list[Field]:
    """Return how to unsubscribe (RFC 2369, RFC 8058): on one line each, never encoded."""
    ways = []
    if head.unsubscribe_url:
        ways.append(f"<{safe.unsubscribe_url(head.unsubscribe_url)}>")
    if head.unsubscribe_mail:
        ways.append(f"<{safe.unsubscribe_mail(head.unsubscribe_mail)}>")
    found = [("List-Unsubscribe", ", ".join(ways))] if ways else []
    if head.unsubscribe_url:
        found.append(("List-Unsubscribe-Post", ONE_CLICK))
    return found
