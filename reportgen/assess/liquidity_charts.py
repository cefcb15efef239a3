"""The two charts of liquidity: the balance sheet, and the price of overnight money."""

from __future__ import annotations

import pandas as pd

from reportgen.assess.desk import Desk
from reportgen.assess.lines import dated_line, weekly
from reportgen.assess.liquidity import (
    AMOUNTS,
    NEEDED,
    RATES,
    YEAR_WEEKS,
    Balance,
    available,
    balance,
    computed,
)
from reportgen.facts import Band, Chart, Mark, Unit
from reportgen.models.guard import day_of
from reportgen.models.liquidity import SPEC, LiquiditySettings
from reportgen.models.reserve_price import Spread


def liquidity_charts(desk: Desk) -> tuple[Chart, ...]:
    """Return the balance sheet and the price of overnight money, each where it is known."""
    if not available(desk):
        return ()
    funds = balance(desk)
    if funds.result.sofr is None:
        return (_stack_chart(desk, funds),)
    return (_stack_chart(desk, funds), _funding_chart(desk, funds, funds.result.sofr))


def _stack_chart(desk: Desk, funds: Balance) -> Chart:
    table = funds.table
    by_model = desk.by_model(SPEC, *NEEDED[:4])
    lines = [
        dated_line(code, table[code], Unit.USD, desk.origin(AMOUNTS[code]))
        for code in ("reserves", "treasury_account", "reverse_repo", "total_assets")
        if desk.has(AMOUNTS[code])
    ]
    lines.append(dated_line("net_liquidity", table["net_liquidity"], Unit.USD, by_model))
    facility = ("Federal Reserve Bank of New York",) if desk.has(AMOUNTS["reverse_repo"]) else ()
    return Chart(
        code="liquidity",
        axis="date",
        lines=tuple(lines),
        as_of=day_of(table.index[-1]),
        sources=("Federal Reserve", *facility, SPEC.id),
    )


def _funding_chart(desk: Desk, funds: Balance, spread: Spread) -> Chart:
    iorb = desk.values("iorb")
    by_model = desk.by_model(SPEC, *RATES)
    sofr = (100.0 * (desk.values("sofr") - iorb)).dropna().round(4)
    effr = (100.0 * (desk.values("effr") - iorb)).dropna().round(4)
    reserves = funds.table["reserves"]
    bound = LiquiditySettings().price.tail_bp
    quarter = sofr.index[-min(len(sofr), spread.quarter_days)]
    return Chart(
        code="funding",
        axis="date",
        lines=(
            dated_line("sofr_spread", _weekly_extreme(sofr), Unit.BASIS_POINTS, by_model),
            dated_line("effr_spread", weekly(effr), Unit.BASIS_POINTS, by_model),
            dated_line("reserves", reserves, Unit.USD, desk.origin("reserve_balances")),
            dated_line(
                "reserves_average",
                reserves.rolling(YEAR_WEEKS).mean(),
                Unit.USD,
                desk.by_model(SPEC, "reserve_balances"),
            ),
        ),
        marks=(Mark("bound", computed(desk, bound, Unit.BASIS_POINTS)),),
        bands=(Band("quarter", day_of(quarter).isoformat(), desk.as_of.isoformat()),),
        as_of=spread.day,
        sources=("Federal Reserve Bank of New York", "Federal Reserve", SPEC.id),
    )


def _weekly_extreme(values: pd.Series[float]) -> pd.Series[float]:
    """Return the highest value of each week on its own day: spikes are what the chart is for."""
    highest = values.groupby(pd.DatetimeIndex(values.index).to_period("W-FRI")).idxmax()
    return values.loc[highest.to_numpy()]
