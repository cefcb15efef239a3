"""Half a year of every market, each on its own scale."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from matplotlib.figure import Figure

from reportgen.charts.amounts import few_ticks, last_value
from reportgen.charts.pen import (
    ACCENT,
    INK,
    RULE,
    SECONDARY,
    SIZE,
    SMALL,
    WARNING,
    Pen,
    day_number,
    places,
)
from reportgen.facts import Chart, Line, Quantity, Unit

COLUMNS = 4
DIGITS = {Unit.PERCENT: 2, Unit.PERCENTAGE_POINTS: 2, Unit.YEN_PER_DOLLAR: 0}
EVERY_MONTHS = 2
ROOM = timedelta(days=5)


def draw(chart: Chart, words: Any, pen: Pen) -> Figure:
    """Draw a panel a market with its name, its last value, and the month's change."""
    rows = -(-len(chart.lines) // COLUMNS)
    figure, grid = pen.figure(
        "full",
        "grid" if rows > 2 else "standard" if rows > 1 else "low",
        margins=(9, 3, 9, 6),
        nrows=rows,
        ncols=COLUMNS,
        sharex=True,
        squeeze=False,
    )
    figure.subplots_adjust(wspace=0.32, hspace=0.62)
    changes = {mark.code: mark.value for mark in chart.marks}
    panels = [axes for row in grid for axes in row]
    for axes, line in zip(panels, chart.lines, strict=False):
        _panel(axes, line, getattr(words, line.code), changes[line.code], pen)
        for band in chart.bands:
            axes.axvline(day_number(str(band.start)), color=WARNING, linewidth=0.8)
    days = [day for line in chart.lines for day in places(line)]
    panels[0].set_xlim(min(days), max(days) + ROOM)
    for axes in panels[len(chart.lines) :]:
        axes.set_visible(False)
    for axes in panels[: len(chart.lines)]:
        pen.months(axes, EVERY_MONTHS)
    return figure


def _panel(axes: Any, line: Line, name: str, change: Quantity, pen: Pen) -> None:
    axes.set_title(name, loc="left", fontsize=SIZE, color=INK, pad=12.5)
    digits = DIGITS.get(line.unit, 0)
    value = pen.formatter.number(last_value(line), digits)
    moved = pen.formatter.quantity(change, signed=True, short=True)
    falls = change.unit is Unit.PERCENT and change.value < 0
    colour = WARNING if falls else ACCENT
    for text, side, shade in ((value, 0.0, SECONDARY), (moved, 1.0, colour)):
        axes.annotate(
            text,
            xy=(side, 1),
            xycoords="axes fraction",
            xytext=(0, 2),
            textcoords="offset points",
            ha="left" if side == 0.0 else "right",
            va="bottom",
            color=shade,
            fontsize=SMALL,
        )
    pen.line(axes, line, linewidth=0.9)
    pen.last(axes, line)
    axes.grid(axis="y", color=RULE, linewidth=0.4)
    few_ticks(axes, 3)
    pen.numbers(axes, 1 if _narrow(line) else 0)


def _narrow(line: Line) -> bool:
    """Tell whether whole numbers would repeat on the axis."""
    values = [value for value in line.y if value is not None]
    return max(values) - min(values) < 3
