"""Dated events from the snapshot, as sections use them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from reportgen.assess.desk import SERIES_UNITS, Desk
from reportgen.facts import Day, Observed, Quantity
from reportgen.facts.events import DatedEvent

if TYPE_CHECKING:
    from reportgen.snapshot import Event

FED_CHANGES = ("fomc_lowers_range", "fomc_raises_range")
BOJ_CHANGES = ("boj_raises_rate", "boj_lowers_rate")
BETWEEN_DECISIONS = timedelta(weeks=9)
"""Central banks decide eight times a year: a longer gap means that the list has holes."""
BETWEEN_REPORTS = timedelta(weeks=7)
"""Likewise for what is published every month."""
LONGEST_GAPS: Mapping[str, timedelta] = {
    "fomc_decision": BETWEEN_DECISIONS,
    "boj_decision": BETWEEN_DECISIONS,
    "employment_report": BETWEEN_REPORTS,
    "cpi_report": BETWEEN_REPORTS,
}
"""How far ahead the next event of a kind can be; the others have no rhythm that is known."""
SERIES = "events"
"""Stands for a series in the origin of a date that comes from the list of events."""


def events_between(desk: Desk, first: date, last: date, *names: str) -> tuple[DatedEvent, ...]:
    """Return the events from one day to the other (both included), earliest first.

    Args:
        desk: the desk.
        first: first day that counts.
        last: last day that counts.
        names: events asked for; all when none is named.
    """
    found = (one for one in desk.snapshot.events if first <= one.date <= last)
    chosen = (one for one in found if not names or one.code in names)
    return tuple(_dated(one) for one in sorted(chosen, key=lambda one: (one.date, one.code)))


def last_event(desk: Desk, *names: str) -> DatedEvent | None:
    """Return the last of the named events that had happened by the as-of date."""
    past = events_between(desk, date.min, desk.as_of, *names)
    return next((one for one in reversed(past) if one.status == "fact"), None)


def last_move(desk: Desk, decision: str, *changes: str) -> DatedEvent | None:
    """Return the last change of a policy rate; ``None`` when a later decision is not recorded.

    A decision that was scheduled for a day gone by may have changed the rate: the last change
    of the list is then not known to be the last.
    """
    found = last_event(desk, *changes)
    if found is None or events_between(desk, found.day.day, desk.as_of, decision):
        return None
    return found


def next_event(desk: Desk, *names: str) -> DatedEvent | None:
    """Return the first of the named events after the as-of date."""
    coming = events_between(desk, desk.as_of, date.max, *names)
    return next((one for one in coming if one.day.day > desk.as_of), None)


def next_decision(desk: Desk, name: str) -> DatedEvent | None:
    """Return a central bank's next decision; ``None`` when the list does not hold the next one."""
    found = next_event(desk, name)
    return found if found is not None and is_next(desk, found) else None


def is_next(desk: Desk, found: DatedEvent) -> bool:
    """Tell whether the first listed event of its kind can be the next one there is."""
    gap = LONGEST_GAPS.get(found.event)
    return gap is None or found.day.day - desk.as_of <= gap


def _dated(event: Event) -> DatedEvent:
    origin = Observed(SERIES, event.source, event.date)
    figure = None
    if event.value is not None:
        unit, factor = SERIES_UNITS[event.unit]
        figure = Quantity(event.value * factor, unit, origin)
    return DatedEvent(event.code, event.kind, event.status, Day(event.date, origin), figure)
