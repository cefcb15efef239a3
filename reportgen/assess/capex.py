"""Capital expenditure of the large cloud companies, and its chart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import pandas as pd

from reportgen.assess.assumptions import note_of
from reportgen.assess.capex_chain import assumptions, chain, required, settings_of
from reportgen.assess.desk import Desk, percent
from reportgen.assess.eras import AI_SPENDING
from reportgen.assess.events import next_event
from reportgen.errors import DataError
from reportgen.facts import Chart, Line, Quantity, Range, Unit
from reportgen.facts.capex import Capex, CompanySpending, SpendingFalls
from reportgen.models import capex as model
from reportgen.models.capex import COMPANIES, SPEC, CapexResult, Company
from reportgen.models.capex_cut import CutChance, cut_chance
from reportgen.models.capex_economics import CapexSettings
from reportgen.models.proportions import share_interval

INDEX = "nasdaq_composite"
FEWEST_QUARTERS = 6
FEWEST_COMPANIES = 3
"""Companies without which their sum says nothing of the combined spending."""
BURDEN_STEP = 2.0
"""Percentage points by which the share of cash flow must differ from a year before."""
WIDER = "includes_guidance"
"""Note of the house view on a figure that counts more than the filings do."""

DRAWN = 12
"""Quarters in the chart: each bar carries its figure, and more than three years do not fit."""
HOUSE_STEP = 0.05
"""Part of the annualised sum by which the house's figure must differ from it."""


@dataclass(frozen=True)
class CapexDesk:
    """The desk with the model's answer, computed once for section and chart."""

    desk: Desk
    result: CapexResult
    settings: CapexSettings
    missing: tuple[str, ...]

    def computed(self, value: float, unit: Unit) -> Quantity:
        """Return a figure of the model."""
        names = [one.code for one in self.result.companies]
        inputs = [f"{name}_{item}" for name in names for item in ("capex", "operating_cash_flow")]
        return self.desk.computed(value, unit, SPEC, *inputs)

    def dollars(self, billions: float) -> Quantity:
        """Return an amount the model gives in billions of dollars."""
        return self.computed(1e9 * billions, Unit.USD)

    def percents(self, value: float | None) -> Quantity | None:
        """Return a figure in per cent, ``None`` for none."""
        return None if value is None else self.computed(value, Unit.PERCENT)


def study(desk: Desk) -> CapexDesk | None:
    """Run the model on the companies with enough quarters; ``None`` when there are none."""
    held = [name for name in COMPANIES if _covered(desk, name)]
    if not held:
        return None
    given = settings_of(desk)
    result = model.evaluate(
        {name: desk.values(f"{name}_capex") for name in held},
        {name: desk.values(f"{name}_operating_cash_flow") for name in held},
        settings=given,
    )
    missing = tuple(name for name in COMPANIES if name not in held)
    return CapexDesk(desk, result, given, missing)


def _covered(desk: Desk, name: str) -> bool:
    pair = f"{name}_capex", f"{name}_operating_cash_flow"
    return desk.has(*pair) and all(len(desk.values(one)) >= FEWEST_QUARTERS for one in pair)


def capex(studied: CapexDesk | None) -> Capex | None:
    """Return pace, burden and chain; ``None`` when they could not be studied."""
    if studied is None:
        return None
    desk, found = studied.desk, studied.result
    points = Unit.PERCENTAGE_POINTS
    settings = studied.settings
    heaviest, others = _burdens(studied)
    before = found.quarters[-1 - model.YEAR].share
    slowing = _slowing_below(found, settings.pace)
    next_quarter, house = _next_quarter(found.quarter), desk.maybe("ai.capex")
    theme = theme_of(desk.as_of)
    return Capex(
        theme=theme,
        combined=len(found.companies) >= FEWEST_COMPANIES,
        state=found.state,
        cut=_cut(found),
        companies=tuple(
            _company(studied, one) for one in sorted(found.companies, key=lambda row: -row.capex)
        ),
        missing=studied.missing,
        quarter=desk.computed_day(found.quarter, SPEC),
        quarter_total=studied.dollars(found.quarters[-1].capex),
        four_quarters=studied.dollars(found.four_quarters),
        annualised=studied.dollars(found.annualised),
        growth_year=studied.computed(found.growth_year, Unit.PERCENT),
        growth_year_before=studied.computed(found.growth_year_before, Unit.PERCENT),
        growth_change=studied.computed(found.growth_change, points),
        growth_quarter=studied.computed(found.growth_quarter, Unit.PERCENT),
        pace=studied.computed(settings.pace, points),
        cut_size=studied.computed(settings.cut, Unit.PERCENT),
        share=studied.percents(found.cash_flow_share),
        share_quarter=studied.percents(found.cash_flow_share_quarter),
        share_year_before=studied.percents(before),
        burden=_burden(found.cash_flow_share_quarter, before),
        heaviest=heaviest,
        others=others,
        next_quarter=desk.computed_day(next_quarter, SPEC),
        cut_below=studied.dollars(found.quarters[-1].capex * (1.0 - settings.cut / 100.0)),
        slowing_below=studied.dollars(slowing),
        slowing_rise=studied.computed(
            percent(slowing / found.quarters[-1].capex - 1.0), Unit.PERCENT
        ),
        required=required(desk, found, studied.settings),
        assumptions=assumptions(desk, studied.settings),
        falls=_falls(studied),
        chain=chain(desk, found, studied.settings) if theme == "ai" else None,
        next_reports=next_event(desk, "hyperscaler_reporting_season"),
        house=house,
        house_stands=_stands(house, 1e9 * found.annualised),
        house_wider=house is not None and note_of(desk, "ai.capex") == WIDER,
    )


def theme_of(day: date) -> Literal["ai", "cloud"]:
    """Return what the spending is read as on a day."""
    return "ai" if day >= AI_SPENDING else "cloud"


def combined(found: Capex | None) -> Capex | None:
    """Return the spending when it covers enough companies to stand for all of them."""
    return found if found is not None and found.combined else None


def _stands(
    house: Quantity | None, annualised: float
) -> Literal["above", "near", "below", "unstated"]:
    if house is None:
        return "unstated"
    if abs(house.value / annualised - 1.0) < HOUSE_STEP:
        return "near"
    return "above" if house.value > annualised else "below"


def _cut(found: CapexResult) -> Literal["none", "quarter", "year"]:
    if found.state != "cut":
        return "none"
    return "year" if found.growth_year < 0.0 else "quarter"


def _company(studied: CapexDesk, row: Company) -> CompanySpending:
    desk, day = studied.desk, studied.result.quarter
    return CompanySpending(
        code=row.code,
        capex=desk.observed(f"{row.code}_capex", day),
        growth_year=studied.computed(row.growth_year, Unit.PERCENT),
        growth_quarter=studied.computed(row.growth_quarter, Unit.PERCENT),
        share=studied.percents(row.cash_flow_share),
    )


def _burdens(studied: CapexDesk) -> tuple[str, Range | None]:
    """Return the company with the largest share of its cash flow, and the others' range."""
    rows = studied.result.companies
    known = sorted(
        (row.cash_flow_share, row.code) for row in rows if row.cash_flow_share is not None
    )
    if len(known) < len(rows):
        return "", None
    if len(known) == 1:
        return known[0][1], None
    low, high = (studied.computed(known[place][0], Unit.PERCENT) for place in (0, -2))
    return known[-1][1], Range(low, high)


def _burden(
    now: float | None, before: float | None
) -> Literal["higher", "unchanged", "lower", "unknown"]:
    if now is None or before is None:
        return "unknown"
    if abs(now - before) < BURDEN_STEP:
        return "unchanged"
    return "higher" if now > before else "lower"


def _next_quarter(quarter: date) -> date:
    return (pd.Timestamp(quarter) + pd.offsets.QuarterEnd(1)).date()


def _slowing_below(found: CapexResult, pace: float) -> float:
    """Return the next quarter's sum below which growth would have slowed by ``pace`` points."""
    year_before = found.quarters[-model.YEAR].capex
    return year_before * (1.0 + (found.growth_year - pace) / 100.0)


def _falls(studied: CapexDesk) -> SpendingFalls:
    found = studied.result
    record, companies = found.cuts, len(found.companies)
    bounds = (1.0 - (1.0 - bound) ** companies for bound in share_interval(record.cuts, record.n))
    low, high = (studied.computed(bound, Unit.PROBABILITY) for bound in bounds)
    logit = _logit(studied)
    return SpendingFalls(
        since=studied.desk.computed_day(found.quarters[1].end, SPEC),
        falls=studied.computed(record.cuts, Unit.COUNT),
        cases=studied.computed(record.n, Unit.COUNT),
        share=studied.computed(record.share, Unit.PROBABILITY),
        any_company=studied.computed(record.any_company, Unit.PROBABILITY),
        interval=Range(low, high),
        deepest=studied.computed(record.deepest, Unit.PERCENT),
        next_any=None
        if logit is None
        else studied.desk.computed(logit.any_company, Unit.PROBABILITY, SPEC),
        logit_cases=None if logit is None else studied.computed(logit.cases, Unit.COUNT),
        logit_falls=None if logit is None else studied.computed(logit.cuts, Unit.COUNT),
    )


def _logit(studied: CapexDesk) -> CutChance | None:
    """Return the chance of a fall by the ridge logit; ``None`` where quarters do not carry it."""
    desk = studied.desk
    names = [one.code for one in studied.result.companies]
    if not desk.has(INDEX):
        return None
    try:
        return cut_chance(
            {name: desk.values(f"{name}_capex") for name in names},
            {name: desk.values(f"{name}_operating_cash_flow") for name in names},
            desk.values(INDEX),
            desk.as_of,
        )
    except DataError:
        return None


def capex_charts(studied: CapexDesk | None) -> tuple[Chart, ...]:
    """Return spending by company with its share of cash flow; nothing when there is none."""
    if studied is None:
        return ()
    desk, found = studied.desk, studied.result
    quarters = found.quarters[-DRAWN:]
    days = tuple(quarter.end.isoformat() for quarter in quarters)
    spent = [_spent(desk, row.code, days) for row in found.companies]
    total = tuple(round(1e9 * quarter.capex, 0) for quarter in quarters)
    share = tuple(
        None if quarter.share is None else round(quarter.share, 6) for quarter in quarters
    )
    by_model = studied.dollars(0.0).origin
    return (
        Chart(
            code="capex",
            axis="date",
            lines=(
                *spent,
                Line("total", Unit.USD, by_model, days, total),
                Line("share", Unit.PERCENT, by_model, days, share),
            ),
            as_of=found.quarter,
            sources=(*(_publisher(desk, row.code) for row in found.companies), SPEC.id),
        ),
    )


def _spent(desk: Desk, company: str, days: tuple[str, ...]) -> Line:
    name = f"{company}_capex"
    values = desk.values(name)
    billions = tuple(float(values.loc[pd.Timestamp(day)]) for day in days)
    return Line(
        company, Unit.USD, desk.origin(name), days, tuple(round(1e9 * one, 0) for one in billions)
    )


def _publisher(desk: Desk, company: str) -> str:
    return desk.origin(f"{company}_capex").publisher
