"""The verdict on the first page."""

from __future__ import annotations

from reportgen.facts.probabilities import Forecast, Probabilities
from reportgen.facts.summary import Standing, Verdict

IN_LINE = 0.25
"""A probability within this share of its base rate is called in line with history."""


def verdict(probabilities: Probabilities) -> Verdict:
    """Return how the headline events stand against their base rates over twelve months."""
    flash = standing(probabilities.event("flash").at("d252"))
    bear = standing(probabilities.event("bear").at("d252"))
    pair = {flash, bear} - {"in_line"}
    if not pair:
        return Verdict("in_line", flash, bear)
    if len(pair) == 2:
        return Verdict("mixed", flash, bear)
    state: Standing = "above" if "above" in pair else "below"
    return Verdict(state, flash, bear)


def standing(forecast: Forecast) -> Standing:
    """Return whether a probability lies above, in line with or below its base rate."""
    base = forecast.base_rate.rate.value
    ratio = forecast.probability.value / base if base > 0 else float("inf")
    if ratio > 1 + IN_LINE:
        return "above"
    return "below" if ratio < 1 - IN_LINE else "in_line"
