"""The test for growth that feeds on itself: its statistic month by month beside the bound."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from reportgen.charts.amounts import last_value
from reportgen.charts.pen import ACCENT, RULE, SECONDARY, Pen, day_number
from reportgen.facts import Chart


def draw(chart: Chart, words: Any, pen: Pen) -> Figure:
    """Draw the statistic and its critical value, with the spells above it shaded."""
    figure, axes = pen.figure("full", "low", margins=(9, 26, 4, 6))
    statistic, bound = chart.line("statistic"), chart.line("bound")
    for band in chart.bands:
        axes.axvspan(
            day_number(str(band.start)), day_number(str(band.end)), color=RULE, linewidth=0
        )
    pen.line(axes, bound, SECONDARY, linewidth=0.9)
    pen.line(axes, statistic, ACCENT)
    pen.last(axes, statistic)
    pen.numbers(axes)
    pen.years(axes, 5)
    axes.margins(x=0.01)
    pen.end_labels(
        axes,
        [
            (last_value(statistic), str(words.statistic), ACCENT),
            (last_value(bound), str(words.bound), SECONDARY),
        ],
    )
    return figure
