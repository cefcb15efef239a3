"""Statements of the house view, as it states them: with a probability, or without one.

A view stands for months. Its statement belongs to the month it was stated in, so that later
editions that repeat it put nothing on record again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from reportgen.facts import Assumed, Quantity
from reportgen.record.events import DateIn, Decision, Event, Touch
from reportgen.record.issuing.desk import IssueDesk
from reportgen.record.issuing.index import EVENTS, below
from reportgen.record.issuing.policy import DEBT, X_DATE, bound

if TYPE_CHECKING:
    from reportgen.facts.probabilities import HouseView
    from reportgen.record.statement import Statement

HOUSE = "house"
BOJ_RATE = "boj_policy_rate"
YEN = "usdjpy"


def house(desk: IssueDesk) -> Iterator[Statement]:
    """Yield every statement of the house that closes can decide."""
    yield from _probabilities(desk)
    yield from _levels(desk)
    yield from _windows(desk)
    yield from _rates(desk)


def _stated(
    desk: IssueDesk, figure: Quantity, event: Event, end: date, **more: Any
) -> Iterator[Statement]:
    """Yield the statement when the figure is the house's own and its last day lies ahead."""
    origin = figure.origin
    if isinstance(origin, Assumed) and origin.by == HOUSE and desk.sessions(end):
        edition = f"{origin.stated:%Y-%m}"
        yield desk.made("house", HOUSE, event, end, **({"edition": edition} | more))


def _probabilities(desk: IssueDesk) -> Iterator[Statement]:
    for code, event in EVENTS.items():
        found = desk.assessment.probabilities.event(code)
        if found.house is not None and found.forecasts:
            base = found.at("window").base_rates
            rate = base[0].rate.value if base else None
            figures = _figures(found.house) | {"climatology_p": rate}
            yield from _stated(desk, found.house.stated.low, event, desk.window_end, **figures)


def _figures(view: HouseView) -> dict[str, float | None]:
    """Return the middle of a stated range and its bounds; of "less than 10 %", 5 %."""
    low, high = view.stated.low.value, view.stated.high.value
    return {"p": (low + high) / 2.0, "p_lo": low, "p_hi": high}


def _levels(desk: IssueDesk) -> Iterator[Statement]:
    found = desk.assessment.levels
    for level in (found.house_main, found.house_extreme, *found.house_zone):
        if level is not None and not level.reached:
            yield from _stated(desk, level.level, below(level), desk.window_end)


def _windows(desk: IssueDesk) -> Iterator[Statement]:
    """Yield the stretches in which the house expects the fall, and the end of the money."""
    for window in desk.assessment.outlook.timing.windows:
        day = Quantity(0.0, desk.assessment.market.close.unit, window.start.origin)
        start = window.start.day - timedelta(days=1)
        if start > desk.as_of:
            yield from _stated(desk, day, EVENTS["flash"], window.end.day, start=start)
    fiscal = desk.assessment.fiscal
    if fiscal is not None and fiscal.house_window is not None:
        named = fiscal.house_window
        day = Quantity(0.0, fiscal.debt.unit, named.start.origin)
        start = max(desk.as_of, named.start.day - timedelta(days=1))
        event = DateIn(X_DATE, DEBT, bound(fiscal))
        yield from _stated(desk, day, event, named.end.day, start=start)


def _rates(desk: IssueDesk) -> Iterator[Statement]:
    """Yield the house's rate of USD/JPY and its next step of the Bank of Japan."""
    carry = desk.assessment.carry
    if carry is None:
        return
    forecast = carry.touch("forecast")
    if forecast is not None:
        side = "below" if forecast.level.value < carry.spot.value else "above"
        event = Touch(YEN, forecast.level.value, side)  # type: ignore[arg-type]
        yield from _stated(desk, forecast.level, event, desk.window_end)
    held, meeting, step = carry.boj_rate, carry.next_boj, carry.path.boj_next
    if step is not None and meeting is not None and held is not None and held.figure is not None:
        move = "raise" if step.value > held.figure.value else "hold"
        decision = Decision(BOJ_RATE, meeting.day.day, move)  # type: ignore[arg-type]
        yield from _stated(desk, step, decision, meeting.day.day)
