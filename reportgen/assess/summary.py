"""The verdict on the first page."""

from __future__ import annotations

from reportgen.facts.probabilities import Event, Probabilities
from reportgen.facts.summary import Standing, Verdict

HORIZON = "window"


def verdict(probabilities: Probabilities) -> Verdict:
    """Return how the headline events stand against their base rates over the forecast window."""
    flash = standing(probabilities.event("flash")) or "in_line"
    bear = standing(probabilities.event("bear"))
    pair: set[Standing] = {one for one in (flash, bear) if one is not None and one != "in_line"}
    if not pair:
        return Verdict("in_line", flash, bear)
    if len(pair) == 2:
        return Verdict("mixed", flash, bear)
    return Verdict(pair.pop(), flash, bear)


def standing(event: Event) -> Standing | None:
    """Return where an event stands over the forecast window; ``None`` when it holds already."""
    found = (one for one in event.forecasts if one.code == HORIZON)
    return next((one.standing for one in found), None)
