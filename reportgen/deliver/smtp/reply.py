"""What a relay's reply means for a message: taken, later, never, or nothing that can be relied on.

Before the dot only the relay's consent goes on; nothing else can mean that it has the message.
After the dot only a reply that is one decides: 2xx it has it, 4xx and 5xx it has not, and
everything else leaves it in doubt.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

from reportgen.deliver.smtp.answer import Answer, Scope
from reportgen.relay import Reply, UnreadableError

Step = Literal["MAIL", "RCPT", "DATA", "message"]
LONGEST = 300
"""Signs of a reply that are kept."""

_RELAY_CODES = frozenset({421, 454, 530, 534, 535, 538})
"""Closing down, TLS or a login wanted or failed: the next message would fare no better."""

_SENDER = re.compile(r"[45]\.1\.[78]")
_SYSTEM = re.compile(r"[45]\.3\.(?!4)\d+")
_TOO_LARGE = re.compile(r"[45]\.3\.4")
_POLICY = re.compile(r"5\.7\.\d+")

_NAMES = (
    re.compile(r"\bqueued as ([\w.,*/+=-]*\w)", re.IGNORECASE),  # Postfix, and many after it
    re.compile(r"\bInternalId=(\d+)"),  # Exchange
    re.compile(r"\bid=([\w-]+)"),  # Exim
    re.compile(r"(\w+) Message accepted for delivery"),  # sendmail
    re.compile(r"\bOK\s+\d+ ([\w.-]+) - gsmtp"),  # Gmail
    re.compile(r"^(?:\d\.\d\.\d )?Ok ([0-9a-f]{16}-[0-9a-f-]+)$"),  # Amazon SES
    re.compile(r"\bQueued \(([\w.-]+)\)", re.IGNORECASE),  # Haraka
    re.compile(r"\bqp (\d+)"),  # qmail
)


def before_the_dot(reply: Reply, step: Step, mask: Callable[[str], str]) -> Answer:
    """Return what a reply means that is not the consent that was waited for; it is not taken.

    Args:
        reply: to a command, or to a message that has not ended yet.
        step: what it is a reply to.
        mask: blots out secrets and addresses.
    """
    text = said(reply, mask)
    if reply.kind == 4:
        return Answer("deferred", reply.code, reply.enhanced, text, scope=_scope(reply, step))
    if reply.kind == 5:
        return Answer("refused", reply.code, reply.enhanced, text, scope=_scope(reply, step))
    strange = f"unexpected reply to {step}: {reply.code} {text}"[:LONGEST].rstrip()
    return Answer("not_sent", text=strange, scope="relay")


def after_the_dot(reply: Reply, mask: Callable[[str], str]) -> Answer:
    """Return what the reply to a whole message means.

    Args:
        reply: the first after the dot.
        mask: blots out secrets and addresses.
    """
    text = said(reply, mask)
    if reply.kind == 2:
        return Answer("accepted", reply.code, reply.enhanced, text, relay_id(text))
    if reply.kind == 3:
        return Answer("in_doubt", reply.code, "", text)
    return before_the_dot(reply, "message", mask)


def lost(failure: OSError) -> Answer:
    """Return what the loss of the connection before the dot means: it is not taken."""
    text = f"the connection was lost ({_why(failure)})"
    return Answer("not_sent", text=text, scope="relay", usable=False)


def doubtful(failure: OSError) -> Answer:
    """Return what the loss of the connection after the dot means: nobody knows."""
    text = f"no answer to the message ({_why(failure)})"
    return Answer("in_doubt", text=text, usable=False)


def said(reply: Reply, mask: Callable[[str], str]) -> str:
    """Return what the relay said, as it may be kept: on one line, without secrets and addresses."""
    return mask(reply.text)[:LONGEST].rstrip()


def relay_id(text: str) -> str:
    """Return the relay's name for a message it has taken; empty where it gives none."""
    for pattern in _NAMES:
        if found := pattern.search(text):
            return found[1][:100]
    return ""


def _scope(reply: Reply, step: Step) -> Scope:
    """Tell whether the next message would meet the same reply."""
    if reply.code in _RELAY_CODES:
        return "relay"
    enhanced = reply.enhanced
    if any(one.fullmatch(enhanced) for one in (_POLICY, _SYSTEM, _SENDER)):
        return "relay"
    if step == "MAIL":
        too_large = reply.code == 552 or _TOO_LARGE.fullmatch(enhanced) is not None
        return "message" if too_large else "relay"
    return "message"


def _why(failure: OSError) -> str:
    if isinstance(failure, UnreadableError):
        return f"not a reply: {failure}"
    if isinstance(failure, TimeoutError):
        return "no answer in time"
    return type(failure).__name__
