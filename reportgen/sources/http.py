"""The one HTTP door: every byte from a publisher comes through it, in bounded time.

It tells who asks, keeps each publisher's pace, retries what is worth retrying, leaves alone who
keeps failing, and is done when the time for the whole gathering is used up. No secret leaves it
but to the publisher it is meant for.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Protocol, Self
from urllib.parse import quote, urlencode, urlsplit

import httpx

from reportgen import __version__
from reportgen.config import SourceSettings, SourcesSettings
from reportgen.sources.base import Answer, Request, SourceError
from reportgen.sources.exchange import Call, Exchange, Failure, Reply
from reportgen.sources.manners import (
    MANNERS,
    USUAL,
    Budget,
    Limits,
    Line,
    Manners,
    World,
    is_loopback,
)
from reportgen.sources.transport import Deadline, PatientTransport

NEEDS_CONTACT = frozenset({"sec"})
"""Sources that refuse whoever does not say who they are."""

_CHATTY = ("httpx", *(f"httpcore.{part}" for part in ("connection", "http11", "http2", "proxy")))
_HIDDEN = "***"


class Validators(Protocol):
    """What is known of earlier answers, by the address without secrets."""

    def validators(self, url: str) -> tuple[str, str] | None:
        """Return etag and last-modified of the kept answer, each "" for none, or ``None``."""
        ...

    def body(self, url: str) -> bytes | None:
        """Return the body of the kept answer."""
        ...

    def keep(self, answer: Answer, etag: str, last_modified: str) -> None:
        """Keep an answer of status 200."""
        ...


class HttpDoor:
    """Fulfils ``Door`` over the network; shared by threads; to be closed.

    Args:
        settings: contact, budget, and how each source is reached.
        base_urls: the publishers' own, by name of the source.
        kept: earlier answers; ``None`` asks for everything anew.
        limits: how long and how much.
        world: time and chance. The budget begins with the door.
    """

    def __init__(
        self,
        settings: SourcesSettings,
        base_urls: Mapping[str, str],
        kept: Validators | None = None,
        *,
        limits: Limits | None = None,
        world: World | None = None,
    ) -> None:
        _silence_libraries()
        self._settings = settings
        self._kept = kept
        self._limits = limits or Limits()
        self._world = world or World()
        self._budget = Budget(settings.budget, self._world)
        self._bases = {name: _base(settings, name, own) for name, own in base_urls.items()}
        self._lines = {name: self._line(name) for name in self._bases}
        deadline = Deadline(self._world.monotonic)
        self._client = _client(settings.contact, deadline, self._bases)
        self._exchange = Exchange(self._client, deadline, self._limits, self._world)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._client.close()

    def get(self, request: Request) -> Answer:
        """Return the answer of status 200, or of 304 with the body that was kept.

        Raises:
            SourceError: everything else, in the time promised.
            ReportgenError: the answer came but cannot be kept: what ``Validators.keep`` raises.
        """
        self._refuse_if_off(request.source)
        line = self._lines[request.source]
        call = self._call(request)
        with line.permit():
            reply = self._reply(call, line)
        answer = Answer(call.source, call.shown, reply.status, reply.body, self._world.now())
        if self._kept is not None and reply.status == 200:
            self._kept.keep(answer, reply.etag, reply.last_modified)
        return answer

    def _reply(self, call: Call, line: Line) -> Reply:
        """Attempt until there is an answer or no hope of one."""
        clock, attempts = self._world.monotonic, 0
        line.await_turn()
        ends = min(clock() + min(self._limits.request, line.patience), self._budget.ends)
        while True:
            began = clock()
            outcome = self._exchange.attempt(call, min(began + self._limits.answer, ends))
            if isinstance(outcome, Reply):
                line.answered()
                return outcome
            attempts += 1
            line.lose(clock() - began)
            wait = self._wait(outcome, attempts, line)
            if wait is None or clock() + wait >= ends:
                raise self._given_up(outcome, line)
            line.hold(wait)
            line.await_turn()
            if clock() >= ends:  # the publisher's pause was longer than what was left
                raise self._given_up(outcome, line)

    def _wait(self, failure: Failure, attempts: int, line: Line) -> float | None:
        """Return the seconds before the next attempt; ``None`` for no further one."""
        if failure.after is not None and failure.after > self._limits.longest_wait:
            line.shut()
            return None
        if not failure.again or attempts >= self._limits.attempts:
            return None
        bound = self._limits.backoff * 2 ** (attempts - 1)
        return self._world.chance.uniform(0, bound) if failure.after is None else failure.after

    def _given_up(self, failure: Failure, line: Line) -> SourceError:
        if failure.error.fault == "timeout" and self._budget.left <= 0:
            return self._budget.over(failure.error.source)
        if failure.after is not None:
            line.hold(failure.after)  # nor may the next request come earlier
        if failure.unwilling:
            line.failed()
        else:
            line.answered()
        return failure.error

    def _refuse_if_off(self, source: str) -> None:
        sentence = ""
        if not self._bases.get(source):
            sentence = f"{source}: has no address."
        elif not _own(self._settings, source).enabled:
            sentence = f"{source}: is switched off; [sources.{source}] enabled would switch it on."
        elif source in NEEDS_CONTACT and not self._settings.contact:
            sentence = f"{source}: answers nobody who gives no contact; set contact in [sources]."
        if sentence:
            raise SourceError(source, "switched_off", sentence)

    def _call(self, request: Request) -> Call:
        base = self._bases[request.source]
        shown = _address(base, request, request.secrets)
        headers, stored = request.headers, None
        known = self._kept.validators(shown) if self._kept else None
        if self._kept and known:
            stored = self._kept.body(shown)
        if known and stored is not None:
            conditions = zip(("If-None-Match", "If-Modified-Since"), known, strict=True)
            headers += tuple((name, value) for name, value in conditions if value)
        return Call(request.source, _address(base, request), shown, headers, stored)

    def _line(self, source: str) -> Line:
        manners = MANNERS.get(source, USUAL)
        if is_loopback(self._bases[source]):
            manners = Manners(0.0, manners.at_once)
        return Line(source, manners, self._limits, self._budget, self._world)


def _own(settings: SourcesSettings, source: str) -> SourceSettings:
    own = getattr(settings, source, None)
    return own if isinstance(own, SourceSettings) else SourceSettings()


def _base(settings: SourcesSettings, source: str, publisher: str) -> str:
    return (_own(settings, source).base_url or publisher).rstrip("/")


def _address(base: str, request: Request, hidden: frozenset[str] = frozenset()) -> str:
    """Return the address of a request, the values of the hidden parameters left out."""
    params = [(name, _HIDDEN if name in hidden else value) for name, value in request.params]
    query = urlencode(params, quote_via=quote, safe="*:,$")
    return f"{base}/{request.path.lstrip('/')}" + (f"?{query}" if query else "")


def _client(contact: str, deadline: Deadline, bases: Mapping[str, str]) -> httpx.Client:
    """Return a client that keeps no cookies, reads no .netrc and follows no redirect by itself."""
    agent = f"reportgen/{__version__}" + (f" (+{contact})" if contact else "")
    local = frozenset(urlsplit(base).hostname or "" for base in bases.values() if is_loopback(base))
    return httpx.Client(
        # Gzip alone: it is unpacked here, piece by piece, so that no small answer grows huge.
        headers=[
            (b"User-Agent", agent.encode()),
            (b"Accept", b"*/*"),
            (b"Accept-Encoding", b"gzip"),
        ],
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        transport=PatientTransport(deadline, local),
        trust_env=False,  # the transport asks the environment for proxies; nothing else is wanted
        follow_redirects=False,
    )


class _Silence(logging.Filter):
    """Drops what libraries tell of ordinary requests: it holds whole addresses."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let warnings through."""
        return record.levelno >= logging.WARNING


_SILENCE = _Silence()


def _silence_libraries() -> None:
    for name in _CHATTY:
        logging.getLogger(name).addFilter(_SILENCE)
