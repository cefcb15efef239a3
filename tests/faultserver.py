"""A mail relay on this machine that takes messages, and at a chosen moment misbehaves.

It is made of bare sockets, so that it can say what no server library would let it say.
"""

from __future__ import annotations

import base64
import contextlib
import socket
import ssl
import struct
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from relays import PASSWORD, USER, Certificate

from reportgen.config.publishing import Smtp

Point = Literal["connect", "ehlo", "mail", "rcpt", "data", "body", "dot", "rset", "starttls"]
Style = Literal["plain", "lines", "packets", "drip"]


@dataclass(frozen=True)
class Fault:
    """What it does at a point instead of what it should.

    Args:
        point: after this was said to it; ``body`` is in the middle of a message.
        reply: what it says; empty for nothing.
        then: what it does afterwards.
        taken: whether it has taken the message all the same; at ``dot`` only.
    """

    point: Point
    reply: bytes = b""
    then: Literal["goes on", "hangs up", "resets", "stalls"] = "hangs up"
    taken: bool = False


FAULTS = {
    "no greeting": Fault("connect"),
    "busy greeting": Fault("connect", b"421 4.3.2 try later\r\n"),
    "closed house": Fault("connect", b"554 5.7.1 no service here\r\n"),
    "not a relay": Fault("connect", b"SSH-2.0-OpenSSH_9.6\r\n", "goes on"),
    "busy at EHLO": Fault("ehlo", b"421 4.7.0 too many connections\r\n"),
    "drop at MAIL": Fault("mail"),
    "sender refused": Fault("mail", b"550 5.1.8 sender unknown\r\n", "goes on"),
    "drop at RCPT": Fault("rcpt"),
    "reset at RCPT": Fault("rcpt", then="resets"),
    "later at RCPT": Fault("rcpt", b"450 4.2.1 mailbox busy\r\n", "goes on"),
    "refused at RCPT": Fault("rcpt", b"550 5.1.1 <a@b.example>: nobody here\r\n", "goes on"),
    "policy at RCPT": Fault("rcpt", b"550 5.7.1 not from you\r\n", "goes on"),
    "closing at RCPT": Fault("rcpt", b"421 4.3.2 shutting down\r\n"),
    "stall at RCPT": Fault("rcpt", then="stalls"),
    "garbage at RCPT": Fault("rcpt", b"\x00\xff what?\r\n", "goes on"),
    "two answers at RCPT": Fault("rcpt", b"250 ok\r\n250 ok\r\n", "goes on"),
    "drop at DATA": Fault("data"),
    "later at DATA": Fault("data", b"451 4.3.0 no\r\n", "goes on"),
    "refused at DATA": Fault("data", b"554 5.5.1 no valid recipients\r\n", "goes on"),
    "wrong answer at DATA": Fault("data", b"250 ok\r\n", "goes on"),
    "drop in the message": Fault("body"),
    "reset in the message": Fault("body", then="resets"),
    "stall in the message": Fault("body", then="stalls"),
    "refused in the message": Fault("body", b"552 5.3.4 too much\r\n", "stalls"),
    "consent in the message": Fault("body", b"250 2.0.0 taken already\r\n", "stalls"),
    "drop before it is taken": Fault("dot"),
    "drop after it is taken": Fault("dot", taken=True),
    "reset after it is taken": Fault("dot", then="resets", taken=True),
    "stall after it is taken": Fault("dot", then="stalls", taken=True),
    "later at the dot": Fault("dot", b"451 4.3.0 not now\r\n", "goes on"),
    "closing at the dot": Fault("dot", b"421 4.3.2 not now\r\n"),
    "refused at the dot": Fault("dot", b"554 5.6.0 content refused\r\n", "goes on"),
    "policy at the dot": Fault("dot", b"550 5.7.26 not authenticated\r\n", "goes on"),
    "garbage at the dot": Fault("dot", b"\x16\x03\x01 what?\r\n", taken=True),
    "half an answer at the dot": Fault("dot", b"250 2.0", taken=True),
    "half a code at the dot": Fault("dot", b"25", taken=True),
    "part of an answer at the dot": Fault("dot", b"250-2.0.0 ok\r\n", taken=True),
    "two codes at the dot": Fault("dot", b"250-ok\r\n550 no\r\n", "goes on", taken=True),
    "a code too long at the dot": Fault("dot", b"2500 ok\r\n", "goes on", taken=True),
    "go on at the dot": Fault("dot", b"354 go on\r\n", "goes on", taken=True),
    "endless answer at the dot": Fault("dot", b"250-x" + b"y" * 70_000, "stalls", taken=True),
    "more after the answer": Fault("dot", b"250 ok 77\r\n421 closing\r\n", taken=True),
}
"""By name; together with the plain failures of TLS, login, size and name they are the matrix."""


@dataclass(frozen=True)
class Taken:
    """A message it has taken.

    Args:
        sender, recipient: of the envelope.
        raw: as it was written, without the dot that ended it.
        line: number of the connection it came over.
    """

    sender: str
    recipient: str
    raw: bytes
    line: int


@dataclass
class FaultServer:
    """The server; a context manager.

    Args:
        certificate: for STARTTLS; ``None`` for none.
        limit: bytes it says it takes; it takes any number. 0 for none said.
        implicit: whether TLS begins with the first byte.
        login: whether it offers a login; to a wrong one it answers with what it was told.
        style: of its answers: on one line, on three, in three packets, byte after byte.
        injected: what somebody on the line says in plain text behind the consent to TLS.
        hides: extensions that somebody on the line cuts out of its answer to EHLO.
        taken: what it has taken.
        heard: all that was said to it in plain text.
        lines: connections that were made.
        quiet: not set while it is about to do something wrong in the middle of a message.
    """

    certificate: Certificate | None = None
    limit: int = 50_000_000
    implicit: bool = False
    login: bool = False
    style: Style = "plain"
    injected: bytes = b""
    hides: tuple[str, ...] = ()
    taken: list[Taken] = field(default_factory=list)
    heard: list[bytes] = field(default_factory=list)
    lines: int = 0
    quiet: threading.Event = field(default_factory=threading.Event)
    _faults: list[Fault] = field(default_factory=list)
    _open: list[socket.socket] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self.quiet.set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._threads = [threading.Thread(target=self._listen)]
        self._threads[0].start()
        return self

    def __exit__(self, *problem: object) -> None:
        self._over.set()
        with socket.socket() as last:  # wakes the listener
            last.connect(("127.0.0.1", self.port))
        self._threads[0].join()
        self._listener.close()
        with self._lock:
            for line in self._open:
                _shut(line)
        for thread in self._threads[1:]:
            thread.join()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listener.getsockname()[1])

    def settings(self, **changed: Any) -> Smtp:
        """Return the settings with which it is reached."""
        usual = {
            "host": "127.0.0.1",
            "port": self.port,
            "tls": "none" if not self.certificate else "implicit" if self.implicit else "starttls",
            "ca_file": str(self.certificate.path) if self.certificate else "",
            "user": USER if self.login else "",
            "sender": "reports@house.example",
        }
        return Smtp(**{**usual, **changed})

    def misbehave(self, fault: str | Fault, times: int = 1) -> None:
        """Do something wrong, so many times; then behave."""
        one = FAULTS[fault] if isinstance(fault, str) else fault
        with self._lock:
            self._faults = [one] * times

    def fault(self, point: Point) -> Fault | None:
        """Return what is to be done wrong at a point; each time counts."""
        with self._lock:
            if self._faults and self._faults[0].point == point:
                return self._faults.pop()
            return None

    def copies(self, recipient: str) -> list[Taken]:
        """Return the messages taken for a recipient."""
        return [one for one in self.taken if one.recipient == recipient]

    def _listen(self) -> None:
        while True:
            line, _ = self._listener.accept()
            if self._over.is_set():
                line.close()
                return
            self.lines += 1
            talk = _Talk(self, line, self.lines)
            thread = threading.Thread(target=talk.run)
            self._threads.append(thread)
            thread.start()

    def opened(self, line: socket.socket) -> None:
        """Remember a connection, so that it can be ended."""
        with self._lock:
            self._open.append(line)

    def stall(self) -> None:
        """Do nothing until the end of the test."""
        self._over.wait(60)


class _Done(Exception):  # noqa: N818 - it is no error
    """The talk is over."""


class _Talk:
    """The talk with one client."""

    def __init__(self, server: FaultServer, line: socket.socket, number: int) -> None:
        self._server, self._line, self._number = server, line, number
        self._unread = b""
        self._sender = self._recipient = ""
        self._line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        server.opened(line)

    def run(self) -> None:
        """Talk until one of both has enough."""
        certificate = self._server.certificate
        try:
            if self._server.implicit and certificate is not None:
                self._wrap(certificate)
            self._say("connect", "220 fault.example ESMTP")
            while True:
                self._obey(self._read_until(b"\r\n").decode("utf-8", "replace"))
        except (_Done, OSError):
            pass
        finally:
            self._line.close()

    def _obey(self, command: str) -> None:
        verb = command.upper().split(" ")[0].strip()
        if verb == "EHLO":
            self._say("ehlo", "fault.example", *self._extensions(), code="250")
        elif verb == "HELO":
            self._send(b"250 fault.example\r\n")
        elif verb == "STARTTLS" and self._server.certificate is not None:
            self._secure(self._server.certificate)
        elif verb == "AUTH":
            self._admit(command)
        elif verb == "MAIL":
            self._sender = command.split("<")[1].split(">")[0]
            self._say("mail", "250 2.1.0 ok")
        elif verb == "RCPT":
            self._recipient = command.split("<")[1].split(">")[0]
            self._say("rcpt", "250 2.1.5 ok")
        elif verb == "DATA":
            self._take()
        elif verb == "RSET":
            self._say("rset", "250 2.0.0 ok")
        elif verb == "QUIT":
            self._send(b"221 bye\r\n")
            raise _Done
        else:
            self._send(b"502 5.5.2 what?\r\n")

    def _extensions(self) -> list[str]:
        server = self._server
        offered = ["8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"]
        offered += [f"SIZE {server.limit}"] if server.limit else []
        offered += ["STARTTLS"] if server.certificate and not self._secured else []
        offered += ["AUTH PLAIN LOGIN"] if server.login else []
        return [one for one in offered if one.split(" ")[0] not in server.hides]

    @property
    def _secured(self) -> bool:
        return isinstance(self._line, ssl.SSLSocket)

    def _secure(self, certificate: Certificate) -> None:
        if fault := self._server.fault("starttls"):
            self._misbehave(fault)
        self._send(b"220 go ahead\r\n" + self._server.injected)
        self._wrap(certificate)

    def _wrap(self, certificate: Certificate) -> None:
        # The library leaks a socket whose client is gone before its first word of TLS.
        if not self._line.recv(1, socket.MSG_PEEK):
            raise _Done
        self._line = certificate.context().wrap_socket(self._line, server_side=True)
        self._server.opened(self._line)
        self._unread = b""

    def _admit(self, command: str) -> None:
        given = base64.b64decode(command.split(" ")[-1])
        good = given == b"\0" + USER.encode() + b"\0" + PASSWORD.encode()
        echo = b"535 5.7.8 wrong: " + command.strip().encode() + b" " + given[-60:] + b"\r\n"
        self._send(b"235 2.7.0 ok\r\n" if good else echo)

    def _take(self) -> None:
        fault = self._server.fault("body")
        if fault is not None:
            self._server.quiet.clear()
        if not self._say("data", "354 go on"):
            return
        if fault is not None:
            self._receive_at_least(100)
            self._misbehave(fault)
        whole = b"\r\n" + self._read_message().removesuffix(b".\r\n")
        raw = whole.replace(b"\r\n.", b"\r\n").removeprefix(b"\r\n")
        fault = self._server.fault("dot")
        if fault is None or fault.taken:
            one = Taken(self._sender, self._recipient, raw, self._number)
            self._server.taken.append(one)
        if fault is not None:
            self._misbehave(fault)
        else:
            self._say("rset", f"250 2.0.0 Ok: queued as T{len(self._server.taken)}")

    def _say(self, point: Point, *words: str, code: str = "") -> bool:
        """Answer as it should, unless it shall not; tell whether it did."""
        fault = self._server.fault(point)
        if fault is not None:
            self._misbehave(fault)
            return False
        code = code or words[0][:3]
        said = list(words) if len(words) > 1 else [words[0][4:]]
        if self._server.style == "lines" and len(said) == 1:
            said = ["first", "second", *said]
        rows = [f"{code}{'-' if row is not said[-1] else ' '}{row}\r\n" for row in said]
        self._send("".join(rows).encode())
        return True

    def _misbehave(self, fault: Fault) -> None:
        if fault.reply:
            self._line.sendall(fault.reply)
        if fault.then == "resets":
            self._line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        if fault.then in ("hangs up", "resets"):
            self._line.close()
        self._server.quiet.set()
        if fault.then == "stalls":
            self._server.stall()
        if fault.then != "goes on":
            raise _Done

    def _send(self, data: bytes) -> None:
        style = self._server.style
        parts = [data]
        if style == "packets":
            parts = [data[:2], data[2:7], data[7:]]
        elif style == "drip":
            parts = [data[at : at + 1] for at in range(len(data))]
        for part in parts:
            self._line.sendall(part)
            if len(parts) > 1:
                time.sleep(0.002)

    def _read_message(self) -> bytes:
        if self._receive_at_least(3) == b".\r\n":
            return self._read_until(b".\r\n")
        return self._read_until(b"\r\n.\r\n")

    def _receive_at_least(self, length: int) -> bytes:
        while len(self._unread) < length:
            self._receive()
        return self._unread[:length]

    def _read_until(self, end: bytes) -> bytes:
        start = 0
        while (at := self._unread.find(end, start)) < 0:
            start = max(0, len(self._unread) - len(end))
            self._receive()
        at += len(end)
        found, self._unread = self._unread[:at], self._unread[at:]
        return found

    def _receive(self) -> None:
        part = self._line.recv(262_144)
        if not part:
            raise _Done
        if not self._secured:
            self._server.heard.append(part)
        self._unread += part


def _shut(line: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it is over already
        line.shutdown(socket.SHUT_RDWR)
