"""Inflation, employment, yields, conditions: arithmetic by date on published figures."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import TYPE_CHECKING, Literal

import pandas as pd

from reportgen.assess.desk import Desk, percent
from reportgen.assess.events import next_event
from reportgen.assess.lines import dated_line, weekly
from reportgen.facts import Chart, Mark, Quantity, Unit
from reportgen.facts.macro import Conditions, Employment, Inflation, Macro, Yields

if TYPE_CHECKING:
    from reportgen.facts.quantity import Computed

MODEL = "M0"
"""Plain arithmetic on published figures."""

CPI, JOBS, TEN, TWO, POLICY, STRESS = (
    "cpi", "unemployment_rate", "treasury_10y", "treasury_2y", "effr", "nfci",
)  # fmt: skip
GOAL = 2.0
GOAL_SET = date(2012, 1, 25)
"""The Federal Open Market Committee named the goal on that day; before it is a yardstick only."""
NEAR = 0.5
PACE = 0.5
"""The three-month rate counts as faster or slower from this many points on."""
RISING = 0.2
"""Of the mean of three months above its lowest of twelve, points."""
TOLERANCE = 1e-9
POLICY_STEP = 0.25
YIELD_STEP = 0.15
CONDITIONS_STEP = 0.25
USUAL_LAG = 2
"""A month's figures are out by every day of the second month after it, normally."""


def macro(desk: Desk) -> Macro:
    """Return the economy around the market; parts whose series is missing are ``None``."""
    prices, jobs = _inflation(desk), _employment(desk)
    return Macro(
        mix=_mix(prices, jobs),
        inflation=prices,
        employment=jobs,
        yields=_yields(desk, prices),
        conditions=_conditions(desk),
        next_cpi=next_event(desk, "cpi_report"),
        next_employment=next_event(desk, "employment_report"),
    )


def macro_charts(desk: Desk) -> tuple[Chart, ...]:
    """Return inflation, unemployment and the ten-year yield; nothing without all three."""
    if not desk.has(CPI, JOBS, TEN):
        return ()
    months = desk.values(CPI)
    rates = pd.Series({day: _year_rate(months, day) for day in months.index}, dtype=float)
    goal = _computed(desk, GOAL, Unit.PERCENT, CPI)
    return (
        Chart(
            code="inflation",
            axis="date",
            lines=(
                dated_line("inflation", rates, Unit.PERCENT, _origin(desk, CPI)),
                dated_line("unemployment", desk.values(JOBS), Unit.PERCENT, desk.origin(JOBS)),
                dated_line("ten_year", weekly(desk.values(TEN)), Unit.PERCENT, desk.origin(TEN)),
            ),
            marks=(Mark("goal", goal),),
            as_of=desk.as_of,
            sources=("Bureau of Labor Statistics", "Federal Reserve", MODEL),
        ),
    )


def _mix(
    prices: Inflation | None, jobs: Employment | None
) -> Literal["stagflation_lite", "overheating", "slowdown", "balanced", "unknown"]:
    if prices is None or jobs is None:
        return "unknown"
    if prices.state == "above":
        return "stagflation_lite" if jobs.state == "rising" else "overheating"
    return "slowdown" if jobs.state == "rising" else "balanced"


# -- prices ---------------------------------------------------------------------------------


def _inflation(desk: Desk) -> Inflation | None:
    if not desk.has(CPI):
        return None
    level = desk.values(CPI)
    last = level.index[-1]
    year, before = (_year_rate(level, last - pd.DateOffset(years=back)) for back in (0, 1))
    if year is None or before is None:
        return None
    quarter = _quarter_rate(level)
    house = desk.maybe("fiscal.inflation_floor")
    return Inflation(
        state="above" if year > GOAL + NEAR else "below" if year < GOAL - NEAR else "near",
        pace=_pace(quarter, year),
        month=desk.observed_day(CPI),
        year=_computed(desk, year, Unit.PERCENT, CPI),
        year_before=_computed(desk, before, Unit.PERCENT, CPI),
        quarter=None if quarter is None else _computed(desk, quarter, Unit.PERCENT, CPI),
        goal=_computed(desk, GOAL, Unit.PERCENT, CPI),
        goal_set=desk.as_of >= GOAL_SET,
        age=_computed(desk, _age(desk, CPI), Unit.DAYS, CPI),
        missing=_computed(desk, _missing(desk, CPI), Unit.MONTHS, CPI),
        house=house,
        margin=None if house is None else _points(desk, year - house.value, CPI),
        holds=house is not None and year > house.value,
    )


def _year_rate(level: pd.Series[float], month: pd.Timestamp) -> float | None:
    """Return the change over twelve months in per cent; joined by date, so a hole is no month."""
    then = month - pd.DateOffset(years=1)
    if month not in level.index or then not in level.index:
        return None
    return percent(float(level.loc[month] / level.loc[then]) - 1.0)


def _quarter_rate(level: pd.Series[float]) -> float | None:
    """Return the change over three months, as a rate of a year, in per cent."""
    last = level.index[-1]
    then = last - pd.DateOffset(months=3)
    if then not in level.index:
        return None
    return percent(float(level.loc[last] / level.loc[then]) ** 4 - 1.0)


def _pace(quarter: float | None, year: float) -> Literal["faster", "similar", "slower"]:
    if quarter is None or abs(quarter - year) < PACE:
        return "similar"
    return "faster" if quarter > year else "slower"


def _age(desk: Desk, series: str) -> int:
    """Days from the end of the last month published to the as-of date."""
    month = desk.origin(series).on
    return (desk.as_of - month.replace(day=monthrange(month.year, month.month)[1])).days


def _missing(desk: Desk, series: str) -> int:
    """Months that would normally be out by the as-of date and are not."""
    last = desk.origin(series).on
    passed = 12 * (desk.as_of.year - last.year) + desk.as_of.month - last.month
    return max(0, passed - USUAL_LAG)


# -- employment -----------------------------------------------------------------------------


def _employment(desk: Desk) -> Employment | None:
    if not desk.has(JOBS):
        return None
    rates = desk.values(JOBS)
    smooth = rates.rolling(3).mean().dropna()
    last = rates.index[-1]
    year_ago = last - pd.DateOffset(years=1)
    if year_ago not in rates.index or len(smooth) < 13:
        return None
    low = float(smooth.iloc[-12:].min())
    gap = float(smooth.iloc[-1]) - low
    severe = desk.maybe("fiscal.unemployment_severe")
    rate = float(rates.iloc[-1])
    return Employment(
        state=_jobs_state(gap, float(smooth.iloc[-1] - smooth.iloc[-13])),
        month=desk.observed_day(JOBS),
        rate=desk.observed(JOBS),
        change_year=_points(desk, rate - float(rates.loc[year_ago]), JOBS),
        gap=_points(desk, gap, JOBS),
        severe=severe,
        to_severe=None if severe is None else _points(desk, severe.value - rate, JOBS),
    )


def _jobs_state(gap: float, year: float) -> Literal["rising", "stable", "falling"]:
    if gap >= RISING - TOLERANCE:
        return "rising"
    return "falling" if year <= -RISING + TOLERANCE else "stable"


# -- yields and conditions ------------------------------------------------------------------


def _yields(desk: Desk, prices: Inflation | None) -> Yields | None:
    if not desk.has(TEN, TWO, POLICY):
        return None
    ten, two, policy = (desk.observed(series) for series in (TEN, TWO, POLICY))
    change = ten.value - _months_before(desk.values(TEN), 3)
    gap = two.value - policy.value
    real = None
    if prices is not None:
        real = _points_as_percent(desk, policy.value - prices.year.value)
    return Yields(
        path="cuts" if gap <= -POLICY_STEP else "rises" if gap >= POLICY_STEP else "hold",
        ten_trend=_yield_trend(change),
        day=desk.observed_day(TEN),
        ten_year=ten,
        ten_change=_points(desk, change, TEN),
        two_year=two,
        slope=_points(desk, ten.value - two.value, TEN, TWO),
        policy=policy,
        policy_gap=_points(desk, gap, TWO, POLICY),
        real=real,
    )


def _yield_trend(change: float) -> Literal["higher", "unchanged", "lower"]:
    if abs(change) < YIELD_STEP:
        return "unchanged"
    return "higher" if change > 0 else "lower"


def _points_as_percent(desk: Desk, value: float) -> Quantity:
    return _computed(desk, value, Unit.PERCENT, POLICY, CPI)


def _conditions(desk: Desk) -> Conditions | None:
    if not desk.has(STRESS):
        return None
    level = desk.observed(STRESS)
    change = level.value - _months_before(desk.values(STRESS), 3)
    far = abs(level.value) > CONDITIONS_STEP
    state: Literal["loose", "average", "tight"] = "average"
    if far:
        state = "loose" if level.value < 0 else "tight"
    return Conditions(
        state=state,
        day=desk.observed_day(STRESS),
        level=level,
        change_quarter=_computed(desk, change, Unit.INDEX, STRESS),
    )


def _months_before(values: pd.Series[float], months: int) -> float:
    """Return the last value at least that many months before the last one, or the first."""
    earlier = values[values.index <= values.index[-1] - pd.DateOffset(months=months)]
    return float(earlier.iloc[-1] if len(earlier) else values.iloc[0])


def _points(desk: Desk, value: float, *inputs: str) -> Quantity:
    return _computed(desk, value, Unit.PERCENTAGE_POINTS, *inputs)


def _computed(desk: Desk, value: float, unit: Unit, *inputs: str) -> Quantity:
    return desk.computed(value, unit, MODEL, *inputs)


def _origin(desk: Desk, *inputs: str) -> Computed:
    return desk.by_model(MODEL, *inputs)
