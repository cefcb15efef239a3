"""A fast SMTP server that takes everything and remembers what it took, by recipient."""

from __future__ import annotations

import hashlib
import socketserver
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Sink(socketserver.ThreadingTCPServer):
    """The server; counts a message when it has its final dot, whoever still listens.

    Args:
        delay: seconds between taking a message and saying so: the window of doubt.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, delay: float = 0.0) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.delay = delay
        self.taken: Counter[str] = Counter()
        self.hashes: dict[str, set[str]] = {}
        self.lock = threading.Lock()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def take(self, to: str, raw: bytes) -> None:
        """Remember a message."""
        with self.lock:
            self.taken[to] += 1
            self.hashes.setdefault(to, set()).add(hashlib.sha256(raw).hexdigest())

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that were killed."""


class _Talk(socketserver.StreamRequestHandler):
    server: Sink
    disable_nagle_algorithm = True

    def handle(self) -> None:
        self._say("220 sink")
        to = ""
        while line := self.rfile.readline(1_000):
            verb = line[:4].upper()
            if verb == b"EHLO":
                self._say("250-sink\r\n250-SIZE 0\r\n250 8BITMIME")
            elif verb == b"RCPT":
                to = line.partition(b"<")[2].partition(b">")[0].decode()
                self._say("250 2.1.5 ok")
            elif verb == b"DATA":
                self._say("354 go on")
                if not self._data(to):
                    return
            elif verb == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _data(self, to: str) -> bool:
        """Read a message; one without its dot was never given."""
        raw = bytearray()
        while not raw.endswith(b"\r\n.\r\n"):
            more = self.rfile.read1(262_144)
            if not more:
                return False
            raw += more
        self.server.take(to, bytes(raw[:-3]))
        if self.server.delay:
            time.sleep(self.server.delay)
        self._say("250 2.0.0 Ok: queued as SINK")
        return True

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


@contextmanager
def running(delay: float = 0.0) -> Iterator[Sink]:
    """Give a sink that listens on this machine."""
    sink = Sink(delay)
    thread = threading.Thread(target=sink.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        sink.shutdown()
        sink.server_close()
        thread.join()
