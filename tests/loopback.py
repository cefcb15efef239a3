"""A publisher on this machine: answers given routes, and misbehaves when told to."""

from __future__ import annotations

import gzip
import socket
import ssl
import struct
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, Self
from urllib.parse import parse_qs, unquote, urlsplit

Fault = Literal[
    "503",  # without Retry-After
    "503-later",  # with one of 2 seconds
    "429",
    "429-later",
    "404",
    "html",  # a page, status 200
    "empty",
    "truncate",  # half of what is announced
    "slow",  # nothing at all
    "drip",  # 64 bytes a second
    "drip-headers",  # a header line every twentieth of a second, for ever
    "reset",
    "garbage",  # not HTTP
    "zip",
    "bomb",  # 32 MB of zeros in 32 kB of gzip
]
PAGE = b"<!doctype html><title>Sorry</title><p>Error: get an api key first</p>"


@dataclass(frozen=True)
class Route:
    """An answer.

    Args:
        body: its bytes.
        status: HTTP status.
        headers: beside Content-Length.
        etag, last_modified: validators; a request that repeats one of them is answered with 304.
        gzip: whether the body is compressed for who accepts it.
        raw: whether the body is all that is sent, status line and headers included.
        delay: seconds before anything is sent.
    """

    body: bytes = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    etag: str = ""
    last_modified: str = ""
    gzip: bool = False
    raw: bool = False
    delay: float = 0.0


@dataclass(frozen=True)
class Asked:
    """A request that came."""

    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]


def redirect(target: str, status: int = 302) -> Route:
    """Return a route that sends elsewhere."""
    return Route(PAGE, status, (("Location", target),))


@dataclass
class Loopback:
    """The server; a context manager.

    Args:
        routes: answers by path, or by path and query; a tuple is answered in turn, its last
            member for good. What is not there is answered with 404.
        faults: misbehaviour by the beginning of the path; goes before the routes.
        tls: for https.
    """

    routes: dict[str, Route | tuple[Route, ...]] = field(default_factory=dict)
    faults: dict[str, Fault] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    asked: list[Asked] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.owner = self
        if self.tls:
            self._server.socket = self.tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(self, *problem: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where it listens, without a trailing slash."""
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self._server.server_address[1]}"

    def count(self, beginning: str = "/") -> int:
        """How many requests came for paths of that beginning."""
        return sum(one.path.startswith(beginning) for one in self.asked)

    def pause(self, seconds: float) -> bool:
        """Wait; return whether the server is to go on."""
        return not self._over.wait(seconds)

    def fault(self, path: str) -> Fault | None:
        """Return the misbehaviour for a path, the longest beginning first."""
        for beginning in sorted(self.faults, key=len, reverse=True):
            if path.startswith(beginning):
                return self.faults[beginning]
        return None

    def route(self, target: str, path: str) -> Route:
        """Return the answer for a request."""
        key = target if target in self.routes else path
        found = self.routes.get(key, Route(PAGE, 404))
        if isinstance(found, Route):
            return found
        if len(found) > 1:
            self.routes[key] = found[1:]
        return found[0]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    owner: Loopback

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients that hang up are what is tested."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        owner, parts = self.server.owner, urlsplit(self.path)
        path = unquote(parts.path)
        owner.asked.append(Asked(path, parse_qs(parts.query), dict(self.headers.items())))
        route, fault = owner.route(unquote(self.path), path), owner.fault(path)
        if fault is None:
            self._answer(route)
        elif fault[:3].isdigit():
            later = (("Retry-After", "2"),) if fault.endswith("later") else ()
            self._answer(Route(PAGE, int(fault[:3]), later))
        elif fault in _BODIES:
            self._answer(_BODIES[fault])
        else:
            self.close_connection = True
            getattr(self, "_" + fault.replace("-", "_"))(route)

    def _answer(self, route: Route) -> None:
        if route.delay:
            self.server.owner.pause(route.delay)
        if route.raw:
            self.close_connection = True
            self.wfile.write(route.body)
            return
        marks = (("ETag", route.etag), ("Last-Modified", route.last_modified))
        seen = {self.headers.get("If-None-Match"), self.headers.get("If-Modified-Since")}
        if any(mark and mark in seen for _, mark in marks):
            self._head(304, (), 0)
            return
        packed = route.gzip and "gzip" in self.headers.get("Accept-Encoding", "")
        body = gzip.compress(route.body) if packed else route.body
        coding = (("Content-Encoding", "gzip"),) if packed else ()
        shown = tuple(mark for mark in marks if mark[1])
        self._head(route.status, (*route.headers, *coding, *shown), len(body))
        self.wfile.write(body)

    def _head(self, status: int, headers: tuple[tuple[str, str], ...], length: int) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if status != 304 and "Content-Length" not in dict(headers):
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def _truncate(self, route: Route) -> None:
        self._head(200, (), len(route.body))
        self.wfile.write(route.body[: len(route.body) // 2])

    def _slow(self, route: Route) -> None:
        self.server.owner.pause(600)

    def _drip(self, route: Route) -> None:
        self._head(200, (), max(len(route.body), 64_000))
        while self.server.owner.pause(1):
            self.wfile.write(b"1" * 64)

    def _drip_headers(self, route: Route) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while self.server.owner.pause(0.05):
            self.wfile.write(b"X-Wait: 1\r\n")

    def _reset(self, route: Route) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.shutdown(socket.SHUT_RD)
        self.connection.close()

    def _garbage(self, route: Route) -> None:
        self.wfile.write(b"SSH-2.0-OpenSSH_9.6\r\n" * 8)


_BODIES: dict[str, Route] = {
    "html": Route(PAGE),
    "empty": Route(b""),
    "zip": Route(b"PK\x03\x04" + bytes(64)),
    "bomb": Route(gzip.compress(bytes(32 * 2**20), 6), headers=(("Content-Encoding", "gzip"),)),
}
