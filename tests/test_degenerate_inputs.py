"""Every model on inputs that cannot carry it: refused in one sentence, or told by a named code.

One table: what is wrong with which model's input, and what comes of it. A refusal is a
``DataError`` of one sentence; a fallback is documented in the model and leaves its code, or the
day it really is of, in the result. Nowhere does a NaN come out.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from made_up import wandering

from reportgen.errors import DataError
from reportgen.models import (
    averages,
    bill_path,
    capex,
    capex_cut,
    carry,
    debt_flow,
    debt_limit,
    gamma,
    layer_inputs,
    layers,
    levels,
    liquidity,
    long_trough,
    reserve_slope,
    risk_matrix,
    skew,
    trend_followers,
    volatility,
    zigzag,
)
from reportgen.models.path_events import PathEvents, PathSettings, path_events
from reportgen.models.policy_path import futures_path

AS_OF = date(2025, 12, 5)
DAYS = pd.bdate_range("2021-01-04", AS_OF)
FRIDAYS = pd.date_range("2010-01-01", AS_OF, freq="W-FRI")
WEDNESDAYS = pd.date_range("2025-06-04", "2025-12-03", freq="W-WED")
MONTH_ENDS = pd.date_range("2016-01-31", "2025-11-30", freq="ME")
QUARTERS = pd.date_range("2022-03-31", periods=15, freq="QE")
FEW = PathSettings(paths=300, spread_paths=100, draws=0, horizons=(21,))
COMPANIES = ("microsoft", "meta")


def price(count: int = len(DAYS), seed: int = 5) -> pd.Series[float]:
    """Return a made-up price that ends on the as-of date."""
    return pd.Series(wandering(count, seed).to_numpy(), index=DAYS[-count:], name="made_up")


def flat(days: pd.DatetimeIndex, value: float) -> pd.Series[float]:
    """Return a series that never moves."""
    return pd.Series(value, index=days, name="made_up")


def stopped(values: pd.Series[float], last: str) -> pd.Series[float]:
    """Return a series that stops on a day."""
    return values[:last]


def waves(days: pd.DatetimeIndex, level: float, size: float) -> pd.Series[float]:
    """Return a series that swings around a level."""
    return pd.Series(level + size * np.sin(np.arange(len(days)) / 3.0), index=days)


# -- whole inputs, one a model ------------------------------------------------------------------


def carry_inputs(**changes: Any) -> carry.CarryInputs:
    """Return the yen trade's inputs with some changed."""
    months = pd.date_range("2020-10-01", "2025-10-01", freq="MS")
    whole = carry.CarryInputs(
        AS_OF,
        price() / 7.0,
        flat(DAYS, 3.9),
        flat(months, 0.8),
        None,
        (100.0,),
        (date(2026, 3, 5),),
    )
    return replace(whole, **changes)


def yen(**changes: Any) -> carry.CarryResult:
    """Run the yen trade."""
    return carry.assess_carry(carry_inputs(**changes), carry.CarrySettings(paths=500))


def skew_of(**changes: Any) -> skew.SkewResult:
    """Run SKEW on made-up readings."""
    whole = skew.SkewInputs(
        waves(DAYS, 135.0, 12.0),
        waves(DAYS, 17.0, 4.0),
        waves(FRIDAYS, 130.0, 12.0),
        waves(FRIDAYS, 18.0, 5.0),
        price(),
    )
    return skew.evaluate(replace(whole, **changes))


def spent(values: pd.DatetimeIndex = QUARTERS) -> dict[str, pd.Series[float]]:
    """Return spending that grows and swings."""
    return {
        name: waves(values, 20.0 + number, 2.0) for number, name in enumerate(COMPANIES, start=1)
    }


def earned(values: pd.DatetimeIndex = QUARTERS) -> dict[str, pd.Series[float]]:
    """Return cash flow that is twice the spending and more."""
    return {name: 2.0 * series + 3.0 for name, series in spent(values).items()}


def money(**changes: Any) -> liquidity.LiquidityResult:
    """Run liquidity on a quiet market."""
    whole = liquidity.LiquidityInputs(
        flat(WEDNESDAYS, 6.6e6),
        flat(WEDNESDAYS, 3.3e6),
        flat(WEDNESDAYS, 8e5),
        flat(WEDNESDAYS, 5.0),
        flat(DAYS, 3.85),
        flat(DAYS, 3.83),
        flat(DAYS, 3.9),
    )
    return liquidity.assess_liquidity(replace(whole, **changes))


def borrowing() -> tuple[pd.Series[float], pd.Series[float]]:
    """Return a debt that rises and a cash balance."""
    steps = 1.5e5 + 5e4 * np.sin(np.arange(len(MONTH_ENDS)))
    debt = pd.Series(2e7 + np.cumsum(steps), index=MONTH_ENDS)
    return debt, flat(MONTH_ENDS, 6e5)


def limit(as_of: date = AS_OF, **changes: Any) -> debt_limit.DebtLimitResult:
    """Run the debt limit with some room left."""
    debt, cash = borrowing()
    flow = debt_flow.estimate_flow(debt, cash, debt_flow.FlowSettings(binding=(), excluded=()))
    whole = debt_limit.DebtLimitInputs(as_of, debt, cash, float(debt.iloc[-1]) + 1e6, 1e5, ())
    settings = debt_limit.DebtLimitSettings(paths=200)
    return debt_limit.assess_debt_limit(replace(whole, **changes), flow, settings)


def bills(last: str = "2025-12-05") -> tuple[pd.Series[float], pd.Series[float], pd.Series[float]]:
    """Return bills with a wandering forward, and a flat effective rate."""
    return waves(DAYS, 3.8, 0.05)[:last], waves(DAYS, 3.9, 0.1)[:last], flat(DAYS, 3.87)


def proxy(last: str = "2025-12-05") -> Any:
    """Run the policy proxy on bills to a day."""
    return bill_path.bill_path(*bills(last), (date(2025, 12, 10),), AS_OF)


def run_of(closes: pd.Series[float]) -> PathEvents:
    """Run a few paths."""
    return path_events(closes, AS_OF, FEW)


def explosive() -> np.ndarray:
    """Return returns whose volatility grows without end."""
    random = np.random.Generator(np.random.PCG64(3))
    return np.exp(np.linspace(-6.0, 2.0, 3_000)) * random.standard_normal(3_000)


# -- the tables -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """A model, what is wrong with its input, and how it is asked."""

    model: str
    wrong: str
    ask: Callable[[], Any]


REFUSED: tuple[tuple[Case, str], ...] = (
    (Case("M1", "short", lambda: run_of(price(500))), "1001"),
    (Case("M1", "motionless", lambda: run_of(flat(DAYS, 100.0))), "do(es)? not (move|vary)|no var"),
    (Case("M1", "missing value", lambda: run_of(price().where(price().index != DAYS[9]))), "no nu"),
    (Case("M2 carry", "short", lambda: layer_inputs.carry_row(price(500), AS_OF)), "1001"),
    (Case("M2 carry", "motionless", lambda: layer_inputs.carry_row(flat(DAYS, 9.0), AS_OF)), "not"),
    (
        Case(
            "M2 gamma", "short", lambda: layer_inputs.volatility_row(flat(FRIDAYS[-99:], 15), AS_OF)
        ),
        "520",
    ),
    (
        Case("M2 ai", "none", lambda: layer_inputs.reporting_row(0, 0, 4, (True,))),
        "cannot be right",
    ),
    (Case("M2 debt", "short", lambda: layer_inputs.debt_row(np.array([0.1]))), "two or more"),
    (
        Case(
            "M2",
            "one layer",
            lambda: layers.state_probabilities(np.ones((1, 12)) / 9, np.array([0.3])),
        ),
        "2 to 4 layers",
    ),
    (Case("M3", "short", lambda: averages.long_weekly_average(price(300), AS_OF)), "200"),
    (
        Case("M3", "motionless", lambda: zigzag.last_swing(zigzag.pivots(flat(DAYS, 9.0), AS_OF))),
        ".",
    ),
    (Case("M3", "no high", lambda: levels.retracements(100.0, 100.0)), "not above"),
    (Case("M4", "empty", lambda: skew_of(skew=waves(DAYS, 135.0, 9.0)[:0])), "skew"),
    (Case("M4", "off scale", lambda: skew_of(skew=flat(DAYS, 15.0))), "SKEW"),
    (Case("M4", "no window", lambda: skew_of(sp500=price().head(10))), "sp500|window"),
    (Case("M5", "short", lambda: yen(usdjpy=price().tail(15))), "needs"),
    (Case("M5", "motionless", lambda: yen(usdjpy=flat(DAYS, 150.0))), "move|vary"),
    (Case("M5", "no yen rate", lambda: yen(yen_rate=flat(DAYS[:0], 0.8))), "japan_3m_rate"),
    (Case("M5", "later value", lambda: yen(as_of=date(2025, 11, 3))), "after 2025-11-03"),
    (Case("M6", "no number", lambda: gamma.evaluate(6_870.4, math.nan)), "VIX"),
    (Case("M6", "zero", lambda: gamma.evaluate(0.0, 15.4)), "sp500"),
    (Case("M7", "short", lambda: capex.evaluate(spent(QUARTERS[:4]), earned(QUARTERS[:4]))), "6"),
    (Case("M7", "missing company", lambda: capex.evaluate(spent(), {})), "same companies"),
    (
        Case(
            "M7 cut",
            "short",
            lambda: capex_cut.cut_chance(spent(QUARTERS[-4:]), earned(), price(), AS_OF),
        ),
        "12 are needed",
    ),
    (Case("M8", "short", lambda: money(reserves=flat(WEDNESDAYS[-5:], 3.3e6))), "13 weeks before"),
    (
        Case("M8", "no common day", lambda: money(reverse_repo=flat(DAYS[:9], 5.0))),
        "no day in common",
    ),
    (
        Case(
            "M8 slope",
            "motionless",
            lambda: reserve_slope.reserve_slope(
                waves(DAYS, 2.0, 1.0),
                flat(pd.date_range("2023-01-04", "2025-12-03", freq="W-WED"), 3e6),
            ),
        ),
        "do not move",
    ),
    (
        Case(
            "M9",
            "short",
            lambda: debt_flow.estimate_flow(borrowing()[0].tail(6), borrowing()[1].tail(6)),
        ),
        "12 are needed",
    ),
    (Case("M9", "later value", lambda: limit(date(2025, 10, 1))), "after 2025-10-01"),
    (Case("M9", "other unit", lambda: limit(limit_musd=41.1)), "same unit"),
    (Case("M10", "no meeting", lambda: futures_path(AS_OF, {}, ())), "no coming meeting"),
    (Case("M10b", "stops", lambda: proxy("2025-10-31")), "stop on 2025-10-31"),
    (
        Case(
            "M10b",
            "motionless",
            lambda: bill_path.fit_bills(flat(DAYS, 3.8), flat(DAYS, 3.9), flat(DAYS, 3.87), AS_OF),
        ),
        "never missed",
    ),
    (Case("M12", "short", lambda: trend_followers.trend_followers(price(150), AS_OF)), "201"),
    (
        Case("M12", "motionless", lambda: trend_followers.trend_followers(flat(DAYS, 9.0), AS_OF)),
        "do not move",
    ),
    (Case("M14", "no number", lambda: risk_matrix.probability_grade(math.nan)), "probability"),
    (
        Case("M14", "both", lambda: risk_matrix.grade_risk("x", 0.3, -5.0, "model", in_force=True)),
        "not both",
    ),
)

TOLD: tuple[tuple[Case, str], ...] = (
    (Case("M1", "no VIX", lambda: run_of(price())), "vix_missing"),
    (Case("M1", "persistence", lambda: volatility.fit_gjr(explosive())), "persistence_capped"),
    (
        Case(
            "M2 gamma",
            "weekly",
            lambda: layer_inputs.volatility_row(waves(FRIDAYS, 18.0, 8.0), AS_OF),
        ),
        "weekly_values",
    ),
    (Case("M4", "no outcomes", skew_of), "outcomes_missing"),
    (Case("M4", "VIX stops", lambda: skew_of(vix=waves(DAYS, 17.0, 4.0)[:-3])), "vix_older"),
    (Case("M5", "no positions", yen), "positions_missing"),
    (Case("M6", "always", lambda: gamma.evaluate(6_870.4, 15.4)), "inventory_assumed"),
    (Case("M7", "no revenue", lambda: capex.evaluate(spent(), earned())), "revenue_missing"),
    (
        Case(
            "M7",
            "a company stops",
            lambda: capex.evaluate(spent() | {"meta": spent()["meta"][:-1]}, earned()),
        ),
        "quarter_incomplete",
    ),
    (
        Case(
            "M7 cut",
            "few cuts",
            lambda: capex_cut.cut_chance(
                {name: pd.Series(np.linspace(9, 30, 15), index=QUARTERS) for name in COMPANIES},
                earned(),
                price(),
                AS_OF,
            ),
        ),
        "no_cut_yet",
    ),
    (Case("M8", "no bank assets", money), "bank_assets_missing"),
    (
        Case("M9", "no room", lambda: limit(limit_musd=float(borrowing()[0].iloc[-1]) - 1e5)),
        "at_limit",
    ),
    (Case("M10b", "no futures", proxy), "proxy"),
    (
        Case(
            "M12",
            "stops",
            lambda: trend_followers.trend_followers(stopped(price(), "2025-11-14"), AS_OF),
        ),
        "closes_stopped",
    ),
)

STOPPED: tuple[tuple[Case, Callable[[Any], date]], ...] = (
    (
        Case("M1", "index", lambda: run_of(stopped(price(), "2025-11-14"))),
        lambda one: one.start.as_of,
    ),
    (
        Case("M4", "SKEW", lambda: skew_of(skew=waves(DAYS, 135.0, 9.0)[:"2025-11-14"])),
        lambda one: one.day,
    ),
    (
        Case(
            "M5",
            "dollar rate",
            lambda: yen(
                dollar_rate=flat(DAYS, 3.9)[:"2025-11-14"], usdjpy=price()[:"2025-11-14"] / 7.0
            ),
        ),
        lambda one: one.spot_day,
    ),
    (
        Case("M8", "reserves", lambda: money(reserves=flat(WEDNESDAYS, 3.3e6)[:"2025-11-14"])),
        lambda one: one.day,
    ),
    (
        Case(
            "M12",
            "index",
            lambda: trend_followers.trend_followers(stopped(price(), "2025-11-14"), AS_OF),
        ),
        lambda one: one.day,
    ),
)


def named(table: tuple[tuple[Case, Any], ...]) -> list[Any]:
    """Return the rows with readable names."""
    return [pytest.param(*row, id=f"{row[0].model}-{row[0].wrong}") for row in table]


def numbers(value: object) -> Iterator[float]:
    """Yield every number of a result, however deep."""
    if isinstance(value, float):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from numbers(part)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from numbers(getattr(value, field.name))


@pytest.mark.parametrize(("case", "sentence"), named(REFUSED))
def test_what_cannot_carry_a_model_is_refused(case: Case, sentence: str) -> None:
    """One sentence that names what is wrong, before anything is computed from it."""
    with pytest.raises(DataError, match=sentence) as caught:
        case.ask()
    assert (
        "nan" not in str(caught.value).lower().replace("finance", "") or case.wrong == "no number"
    )
    assert str(caught.value)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("case", "code"), named(TOLD))
def test_a_fallback_is_named(case: Case, code: str) -> None:
    """The documented fallback leaves its code in the result, and no number of it is a NaN."""
    found = case.ask()
    assert any(one == code or one.startswith(f"{code}:") for one in found.diagnostics), code
    assert not any(math.isnan(number) for number in numbers(found))


@pytest.mark.parametrize(("case", "day"), named(STOPPED))
def test_a_series_that_stops_dates_the_result(case: Case, day: Callable[[Any], date]) -> None:
    """A result of a series that stopped carries the last day of it, never the as-of date."""
    found = case.ask()
    assert date(2025, 11, 5) <= day(found) <= date(2025, 11, 14)
    assert not any(math.isnan(number) for number in numbers(found))


def test_a_market_without_a_bear_has_no_long_trough() -> None:
    """Where no path falls by a fifth there is no trough, and None says so."""
    days = len(DAYS)
    calm = pd.Series(100.0 * np.exp(np.cumsum(np.tile([0.002, -0.0015], days))[:days]), index=DAYS)
    random = np.random.Generator(np.random.PCG64(1)).normal(0.0, 1e-4, days)
    run = path_events(calm * np.exp(random), AS_OF, replace(FEW, horizons=(21,)))
    assert long_trough.long_trough(run, 21, paths=200) is None


def test_every_model_of_the_list_is_in_the_table() -> None:
    """M1 to M10, M12 and M14 each have a row (M11 and M13 have theirs beside their own tests)."""
    rows = {case.model.split()[0].rstrip("b") for table in (REFUSED, TOLD) for case, _ in table}
    assert rows >= {f"M{number}" for number in (*range(1, 11), 12, 14)}
