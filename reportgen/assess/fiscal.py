"""The fiscal cliff: limit date, X-date, house view, rebates."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

import pandas as pd

from reportgen.assess.debt import (
    CASH,
    DEBT,
    MEASURES,
    MEASURES_JUNE,
    MILLION,
    DebtDesk,
)
from reportgen.assess.desk import Desk, percent
from reportgen.assess.events import last_event, next_event
from reportgen.facts import Quantity, Unit
from reportgen.facts.fiscal import (
    Borrowing,
    DateForecast,
    Fiscal,
    HouseWindow,
    Rebate,
)
from reportgen.models.date_distribution import DateDistribution

CONTRADICTED, SUPPORTED = 0.05, 0.25
STEP_MUSD = 100_000.0
DAYS_A_YEAR = 365.25
DAYS_A_MONTH = DAYS_A_YEAR / 12


def fiscal(studied: DebtDesk | None) -> Fiscal | None:
    """Return the fiscal side; ``None`` when the debt could not be studied."""
    if studied is None:
        return None
    desk, found = studied.desk, studied.result

    def dollars(millions: float) -> Quantity:
        return studied.computed(MILLION * millions, Unit.USD)

    return Fiscal(
        debt=desk.observed(DEBT),
        debt_day=desk.observed_day(DEBT),
        subject=dollars(found.subject_musd),
        limit=studied.limit,
        limit_law=studied.law,
        room=dollars(found.headroom_musd),
        used=studied.computed(percent(found.subject_musd / found.limit_musd), Unit.PERCENT),
        cash=desk.observed(CASH),
        cash_day=desk.observed_day(CASH),
        need=dollars(found.annual_musd),
        need_from=studied.computed_day(studied.flow.level_from),
        need_to=studied.computed_day(studied.flow.level_to),
        measures=MEASURES,
        measures_june=MEASURES_JUNE,
        at_limit="at_limit" in found.diagnostics,
        limit_date=_forecast(studied, found.limit_date, "limit_date"),
        x_date=_forecast(studied, found.x_date, "x_date"),
        house_window=_house_window(studied),
        borrowing=_borrowing(studied),
        need_for_window=dollars(_need_for_window(studied)),
        need_multiple=studied.computed(_need_for_window(studied) / found.annual_musd, Unit.TIMES),
        rebate=_rebate(studied),
        budget_act=last_event(desk, "budget_act_signed"),
        election=next_event(desk, "midterm_elections", "presidential_election"),
        congress=_congress(studied),
        simulated_to=studied.computed_day(found.x_date.horizon_end),
        paths=studied.computed(found.paths, Unit.COUNT),
    )


def _congress(studied: DebtDesk) -> Literal["present", "next", "unknown"]:
    """Return who will have to act: a new Congress meets on 3 January after its election."""
    election = next_event(studied.desk, "midterm_elections", "presidential_election")
    middle = studied.result.limit_date.p50
    if election is None or middle is None:
        return "unknown"
    return "next" if middle > date(election.day.day.year + 1, 1, 3) else "present"


def _forecast(
    studied: DebtDesk, found: DateDistribution, code: Literal["limit_date", "x_date"]
) -> DateForecast:
    end = studied.desk.window_end
    early, middle, late = (
        None if day is None else studied.computed_day(day)
        for day in (found.p10, found.p50, found.p90)
    )
    inside = found.probability_before(end + timedelta(days=1))
    return DateForecast(
        code=code,
        place="inside" if inside >= 0.5 else "outside",
        early=early,
        middle=middle,
        late=late,
        in_window=studied.computed(inside, Unit.PROBABILITY),
    )


def _house_window(studied: DebtDesk) -> HouseWindow | None:
    desk, found = studied.desk, studied.result.x_date
    if not desk.holds("debt.x_date"):
        return None
    start, end = desk.assumed_days("debt.x_date")
    chance = found.probability_between(start.day, end.day)
    early = None
    if found.p50 is not None:
        middle = start.day + (end.day - start.day) / 2
        early = studied.computed(round((found.p50 - middle).days / DAYS_A_MONTH), Unit.MONTHS)
    return HouseWindow(
        verdict=_verdict(chance),
        start=start,
        end=end,
        probability=studied.computed(chance, Unit.PROBABILITY),
        months_early=early,
    )


def _verdict(chance: float) -> Literal["contradicted", "uncertain", "supported"]:
    if chance < CONTRADICTED:
        return "contradicted"
    return "supported" if chance >= SUPPORTED else "uncertain"


def _borrowing(studied: DebtDesk) -> Borrowing | None:
    """Return what was borrowed since the law, and how much of it went into cash."""
    desk, law = studied.desk, studied.law
    debt, cash = (_since(desk, series, law.day) for series in (DEBT, CASH))
    if debt is None:
        return None
    refill = share = None
    if cash is not None:
        refill = studied.computed(MILLION * cash, Unit.USD)
        share = studied.computed(percent(cash / debt), Unit.PERCENT) if debt > 0 else None
    return Borrowing(law, studied.computed(MILLION * debt, Unit.USD), refill, share)


def _since(desk: Desk, series: str, day: date) -> float | None:
    values = desk.values(series)
    before = values[values.index <= pd.Timestamp(day)]
    return None if before.empty else float(values.iloc[-1] - before.iloc[-1])


def _need_for_window(studied: DebtDesk) -> float:
    """Return the yearly need, USD millions, that would use up everything by the window's end."""
    found = studied.result
    years = (studied.desk.window_end - found.debt_day).days / DAYS_A_YEAR
    at_hand = found.headroom_musd + found.cash_musd + MEASURES.value / MILLION
    return at_hand / years


def _rebate(studied: DebtDesk) -> Rebate:
    law = last_event(studied.desk, "tariff_rebate_enacted")
    sooner = STEP_MUSD / studied.result.annual_musd * DAYS_A_YEAR
    step = studied.computed(MILLION * STEP_MUSD, Unit.USD)
    return Rebate(law, step, studied.computed(sooner, Unit.DAYS))
