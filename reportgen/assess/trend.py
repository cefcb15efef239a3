"""Trend followers: where their rules flip, and what a fall would make them sell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportgen.assess.assumptions import assumed_by_method, assumed_range_by_method
from reportgen.assess.desk import Desk, percent
from reportgen.assess.simulation import INDEX, Simulation
from reportgen.errors import DataError
from reportgen.facts import Quantity, Range, Unit
from reportgen.facts.trend import TrendFlip, TrendFollowers, TrendSale
from reportgen.models.trend_followers import SPEC, TrendSettings, trend_followers

if TYPE_CHECKING:
    from reportgen.models.trend_followers import Flip, Sale

RULES = TrendSettings()
CLEAR = 0.25
"""Signal from which the rules count as long or short."""


def trend(desk: Desk, simulation: Simulation) -> TrendFollowers | None:
    """Return the stance of rule-based trend followers; ``None`` where prices carry none."""
    try:
        found = trend_followers(desk.values(INDEX), desk.as_of, RULES)
    except DataError:
        return None
    flips = tuple(_flip(desk, simulation, one) for one in found.flips if one.fast == 1)
    below = [
        one for one in flips if one.state == "above" and one.level and one.level.value < found.close
    ]
    return TrendFollowers(
        state="long" if found.signal >= CLEAR else "short" if found.signal <= -CLEAR else "neutral",
        day=desk.computed_day(found.day, SPEC),
        signal=desk.computed(found.signal, Unit.RATIO, SPEC),
        position=desk.computed(percent(found.position), Unit.PERCENT, SPEC),
        volatility=desk.computed(found.volatility_percent, Unit.PERCENT, SPEC),
        target=assumed_by_method(desk, RULES.target_percent, Unit.PERCENT),
        money=assumed_range_by_method(
            desk, (1e9 * RULES.assets_busd[0], 1e9 * RULES.assets_busd[1]), Unit.USD
        ),
        share=assumed_range_by_method(
            desk, (percent(RULES.share[0]), percent(RULES.share[1])), Unit.PERCENT
        ),
        broken=desk.computed(sum(one.state == "below" for one in flips), Unit.COUNT, SPEC),
        flips=flips,
        nearest=max(below, key=lambda one: one.level.value if one.level else 0.0, default=None),
        crossing=any(one.price is not None for one in found.flips if one.fast > 1),
        sales=tuple(_sale(desk, one) for one in found.sales),
    )


def _flip(desk: Desk, simulation: Simulation, one: Flip) -> TrendFlip:
    touch, interval = _touch(desk, simulation, one.price)
    reached = one.price is not None and one.distance is not None
    return TrendFlip(
        code=f"d{one.slow}",
        span=desk.computed(one.slow, Unit.TRADING_DAYS, SPEC),
        state=one.state,
        level=desk.computed(one.price or 0.0, Unit.POINTS, SPEC) if reached else None,
        distance=desk.computed(percent(one.distance or 0.0), Unit.PERCENT, SPEC)
        if reached
        else None,
        touch=touch,
        touch_interval=interval,
    )


def _touch(
    desk: Desk, simulation: Simulation, level: float | None
) -> tuple[Quantity | None, Range | None]:
    """Return P(touch) within the window and its interval, from the paths of M1."""
    from reportgen.models.path_tables import level_estimate

    if level is None:
        return None, None
    found = level_estimate(simulation.run, level, simulation.window_days).estimate
    point, low, high = (
        desk.computed(value, Unit.PROBABILITY, "M1", INDEX)
        for value in (found.point, found.low, found.high)
    )
    return point, Range(low, high)


def _sale(desk: Desk, one: Sale) -> TrendSale:
    low, high = sorted((one.low_busd, one.high_busd))
    return TrendSale(
        code=f"fall{abs(round(percent(one.fall))):02}",
        fall=desk.computed(percent(one.fall), Unit.PERCENT, SPEC),
        flow=Range(
            desk.computed(1e9 * low, Unit.USD, SPEC), desk.computed(1e9 * high, Unit.USD, SPEC)
        ),
    )
