"""A small server for the unsubscribe page, behind the house's https server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from reportgen.deliver.unsubscribe import Application
from reportgen.errors import LockedError

PATIENCE = 10.0
"""Seconds a request may take to arrive."""


class _Server(ThreadingMixIn, WSGIServer):
    """Answers side by side, so that a slow visitor keeps nobody waiting."""

    daemon_threads = True
    request_queue_size = 64


class _Handler(WSGIRequestHandler):
    """Tells nobody who asked for what: the addresses of requests are tokens."""

    timeout = PATIENCE

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def address_string(self) -> str:
        """Return the visitor's address, without asking anybody for its name."""
        return str(self.client_address[0])


@contextmanager
def serving(application: Application, host: str, port: int) -> Iterator[WSGIServer]:
    """Give a server that has its port; it serves when it is told to.

    Args:
        application: the page.
        host: address to listen on.
        port: 0 for a free one.

    Raises:
        LockedError: the port cannot be had.
    """
    try:
        server = make_server(host, port, application, _Server, _Handler)
    except OSError as problem:
        raise LockedError(f"{host}:{port} cannot be listened on: {problem.strerror}.") from None
    with server:
        yield server
