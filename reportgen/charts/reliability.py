"""Stated against observed shares of the record's probabilities, with the band of chance."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from reportgen.charts.pen import ACCENT, HOUSE, SECONDARY, SMALL, TINT, Pen, places
from reportgen.facts import Chart

SIZE = 4.0
"""Of the points, in points."""


def draw(chart: Chart, words: Any, pen: Pen) -> Figure:
    """Draw the points over the band they would lie in were every probability right."""
    figure, axes = pen.figure("column", "standard", margins=(9, 4, 3, 9))
    observed, low, high = (chart.line(code) for code in ("observed", "low", "high"))
    across = places(observed)
    axes.fill_between(across, low.y, high.y, color=TINT, linewidth=0)
    axes.plot([0, 100], [0, 100], color=SECONDARY, linewidth=0.8, linestyle=HOUSE)
    axes.plot(across, observed.y, color=ACCENT, linewidth=1.2, marker="o", markersize=SIZE)
    for place, share, count in zip(across, observed.y, chart.line("statements").y, strict=True):
        axes.annotate(
            pen.formatter.number(count or 0.0),
            xy=(place, share or 0.0),
            xytext=(4, -8),
            textcoords="offset points",
            fontsize=SMALL,
            color=ACCENT,
        )
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 100)
    axes.set_xlabel(words.across, fontsize=SMALL, color=SECONDARY)
    pen.numbers(axes, suffix="%")
    pen.numbers(axes, which="x", suffix="%")
    return figure
