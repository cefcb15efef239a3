"""The fan of simulated closes after the last half-year, with the levels that may be touched."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from reportgen.charts.amounts import labelled, last_value
from reportgen.charts.pen import ACCENT, HOUSE, SECONDARY, TINT_WARM, WARNING, Pen, places
from reportgen.facts import Chart

WIDE, NARROW = "#dbe8f1", "#b3cfe0"
"""Nine paths in ten, one in two."""
ZONE = ("house_zone_low", "house_zone_high")


def draw(chart: Chart, words: Any, pen: Pen) -> Figure:
    """Draw closes, fan and levels; each level is named with its probability of being touched."""
    figure, axes = pen.figure("column", "tall", margins=(11, 47, 3, 7))
    for low, high, colour in (("p05", "p95", WIDE), ("p25", "p75", NARROW)):
        first, second = ([value or 0.0 for value in chart.line(code).y] for code in (low, high))
        axes.fill_between(places(chart.line(low)), first, second, color=colour, linewidth=0)
    pen.line(axes, chart.line("p50"))
    pen.line(axes, chart.line("close"), SECONDARY)
    start, end = places(chart.line("close"))[0], places(chart.line("p50"))[-1]
    issue = places(chart.line("p50"))[0]
    axes.set_xlim(start, end)
    levels = {mark.code: mark.value.value for mark in chart.marks}
    if all(code in levels for code in ZONE):
        low, high = (levels[code] for code in ZONE)
        axes.fill_between([issue, end], low, high, color=TINT_WARM, linewidth=0)
        stated = [(high, words.house_zone, WARNING)]
    else:
        stated = []
    labels = [
        (last_value(chart.line(code)), getattr(words, code), ACCENT)
        for code in ("p95", "p75", "p50", "p25", "p05")
    ]
    named = [(value, labelled(text, value, pen, 0), colour) for value, text, colour in labels]
    named += stated
    for code, level in levels.items():
        colour = WARNING if code.startswith("house") else ACCENT
        style = HOUSE if code.startswith("house") else "-"
        if code in ZONE:
            continue
        axes.plot([issue, end], [level, level], color=colour, linewidth=0.8, linestyle=style)
        named.append((level, getattr(words, code), colour))
    pen.end_labels(axes, named, gap=10.0)
    pen.numbers(axes)
    pen.months(axes, 3)
    return figure
