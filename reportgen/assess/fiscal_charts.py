"""Debt against its limit, and both dates by month."""

from __future__ import annotations

import pandas as pd

from reportgen.assess.debt import CASH, DEBT, MILLION, DebtDesk
from reportgen.assess.lines import dated_line
from reportgen.facts import Band, Chart, Line, Mark, Unit
from reportgen.models.debt_limit import SPEC
from reportgen.models.guard import day_of

TAIL = 0.002
"""A month with less probability than this is left out at the ends of the chart."""


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
