"""M1h, the narrative tilt: what a stated judgement would make of the model's probability.

Question: which probability would the model's become if the publisher's narrative were given the
weight the publisher states? The weight is a shift in log odds, so that an event and its opposite
are moved alike and nested events keep their order. It is a judgement and is not measured: the
result stands beside the model's figure and enters neither that figure nor its score.
Source: Good (1950), who measures the weight of evidence by the shift of log odds.
"""

from __future__ import annotations

from dataclasses import dataclass

from scipy.special import expit, logit

from reportgen.models.guard import finite, within
from reportgen.models.pooling import HIGHEST, LOWEST
from reportgen.models.spec import ModelSpec

SPEC = ModelSpec(
    id="M1h",
    version="1",
    inputs=("nasdaq_composite",),
    references=("Good (1950), Probability and the Weighing of Evidence",),
)
LIMIT = 0.35
"""Largest shift that is applied, log odds; from even odds it moves a probability by 8.7 points."""
CLIPPED = "clipped"


@dataclass(frozen=True)
class NarrativeTilt:
    """A probability with its interval, shifted by a judgement.

    Args:
        stated: the shift as stated, log odds.
        applied: the shift within the limit, log odds.
        point: unit 1, ``low`` and ``high`` its interval shifted alike.
        diagnostics: ``clipped`` where more was stated than is applied.
    """

    stated: float
    applied: float
    point: float
    low: float
    high: float
    diagnostics: tuple[str, ...] = ()

    @property
    def clipped(self) -> bool:
        """Whether more was stated than is applied."""
        return CLIPPED in self.diagnostics


def narrative_tilt(point: float, low: float, high: float, stated: float) -> NarrativeTilt:
    """Return a probability and its interval after a stated shift in log odds.

    A shift takes no figure beyond the bounds of the pool, 0.5 % and 99.5 %; one that lies there
    already moves no further out. A shift of nought returns the figures as they are.

    Args:
        point: probability, unit 1.
        low: lower end of its interval.
        high: upper end.
        stated: shift, log odds; cut to ``LIMIT`` either way.

    Raises:
        DataError: a figure is no number, or the point lies outside its interval or 0 to 1.
    """
    least = within(low, 0.0, 1.0, "The lower end of the interval to be tilted")
    most = within(high, 0.0, 1.0, "The upper end of the interval to be tilted")
    middle = within(point, least, most, "The probability to be tilted")
    shift = finite(stated, "The narrative tilt")
    applied = min(max(shift, -LIMIT), LIMIT)
    tilted = _shifted(middle, applied)
    return NarrativeTilt(
        stated=shift,
        applied=applied,
        point=tilted,
        low=min(_shifted(least, applied), tilted),  # rounding may swap what differs in a last bit
        high=max(_shifted(most, applied), tilted),
        diagnostics=() if applied == shift else (CLIPPED,),
    )


def _shifted(chance: float, shift: float) -> float:
    if shift == 0.0:
        return chance
    moved = float(expit(logit(chance) + shift))
    return min(max(moved, min(LOWEST, chance)), max(HIGHEST, chance))
