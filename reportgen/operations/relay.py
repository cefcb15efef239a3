"""The operator's way to the relay of ``[smtp]``, and one sentence on why it was not taken."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from reportgen.operations.masking import Mask
from reportgen.relay import Line, RefusedError, connected, explained

if TYPE_CHECKING:
    from reportgen.config.publishing import Smtp
    from reportgen.secret import Secret

__all__ = ["RefusedError", "Relay", "Untold", "ask", "hand_over"]

TIMEOUT = 30.0
"""Seconds for each answer of the relay."""

LAST_TIMEOUT = 120.0
"""Seconds for the answer to the whole message; who gives up earlier sends it twice."""


@dataclass(frozen=True)
class Untold:
    """The message did not leave, or may not have.

    Args:
        reason: one sentence, without secrets and addresses.
        doubtful: whether the relay may have taken it all the same.
        kind: whether it is worth trying again: ``refused`` is not, ``unset`` means that nobody is
            to be told.
    """

    reason: str
    doubtful: bool = False
    kind: Literal["unreachable", "refused", "unset"] = "unreachable"


@dataclass(frozen=True)
class Relay:
    """What the relay said of itself: the largest message it takes, in bytes; 0 for no limit."""

    size: int


def ask(smtp: Smtp, secret: Secret | None) -> Relay | Untold:
    """Connect, secure and log in as for a mail, and send nothing."""
    try:
        with _connected(smtp, secret) as relay:
            said = relay.esmtp_features.get("size", "") if relay.has_extn("size") else ""
            return Relay(int(said) if said.isdigit() else 0)
    except Exception as problem:  # told in one sentence, whatever it is
        return _untold(problem, smtp, Mask((secret,)), doubtful=False)


def hand_over(smtp: Smtp, secret: Secret | None, to: str, raw: bytes, mask: Mask) -> Untold | None:
    """Hand a finished message over for one address; ``None`` when the relay has taken it."""
    doubtful = False
    try:
        with _connected(smtp, secret) as relay:
            options = [f"size={len(raw)}"] if relay.has_extn("size") else []
            _refuse_reply(relay.mail(smtp.sender, options), smtplib.SMTPResponseException)
            _refuse_reply(relay.rcpt(to), smtplib.SMTPResponseException)
            relay.patience = LAST_TIMEOUT
            doubtful = True
            _refuse_reply(relay.data(raw), smtplib.SMTPDataError)
    except smtplib.SMTPDataError as problem:  # a reply that is none says nothing
        return _untold(problem, smtp, mask, doubtful=not 400 <= problem.smtp_code < 600)
    except Exception as problem:  # told in one sentence, whatever it is
        return _untold(problem, smtp, mask, doubtful=doubtful)
    return None


def _refuse_reply(reply: tuple[int, bytes], kind: type[smtplib.SMTPResponseException]) -> None:
    code, said = reply
    if not 200 <= code < 300:
        raise kind(code, said)


@contextmanager
def _connected(smtp: Smtp, secret: Secret | None) -> Iterator[Line]:
    """Have the relay for a while."""
    relay = connected(smtp, secret, TIMEOUT, TIMEOUT)
    try:
        yield relay
        _leave(relay)
    finally:
        relay.close()


def _leave(relay: smtplib.SMTP) -> None:
    """Say goodbye; what is taken is taken, whether or not that is answered."""
    try:
        relay.quit()
    except (OSError, smtplib.SMTPException):
        return


def _untold(problem: Exception, smtp: Smtp, mask: Mask, *, doubtful: bool) -> Untold:
    """Put a failure into one sentence."""
    found = explained(problem, smtp, mask)
    return Untold(found.sentence, doubtful, "refused" if found.permanent else "unreachable")
