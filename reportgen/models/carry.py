"""M5: what the yen carry trade pays, how crowded it is, and how far it is from breaking.

The dollar leg is an overnight rate, the yen leg a three-month rate: the difference is what a
rolling position earns, not a matched forward. Breakevens and drift use it as such.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import pandas as pd

from reportgen.errors import DataError
from reportgen.models import guard
from reportgen.models.carry_paths import LevelTouch, MonthlyBreach, PathQuestion, ask_paths
from reportgen.models.carry_terms import breakeven, carry_table, months_before, weekly_points
from reportgen.models.known import known
from reportgen.models.margin_spiral import (
    Moves,
    SpiralScenario,
    SpiralSettings,
    implied_impact,
    spiral_scenario,
)
from reportgen.models.spec import ModelSpec, generator, seed_of
from reportgen.models.yen_positions import YenPositions

SPEC = ModelSpec(
    id="M5",
    version="1.2",
    inputs=(
        "usdjpy",
        "usdjpy_weekly",
        "sofr",
        "japan_3m_rate",
        "boj_policy_rate",
        "effr",
        "yen_noncommercial_long",
        "yen_noncommercial_short",
        "nasdaq_composite_weekly",
    ),
    references=(
        "Barone-Adesi, Giannopoulos, Vosper (1999), VaR without Correlations for Portfolios of "
        "Derivative Securities, Journal of Futures Markets 19",
        "Aquilina, Lombardi, Schrimpf, Sushko (2024), The market turbulence and carry trade "
        "unwind of August 2024, BIS Bulletin 90",
    ),
)

State = Literal["calm", "narrowing", "unwinding"]

# Closes of 10 July and 5 August 2024 (H.10: 161.73 and 143.95; Nasdaq-100: 20,675.38 and
# 17,895.16). The case charges all of what the first leg of -5 % and -2 % leaves to the spiral,
# so it is an upper end: the market had other reasons to fall in those weeks.
EPISODE_2024 = Moves(143.95 / 161.73 - 1.0, 17_895.16 / 20_675.38 - 1.0)
FIRST_LEG = Moves(-0.05, -0.02)
CENTRAL_SPIRAL = SpiralSettings()
SPIRAL_CASES = (
    ("small", SpiralSettings(size_busd=100.0)),
    ("large", SpiralSettings(size_busd=500.0)),
    (
        "episode_2024",
        SpiralSettings(
            fx_impact=implied_impact(FIRST_LEG.usdjpy, EPISODE_2024.usdjpy, 250.0),
            equity_impact=implied_impact(FIRST_LEG.equity, EPISODE_2024.equity, 250.0),
        ),
    ),
)


@dataclass(frozen=True)
class CarryInputs:
    """What is known on the as-of date.

    Args:
        usdjpy: yen per dollar, daily.
        dollar_rate: overnight dollar rate, per cent a year, daily.
        yen_rate: three-month yen rate, per cent a year, monthly, dated by its month.
        positions: speculators' futures, or ``None`` when there are none.
        levels: USDJPY levels to ask about (trigger, forecasts).
        end_dates: days by which they may be touched, after ``as_of``.
    """

    as_of: date
    usdjpy: pd.Series[float]
    dollar_rate: pd.Series[float]
    yen_rate: pd.Series[float]
    positions: YenPositions | None
    levels: tuple[float, ...]
    end_dates: tuple[date, ...]


@dataclass(frozen=True)
class CarrySettings:
    """Rules and sizes.

    Args:
        fast_fall: change of USDJPY over ``fast_days`` trading days that counts as unwinding.
        narrowing_points: fall of the differential over ``narrowing_months`` that counts.
        low_percentile: carry-to-volatility below this percentile of its history counts as thin.
        yen_lag_months: a month's yen rate is public from the first day this many months on.
        paths: simulated paths of each volatility filter.
    """

    fast_fall: float = -0.04
    fast_days: int = 21
    narrowing_points: float = 0.25
    narrowing_months: int = 6
    low_percentile: float = 25.0
    yen_lag_months: int = 2
    paths: int = 20_000
    shock: Moves = FIRST_LEG
    spiral: SpiralSettings = CENTRAL_SPIRAL
    spiral_cases: tuple[tuple[str, SpiralSettings], ...] = SPIRAL_CASES


@dataclass(frozen=True)
class CarryResult:
    """State of the yen carry trade.

    Args:
        differential_points: dollar less yen rate, percentage points; ``differential_change``
            over the settings' months.
        volatility_percent: EWMA volatility of USDJPY, per cent a year.
        carry_to_volatility: their ratio, ``percentile`` its place in its own history.
        breakevens: (day, USDJPY at which the carry earned by then is lost).
        spiral: ``None`` before anybody had estimated the sizes of the positions.
        change_fast_percent: change of USDJPY over the settings' fast days.
        reasons: codes of the rules that made the state.
    """

    as_of: date
    spot: float
    spot_day: date
    dollar_percent: float
    dollar_day: date
    yen_percent: float
    yen_month: date
    differential_points: float
    differential_change: float
    volatility_percent: float
    carry_to_volatility: float
    percentile: float
    history: tuple[tuple[date, float], ...]
    differential_history: tuple[tuple[date, float], ...]
    breakevens: tuple[tuple[date, float], ...]
    change_fast_percent: float
    touches: tuple[LevelTouch, ...]
    breaches: tuple[MonthlyBreach, ...]
    positions: YenPositions | None
    state: State
    reasons: tuple[str, ...]
    spiral: SpiralScenario | None
    seed: int
    diagnostics: tuple[str, ...]


def assess_carry(inputs: CarryInputs, settings: CarrySettings | None = None) -> CarryResult:
    """Return carry, volatility, touch probabilities, positioning, state and spiral scenario.

    Raises:
        DataError: a malformed, too short or later-dated series, or a level or day that makes
            no sense.
    """
    chosen = settings or CarrySettings()
    spot = _checked(inputs, chosen)
    table = carry_table(spot, inputs.dollar_rate, inputs.yen_rate, chosen.yen_lag_months)
    last = table.iloc[-1]
    differential, level = float(last["differential"]), float(spot.iloc[-1])
    percentile = 100.0 * float((table["ratio"] <= last["ratio"]).mean())
    change = differential - months_before(
        table["differential"], chosen.narrowing_months, "the rate differential"
    )
    fast = level / float(spot.iloc[-1 - chosen.fast_days]) - 1.0
    state, reasons = carry_state(fast, change, percentile, chosen)
    answer = ask_paths(spot, _question(inputs, differential, chosen), generator(inputs.as_of, SPEC))
    return CarryResult(
        as_of=inputs.as_of,
        spot=level,
        spot_day=guard.day_of(spot.index[-1]),
        dollar_percent=float(last["dollar"]),
        dollar_day=guard.day_of(inputs.dollar_rate.index[-1]),
        yen_percent=float(last["yen"]),
        yen_month=guard.day_of(last["yen_month"]),
        differential_points=differential,
        differential_change=change,
        volatility_percent=float(last["volatility"]),
        carry_to_volatility=float(last["ratio"]),
        percentile=percentile,
        history=weekly_points(table["ratio"]),
        differential_history=weekly_points(table["differential"]),
        breakevens=tuple(
            (day, breakeven(level, differential, inputs.as_of, day)) for day in inputs.end_dates
        ),
        change_fast_percent=100.0 * fast,
        touches=answer.touches,
        breaches=answer.breaches,
        positions=inputs.positions,
        state=state,
        reasons=reasons,
        spiral=_spiral(inputs.as_of, chosen),
        seed=seed_of(inputs.as_of, SPEC),
        diagnostics=(
            *answer.diagnostics,
            *(() if inputs.positions is not None else ("positions_missing",)),
        ),
    )


def _spiral(as_of: date, settings: CarrySettings) -> SpiralScenario | None:
    """Return the scenario; ``None`` before the estimates of its sizes were published."""
    if not known("carry_sizes", as_of):
        return None
    return spiral_scenario(settings.shock, settings.spiral, settings.spiral_cases)


def carry_state(
    fast_change: float, differential_change: float, percentile: float, settings: CarrySettings
) -> tuple[State, tuple[str, ...]]:
    """Return the state and the codes of the rules behind it.

    Unwinding: USDJPY has fallen by the fast fall or more over the fast days. Narrowing: not so,
    but the differential has shrunk by the settings' points, or carry-to-volatility is below its
    low percentile. Calm: neither.
    """
    if fast_change <= settings.fast_fall:
        return "unwinding", ("usdjpy_fast_fall",)
    tests = (
        ("differential_down", differential_change <= -settings.narrowing_points),
        ("carry_to_volatility_low", percentile < settings.low_percentile),
    )
    reasons = tuple(code for code, holds in tests if holds)
    return ("narrowing", reasons) if reasons else ("calm", ())


def _checked(inputs: CarryInputs, settings: CarrySettings) -> pd.Series[float]:
    """Return USDJPY, checked, after refusing any series that goes beyond the as-of date."""
    spot = guard.positive_series(inputs.usdjpy, "usdjpy", settings.fast_days + 1)
    for series, name in (
        (spot, "usdjpy"),
        (guard.series(inputs.dollar_rate, "dollar rate"), "dollar rate"),
        (guard.series(inputs.yen_rate, "japan_3m_rate"), "japan_3m_rate"),
    ):
        if guard.day_of(series.index[-1]) > inputs.as_of:
            raise DataError(f"series {name} has values after {inputs.as_of}")
    if inputs.positions is not None and inputs.positions.day > inputs.as_of:
        raise DataError(f"yen_noncommercial has values after {inputs.as_of}")
    return spot


def _question(inputs: CarryInputs, differential: float, settings: CarrySettings) -> PathQuestion:
    return PathQuestion(
        as_of=inputs.as_of,
        levels=inputs.levels,
        end_dates=inputs.end_dates,
        forward_drift=-differential / 100.0,
        fast_days=settings.fast_days,
        fast_fall=settings.fast_fall,
        paths=settings.paths,
    )
