"""Checks on a sell-off: the nine explanations, the first description, the kind of fall."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

import pandas as pd

from reportgen.assess.desk import Desk
from reportgen.assess.review_desk import INDEX, MARKET, ReviewDesk
from reportgen.facts import Assumed, Day, Quantity, Unit
from reportgen.facts.review import Driver, Kind, MarketRow, Statement, StructuralTest
from reportgen.models.contagion import ContagionResult
from reportgen.models.drivers import LONG_DAYS, nine_drivers
from reportgen.models.guard import day_of
from reportgen.models.sell_off import (
    SellOffSettings,
    StructuralInputs,
    StructuralVerdict,
    structural_test,
)

SPREAD, VVIX = "high_yield_oas", "vvix"
DRIVER_UNITS = {"percent": Unit.PERCENT, "bp": Unit.BASIS_POINTS, "points": Unit.INDEX}
TEST_UNITS = {"percent": Unit.PERCENT, "bp": Unit.BASIS_POINTS, "correlation": Unit.RATIO}
RULE = SellOffSettings()
LISTED = date(2025, 11, 21)
"""The day of the broker's list of nine explanations."""
DAYS_TO_STATE = 5
"""A description is one of this fall when it was stated so many days after the session at most."""

Outcome = Literal["confirmed", "differs", "exceeded", "intraday", "no_series"]


# -- nine explanations ----------------------------------------------------------------------


def tested_drivers(by: ReviewDesk) -> tuple[Driver, ...]:
    """Return the nine explanations with their verdicts.

    None for another fall than the one they were given for, or where the days are not complete.
    """
    held = {one.asset.code for one in by.studied}
    listed = (LISTED - by.session).days
    if not 0 <= listed <= DAYS_TO_STATE or not {INDEX, MARKET} <= held:
        return ()
    vvix = by.desk.values(VVIX) if by.desk.has(VVIX) else None
    if vvix is not None and len(vvix[: pd.Timestamp(by.session)]) <= LONG_DAYS:
        vvix = None
    return tuple(
        Driver(
            code=one.code,
            number=one.number,
            testable=one.testable,
            indicator=one.indicator or "",
            value=None
            if one.value is None or one.unit is None
            else by.computed(one.value, DRIVER_UNITS[one.unit], one.indicator or ""),
            score=None if one.z is None else by.computed(one.z, Unit.RATIO, one.indicator or ""),
            verdict=one.verdict,
        )
        for one in nine_drivers(by.studied, vvix, by.settings)
    )


# -- the kind of fall -----------------------------------------------------------------------


def kind_of_fall(by: ReviewDesk, then: ContagionResult | None, now: ContagionResult | None) -> Kind:
    """Return whether the fall was a bear market, structural or contained, at its low and now."""
    low = _structural(by, by.fall.trough_day, then)
    end = _structural(by, by.end, now)
    at_end = {one.code: one for one in end.tests}
    tests = []
    for one in low.tests:
        unit, later = TEST_UNITS[one.unit], at_end[one.code]
        tests.append(
            StructuralTest(
                code=one.code,  # type: ignore[arg-type]
                threshold=by.computed(one.threshold, unit),
                at_low=None if one.value is None else by.computed(one.value, unit),
                at_end=None if later.value is None else by.computed(later.value, unit),
                broken_at_low=one.passed is True,
                broken_at_end=later.passed is True,
            )
        )
    return Kind(
        verdict_at_low=low.verdict,
        verdict=end.verdict,
        broken_at_low=by.computed(low.broken, Unit.COUNT),
        broken=by.computed(end.broken, Unit.COUNT),
        needed=by.computed(RULE.structural_tests, Unit.COUNT),
        tests=tuple(tests),
    )


def _structural(by: ReviewDesk, day: date, found: ContagionResult | None) -> StructuralVerdict:
    spread = by.desk.values(SPREAD)[: pd.Timestamp(day)] if by.desk.has(SPREAD) else None
    if spread is not None and len(spread) <= RULE.credit_days:
        spread = None
    return structural_test(
        StructuralInputs(
            close=by.desk.values(INDEX)[: pd.Timestamp(day)],
            high_yield=spread,
            mean_short=None if found is None else found.mean_short,
            mean_long=None if found is None else found.mean_long,
        )
    )


# -- the first description ------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """What closes show against a figure: the market's row, and its closes since the session."""

    desk: Desk
    stated: Quantity
    row: MarketRow
    closes: pd.Series[float]


Check = Callable[[Shown], tuple[Quantity, date, Outcome]]


def _change_day(shown: Shown) -> tuple[Quantity, date, Outcome]:
    change = shown.row.change_day
    return change, shown.row.day.day, _within(shown.stated, change, 0.1)


def _from_high(shown: Shown) -> tuple[Quantity, date, Outcome]:
    change = shown.row.from_high
    return change, shown.row.day.day, _within(shown.stated, change, 0.1)


def _below(shown: Shown) -> tuple[Quantity, date, Outcome]:
    lowest, day = _lowest(shown)
    return lowest, day, "confirmed" if lowest.value < shown.stated.value else "differs"


def _about(shown: Shown) -> tuple[Quantity, date, Outcome]:
    last = shown.row.last
    return last, shown.row.day.day, _within(shown.stated, last, 0.02 * shown.stated.value)


def _extreme(shown: Shown) -> tuple[Quantity, date, Outcome]:
    """Check a low within the day: closes above it prove nothing, one below it went further."""
    lowest, day = _lowest(shown)
    return lowest, day, "exceeded" if lowest.value < shown.stated.value else "intraday"


def _lowest(shown: Shown) -> tuple[Quantity, date]:
    day = day_of(shown.closes.idxmin())
    return shown.desk.observed(shown.row.code, day), day


CHECKS: Mapping[str, tuple[str, Check | None]] = {
    "nasdaq_100_intraday": ("", None),
    "nasdaq_100_close": ("nasdaq_100", _change_day),
    "nasdaq_100_from_high": ("nasdaq_100", _from_high),
    "nvidia_high": ("", None),
    "nvidia_close": ("", None),
    "bitcoin_low": ("bitcoin", _extreme),
    "ether_below": ("ether", _below),
    "hang_seng_close": ("hang_seng", _change_day),
    "shanghai_below": ("shanghai_composite", _below),
    "gold": ("gold", _about),
}
"""Entries of the first description: the series that can check it, and how; none without one."""


def statements(by: ReviewDesk, rows: tuple[MarketRow, ...]) -> tuple[Statement, ...]:
    """Return the first description of this fall beside the closes; none when there is none."""
    if by.desk.house is None or not rows:
        return ()
    found = (_statement(by, code, rows) for code in CHECKS if by.desk.holds(f"review.{code}"))
    return tuple(one for one in found if one is not None)


def _statement(by: ReviewDesk, code: str, rows: tuple[MarketRow, ...]) -> Statement | None:
    """Return one figure with its check; ``None`` when it was not stated of this fall."""
    stated = by.desk.assumed(f"review.{code}")
    on = stated.origin.stated if isinstance(stated.origin, Assumed) else by.desk.as_of
    if not 0 <= (on - by.session).days <= DAYS_TO_STATE:
        return None
    series, check = CHECKS[code]
    row = next((one for one in rows if one.code == series), None)
    if check is None or row is None:
        none: Outcome = "intraday" if code == "nasdaq_100_intraday" else "no_series"
        return Statement(code, stated, None, None, none)
    closes = by.desk.values(series)[pd.Timestamp(row.day.day) : pd.Timestamp(max(on, row.day.day))]
    value, day, verdict = check(Shown(by.desk, stated, row, closes))
    return Statement(code, stated, value, Day(day, value.origin), verdict)


def _within(stated: Quantity, shown: Quantity, tolerance: float) -> Outcome:
    return "confirmed" if abs(shown.value - stated.value) <= tolerance else "differs"
