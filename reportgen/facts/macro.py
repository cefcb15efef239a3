"""Inflation, employment, yields and financial conditions: plain arithmetic on what is published."""

from __future__ import annotations

from typing import Literal

import msgspec

from reportgen.facts.events import DatedEvent
from reportgen.facts.quantity import Day, Quantity


class Inflation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Consumer prices.

    Args:
        state: the twelve-month rate against the Federal Reserve's goal of two per cent: ``near``
            within half a point of it.
        goal_set: whether the Federal Reserve had named that goal by the as-of date.
        pace: whether the last three months run faster or slower than the last twelve.
        month: the last month published; ``age`` days from its end to the as-of date.
        missing: months from the one after it to the last that would normally be out.
        house: the rate the house states to be exceeded; ``margin`` is what the last rate has over
            it, ``holds`` whether it exceeds it.
    """

    state: Literal["above", "near", "below"]
    pace: Literal["faster", "similar", "slower"]
    month: Day
    year: Quantity
    year_before: Quantity
    quarter: Quantity | None
    goal: Quantity
    goal_set: bool
    age: Quantity
    missing: Quantity
    house: Quantity | None
    margin: Quantity | None
    holds: bool


class Employment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Unemployment.

    Args:
        state: the mean of three months against its lowest of twelve: ``rising`` from 0.2 points
            above it on; ``falling`` from 0.2 below the mean a year before.
        gap: that distance from the low, in percentage points.
        severe: the rate from which the house's severe case begins, with its distance.
    """

    state: Literal["rising", "stable", "falling"]
    month: Day
    rate: Quantity
    change_year: Quantity
    gap: Quantity
    severe: Quantity | None
    to_severe: Quantity | None


class Yields(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Treasury yields and the policy rate.

    Args:
        path: what the two-year yield says against the effective funds rate: ``cuts`` below it
            by a quarter point or more, ``rises`` above it, else ``hold``.
        slope: ten-year less two-year yield.
        real: effective funds rate less twelve-month inflation.
    """

    path: Literal["cuts", "hold", "rises"]
    ten_trend: Literal["higher", "unchanged", "lower"]
    day: Day
    ten_year: Quantity
    ten_change: Quantity
    two_year: Quantity
    slope: Quantity
    policy: Quantity
    policy_gap: Quantity
    real: Quantity | None


class Conditions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The Chicago Fed's index: below zero is looser than the average since 1971."""

    state: Literal["loose", "average", "tight"]
    day: Day
    level: Quantity
    change_quarter: Quantity


class Macro(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The economy around the market; a part whose series is not there is ``None``.

    ``mix``: ``stagflation_lite`` with inflation above its goal and unemployment rising,
    ``overheating`` above and not rising, ``slowdown`` not above and rising, ``balanced`` else;
    ``unknown`` when either is missing.
    """

    mix: Literal["stagflation_lite", "overheating", "slowdown", "balanced", "unknown"]
    inflation: Inflation | None
    employment: Employment | None
    yields: Yields | None
    conditions: Conditions | None
    next_cpi: DatedEvent | None
    next_employment: DatedEvent | None
