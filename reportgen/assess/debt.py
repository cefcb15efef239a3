"""The debt limit as model M9 sees it: inputs with their sources, and the two distributions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from reportgen.assess.desk import Desk
from reportgen.assess.events import last_event
from reportgen.facts import Assumed, Day, Quantity, Unit
from reportgen.models.debt_flow import BINDING_PERIODS, FlowModel, Period, estimate_flow
from reportgen.models.debt_limit import (
    SPEC,
    DebtLimitInputs,
    DebtLimitResult,
    DebtLimitSettings,
    Measure,
    assess_debt_limit,
    debt_outside_limit,
)

DEBT, CASH = "federal_debt", "treasury_general_account"
MILLION = 1e6
MOST_PATHS = 20_000
FRESH = timedelta(days=7)
"""Debt older than this has grown since: the paths then set out from its own day."""


@dataclass(frozen=True)
class LimitLaw:
    """A law that raised the limit by an amount, after a period in which the old one bound."""

    signed: date
    raised_by: float
    bound: Period


LAWS = (LimitLaw(date(2025, 7, 4), 5e12, BINDING_PERIODS[-1]),)
"""Public Law 119-21 of 4 July 2025. What of total debt does not count against the limit is read
from the months in which the old limit bound."""

_MEASURES_ORIGIN = Assumed(
    by="Economic Policy Innovation Center",
    stated=date(2025, 1, 21),
    source="Economic Policy Innovation Center, debt limit projections of January 2025",
)
MEASURES = Quantity(336e9, Unit.USD, _MEASURES_ORIGIN)
"""What could be used at once in January 2025; 337 billion dollars were used in 2023."""
MEASURES_JUNE = Quantity(147e9, Unit.USD, _MEASURES_ORIGIN)
"""What arises on a 30 June, when securities of the civil service fund fall due."""


@dataclass(frozen=True)
class DebtDesk:
    """The desk with the model's answer, computed once for section and chart.

    Args:
        outside: part of total debt that does not count against the limit, in dollars.
    """

    desk: Desk
    limit: Quantity
    law: Day
    outside: float
    flow: FlowModel
    result: DebtLimitResult

    def computed(self, value: float, unit: Unit) -> Quantity:
        """Return a figure of the model."""
        return self.desk.computed(value, unit, SPEC, DEBT, CASH)

    def computed_day(self, day: date) -> Day:
        """Return a date of the model."""
        return self.desk.computed_day(day, SPEC, DEBT, CASH)


def study(desk: Desk) -> DebtDesk | None:
    """Run the model; ``None`` when debt, cash or the limit in force is not known."""
    found = _limit_in_force(desk)
    if found is None or not desk.has(DEBT, CASH):
        return None
    limit, day, law = found
    debt, cash = desk.values(DEBT), desk.values(CASH)
    before = (limit.value - law.raised_by) / MILLION
    outside = debt_outside_limit(debt, law.bound, before)
    flow = estimate_flow(debt, cash)
    start = _start(desk)
    inputs = DebtLimitInputs(
        as_of=start,
        debt=debt[: str(start)],
        cash=cash[: str(start)],
        limit_musd=limit.value / MILLION,
        outside_limit_musd=outside,
        measures=_measures(start),
    )
    result = assess_debt_limit(inputs, flow, DebtLimitSettings(paths=min(desk.paths, MOST_PATHS)))
    return DebtDesk(desk, limit, day, MILLION * outside, flow, result)


def _start(desk: Desk) -> date:
    """Return the day from which the paths set out."""
    last = desk.origin(DEBT).on
    return desk.as_of if desk.as_of - last <= FRESH else last


def _limit_in_force(desk: Desk) -> tuple[Quantity, Day, LimitLaw] | None:
    """Return the last raised limit, the day of its law, and that law; else ``None``."""
    event = last_event(desk, "debt_limit_raised")
    if event is None or event.figure is None:
        return None
    law = next((one for one in LAWS if one.signed == event.day.day), None)
    return None if law is None else (event.figure, event.day, law)


def _measures(as_of: date) -> tuple[Measure, ...]:
    """Return what can be used at once, and the release of each 30 June of the simulated years."""
    standing = Measure("standing", MEASURES.value / MILLION)
    years = range(as_of.year, as_of.year + DebtLimitSettings().horizon_months // 12 + 1)
    ahead = [day for day in (date(year, 6, 30) for year in years) if day > as_of]
    released = MEASURES_JUNE.value / MILLION
    return (standing, *(Measure("june_30", released, day) for day in ahead))
