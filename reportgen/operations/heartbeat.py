"""A watchdog is told that a run begins, went well or failed: the only defence against no run.

The addresses are those of healthchecks.io and its kin: the address itself for success, ``/start``
and ``/fail`` below it.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from reportgen import __version__
from reportgen.operations.log import Log
from reportgen.secret import Secret

LONGEST = 10_000
"""Bytes of the reason and the log that are sent along."""


@dataclass(frozen=True)
class Heartbeat:
    """The watchdog; whether it answers never changes a run.

    Args:
        url: its address, which is a secret; ``None`` for no watchdog.
        timeout: seconds in which all of it must be over: look-up, connection, answer.
        log: told when it does not answer.
    """

    url: Secret | None
    timeout: float
    log: Log

    def start(self, text: str = "") -> bool:
        """Tell that a run begins; return whether it was heard."""
        return self._beat("start", text)

    def success(self, text: str = "") -> bool:
        """Tell that a run went well; return whether it was heard."""
        return self._beat("", text)

    def fail(self, code: int, text: str) -> bool:
        """Tell that a run failed, with its exit code and why; return whether it was heard."""
        return self._beat("fail", f"exit code {code}\n{text}\n\n{self.log.tail()}")

    def _beat(self, kind: str, text: str) -> bool:
        if self.url is None:
            return False
        body = self.log.mask(text).encode()[:LONGEST]
        problem = _within(self.timeout, self.url, kind, body)
        if problem:
            self.log.warning("heartbeat", kind=kind or "success", problem=problem)
        return not problem


def _within(seconds: float, url: Secret, kind: str, body: bytes) -> str:
    """Send, in a thread of its own: no look-up and no dripping answer outlasts the time limit.

    Returns:
        Why it failed, without the address; empty when it was heard.
    """
    said: list[str] = []

    def send() -> None:
        said.append(_sent(seconds, url, kind, body))

    thread = threading.Thread(target=send, daemon=True, name="heartbeat")
    thread.start()
    thread.join(seconds)
    return said[0] if said else "no answer in time"


def _sent(seconds: float, url: Secret, kind: str, body: bytes) -> str:
    import logging

    import httpx

    for name in ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.proxy"):
        logging.getLogger(name).addFilter(_only_warnings)
    headers = {
        "User-Agent": f"reportgen/{__version__}",
        "Content-Type": "text/plain; charset=utf-8",
    }
    try:
        with httpx.Client(timeout=seconds, follow_redirects=False, headers=headers) as client:
            answer = client.post(_below(url.reveal(), kind), content=body)
    except Exception as problem:
        return type(problem).__name__  # its text may hold the address
    return "" if answer.is_success else f"HTTP status {answer.status_code}"


def _below(url: str, kind: str) -> str:
    parts = urlsplit(url)
    path = parts.path.rstrip("/") + (f"/{kind}" if kind else "")
    return urlunsplit((parts.scheme, parts.netloc, path, parts.query, ""))


def _only_warnings(record: object) -> bool:
    """Drop what the libraries tell of ordinary requests: it holds whole addresses."""
    return getattr(record, "levelno", 0) >= 30
