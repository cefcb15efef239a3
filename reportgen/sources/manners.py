"""Manners towards the publishers: time limits, the budget, pauses, and leaving alone who fails."""

from __future__ import annotations

import ipaddress
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import Random
from urllib.parse import urlsplit

from reportgen.sources.base import SourceError


@dataclass(frozen=True)
class Limits:
    """How long and how much; times in seconds.

    Args:
        connect: for a connection, look-up and handshake included.
        read: for the next bytes.
        answer: for one whole answer.
        request: for one request with all its attempts and the waits between them.
        attempts: at most, for one request.
        backoff: bound of the wait before the second attempt; doubled for each further one.
        longest_wait: a publisher who asks for a longer one is left alone.
        failures: failed requests in a row after which a publisher is left alone.
        share: part of the budget that one publisher's failures may cost.
        size: bytes of a body, decompressed.
        redirects: that are followed.
    """

    connect: float = 5.0
    read: float = 8.0
    answer: float = 12.0
    request: float = 20.0
    attempts: int = 3
    backoff: float = 0.5
    longest_wait: float = 15.0
    failures: int = 3
    share: float = 0.5
    size: int = 64 * 2**20
    redirects: int = 3


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class World:
    """Time and chance, as values, so that a test need not wait.

    Args:
        monotonic: a clock in seconds that never goes back.
        now: the moment; aware.
        sleep: waits for seconds.
        chance: where the jitter comes from.
    """

    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = _now
    sleep: Callable[[float], None] = time.sleep
    chance: Random = field(default_factory=Random)


@dataclass(frozen=True)
class Manners:
    """What a publisher can expect.

    Args:
        pause: seconds from the start of one request to the start of the next, at least.
        at_once: requests under way at the same time, at most.
    """

    pause: float = 0.2
    at_once: int = 2


USUAL = Manners()
MANNERS = {
    "fred": Manners(1.0),  # a pause that public readers of the files keep
    "fred_api": Manners(0.5),  # 120 requests a minute and key
    "sec": Manners(0.12),  # ten requests a second from everyone at one address together
    "boj": Manners(0.5, 1),  # "high-frequency access may be blocked"
    "yahoo": Manners(0.5, 1),  # unofficial
}


class Budget:
    """The time for a whole gathering; it runs from the making of this object.

    Args:
        seconds: in all.
        world: whose clock.
    """

    def __init__(self, seconds: float, world: World) -> None:
        self._clock = world.monotonic
        self.seconds = seconds
        self.ends = world.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds that are left; 0 when they are too few to begin anything."""
        return _worthwhile(self.ends - self._clock())

    def over(self, source: str) -> SourceError:
        """Return the error of a request for which no time is left."""
        sentence = f"{source}: the {self.seconds:g} s for the whole gathering are used up."
        return SourceError(source, "over_budget", sentence)


class Line:
    """The line to one publisher: its pace, and whether it is still worth trying.

    Args:
        source: name of the source.
        manners: what the publisher can expect.
        limits: how long and how much.
        budget: of the whole gathering.
        world: time and chance.
    """

    def __init__(
        self, source: str, manners: Manners, limits: Limits, budget: Budget, world: World
    ) -> None:
        self._source = source
        self._pause = manners.pause
        self._limits = limits
        self._budget = budget
        self._world = world
        self._permits = threading.Semaphore(manners.at_once)
        self._lock = threading.Lock()
        self._next = world.monotonic()
        self._failures = 0
        self._lost = 0.0
        self._shut = False

    @contextmanager
    def permit(self) -> Iterator[None]:
        """Hold one of the publisher's places for a request.

        Raises:
            SourceError: ``over_budget`` or ``circuit_open``.
        """
        self.refuse()
        if not self._permits.acquire(timeout=self._budget.left):
            raise self._budget.over(self._source)
        try:
            yield
        finally:
            self._permits.release()

    def await_turn(self) -> None:
        """Wait until the publisher may be asked again.

        Raises:
            SourceError: ``over_budget`` or ``circuit_open``, after the wait or instead of it.
        """
        self.refuse()
        with self._lock:
            now = self._world.monotonic()
            turn = max(now, self._next)
            self._next = turn + self._pause
        if turn - now >= self._budget.left:
            raise self._budget.over(self._source)
        if turn > now:
            self._world.sleep(turn - now)
            self.refuse()

    def refuse(self) -> None:
        """Raise ``over_budget`` or ``circuit_open`` when the publisher is not to be asked."""
        if self._budget.left <= 0:
            raise self._budget.over(self._source)
        with self._lock:
            shut = self._shut or self._failures >= self._limits.failures
        if shut or self.patience <= 0:
            sentence = f"{self._source}: failed before and is left alone for the rest of this run."
            raise SourceError(self._source, "circuit_open", sentence)

    @property
    def patience(self) -> float:
        """Seconds that the publisher's failures may still cost; 0 when they are too few."""
        with self._lock:
            return _worthwhile(self._limits.share * self._budget.seconds - self._lost)

    def lose(self, seconds: float) -> None:
        """Note time that a failure cost."""
        with self._lock:
            self._lost += seconds

    def hold(self, seconds: float) -> None:
        """Let nobody ask the publisher before ``seconds`` have gone by."""
        with self._lock:
            self._lost += seconds
            self._next = max(self._next, self._world.monotonic() + seconds)

    def answered(self) -> None:
        """Note that the publisher is there, whatever it said."""
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        """Note a failed request."""
        with self._lock:
            self._failures += 1

    def shut(self) -> None:
        """Leave the publisher alone for the rest of the run."""
        with self._lock:
            self._shut = True


def _worthwhile(seconds: float) -> float:
    """Return 0 for less than sockets and clocks can tell apart."""
    return seconds if seconds > 0.01 else 0.0


def retry_after(text: str, now: datetime) -> float | None:
    """Return the seconds a ``Retry-After`` header asks for; ``None`` for no or a broken one."""
    stated = text.strip()
    if re.fullmatch(r"[0-9]+", stated):
        return float(stated[:12])
    try:
        moment = parsedate_to_datetime(stated)
    except (ValueError, IndexError, OverflowError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())


def is_loopback(url: str) -> bool:
    """Return whether an address is one of this machine: 127.0.0.0/8, ::1 or localhost."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
