"""A bad line: passes on what two machines say to each other, and now and then does not."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from random import Random
from typing import Self

TROUBLES = ("late", "in pieces", "corrupt", "hung up", "reset", "half closed")


@dataclass
class BadLine:
    """The line; a context manager.

    Args:
        target: port on this machine that it leads to.
        rate: share of the pieces that something happens to.
        seed: of what happens.
        happened: how often each trouble came.
    """

    target: int
    rate: float
    seed: int = 1
    happened: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TROUBLES, 0))
    _open: list[socket.socket] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _over: bool = False

    def __enter__(self) -> Self:
        self._chance = Random(self.seed)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._start(self._listen)
        return self

    def __exit__(self, *problem: object) -> None:
        self._over = True
        socket.create_connection(("127.0.0.1", self.port)).close()
        self._threads[0].join()
        self._listener.close()
        with self._lock:
            for one in self._open:
                _shut(one, socket.SHUT_RDWR)
        for thread in self._threads[1:]:
            thread.join()
        for one in self._open:
            one.close()

    @property
    def port(self) -> int:
        """Where it begins."""
        return int(self._listener.getsockname()[1])

    def _start(self, work: object, *given: object) -> None:
        thread = threading.Thread(target=work, args=given)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _listen(self) -> None:
        while True:
            near, _ = self._listener.accept()
            if self._over:
                near.close()
                return
            far = socket.create_connection(("127.0.0.1", self.target))
            with self._lock:
                self._open += [near, far]
            for one, other in ((near, far), (far, near)):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._start(self._pass_on, one, other)

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        """Pass on what one says until either has hung up."""
        with contextlib.suppress(OSError):
            while data := one.recv(16_384):
                trouble = self._trouble()
                if trouble in ("hung up", "reset", "half closed"):
                    self._break(trouble, one, other)
                    if trouble != "half closed":
                        return
                    continue
                self._say(other, data, trouble)
        _shut(other, socket.SHUT_WR)

    def _trouble(self) -> str:
        with self._lock:
            if self._chance.random() > self.rate:
                return ""
            found = self._chance.choice(TROUBLES)
            self.happened[found] += 1
            return found

    def _say(self, other: socket.socket, data: bytes, trouble: str) -> None:
        if trouble == "late":
            time.sleep(0.05)
        if trouble == "corrupt":
            at = len(data) // 2
            data = data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :]
        if trouble == "in pieces":
            for start in range(0, min(len(data), 50), 5):
                other.sendall(data[start : start + 5])
                time.sleep(0.001)
            data = data[50:]
        other.sendall(data)

    def _break(self, trouble: str, one: socket.socket, other: socket.socket) -> None:
        if trouble == "half closed":  # what one says from now on is lost
            _shut(other, socket.SHUT_WR)
            return
        for each in (one, other):
            if trouble == "hung up":
                _shut(each, socket.SHUT_RDWR)
            else:
                _reset(each)


def _reset(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        one.shutdown(socket.SHUT_RD)  # wakes who listens to it
    one.close()


def _shut(one: socket.socket, how: int) -> None:
    with contextlib.suppress(OSError):  # it is over already
        one.shutdown(how)
