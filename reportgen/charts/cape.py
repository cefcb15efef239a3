"""The cyclically adjusted price-earnings ratio beside its record of 1999."""

from __future__ import annotations

from datetime import date
from typing import Any

from matplotlib.figure import Figure

from reportgen.charts.pen import ACCENT, BASE, INK, SECONDARY, SMALL, WARNING, Pen
from reportgen.facts import Chart, Line

LABEL, ABOVE = 0.22, 1.06
"""Width of the median's label as a share of the axis, and its middle as a multiple of it."""


def draw(chart: Chart, words: Any, pen: Pen) -> Figure:
    """Draw the ratio with its record, its last value and its median."""
    figure, axes = pen.figure("half", "low", margins=(7, 5, 3, 6))
    line = chart.line("cape")
    marks = {mark.code: mark for mark in chart.marks}
    pen.line(axes, line)
    median = marks["median"].value.value
    axes.axhline(median, color=SECONDARY, linewidth=0.8, linestyle=BASE)
    axes.annotate(
        f"{words.median} {pen.formatter.number(median, 1)}",
        xy=(_emptiest(line, median), median),
        xytext=(0, 2),
        textcoords="offset points",
        fontsize=SMALL,
        color=SECONDARY,
        bbox=pen.ground(),
    )
    for code, colour, side in (("peak", WARNING, "left"), ("last", ACCENT, "right")):
        mark = marks[code]
        at, height = date.fromisoformat(str(mark.at)), mark.value.value
        axes.plot([at], [height], "o", markersize=3.2, color=colour)
        axes.annotate(
            getattr(words, code),
            xy=(at, height),
            xytext=(4 if side == "left" else 3, 3 if side == "left" else 5),
            textcoords="offset points",
            ha=side,
            fontsize=SMALL,
            color=INK if side == "left" else colour,
            bbox=pen.ground(),
        )
    axes.axhline(marks["peak"].value.value, color=WARNING, linewidth=0.6, linestyle=BASE)
    low = min(value for value in line.y if value is not None)
    axes.set_ylim(min(10.0, low), marks["peak"].value.value * 1.1)
    axes.margins(x=0.02)
    pen.numbers(axes)
    pen.years(axes, 5)
    return figure


def _emptiest(line: Line, median: float) -> date:
    """Return where a label above the median's line is farthest from the curve."""
    values = [median if value is None else value for value in line.y]
    width = max(1, round(LABEL * len(values)))
    gaps = [abs(value - ABOVE * median) for value in values]
    starts = range(1, len(values) - width)
    best = max(starts, key=lambda start: min(gaps[start : start + width]), default=0)
    return date.fromisoformat(str(line.x[best]))
