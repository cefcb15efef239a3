"""The margin spiral of a carry trade: who is forced out, and what their selling does.

Holders borrow yen and own dollar assets. A stronger yen makes the debt dearer, cheaper assets
make the cover thinner; whoever's leverage passes its bound is closed out, buys yen and sells
assets, and so moves both prices for the rest. The outcome hangs on how leverage is spread over
holders, which nobody publishes: this is a scenario with a range, never a probability.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reportgen.errors import DataError
from reportgen.models import guard

Floats = NDArray[np.float64]
MAX_ROUNDS = 10_000


@dataclass(frozen=True)
class Moves:
    """Relative changes: of USDJPY (negative: a stronger yen) and of equities."""

    usdjpy: float
    equity: float


@dataclass(frozen=True)
class SpiralSettings:
    """Assumptions of a scenario.

    Args:
        size_busd: assets held on borrowed yen, USD billions.
        fx_impact, equity_impact: relative fall of USDJPY and equities per billion sold.
        lowest_leverage, highest_leverage: assets over equity, evenly spread over ``cohorts``.
        call_factor: a cohort is closed out above this multiple of its own leverage.
    """

    size_busd: float = 250.0
    fx_impact: float = 0.0002
    equity_impact: float = 0.00004
    lowest_leverage: float = 1.5
    highest_leverage: float = 4.5
    cohorts: int = 51
    call_factor: float = 1.25


@dataclass(frozen=True)
class SpiralOutcome:
    """Where the scenario ends.

    Args:
        code: name of the case; ``shock`` is what came from outside, ``final`` the total.
        sold_busd: assets sold by those closed out, USD billions; ``sold_share`` of the size.
        rounds: rounds of selling until nobody else was closed out.
    """

    code: str
    shock: Moves
    final: Moves
    size_busd: float
    sold_busd: float
    sold_share: float
    rounds: int


@dataclass(frozen=True)
class SpiralScenario:
    """The central case and the extremes over all cases, as moves and sales."""

    central: SpiralOutcome
    cases: tuple[SpiralOutcome, ...]
    usdjpy_range: tuple[float, float]
    equity_range: tuple[float, float]
    sold_range_busd: tuple[float, float]


def settle(
    shock: Moves, sales: Callable[[Moves], float], fx_impact: float, equity_impact: float
) -> tuple[Moves, float, int]:
    """Return moves, amount sold and rounds at the fixed point of selling and prices.

    Args:
        shock: the move from outside.
        sales: amount sold (USD billions) at given total moves, not falling in their size.
        fx_impact: relative fall of USDJPY per billion sold.
        equity_impact: relative fall of equities per billion sold.

    Raises:
        DataError: no fixed point, because each sale causes a larger one.
    """
    moves, sold = shock, 0.0
    for rounds in range(MAX_ROUNDS):
        wanted = max(sold, sales(moves))
        if wanted <= sold * (1.0 + 1e-12):
            return moves, sold, rounds
        sold = wanted
        moves = Moves(shock.usdjpy - fx_impact * sold, shock.equity - equity_impact * sold)
        if not np.isfinite(sold) or moves.usdjpy <= -1.0 or moves.equity <= -1.0:
            break
    raise DataError("the margin spiral has no end: impact times size is one or more")


def cohort_sales(settings: SpiralSettings) -> Callable[[Moves], float]:
    """Return the function from moves to assets sold by cohorts above their leverage bound."""
    leverage = _leverages(settings)
    debt = 1.0 - 1.0 / leverage

    def sold(moves: Moves) -> float:
        assets = 1.0 + moves.equity
        equity = assets - debt / (1.0 + moves.usdjpy)
        called = (equity <= 0.0) | (assets > settings.call_factor * leverage * equity)
        return settings.size_busd * (np.count_nonzero(called) / settings.cohorts)

    return sold


def margin_spiral(code: str, shock: Moves, settings: SpiralSettings) -> SpiralOutcome:
    """Return where one case ends.

    Raises:
        DataError: a shock of -100 % or worse, or settings that make no sense.
    """
    guard.within(shock.usdjpy, -0.99, 10.0, "the shock to usdjpy")
    guard.within(shock.equity, -0.99, 10.0, "the shock to equities")
    final, sold, rounds = settle(
        shock, cohort_sales(settings), settings.fx_impact, settings.equity_impact
    )
    share = sold / settings.size_busd
    return SpiralOutcome(code, shock, final, settings.size_busd, sold, share, rounds)


def spiral_scenario(
    shock: Moves, central: SpiralSettings, cases: tuple[tuple[str, SpiralSettings], ...]
) -> SpiralScenario:
    """Return the central case with the range over it and the other cases."""
    middle = margin_spiral("central", shock, central)
    ends = (middle, *(margin_spiral(code, shock, settings) for code, settings in cases))
    return SpiralScenario(
        central=middle,
        cases=ends,
        usdjpy_range=_range([end.final.usdjpy for end in ends]),
        equity_range=_range([end.final.equity for end in ends]),
        sold_range_busd=_range([end.sold_busd for end in ends]),
    )


def implied_impact(shock: float, final: float, sold_busd: float) -> float:
    """Return the relative fall per billion sold that leads from a shock to an observed end."""
    return (shock - final) / guard.positive(sold_busd, "the amount sold")


def _leverages(settings: SpiralSettings) -> Floats:
    """Return the cohorts' leverage, checked."""
    guard.positive(settings.size_busd, "the size of the carry trade")
    guard.within(settings.fx_impact, 0.0, 1.0, "the price impact on usdjpy")
    guard.within(settings.equity_impact, 0.0, 1.0, "the price impact on equities")
    if settings.cohorts < 1 or not 1.0 < settings.lowest_leverage <= settings.highest_leverage:
        raise DataError("cohorts need a leverage above one, lowest before highest")
    guard.within(settings.call_factor, 1.0, 100.0, "the leverage bound of a cohort")
    return np.linspace(settings.lowest_leverage, settings.highest_leverage, settings.cohorts)


def _range(values: list[float]) -> tuple[float, float]:
    return min(values), max(values)
