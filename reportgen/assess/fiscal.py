"""The fiscal cliff: limit date, X-date, house view, rebates, and the debt chart."""

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
from reportgen.assess.events import events_between, last_event, next_event
from reportgen.assess.lines import dated_line
from reportgen.facts import Assumed, Band, Chart, Day, Line, Mark, Quantity, Unit
from reportgen.facts.events import DatedEvent
from reportgen.facts.fiscal import (
    Borrowing,
    CutQuotation,
    DateForecast,
    Fiscal,
    HouseWindow,
    PolicyOutlook,
    Rebate,
)
from reportgen.models.date_distribution import DateDistribution
from reportgen.models.debt_limit import SPEC
from reportgen.models.guard import day_of

CONTRADICTED, SUPPORTED = 0.05, 0.25
STEP_MUSD = 100_000.0
DAYS_A_YEAR = 365.25
DAYS_A_MONTH = DAYS_A_YEAR / 12
FED_CHANGES = ("fomc_lowers_range", "fomc_raises_range")
CUT_POINTS = 25.0
"""The usual size of a change of the policy rate, basis points."""
TAIL = 0.002
"""A month with less probability than this is left out at the ends of the chart."""


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


def policy_outlook(desk: Desk) -> PolicyOutlook:
    """Return what is stated of tariffs and of the Federal Reserve's path."""
    path, rate = desk.maybe("rates.fed_2026"), last_event(desk, *FED_CHANGES)
    distance = None
    if path is not None and desk.has("effr"):
        gap = path.value - desk.observed("effr").value
        distance = desk.computed(gap, Unit.PERCENTAGE_POINTS, "M0", "effr", "rates.fed_2026")
    return PolicyOutlook(
        china_tariff=desk.maybe("fiscal.china_tariff"),
        fed_path=path,
        to_path=distance,
        fed_rate=rate,
        steps=_steps(desk, distance),
        meetings=desk.computed(len(_decisions(desk)), Unit.COUNT, "M0", "events"),
        cut=_cut(desk),
        next_decision=next_event(desk, "fomc_decision"),
    )


def _steps(desk: Desk, distance: Quantity | None) -> Quantity | None:
    if distance is None or distance.value >= 0:
        return None
    return desk.computed(-100.0 * distance.value / CUT_POINTS, Unit.RATIO, "M0", "effr")


def _decisions(desk: Desk) -> tuple[DatedEvent, ...]:
    ahead = desk.as_of + timedelta(days=1)
    return events_between(desk, ahead, desk.window_end, "fomc_decision")


def _cut(desk: Desk) -> CutQuotation | None:
    quoted = desk.maybe("probability.december_cut")
    if quoted is None:
        return None
    earlier = desk.maybe("probability.december_cut_month_earlier")
    return CutQuotation(
        quoted=quoted,
        stated=_stated(quoted),
        implied=_implied(desk, quoted),
        earlier=earlier,
        earlier_implied=None if earlier is None else _implied(desk, earlier),
    )


def _stated(quoted: Quantity) -> Day:
    origin = quoted.origin
    if not isinstance(origin, Assumed):
        raise TypeError(f"a quotation is assumed, not {origin}")
    return Day(origin.stated, origin)


def _implied(desk: Desk, chance: Quantity) -> Quantity:
    return desk.computed(
        -CUT_POINTS * chance.value, Unit.BASIS_POINTS, "M0", "probability.december_cut"
    )


# -- chart ----------------------------------------------------------------------------------


def fiscal_charts(studied: DebtDesk | None) -> tuple[Chart, ...]:
    """Return debt against the limit with both dates; nothing without the study."""
    if studied is None:
        return ()
    desk, found = studied.desk, studied.result
    by_model = desk.by_model(SPEC, DEBT, CASH)
    past = (desk.values(DEBT) * MILLION - studied.outside).clip(lower=0.0)
    days = tuple(point.day.isoformat() for point in found.projection)
    ahead = {
        "early": [point.p90_musd for point in found.projection],
        "middle": [point.p50_musd for point in found.projection],
        "late": [point.p10_musd for point in found.projection],
    }
    lines = [dated_line("subject", past, Unit.USD, by_model)]
    lines += [
        Line(code, Unit.USD, by_model, days, tuple(round(MILLION * one) for one in values))
        for code, values in ahead.items()
    ]
    lines += _months(studied)
    house = desk.assumed_days("debt.x_date") if desk.holds("debt.x_date") else None
    bands = [Band("window", desk.as_of.isoformat(), desk.window_end.isoformat())]
    if house is not None:
        bands.append(Band("house", house[0].day.isoformat(), house[1].day.isoformat()))
    return (
        Chart(
            code="debt",
            axis="date",
            lines=tuple(lines),
            marks=(Mark("limit", studied.limit),),
            bands=tuple(bands),
            as_of=day_of(past.index[-1]),
            sources=("US Treasury", "Federal Reserve", SPEC.id),
        ),
    )


def _months(studied: DebtDesk) -> list[Line]:
    """Return the probability of both dates by month, over the months that carry any."""
    origin = studied.desk.by_model(SPEC, DEBT, CASH)
    tables = {
        "limit_date": dict(studied.result.limit_date.by_month()),
        "x_date": dict(studied.result.x_date.by_month()),
    }
    carrying = [day for table in tables.values() for day, mass in table.items() if mass >= TAIL]
    if not carrying:
        return []
    months = pd.date_range(min(carrying), max(carrying), freq="MS")
    places = tuple(day_of(month).isoformat() for month in months)
    return [
        Line(
            code,
            Unit.PROBABILITY,
            origin,
            places,
            tuple(round(table.get(day_of(month), 0.0), 6) for month in months),
        )
        for code, table in tables.items()
    ]
