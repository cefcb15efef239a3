"""How fast messages go: so many a minute, and so many a minute to one domain."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

WINDOW = 60.0
"""Seconds in which messages are counted."""


class Pace:
    """Lets so many messages through in any minute; threads share one.

    Args:
        per_minute: messages; 0 for no limit.
        domain_per_minute: messages to one domain; 0 for no limit.
        tick: seconds that never run backwards.
    """

    def __init__(
        self, per_minute: int, domain_per_minute: int, tick: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit = per_minute
        self._domain_limit = domain_per_minute
        self._tick = tick
        self._lock = threading.Lock()
        self._all: deque[float] = deque()
        self._domains: dict[str, deque[float]] = {}

    def wait(self) -> float:
        """Take a place and return 0, or return the seconds until there may be one."""
        with self._lock:
            now = self._tick()
            _forget(self._all, now)
            if self._limit and len(self._all) >= self._limit:
                return self._all[0] + WINDOW - now
            self._all.append(now)
            return 0.0

    def give_back(self) -> None:
        """Return a place that was not used."""
        with self._lock:
            if self._all:
                self._all.pop()

    def count(self, domain: str) -> None:
        """Count a message to a domain."""
        if self._domain_limit:
            with self._lock:
                self._domains.setdefault(domain, deque()).append(self._tick())

    def resting(self) -> tuple[str, ...]:
        """Return the domains that have had their share of this minute."""
        with self._lock:
            now = self._tick()
            for times in self._domains.values():
                _forget(times, now)
            return tuple(
                domain
                for domain, times in self._domains.items()
                if len(times) >= self._domain_limit
            )


def _forget(times: deque[float], now: float) -> None:
    while times and times[0] <= now - WINDOW:
        times.popleft()
