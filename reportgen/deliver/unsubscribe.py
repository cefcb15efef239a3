"""One click unsubscribes: a small web application behind an https server of the house.

A GET only shows a page, because mail filters open every link of a mail; a POST unsubscribes
(RFC 8058). The address holds a token in the place of a mail address: nothing of a request is ever
shown again, and who does not have the token learns nothing.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from reportgen.deliver.clients.suppression import suppress
from reportgen.deliver.database import Database
from reportgen.deliver.keys import Key
from reportgen.deliver.message.identity import unsubscribe_token
from reportgen.deliver.tables import client, contact, delivery
from reportgen.errors import ReportgenError

LARGEST = 4_096
"""Bytes of a request's body; a click has thirty."""
STALE = 30.0
"""Seconds after which an unknown token makes us look for new clients."""
STRANGERS = 60
"""Unknown tokens answered in ``STALE`` seconds; more are turned away unread."""

_TOKEN = re.compile(r"(?:^|/)([0-9a-f]{32})/?\Z")
_CLICK = re.compile(rb"\bList-Unsubscribe=One-Click\b|name=\"?List-Unsubscribe\"?", re.IGNORECASE)
_HEADERS = (
    ("Content-Type", "text/html; charset=utf-8"),
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Robots-Tag", "noindex"),
)
_REASONS = {
    200: "OK",
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    411: "Length Required",
    413: "Content Too Large",
    429: "Too Many Requests",
    503: "Service Unavailable",
}
EVERY = ""
"""Stands for all languages at once, for those of whom nobody knows which they read."""
_NAMES = {400: "wrong", 404: "unknown", 405: "wrong", 411: "wrong", 413: "wrong", 429: "later"}

StartResponse = Callable[[str, list[tuple[str, str]]], object]


@dataclass(frozen=True)
class Page:
    """A page as it is sent.

    Args:
        body: HTML.
        policy: its content security policy.
    """

    body: bytes
    policy: str


Pages = Mapping[tuple[str, str], Page]
"""By language and name: ``ask``, ``done``, ``wrong``; under ``EVERY``: ``unknown``, ``wrong`` and
``later``."""


@dataclass(frozen=True)
class Recipient:
    """Who a token stands for.

    Args:
        address: of the mail.
        language: in which they read.
    """

    address: str
    language: str


def recipients(database: Database, key: Key) -> dict[str, Recipient]:
    """Return every address that mail goes or went to, by its token, with its last language."""
    with database.reading() as connection:
        query = select(delivery.c.address, delivery.c.language).distinct()
        went = [(row.address, row.language) for row in connection.execute(query)]
        query = select(contact.c.address, client.c.languages).join(client)
        goes = [(row.address, row.languages.split(",")[0]) for row in connection.execute(query)]
    languages = dict([*went, *goes])
    return {
        unsubscribe_token(key, address): Recipient(address, language)
        for address, language in languages.items()
    }


@dataclass
class Directory:
    """The recipients, looked up again when an unknown one may be new.

    Args:
        load: returns them by their tokens.
        clock: seconds that only go forward.
    """

    load: Callable[[], Mapping[str, Recipient]]
    clock: Callable[[], float]
    _known: Mapping[str, Recipient] = field(default_factory=dict)
    _loaded: float | None = None
    _strangers: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def find(self, token: str) -> Recipient | None:
        """Return who a token stands for; ``None`` for nobody."""
        found = self._known.get(token)
        return found or self._renewed().get(token)

    @property
    def crowded(self) -> bool:
        """Whether so many have tried tokens just now that they are no people."""
        return self._strangers > STRANGERS

    def _renewed(self) -> Mapping[str, Recipient]:
        with self._lock:
            moment = self.clock()
            if self._loaded is None or moment - self._loaded >= STALE:
                self._known, self._loaded, self._strangers = self.load(), moment, 0
            else:
                self._strangers += 1
            return self._known


@dataclass(frozen=True)
class Application:
    """The application, by WSGI (PEP 3333).

    Args:
        database: with the suppression list.
        key: the house's.
        pages: ready to be sent.
        directory: of the recipients.
        now: returns the moment.
        told: is told what happened: ``unsubscribed``, ``failed``; never of whom.
    """

    database: Database
    key: Key
    pages: Pages
    directory: Directory
    now: Callable[[], datetime]
    told: Callable[[str], None] = lambda event: None

    def __call__(self, environ: Mapping[str, Any], start: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        try:
            status, name, language = self._answer(environ)
        except ReportgenError:
            self.told("failed")
            status, name, language = 503, "later", EVERY
        page = self.pages.get((language, name)) or self.pages[EVERY, name]
        headers = [*_HEADERS, ("Content-Length", str(len(page.body)))]
        headers.append(("Content-Security-Policy", page.policy))
        if status == 405:
            headers.append(("Allow", "GET, HEAD, POST"))
        if status in (429, 503):
            headers.append(("Retry-After", "60"))
        start(f"{status} {_REASONS[status]}", headers)
        return [b"" if environ.get("REQUEST_METHOD") == "HEAD" else page.body]

    def _answer(self, environ: Mapping[str, Any]) -> tuple[int, str, str]:
        """Return the status, the page and the language of the answer."""
        method = environ.get("REQUEST_METHOD", "")
        if method not in ("GET", "HEAD", "POST"):
            return self._stranger(405)
        token = _TOKEN.search(str(environ.get("PATH_INFO", ""))[-200:])
        found = self.directory.find(token[1]) if token else None
        if found is None:
            return self._stranger(429 if self.directory.crowded else 404)
        if method != "POST":
            return 200, "ask", found.language
        wrong = _fault(environ)
        if wrong:
            return wrong, _NAMES[wrong], found.language
        suppress(
            self.database,
            self.key,
            found.address,
            "unsubscribed",
            detail="by the link in a mail",
            actor="unsubscribe page",
            now=self.now(),
        )
        self.told("unsubscribed")
        return 200, "done", found.language

    def _stranger(self, status: int) -> tuple[int, str, str]:
        return status, _NAMES[status], EVERY


def _fault(environ: Mapping[str, Any]) -> int:
    """Return what is wrong with a POST; 0 when it is a click."""
    length = str(environ.get("CONTENT_LENGTH") or "")
    if not length.isascii() or not length.isdigit():
        return 411
    if len(length) > 9 or int(length) > LARGEST:
        return 413
    body = environ["wsgi.input"].read(int(length))
    return 0 if _CLICK.search(body) else 400
