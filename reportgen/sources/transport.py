"""A transport in which every wait ends by a deadline: look-up, connection, handshake, each read.

A limit a read, as HTTP libraries have it, does not end an answer that drips, headers included.
"""

from __future__ import annotations

import ipaddress
import math
import queue
import socket
import ssl
import threading
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore
import httpx

SocketOption = (
    tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]
)


class UntrustedError(httpcore.ConnectError):
    """The other side's certificate is not trusted."""


class Deadline(threading.local):
    """The moment by which the calling thread wants to be done.

    Args:
        clock: seconds, monotonic.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.moment = math.inf

    @contextmanager
    def until(self, moment: float) -> Iterator[None]:
        """Let no wait of this thread go beyond ``moment``."""
        before, self.moment = self.moment, moment
        try:
            yield
        finally:
            self.moment = before

    def within(self, timeout: float | None, over: type[httpcore.TimeoutException]) -> float | None:
        """Return a wait of at most ``timeout`` seconds that ends by the deadline.

        Raises:
            httpcore.TimeoutException: of the given kind: no time is left.
        """
        left = self.moment - self.clock()
        if left <= 0:
            raise over("no time is left")
        shortest = left if timeout is None else min(left, timeout)
        return None if math.isinf(shortest) else shortest


class _Stream(httpcore.NetworkStream):
    """A connection that waits no longer than the deadline of the thread that uses it."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.within(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.within(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        try:
            wait = self._deadline.within(timeout, httpcore.ConnectTimeout)
            secured = self._inner.start_tls(ssl_context, server_hostname, wait)
        except httpcore.ConnectTimeout:
            self.close()
            raise
        except httpcore.ConnectError as problem:
            if isinstance(problem.__cause__, ssl.SSLCertVerificationError):
                raise UntrustedError("the certificate is not trusted") from None
            raise
        return _Stream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Opens connections, all addresses of a host together within one time limit."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.NetworkStream:
        allowed = self._deadline.within(timeout, httpcore.ConnectTimeout)
        ends = math.inf if allowed is None else self._deadline.clock() + allowed
        addresses = _addresses(host, port, allowed)
        problem: Exception = httpcore.ConnectError("the host has no address")
        for remaining in range(len(addresses), 0, -1):
            address = addresses[-remaining]
            with self._deadline.until(min(ends, self._deadline.moment)):
                wait = self._deadline.within(None, httpcore.ConnectTimeout)
            share = None if wait is None else wait / remaining
            try:
                stream = self._plain.connect_tcp(address, port, share, local_address)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problem = error
            else:
                return _Stream(stream, self._deadline)
        raise problem


class PatientTransport(httpx.BaseTransport):
    """Sends requests over pooled connections, through the proxies that the environment names.

    Certificates are checked against those of certifi, or of ``SSL_CERT_FILE``.

    Args:
        deadline: no wait goes beyond it.
        direct: hosts that no proxy is asked for.
    """

    def __init__(self, deadline: Deadline, direct: frozenset[str]) -> None:
        self._direct_hosts = direct
        context = httpx.create_ssl_context()
        backend = _Backend(deadline)
        self._direct = httpcore.ConnectionPool(
            ssl_context=context, max_connections=None, keepalive_expiry=10, network_backend=backend
        )
        self._proxies = {
            scheme: _proxy(address, context, backend)
            for scheme, address in urllib.request.getproxies().items()
            if scheme in ("http", "https", "all")
        }

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request without a body.

        Raises:
            httpcore exceptions: as they come; the door names them.
        """
        url = request.url
        core = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
            ),
            headers=request.headers.raw,
            extensions=request.extensions,
        )
        answer = self._pool(url).handle_request(core)
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer))

    def close(self) -> None:
        """Close every connection."""
        for pool in (self._direct, *self._proxies.values()):
            if pool is not None:
                pool.close()

    def _pool(self, url: httpx.URL) -> httpcore.ConnectionPool:
        if url.host in self._direct_hosts or urllib.request.proxy_bypass(url.host):
            return self._direct
        pool = self._proxies.get(url.scheme, self._proxies.get("all", self._direct))
        if pool is None:
            raise httpcore.UnsupportedProtocol("the proxy in the environment is not an HTTP proxy")
        return pool


class _Body(httpx.SyncByteStream):
    """The bytes of an answer as they come."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


def _proxy(
    address: str, context: ssl.SSLContext, backend: httpcore.NetworkBackend
) -> httpcore.HTTPProxy | None:
    """Return a pool through a proxy; ``None`` for a kind of proxy that cannot be used."""
    try:
        named = httpx.Proxy(address if "://" in address else f"http://{address}")
    except (ValueError, httpx.InvalidURL):
        return None
    if named.url.scheme not in ("http", "https"):
        return None
    return httpcore.HTTPProxy(
        proxy_url=str(named.url),
        proxy_auth=named.raw_auth,
        ssl_context=context,
        proxy_ssl_context=context if named.url.scheme == "https" else None,
        max_connections=None,
        keepalive_expiry=10,
        network_backend=backend,
    )


def _addresses(host: str, port: int, timeout: float | None) -> list[str]:
    """Look a host up, in a thread of its own because a look-up knows no time limit.

    Raises:
        httpcore.ConnectError: there is no such host.
        httpcore.ConnectTimeout: nobody answered in time.
    """
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        pass
    found: queue.SimpleQueue[list[str]] = queue.SimpleQueue()

    def look() -> None:
        try:
            known = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            found.put([])
        else:
            found.put(list(dict.fromkeys(str(entry[4][0]) for entry in known)))

    threading.Thread(target=look, daemon=True, name="look-up").start()
    try:
        return found.get(timeout=timeout)
    except queue.Empty:
        raise httpcore.ConnectTimeout("the look-up of the host took too long") from None
