"""What became of one attempt to hand a message over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["accepted", "deferred", "refused", "in_doubt", "not_sent"]
Scope = Literal["message", "relay"]


@dataclass(frozen=True)
class Answer:
    """What became of an attempt.

    Args:
        kind: ``accepted``: 2xx after the dot. ``deferred``, ``refused``: a well-formed 4xx or 5xx
            to MAIL, RCPT, DATA or the dot; not taken. ``in_doubt``: the dot may have left and no
            answer that can be understood came. ``not_sent``: it never came to the dot: the
            connection could not be made or was lost, or the fence held it back; not taken.
        code: of the reply; 0 without one.
        enhanced: status code of the reply, ``5.1.1`` (RFC 3463); empty without one.
        text: the reply on one line, or what went wrong; printable, without secrets, at most 300
            signs.
        relay_id: the relay's name for the message, where its reply holds one.
        scope: ``relay`` when the reason lies with relay, login or policy and the next message
            would fare no better; else ``message``.
        usable: whether the connection can take another message.
    """

    kind: Kind
    code: int = 0
    enhanced: str = ""
    text: str = ""
    relay_id: str = ""
    scope: Scope = "message"
    usable: bool = True
