"""From a rung to the series itself: compared, repaired, joined, sampled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import numpy as np

from reportgen.gather.compare import compared, joined, repaired
from reportgen.gather.findings import Unsound
from reportgen.gather.ladder import Choice
from reportgen.gather.supply import Supply, Tried
from reportgen.series import Days, Endpoint, Sampling, SeriesSpec
from reportgen.series.release import WEEKDAYS
from reportgen.snapshot import Note, Part, SeriesData, series_data
from reportgen.sources.base import Observations

SPEAKS_FOR_ITSELF = {"yahoo": "Yahoo Finance"}
"""Sources that are named as the publisher, because they do not pass on the publisher's own file."""

SAME = 0.0005
"""Ratio by which the licensed window of a source and what was kept of earlier years may differ."""

RUNG_NOTES = {"other": "from_other_source", "cache": "from_cache", "bundled": "from_bundled"}


def made(choice: Choice, supply: Supply) -> SeriesData | None:
    """Return the series a choice stands for; ``None`` where there is nothing to take."""
    taken, spec = choice.taken, choice.spec
    if taken is None or taken.found is None:
        return None
    if taken.held is not None:
        note = () if not spec.endpoints else (_rung_note(taken),)
        return replace(taken.held, notes=(*taken.held.notes, *note))
    data = taken.found.data
    notes = [one.note for one in taken.found.findings]
    if spec.tolerance is not None:
        data, more = _held_against_others(data, choice, supply)
        notes += more
    data, parts = _lengthened(data, choice, supply)
    if spec.sampled is not None:
        data = sampled(data, spec.sampled, supply.scope.as_of)
    return _series(spec, taken, data, (tuple(notes), parts))


def of_daily(choice: Choice, base: Choice, daily: SeriesData | None) -> bool:
    """Tell whether a weekly series is to be sampled from its daily one, now that this is made.

    The program's own weekly figures go back further than its daily ones and stand in for them.
    """
    return daily is not None and (base.rung != "bundled" or choice.taken is None)


def weekly(
    choice: Choice, base: Choice, daily: SeriesData, as_of: date
) -> tuple[Choice, SeriesData]:
    """Return the choice and the series sampled from a daily one, with the daily one's rung."""
    spec = choice.spec
    assert spec.sampled is not None
    assert base.taken is not None
    data = sampled(Observations(daily.dates, daily.numbers), spec.sampled, as_of)
    notes = tuple(one for one in daily.notes if one.code in RUNG_NOTES.values())
    whole = series_data(
        spec,
        data.dates,
        data.numbers,
        retrieved=daily.retrieved,
        publisher=daily.publisher,
        publisher_id=daily.publisher_id,
        notes=notes,
    )
    return replace(choice, state=base.state, taken=base.taken, tried=base.tried), whole


def sampled(data: Observations, how: Sampling, as_of: date) -> Observations:
    """Return the last observation of each week, dated by the day the week ends with.

    A week that has not ended by ``as_of`` is left out; a week without an observation too.
    """
    ends = week_ends(data.dates, how)
    whole = ends <= np.datetime64(as_of, "D")
    last = np.append(ends[1:] != ends[:-1], True) & whole
    return Observations(ends[last], data.numbers[last], None, data.notes)


def week_ends(days: Days, how: Sampling) -> Days:
    """Return for each day the day its week ends with."""
    mask = [weekday == how.on for weekday in (*WEEKDAYS, "saturday", "sunday")]
    ends: Days = np.busday_offset(days, 0, roll="forward", weekmask=mask)
    return ends.astype("datetime64[D]")


def _held_against_others(
    data: Observations, choice: Choice, supply: Supply
) -> tuple[Observations, list[Note]]:
    """Compare with every other source there is, and take condemned spans from it."""
    notes: list[Note] = []
    for other in _others(choice, supply):
        assert other.found is not None
        try:
            comparison = compared(data, other.found.data, choice.spec.tolerance or SAME)
        except Unsound as problem:
            notes.append(Note(code=problem.code, first=problem.day))
            continue
        data, findings = repaired(data, other.found.data, comparison)
        notes += [one.note for one in findings]
    return data, notes


def _lengthened(
    data: Observations, choice: Choice, supply: Supply
) -> tuple[Observations, tuple[Part, ...]]:
    """Put earlier years before a source that goes back a few years only, where both agree."""
    parts: tuple[Part, ...] = ()
    spec, taken = choice.spec, choice.taken
    assert taken is not None
    assert taken.endpoint is not None
    if not spec.window_years:
        return data, parts
    for other in (*_others(choice, supply), supply.held(spec)):
        if other.found is None or other.found.data.dates[0] >= data.dates[0]:
            continue
        try:
            whole, _ = joined(other.found.data, data, spec.tolerance or SAME)
        except Unsound:
            continue
        names = _names(spec, other), publisher_id(spec, taken.endpoint)
        parts = _parts(spec, whole.dates, data.dates[0], names)
        data = whole
    return data, parts


def _names(spec: SeriesSpec, other: Tried) -> str:
    if other.endpoint is not None:
        return publisher_id(spec, other.endpoint)
    return other.held.publisher_id if other.held else ""


def _parts(
    spec: SeriesSpec, days: Days, border: np.datetime64, names: tuple[str, str]
) -> tuple[Part, ...]:
    before = days[days < border]
    start = days[days >= border][0].item()
    return (
        Part(
            first=days[0].item(),
            last=before[-1].item(),
            publisher=spec.publisher,
            publisher_id=names[0],
        ),
        Part(
            first=start,
            last=days[-1].item(),
            publisher=spec.publisher,
            publisher_id=names[1],
        ),
    )


def _others(choice: Choice, supply: Supply) -> Iterator[Tried]:
    """Return what other sources than the chosen one say of the series, if they were asked."""
    for endpoint in choice.spec.endpoints:
        if choice.taken is None or endpoint != choice.taken.endpoint:
            tried = supply.live(choice.spec, endpoint, "other")
            if tried.found is not None:
                yield tried


def _series(
    spec: SeriesSpec,
    taken: Tried,
    data: Observations,
    more: tuple[tuple[Note, ...], tuple[Part, ...]],
) -> SeriesData:
    notes, parts = more
    endpoint = taken.endpoint
    assert endpoint is not None
    revised = (Note(code="as_revised", last=_day(taken.retrieved)),) if spec.revised else ()
    rung = () if taken.rung in ("live", "folder") else (_rung_note(taken),)
    whole = series_data(
        spec,
        data.dates,
        data.numbers,
        retrieved=taken.retrieved,
        released=data.released,
        publisher=SPEAKS_FOR_ITSELF.get(endpoint.name, ""),
        publisher_id=publisher_id(spec, endpoint),
        notes=(*data.notes, *notes, *revised, *rung),
    )
    return replace(whole, parts=parts)


def publisher_id(spec: SeriesSpec, endpoint: Endpoint) -> str:
    """Return the name under which a source has the series."""
    if endpoint.name == "arch":
        return f"arch.data.{endpoint.id}"
    if endpoint == spec.source or endpoint.name == "folder":
        return spec.publisher_id
    return endpoint.id


def _rung_note(taken: Tried) -> Note:
    return Note(code=RUNG_NOTES[taken.rung], last=_day(taken.retrieved))


def _day(retrieved: str) -> date | None:
    try:
        return date.fromisoformat(retrieved)
    except ValueError:
        return None
