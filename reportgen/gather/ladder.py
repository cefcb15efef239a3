"""Which rung a series is taken from: the first that is fresh, or the freshest there is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from reportgen.gather.supply import Rung, Supply, Tried
from reportgen.series import SeriesSpec
from reportgen.sources.base import Scope

State = Literal["fresh", "stale", "missing", "not_yet"]
"""How a series ends up; ``not_yet``: it did not exist at the as-of date."""


@dataclass(frozen=True)
class Choice:
    """One series, and how it came to be what it is.

    Args:
        spec: the series.
        state: how it ends up.
        taken: what it is taken from; ``None`` where there is nothing.
        tried: every rung that was tried, in order.
        last: last day of the series as it was made, once it is.
    """

    spec: SeriesSpec
    state: State
    taken: Tried | None
    tried: tuple[Tried, ...]
    last: date | None = None

    @property
    def rung(self) -> Rung | Literal[""]:
        """The rung it is taken from; empty for none."""
        return self.taken.rung if self.taken else ""

    @property
    def moved(self) -> bool:
        """Whether it is taken from another rung than the first of those that are in use.

        A source that is switched off is not in use, and nothing is amiss without it.
        """
        if self.taken is None or self.rung in ("folder", "live"):
            return False
        if not self.spec.endpoints and self.spec.sampled is None:
            return False  # the program's own figures are where it is at home
        asked = [one for one in self.tried if one.rung in ("live", "other")]
        failed = [one for one in asked if one is not self.taken and one.outcome != "switched_off"]
        return bool(failed) or not asked

    @property
    def degraded(self) -> bool:
        """Whether it is missing, stale, or not from its first source in use."""
        return self.state in ("missing", "stale") or self.moved

    def as_json(self) -> dict[str, object]:
        """Return the choice as plain values."""
        return {
            "id": self.spec.id,
            "state": self.state,
            "rung": self.rung,
            "last": self.last.isoformat() if self.last else None,
            "retrieved": self.taken.retrieved if self.taken else None,
            "important": self.spec.important,
            "tried": [one.as_json() for one in self.tried],
        }


def chosen(spec: SeriesSpec, supply: Supply, rungs: frozenset[Rung]) -> Choice:
    """Return the choice for one series.

    Args:
        spec: the series.
        supply: what there is.
        rungs: those that may be used.
    """
    tried: list[Tried] = []
    for one in _climb(spec, supply, rungs):
        tried.append(one)
        if one.outcome == "fresh":
            return Choice(spec, "fresh", one, tuple(tried))
    held = [one for one in tried if one.last is not None]
    if held:
        best = max(held, key=lambda one: one.last or date.min)  # of equals the first
        return Choice(spec, "stale", best, tuple(tried))
    state: State = "missing" if _begun(spec, supply.scope) else "not_yet"
    return Choice(spec, state, None, tuple(tried))


def _climb(spec: SeriesSpec, supply: Supply, rungs: frozenset[Rung]) -> Iterator[Tried]:
    """Try the rungs in order, each only when the one before did not do."""
    own = supply.own.get(spec.id)
    if own is not None and "folder" in rungs:
        yield supply.live(spec, own, "folder")
    for number, endpoint in enumerate(spec.endpoints):
        rung: Rung = "other" if number else "live"
        if rung in rungs:
            yield supply.live(spec, endpoint, rung)
    if "cache" in rungs:
        for endpoint in spec.endpoints:
            yield supply.cached(spec, endpoint)
    if "bundled" in rungs:
        yield supply.held(spec)


def _begun(spec: SeriesSpec, scope: Scope) -> bool:
    """Tell whether the first observation there ever was had been published."""
    first = np.array([spec.since], dtype="datetime64[D]")
    published = spec.release.known(spec.release_days(first), scope.known_at)
    return spec.since <= scope.as_of and bool(published.all())
