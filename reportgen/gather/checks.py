"""The checks every answer passes before a model sees it; pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from reportgen.gather.findings import Finding, Unsound, found, groups
from reportgen.series import Days, Endpoint, SeriesSpec
from reportgen.sessions import sessions, within_knowledge
from reportgen.snapshot import Freshness, Observation
from reportgen.snapshot.records import Numbers, freshness_of
from reportgen.sources.base import Observations, Scope

__all__ = ["Examined", "Finding", "Unsound", "examined", "freshness", "selected"]

LONGEST_GAP = 5
"""Sessions in a row that may lack an observation before it is called a hole."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Examined:
    """Observations a snapshot may hold, and what was found on the way.

    Args:
        data: in the catalogue's unit, in order of date, one a day, each with its day of
            publication.
        findings: what the reader of the data appendix is told.
    """

    data: Observations
    findings: tuple[Finding, ...] = ()


def examined(
    observations: Observations, spec: SeriesSpec, endpoint: Endpoint, scope: Scope
) -> Examined:
    """Return what may be used of an answer, with everything noted that was done to it.

    What was observed after ``scope.as_of`` or published after ``scope.known_at`` is cut before
    anything is looked at, so that no later row can change what was known.

    Args:
        observations: in the publisher's unit and order, as a source parsed them.
        spec: of the series they are to become.
        endpoint: where they were asked for.
        scope: the day they are gathered for.

    Returns:
        the observations, perhaps none: an answer may hold nothing that was known by then.

    Raises:
        Unsound: a day has two values, a value is out of the catalogue's range, or a step is
            larger than plausible and not taken back by the next observation.
    """
    data = _known(observations, spec, endpoint, scope)
    findings: tuple[Finding, ...] = ()
    for check in (_in_order, _once_a_day, _on_sessions, _without_spikes):
        if data.dates.size:
            data, more = check(data, spec)
            findings += more
    return Examined(data, findings)


def freshness(data: Observations, spec: SeriesSpec, as_of: date) -> Freshness:
    """Return the age of examined observations, at least one, and whether the series is stale."""
    day = data.dates[-1].item()
    published = spec.release_days(data.dates[-1:]) if data.released is None else data.released
    last = Observation(float(data.numbers[-1]), day, published[-1].item())
    return freshness_of(spec, last, as_of)


def selected(data: Observations, which: Mask | npt.NDArray[np.intp]) -> Observations:
    """Return the observations at some positions, in that order."""
    released = None if data.released is None else data.released[which]
    return replace(data, dates=data.dates[which], numbers=data.numbers[which], released=released)


def _known(data: Observations, spec: SeriesSpec, endpoint: Endpoint, scope: Scope) -> Observations:
    released = spec.release_days(data.dates) if data.released is None else data.released
    known = (data.dates <= np.datetime64(scope.as_of, "D")) & spec.release.known(
        released, scope.known_at
    )
    if endpoint.first is not None:
        known &= data.dates >= np.datetime64(endpoint.first, "D")
    whole = replace(data, numbers=data.numbers * endpoint.factor, released=released)
    return selected(whole, known)


def _in_order(data: Observations, spec: SeriesSpec) -> tuple[Observations, tuple[Finding, ...]]:
    late = data.dates < np.maximum.accumulate(data.dates)
    # Of one day's values the one published first stands first; equal ones then leave its day.
    published = data.dates if data.released is None else data.released
    order = np.lexsort((published, data.dates))
    return selected(data, order), found("unordered", np.sort(data.dates[late]))


def _once_a_day(data: Observations, spec: SeriesSpec) -> tuple[Observations, tuple[Finding, ...]]:
    again = np.zeros(data.dates.size, dtype=np.bool_)
    again[1:] = data.dates[1:] == data.dates[:-1]
    other = np.flatnonzero(again[1:] & (data.numbers[1:] != data.numbers[:-1])) + 1
    if other.size:
        at = int(other[0])
        raise Unsound(
            "contradictory",
            f"Series {spec.id} is {data.numbers[at - 1]:g} and {data.numbers[at]:g} on the same "
            f"day, {data.dates[at]}.",
            data.dates[at].item(),
        )
    return selected(data, ~again), found("duplicate", data.dates[again])


def _on_sessions(data: Observations, spec: SeriesSpec) -> tuple[Observations, tuple[Finding, ...]]:
    """Drop what lies on no session, and tell which sessions have nothing."""
    if not spec.calendar:
        return data, ()
    expected = sessions(spec.calendar, data.dates[0].item(), data.dates[-1].item())
    known = within_knowledge(spec.calendar, data.dates)
    stranger = known & ~np.isin(data.dates, expected)
    kept = selected(data, ~stranger)
    return kept, found("no_session", data.dates[stranger]) + _gaps(kept.dates, expected)


def _gaps(days: Days, expected: Days) -> tuple[Finding, ...]:
    """Return the short stretches of missing sessions together, and each longer one."""
    if not days.size:
        return ()
    expected = expected[(expected >= days[0]) & (expected <= days[-1])]
    missing = groups(np.flatnonzero(~np.isin(expected, days)), farthest=1)
    short = [stretch for stretch in missing if stretch.size <= LONGEST_GAP]
    holes = [stretch for stretch in missing if stretch.size > LONGEST_GAP]
    gap = found("gap", expected[np.concatenate(short)]) if short else ()
    return gap + tuple(one for hole in holes for one in found("hole", expected[hole]))


def _without_spikes(
    data: Observations, spec: SeriesSpec
) -> tuple[Observations, tuple[Finding, ...]]:
    """Refuse implausible values and lasting steps; drop what the next observation takes back."""
    _refuse_range(data, spec)
    spike = np.zeros(data.dates.size, dtype=np.bool_)
    far = _far(data.numbers[:-1], data.numbers[1:], spec)
    for before in np.flatnonzero(far):
        if spike[before]:
            continue
        here, after = before + 1, before + 2
        back = after < data.dates.size and bool(far[here])
        if not back or _far(data.numbers[[before]], data.numbers[[after]], spec)[0]:
            raise Unsound(
                "step",
                f"Series {spec.id} goes from {data.numbers[before]:g} on {data.dates[before]} to "
                f"{data.numbers[here]:g} on {data.dates[here]}, a larger step than plausible.",
                data.dates[here].item(),
            )
        spike[here] = True
    return selected(data, ~spike), found("spike", data.dates[spike])


def _refuse_range(data: Observations, spec: SeriesSpec) -> None:
    wild = np.flatnonzero((data.numbers < spec.low) | (data.numbers > spec.high))
    if wild.size:
        at = int(wild[0])
        raise Unsound(
            "out_of_range",
            f"Series {spec.id} is {data.numbers[at]:g} on {data.dates[at]}, outside the plausible "
            f"{spec.low:g} to {spec.high:g}.",
            data.dates[at].item(),
        )


def _far(one: Numbers, other: Numbers, spec: SeriesSpec) -> Mask:
    """Tell for each pair whether one step from the one to the other is implausibly large."""
    low, high = np.minimum(one, other), np.maximum(one, other)
    far: Mask = np.zeros(low.size, dtype=np.bool_)
    if spec.step.relative is not None:
        # At or below zero no ratio is meaningful: there, every change counts as too large.
        ratio_far = np.where(low > 0, high > low * (1 + spec.step.relative), high != low)
        far |= ratio_far
    if spec.step.absolute is not None:
        far |= high - low > spec.step.absolute
    return far
