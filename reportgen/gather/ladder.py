"""Which rung a series is taken from: the first that is fresh, or the freshest there is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from reportgen.gather.supply import Rung, Supply, Tried
from reportgen.series import SeriesSpec

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
    """

    spec: SeriesSpec
    state: State
    taken: Tried | None
    tried: tuple[Tried, ...]

    @property
    def rung(self) -> Rung | Literal[""]:
        """The rung it is taken from; empty for none."""
        return self.taken.rung if self.taken else ""

    @property
    def degraded(self) -> bool:
        """Whether it is missing, stale, or not from its first source."""
        if self.state in ("missing", "stale"):
            return True
        return self.state == "fresh" and self.rung not in ("folder", "live", *_home(self.spec))

    def as_json(self) -> dict[str, object]:
        """Return the choice as plain values."""
        return {
            "id": self.spec.id,
            "state": self.state,
            "rung": self.rung,
            "last": self.taken.last.isoformat() if self.taken and self.taken.last else None,
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
    state: State = "not_yet" if spec.since > supply.scope.as_of else "missing"
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


def _home(spec: SeriesSpec) -> tuple[str, ...]:
    """Where a series without a public endpoint is at home."""
    return () if spec.endpoints or spec.sampled else ("bundled",)
