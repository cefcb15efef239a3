"""From the settings to a line that is secured as they say and logged in to."""

from __future__ import annotations

import base64
import ipaddress
import smtplib
import ssl
from typing import TYPE_CHECKING

from reportgen.relay.line import Line
from reportgen.relay.problems import RefusedError
from reportgen.secret import SMTP_PASSWORD, Secret

if TYPE_CHECKING:
    from reportgen.config.publishing import Smtp


def connected(
    smtp: Smtp, secret: Secret | None, connect_timeout: float, command_timeout: float
) -> Line:
    """Connect, secure, greet, log in; no password goes over a line that can be listened to.

    Args:
        smtp: the relay.
        secret: its password; ``None`` where none is set.
        connect_timeout: seconds for the connection and for agreeing on TLS.
        command_timeout: seconds for each answer.

    Raises:
        RefusedError: the settings do not allow it.
        OSError: the relay cannot be reached, is not trusted, refuses, or does not speak SMTP;
            ``explained`` tells which.
    """
    context = security(smtp, secret)
    own_name = smtp.sender.rpartition("@")[2]
    line = Line(
        smtp.host,
        smtp.port,
        own_name if own_name.isascii() and own_name else "localhost",
        connect_timeout,
        command_timeout,
        context if smtp.tls == "implicit" else None,
    )
    try:
        _greet(line)
        if smtp.tls == "starttls" and context is not None:
            line.secure(context, connect_timeout)
            _greet(line)
        if smtp.user and secret is not None:
            _log_in(line, smtp.user, secret)
    except BaseException:
        line.hang_up()
        raise
    return line


def security(smtp: Smtp, secret: Secret | None) -> ssl.SSLContext | None:
    """Return what is demanded of the line to a relay; ``None`` for one without TLS.

    Raises:
        RefusedError: the settings do not allow it, whatever the relay does.
    """
    _refuse_open_line(smtp)
    if smtp.user and secret is None:
        raise RefusedError(f"smtp.user is set, and {SMTP_PASSWORD} is not.")
    return None if smtp.tls == "none" else _context(smtp)


def _refuse_open_line(smtp: Smtp) -> None:
    if smtp.tls != "none" or _is_this_machine(smtp.host):
        return
    if not smtp.allow_plaintext:
        raise RefusedError("smtp.tls is none, which is for a relay on this machine only.")
    if smtp.user:
        raise RefusedError("smtp.tls is none, and no password goes to another machine without TLS.")


def _context(smtp: Smtp) -> ssl.SSLContext:
    """Return what is demanded of the relay: TLS 1.2, a certificate that is trusted, its name."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if smtp.ca_file:
        try:
            context.load_verify_locations(cafile=smtp.ca_file)
        except OSError as problem:
            reason = problem.strerror if problem.errno and problem.strerror else "no certificates"
            message = f"smtp.ca_file: {smtp.ca_file} cannot be read ({reason})."
            raise RefusedError(message) from None
    return context


def _greet(line: Line) -> None:
    """Say EHLO, and HELO to a relay that does not know it; one that is busy is left alone."""
    code, said = line.ehlo()
    if code in (500, 502, 504):
        code, said = line.helo()
    if code != 250:
        raise smtplib.SMTPHeloError(code, said)


def _log_in(line: Line, user: str, secret: Secret) -> None:
    """Log in; the library knows no password beyond ASCII, so the two usual ways are our own."""
    if not line.secured and not _is_this_machine(line.peer):
        raise RefusedError("smtp.tls is none, and no password goes to another machine without TLS.")
    offered = line.esmtp_features.get("auth", "").upper().split()
    password = secret.reveal().encode()
    if "PLAIN" in offered:
        reply = line.docmd("AUTH", "PLAIN " + _base64(b"\0%b\0%b" % (user.encode(), password)))
    elif "LOGIN" in offered:
        reply = line.docmd("AUTH", "LOGIN " + _base64(user.encode()))
        if reply[0] == 334:
            reply = line.docmd(_base64(password))
    else:
        reply = line.login(user, secret.reveal())
    if reply[0] != 235:
        raise smtplib.SMTPAuthenticationError(*reply)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
