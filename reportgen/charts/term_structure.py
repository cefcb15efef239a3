"""The curve of implied volatility and the price of its own volatility."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure

from reportgen.charts.amounts import head, labelled, last_value
from reportgen.charts.pen import ACCENT, SECONDARY, SERIES, WARNING, Pen, places
from reportgen.facts import Chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from reportgen.facts import Line


def draw(chart: Chart, words: Any, pen: Pen) -> Figure:
    """Draw the ratio of VIX to VIX3M above VVIX; one of them alone where one is missing."""
    panels = list(chart.lines)
    margins = (8.0, 31.0, 5.0, 6.0)
    if len(panels) == 1:
        figure, alone = pen.figure("column", "low", margins=margins)
        all_axes = [alone]
    else:
        figure, pair = pen.figure("column", "standard", margins=margins, nrows=2, sharex=True)
        figure.subplots_adjust(hspace=0.34)
        all_axes = list(pair)
    marks = {mark.code: mark.value.value for mark in chart.marks}
    for axes, line in zip(all_axes, panels, strict=True):
        if line.code == "term":
            _term(axes, line, marks["inverted"], words, pen)
        else:
            _vvix(axes, line, marks["tail"], words, pen)
    all_axes[-1].margins(x=0.01)
    pen.years(all_axes[-1])
    return figure


def _term(axes: Axes, line: Line, bound: float, words: Any, pen: Pen) -> None:
    head(axes, words.upper)
    pen.line(axes, line, linewidth=0.9)
    heights = [bound if value is None else value for value in line.y]
    axes.fill_between(
        places(line), heights, bound, where=[value >= bound for value in heights],
        color=WARNING, alpha=0.35, linewidth=0, interpolate=True,
    )  # fmt: skip
    axes.axhline(bound, color=WARNING, linewidth=0.8)
    pen.last(axes, line)
    pen.numbers(axes, 1)
    last = last_value(line)
    text = labelled(words.term_short, last, pen, 2)
    pen.end_labels(axes, [(last, text, ACCENT), (bound, words.inverted, WARNING)])


def _vvix(axes: Axes, line: Line, tail: float, words: Any, pen: Pen) -> None:
    head(axes, words.lower)
    pen.line(axes, line, SERIES[3], linewidth=0.9)
    axes.axhline(tail, color=SECONDARY, linewidth=0.7)
    pen.last(axes, line, SERIES[3])
    pen.numbers(axes)
    last = last_value(line)
    labels = [
        (last, labelled(words.vvix_short, last, pen, 2), SERIES[3]),
        (tail, labelled(words.tail, tail, pen, 1), SECONDARY),
    ]
    pen.end_labels(axes, labels)
