"""Correlations of all markets: the short window below the diagonal, the long one above it."""

from __future__ import annotations

from typing import Any

from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from reportgen.charts.pen import ACCENT, INK, PAPER, SECONDARY, SMALL, WARNING, Pen
from reportgen.facts import Chart

SHADES = LinearSegmentedColormap.from_list("correlation", [ACCENT, "#ffffff", WARNING])
STRONG = 0.7


def draw(chart: Chart, words: Any, pen: Pen) -> Figure:
    """Draw a numbered row a market and a cell a pair, its correlation printed in it."""
    size = len(chart.lines)
    figure, axes = pen.figure("column", "tall", margins=(40, 2, 6, 2))
    for row, line in enumerate(chart.lines):
        for column, value in enumerate(line.y):
            if value is not None:
                _cell(axes, row, column, value, pen)
    axes.plot([-0.5, size - 0.5], [-0.5, size - 0.5], color=SECONDARY, linewidth=0.6)
    axes.set_xlim(-0.5, size - 0.5)
    axes.set_ylim(size - 0.5, -0.5)
    numbers = [pen.formatter.number(place + 1) for place in range(size)]
    axes.set_xticks(range(size), numbers)
    axes.xaxis.tick_top()
    names = [getattr(words, line.code) for line in chart.lines]
    axes.set_yticks(
        range(size), [f"{name}  {number}" for name, number in zip(names, numbers, strict=True)]
    )
    axes.tick_params(length=0, labelcolor=INK, labelsize=SMALL + 0.2)
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)
    return figure


def _cell(axes: Any, row: int, column: int, value: float, pen: Pen) -> None:
    colour = to_hex(SHADES((value + 1.0) / 2.0))
    axes.add_patch(Rectangle((column - 0.48, row - 0.46), 0.96, 0.92, color=colour, linewidth=0))
    ink = PAPER if abs(value) > STRONG else INK
    text = pen.formatter.number(value, 2)
    pen.note(axes, column, row, text, ha="center", va="center", color=ink, fontsize=SMALL - 0.4)
