"""M6, the mechanics: gamma of short-dated options, the hedge it asks for, what the hedge moves.

Moves are in per cent (-1 is a fall of one per cent), money in billions of dollars, flows
positive when hedgers buy. Rates and dividends are left out: over hours they move no digit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.optimize import brentq
from scipy.stats import norm

from reportgen.models import guard

SESSION_HOURS = 6.5
TRADING_DAYS = 252

_TOLERANCE = 1e-7


@dataclass(frozen=True)
class Inventory:
    """Options that market makers hold net, all of one strike and expiring the same day.

    Args:
        code: name of the scenario.
        notional: billions of dollars, negative when market makers are short.
        strike: distance of the strike from the index in per cent (-2 is 2 % below).
        hours: trading hours to expiry.
    """

    code: str
    notional: float
    strike: float = 0.0
    hours: float = 3.0


def years(hours: float) -> float:
    """Return trading hours to expiry in years of 252 sessions of 6.5 hours."""
    return guard.positive(hours, "Hours to expiry") / (SESSION_HOURS * TRADING_DAYS)


def black_scholes_gamma(spot: float, strike: float, volatility: float, term: float) -> float:
    """Return the change of delta for one point of the underlying: n(d1) / (S s sqrt(T)).

    Args:
        spot: the underlying, points.
        strike: points.
        volatility: a year, 0.18 for 18 %.
        term: years to expiry.
    """
    width = volatility * math.sqrt(term)
    return float(norm.pdf(_d1(spot, strike, volatility, term)) / (spot * width))


def put_delta(spot: float, strike: float, volatility: float, term: float) -> float:
    """Return the Black-Scholes delta of a put, -1 to 0; arguments as for the gamma."""
    return float(norm.cdf(_d1(spot, strike, volatility, term)) - 1.0)


def dollar_gamma(inventory: Inventory, volatility: float) -> float:
    """Return the billions of dollars of futures to trade for a move of one per cent.

    Positive when market makers are short: then they sell into a fall. It is the slope at the
    present level; ``hedge_flow`` follows the option all the way.
    """
    spot, strike = 1.0, 1.0 + inventory.strike / 100.0
    gamma = black_scholes_gamma(spot, strike, volatility, years(inventory.hours))
    return 0.01 * gamma * (0.0 - inventory.notional)


def hedge_flow(inventory: Inventory, move: float, volatility: float) -> float:
    """Return what market makers buy (sell when negative) to stay hedged over a move.

    Args:
        inventory: their options, taken as puts (calls of the same strike ask the same).
        move: per cent, above -100.
        volatility: implied, a year, 0.18 for 18 %.
    """
    ratio = 1.0 + guard.within(move, -99.9, 1000.0, "The move") / 100.0
    strike, term = 1.0 + inventory.strike / 100.0, years(inventory.hours)
    change = put_delta(ratio, strike, volatility, term) - put_delta(1.0, strike, volatility, term)
    return (0.0 - inventory.notional) * change * ratio + 0.0


def notional_needed(flow: float, inventory: Inventory, move: float, volatility: float) -> float:
    """Return the notional of such options that makes a hedge of ``flow`` over ``move``."""
    single = Inventory(inventory.code, 1.0, inventory.strike, inventory.hours)
    return abs(flow / hedge_flow(single, move, volatility))


def amplification(gamma: float, impact: float) -> float | None:
    """Return how many times a shock is enlarged by hedging: 1 / (1 - kG).

    Args:
        gamma: G, billions of dollars a per cent, positive when market makers are short.
        impact: k, per cent a billion.

    Returns:
        The factor, below one for long gamma; ``None`` from kG = 1 on, where each round of
        hedging is at least as large as the one before and the slope alone sets no limit.
    """
    feedback = guard.finite(gamma, "The gamma") * guard.positive(impact, "The impact")
    return None if feedback >= 1.0 else 1.0 / (1.0 - feedback)


def total_move(inventory: Inventory, shock: float, impact: float, volatility: float) -> float:
    """Return the move after hedging has run its course: the r with r = x + k F(r).

    Unlike 1 / (1 - kG) it follows the hedge of a finite book, which ends when every option
    is in the money; so a short book past the critical gamma ends in a finite move as well.

    Args:
        inventory: F, the options to hedge.
        shock: x, the move before hedging, per cent.
        impact: k, per cent a billion.
        volatility: implied, a year, 0.18 for 18 %.
    """

    def next_move(move: float) -> float:
        hedged = shock + impact * hedge_flow(inventory, move, volatility)
        return min(max(hedged, -99.0), 900.0)

    if inventory.notional >= 0.0:
        if shock == 0.0:
            return 0.0
        low, high = sorted((shock, 0.0))
        return float(brentq(lambda move: move - next_move(move), low, high))
    # Hedging a short book only ever adds to the move, and the book is finite: the steps end.
    move, following = shock, next_move(shock)
    while abs(following - move) > _TOLERANCE:
        move, following = following, next_move(following)
    return following


def _d1(spot: float, strike: float, volatility: float, term: float) -> float:
    ratio = guard.positive(spot, "The spot") / guard.positive(strike, "The strike")
    width = guard.positive(volatility, "The volatility") * math.sqrt(guard.positive(term, "Term"))
    return math.log(ratio) / width + width / 2.0
