"""The breach probabilities of the layers, each from its own data, as far as it is there."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from reportgen.assess.desk import Desk
from reportgen.models.history import TRADING_MONTH
from reportgen.models.known import known

if TYPE_CHECKING:
    import pandas as pd

    from reportgen.assess.debt import DebtDesk
    from reportgen.assess.simulation import Simulation
    from reportgen.models.arrays import FloatArray
    from reportgen.models.capex import CutRecord
    from reportgen.models.layer_inputs import BreachRow

MONTHS = 12
MEETING_VARIANCE = 0.03
"""Measured on 2016-2025: dollar-yen varies 1.03 times as much in January, March, April, June,
July, September, October and December, when both central banks decide, as in the other months."""
MEETINGS = ("fomc_decision", "boj_decision")
REPORTING = "hyperscaler_reporting_season"
NEEDED = {"usdjpy": 1_001, "vix_weekly": 520 + 4 * MONTHS}
"""Fewest observations with which the row of a series can be estimated."""


@dataclass(frozen=True)
class Rows:
    """The rows of the layers there are figures for, and what lies behind them.

    Args:
        months: first day of the calendar month that each block of 21 trading days stands for.
        rows: by layer, in the order of the layers.
        record: falls of capital expenditure; ``None`` without the AI layer.
    """

    months: tuple[date, ...]
    rows: dict[str, BreachRow]
    record: CutRecord | None

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers there are figures for."""
        return tuple(self.rows)

    def stacked(self, part: str) -> FloatArray:
        """Return ``middle``, ``low`` or ``high`` of all rows, shape (layers, months)."""
        return np.array([getattr(row, part) for row in self.rows.values()])


def measured(desk: Desk) -> bool:
    """Return whether the effects of the layers were known on the as-of date."""
    return known("layer_record", desk.as_of)


def missing_inputs(
    desk: Desk, simulation: Simulation, debt: DebtDesk | None
) -> dict[str, tuple[str, ...]]:
    """Return for each layer that cannot be run what it lacks, by series or event."""
    found = {
        "carry": _short(desk, "usdjpy"),
        "ai": _missing_spending(desk, simulation),
        "gamma": _short(desk, "vix_weekly"),
        "debt": () if debt is not None else _missing_debt(desk),
    }
    return {layer: lacking for layer, lacking in found.items() if lacking}


def layer_rows(
    desk: Desk, simulation: Simulation, debt: DebtDesk | None, layers: tuple[str, ...]
) -> Rows:
    """Return the rows of those layers; their inputs must be there."""
    from reportgen.models.capex import cut_record
    from reportgen.models.layer_inputs import carry_row, volatility_row

    meetings = tuple(sorted(_blocks(desk, simulation, *MEETINGS)))
    record = cut_record(_spending(desk)) if "ai" in layers else None
    months = block_months(simulation.sessions)
    rows: dict[str, BreachRow] = {}
    if "carry" in layers:
        closes = desk.values("usdjpy")
        rows["carry"] = carry_row(closes, desk.as_of, MONTHS, meetings, MEETING_VARIANCE)
    if record is not None:
        rows["ai"] = _reporting_row(desk, simulation, record)
    if "gamma" in layers:
        rows["gamma"] = volatility_row(desk.values("vix_weekly"), desk.as_of, MONTHS)
    if debt is not None and "debt" in layers:
        rows["debt"] = _debt_row(debt, months)
    return Rows(months, rows, record)


def block_months(sessions: tuple[date, ...]) -> tuple[date, ...]:
    """Return the calendar months that twelve blocks of 21 trading days stand for.

    The first is the month its middle day lies in, the others follow one by one.
    """
    middle = sessions[TRADING_MONTH // 2]
    return tuple(_month_after(middle, count) for count in range(MONTHS))


def _month_after(day: date, count: int) -> date:
    years, month = divmod(day.month - 1 + count, 12)
    return date(day.year + years, month + 1, 1)


def _length(desk: Desk, series: str) -> int:
    return len(desk.values(series)) if desk.has(series) else 0


def _short(desk: Desk, series: str) -> tuple[str, ...]:
    return (series,) if _length(desk, series) < NEEDED[series] else ()


def _missing_spending(desk: Desk, simulation: Simulation) -> tuple[str, ...]:
    from reportgen.models.capex import COMPANIES

    short = [name for one in COMPANIES if _length(desk, name := f"{one}_capex") < 2]
    if not short and len(_spending(desk)) < 2:
        short.append("capex")
    if not _blocks(desk, simulation, REPORTING):
        short.append(REPORTING)
    return tuple(short)


def _missing_debt(desk: Desk) -> tuple[str, ...]:
    from reportgen.assess.debt import CASH, DEBT

    return tuple(name for name in (DEBT, CASH) if not desk.has(name)) or ("debt_limit",)


def _spending(desk: Desk) -> pd.DataFrame:
    """Return capital expenditure by quarter (rows) and company, quarters that all have filed."""
    import pandas as pd

    from reportgen.models.capex import COMPANIES

    return pd.DataFrame({one: desk.values(f"{one}_capex") for one in COMPANIES}).dropna()


def _blocks(desk: Desk, simulation: Simulation, *names: str) -> set[int]:
    """Return the numbers (1 = the first) of the blocks in which one of the events comes."""
    days = simulation.sessions[: MONTHS * TRADING_MONTH]
    coming = (
        event.date
        for event in desk.snapshot.events
        if event.code in names and desk.as_of < event.date <= days[-1]
    )
    return {bisect_left(days, day) // TRADING_MONTH + 1 for day in coming}


def _reporting_row(desk: Desk, simulation: Simulation, record: CutRecord) -> BreachRow:
    from reportgen.models.capex import COMPANIES
    from reportgen.models.layer_inputs import reporting_row

    seasons = _blocks(desk, simulation, REPORTING)
    reporting = tuple(number + 1 in seasons for number in range(MONTHS))
    return reporting_row(record.cuts, record.n, len(COMPANIES), reporting)


def _debt_row(debt: DebtDesk, months: tuple[date, ...]) -> BreachRow:
    from reportgen.models.layer_inputs import debt_row

    masses = dict(debt.result.x_date.by_month())
    following = (*months, _month_after(months[-1], 1))
    return debt_row(np.array([masses.get(month, 0.0) for month in following]))
