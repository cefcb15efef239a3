"""What came by what was stated: the isotonic curve of the record, with the band of chance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure

from reportgen.charts.pen import ACCENT, HOUSE, SECONDARY, SMALL, TINT, Pen, places
from reportgen.facts import Chart

STEP = 20.0
"""Each axis reaches to the next multiple of it, per cent."""
TICK = 0.03
"""Height of the mark of a statement over the axis, as a share of the axis."""


def draw(chart: Chart, words: Any, pen: Pen) -> Figure:
    """Draw the curve over the band it would lie in were every probability right."""
    figure, axes = pen.figure("column", "standard", margins=(9, 4, 3, 9))
    observed, low, high = (chart.line(code) for code in ("observed", "low", "high"))
    across = places(observed)
    heights = [value or 0.0 for line in (observed, high) for value in line.y]
    wide, high_up = _reach(across), _reach([*across, *heights])
    axes.fill_between(across, low.y, high.y, color=TINT, linewidth=0)
    axes.plot([0, wide], [0, wide], color=SECONDARY, linewidth=0.8, linestyle=HOUSE)
    pen.line(axes, observed, ACCENT, linewidth=1.5)
    axes.vlines(across, 0, TICK * high_up, color=ACCENT, linewidth=0.6)
    axes.set_xlim(0, wide)
    axes.set_ylim(0, high_up)
    axes.set_xlabel(words.across, fontsize=SMALL, color=SECONDARY)
    pen.numbers(axes, suffix="%")
    pen.numbers(axes, which="x", suffix="%")
    return figure


def _reach(values: Sequence[float]) -> float:
    return min(100.0, STEP * math.ceil(max(values) / STEP))
