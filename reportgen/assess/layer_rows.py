"""The breach probabilities of the four layers, each from its own data."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from reportgen.assess.desk import Desk
from reportgen.models.history import TRADING_MONTH

if TYPE_CHECKING:
    import pandas as pd

    from reportgen.assess.debt import DebtDesk
    from reportgen.assess.simulation import Simulation
    from reportgen.models.arrays import FloatArray
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
    """The rows in the order of the layers, and what lies behind them.

    Args:
        months: first day of the calendar month that each block of 21 trading days stands for.
        rows: carry, AI, gamma, debt.
        cuts: falls of capital expenditure on the quarter, in ``quarters`` company-quarters.
    """

    months: tuple[date, ...]
    rows: tuple[BreachRow, BreachRow, BreachRow, BreachRow]
    cuts: int
    quarters: int

    def stacked(self, part: str) -> FloatArray:
        """Return ``middle``, ``low`` or ``high`` of all rows, shape (4, months)."""
        return np.array([getattr(row, part) for row in self.rows])


def missing_inputs(desk: Desk, simulation: Simulation, debt: DebtDesk | None) -> tuple[str, ...]:
    """Return which inputs of the layers are not there, by series or event.

    ``record`` alone before the end of the history on which the effects were measured.
    """
    from reportgen.models.capex import COMPANIES
    from reportgen.models.layer_evidence import MEASURED_TO

    if desk.as_of < MEASURED_TO:
        return ("record",)

    short = [name for name, least in NEEDED.items() if _length(desk, name) < least]
    short += [name for one in COMPANIES if _length(desk, name := f"{one}_capex") < 2]
    if not short and len(_spending(desk)) < 2:
        short.append("capex")
    if debt is None:
        short.append("federal_debt")
    if not _blocks(desk, simulation, REPORTING):
        short.append(REPORTING)
    return tuple(short)


def layer_rows(desk: Desk, simulation: Simulation, debt: DebtDesk) -> Rows:
    """Return the rows of all layers; every input must be there."""
    from reportgen.models.capex import COMPANIES, cut_record
    from reportgen.models.layer_inputs import carry_row, reporting_row, volatility_row

    meetings = tuple(sorted(_blocks(desk, simulation, *MEETINGS)))
    seasons = _blocks(desk, simulation, REPORTING)
    record = cut_record(_spending(desk))
    months = block_months(simulation.sessions)
    return Rows(
        months=months,
        rows=(
            carry_row(desk.values("usdjpy"), desk.as_of, MONTHS, meetings, MEETING_VARIANCE),
            reporting_row(
                record.cuts,
                record.n,
                len(COMPANIES),
                tuple(number + 1 in seasons for number in range(MONTHS)),
            ),
            volatility_row(desk.values("vix_weekly"), desk.as_of, MONTHS),
            _debt_row(debt, months),
        ),
        cuts=record.cuts,
        quarters=record.n,
    )


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


def _debt_row(debt: DebtDesk, months: tuple[date, ...]) -> BreachRow:
    from reportgen.models.layer_inputs import debt_row

    masses = dict(debt.result.x_date.by_month())
    following = (*months, _month_after(months[-1], 1))
    return debt_row(np.array([masses.get(month, 0.0) for month in following]))
