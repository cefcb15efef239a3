"""Capital expenditure by company and quarter, above its share of operating cash flow."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure

from reportgen.charts.amounts import head
from reportgen.charts.money import amount
from reportgen.charts.pen import ACCENT, INK, SERIES, SMALL, Pen
from reportgen.facts import Chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TOTALS = ("total", "share")
MOST_LABELS = 12


def draw(chart: Chart, words: Any, pen: Pen) -> Figure:
    """Draw stacked bars with their sum above the share of cash flow."""
    figure, (above, below) = pen.figure(
        "column", "standard", margins=(6, 21, 5, 6), nrows=2, height_ratios=(5, 2), sharex=True
    )
    figure.subplots_adjust(hspace=0.44)
    head(above, words.upper)
    head(below, words.lower)
    _bars(above, chart, words, pen)
    _share(below, chart, pen)
    quarters = chart.line("total").x
    shown = range((len(quarters) - 1) % _step(len(quarters)), len(quarters), _step(len(quarters)))
    below.set_xticks(list(shown), [_quarter(str(quarters[place])) for place in shown])
    below.set_xlim(-0.6, len(quarters) - 0.4)
    return figure


def _step(count: int) -> int:
    return -(-count // MOST_LABELS)


def _quarter(day: str) -> str:
    end = date.fromisoformat(day)
    return f"{end.year}Q{(end.month + 2) // 3}"


def _bars(axes: Axes, chart: Chart, words: Any, pen: Pen) -> None:
    total = chart.line("total")
    places = np.arange(len(total.x))
    floor = np.zeros(len(places))
    labels = []
    companies = [line for line in chart.lines if line.code not in TOTALS]
    for line, colour in zip(companies, SERIES, strict=False):
        heights = np.array([value or 0.0 for value in line.y])
        axes.bar(places, heights, bottom=floor, width=0.62, color=colour, linewidth=0)
        labels.append((float(floor[-1] + heights[-1] / 2), getattr(words, line.code), colour))
        floor = floor + heights
    for place, value in enumerate(total.y):
        axes.annotate(
            amount(pen, value or 0.0),
            xy=(place, value or 0.0),
            xytext=(0, 1.5),
            textcoords="offset points",
            ha="center",
            fontsize=SMALL,
            color=INK,
        )
    axes.set_ylim(0, float(floor.max()) * 1.12)
    axes.set_yticks([])
    axes.tick_params(axis="x", length=0, labelbottom=False)
    pen.end_labels(axes, labels)


def _share(axes: Axes, chart: Chart, pen: Pen) -> None:
    known = [(i, value) for i, value in enumerate(chart.line("share").y) if value is not None]
    if not known:
        return
    axes.plot(*zip(*known, strict=True), color=ACCENT, linewidth=1.2, marker="o", markersize=3)
    axes.set_ylim(0, max(100.0, max(value for _, value in known) * 1.1))
    axes.set_yticks([0, 50, 100])
    pen.numbers(axes)
    for place, value in known:
        axes.annotate(
            pen.formatter.number(value, 0),
            xy=(place, value),
            xytext=(0, 4),
            textcoords="offset points",
            ha="center",
            fontsize=SMALL,
            color=ACCENT,
            bbox=pen.ground(),
        )
