"""Cuts and hikes as prices hold them: from futures in the reader's folder, else from bills."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

import pandas as pd

from reportgen.assess.desk import Desk
from reportgen.assess.events import FED_CHANGES, events_between, next_decision
from reportgen.errors import DataError
from reportgen.facts import Quantity, Unit
from reportgen.facts.policy import MeetingChance, PolicyOdds
from reportgen.models.guard import day_of
from reportgen.models.policy_path import BILLS, FUTURES, SPEC

if TYPE_CHECKING:
    from reportgen.models.policy_path import MeetingOdds, PolicyPath

RATE = "effr"
WEEK, MONTH = timedelta(days=7), timedelta(days=30)
NEAR = timedelta(days=5)
"""How much older than asked for an earlier settlement may be."""


def policy_odds(desk: Desk) -> PolicyOdds | None:
    """Return the odds of the coming meetings; ``None`` where nothing gives any.

    Futures go before bills. Without the date of the next meeting neither can be read, and bills
    that are too short to be judged give nothing.
    """
    if not desk.has(RATE) or next_decision(desk, "fomc_decision") is None:
        return None
    return _from_futures(desk) or _from_bills(desk)


# -- futures ----------------------------------------------------------------------------------


def _from_futures(desk: Desk) -> PolicyOdds | None:
    curve = _curve(desk)
    if curve.empty:
        return None
    last = day_of(curve.index[-1])
    if desk.as_of - last > WEEK:
        return None
    found = _path(desk, curve, last)
    if not found.meetings:
        return None
    week, month = (_earlier(desk, curve, last - back) for back in (WEEK, MONTH))
    inputs = (*(str(name) for name in curve.columns), "events")
    return PolicyOdds(
        basis="futures",
        day=desk.computed_day(found.day, SPEC, *inputs),
        present=desk.observed(RATE),
        meetings=tuple(
            _meeting(desk, one, Unit.RISK_NEUTRAL, inputs, (week, month)) for one in found.meetings
        ),
    )


def _curve(desk: Desk) -> pd.DataFrame:
    """Return the settlements by day and contract, on the days on which the first two stood."""
    held = [name for name in FUTURES if desk.has(name)]
    if not set(FUTURES[:2]) <= set(held):
        return pd.DataFrame()
    return pd.DataFrame({name: desk.values(name) for name in held}).dropna(subset=list(FUTURES[:2]))


def _path(desk: Desk, curve: pd.DataFrame, day: date) -> PolicyPath:
    from reportgen.models.policy_path import futures_path

    row = curve.loc[pd.Timestamp(day)].dropna().astype(float).to_dict()
    first = pd.Timestamp(day).to_period("M")
    prices = {
        (first + FUTURES.index(str(name))).to_timestamp().date(): price
        for name, price in row.items()
    }
    rate = desk.observed(RATE, day) if desk.values(RATE).index[0].date() <= day else None
    return futures_path(day, prices, _meetings(desk, day), None if rate is None else rate.value)


def _meetings(desk: Desk, day: date) -> tuple[date, ...]:
    """Return the meetings from the first of a day's month on, one a month."""
    listed = events_between(desk, day.replace(day=1), date.max, "fomc_decision", *FED_CHANGES)
    by_month = {one.day.day.replace(day=1): one.day.day for one in listed}
    return tuple(by_month.values())


def _earlier(desk: Desk, curve: pd.DataFrame, wanted: date) -> dict[date, MeetingOdds]:
    """Return what settlements of an earlier day held, by meeting; nothing without them."""
    days = curve.index[curve.index <= pd.Timestamp(wanted)]
    if not len(days) or wanted - day_of(days[-1]) > NEAR:
        return {}
    try:
        found = _path(desk, curve, day_of(days[-1]))
    except DataError:
        return {}
    return {one.day: one for one in found.meetings}


# -- bills ------------------------------------------------------------------------------------


def _from_bills(desk: Desk) -> PolicyOdds | None:
    from reportgen.models.bill_path import bill_path

    if not desk.has(*BILLS):
        return None
    ahead = events_between(desk, desk.as_of + timedelta(days=1), date.max, "fomc_decision")
    short, long = (desk.values(name) for name in BILLS)
    try:
        found = bill_path(
            short, long, desk.values(RATE), tuple(one.day.day for one in ahead), desk.as_of
        )
    except DataError:
        return None
    inputs = (RATE, *BILLS, "events")
    return PolicyOdds(
        basis="bills",
        day=desk.computed_day(found.day, SPEC, *inputs),
        present=desk.observed(RATE),
        meetings=tuple(
            _meeting(desk, one, Unit.PROBABILITY, inputs, ({}, {})) for one in found.meetings
        ),
        deviation=desk.computed(found.deviation_bp or 0.0, Unit.BASIS_POINTS, SPEC, *inputs),
    )


def _meeting(
    desk: Desk,
    one: MeetingOdds,
    unit: Unit,
    inputs: tuple[str, ...],
    earlier: tuple[dict[date, MeetingOdds], dict[date, MeetingOdds]],
) -> MeetingChance:
    def points(odds: MeetingOdds | None) -> Quantity | None:
        if odds is None:
            return None
        return desk.computed(odds.expected_bp, Unit.BASIS_POINTS, SPEC, *inputs)

    cut, hold, hike = (
        desk.computed(chance, unit, SPEC, *inputs) for chance in (one.cut, one.hold, one.hike)
    )
    week, month = (points(before.get(one.day)) for before in earlier)
    return MeetingChance(
        code=f"{one.day:%Y_%m}",
        day=desk.computed_day(one.day, "events"),
        cut=cut,
        hold=hold,
        hike=hike,
        likeliest=_likeliest(one),
        expected=desk.computed(one.expected_bp, Unit.BASIS_POINTS, SPEC, *inputs),
        week_before=week,
        month_before=month,
    )


def _likeliest(one: MeetingOdds) -> Literal["cut", "hold", "hike"]:
    if one.hold >= max(one.cut, one.hike):
        return "hold"
    return "cut" if one.cut >= one.hike else "hike"
