"""From a rung to the series itself: compared, repaired, joined, sampled."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from reportgen.gather.compare import compared, repaired
from reportgen.gather.findings import Unsound
from reportgen.gather.ladder import Choice, State
from reportgen.gather.lengthening import (
    SAME,
    lengthened,
    others,
    publisher,
    publisher_id,
)
from reportgen.gather.supply import Supply, Tried
from reportgen.series import Days, Sampling
from reportgen.series.release import WEEKDAYS
from reportgen.snapshot import Note, Part, SeriesData, series_data
from reportgen.snapshot.records import freshness_of
from reportgen.sources.base import Observations, Scope

RUNG_NOTES = {"other": "from_other_source", "cache": "from_cache", "bundled": "from_bundled"}

VINTAGES = frozenset({"fred_api"})
"""Sources that give a revised series as it was known on the day."""


@dataclass(frozen=True, eq=False)
class _Mended:
    """Observations, the stretches they are of, and what is to be told of them."""

    data: Observations
    parts: tuple[Part, ...]
    notes: tuple[Note, ...]


def made(choice: Choice, supply: Supply) -> SeriesData | None:
    """Return the series a choice stands for; ``None`` where there is nothing to take."""
    taken, spec = choice.taken, choice.spec
    if taken is None or taken.found is None:
        return None
    if taken.held is not None:
        return replace(taken.held, notes=(*taken.held.notes, *_rung_notes(choice, taken)))
    data, notes = taken.found.data, [one.note for one in taken.found.findings]
    if spec.tolerance is not None:
        data, more = _held_against_seconds(data, choice, supply)
        notes += more
    whole = lengthened(data, choice, supply)
    data = whole.data
    if spec.sampled is not None:
        data = sampled(data, spec.sampled, supply.scope.as_of)
    told = tuple(dict.fromkeys((*notes, *whole.notes)))  # compared and joined: found twice
    return _series(choice, _Mended(data, whole.parts, told), supply.scope)


def settled(choice: Choice, data: SeriesData | None, as_of: date) -> Choice:
    """Return the choice with its last day and state read from the series as it was made."""
    if data is None or not data.dates.size:
        state: State = "not_yet" if choice.state == "not_yet" else "missing"
        return replace(choice, state=state, taken=None)
    last = data.observation(-1)
    stale = freshness_of(choice.spec, last, as_of).stale
    return replace(choice, state="stale" if stale else "fresh", last=last.date)


def of_daily(choice: Choice, base: Choice, daily: SeriesData | None) -> bool:
    """Tell whether a weekly series is to be sampled from its daily one, now that this is made.

    The reader's own weekly file goes before it. The program's own weekly figures go back further
    than its daily ones and stand in for them.
    """
    if daily is None or choice.rung == "folder":
        return False
    return base.rung != "bundled" or choice.taken is None


def weekly(
    choice: Choice, base: Choice, daily: SeriesData, scope: Scope
) -> tuple[Choice, SeriesData]:
    """Return the choice and the series sampled from a daily one, with the daily one's rung."""
    spec = choice.spec
    assert spec.sampled is not None
    data = sampled(Observations(daily.dates, daily.numbers), spec.sampled, scope.as_of)
    whole = series_data(
        spec,
        data.dates,
        data.numbers,
        retrieved=daily.retrieved,
        publisher=daily.publisher,
        publisher_id=daily.publisher_id,
        notes=tuple(one for one in daily.notes if one.code in RUNG_NOTES.values()),
    )
    seen = whole.visible(scope.as_of, scope.known_at)
    return replace(choice, state=base.state, taken=base.taken, tried=base.tried), seen


def sampled(data: Observations, how: Sampling, as_of: date) -> Observations:
    """Return the last observation of each week, dated by the day the week ends with.

    A week that has not ended by ``as_of`` is left out; a week without an observation too.
    """
    ends = week_ends(data.dates, how)
    whole = ends <= np.datetime64(as_of, "D")
    last = np.append(ends[1:] != ends[:-1], np.ones(min(ends.size, 1), dtype=np.bool_)) & whole
    return Observations(ends[last], data.numbers[last], None, data.notes)


def week_ends(days: Days, how: Sampling) -> Days:
    """Return for each day the day its week ends with."""
    mask = [weekday == how.on for weekday in (*WEEKDAYS, "saturday", "sunday")]
    ends: Days = np.busday_offset(days, 0, roll="forward", weekmask=mask)
    return ends.astype("datetime64[D]")


def _held_against_seconds(
    data: Observations, choice: Choice, supply: Supply
) -> tuple[Observations, list[Note]]:
    """Compare with the sources that come after the chosen one, and take condemned spans from them.

    Nothing is taken from a source that comes before: it is one that did not do.
    """
    notes: list[Note] = []
    assert choice.taken is not None
    order = choice.spec.endpoints
    if choice.taken.endpoint not in order:
        return data, notes  # the reader's own file is believed
    own = order.index(choice.taken.endpoint)
    for other in others(choice, supply):
        assert other.found is not None
        assert other.endpoint is not None
        if order.index(other.endpoint) < own:
            continue
        try:
            comparison = compared(data, other.found.data, choice.spec.tolerance or SAME)
        except Unsound as problem:
            notes.append(Note(code=problem.code, first=problem.day))
            continue
        data, findings = repaired(data, other.found.data, comparison)
        notes += [one.note for one in findings]
    return data, notes


def _series(choice: Choice, mended: _Mended, scope: Scope) -> SeriesData:
    spec, taken, data = choice.spec, choice.taken, mended.data
    assert taken is not None
    assert taken.endpoint is not None
    revised = spec.revised and taken.endpoint.name not in VINTAGES
    as_revised = (Note(code="as_revised", last=_day(taken.retrieved)),) if revised else ()
    whole = series_data(
        spec,
        data.dates,
        data.numbers,
        retrieved=taken.retrieved,
        released=data.released,
        publisher=publisher(spec, taken.endpoint),
        publisher_id=publisher_id(spec, taken.endpoint),
        notes=(*data.notes, *mended.notes, *as_revised, *_rung_notes(choice, taken)),
    )
    # A week may end today with an observation of yesterday: it is published with the week.
    return replace(whole, parts=mended.parts).visible(scope.as_of, scope.known_at)


def _rung_notes(choice: Choice, taken: Tried) -> tuple[Note, ...]:
    """Return the note of a rung further down than the first one in use."""
    if not choice.moved:
        return ()
    return (Note(code=RUNG_NOTES[taken.rung], last=_day(taken.retrieved)),)


def _day(retrieved: str) -> date | None:
    try:
        return date.fromisoformat(retrieved)
    except ValueError:
        return None
