"""What a trigger is made of: the desk with other sections' findings, distance, frequency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd

from reportgen.assess.desk import Desk, percent
from reportgen.assess.matrix_findings import BASE_RATES, chance_of
from reportgen.assess.simulation import Simulation
from reportgen.facts import Day, Quantity, Range, Unit
from reportgen.facts.outlook import HitChance, Trigger, TriggerCode
from reportgen.models.guard import day_of
from reportgen.models.triggers import trigger_distance

if TYPE_CHECKING:
    from reportgen.facts.capex import Capex
    from reportgen.facts.carry import Carry

NEAR = 0.1
"""Share of the threshold within which a figure counts as near."""
QUARTER_MONTHS, QUARTER_WEEKS, QUARTER_DAYS = 3, 13, 63
Horizon = Literal["quarter", "window"]
Side = Literal["above", "below"]


@dataclass(frozen=True)
class TriggerDesk:
    """The desk with what other sections have found.

    Args:
        simulation: paths of the index, with the trading days of the window.
        carry, capex: ``None`` where a series is missing.
    """

    desk: Desk
    simulation: Simulation
    carry: Carry | None
    capex: Capex | None

    def ends(self) -> tuple[tuple[Horizon, Day], ...]:
        """Return the horizons: a quarter, where it ends before the window, and the window."""
        start = pd.Timestamp(self.desk.as_of)
        quarter = day_of(start + pd.DateOffset(months=QUARTER_MONTHS))
        ends: list[tuple[Horizon, Day]] = [
            ("window", self.desk.computed_day(self.desk.window_end, "calendar"))
        ]
        if quarter < self.desk.window_end:
            ends.insert(0, ("quarter", self.desk.computed_day(quarter, "calendar")))
        return tuple(ends)

    def steps(self, code: Horizon, *, weekly: bool) -> int:
        """Return the length of a horizon in weeks or in trading days."""
        if code == "quarter":
            return QUARTER_WEEKS if weekly else QUARTER_DAYS
        whole = (self.desk.window_end - self.desk.as_of).days // 7
        return max(1, whole if weekly else self.simulation.window_days)


@dataclass(frozen=True)
class Watched:
    """A figure with its threshold; ``gap_unit`` is per cent of the value or the figure's own."""

    code: TriggerCode
    side: Side
    value: Quantity
    day: Day
    threshold: Quantity
    gap_unit: Unit
    stated: bool = False


def frequencies(
    study: TriggerDesk,
    values: pd.Series[float],
    watched: Watched,
    series: str,
    *,
    weekly: bool,
) -> tuple[HitChance, ...]:
    """Return how often the threshold was reached from readings near the present one."""
    from reportgen.models.trigger_frequency import hit_frequency

    desk, found = study.desk, []
    for code, by in study.ends():
        steps = study.steps(code, weekly=weekly)
        past = hit_frequency(values, watched.threshold.value, watched.side, steps)
        if past is None:
            continue
        share, low, high, every = (
            chance_of(desk, one, BASE_RATES, series)
            for one in (past.share, past.low, past.high, past.overall)
        )
        cases = desk.computed(past.windows, Unit.COUNT, BASE_RATES, series)
        found.append(HitChance(code, by, share, Range(low, high), every, cases))
    return tuple(found)


def make_trigger(
    desk: Desk,
    watched: Watched,
    chances: tuple[HitChance, ...],
    basis: Literal["model", "base_rate"],
    since: Day | None = None,
) -> Trigger:
    """Return a trigger with its distance; one that is hit has no chance of being hit."""
    value, bound = watched.value, watched.threshold
    found = trigger_distance(value.value, bound.value, watched.side)
    relative = watched.gap_unit is Unit.PERCENT
    gap = percent(found.relative_gap or 0.0) if relative else found.gap
    near = abs(found.gap) <= NEAR * abs(bound.value)
    return Trigger(
        code=watched.code,
        state="hit" if found.breached else "near" if near else "apart",
        side=watched.side,
        value=value,
        day=watched.day,
        threshold=bound,
        gap=desk.computed(gap, watched.gap_unit, "M2"),
        basis=basis,
        since=since,
        chances=() if found.breached else chances,
        stated=watched.stated,
    )
