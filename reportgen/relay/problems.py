"""What can go wrong with a relay, each in one sentence without secrets and addresses."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reportgen.config.publishing import Smtp


class RefusedError(Exception):
    """What is to be sent is not fit to be sent, or not this way; the sentence holds none of it."""


class UnreadableError(smtplib.SMTPException):
    """What came is no reply of a relay: nothing can be concluded from it."""


@dataclass(frozen=True)
class Problem:
    """Why a relay could not be used.

    Args:
        sentence: names the relay; without secrets and addresses.
        code: of its reply; 0 without one.
        permanent: whether trying again is in vain until somebody mends something.
    """

    sentence: str
    code: int = 0
    permanent: bool = False


def explained(problem: Exception, smtp: Smtp, mask: Callable[[str], str]) -> Problem:
    """Return what a failure means.

    Args:
        problem: what was raised.
        smtp: the relay.
        mask: blots out secrets and addresses.
    """
    where = f"{smtp.host}:{smtp.port}"
    if isinstance(problem, RefusedError):
        return Problem(str(problem), permanent=True)
    if isinstance(problem, smtplib.SMTPResponseException):
        code, said = problem.smtp_code, problem.smtp_error
        words = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        reply = mask(" ".join(words.split()))[:300]
        return Problem(f"{where} answered {code} {reply}".rstrip() + ".", code, 500 <= code < 600)
    if isinstance(problem, ssl.SSLCertVerificationError):
        return Problem(f"The certificate of {where} is not trusted.", permanent=True)
    if isinstance(problem, smtplib.SMTPNotSupportedError):
        lacking = "STARTTLS" if "STARTTLS" in str(problem) else "login"
        return Problem(f"{where} offers no {lacking}.", permanent=True)
    if isinstance(problem, UnreadableError):
        return Problem(f"{where} does not answer as a mail relay does ({problem}).")
    return Problem(f"{where} cannot be reached ({type(problem).__name__}).")
