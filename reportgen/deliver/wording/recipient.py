"""What a letter says to one recipient and to nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from reportgen.deliver.clients.client import Protection
from reportgen.deliver.message.letter import File


@dataclass(frozen=True)
class Link:
    """A report that is fetched instead of being attached.

    Args:
        name: of the file, as the client sees it.
        url: https address; opaque.
        size: bytes.
        until: last day on which it is kept.
    """

    name: str
    url: str
    size: int
    until: date


@dataclass(frozen=True)
class Recipient:
    """One recipient of a letter.

    Args:
        organisation: its name as printed on its copies.
        contact: name of the person or desk; may be empty.
        reference: of the delivery, as told over the telephone.
        protection: of its copies.
        attachments: the reports that go with the mail.
        links: the reports it fetches, for ``link`` and where a mail would be too large.
        unsubscribe_url: https address that shows a page on which one unsubscribes; empty for none.
        unsubscribe_mail: address to which a mail unsubscribes, ``mailto:…?subject=…`` with this
            recipient's token; empty for none.
        test: whether the house sends it to itself before anything leaves.
    """

    organisation: str
    contact: str
    reference: str
    protection: Protection = "none"
    attachments: tuple[File, ...] = ()
    links: tuple[Link, ...] = ()
    unsubscribe_url: str = ""
    unsubscribe_mail: str = ""
    test: bool = False
