"""M1d: what option prices say of a fall of 20 %, and what is left once risk aversion is taken out.

Question: how likely do S&P 500 options make a close 20 % below the last one within a year?
A probability read from prices is risk-neutral: it weighs a fall by what protection costs. It is
a type of its own here, so that it can neither be pooled nor be printed without its label.
Sources: the reflection principle (Karatzas and Shreve 1991); Bliss and Panigirtzoglou (2004),
Journal of Finance 59, for the tilt dP/dQ proportional to S_T^g and its size.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from reportgen.models import guard
from reportgen.models.first_passage import Lognormal, ends_below, touches
from reportgen.models.history import TRADING_YEAR
from reportgen.models.spec import ModelSpec

SPEC = ModelSpec(
    id="M1d",
    version="1",
    inputs=("sp500", "vix", "vix_weekly", "effr"),
    references=(
        "Bliss and Panigirtzoglou (2004), Journal of Finance 59, 407-446",
        "Karatzas and Shreve (1991), Brownian Motion and Stochastic Calculus",
    ),
)
DEPTH = 0.20
HORIZON = TRADING_YEAR
LONG_RUN = 20.0
"""Volatility to which the VIX is drawn over a year, and the weight the VIX keeps in variance."""
NEAR_WEIGHT = 0.6
RISK_AVERSION = 2.5
AVERSION_RANGE = (1.5, 4.0)
DIVIDEND_YIELD = 1.3
"""Assumed dividend yield of the S&P 500, per cent a year; a point of it moves the probability of
a touch by about one and a half points."""
NO_LONG_VOLATILITY = "one_year_volatility_missing"
NO_RATE = "rate_missing"


@dataclass(frozen=True)
class RiskNeutral:
    """A probability under the pricing measure; it is not how likely something is.

    Args:
        value: 0 to 1.
        measure: the label, wherever the value goes.
    """

    value: float
    measure: Literal["risk_neutral"] = "risk_neutral"


@dataclass(frozen=True)
class Tilted:
    """The same event after risk aversion is taken out.

    Args:
        value: at relative risk aversion 2.5.
        low, high: over the range 1.5 to 4; more aversion explains more of the price away.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class OptionImplied:
    """What S&P 500 options say of a fall of 20 % within 252 trading days.

    Args:
        volatility: for one year, unit 1.
        carry: interest rate less dividend yield a year, unit 1.
        touch, terminal: to have been there by the horizon; to end there.
        touch_tilted, terminal_tilted: the same under the physical measure.
        diagnostics: short codes.
    """

    volatility: float
    carry: float
    touch: RiskNeutral
    terminal: RiskNeutral
    touch_tilted: Tilted
    terminal_tilted: Tilted
    diagnostics: tuple[str, ...]


def option_implied(
    vix: float, rate: float | None = None, one_year: float | None = None
) -> OptionImplied:
    """Return the risk-neutral probabilities and their tilt to the physical measure.

    Args:
        vix: 30-day implied volatility of the S&P 500, index points.
        rate: short-term interest rate, per cent a year; without it carry is taken as zero.
        one_year: one-year implied volatility (VIX1Y), index points; without it the variance is
            0.6 VIX^2 + 0.4 * 20^2.

    Raises:
        DataError: a figure that is no number, or a volatility not above zero.
    """
    codes: tuple[str, ...] = () if one_year is not None else (NO_LONG_VOLATILITY,)
    codes += () if rate is not None else (NO_RATE,)
    volatility = one_year_volatility(vix, one_year)
    carry = 0.0 if rate is None else (guard.finite(rate, "The rate") - DIVIDEND_YIELD) / 100.0
    priced = tilted(volatility, carry, 0.0)
    bound = math.log1p(-DEPTH)
    return OptionImplied(
        volatility=volatility,
        carry=carry,
        touch=RiskNeutral(touches(priced, bound)),
        terminal=RiskNeutral(ends_below(priced, bound)),
        touch_tilted=_over_aversion(volatility, carry, touches),
        terminal_tilted=_over_aversion(volatility, carry, ends_below),
        diagnostics=codes,
    )


def one_year_volatility(vix: float, one_year: float | None = None) -> float:
    """Return the volatility for a year, unit 1, from VIX1Y or from the VIX drawn towards 20."""
    if one_year is not None:
        return guard.positive(one_year, "VIX1Y") / 100.0
    near = guard.positive(vix, "The VIX")
    return math.sqrt(NEAR_WEIGHT * near**2 + (1.0 - NEAR_WEIGHT) * LONG_RUN**2) / 100.0


def tilted(volatility: float, carry: float, aversion: float) -> Lognormal:
    """Return the price under the measure proportional to S_T^g; g = 0 is the risk-neutral one.

    By Girsanov's theorem the tilt adds g s^2 to the drift on the whole path, so that it holds
    for touching a level as for ending below it.

    Args:
        volatility: a year, unit 1.
        carry: interest rate less dividend yield a year, unit 1.
        aversion: relative risk aversion g.
    """
    drift = carry + (aversion - 0.5) * volatility**2
    return Lognormal(drift, volatility, HORIZON / TRADING_YEAR)


def _over_aversion(
    volatility: float, carry: float, chance: Callable[[Lognormal, float], float]
) -> Tilted:
    bound = math.log1p(-DEPTH)
    value, most, least = (
        chance(tilted(volatility, carry, aversion), bound)
        for aversion in (RISK_AVERSION, *AVERSION_RANGE)
    )
    return Tilted(value, least, most)
