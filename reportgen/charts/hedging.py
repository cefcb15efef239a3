"""What hedgers of same-day options buy or sell over a move of the index, by inventory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure

from reportgen.charts.money import amount_axis
from reportgen.charts.pen import ACCENT, HOUSE, SECONDARY, SMALL, TINT, TINT_WARM, WARNING, Pen
from reportgen.facts import Chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STYLES = {
    "short_large": (WARNING, 1.5, 1.0),
    "short_small": (WARNING, 1.0, 0.6),
    "balanced": (SECONDARY, 1.0, 1.0),
    "long_small": (ACCENT, 1.0, 0.6),
    "long_large": (ACCENT, 1.5, 1.0),
}
"""Colour, width and strength of each assumed inventory's line."""


def draw(chart: Chart, words: Any, pen: Pen) -> Figure:
    """Draw one line an inventory over quarters tinted by what hedging does there."""
    figure, axes = pen.figure("column", "standard", margins=(9, 36, 3, 7))
    labels = []
    for line in chart.lines:
        colour, width, strength = STYLES[line.code]
        pen.line(axes, line, colour, linewidth=width, alpha=strength)
        labels.append((float(line.y[-1] or 0.0), getattr(words, line.code), colour))
    reach = max(abs(float(place)) for place in chart.lines[0].x)
    height = 1.4 * max(abs(value or 0.0) for line in chart.lines for value in line.y)
    axes.set_xlim(-reach, reach)
    axes.set_ylim(-height, height)
    _quarters(axes, reach, height, words)
    for mark in chart.marks:
        axes.plot(
            [-reach, 0], [mark.value.value] * 2, color=SECONDARY, linewidth=0.8, linestyle=HOUSE
        )
        axes.annotate(
            getattr(words, mark.code),
            xy=(-reach, mark.value.value),
            xytext=(4, 2),
            textcoords="offset points",
            fontsize=SMALL,
            color=SECONDARY,
        )
    axes.axvline(0, color=SECONDARY, linewidth=0.6)
    pen.numbers(axes, which="x", suffix="%", signed=True)
    amount_axis(axes, pen)
    pen.end_labels(axes, labels)
    return figure


def _quarters(axes: Axes, reach: float, height: float, words: Any) -> None:
    """Tint where hedging trades with the move and where against it, and say so."""
    tints = ((1.0, TINT_WARM), (-1.0, TINT))
    for side in (-1.0, 1.0):
        for way, tint in tints:
            axes.fill_between(
                [0, side * reach], 0, way * side * height, color=tint, alpha=0.55, linewidth=0
            )
    places = (
        (-1, -1, words.sells_fall),
        (-1, 1, words.buys_fall),
        (1, 1, words.buys_rise),
        (1, -1, words.sells_rise),
    )
    for across, up, text in places:
        axes.annotate(
            text,
            xy=(across * reach, up * height),
            xytext=(-4 * across, -4 * up),
            textcoords="offset points",
            ha="left" if across < 0 else "right",
            va="bottom" if up < 0 else "top",
            fontsize=SMALL,
            color=SECONDARY,
        )
