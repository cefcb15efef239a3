"""Dollar liquidity: the Federal Reserve's balance sheet and the price of overnight money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from reportgen.assess.desk import Desk, percent
from reportgen.assess.eras import FIRST_PUBLISHED
from reportgen.assess.events import events_between, last_event, next_decision, next_event
from reportgen.assess.liquidity_record import net_record, reaction
from reportgen.facts import Day, Quantity, Unit
from reportgen.facts.liquidity import (
    Holding,
    Liquidity,
    PriceTest,
    Trend,
)
from reportgen.models.guard import day_of
from reportgen.models.known import known
from reportgen.models.liquidity import (
    SPEC,
    WEEKS,
    Distance,
    LiquidityInputs,
    LiquidityResult,
    LiquiditySettings,
    assess_liquidity,
)
from reportgen.models.reserve_price import Spread

AMOUNTS = {
    "total_assets": "fed_total_assets",
    "reserves": "reserve_balances",
    "treasury_account": "treasury_general_account",
    "reverse_repo": "overnight_reverse_repo",
}
IN_MILLIONS = ("total_assets", "reserves", "treasury_account")
RATES = ("sofr", "effr", "iorb")
FACILITY = FIRST_PUBLISHED[AMOUNTS["reverse_repo"]]
NEEDED = (*AMOUNTS.values(), *RATES)
YEAR_WEEKS = 52
FLAT_PERCENT = 2.0
"""A change of less than this share of the level over thirteen weeks counts as none."""
EMPTY_USD = 50e9
"""Below this the reverse repo facility holds nothing that could soften a drain of reserves."""
MOST_WEEKS_APART = 7


@dataclass(frozen=True)
class Balance:
    """The balance sheet week by week, in dollars, one column for each holding."""

    table: pd.DataFrame
    result: LiquidityResult


def available(desk: Desk) -> bool:
    """Tell whether the desk has what the section needs: the balance sheet."""
    facility = desk.as_of >= FACILITY
    return desk.has(*(one for code, one in AMOUNTS.items() if facility or code != "reverse_repo"))


def liquidity(desk: Desk) -> Liquidity | None:
    """Return the state of dollar liquidity; ``None`` when one of its series is missing."""
    if not available(desk):
        return None
    funds = balance(desk)
    found = funds.result
    bounds = LiquiditySettings()
    assets = funds.table["total_assets"]
    peak = day_of(assets.idxmax())
    tests = tuple(_test(desk, one, found) for one in found.distances if one.code in _TESTS)
    return Liquidity(
        state=found.state,
        basis=found.state_basis,
        funding=_funding(found),
        eased=found.sofr is not None and _eased(found.sofr, bounds.price.tail_bp),
        buffer=_buffer(desk, float(funds.table["reverse_repo"].iloc[-1])),
        day=desk.observed_day("reserve_balances"),
        holdings=tuple(_holding(desk, funds.table, code) for code in funds.table.columns),
        reserves_change=computed(desk, found.reserves_change_13w_percent, Unit.PERCENT),
        reserves_ratio=_ratio(desk, found),
        ratio_bounds=(
            computed(desk, percent(bounds.near_scarce_ratio), Unit.PERCENT),
            computed(desk, percent(bounds.abundant_ratio), Unit.PERCENT),
        ),
        assets_peak=desk.observed("fed_total_assets", peak),
        assets_peak_day=desk.observed_day("fed_total_assets", peak),
        assets_fall=computed(desk, float(assets.iloc[-1] - assets.max()), Unit.USD),
        **_prices(desk, found.sofr, found.effr),
        tests=tests,
        fired=computed(desk, sum(one.fires for one in tests), Unit.COUNT),
        runoff=_runoff(desk),
        outcome_open=_outcome_open(desk),
        runoff_end=last_event(desk, "balance_sheet_runoff_ends")
        or next_event(desk, "balance_sheet_runoff_ends"),
        runoff_announced=last_event(desk, "balance_sheet_runoff_end_announced"),
        purchases=last_event(desk, "reserve_management_purchases_announced"),
        next_decision=next_decision(desk, "fomc_decision"),
        record=net_record(desk, funds.table["net_liquidity"], NEEDED[:4]),
        reaction=reaction(desk),
    )


# -- the balance sheet ----------------------------------------------------------------------


def balance(desk: Desk) -> Balance:
    """Return the balance sheet week by week with the model's answer."""
    values = desk.values
    sofr, effr, iorb = _rates(desk)
    result = assess_liquidity(
        LiquidityInputs(
            total_assets=values("fed_total_assets"),
            reserves=values("reserve_balances"),
            treasury_account=values("treasury_general_account"),
            reverse_repo=_reverse_repo(desk),
            sofr=sofr,
            effr=effr,
            iorb=iorb,
            bank_assets=values("bank_assets") if _has_bank_assets(desk) else None,
        )
    )
    columns = {code: _dollars(desk, AMOUNTS[code]) for code in IN_MILLIONS}
    columns["reverse_repo"] = 1e9 * _reverse_repo(desk)
    table = pd.DataFrame(columns).dropna()
    net = table["total_assets"] - table["treasury_account"] - table["reverse_repo"]
    return Balance(table.assign(net_liquidity=net), result)


def _rates(desk: Desk) -> tuple[pd.Series[float] | None, ...]:
    """Return the overnight rates; ``None`` thrice when they do not share a quarter of days."""
    if not desk.has(*RATES):
        return None, None, None
    rates = tuple(desk.values(one) for one in RATES)
    shared = len(pd.concat(rates, axis=1, join="inner").dropna())
    return rates if shared >= LiquiditySettings().price.quarter_days else (None, None, None)


def _has_bank_assets(desk: Desk) -> bool:
    """Tell whether bank assets are known, and what share of them is scarce."""
    if not known("reserve_ratios", desk.as_of):
        return False
    return "bank_assets" in desk.snapshot.series and desk.has("bank_assets")


def _reverse_repo(desk: Desk) -> pd.Series[float]:
    """Return the facility's amounts in USD billions; every week before there was one is zero."""
    weeks, opened = desk.values(AMOUNTS["total_assets"]).index, pd.Timestamp(FACILITY)
    before: pd.Series[float] = pd.Series(0.0, index=weeks[weeks < opened])
    if not desk.has(AMOUNTS["reverse_repo"]):
        return before
    held = desk.values(AMOUNTS["reverse_repo"])
    after = held[held.index >= opened]
    return after if before.empty else pd.concat([before, after])


def _dollars(desk: Desk, series: str) -> pd.Series[float]:
    return (
        desk.values(series)
        * {"usd_million": 1e6, "usd_billion": 1e9}[desk.snapshot.data(series).unit]
    )


def _holding(desk: Desk, table: pd.DataFrame, code: str) -> Holding:
    amounts = table[code]
    last, quarter = float(amounts.iloc[-1]), _weeks_before(amounts, WEEKS)
    year = _weeks_before(amounts, YEAR_WEEKS)
    change = last - (quarter if quarter is not None else last)
    observed = code in AMOUNTS and desk.has(AMOUNTS[code])
    return Holding(
        code=code,
        amount=desk.observed(AMOUNTS[code]) if observed else computed(desk, last, Unit.USD),
        change_quarter=computed(desk, change, Unit.USD),
        change_year=None if year is None else computed(desk, last - year, Unit.USD),
        trend=_trend(change, last),
    )


def _weeks_before(amounts: pd.Series[float], weeks: int) -> float | None:
    """Return the value that many weeks before the last one, by date and not by count."""
    wanted = amounts.index[-1] - pd.Timedelta(weeks=weeks)
    earlier = amounts[amounts.index <= wanted]
    if earlier.empty or (wanted - earlier.index[-1]).days > MOST_WEEKS_APART:
        return None
    return float(earlier.iloc[-1])


def _trend(change: float, level: float) -> Trend:
    if abs(change) < FLAT_PERCENT / 100.0 * max(level, EMPTY_USD):
        return "flat"
    return "rising" if change > 0 else "falling"


def _ratio(desk: Desk, found: LiquidityResult) -> Quantity | None:
    if found.reserves_ratio is None:
        return None
    return computed(desk, percent(found.reserves_ratio), Unit.PERCENT)


# -- the price ------------------------------------------------------------------------------

_TESTS: dict[str, tuple[Literal["sofr_tail", "sofr_days", "effr_at_iorb"], Unit]] = {
    "sofr_tail": ("sofr_tail", Unit.BASIS_POINTS),
    "sofr_days": ("sofr_days", Unit.TRADING_DAYS),
    "effr_at_iorb": ("effr_at_iorb", Unit.BASIS_POINTS),
}


def _test(desk: Desk, distance: Distance, found: LiquidityResult) -> PriceTest:
    code, unit = _TESTS[distance.code]
    return PriceTest(
        code=code,
        fires=code in found.alarms,
        value=computed(desk, distance.value, unit),
        bound=computed(desk, distance.threshold, unit),
        gap=computed(desk, distance.gap, unit),
    )


def _funding(found: LiquidityResult) -> Literal["calm", "tight", "unknown"]:
    if found.sofr is None:
        return "unknown"
    return "tight" if {"sofr_tail", "sofr_days"} & set(found.alarms) else "calm"


def _buffer(desk: Desk, held: float) -> Literal["empty", "present", "not_yet"]:
    if desk.as_of < FACILITY:
        return "not_yet"
    return "empty" if held < EMPTY_USD else "present"


def _prices(desk: Desk, sofr: Spread | None, effr: Spread | None) -> dict[str, Any]:
    """Return the figures of the overnight rates by their name in the facts."""
    if sofr is None or effr is None:
        names = (*RATES, "rates_day", "sofr_spread", "sofr_median", "effr_spread", "quarter_days")
        return dict.fromkeys(names)
    return {
        **{rate: desk.observed(rate) for rate in RATES},
        "rates_day": Day(sofr.day, desk.origin("sofr", sofr.day)),
        "sofr_spread": computed(desk, sofr.last_bp, Unit.BASIS_POINTS),
        "sofr_median": computed(desk, sofr.median_bp, Unit.BASIS_POINTS),
        "effr_spread": computed(desk, effr.last_bp, Unit.BASIS_POINTS),
        "quarter_days": computed(desk, sofr.quarter_days, Unit.TRADING_DAYS),
    }


def _eased(sofr: Spread, bound: float) -> bool:
    """Tell whether SOFR is back at a median that is itself within the bound of the tests."""
    return sofr.last_bp <= sofr.median_bp + 1e-9 and sofr.median_bp <= bound


def _runoff(desk: Desk) -> Literal["ended", "announced", "unknown"]:
    if last_event(desk, "balance_sheet_runoff_ends"):
        return "ended"
    return "announced" if last_event(desk, "balance_sheet_runoff_end_announced") else "unknown"


def _outcome_open(desk: Desk) -> bool:
    ended = last_event(desk, "balance_sheet_runoff_ends")
    return ended is not None and bool(
        events_between(desk, ended.day.day, desk.as_of, "fomc_decision")
    )


def computed(desk: Desk, value: float, unit: Unit) -> Quantity:
    """Return a figure of the model."""
    return desk.computed(value, unit, SPEC, *NEEDED)
