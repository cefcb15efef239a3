"""What a message that came back says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["failed", "delayed", "delivered", "relayed", "complaint", "unsubscribe"]


@dataclass(frozen=True)
class Notice:
    """What a message that came back says, before anybody has looked whose it is.

    Args:
        kind: ``failed``, ``delayed``, ``delivered`` and ``relayed`` are what a mail server
            reports; ``complaint``: the recipient called it spam; ``unsubscribe``: a mail to the
            address for that.
        status: status code, ``5.1.1`` (RFC 3463); empty without one.
        words: of the server, one printable line.
        marks: of the bounce address, ``<16 digits>-<12 digits>``, in the order they were found.
        message_ids: ours that the message names.
        tokens: of deliveries, or for ``unsubscribe`` the recipient's.
    """

    kind: Kind
    status: str = ""
    words: str = ""
    marks: tuple[str, ...] = ()
    message_ids: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
