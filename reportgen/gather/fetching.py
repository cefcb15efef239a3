"""Asking the publishers, side by side: each in a thread of its own, its endpoints one by one."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from reportgen.series import Endpoint
from reportgen.sources.base import Answer, Door, Scope, Source, SourceError

Address = tuple[str, str]
"""Source and endpoint id: what is asked for once, whatever number of series is in the answer."""


@dataclass(frozen=True)
class Fetched:
    """What came of asking an endpoint: its answers, or why there are none."""

    answers: tuple[Answer, ...] = ()
    problem: SourceError | None = None

    @property
    def retrieved(self) -> datetime | None:
        """When the last answer came."""
        return max((one.retrieved for one in self.answers), default=None)


def address(endpoint: Endpoint) -> Address:
    """Return what is asked for once."""
    return endpoint.name, endpoint.id


def fetch_all(
    endpoints: Iterable[Endpoint], sources: Mapping[str, Source], door: Door, scope: Scope
) -> dict[Address, Fetched]:
    """Ask for every endpoint once; a failure is a value, so that one publisher stops no other.

    Args:
        endpoints: what is wanted; the same address more than once is asked once.
        sources: the sources by name.
        door: shared by all threads.
        scope: for which day.

    Raises:
        CannotCreateError, DiskError: an answer came and cannot be kept; nobody is asked for
            anything further then.
    """
    wanted: dict[str, dict[Address, Endpoint]] = {}
    for endpoint in endpoints:
        wanted.setdefault(endpoint.name, {}).setdefault(address(endpoint), endpoint)
    if not wanted:
        return {}

    broken = threading.Event()

    def ask(name: str) -> dict[Address, Fetched]:
        found: dict[Address, Fetched] = {}
        for key, endpoint in wanted[name].items():
            if broken.is_set():
                break
            try:
                found[key] = _fetched(sources[name], endpoint, door, scope)
            except BaseException:
                broken.set()
                raise
        return found

    with ThreadPoolExecutor(max_workers=len(wanted), thread_name_prefix="gather") as threads:
        return {key: one for found in threads.map(ask, wanted) for key, one in found.items()}


def _fetched(source: Source, endpoint: Endpoint, door: Door, scope: Scope) -> Fetched:
    try:
        return Fetched(answers=source.fetch(door, endpoint, scope))
    except SourceError as problem:
        return Fetched(problem=problem)
