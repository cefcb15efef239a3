"""How far the index may fall: levels by method, each with base, distance and P(touch)."""

from __future__ import annotations

from typing import Literal

import msgspec

from reportgen.facts.quantity import Day, Quantity, Range


class PriceLevel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A level with its distance and the probability of a close at or below it in the window.

    Args:
        code: name of the level (``house_main``, ``fibonacci_618``, ``trough_median`` …).
        level: index points.
        distance: from the as-of close, per cent (negative below it).
        touch: P(touch) until the window's end, mean of both history windows in log-odds.
        touch_interval: all-history and ten-year estimates.
        in_zone: whether the level lies in the house's floor zone; ``None`` without a house view.
    """

    code: str
    level: Quantity
    distance: Quantity
    touch: Quantity
    touch_interval: Range
    in_zone: bool | None = None


class PastTrough(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The trough of a past bear market against the 200-week average of its day."""

    code: str
    day: Day
    close: Quantity
    average: Quantity
    distance: Quantity


class Levels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Levels by method.

    Args:
        average_200_week: on the as-of date.
        average_projected: thirty weeks on with a flat price.
        average_span: 10-90 % of the same along simulated paths.
        average_50_month: of the last 50 complete months, and the month it ends with.
        average_50_month_end: last month counted.
        house_fibonacci: 38.2, 50, 61.8 % of the house's low and high.
        rule_fibonacci: the same by the stated rule on observed closes.
        house_valuation: the level of the house's multiple compression.
        rule_valuation: the same compression from the as-of close.
        valuation_change: the change it means, per cent.
        trough_median: median trough given a bear market.
        trough_zone: its 25-75 %.
        trough_extreme: its 10 %.
        house_zone: the house's floor zone as two levels; empty without a house view.
        house_main: the house's main level.
        house_extreme: the house's extreme.
        troughs: past bear troughs against the 200-week average.
        agreeing: how many methods lie in the house's zone.
        methods: how many were looked at.
        confluence: whether three or more agree; ``None`` without a house view.
        rule_high: the high the rule found; ``rule_low`` the low.
    """

    average_200_week: Quantity
    average_projected: Quantity
    average_span: Range
    average_50_month: Quantity
    average_50_month_end: Day
    house_fibonacci: tuple[PriceLevel, ...]
    rule_fibonacci: tuple[PriceLevel, ...]
    house_valuation: PriceLevel | None
    rule_valuation: PriceLevel | None
    valuation_change: Quantity | None
    trough_median: PriceLevel
    trough_zone: tuple[PriceLevel, PriceLevel]
    trough_extreme: PriceLevel
    house_zone: tuple[PriceLevel, ...]
    house_main: PriceLevel | None
    house_extreme: PriceLevel | None
    troughs: tuple[PastTrough, ...]
    agreeing: Quantity | None
    methods: Quantity
    confluence: bool | None
    rule_high: Quantity
    rule_high_day: Day
    rule_low: Quantity
    rule_low_day: Day
