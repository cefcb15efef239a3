"""What a large order moves: the square-root law, a market under stress, and trading halts.

Money in billions of dollars, moves in per cent.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

from reportgen.models import guard

Depth = Literal["calm", "stressed", "collapse"]

BREAKERS = (7.0, 13.0, 20.0)
"""Falls of the S&P 500 from the previous close, in per cent, at which all trading halts:
levels 1 and 2 for fifteen minutes (not after 15:25 New York), level 3 for the day."""

CALM_CONTRACTS, CONTRACT_POINT = 1.5e6, 50.0
"""E-minis traded on a calm day, as assumed, and dollars a contract gains by a point."""


@dataclass(frozen=True)
class FlashOrder:
    """The order of 6 May 2010 that calibrates a collapse of depth.

    Args:
        flow: billions sold; fall: per cent the future fell (CFTC, SEC 2010).
        volume, daily_volatility: a day's E-mini volume in billions and per cent a day of
            that spring, round figures that are assumed.
    """

    flow: float = 4.1
    fall: float = 5.0
    volume: float = 126.0
    daily_volatility: float = 1.26


@dataclass(frozen=True)
class DepthSettings:
    """What is assumed of the market's depth.

    Args:
        volume: billions of S&P 500 futures traded on a calm day; ``calm_volume`` of a close.
        coefficient: Y of the square-root law.
        stress_volatility, stress_volume: factors on volatility and volume under stress.
        flash: the order that calibrates a collapse.
    """

    volume: float = 500.0
    coefficient: float = 1.0
    stress_volatility: float = 3.0
    stress_volume: float = 1.0 / 3.0
    flash: FlashOrder = field(default_factory=FlashOrder)


@dataclass(frozen=True)
class Impact:
    """What selling ``flow`` moves in one state of depth.

    Args:
        code: ``calm``, ``stressed``, or ``collapse`` (calm times the multiplier of 2010).
        move: per cent, negative.
        per_billion: k, per cent a billion at that size.
        critical_gamma: 1/k, billions a per cent at which hedging feeds on itself.
    """

    code: Depth
    move: float
    per_billion: float
    critical_gamma: float


@dataclass(frozen=True)
class Breaker:
    """A circuit breaker: its level (1 to 3), its fall in per cent and the index there."""

    level: int
    fall: float
    price: float


def calm_volume(close: float) -> float:
    """Return an assumed turnover of S&P 500 futures on a calm day, in billions.

    One and a half million E-minis of 50 dollars a point, rounded to a single digit.

    Args:
        close: the S&P 500, points.
    """
    worth = CALM_CONTRACTS * CONTRACT_POINT * guard.positive(close, "The close of sp500") / 1e9
    return float(f"{worth:.0e}")


def square_root_impact(
    flow: float, volume: float, daily_volatility: float, coefficient: float = 1.0
) -> float:
    """Return the price move in per cent caused by ``flow``: Y s sign(Q) sqrt(|Q| / V).

    Args:
        flow: billions of dollars, negative when sold.
        volume: billions of dollars traded a day.
        daily_volatility: per cent a day.
        coefficient: Y, about one (Toth et al. 2011, Physical Review X 1, 021006).
    """
    share = abs(guard.finite(flow, "The flow")) / guard.positive(volume, "The daily volume")
    size = coefficient * guard.positive(daily_volatility, "The daily volatility")
    return math.copysign(size * math.sqrt(share), flow)


def circuit_breakers(close: float) -> tuple[Breaker, ...]:
    """Return the three halt levels for the session after a close of the S&P 500."""
    price = guard.positive(close, "The close of sp500")
    return tuple(
        Breaker(level, fall, price * (1.0 - fall / 100.0))
        for level, fall in enumerate(BREAKERS, start=1)
    )


def breaker_reached(move: float) -> int:
    """Return the highest circuit breaker a move in per cent reaches, 0 for none."""
    return sum(guard.finite(move, "The move") <= -fall for fall in BREAKERS)


def flash_impact(order: FlashOrder, coefficient: float = 1.0) -> tuple[float, float]:
    """Return the fall the law gives for an order (per cent), and the factor to the real one."""
    predicted = square_root_impact(order.flow, order.volume, order.daily_volatility, coefficient)
    return predicted, order.fall / predicted


def impacts(vix: float, flow: float, settings: DepthSettings | None = None) -> tuple[Impact, ...]:
    """Return what selling ``flow`` billions moves on a calm, a stressed, a collapsed market.

    Args:
        vix: index points; a day's volatility is taken as VIX / sqrt(252).
        flow: billions of dollars, above zero.
        settings: what is assumed.
    """
    given = settings or DepthSettings()
    daily = guard.positive(vix, "VIX") / math.sqrt(252)
    sold, factor = -guard.positive(flow, "The flow"), given.coefficient
    calm = square_root_impact(sold, given.volume, daily, factor)
    stressed = square_root_impact(
        sold, given.volume * given.stress_volume, daily * given.stress_volatility, factor
    )
    collapse = calm * flash_impact(given.flash, factor)[1]
    return (
        _impact("calm", calm, flow),
        _impact("stressed", stressed, flow),
        _impact("collapse", collapse, flow),
    )


def _impact(code: Depth, move: float, flow: float) -> Impact:
    return Impact(code, move, abs(move) / flow, flow / abs(move))
