"""How far the layers' result depends on what is not known: credibility of shares, tornado.

A month is flagged only when its share of the hazard stands a quarter above an equal month's in
four of five draws of the parameters; the share at the point estimates says nothing by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit, logit

from reportgen.errors import DataError
from reportgen.models import guard
from reportgen.models.arrays import FloatArray
from reportgen.models.layer_evidence import PRIOR_DEVIATION, Effect
from reportgen.models.layers import (
    FEWEST,
    LAYERS,
    LayerParameters,
    allocate,
    anchor,
    crash_by_month,
    hazard_ratios,
    hazard_shares,
    interactions,
    state_probabilities,
    total_probability,
)

ELEVATED = 1.25
CREDIBLE = 0.8
DRAWS = 400
LOADING = 0.3
LOADING_LOW, LOADING_HIGH = 0.1, 0.5
_NORMAL_90 = 1.2815515655446004
_SMALLEST = 1e-9


@dataclass(frozen=True)
class LayerInputs:
    """The figures the layers start from, each with its 10 % and 90 % point.

    Args:
        breach, breach_low, breach_high: probability of a breach, shape (layers, months), unit 1.
        target, target_low, target_high: crash probability of the whole span, unit 1.
        effects: posterior of each layer's effect, one a row, in the order of ``LAYERS``.
    """

    breach: FloatArray
    breach_low: FloatArray
    breach_high: FloatArray
    target: float
    target_low: float
    target_high: float
    effects: tuple[Effect, ...]

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers there are figures for."""
        return tuple(effect.layer for effect in self.effects)

    @property
    def parameters(self) -> LayerParameters:
        """The parameters at their means: equal loadings, no interaction."""
        return LayerParameters(
            loadings=np.full(len(self.layers), LOADING),
            effects=np.array([effect.mean for effect in self.effects]),
            layers=self.layers,
        )


@dataclass(frozen=True)
class ShareCredibility:
    """The months' hazard shares over draws of the parameters; all tuples one entry a month.

    Args:
        draws: number of draws.
        elevated: share of the draws in which the month holds 1.25 of an equal month or more.
        flagged: whether that is so in four of five draws.
        low, high: 10 % and 90 % quantile of the month's share, unit 1.
    """

    draws: int
    elevated: tuple[float, ...]
    flagged: tuple[bool, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True)
class TornadoBar:
    """The crash probability with one input at its 10 % and at its 90 % point, the rest fixed.

    Args:
        input: code of the input, for example ``effect:carry``.
        low, high: crash probability of the whole span, unit 1.
        base: the probability with every input at its middle.
    """

    input: str
    low: float
    high: float
    base: float

    @property
    def width(self) -> float:
        """Absolute distance between the two ends, unit 1."""
        return abs(self.high - self.low)


def share_credibility(
    inputs: LayerInputs, generator: np.random.Generator, draws: int = DRAWS
) -> ShareCredibility:
    """Draw the parameters and return how the months' shares vary.

    Drawn are the effects (their posteriors), the interactions (the prior), one loading for all
    layers (uniform 0.1 to 0.5) and each layer's breach row (logit-normal through its 10 % and
    90 % points, all months together).

    Raises:
        DataError: fewer than 400 draws, or inputs that do not fit together.
    """
    _check(inputs)
    if draws < DRAWS:
        raise DataError(f"Shares of {draws} draws are not credible; {DRAWS} are needed.")
    shares = np.array([_drawn_shares(inputs, generator) for _ in range(draws)])
    elevated = np.mean(shares >= ELEVATED / shares.shape[1], axis=0)
    low, high = np.quantile(shares, [0.1, 0.9], axis=0)
    return ShareCredibility(
        draws=draws,
        elevated=tuple(float(value) for value in elevated),
        flagged=tuple(bool(value) for value in elevated >= CREDIBLE),
        low=tuple(float(value) for value in low),
        high=tuple(float(value) for value in high),
    )


def tornado(inputs: LayerInputs) -> tuple[TornadoBar, ...]:
    """Return one bar for each input, widest first.

    The base hazard stays where the anchor put it, so a bar shows what the input would do to
    the total if the statistics did not hold the total fixed.
    """
    _check(inputs)
    middle = inputs.parameters
    base_hazard = allocate(inputs.breach, inputs.target, middle).base_hazard

    def total(parameters: LayerParameters, breach: FloatArray) -> float:
        states = state_probabilities(breach, parameters.loadings)
        ratios = hazard_ratios(parameters)
        return total_probability(crash_by_month(states, ratios, base_hazard))

    bars = [TornadoBar("target", inputs.target_low, inputs.target_high, inputs.target)]
    for name, low, high in _parameter_ends(inputs):
        ends = total(low, inputs.breach), total(high, inputs.breach)
        bars.append(TornadoBar(name, *ends, inputs.target))
    for row, layer in enumerate(inputs.layers):
        ends = (
            total(middle, _with_row(inputs.breach, inputs.breach_low, row)),
            total(middle, _with_row(inputs.breach, inputs.breach_high, row)),
        )
        bars.append(TornadoBar(f"breach:{layer}", *ends, inputs.target))
    return tuple(sorted(bars, key=lambda bar: (-bar.width, bar.input)))


def _check(inputs: LayerInputs) -> None:
    if inputs.layers != tuple(layer for layer in LAYERS if layer in inputs.layers):
        raise DataError("The effects of the layers are not in the order of the layers.")
    if not FEWEST <= len(inputs.layers) == len(inputs.breach):
        raise DataError(
            f"There are {len(inputs.layers)} effects for {len(inputs.breach)} layers; at least "
            f"{FEWEST} layers are needed."
        )
    if not inputs.breach.shape == inputs.breach_low.shape == inputs.breach_high.shape:
        raise DataError("The breach probabilities and their bounds differ in shape.")
    ordered = (inputs.breach_low <= inputs.breach) & (inputs.breach <= inputs.breach_high)
    if not np.all(ordered):
        raise DataError("A breach probability lies outside its own bounds.")
    guard.within(inputs.target, inputs.target_low, inputs.target_high, "The layers' target")


def _drawn_shares(inputs: LayerInputs, generator: np.random.Generator) -> FloatArray:
    count = len(inputs.layers)
    normals = generator.standard_normal(2 * count + len(interactions(inputs.layers)))
    effects, rows, extra = np.split(normals, [count, 2 * count])
    loading = generator.uniform(LOADING_LOW, LOADING_HIGH)
    means = np.array([effect.mean for effect in inputs.effects])
    deviations = np.array([effect.deviation for effect in inputs.effects])
    parameters = LayerParameters(
        np.full(count, loading),
        means + deviations * effects,
        PRIOR_DEVIATION * extra,
        inputs.layers,
    )
    states = state_probabilities(_drawn_breach(inputs, rows), parameters.loadings)
    ratios = hazard_ratios(parameters)
    return hazard_shares(crash_by_month(states, ratios, anchor(states, ratios, inputs.target)))


def _drawn_breach(inputs: LayerInputs, normals: FloatArray) -> FloatArray:
    """Return breach rows moved by one normal a layer between their own bounds."""
    below, middle, above = (
        logit(np.clip(rows, _SMALLEST, 1.0 - _SMALLEST))
        for rows in (inputs.breach_low, inputs.breach, inputs.breach_high)
    )
    shift = normals[:, None] / _NORMAL_90
    moved = middle + np.where(shift < 0, shift * (middle - below), shift * (above - middle))
    # A breach that cannot happen, or must, is not moved.
    fixed = inputs.breach_low == inputs.breach_high
    drawn: FloatArray = np.where(fixed, inputs.breach, expit(moved))
    return drawn


def _parameter_ends(inputs: LayerInputs) -> list[tuple[str, LayerParameters, LayerParameters]]:
    middle = inputs.parameters
    ends: list[tuple[str, LayerParameters, LayerParameters]] = []
    for row, effect in enumerate(inputs.effects):
        step = np.zeros(len(inputs.layers))
        step[row] = _NORMAL_90 * effect.deviation
        ends.append(
            (
                f"effect:{effect.layer}",
                replace(middle, effects=middle.effects - step),
                replace(middle, effects=middle.effects + step),
            )
        )
    terms = interactions(inputs.layers)
    for number, name in enumerate(terms):
        step = np.zeros(len(terms))
        step[number] = _NORMAL_90 * PRIOR_DEVIATION
        low, high = replace(middle, extra=-step), replace(middle, extra=step)
        ends.append((f"interaction:{name}", low, high))
    low, high = (
        replace(middle, loadings=np.full(len(inputs.layers), each))
        for each in (LOADING_LOW, LOADING_HIGH)
    )
    ends.append(("loading", low, high))
    return ends


def _with_row(rows: FloatArray, other: FloatArray, row: int) -> FloatArray:
    changed = rows.copy()
    changed[row] = other[row]
    return changed
