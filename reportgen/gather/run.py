"""A gathering: ask, choose a rung for each series, repair, and bind the snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec

from reportgen.errors import UnreachableError
from reportgen.gather.fetching import fetch_all
from reportgen.gather.ladder import Choice, chosen
from reportgen.gather.mending import made, of_daily, weekly
from reportgen.gather.supply import Rung, Supply
from reportgen.series import Endpoint, SeriesSpec, catalogue
from reportgen.snapshot import SeriesData, Snapshot
from reportgen.sources.base import Door, Scope, Source
from reportgen.sources.folder import endpoint_of
from reportgen.store import Store

INDEX = "nasdaq_composite"
"""Without a fresh level of this series there is no report."""

ENOUGH = 0.5
"""Part of the important series that must be there and fresh for a report."""


@dataclass(frozen=True)
class Order:
    """What is to be gathered.

    Args:
        scope: for which day.
        rungs: the rungs that may be used.
        only: ids of series; empty for the whole catalogue.
        keyed: whether FRED is asked through its keyed interface first.
        folder: the reader's own files; empty for none.
    """

    scope: Scope
    rungs: frozenset[Rung]
    only: tuple[str, ...] = ()
    keyed: bool = False
    folder: str = ""


@dataclass(frozen=True)
class Harvest:
    """What was gathered: the snapshot, and for each series how it came about."""

    snapshot: Snapshot
    choices: tuple[Choice, ...]

    @property
    def degraded(self) -> tuple[Choice, ...]:
        """The series that are missing, stale or not from their first source."""
        return tuple(one for one in self.choices if one.degraded)

    @property
    def reached(self) -> bool:
        """Whether any series came from a publisher in this run."""
        return any(one.rung in ("live", "other") and _is_remote(one) for one in self.choices)


@dataclass(frozen=True)
class Means:
    """What a gathering works with: the sources, the door, the store, the bundled figures."""

    sources: Mapping[str, Source]
    door: Door
    store: Store
    bundled: Snapshot


def gather(order: Order, means: Means) -> Harvest:
    """Return the snapshot of a day and how each of its series came about.

    A publisher that fails costs its series their first rung, never the gathering.
    """
    specs = [_asked(one, keyed=order.keyed) for one in _wanted(order.only)]
    supply = Supply(order.scope, means.sources, means.store, means.bundled, _own(specs, order))
    if "live" in order.rungs:
        _ask(specs, supply, means)
    choices = {one.id: chosen(one, supply, order.rungs) for one in specs}
    series: dict[str, SeriesData] = {}
    for name, choice in choices.items():
        choices[name], data = _series(choice, choices, series, supply)
        if data is not None:
            series[name] = data
    known = order.scope.known_at.date()
    snapshot = Snapshot(
        as_of=order.scope.as_of,
        known_at=order.scope.known_at,
        series=series,
        events=tuple(one for one in means.bundled.events if one.announced <= known),
    )
    return Harvest(snapshot, tuple(choices[one.id] for one in specs))


def refuse_too_little(harvest: Harvest) -> None:
    """Refuse to go on with too much missing.

    Series that did not exist at the as-of date are not missing.

    Raises:
        UnreachableError: the index is missing or stale, or fewer than half of the important
            series are there and fresh; the sentence names what is missing.
    """
    important = [one for one in harvest.choices if one.spec.important and one.state != "not_yet"]
    lacking = [one.spec.id for one in important if one.state != "fresh"]
    as_of = harvest.snapshot.as_of
    if INDEX in lacking:
        raise UnreachableError(
            f"The level of the Nasdaq Composite as of {as_of} cannot be had.",
            "`reportgen gather` shows what was tried; --data bundled builds the bundled edition.",
        )
    if len(lacking) > (1 - ENOUGH) * len(important):
        raise UnreachableError(
            f"Too much is missing or stale as of {as_of}: {', '.join(lacking)}.",
            "`reportgen gather` shows what was tried.",
        )


def _wanted(only: Iterable[str]) -> list[SeriesSpec]:
    """The catalogue, or the named series and those they are sampled from."""
    from reportgen.series import spec

    if not only:
        return list(catalogue().values())
    named = [spec(one) for one in only]
    bases = [spec(one.sampled.of) for one in named if one.sampled and one.sampled.of]
    return list({one.id: one for one in (*bases, *named)}.values())


def _asked(spec: SeriesSpec, *, keyed: bool) -> SeriesSpec:
    """With a key, FRED's keyed interface goes before its public files: it knows vintages."""
    if not keyed or spec.source is None or spec.source.name != "fred":
        return spec
    first = msgspec.structs.replace(spec.source, name="fred_api")
    return msgspec.structs.replace(spec, source=first, fallbacks=(spec.source, *spec.fallbacks))


def _own(specs: list[SeriesSpec], order: Order) -> dict[str, Endpoint]:
    """The reader's own files among the wanted series."""
    found = {one.id: endpoint_of(order.folder, one.id) for one in specs}
    return {name: endpoint for name, endpoint in found.items() if endpoint is not None}


def _ask(specs: list[SeriesSpec], supply: Supply, means: Means) -> None:
    """Ask the first sources; then the others, for what failed and for what is compared."""

    def ask(endpoints: Iterable[Endpoint]) -> None:
        supply.fetched |= fetch_all(endpoints, means.sources, means.door, supply.scope)

    first = [one.source for one in specs if one.source]
    ask([*supply.own.values(), *first])
    near: frozenset[Rung] = frozenset({"folder", "live"})
    ask(
        endpoint
        for one in specs
        if one.fallbacks and (one.tolerance or chosen(one, supply, near).state != "fresh")
        for endpoint in one.fallbacks
    )


def _series(
    choice: Choice,
    choices: Mapping[str, Choice],
    series: Mapping[str, SeriesData],
    supply: Supply,
) -> tuple[Choice, SeriesData | None]:
    """Make one series; a weekly one from the daily one it is sampled from, made before it."""
    how = choice.spec.sampled
    if how is not None and how.of:
        base, daily = choices[how.of], series.get(how.of)
        if daily is not None and of_daily(choice, base, daily):
            return weekly(choice, base, daily, supply.scope.as_of)
    return choice, made(choice, supply)


def _is_remote(choice: Choice) -> bool:
    """Tell whether a series came over the network, not from a data set of this machine."""
    endpoint = choice.taken.endpoint if choice.taken else None
    return endpoint is not None and endpoint.name != "arch"
