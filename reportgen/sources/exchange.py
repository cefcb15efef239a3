"""One attempt: send, follow what may be followed, read within bounds, and name what goes wrong."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field

import httpcore
import httpx

from reportgen.sources.base import Fault, SourceError
from reportgen.sources.manners import Limits, World, retry_after
from reportgen.sources.transport import Deadline, UntrustedError
from reportgen.sources.wire import looks_like_archive

WORTH_RETRYING = frozenset({429, 500, 502, 503, 504})
"""Statuses that may be another a moment later."""

UNWILLING = WORTH_RETRYING | {401, 403}
"""Statuses of a publisher that will not answer, as against one that lacks what was asked for."""

_BROKEN = (
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
    httpx.HTTPError,
    httpx.InvalidURL,
    OSError,
    ValueError,
)


@dataclass(frozen=True)
class Call:
    """What is sent.

    Args:
        source: name of the source.
        url: the address, secrets in it.
        shown: the address, secrets left out.
        headers: beside those of the door.
        stored: the body that is sent for only if it has changed.
    """

    source: str
    url: str = field(repr=False)
    shown: str
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    stored: bytes | None = field(default=None, repr=False)

    def error(self, fault: Fault, words: str, status: int = 0) -> SourceError:
        """Return an error that names the address."""
        return SourceError(self.source, fault, f"{self.shown} {words}.", status)


@dataclass(frozen=True)
class Reply:
    """An answer worth having: 200, or 304 for the stored body."""

    status: int
    body: bytes = field(repr=False)
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True)
class Failure:
    """Why there is no answer.

    Args:
        error: what is to be raised if it stays so.
        again: whether a further attempt may go otherwise.
        unwilling: whether it counts against the publisher.
        after: seconds the publisher asks to wait; ``None`` where it does not say.
    """

    error: SourceError
    again: bool = False
    unwilling: bool = False
    after: float | None = None


class Exchange:
    """Makes attempts.

    Args:
        client: sends; follows no redirect by itself.
        deadline: the one its transport keeps.
        limits: how long and how much.
        world: time, for dates in ``Retry-After``.
    """

    def __init__(
        self, client: httpx.Client, deadline: Deadline, limits: Limits, world: World
    ) -> None:
        self._client = client
        self._deadline = deadline
        self._limits = limits
        self._world = world

    def attempt(self, call: Call, until: float) -> Reply | Failure:
        """Ask once, and be done by ``until`` on the deadline's clock."""
        trouble: Exception
        with self._deadline.until(until):
            try:
                return self._asked(call)
            except (SourceError, httpcore.TimeoutException, *_BROKEN) as problem:
                trouble = problem
        # Named outside the handler: what the libraries say may hold the address, secrets and all.
        return _failure(call, trouble)

    def _asked(self, call: Call) -> Reply | Failure:
        response = self._sent(call)
        try:
            if response.status_code == 304 and call.stored is not None:
                return Reply(304, call.stored)
            if response.status_code != 200:
                return self._refused(call, response)
            body = _body(response, call, self._limits.size)
        finally:
            response.close()
        if not body.strip():
            raise call.error("empty", "answered with nothing", 200)
        if looks_like_archive(body):
            raise call.error("archive", "answered with a ZIP archive", 200)
        headers = response.headers
        return Reply(200, body, headers.get("etag", ""), headers.get("last-modified", ""))

    def _sent(self, call: Call) -> httpx.Response:
        """Send, and follow redirects as far as they lead to where the source may send one."""
        limits = self._limits
        timeout = httpx.Timeout(limits.read, connect=limits.connect)
        request = self._client.build_request(
            "GET", call.url, headers=list(call.headers), timeout=timeout
        )
        for _ in range(limits.redirects + 1):
            response = self._client.send(request, stream=True)
            following = response.next_request
            if following is None:
                return response
            response.close()
            if not may_follow(request.url, following.url):
                raise call.error("http_status", "sends elsewhere than it may", response.status_code)
            request = following
        raise call.error("http_status", "sends from one address to the next", response.status_code)

    def _refused(self, call: Call, response: httpx.Response) -> Failure:
        status = response.status_code
        again = status in WORTH_RETRYING
        stated = response.headers.get("retry-after", "") if again else ""
        return Failure(
            call.error("http_status", f"answered with the HTTP status {status}", status),
            again=again,
            unwilling=status in UNWILLING,
            after=retry_after(stated, self._world.now()),
        )


def _failure(call: Call, trouble: Exception) -> Failure:
    """Name what went wrong; nothing of what a library said is repeated."""
    if isinstance(trouble, SourceError):
        broken = trouble.fault == "truncated"
        return Failure(trouble, again=broken, unwilling=broken)
    if isinstance(trouble, httpcore.TimeoutException):
        error = call.error("timeout", "did not answer in time")
        return Failure(error, again=True, unwilling=True)
    if isinstance(trouble, UntrustedError):
        error = call.error("unreachable", "shows a certificate that is not trusted")
        return Failure(error, unwilling=True)
    error = call.error("unreachable", "cannot be reached, or the connection broke")
    return Failure(error, again=True, unwilling=True)


def may_follow(here: httpx.URL, there: httpx.URL) -> bool:
    """From https to https; else only within the host, and never away from https."""
    if there.userinfo or there.scheme not in ("http", "https"):
        return False
    if here.scheme == there.scheme == "https":
        return True
    if here.host != there.host:
        return False
    return there.scheme == "https" or (here.scheme == "http" and here.port == there.port)


def _body(response: httpx.Response, call: Call, size: int) -> bytes:
    """Read the body, decompressed, and stop as soon as it is too large.

    Raises:
        SourceError: ``too_large``, ``truncated``, or ``unreadable`` for a compression that was
            not asked for or is broken.
    """
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding not in ("identity", "", "gzip", "x-gzip"):
        raise call.error("unreadable", "is compressed in a way that was not asked for", 200)
    announced = response.headers.get("content-length", "")
    if re.fullmatch(r"[0-9]{1,18}", announced) and int(announced) > size:
        raise call.error("too_large", f"announces more than {size} bytes", 200)
    unpacked = _Unpacked(size, compressed="gzip" in coding)
    try:
        for chunk in response.iter_raw():
            unpacked.feed(chunk)
            if len(unpacked.body) > size:
                raise call.error("too_large", f"sends more than {size} bytes", 200)
    except httpcore.RemoteProtocolError:
        raise call.error("truncated", "sent less than it had announced", 200) from None
    except zlib.error:
        raise call.error("unreadable", "sent broken gzip", 200) from None
    if not unpacked.whole:
        raise call.error("truncated", "sent gzip that ends in the middle", 200)
    return bytes(unpacked.body)


class _Unpacked:
    """A body as it grows, never by more than one byte beyond its bound."""

    def __init__(self, size: int, *, compressed: bool) -> None:
        self.body = bytearray()
        self._size = size
        self._gzip = zlib.decompressobj(wbits=31) if compressed else None

    @property
    def whole(self) -> bool:
        """Whether what was begun has ended; an empty body has not begun."""
        return self._gzip is None or self._gzip.eof or not self.body

    def feed(self, chunk: bytes) -> None:
        """Add what came over the wire."""
        if self._gzip is None:
            self.body += chunk[: self._size + 1 - len(self.body)]
            return
        while chunk and len(self.body) <= self._size:
            if self._gzip.eof:
                self._gzip = zlib.decompressobj(wbits=31)
            self.body += self._gzip.decompress(chunk, self._size + 1 - len(self.body))
            chunk = self._gzip.unused_data
