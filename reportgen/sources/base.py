"""What every source is: it fetches bytes through the one door, and parses them without it.

``fetch`` asks and returns the answers as they came; ``parse`` is pure and turns their bodies into
observations or raises a ``SourceError``, whatever the bytes are.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, Protocol

import numpy as np

from reportgen.errors import ReportgenError
from reportgen.series import Days, Endpoint
from reportgen.snapshot import Note
from reportgen.snapshot.records import Numbers

Fault = Literal[
    "switched_off",  # the source is not in use here, or lacks what it needs (a key, a contact)
    "unreachable",  # no connection, or the connection broke
    "timeout",  # an answer that did not come, or came too slowly
    "over_budget",  # the time for the whole gathering was used up
    "circuit_open",  # the publisher failed several times in a row and is left alone
    "http_status",  # an answer that is not 200
    "too_large",  # more bytes than the source may send
    "truncated",  # fewer bytes than announced, or a body that ends in the middle
    "empty",  # nothing in it
    "html",  # a web page where data were expected
    "archive",  # a ZIP where a table was expected
    "header",  # columns or fields other than documented
    "error_in_body",  # an answer of status 200 that says it failed
    "unknown_series",  # the publisher does not know the series
    "unreadable",  # not the documented format
    "not_a_number",  # a value that is none, where one must be
    "unit",  # another unit than documented
]
"""What can be wrong with a source; the command line and the catalogues have the words."""


class SourceError(ReportgenError):
    """A source did not give what was asked for.

    Args:
        source: name of the source.
        fault: which of the known faults it is.
        detail: one sentence naming the address or the field; never a secret.
        status: the HTTP status, where there was one.
    """

    exit_code = 69

    def __init__(self, source: str, fault: Fault, detail: str, status: int = 0) -> None:
        super().__init__(detail)
        self.source = source
        self.fault: Fault = fault
        self.status = status

    def __reduce__(self) -> tuple[type[SourceError], tuple[str, Fault, str, int]]:  # type: ignore[override]
        """Travel whole between processes."""
        return type(self), (self.source, self.fault, self.message, self.status)


@dataclass(frozen=True)
class Request:
    """One GET.

    Args:
        source: name of the source; the door knows its base URL.
        path: below the base URL, with a leading slash.
        params: the query, in order.
        headers: beside those the door sends itself.
        secrets: names of ``params`` whose values appear in no log, error or stored address.
    """

    source: str
    path: str
    params: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    secrets: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Answer:
    """What came back, whole.

    Args:
        source: name of the source.
        url: the address asked, secrets left out.
        status: HTTP status; 304 stands for a stored body that is still good.
        body: the bytes, decompressed.
        retrieved: when; aware.
    """

    source: str
    url: str
    status: int
    body: bytes = field(repr=False)
    retrieved: datetime

    @property
    def sha256(self) -> str:
        """The sha256 of the body, in hex."""
        return hashlib.sha256(self.body).hexdigest()


class Door(Protocol):
    """The one way out: ``reportgen.sources.http.HttpDoor``, or a folder of recordings in a test."""

    def get(self, request: Request) -> Answer:
        """Return the answer of status 200; ``SourceError`` for everything else."""
        ...


@dataclass(frozen=True)
class Scope:
    """For which day the figures are gathered.

    Args:
        as_of: last day an observation may describe.
        known_at: moment by which it must have been published; aware.
    """

    as_of: date
    known_at: datetime


@dataclass(frozen=True, eq=False)
class Observations:
    """What a source says of one series, in the publisher's unit and the publisher's order.

    Args:
        dates: days of observation; whether they are in order is for the checks to say.
        numbers: finite values, as long as ``dates``; missing ones are left out.
        released: days of publication where the source itself states them, else ``None``.
        notes: what the reader of the data appendix should know of.
    """

    dates: Days
    numbers: Numbers
    released: Days | None = None
    notes: tuple[Note, ...] = ()


class Source(Protocol):
    """A publisher's endpoint; every module of ``reportgen.sources.SOURCES`` is one."""

    NAME: str
    PUBLISHER: str
    BASE_URL: str

    def fetch(self, door: Door, endpoint: Endpoint, scope: Scope) -> tuple[Answer, ...]:
        """Return the answers that hold the series, page by page.

        Raises:
            SourceError: it could not be had.
        """
        ...

    def parse(self, bodies: tuple[bytes, ...], endpoint: Endpoint, scope: Scope) -> Observations:
        """Return the observations in those bodies; pure.

        Raises:
            SourceError: the bytes are not what the publisher documents. Nothing else is raised,
                whatever the bytes are.
        """
        ...


def observations(
    rows: list[tuple[str, float]],
    source: str,
    notes: tuple[Note, ...] = (),
    released: list[str] | None = None,
) -> Observations:
    """Return observations from pairs of ISO day and finite number.

    Raises:
        SourceError: ``unreadable`` for what is not a day, ``empty`` where there is no row.
    """
    if not rows:
        raise SourceError(source, "empty", f"{source}: the answer holds no observation.")
    try:
        days = np.array([day for day, _ in rows], dtype="datetime64[D]")
        known = None if released is None else np.array(released, dtype="datetime64[D]")
    except (ValueError, TypeError):
        raise SourceError(source, "unreadable", f"{source}: a day cannot be read.") from None
    if np.isnat(days).any():
        raise SourceError(source, "unreadable", f"{source}: an observation has no day.")
    numbers = np.array([number for _, number in rows], dtype=np.float64)
    return Observations(days, numbers, known, notes)
