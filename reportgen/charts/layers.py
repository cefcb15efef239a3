"""Shares of the hazard by month above the probability that each layer is open."""

from __future__ import annotations

from typing import Any

from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from reportgen.charts.amounts import head
from reportgen.charts.pen import ACCENT, BASE, INK, PAPER, SECONDARY, SERIES, SMALL, Pen, places
from reportgen.facts import Chart

LAYERS = ("carry", "ai", "gamma", "debt")
SHADES = LinearSegmentedColormap.from_list("layers", ["#f3f7fa", "#7fb0cd", "#0b5c8a"])
DARKEST = 0.5
"""Probability from which a cell has the darkest shade."""


def draw(chart: Chart, words: Any, pen: Pen) -> Figure:
    """Draw the months' shares with their spread, and a table of the layers below."""
    figure, (above, below) = pen.figure(
        "column", "tall", margins=(26, 17, 5, 2), nrows=2, height_ratios=(5, 3)
    )
    figure.subplots_adjust(hspace=0.62)
    _shares(above, chart, words, pen)
    _table(below, chart, words, pen)
    return figure


def _shares(axes: Any, chart: Chart, words: Any, pen: Pen) -> None:
    head(axes, words.upper)
    share, low, high = (
        [100.0 * (value or 0.0) for value in chart.line(code).y]
        for code in ("share", "low", "high")
    )
    spots = range(len(share))
    axes.bar(spots, share, width=0.62, color=SERIES[0], linewidth=0)
    axes.vlines(spots, low, high, color=INK, linewidth=0.8)
    even = 100.0 * (chart.line("even").y[0] or 0.0)
    axes.axhline(even, color=SECONDARY, linewidth=1.1, linestyle=BASE)
    pen.end_labels(axes, [(even, words.even_label, SECONDARY)])
    axes.set_ylim(0, 1.08 * max(high))
    axes.set_xlim(-0.5, len(share) - 0.5)
    axes.set_xticks(list(spots), _months(chart))
    axes.tick_params(axis="x", length=0)
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True, steps=[1, 2, 5, 10]))
    pen.numbers(axes, suffix="%")


def _table(axes: Any, chart: Chart, words: Any, pen: Pen) -> None:
    """Draw one row a layer that is run, a cell a month, the probability printed in it."""
    head(axes, words.lower)
    there = {line.code for line in chart.lines}
    layers = [layer for layer in LAYERS if layer in there]
    for row, layer in enumerate(layers):
        for column, value in enumerate(chart.line(layer).y):
            chance = value or 0.0
            colour = to_hex(SHADES(min(1.0, chance / DARKEST)))
            axes.add_patch(
                Rectangle((column - 0.47, row - 0.44), 0.94, 0.88, color=colour, linewidth=0)
            )
            ink = PAPER if chance > 0.6 * DARKEST else INK
            text = pen.formatter.number(100.0 * chance, 0)
            pen.note(axes, column, row, text, ha="center", va="center", color=ink)
    axes.set_xlim(-0.5, len(chart.line("share").y) - 0.5)
    axes.set_ylim(len(layers) - 0.5, -0.5)
    axes.set_yticks(range(len(layers)), [getattr(words, layer) for layer in layers])
    axes.tick_params(axis="y", labelcolor=ACCENT, labelsize=SMALL + 0.4)
    axes.set_xticks([])
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)


def _months(chart: Chart) -> list[str]:
    """Return the months as numbers, with the year at the first and at each January."""
    days = places(chart.line("share"))
    return [
        f"{day.month}\n{day.year}" if number == 0 or day.month == 1 else str(day.month)
        for number, day in enumerate(days)
    ]
