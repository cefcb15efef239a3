"""The calendar of catalysts: months by share of hazard, dated events, the house's windows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from reportgen.assess.desk import Desk
from reportgen.assess.events import events_between
from reportgen.facts import Band, Chart, Line, Unit

if TYPE_CHECKING:
    from reportgen.facts.events import DatedEvent
    from reportgen.facts.layers import Layers
    from reportgen.facts.outlook import Timing

ROWS: Mapping[str, str] = {
    "fomc_decision": "fomc",
    "boj_decision": "boj",
    "employment_report": "data",
    "cpi_report": "data",
    "hyperscaler_reporting_season": "reports",
    "nvidia_earnings": "reports",
}
KIND_ROWS: Mapping[str, str] = {
    "policy": "data",
    "company": "reports",
    "fiscal": "politics",
    "politics": "politics",
    "market": "data",
}
"""The row of a single event, and that of any other event by its kind."""
ORDER = ("fomc", "boj", "data", "reports", "politics")


def calendar_chart(desk: Desk, timing: Timing, layers: Layers | None) -> tuple[Chart, ...]:
    """Return the chart; nothing when there is neither a dated event nor a share by month."""
    events = events_between(desk, desk.as_of + timedelta(days=1), desk.window_end)
    lines = (*_shares(desk, layers), *_events(desk, events))
    if not lines:
        return ()
    return (
        Chart(
            code="calendar",
            axis="date",
            lines=lines,
            bands=(
                *(Band(one.code, _iso(one.start.day), _iso(one.end.day)) for one in timing.windows),
                *_expected(events),
                Band("window", _iso(desk.as_of), _iso(desk.window_end)),
            ),
            as_of=desk.as_of,
            sources=_sources(events, layers),
        ),
    )


def _shares(desk: Desk, layers: Layers | None) -> tuple[Line, ...]:
    """Return each month's share of the hazard, its spread, and the even share."""
    if layers is None:
        return ()
    by_model, months = desk.by_model("M2"), layers.months
    days = tuple(_iso(one.month.day) for one in months)
    columns = {
        "share": tuple(one.share.value for one in months),
        "low": tuple(one.spread.low.value for one in months),
        "high": tuple(one.spread.high.value for one in months),
        "even": tuple(layers.even_share.value for _ in months),
    }
    return tuple(
        Line(code, Unit.PROBABILITY, by_model, days, tuple(round(value, 6) for value in values))
        for code, values in columns.items()
    )


def _events(desk: Desk, events: tuple[DatedEvent, ...]) -> tuple[Line, ...]:
    """Return one line a row over the days of all events: 1 on the days of its own."""
    days = tuple(sorted({one.day.day for one in events}))
    found = {row: {one.day.day for one in events if row_of(one) == row} for row in ORDER}
    return tuple(
        Line(
            row,
            Unit.COUNT,
            desk.by_model("calendar"),
            tuple(_iso(day) for day in days),
            tuple(1.0 if day in own else None for day in days),
        )
        for row, own in found.items()
        if own
    )


def row_of(event: DatedEvent) -> str:
    """Return the row of the calendar in which an event stands."""
    return ROWS.get(event.event, KIND_ROWS[event.kind])


def _expected(events: tuple[DatedEvent, ...]) -> tuple[Band, ...]:
    """Return the days that custom, not a published calendar, leads one to expect, by row."""
    found = sorted({(_iso(one.day.day), row_of(one)) for one in events if one.status == "expected"})
    return tuple(Band(f"expected_{row}", day, day) for day, row in found)


def _sources(events: tuple[DatedEvent, ...], layers: Layers | None) -> tuple[str, ...]:
    named = dict.fromkeys(getattr(one.day.origin, "publisher", "") for one in events)
    institutions = tuple(name for name in named if name)
    return institutions if layers is None else (*institutions, "M2")


def _iso(day: date) -> str:
    return day.isoformat()
