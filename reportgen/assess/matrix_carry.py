"""The yen-carry row of the risk matrix: a fall of the dollar as fast as in an unwinding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportgen.assess.desk import Desk, percent
from reportgen.assess.matrix_findings import (
    BASE_RATES,
    INDEX_WEEKLY,
    Finding,
    Sources,
    chance_of,
    dates_of,
    impact_of,
    make_chance,
    weeks_ahead,
)
from reportgen.facts import Quantity, Range, Unit
from reportgen.facts.matrix import Chance
from reportgen.models.conditional_moves import change_over, moves_when
from reportgen.models.risk_matrix import SPEC

if TYPE_CHECKING:
    import pandas as pd

PAIR, PAIR_WEEKLY = "usdjpy", "usdjpy_weekly"
CARRY = "M5"
MOST_PATHS = 20_000
FEWEST_YEN_DAYS = 1_001


def yen_carry(desk: Desk, sources: Sources) -> Finding | None:
    """Return the risk that the dollar falls against the yen as fast as in an unwinding."""
    from reportgen.models.carry import CarrySettings

    rule = CarrySettings()
    if not desk.has(PAIR, PAIR_WEEKLY, INDEX_WEEKLY) or len(desk.values(PAIR)) < FEWEST_YEN_DAYS:
        return None
    fall, rates = percent(rule.fast_fall), desk.values(PAIR)
    change = change_over(desk.values(PAIR_WEEKLY))
    found = moves_when(desk.values(INDEX_WEEKLY), change <= fall)
    if found is None:
        return None
    fast = float(rates.iloc[-1]) / float(rates.iloc[-1 - rule.fast_days]) - 1.0
    open_ = fast > rule.fast_fall
    hard, move, cases = _hard_fall(desk, change, fall)
    return Finding(
        code="yen_carry",
        trigger=desk.computed(fall, Unit.PERCENT, CARRY, PAIR),
        chance=_carry_chance(desk, change, fall) if open_ else None,
        impact=impact_of(desk, found, PAIR_WEEKLY),
        confidence="data_backed",
        dates=dates_of(desk, "yen_carry"),
        hard_trigger=hard,
        hard_move=move,
        hard_cases=cases,
    )


def _carry_chance(desk: Desk, change: pd.Series[float], fall: float) -> Chance:
    """Return P(a fast fall in the window) from the paths of model M5, and its base rate."""
    from reportgen.models.carry import SPEC as CARRY_SPEC
    from reportgen.models.carry import CarrySettings
    from reportgen.models.carry_window import FastFall, fast_fall_in_window
    from reportgen.models.spec import generator
    from reportgen.models.trigger_frequency import hit_frequency

    rule = CarrySettings()
    found = fast_fall_in_window(
        desk.values(PAIR),
        desk.window_end,
        FastFall(rule.fast_fall, rule.fast_days),
        min(desk.paths, MOST_PATHS),
        generator(desk.as_of, CARRY_SPEC),
    )
    past = hit_frequency(change.rename(PAIR_WEEKLY), fall, "below", weeks_ahead(desk))
    return make_chance(
        chance_of(desk, found.probability, CARRY, PAIR),
        interval=Range(
            chance_of(desk, found.low, CARRY, PAIR), chance_of(desk, found.high, CARRY, PAIR)
        ),
        base_rate=None if past is None else chance_of(desk, past.overall, BASE_RATES, PAIR_WEEKLY),
        since=None if past is None else desk.computed_day(past.start, BASE_RATES, PAIR_WEEKLY),
    )


def _hard_fall(
    desk: Desk, change: pd.Series[float], fall: float
) -> tuple[Quantity | None, Quantity | None, Quantity | None]:
    """Return the fall to the house's trigger, the index's median move with it, and its cases."""
    level = desk.maybe("trigger.usdjpy")
    if level is None:
        return None, None, None
    distance = percent(level.value / desk.observed(PAIR).value - 1.0)
    if distance >= fall:
        return None, None, None
    found = moves_when(desk.values(INDEX_WEEKLY), change <= distance)
    if found is None:
        return None, None, None
    return (
        desk.computed(distance, Unit.PERCENT, CARRY, PAIR, "trigger.usdjpy"),
        desk.computed(found.median, Unit.PERCENT, SPEC, INDEX_WEEKLY, PAIR_WEEKLY),
        desk.computed(found.cases, Unit.COUNT, SPEC, INDEX_WEEKLY, PAIR_WEEKLY),
    )
