"""The index over a decade with both long averages, price levels and the drawdown below."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from reportgen.charts.pen import ACCENT, HOUSE, RULE, SECONDARY, SERIES, WARNING, Pen, places
from reportgen.facts import Chart


def draw(chart: Chart, words: Any, pen: Pen) -> Figure:
    """Draw closes on a logarithmic scale above the drawdown from the running record."""
    figure, (above, below) = pen.figure(
        "column", "tall", margins=(11, 27, 2, 7), nrows=2, height_ratios=(3, 1), sharex=True
    )
    figure.subplots_adjust(hspace=0.08)
    close = chart.line("close")
    colours = {"close": ACCENT, "average_200_day": SERIES[1], "average_200_week": SERIES[2]}
    for code, colour in colours.items():
        width = 1.2 if code == "close" else 0.9
        pen.line(above, chart.line(code), colour, linewidth=width)
    pen.last(above, close)
    above.set_yscale("log")
    above.set_yticks([5000, 7500, 10000, 15000, 20000])
    above.minorticks_off()
    pen.numbers(above)
    labels = [(chart.line(code).y[-1], getattr(words, code), c) for code, c in colours.items()]
    for mark in chart.marks:
        if mark.code != "last":
            above.axhline(mark.value.value, color=WARNING, linewidth=0.6, linestyle=HOUSE)
            labels.append((mark.value.value, getattr(words, mark.code), WARNING))
    pen.end_labels(above, [(float(y or 0), text, colour) for y, text, colour in labels])
    drawdown = chart.line("drawdown")
    below.fill_between(places(drawdown), [v or 0 for v in drawdown.y], 0, color=RULE, linewidth=0)
    pen.line(below, drawdown, SECONDARY, linewidth=0.7)
    pen.numbers(below, suffix="%")
    pen.end_labels(below, [(-20.0, words.drawdown, SECONDARY)])
    pen.years(below)
    return figure
