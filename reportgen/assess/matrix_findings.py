"""A row of the risk matrix before its grades, and the quantities every row is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from reportgen.assess.desk import Desk
from reportgen.assess.events import events_between, is_next
from reportgen.facts import Day, Quantity, Range, Unit
from reportgen.facts.matrix import Chance, Impact, RiskCode
from reportgen.models.risk_matrix import SPEC, Confidence

if TYPE_CHECKING:
    from reportgen.facts.capex import Capex
    from reportgen.facts.events import DatedEvent
    from reportgen.facts.fiscal import Fiscal
    from reportgen.models.conditional_moves import ConditionalMove

INDEX, INDEX_WEEKLY = "nasdaq_composite", "nasdaq_composite_weekly"
BASE_RATES = "M1e"
REPORTS = "hyperscaler_reporting_season"
MOST_DATES = 3
QUARTER = 91
"""Calendar days of a quarter."""

EVENTS: Mapping[RiskCode, tuple[str, ...]] = {
    "yen_carry": ("boj_decision", "fomc_decision"),
    "ai_air_pocket": (REPORTS, "nvidia_earnings"),
    "zero_dte_gamma": ("fomc_decision", "employment_report", "cpi_report"),
    "volatility": ("fomc_decision", "employment_report", "cpi_report"),
    "debt_limit": ("midterm_elections",),
    "tariffs": ("cpi_report", "midterm_elections"),
}
"""Dated events that bear on a risk; the next of each is printed."""


@dataclass(frozen=True)
class Sources:
    """What other sections have found; ``None`` where a series is missing."""

    capex: Capex | None
    fiscal: Fiscal | None


@dataclass(frozen=True)
class Finding:
    """A row before its grades; no chance for what is in force."""

    code: RiskCode
    trigger: Quantity | None
    chance: Chance | None
    impact: Impact
    confidence: Confidence
    dates: tuple[DatedEvent, ...]
    hard_trigger: Quantity | None = None
    hard_move: Quantity | None = None
    hard_cases: Quantity | None = None


Row = Callable[[Desk, Sources], Finding | None]


def weeks_ahead(desk: Desk) -> int:
    """Return the whole weeks of the forecast window, at least one."""
    return max(1, (desk.window_end - desk.as_of).days // 7)


def seasons_ahead(desk: Desk, until: date) -> int:
    """Return the reporting seasons up to a day: those listed, or one for each whole quarter."""
    listed = len(events_between(desk, desk.as_of, until, REPORTS))
    return max(listed, (until - desk.as_of).days // QUARTER)


def chance_of(desk: Desk, value: float, model: str, *inputs: str) -> Quantity:
    """Return a probability, 0 to 1, as a model's figure."""
    return desk.computed(value, Unit.PROBABILITY, model, *inputs)


def make_chance(
    probability: Quantity,
    *,
    interval: Range | None = None,
    base_rate: Quantity | None = None,
    cases: Quantity | None = None,
    hits: Quantity | None = None,
    since: Day | None = None,
) -> Chance:
    """Return a chance; its grade and word are set with the row's other grades."""
    return Chance(probability, "rare", "remote", interval, base_rate, cases, hits, since)


def impact_of(
    desk: Desk, found: ConditionalMove, series: str, *, worst_case: bool = False
) -> Impact:
    """Return the index's move as an impact: a rise counts as none."""

    def moved(value: float) -> Quantity:
        return desk.computed(value, Unit.PERCENT, SPEC, INDEX, series)

    def count(number: int) -> Quantity:
        return desk.computed(number, Unit.COUNT, SPEC, INDEX, series)

    kind: Literal["quarter", "case"] = "case" if worst_case else "quarter"
    return Impact(
        move=moved(min(0.0, found.median)),
        grade="negligible",
        median=moved(found.median),
        worse=moved(found.lowest if worst_case else found.worse),
        worse_kind=kind,
        worse_day=desk.computed_day(found.lowest_day, SPEC, INDEX) if worst_case else None,
        usual=moved(found.usual),
        after=None if found.after is None else moved(found.after),
        cases=count(found.cases),
        episodes=count(found.episodes),
        since=desk.computed_day(found.start, SPEC, INDEX, series),
        events=tuple(desk.computed_day(one, "calendar") for one in found.days),
    )


def dates_of(desk: Desk, code: RiskCode) -> tuple[DatedEvent, ...]:
    """Return the next of each event that bears on a risk, earliest first; none behind a hole."""
    coming = [
        one
        for one in events_between(desk, desk.as_of, desk.window_end, *EVENTS[code])
        if one.day.day > desk.as_of
    ]
    first = {one.event: one for one in reversed(coming)}
    known = (one for one in first.values() if is_next(desk, one))
    return tuple(sorted(known, key=lambda one: one.day.day))[:MOST_DATES]
