"""What history says about each layer: log risk ratios, shrunk towards no effect.

The ratios are the risk of an F1 onset in months with the condition against all other months:
Nasdaq Composite, 307 months 2000-2025, 18 onsets, with 90 % intervals. They are inputs, taken
from the study of the method; the interval of a ratio of so few onsets is wide.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reportgen.errors import DataError
from reportgen.models.layers import LAYERS

PRIOR_DEVIATION = 0.5
ONSETS = 18
MONTHS = 307
_NORMAL_95 = 1.6448536269514722


@dataclass(frozen=True)
class RiskRatio:
    """A measured risk ratio of F1 onsets.

    Args:
        condition: code of the condition.
        ratio: risk with the condition / risk without it.
        low, high: 90 % interval of the ratio.
        layer: the layer whose effect it informs, or None when it informs none.
    """

    condition: str
    ratio: float
    low: float
    high: float
    layer: str | None = None

    @property
    def standard_error(self) -> float:
        """Standard error of the log ratio, from the 90 % interval."""
        return float(np.log(self.high / self.low)) / (2.0 * _NORMAL_95)


RISK_RATIOS = (
    RiskRatio("usdjpy_fall_4_same_month", 4.9, 2.3, 10.2, "carry"),
    RiskRatio("usdjpy_fall_4_previous_month", 1.3, 0.6, 2.9),
    RiskRatio("usdjpy_fall_5_previous_month", 0.5, 0.1, 2.1),
    RiskRatio("vix_20_month_end", 3.2, 1.5, 6.8, "gamma"),
    RiskRatio("vix_below_15_month_end", 0.21, 0.05, 0.82),
    RiskRatio("debt_limit_crunch", 2.0, 0.5, 7.3, "debt"),
    RiskRatio("reporting_months", 0.62, 0.26, 1.5),
    RiskRatio("august_to_october", 1.9, 0.9, 4.0),
    RiskRatio("march", 0.90, 0.2, 3.5),
)


@dataclass(frozen=True)
class Effect:
    """The posterior of a log hazard ratio.

    Args:
        layer: name of the layer.
        mean, deviation: posterior mean and standard deviation.
        condition: code of the risk ratio behind it, or None when only the prior speaks.
    """

    layer: str
    mean: float
    deviation: float
    condition: str | None


def shrunk(evidence: RiskRatio) -> tuple[float, float]:
    """Return posterior mean and deviation of a log ratio under a N(0, 0.5^2) prior."""
    prior, data = PRIOR_DEVIATION**2, evidence.standard_error**2
    mean = float(np.log(evidence.ratio)) * prior / (prior + data)
    return mean, float(np.sqrt(prior * data / (prior + data)))


def layer_effects(
    ratios: tuple[RiskRatio, ...] = RISK_RATIOS, layers: tuple[str, ...] = LAYERS
) -> tuple[Effect, ...]:
    """Return the effect of each of the layers, in their order.

    A layer no ratio informs (the artificial-intelligence one) keeps the prior: mean zero.

    Raises:
        DataError: two ratios inform the same layer.
    """
    effects: list[Effect] = []
    for layer in layers:
        found = [ratio for ratio in ratios if ratio.layer == layer]
        if len(found) > 1:
            raise DataError(f"Two risk ratios inform the layer {layer}.")
        if not found:
            effects.append(Effect(layer, 0.0, PRIOR_DEVIATION, None))
            continue
        mean, deviation = shrunk(found[0])
        effects.append(Effect(layer, mean, deviation, found[0].condition))
    return tuple(effects)
