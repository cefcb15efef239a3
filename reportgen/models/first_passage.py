"""How likely a lognormal price reaches a level by, or stands below it at, the end of a horizon.

Source: the reflection principle with drift, as in Karatzas and Shreve (1991), Brownian Motion
and Stochastic Calculus, section 3.5.C.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import log_ndtr, ndtr

from reportgen.models import guard


@dataclass(frozen=True)
class Lognormal:
    """A price whose logarithm is a Brownian motion, watched without pause.

    Args:
        drift: of the logarithm a year, unit 1.
        volatility: a year, unit 1, above zero.
        years: horizon, above zero.
    """

    drift: float
    volatility: float
    years: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what is no number, and a price that does not move."""
        guard.finite(self.drift, "The drift")
        guard.positive(self.volatility, "The volatility")
        guard.positive(self.years, "The horizon")

    @property
    def spread(self) -> float:
        """Standard deviation of the logarithm at the horizon."""
        return self.volatility * math.sqrt(self.years)


def ends_below(price: Lognormal, bound: float) -> float:
    """Return the probability that the log price relative to the start ends at or below ``bound``.

    Args:
        price: the process.
        bound: log of the level over the start price.
    """
    return float(ndtr((bound - price.drift * price.years) / price.spread))


def touches(price: Lognormal, bound: float) -> float:
    """Return the probability that the log price reaches ``bound`` from above by the horizon.

    P = N((b - mT) / (s sqrt T)) + exp(2 m b / s^2) N((b + mT) / (s sqrt T)) for b below zero.

    Args:
        price: the process.
        bound: log of the level over the start price, at or below zero.

    Raises:
        DataError: a bound above zero.
    """
    guard.within(bound, -1e9, 0.0, "The bound")
    drifted = price.drift * price.years
    exponent = 2.0 * price.drift * bound / price.volatility**2
    # In logarithms: the factor may be large where the probability behind it is tiny.
    mirrored = math.exp(exponent + float(log_ndtr((bound + drifted) / price.spread)))
    return min(ends_below(price, bound) + mirrored, 1.0)


def watched_daily(bound: float, price: Lognormal, days_a_year: float = 252.0) -> float:
    """Return the bound that a price watched at closes only reaches as often as the given one.

    The bound moves away by 0.5826 standard deviations of a day; source: Broadie, Glasserman and
    Kou (1997), Mathematical Finance 7.
    """
    return bound - 0.5826 * price.volatility / math.sqrt(days_a_year)
