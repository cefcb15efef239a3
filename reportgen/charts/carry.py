"""What the carry trade pays for its risk, and who holds yen futures."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from reportgen.charts.amounts import THOUSAND, few_ticks, head, labelled, last_value, scaled_axis
from reportgen.charts.pen import ACCENT, BASE, SECONDARY, SERIES, Pen, places
from reportgen.facts import Chart


def draw(chart: Chart, words: Any, pen: Pen) -> Figure:
    """Draw carry-to-volatility above net positions; alone where there are no positions."""
    codes = {line.code for line in chart.lines}
    margins = (8.0, 36.0, 5.0, 6.0)
    if "net" not in codes:
        figure, alone = pen.figure("column", "standard", margins=margins)
        _pay(alone, chart, words, pen)
        pen.years(alone)
        return figure
    figure, (above, below) = pen.figure(
        "column", "standard", margins=margins, nrows=2, height_ratios=(3, 2), sharex=True
    )
    figure.subplots_adjust(hspace=0.34)
    _pay(above, chart, words, pen)
    head(below, words.lower)
    net = chart.line("net")
    heights = [value or 0.0 for value in net.y]
    for sign, colour in ((1.0, ACCENT), (-1.0, SERIES[1])):
        part = [max(0.0, sign * value) * sign for value in heights]
        below.fill_between(places(net), part, 0, step="mid", color=colour, linewidth=0, alpha=0.75)
    below.axhline(0, color=SECONDARY, linewidth=0.6)
    few_ticks(below, 4)
    scaled_axis(below, pen, THOUSAND, 0)
    value = last_value(net)
    text = labelled(words.net_short, value / THOUSAND, pen, 0)
    pen.end_labels(below, [(value, text, ACCENT if value >= 0 else SERIES[1])])
    pen.years(below)
    return figure


def _pay(axes: Any, chart: Chart, words: Any, pen: Pen) -> None:
    head(axes, words.upper)
    ratio = chart.line("ratio")
    pen.line(axes, ratio)
    pen.last(axes, ratio)
    axes.margins(x=0.01)
    quartile = chart.marks[0].value.value
    axes.axhline(quartile, color=SECONDARY, linewidth=0.8, linestyle=BASE)
    axes.axhline(0, color=SECONDARY, linewidth=0.6)
    few_ticks(axes, 5)
    pen.numbers(axes, 1)
    pen.end_labels(
        axes,
        [
            (last_value(ratio), labelled(words.ratio_short, last_value(ratio), pen, 2), ACCENT),
            (quartile, labelled(words.quartile, quartile, pen, 2), SECONDARY),
        ],
    )
