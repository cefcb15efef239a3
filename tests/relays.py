"""A mail relay on this machine: takes messages over TLS after a login, or misbehaves."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Self

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from reportgen.config.publishing import Smtp

USER, PASSWORD = "reportgen", "pä/ss+w=rd %41&canary"


@dataclass(frozen=True)
class Certificate:
    """A certificate for this machine that nobody vouches for, and its key."""

    path: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        """Return what a server shows it with."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path, self.key)
        return context


def certificate(folder: Path) -> Certificate:
    """Make one; a test is skipped where openssl is not there to make it."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("openssl makes the certificate")
    made = Certificate(folder / "certificate.pem", folder / "key.pem")
    kind = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    name = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(made.key), "-out", str(made.path)]
    subprocess.run([program, *kind, *name, *files], check=True, capture_output=True)
    return made


@dataclass
class Relay:
    """The relay; a context manager.

    Args:
        certificate: for STARTTLS; ``None`` for none.
        reply: to a whole message, instead of taking it; ``drop`` hangs up after taking it.
        limit: bytes of the largest message.
        login: whether a login is wanted.
        ways: of logging in that are not offered.
    """

    certificate: Certificate | None = None
    reply: str = ""
    limit: int = 33_554_432
    login: bool = True
    ways: tuple[str, ...] = ()
    taken: list[bytes] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    logins: list[bool] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._controller = _Controller(self)
        self._controller.start()
        return self

    def __exit__(self, *problem: object) -> None:
        self._controller.stop()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._controller.port

    def settings(self, **changed: Any) -> Smtp:
        """Return the settings with which it is reached."""
        usual = {
            "host": "127.0.0.1",
            "port": self.port,
            "tls": "starttls" if self.certificate else "none",
            "user": USER if self.login else "",
            "sender": "reports@house.example",
        }
        return Smtp(**{**usual, **changed})

    def message(self) -> EmailMessage:
        """Return the one message that was taken."""
        (raw,) = self.taken
        found = message_from_bytes(raw, policy=policy.default)
        assert isinstance(found, EmailMessage)
        return found

    async def handle_DATA(  # noqa: N802 - the server's name for it
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take a message, or do what is wanted instead."""
        if self.reply and self.reply != "drop":
            return self.reply
        assert isinstance(envelope.content, bytes)
        self.taken.append(envelope.content)
        self.envelopes.append((str(envelope.mail_from), envelope.rcpt_tos))
        if self.reply == "drop":
            assert server.transport is not None
            server.transport.close()
        return "250 taken as 42"

    def admits(self, server: SMTP, session: Session, *asked: Any) -> AuthResult:
        """Tell whether a login is right."""
        given = asked[-1]
        assert isinstance(given, LoginPassword)
        good = (given.login, given.password) == (USER.encode(), PASSWORD.encode())
        self.logins.append(good)
        return AuthResult(success=good, handled=good)


class _Controller(Controller):
    """Listens on whatever port is free."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        super().__init__(relay, hostname="127.0.0.1", port=0)

    def factory(self) -> SMTP:
        """Return the talk with one client."""
        relay = self._relay
        secured = relay.certificate is not None
        return SMTP(
            relay,
            hostname="relay.example",
            data_size_limit=relay.limit,
            tls_context=relay.certificate.context() if relay.certificate else None,
            require_starttls=secured,
            auth_required=relay.login and secured,
            auth_require_tls=secured,
            authenticator=relay.admits,
            auth_exclude_mechanism=relay.ways,
        )

    def _trigger_server(self) -> None:
        """Call the port that was free, which is known only now."""
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]
