"""The Bank of Japan's policy rate: from its daily series, else from the list of dated events."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from reportgen.assess.desk import Desk
from reportgen.assess.events import BOJ_CHANGES, events_between, last_event, last_move
from reportgen.facts import Day, Line, Observed, Quantity, Unit
from reportgen.facts.events import DatedEvent

RATE = "boj_policy_rate"
LINE = "boj_policy"
QUANTITY_TARGETS = (
    (date(2001, 3, 19), date(2006, 3, 9)),
    (date(2013, 4, 4), date(2016, 2, 16)),
)
"""From when until when the bank steered an amount of money instead of a rate (Bank of Japan,
statements on monetary policy of 19 March 2001, 9 March 2006, 4 April 2013, 29 January 2016)."""
NOTICE = timedelta(days=7)
"""A rate holds from a few days after its decision on."""


def last_change(desk: Desk) -> DatedEvent | None:
    """Return the last change of the rate; ``None`` if not known.

    Its day is that of the decision where the list of events holds it, else that on which the
    series shows the new rate. While the bank steers an amount of money, that decision stands here.
    """
    since = _money_steered_since(desk)
    if since is not None:
        decided_by = Observed(RATE, desk.snapshot.data(RATE).publisher, since)
        return DatedEvent("boj_steers_money", "policy", "fact", Day(since, decided_by))
    if not desk.has(RATE) or desk.snapshot.freshness(RATE).stale:
        return last_move(desk, "boj_decision", *BOJ_CHANGES)
    steps = _changes(desk)
    if steps.size < 2:  # the first value is where the series begins, not a change
        return None
    day: date = steps.index[-1].date()
    decided = last_event(desk, *BOJ_CHANGES)
    if decided is not None and timedelta() <= day - decided.day.day <= NOTICE:
        return decided
    origin = Observed(RATE, desk.snapshot.data(RATE).publisher, day)
    code = "boj_raises_rate" if steps.iloc[-1] > steps.iloc[-2] else "boj_lowers_rate"
    figure = Quantity(float(steps.iloc[-1]), Unit.PERCENT, origin)
    return DatedEvent(code, "policy", "fact", Day(day, origin), figure)


def policy_line(desk: Desk, first: str) -> tuple[Line, ...]:
    """Return the rate since a day (ISO) as a chart draws it: each change, and the as-of date."""
    if desk.has(RATE):
        return _drawn(desk, _changes(desk), first)
    changes = [
        event
        for event in events_between(desk, pd.Timestamp(first).date(), desk.as_of, *BOJ_CHANGES)
        if event.figure is not None and event.status == "fact"
    ]
    if not changes:
        return ()
    days = [event.day.day.isoformat() for event in changes] + [desk.as_of.isoformat()]
    rates = [event.figure.value for event in changes if event.figure is not None]
    origin = changes[-1].day.origin
    return (Line(LINE, Unit.PERCENT, origin, tuple(days), (*rates, rates[-1])),)


def _money_steered_since(desk: Desk) -> date | None:
    """Return since when there is no rate to steer by; ``None`` where there is one, or no series."""
    if not desk.has(RATE):
        return None
    return next((first for first, end in QUANTITY_TARGETS if first <= desk.as_of < end), None)


def _changes(desk: Desk) -> pd.Series[float]:
    """The first value and every value that differs from the one before."""
    values = desk.values(RATE)
    return values[values != values.shift()]


def _drawn(desk: Desk, steps: pd.Series[float], first: str) -> tuple[Line, ...]:
    before = steps[steps.index < pd.Timestamp(first)].iloc[-1:]
    since = steps[steps.index >= pd.Timestamp(first)]
    start = str(pd.Timestamp(first).date())
    days = [start] * before.size + [str(day.date()) for day in since.index]
    rates = [float(rate) for rate in (*before, *since)]
    if not rates:
        return ()
    end = (_money_steered_since(desk) or desk.snapshot.last(RATE).date).isoformat()
    return (Line(LINE, Unit.PERCENT, desk.origin(RATE), (*days, end), (*rates, rates[-1])),)
