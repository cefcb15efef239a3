"""A gathering: ask, choose a rung for each series, repair, and bind the snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import msgspec

from reportgen.errors import UnreachableError
from reportgen.gather.fetching import fetch_all
from reportgen.gather.ladder import Choice, chosen
from reportgen.gather.mending import made, of_daily, settled, weekly
from reportgen.gather.supply import Rung, Supply
from reportgen.series import Endpoint, SeriesSpec, catalogue, spec
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
        only: ids of series, to which those are added that they are sampled from; empty for the
            whole catalogue.
        keyed: whether FRED is asked through its keyed interface first.
        folder: the reader's own files, one a series; empty for none.
    """

    scope: Scope
    rungs: frozenset[Rung]
    only: tuple[str, ...] = ()
    keyed: bool = False
    folder: str = ""


@dataclass(frozen=True)
class Harvest:
    """What was gathered.

    Args:
        snapshot: the figures; holds nothing that its two dates do not allow.
        choices: for each series how it came about, in the order of the catalogue.
        reached: whether any series came from a publisher in this run.
    """

    snapshot: Snapshot
    choices: tuple[Choice, ...]
    reached: bool

    @property
    def degraded(self) -> tuple[Choice, ...]:
        """The series that are missing, stale or not from their first source in use."""
        return tuple(one for one in self.choices if one.degraded)


@dataclass(frozen=True)
class Means:
    """What a gathering works with.

    Args:
        sources: by the name the catalogue gives them.
        door: the way to the publishers.
        store: answers of earlier gatherings; those of this one are kept there too.
        bundled: the figures that come with the program.
    """

    sources: Mapping[str, Source]
    door: Door
    store: Store
    bundled: Snapshot


def gather(order: Order, means: Means) -> Harvest:
    """Return the snapshot of a day and how each of its series came about.

    A publisher that fails costs its series their first rung, never the gathering.

    Raises:
        DataError: a name in ``order.only`` is not in the catalogue.
        CannotCreateError, DiskError: the store cannot be written to.
    """
    wanted = [one for one in _wanted(order.only) if _worth_asking(one, order)]
    specs = [_asked(one, keyed=order.keyed) for one in wanted]
    supply = Supply(order.scope, means.sources, means.store, means.bundled, _own(specs, order))
    _ask(specs, supply, means, order.rungs)
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
    found = tuple(choices[one.id] for one in specs)
    return Harvest(snapshot, found, any(_came_over_the_network(one, supply) for one in found))


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
    if not only:
        return list(catalogue().values())
    named = [spec(one) for one in only]
    bases = [spec(one.sampled.of) for one in named if one.sampled and one.sampled.of]
    return list({one.id: one for one in (*bases, *named)}.values())


def _worth_asking(one: SeriesSpec, order: Order) -> bool:
    """Optional series lie in the reader's folder or nowhere."""
    return not one.optional or bool(order.only) or endpoint_of(order.folder, one.id) is not None


def _asked(one: SeriesSpec, *, keyed: bool) -> SeriesSpec:
    """With a key, FRED's keyed interface goes before its public files: it knows vintages."""
    if not keyed or one.source is None or one.source.name != "fred":
        return one
    first = msgspec.structs.replace(one.source, name="fred_api")
    return msgspec.structs.replace(one, source=first, fallbacks=(one.source, *one.fallbacks))


def _own(specs: list[SeriesSpec], order: Order) -> dict[str, Endpoint]:
    """The reader's own files among the wanted series."""
    found = {one.id: endpoint_of(order.folder, one.id) for one in specs}
    return {name: endpoint for name, endpoint in found.items() if endpoint is not None}


def _ask(specs: list[SeriesSpec], supply: Supply, means: Means, rungs: frozenset[Rung]) -> None:
    """Ask the first sources; then the others, for what failed and for what is compared.

    What lies on this machine is read in any case.
    """

    def ask(endpoints: Iterable[Endpoint]) -> None:
        supply.fetched |= fetch_all(endpoints, means.sources, means.door, supply.scope)

    if "live" not in rungs:
        near_by = [end for one in specs for end in one.endpoints if supply.is_local(end)]
        ask([*supply.own.values(), *near_by])
        return
    ask([*supply.own.values(), *(one.source for one in specs if one.source)])
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
    how, scope = choice.spec.sampled, supply.scope
    base = choices[how.of] if how and how.of else None
    daily = series.get(base.spec.id) if base else None
    data: SeriesData | None
    if base and daily and of_daily(choice, base, daily):
        choice, data = weekly(choice, base, daily, scope)
    else:
        choice, data = _with_reasons(choice, base), made(choice, supply)
    choice = settled(choice, data, scope.as_of)
    return choice, None if choice.taken is None else data


def _with_reasons(choice: Choice, base: Choice | None) -> Choice:
    """Tell of a weekly series that stands in for its daily one why that one was not to be had."""
    if base is None:
        return choice
    asked = tuple(one for one in base.tried if one.rung in ("live", "other", "cache"))
    return replace(choice, tried=(*asked, *choice.tried))


def _came_over_the_network(choice: Choice, supply: Supply) -> bool:
    """Tell whether a series came from a publisher just now."""
    if choice.taken is None or choice.rung not in ("live", "other"):
        return False
    return choice.taken.endpoint is not None and not supply.is_local(choice.taken.endpoint)
