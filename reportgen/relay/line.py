"""The line to a relay: the library's commands over replies that are read strictly."""

from __future__ import annotations

import smtplib
import socket
import ssl
import struct
import time

from reportgen.relay.problems import UnreadableError
from reportgen.relay.replies import Reply, first

CHUNK = 65_536
"""Bytes sent under one timeout: a slow relay is waited for, one that takes nothing is not."""


class Line(smtplib.SMTP):
    """A connection to a relay; what fails on it is an ``OSError``, after which it is closed.

    Args:
        host, port: where the relay is.
        own_name: by which this machine greets it.
        connect_timeout: seconds for the connection and for agreeing on TLS.
        command_timeout: seconds for each whole answer, and for each piece of a message.
        context: for TLS from the first byte; ``None`` for a line that begins plainly.

    Raises:
        SMTPConnectError: the relay greets with a refusal.
    """

    def __init__(
        self,
        host: str,
        port: int,
        own_name: str,
        connect_timeout: float,
        command_timeout: float,
        context: ssl.SSLContext | None,
    ) -> None:
        super().__init__(local_hostname=own_name)
        self._name = host
        self.patience = command_timeout
        """Seconds for each whole answer, and for each piece of a message."""
        self._unread = b""
        plain = socket.create_connection((host, port), connect_timeout)
        # The dot goes out alone, after the ledger's word: it must not wait for an earlier segment.
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self.sock = plain
        try:
            if context is not None:
                self._wrap(context, connect_timeout)
            greeting = self.answer(command_timeout)
        except BaseException:
            self.close()
            raise
        if greeting.code != 220:
            self.close()
            raise smtplib.SMTPConnectError(greeting.code, greeting.text)

    @property
    def secured(self) -> bool:
        """Whether TLS protects it."""
        return isinstance(self.sock, ssl.SSLSocket)

    @property
    def peer(self) -> str:
        """Address of the machine at its other end."""
        return str(self._socket().getpeername()[0])

    def secure(self, context: ssl.SSLContext, timeout: float) -> None:
        """Go over to TLS; what was said in plain text before is forgotten (RFC 3207, 4.2).

        Raises:
            SMTPNotSupportedError: the relay, or who stands before it, offers none.
            SMTPResponseException: it refuses.
            UnreadableError: something was said in plain text behind its consent.
        """
        if not self.has_extn("starttls"):
            raise smtplib.SMTPNotSupportedError("STARTTLS")
        reply = self.ask("STARTTLS")
        if reply.code != 220:
            raise smtplib.SMTPResponseException(reply.code, reply.text)
        if self.early() is not None:
            raise UnreadableError("plain text behind STARTTLS")
        self._wrap(context, timeout)
        self.helo_resp = self.ehlo_resp = None
        self.esmtp_features = {}
        self.does_esmtp = False

    def ask(self, command: str) -> Reply:
        """Say a command and return the answer."""
        self.putcmd(command)
        return self.answer(self.patience)

    def answer(self, timeout: float) -> Reply:
        """Return the next reply, whole within so many seconds, however slowly it comes."""
        line, end = self._socket(), time.monotonic() + timeout
        try:
            while (found := first(self._unread)) is None:
                line.settimeout(_left(end))
                self._unread += self._received(line)
            line.settimeout(self.patience)
        except BaseException:
            self.hang_up()
            raise
        reply, self._unread = found
        return reply

    def early(self) -> Reply | None:
        """Return a reply nobody asked for, if one is there; it belongs to no command.

        Raises:
            UnreadableError: something else is there.
        """
        line = self._socket()
        line.setblocking(False)
        try:
            self._unread += self._received(line)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            pass
        except BaseException:
            self.hang_up()
            raise
        line.settimeout(self.patience)
        if not self._unread:
            return None
        found = first(self._unread)
        if found is None:
            self.hang_up()
            raise UnreadableError("half a reply nobody asked for")
        reply, self._unread = found
        return reply

    def pour(self, data: memoryview) -> Reply | None:
        """Send part of a message; stop at a reply that comes before its end, and return it."""
        line = self._socket()
        for start in range(0, len(data), CHUNK):
            if (reply := self.early()) is not None:
                return reply
            try:
                line.sendall(data[start : start + CHUNK])
            except BaseException:
                self.hang_up()
                raise
        return self.early()

    def hang_up(self) -> None:
        """Break the line so that nothing that was not sent yet is sent."""
        if self.sock is not None:
            try:
                option = struct.pack("ii", 1, 0)
                self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, option)
            except OSError:
                pass  # it is broken already
        self.close()

    def getreply(self) -> tuple[int, bytes]:
        """Return the next reply as the library wants it."""
        reply = self.answer(self.patience)
        return reply.code, b"\n".join(reply.lines)

    def _received(self, line: socket.socket) -> bytes:
        part = line.recv(CHUNK)
        if not part:
            raise smtplib.SMTPServerDisconnected("closed by the relay")
        return part

    def _wrap(self, context: ssl.SSLContext, timeout: float) -> None:
        line = self._socket()
        line.settimeout(timeout)
        self.sock = context.wrap_socket(line, server_hostname=self._name)
        self.sock.settimeout(self.patience)

    def _socket(self) -> socket.socket:
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        return self.sock


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
