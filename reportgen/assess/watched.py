"""What the trigger table watches: the last readings, and the thresholds of the present figures.

No path is simulated here; what a threshold's chance is stands in ``assess.triggers``.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from reportgen.assess import capex as spending
from reportgen.assess.carry_levels import PAIR, levels
from reportgen.assess.desk import Desk
from reportgen.assess.matrix_rows import VIX_WEEKLY, vix_threshold
from reportgen.assess.trigger_desk import Side, Watched
from reportgen.facts import Day, Quantity, Unit
from reportgen.facts.capex import Capex
from reportgen.facts.outlook import TriggerCode
from reportgen.models.capex import COMPANIES
from reportgen.models.guard import day_of
from reportgen.models.reserve_price import PriceSettings
from reportgen.models.sell_off import SellOffSettings

AVERAGE_DAYS = 200
INDEX, SPREAD = "nasdaq_composite", "high_yield_oas"
SERIES: tuple[str, ...] = (
    INDEX,
    PAIR,
    "skew",
    VIX_WEEKLY,
    "sofr",
    "iorb",
    SPREAD,
    *(f"{company}_{item}" for company in COMPANIES for item in ("capex", "operating_cash_flow")),
)
"""All that the readings are made from."""


@dataclass(frozen=True)
class Reading:
    """The last reading of a watched figure.

    Args:
        side: on which its threshold lies.
        day: of the reading.
        gap_unit: per cent of the value, or the figure's own unit where a percentage says nothing.
    """

    code: TriggerCode
    side: Side
    value: Quantity
    day: Day
    gap_unit: Unit

    def against(self, threshold: Quantity, *, stated: bool = False) -> Watched:
        """Return the figure with a threshold; ``stated``: it is the house's."""
        return Watched(self.code, self.side, self.value, self.day, threshold, self.gap_unit, stated)


def readings(desk: Desk) -> tuple[Reading, ...]:
    """Return the readings whose series are there, in the order of the trigger table."""
    capital = spending.combined(spending.capex(spending.study(desk)))
    found = (
        usdjpy(desk),
        skew(desk),
        vix(desk),
        None if capital is None else capex(capital),
        sofr(desk),
        high_yield(desk),
        average(desk),
    )
    return tuple(one for one in found if one is not None)


def watched(desk: Desk) -> tuple[Watched, ...]:
    """Return the readings against the thresholds that an edition of these figures would print."""
    capital = spending.combined(spending.capex(spending.study(desk)))
    found = (
        against_level(desk),
        against_house(desk),
        against_stress(desk),
        None if capital is None else against_cut(capital),
        against_tail(desk),
        against_widening(desk),
        against_average(desk),
    )
    return tuple(one for one in found if one is not None)


# -- the figures ----------------------------------------------------------------------------


def usdjpy(desk: Desk) -> Reading | None:
    """Return yen a dollar."""
    if not desk.has(PAIR):
        return None
    return Reading("usdjpy", "below", desk.observed(PAIR), desk.observed_day(PAIR), Unit.PERCENT)


def skew(desk: Desk) -> Reading | None:
    """Return SKEW, by daily readings."""
    if not desk.has("skew"):
        return None
    return Reading("skew", "above", desk.observed("skew"), desk.observed_day("skew"), Unit.PERCENT)


def vix(desk: Desk) -> Reading | None:
    """Return the VIX, by the last reading of each week."""
    if not desk.has(VIX_WEEKLY):
        return None
    day = desk.observed_day(VIX_WEEKLY)
    return Reading("vix", "above", desk.observed(VIX_WEEKLY), day, Unit.PERCENT)


def capex(found: Capex) -> Reading:
    """Return the combined spending of the last reported quarter."""
    return Reading("capex", "below", found.quarter_total, found.quarter, Unit.PERCENT)


def sofr(desk: Desk) -> Reading | None:
    """Return SOFR over interest on reserves."""
    if not desk.has("sofr", "iorb"):
        return None
    over = over_reserves(desk)
    if over.empty:
        return None
    day = desk.computed_day(day_of(over.index[-1]), "M8", "sofr", "iorb")
    value = desk.computed(float(over.iloc[-1]), Unit.BASIS_POINTS, "M8", "sofr", "iorb")
    return Reading("sofr_iorb", "above", value, day, Unit.BASIS_POINTS)


def high_yield(desk: Desk) -> Reading | None:
    """Return the widening of the high-yield spread over a month."""
    days = SellOffSettings().credit_days
    if not desk.has(SPREAD) or len(desk.values(SPREAD)) <= days + 1:
        return None
    value = desk.computed(float(widening(desk).iloc[-1]), Unit.BASIS_POINTS, "M11", SPREAD)
    return Reading("high_yield", "above", value, desk.observed_day(SPREAD), Unit.BASIS_POINTS)


def over_reserves(desk: Desk) -> pd.Series[float]:
    """Return SOFR over interest on reserves day by day, basis points."""
    return (100.0 * (desk.values("sofr") - desk.values("iorb"))).dropna().round(6)


def widening(desk: Desk) -> pd.Series[float]:
    """Return the change of the high-yield spread over a month day by day, basis points."""
    return (100.0 * desk.values(SPREAD).diff(SellOffSettings().credit_days)).dropna().round(6)


def average(desk: Desk) -> Reading:
    """Return the index."""
    return Reading(
        "average_200_day", "below", desk.observed(INDEX), desk.observed_day(INDEX), Unit.PERCENT
    )


# -- their thresholds -----------------------------------------------------------------------


def against_level(desk: Desk) -> Watched | None:
    """Return the rate against the house's level, or the next round one below."""
    found = usdjpy(desk)
    if found is None:
        return None
    asked = dict(levels(desk))
    return found.against(asked.get("trigger", asked["round"]), stated="trigger" in asked)


def against_house(desk: Desk) -> Watched | None:
    """Return SKEW against the house's level, which is the only one."""
    found, bound = skew(desk), desk.maybe("trigger.skew")
    return None if found is None or bound is None else found.against(bound, stated=True)


def against_stress(desk: Desk) -> Watched | None:
    """Return the VIX against the house's level, or that of the layer model."""
    found = vix(desk)
    if found is None:
        return None
    return found.against(vix_threshold(desk), stated=desk.holds("trigger.vix"))


def against_cut(found: Capex) -> Watched:
    """Return spending against the sum below which the next quarter would count as a cut."""
    return capex(found).against(found.cut_below)


def against_tail(desk: Desk) -> Watched | None:
    """Return SOFR against the bound of the liquidity tests."""
    found = sofr(desk)
    if found is None:
        return None
    bound = PriceSettings().tail_bp
    return found.against(desk.computed(bound, Unit.BASIS_POINTS, "M8", "sofr", "iorb"))


def against_widening(desk: Desk) -> Watched | None:
    """Return the widening against that which counts as credit stress."""
    found = high_yield(desk)
    if found is None:
        return None
    bound = SellOffSettings().credit_bp
    return found.against(desk.computed(bound, Unit.BASIS_POINTS, "M11", SPREAD))


def against_average(desk: Desk) -> Watched:
    """Return the index against its 200-day average, as it stands on the day."""
    level = float(desk.values(INDEX).iloc[-AVERAGE_DAYS:].mean())
    return average(desk).against(desk.computed(level, Unit.POINTS, "M0", INDEX))
