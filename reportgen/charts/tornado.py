"""How far each uncertain input of the layers moves the twelve-month probability."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from reportgen.charts.pen import ACCENT, INK, SECONDARY, SERIES, SIZE, SMALL, Pen
from reportgen.facts import Chart

ROOM = 0.1
"""Room for the figures at both ends, as a share of the widest spread."""


def draw(chart: Chart, words: Any, pen: Pen) -> Figure:
    """Draw a bar an input from its 10 % to its 90 % point, widest on top."""
    figure, axes = pen.figure("column", "low", margins=(52, 8, 6, 6))
    low, high = (
        [100.0 * (value or 0.0) for value in chart.line(code).y] for code in ("low", "high")
    )
    total = 100.0 * chart.marks[0].value.value
    spots = range(len(low))
    for spot, first, second in zip(spots, low, high, strict=True):
        left, right = min(first, total), max(second, total)
        axes.barh(spot, total - left, left=left, height=0.62, color=SERIES[1], linewidth=0)
        axes.barh(spot, right - total, left=total, height=0.62, color=ACCENT, linewidth=0)
        _ends(axes, spot, (first, second), pen)
    axes.axvline(total, color=INK, linewidth=0.8)
    axes.annotate(
        words.total_label,
        xy=(total, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(0, 3),
        textcoords="offset points",
        ha="center",
        color=INK,
        fontsize=SIZE,
        annotation_clip=False,
    )
    axes.set_yticks(list(spots), [getattr(words, str(code)) for code in chart.line("low").x])
    axes.tick_params(axis="y", labelcolor=INK, labelsize=SMALL)
    axes.set_ylim(len(low) - 0.5, -0.5)
    edges = (min(*low, total), max(*high, total))
    room = ROOM * (edges[1] - edges[0])
    axes.set_xlim(edges[0] - room, edges[1] + room)
    axes.grid(visible=False)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True, steps=[1, 2, 5, 10]))
    pen.numbers(axes, suffix="%", which="x")
    return figure


def _ends(axes: Any, spot: int, ends: tuple[float, float], pen: Pen) -> None:
    for value, side, shift in ((ends[0], "right", -2.0), (ends[1], "left", 2.0)):
        axes.annotate(
            pen.formatter.number(value, 1),
            xy=(value, spot),
            xytext=(shift, 0),
            textcoords="offset points",
            ha=side,
            va="center",
            color=SECONDARY,
            fontsize=SMALL,
        )
