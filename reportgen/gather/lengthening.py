"""Earlier years before a source that goes back a few years only, and what each stretch is from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from reportgen.gather.compare import joined
from reportgen.gather.findings import Unsound
from reportgen.gather.ladder import Choice
from reportgen.gather.supply import Supply, Tried
from reportgen.series import Days, Endpoint, SeriesSpec
from reportgen.snapshot import Note, Part
from reportgen.sources.base import Observations

SPEAKS_FOR_ITSELF = {"yahoo": "Yahoo Finance"}
"""Sources that are named as the publisher, because they do not pass on the publisher's own file."""

SAME = 0.0005
"""Ratio by which the licensed window of a source and what was kept of earlier years may differ."""


@dataclass(frozen=True, eq=False)
class Lengthened:
    """A series with its earlier years, the stretches it is made of, and what was found."""

    data: Observations
    parts: tuple[Part, ...] = ()
    notes: tuple[Note, ...] = ()


def lengthened(data: Observations, choice: Choice, supply: Supply) -> Lengthened:
    """Return observations with what other sources have of earlier years, where they agree.

    Args:
        data: of the chosen source.
        choice: the series; without ``window_years`` nothing is put before it.
        supply: where the others are.
    """
    whole = Lengthened(data)
    if choice.spec.window_years and choice.taken and choice.taken.endpoint:
        own = _stretch(choice.spec, choice.taken.endpoint, data.dates)
        for other in (*others(choice, supply), supply.held(choice.spec)):
            if other.found is not None and other.found.data.dates[0] < whole.data.dates[0]:
                whole = _put_before(other, whole, choice.spec, own)
    return whole


def others(choice: Choice, supply: Supply) -> Iterator[Tried]:
    """Return what the endpoints beside the chosen one give: now, or in their last good answer."""
    for endpoint in choice.spec.endpoints:
        if choice.taken is None or endpoint != choice.taken.endpoint:
            tried = supply.live(choice.spec, endpoint, "other")
            if tried.found is None:
                tried = supply.cached(choice.spec, endpoint)
            if tried.found is not None:
                yield tried


def publisher(spec: SeriesSpec, endpoint: Endpoint) -> str:
    """Return whom a reader is told the figures are from."""
    return SPEAKS_FOR_ITSELF.get(endpoint.name, spec.publisher)


def publisher_id(spec: SeriesSpec, endpoint: Endpoint) -> str:
    """Return the name under which a source has the series."""
    if endpoint.name == "arch":
        return f"arch.data.{endpoint.id}"
    if endpoint == spec.source or endpoint.name == "folder":
        return spec.publisher_id
    return endpoint.id


def _put_before(other: Tried, whole: Lengthened, spec: SeriesSpec, own: Part) -> Lengthened:
    assert other.found is not None
    earlier, border = other.found.data, whole.data.dates[0]
    try:
        data, findings = joined(earlier, whole.data, spec.tolerance or SAME)
    except Unsound as problem:
        said = (Note(code=problem.code, first=problem.day),) if problem.code == "disagree" else ()
        return Lengthened(whole.data, whole.parts, (*whole.notes, *said))
    before = _stretches(spec, other, earlier.dates[earlier.dates < border])
    notes = (*whole.notes, *(one.note for one in findings))
    return Lengthened(data, (*before, *(whole.parts or (own,))), notes)


def _stretches(spec: SeriesSpec, other: Tried, days: Days) -> tuple[Part, ...]:
    """Return what some days of another source are from; bundled figures may be of parts."""
    if other.endpoint is not None:
        return (_stretch(spec, other.endpoint, days),)
    assert other.held is not None
    last = days[-1].item()
    if other.held.parts:
        return tuple(
            msgspec.structs.replace(part, last=min(part.last, last))
            for part in other.held.parts
            if part.first <= last
        )
    held = other.held
    return (
        Part(
            first=days[0].item(),
            last=last,
            publisher=held.publisher,
            publisher_id=held.publisher_id,
        ),
    )


def _stretch(spec: SeriesSpec, endpoint: Endpoint, days: Days) -> Part:
    return Part(
        first=days[0].item(),
        last=days[-1].item(),
        publisher=publisher(spec, endpoint),
        publisher_id=publisher_id(spec, endpoint),
    )
