"""Inflation, unemployment and the ten-year yield side by side."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from reportgen.charts.amounts import few_ticks, head, last_value
from reportgen.charts.pen import ACCENT, BASE, SECONDARY, SMALL, Pen, places
from reportgen.facts import Chart

PANELS = ("inflation", "unemployment", "ten_year")


def draw(chart: Chart, words: Any, pen: Pen) -> Figure:
    """Draw three small panels, each on its own scale, the last value written."""
    figure, row = pen.figure("column", "low", margins=(7, 9, 6, 6), ncols=3)
    figure.subplots_adjust(wspace=0.34)
    for axes, code in zip(row, PANELS, strict=True):
        line = chart.line(code)
        head(axes, getattr(words, f"{code}_short"))
        pen.line(axes, line, linewidth=1.1)
        pen.last(axes, line)
        few_ticks(axes, 5)
        pen.numbers(axes)
        pen.years(axes, 3)
        digits = 2 if code == "ten_year" else 1
        axes.annotate(
            pen.formatter.number(last_value(line), digits),
            xy=(places(line)[-1], last_value(line)),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            color=ACCENT,
            fontsize=SMALL,
            annotation_clip=False,
        )
    goal = chart.marks[0].value.value
    row[0].axhline(goal, color=SECONDARY, linewidth=0.8, linestyle=BASE)
    return figure
