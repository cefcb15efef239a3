"""M2: structural layers ("Swiss cheese"): when and why, given how much.

Question: if weaknesses can open together, in which months is the hazard of a flash crash
concentrated, and how likely is it that several are open at once? The states of the layers are
enumerated exactly under a one-factor copula; the yearly total is anchored to the probability
the statistics give (mode "allocate"), so the layers divide it and add nothing to it.
Every function takes the layers there are figures for, in the order of ``LAYERS``: with one of
them left out the others divide the same total, and terms that need it fall away.
Sources: Reason (1990), Human Error; Li (2000), Journal of Fixed Income 9; Vasicek (1987), KMV.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from reportgen.errors import DataError
from reportgen.models import guard
from reportgen.models.arrays import FloatArray
from reportgen.models.spec import ModelSpec

SPEC = ModelSpec(
    id="M2",
    version="1",
    inputs=(
        "nasdaq_composite",
        "usdjpy",
        "vix",
        "vix_weekly",
        "microsoft_capex",
        "alphabet_capex",
        "amazon_capex",
        "meta_capex",
        "federal_debt",
        "treasury_general_account",
    ),
    references=(
        "Reason (1990), Human Error, Cambridge University Press",
        "Li (2000), Journal of Fixed Income 9, 43-54",
        "Vasicek (1987), Probability of loss on a loan portfolio, KMV",
    ),
)
LAYERS = ("carry", "ai", "gamma", "debt")
NODES = 31
# Above it 31 nodes no longer give the rare breaches back to nine digits.
LARGEST_LOADING = 0.7
# Rarer breaches than this need no correction to be right to twelve digits.
_RAREST = 1e-9
FEWEST = 2
"""One layer alone is no structure: nothing could open together."""
INTERACTIONS = {
    "carry_gamma": ("carry", "gamma"),
    "ai_gamma": ("ai", "gamma"),
    "all_open": LAYERS,
}
"""Layers whose opening together has a term of its own."""


def interactions(layers: tuple[str, ...]) -> tuple[str, ...]:
    """Return the interactions all of whose layers are there."""
    return tuple(name for name, parts in INTERACTIONS.items() if set(parts) <= set(layers))


def states_of(count: int) -> FloatArray:
    """Return the states of ``count`` layers, shape (2**count, count).

    One row a state, one column a layer, 1 when the layer is breached; the last row is all.
    """
    return np.array(list(product((0.0, 1.0), repeat=count)))


@dataclass(frozen=True)
class LayerParameters:
    """How the layers hang together and how much each raises the hazard.

    Args:
        loadings: rho of each layer on the common factor, shape (layers,), 0 to 0.7.
        effects: b of each layer, log hazard ratio, shape (layers,).
        extra: log hazard ratios of the ``interactions`` of these layers, in their order; all
            zero when left out.
        layers: which layers, in the order of ``LAYERS``.
    """

    loadings: FloatArray
    effects: FloatArray
    extra: FloatArray | None = None
    layers: tuple[str, ...] = LAYERS


@dataclass(frozen=True)
class LayerResult:
    """The year divided among its months.

    Args:
        target: probability of the crash within all months, unit 1; the anchor.
        base_hazard: monthly hazard with every layer closed.
        states: probability of each state, shape (months, 2**layers).
        crash: probability of the crash in each month, shape (months,).
        shares: each month's share of the summed hazard, shape (months,), sums to one.
        all_open: probability that all layers are open together in at least one month.
        three_open: the same for three or more; None when fewer than four layers are there.
    """

    target: float
    base_hazard: float
    states: FloatArray
    crash: FloatArray
    shares: FloatArray
    all_open: float
    three_open: float | None


def state_probabilities(breach: FloatArray, loadings: FloatArray) -> FloatArray:
    """Return the probability of each state in each month, shape (months, 2**layers).

    Args:
        breach: probability that layer i is breached in month m, shape (layers, months), unit 1.
        loadings: rho of each layer, shape (layers,), 0 to 0.7.

    Raises:
        DataError: a probability outside 0 to 1, a loading outside 0 to 0.7, a wrong shape.
    """
    _check(breach, loadings)
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    weights = weights / weights.sum()
    threshold = _thresholds(breach, loadings, nodes, weights)
    given = ndtr(_standardised(threshold, loadings, nodes))
    # Shape (states, layers, months, nodes): the probability of each layer's side of a state.
    open_layers = states_of(len(breach))[:, :, None, None]
    sides = open_layers * given + (1.0 - open_layers) * (1.0 - given)
    states: FloatArray = (sides.prod(axis=1) @ weights).T
    return states


def hazard_ratios(parameters: LayerParameters) -> FloatArray:
    """Return exp(b.s + interactions) of each state, shape (2**layers,)."""
    states = states_of(len(parameters.layers))
    log_ratio = states @ parameters.effects
    if parameters.extra is not None and parameters.extra.size:
        sides = dict(zip(parameters.layers, states.T, strict=True))
        together = np.array(
            [
                np.prod([sides[layer] for layer in INTERACTIONS[name]], axis=0)
                for name in interactions(parameters.layers)
            ]
        )
        log_ratio = log_ratio + parameters.extra @ together
    ratios: FloatArray = np.exp(log_ratio)
    return ratios


def crash_by_month(states: FloatArray, ratios: FloatArray, base_hazard: float) -> FloatArray:
    """Return the probability of a crash in each month, shape (months,).

    It is the sum over the states of P(state) (1 - exp(-base hazard x ratio)).
    """
    crash: FloatArray = states @ -np.expm1(-base_hazard * ratios)
    return crash


def total_probability(crash: FloatArray) -> float:
    """Return the probability of a crash in at least one month, months independent."""
    return float(1.0 - np.prod(1.0 - np.minimum(crash, 1.0)))


def anchor(states: FloatArray, ratios: FloatArray, target: float) -> float:
    """Return the base hazard at which the total equals ``target`` (to 1e-12).

    Raises:
        DataError: the target is not strictly between 0 and 1.
    """
    wanted = guard.within(target, 1e-9, 1.0 - 1e-9, "The crash probability the layers divide")

    def excess(log_hazard: float) -> float:
        return total_probability(crash_by_month(states, ratios, np.exp(log_hazard))) - wanted

    return float(np.exp(brentq(excess, -60.0, 10.0, xtol=1e-14, rtol=1e-14)))


def allocate(breach: FloatArray, target: float, parameters: LayerParameters) -> LayerResult:
    """Divide a crash probability among months by the state of the layers.

    Args:
        breach: shape (layers, months), unit 1, rows in the order of the parameters' layers.
        target: probability of the crash within all months, unit 1.
        parameters: loadings and effects.

    Raises:
        DataError: see ``state_probabilities`` and ``anchor``.
    """
    states = state_probabilities(breach, parameters.loadings)
    number_open = states_of(len(breach)).sum(axis=1)
    ratios = hazard_ratios(parameters)
    base = anchor(states, ratios, target)
    crash = crash_by_month(states, ratios, base)
    return LayerResult(
        target=target,
        base_hazard=base,
        states=states,
        crash=crash,
        shares=hazard_shares(crash),
        all_open=total_probability(states[:, -1]),
        three_open=None
        if len(breach) < len(LAYERS)
        else total_probability(states[:, number_open >= len(LAYERS) - 1].sum(axis=1)),
    )


def hazard_shares(crash: FloatArray) -> FloatArray:
    """Return each month's share of the summed hazard -log(1 - p), shape of ``crash``."""
    hazard = -np.log1p(-crash)
    shares: FloatArray = hazard / hazard.sum()
    return shares


def _check(breach: FloatArray, loadings: FloatArray) -> None:
    if breach.ndim != 2 or not FEWEST <= breach.shape[0] <= len(LAYERS) or breach.shape[1] < 1:
        raise DataError(
            f"The breach probabilities have shape {breach.shape}, not (2 to 4 layers, months)."
        )
    if not np.all((breach >= 0.0) & (breach <= 1.0)):
        raise DataError("A breach probability of the layers is not between 0 and 1.")
    inside = (loadings >= 0.0) & (loadings <= LARGEST_LOADING)
    if loadings.shape != breach.shape[:1] or not np.all(inside):
        raise DataError(
            f"The layers' loadings must be numbers from 0 to {LARGEST_LOADING}, one a layer."
        )


def _standardised(threshold: FloatArray, loadings: FloatArray, nodes: FloatArray) -> FloatArray:
    """Return (threshold - sqrt(rho) F) / sqrt(1 - rho), shape (layers, months, nodes)."""
    rho = loadings[:, None, None]
    value: FloatArray = (threshold[:, :, None] - np.sqrt(rho) * nodes) / np.sqrt(1.0 - rho)
    return value


def _thresholds(
    breach: FloatArray, loadings: FloatArray, nodes: FloatArray, weights: FloatArray
) -> FloatArray:
    """Return thresholds at which the quadrature gives back each breach probability.

    They start at the normal quantile, which is exact to rounding for loadings up to 0.5; two
    Newton steps take out the quadrature's own error above that (measured: 7e-9 at 0.7).
    """
    threshold: FloatArray = ndtri(breach)
    inner = (breach > _RAREST) & (breach < 1.0 - _RAREST)
    for _ in range(2):
        point = _standardised(np.where(inner, threshold, 0.0), loadings, nodes)
        density = np.exp(-0.5 * point**2) / np.sqrt(2.0 * np.pi)
        slope = (density @ weights) / np.sqrt(1.0 - loadings[:, None])
        step = (ndtr(point) @ weights - breach) / slope
        threshold = np.where(inner, threshold - step, threshold)
    return threshold
