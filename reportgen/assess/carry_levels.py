"""USD/JPY ahead: which levels are asked about, by when, and what the paths answer."""

from __future__ import annotations

from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from reportgen.assess.desk import Desk, percent
from reportgen.facts import Computed, Day, Quantity, Range, Unit
from reportgen.facts.carry import Breakeven, Touch, TouchChance
from reportgen.models.carry import SPEC, CarryResult
from reportgen.models.guard import day_of

PAIR = "usdjpy"
HOUSE_LEVELS = (("forecast", "rates.usdjpy_forecast"), ("trigger", "trigger.usdjpy"))
STEP = 10.0
CLEARANCE = 0.95
"""The round level lies at least five per cent below the rate."""
DollarLeg = Literal["sofr", "effr"]
DOLLAR_LEGS: tuple[DollarLeg, ...] = ("sofr", "effr")
"""The secured rate where it has been published for a year, else federal funds."""
Horizon = Literal["quarter", "half", "window"]
MONTHS: dict[Horizon, int] = {"quarter": 3, "half": 6}
HISTORY = "usdjpy_weekly"
FEWEST_STRETCHES = 260
"""Weeks in which a stretch may begin: five years, else there is no base rate."""


def dollar_leg(desk: Desk) -> DollarLeg | None:
    """Return the dollar rate of the trade: the first with a year of history."""
    year_ago = pd.Timestamp(desk.as_of) - pd.DateOffset(years=1)
    return next(
        (one for one in DOLLAR_LEGS if desk.has(one) and desk.values(one).index[0] <= year_ago),
        None,
    )


def levels(desk: Desk) -> tuple[tuple[str, Quantity], ...]:
    """Return the levels with their codes: those of the house, then a round one below."""
    stated = tuple((code, desk.assumed(entry)) for code, entry in HOUSE_LEVELS if desk.holds(entry))
    spot = desk.observed(PAIR).value
    lowest = min([CLEARANCE * spot, *(level.value for _, level in stated)])
    place = STEP * (lowest // STEP)
    while any(level.value == place for _, level in stated):
        place -= STEP
    below = Quantity(place, Unit.YEN_PER_DOLLAR, Computed(SPEC.id, (PAIR,)))
    return (*stated, ("round", below))


def end_dates(desk: Desk) -> tuple[tuple[Horizon, date], ...]:
    """Return the horizons: a quarter and half a year where they end first, and the window."""
    start = pd.Timestamp(desk.as_of)
    early: list[tuple[Horizon, date]] = [
        (code, day_of(start + pd.DateOffset(months=months))) for code, months in MONTHS.items()
    ]
    return (*(one for one in early if one[1] < desk.window_end), ("window", desk.window_end))


def touches(desk: Desk, found: CarryResult) -> tuple[Touch, ...]:
    """Return for each level its distance and its chances by horizon."""
    return tuple(
        Touch(
            code=code,
            level=level,
            distance=_computed(desk, percent(level.value / found.spot - 1.0), Unit.PERCENT),
            chances=tuple(_chance(desk, found, level.value, one) for one in end_dates(desk)),
        )
        for code, level in levels(desk)
    )


def breakevens(desk: Desk, found: CarryResult) -> tuple[Breakeven, ...]:
    """Return by horizon the rate at which the carry earned by then is lost."""
    rates = dict(found.breakevens)
    return tuple(
        Breakeven(
            code=code,
            by=desk.computed_day(day, SPEC, PAIR),
            rate=_computed(desk, rates[day], Unit.YEN_PER_DOLLAR),
            distance=_computed(desk, percent(rates[day] / found.spot - 1.0), Unit.PERCENT),
        )
        for code, day in end_dates(desk)
    )


def _chance(
    desk: Desk, found: CarryResult, level: float, horizon: tuple[Horizon, date]
) -> TouchChance:
    code, day = horizon
    touch = next(one for one in found.touches if one.level == level and one.by == day)
    return TouchChance(
        code=code,
        by=desk.computed_day(day, SPEC, PAIR),
        probability=_computed(desk, touch.probability, Unit.PROBABILITY),
        interval=Range(
            _computed(desk, touch.low, Unit.PROBABILITY),
            _computed(desk, touch.high, Unit.PROBABILITY),
        ),
        base_rate=_base_rate(desk, level / found.spot, (day - desk.as_of).days),
    )


def _base_rate(desk: Desk, ratio: float, days: int) -> Quantity | None:
    """Return the share of past stretches of that length in which the rate came as far.

    Args:
        desk: the desk.
        ratio: level over rate; below one it is reached from above.
        days: length of a stretch in calendar days, counted in whole weeks.
    """
    if not desk.has(HISTORY):
        return None
    rates, weeks = desk.values(HISTORY).to_numpy(), max(1, days // 7)
    if len(rates) - weeks < FEWEST_STRETCHES:
        return None
    ahead = np.lib.stride_tricks.sliding_window_view(rates[1:], weeks)
    start = rates[: len(ahead)]
    reached = (
        (ahead.min(axis=1) <= ratio * start) if ratio < 1 else (ahead.max(axis=1) >= ratio * start)
    )
    return desk.computed(float(reached.mean()), Unit.PROBABILITY, SPEC, HISTORY)


def base_from(desk: Desk) -> Day | None:
    """Return the first day behind the base rates, if there are any."""
    if not desk.has(HISTORY):
        return None
    return desk.computed_day(day_of(desk.values(HISTORY).index[0]), SPEC, HISTORY)


def fast_fall_base(desk: Desk, fall: float, days: int) -> Quantity:
    """Return the share of calendar months in which a fall of that size over ``days`` ended."""
    rates = desk.values(PAIR)
    change = (rates / rates.shift(days) - 1.0).dropna()
    months = pd.DatetimeIndex(change.index).to_period("M")
    share = float((change <= fall).groupby(months).any().mean())
    return desk.computed(share, Unit.PROBABILITY, SPEC, PAIR)


def _computed(desk: Desk, value: float, unit: Unit) -> Quantity:
    legs = (PAIR, dollar_leg(desk) or DOLLAR_LEGS[-1], "japan_3m_rate")
    return desk.computed(value, unit, SPEC, *legs)
