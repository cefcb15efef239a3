"""The market's own weak spots: AI spending, valuation, microstructure, and their charts."""

from __future__ import annotations

from dataclasses import dataclass

from reportgen.assess import bubble, capex, microstructure
from reportgen.assess.desk import Desk
from reportgen.facts import Chart
from reportgen.facts.bubble import Bubble
from reportgen.facts.capex import Capex
from reportgen.facts.microstructure import Microstructure


@dataclass(frozen=True)
class Fragility:
    """The parts of the assessment that this module writes; ``None`` where a series is missing."""

    capex: Capex | None
    bubble: Bubble | None
    microstructure: Microstructure
    charts: tuple[Chart, ...]


def fragility(desk: Desk) -> Fragility:
    """Return spending, valuation and microstructure with their charts."""
    spending, valuation = capex.study(desk), bubble.study(desk)
    trading = microstructure.study(desk)
    return Fragility(
        capex=capex.capex(spending),
        bubble=bubble.bubble(valuation),
        microstructure=microstructure.microstructure(trading),
        charts=(
            *capex.capex_charts(spending),
            *bubble.bubble_charts(valuation),
            *microstructure.microstructure_charts(trading),
        ),
    )
