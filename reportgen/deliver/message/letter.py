"""What a mail consists of, before it is bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from reportgen.deliver.outbox import Blob


@dataclass(frozen=True)
class File:
    """A file that goes with a mail.

    Args:
        name: as the client sees it; may hold any script.
        kind: ``application/pdf``, ``text/html``, ``image/png``.
        blob: its content, in the outbox.
        content_id: of a picture shown in the page, without brackets; empty for an attachment.
        shared: whether other mails have the same file.
    """

    name: str
    kind: str
    blob: Blob
    content_id: str = ""
    shared: bool = True


@dataclass(frozen=True)
class Letter:
    """What is said to a client, in its language.

    Args:
        subject: one line.
        text: the whole of it as plain text.
        html: the same as a page, which names pictures by ``cid:``; it fetches nothing.
        pictures: shown in the page.
        attachments: the reports; none where the client gets a link.
    """

    subject: str
    text: str
    html: str
    pictures: tuple[File, ...]
    attachments: tuple[File, ...]


@dataclass(frozen=True)
class Head:
    """Who writes to whom, and the identity of the mail.

    Args:
        sender_name, sender: From.
        to: the one address.
        reply_to: address that answers go to; empty for the sender.
        date: moment of the plan; aware.
        message_id: ``<rg1.….@domain>``, from the delivery key.
        token: the same identity for relays that write a Message-ID of their own, in
            ``X-Reportgen-Delivery``.
        language: code, for ``Content-Language``.
        feedback_id: for the feedback loops of large receivers; holds no client.
        unsubscribe_url: https address with this recipient's token; empty for none.
        unsubscribe_mail: address a mail to which unsubscribes, with or without ``mailto:``;
            ``?subject=…`` may follow. Empty for none.
    """

    sender_name: str
    sender: str
    to: str
    reply_to: str
    date: datetime
    message_id: str
    token: str
    language: str
    feedback_id: str
    unsubscribe_url: str = ""
    unsubscribe_mail: str = ""
