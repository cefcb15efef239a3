"""M6: hedging of same-day options - flows, impact, and how near the feedback is to unstable.

Nobody outside knows what market makers hold. The model therefore gives no forecast: it works
through a range of inventories, states what each would do, and names what stays assumed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from reportgen.models import guard
from reportgen.models.market_impact import (
    Breaker,
    Depth,
    DepthSettings,
    Impact,
    breaker_reached,
    circuit_breakers,
    flash_impact,
    impacts,
)
from reportgen.models.option_hedging import (
    Inventory,
    amplification,
    dollar_gamma,
    hedge_flow,
    notional_needed,
    total_move,
)
from reportgen.models.spec import ModelSpec

SPEC = ModelSpec(
    id="M6",
    version="1.1",
    inputs=("sp500", "vix"),
    references=(
        "Black, Scholes (1973), Journal of Political Economy 81",
        "Toth et al. (2011), Physical Review X 1, 021006",
        "CFTC, SEC (2010), Findings Regarding the Market Events of May 6, 2010",
        "Cboe (8 September 2023), Evaluating the Market Impact of SPX 0DTE Options",
        "Dim, Eraker, Vilkov (2024), 0DTEs: Trading, Gamma Risk and Volatility Propagation",
    ),
)

Regime = Literal["calm", "strained", "stressed"]
Stability = Literal["stable", "conditional", "unstable"]


@dataclass(frozen=True)
class GammaSettings:
    """What nobody observes, each an assumption that the report names as one.

    Args:
        flow: billions of the quoted estimate of February 2023, also the size at which the
            square-root law is made linear.
        moves: index moves in per cent for which flows are given.
        grid: moves for the chart.
        inventories: the range; 33 to 66 billions are what the quoted flow needs.
        strained_from, stressed_from: VIX at which these regimes begin.
        depth: volume and impact.
    """

    flow: float = 30.0
    moves: tuple[float, ...] = (-1.0, -3.0, -5.0)
    grid: tuple[float, ...] = tuple(step / 4.0 for step in range(-24, 25))
    inventories: tuple[Inventory, ...] = (
        Inventory("short_large", -66.0),
        Inventory("short_small", -33.0),
        Inventory("balanced", 0.0),
        Inventory("long_small", 33.0),
        Inventory("long_large", 66.0),
    )
    strained_from: float = 20.0
    stressed_from: float = 25.0
    depth: DepthSettings = field(default_factory=DepthSettings)


@dataclass(frozen=True)
class Response:
    """Where a shock ends in one state of depth, hedging included.

    Args:
        shock, move: per cent before and after hedging.
        breaker: highest circuit breaker reached, 0 to 3.
    """

    depth: Depth
    shock: float
    move: float
    breaker: int


@dataclass(frozen=True)
class Feedback:
    """Stability of one inventory in one state of depth.

    Args:
        amplification: 1/(1 - kG); ``None`` when unstable.
        distance: 1 - G/G*: the share of the critical gamma left, negative beyond it.
    """

    depth: Depth
    amplification: float | None
    distance: float


@dataclass(frozen=True)
class Scenario:
    """One assumed inventory, billions of dollars.

    Args:
        inventory: what is assumed.
        gamma: billions to trade for the first per cent, positive when short.
        flows: flow for each of the settings' moves, negative when sold.
        profile: flow for each move of the chart's grid.
        feedback, responses: stability, and where shocks end, by state of depth.
    """

    inventory: Inventory
    gamma: float
    flows: tuple[float, ...]
    profile: tuple[float, ...]
    feedback: tuple[Feedback, ...]
    responses: tuple[Response, ...]


@dataclass(frozen=True)
class GammaResult:
    """Flows, impact and stability over the assumed range (S&P 500).

    Args:
        regime: ``calm``, ``strained`` or ``stressed`` by the VIX.
        stability: under stress ``stable`` when every assumed inventory stays below the
            critical gamma, ``unstable`` when every short one lies beyond, else
            ``conditional``. It depends on what is assumed, hardly on the VIX: volatility
            that raises the impact lowers the gamma.
        moves, grid: per cent, for ``flows`` and ``profile``.
        needed_low, needed_high: billions of one-way short puts that would make the quoted
            flow: 2 % out of the money over -5 %, at the money over -2 %, from the open.
        flash_predicted, flash_multiplier: per cent the law gives for the order of
            6 May 2010, and how many times more the future fell.
        diagnostics: always ``inventory_assumed``, ``volume_assumed``.
    """

    vix: float
    regime: Regime
    stability: Stability
    moves: tuple[float, ...]
    grid: tuple[float, ...]
    flow: float
    needed_low: float
    needed_high: float
    impacts: tuple[Impact, ...]
    flash_predicted: float
    flash_multiplier: float
    scenarios: tuple[Scenario, ...]
    breakers: tuple[Breaker, ...]
    diagnostics: tuple[str, ...]


def vix_regime(vix: float, settings: GammaSettings | None = None) -> Regime:
    """Return ``calm``, ``strained`` or ``stressed``; a bound belongs to the higher one."""
    given = settings or GammaSettings()
    if guard.positive(vix, "VIX") < given.strained_from:
        return "calm"
    return "strained" if vix < given.stressed_from else "stressed"


def evaluate(close: float, vix: float, settings: GammaSettings | None = None) -> GammaResult:
    """Return flows, impact and stability for the as-of close of the S&P 500 and VIX.

    Args:
        close: S&P 500, points.
        vix: index points; taken as the implied volatility of the options too.
        settings: what is assumed.

    Raises:
        DataError: a figure that is no number or not above zero.
    """
    given = settings or GammaSettings()
    by_depth = impacts(vix, given.flow, given.depth)
    scenarios = tuple(_scenario(book, by_depth, vix, given) for book in given.inventories)
    predicted, multiplier = flash_impact(given.depth.flash, given.depth.coefficient)
    open_money, out_of_money = Inventory("", 1.0, 0.0, 6.5), Inventory("", 1.0, -2.0, 6.5)
    return GammaResult(
        vix=vix,
        regime=vix_regime(vix, given),
        stability=_stability(scenarios),
        moves=given.moves,
        grid=given.grid,
        flow=given.flow,
        needed_low=notional_needed(given.flow, out_of_money, -5.0, vix / 100.0),
        needed_high=notional_needed(given.flow, open_money, -2.0, vix / 100.0),
        impacts=by_depth,
        flash_predicted=predicted,
        flash_multiplier=multiplier,
        scenarios=scenarios,
        breakers=circuit_breakers(close),
        diagnostics=("inventory_assumed", "volume_assumed"),
    )


def _scenario(
    book: Inventory, by_depth: tuple[Impact, ...], vix: float, given: GammaSettings
) -> Scenario:
    implied = vix / 100.0
    gamma = dollar_gamma(book, implied)
    ends = (
        (depth, shock, total_move(book, shock, depth.per_billion, implied))
        for depth in by_depth
        for shock in given.moves
    )
    return Scenario(
        inventory=book,
        gamma=gamma,
        flows=tuple(hedge_flow(book, move, implied) for move in given.moves),
        profile=tuple(hedge_flow(book, move, implied) for move in given.grid),
        feedback=tuple(
            Feedback(
                depth.code,
                amplification(gamma, depth.per_billion),
                1.0 - gamma / depth.critical_gamma,
            )
            for depth in by_depth
        ),
        responses=tuple(
            Response(depth.code, shock, move, breaker_reached(move)) for depth, shock, move in ends
        ),
    )


def _stability(scenarios: tuple[Scenario, ...]) -> Stability:
    short = [item for item in scenarios if item.gamma > 0.0]
    under_stress = [part for item in short for part in item.feedback if part.depth == "stressed"]
    beyond = [part.amplification is None for part in under_stress]
    if not any(beyond):
        return "stable"
    return "unstable" if all(beyond) else "conditional"
