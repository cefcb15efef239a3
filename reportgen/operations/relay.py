"""The relay of ``[smtp]``: reached, secured and logged in to, or one sentence on why not."""

from __future__ import annotations

import base64
import ipaddress
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from reportgen.operations.masking import Mask
from reportgen.secret import SMTP_PASSWORD, Secret

if TYPE_CHECKING:
    from reportgen.config.publishing import Smtp

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


class RefusedError(Exception):
    """What is to be sent is not fit to be sent; the sentence holds nothing of it."""


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
            if relay.sock is not None:
                relay.sock.settimeout(LAST_TIMEOUT)
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
def _connected(smtp: Smtp, secret: Secret | None) -> Iterator[smtplib.SMTP]:
    """Connect, secure, log in; no password goes over a line that is not secured."""
    if smtp.tls == "none" and not _is_this_machine(smtp.host):
        raise RefusedError("smtp.tls is none, which is for a relay on this machine only.")
    if smtp.user and secret is None:
        raise RefusedError(f"smtp.user is set, and {SMTP_PASSWORD} is not.")
    relay = _opened(smtp)
    try:
        if smtp.tls == "starttls":
            relay.starttls(context=ssl.create_default_context())
        relay.ehlo_or_helo_if_needed()
        if smtp.user and secret is not None:
            _log_in(relay, smtp.user, secret)
        yield relay
        _leave(relay)
    finally:
        relay.close()


def _log_in(relay: smtplib.SMTP, user: str, secret: Secret) -> None:
    """Log in; the library knows no password beyond ASCII, so the two usual ways are our own."""
    offered = relay.esmtp_features.get("auth", "").upper().split()
    password = secret.reveal().encode()
    if "PLAIN" in offered:
        reply = relay.docmd("AUTH", "PLAIN " + _base64(b"\0%b\0%b" % (user.encode(), password)))
    elif "LOGIN" in offered:
        reply = relay.docmd("AUTH", "LOGIN " + _base64(user.encode()))
        if reply[0] == 334:
            reply = relay.docmd(_base64(password))
    else:
        reply = relay.login(user, secret.reveal())
    _refuse_reply(reply, smtplib.SMTPAuthenticationError)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _opened(smtp: Smtp) -> smtplib.SMTP:
    own_name = smtp.sender.rpartition("@")[2] or "localhost"
    if smtp.tls == "implicit":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(smtp.host, smtp.port, own_name, timeout=TIMEOUT, context=context)
    return smtplib.SMTP(smtp.host, smtp.port, own_name, timeout=TIMEOUT)


def _leave(relay: smtplib.SMTP) -> None:
    """Say goodbye; what is taken is taken, whether or not that is answered."""
    try:
        relay.quit()
    except (OSError, smtplib.SMTPException):
        return


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _untold(problem: Exception, smtp: Smtp, mask: Mask, *, doubtful: bool) -> Untold:
    """Put a failure into one sentence."""
    where = f"{smtp.host}:{smtp.port}"
    if isinstance(problem, RefusedError):
        return Untold(str(problem), kind="refused")
    if isinstance(problem, smtplib.SMTPResponseException):
        code, said = problem.smtp_code, problem.smtp_error
        words = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        reply = mask(" ".join(words.split())[:300])
        kind: Literal["refused", "unreachable"] = "refused" if 500 <= code < 600 else "unreachable"
        return Untold(f"{where} answered {code} {reply}".rstrip() + ".", doubtful, kind)
    if isinstance(problem, ssl.SSLCertVerificationError):
        return Untold(f"The certificate of {where} is not trusted.", kind="refused")
    if isinstance(problem, smtplib.SMTPNotSupportedError):
        return Untold(f"{where} offers no {_lacking(problem)}.", kind="refused")
    return Untold(f"{where} cannot be reached ({type(problem).__name__}).", doubtful)


def _lacking(problem: Exception) -> str:
    return "STARTTLS" if "STARTTLS" in str(problem) else "login"
