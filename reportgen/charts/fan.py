"""The fan of simulated closes after the last half-year, with the levels that may be touched."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from reportgen.charts.amounts import labelled, last_value
from reportgen.charts.pen import ACCENT, HOUSE, SECONDARY, TINT_WARM, WARNING, Pen, places
from reportgen.facts import Chart

SHADES = (("p05", "p95", "#dbe8f1"), ("p25", "p75", "#b3cfe0"))
"""Nine paths in ten, one in two."""
ENDS = ("p95", "p75", "p50", "p25", "p05")
ZONE = ("house_zone_low", "house_zone_high")
Labels = list[tuple[float, str, str]]


def draw(chart: Chart, words: Any, pen: Pen) -> Figure:
    """Draw closes, fan and levels; each level is named with its probability of being touched."""
    figure, axes = pen.figure("column", "tall", margins=(11, 47, 3, 7))
    for lower, upper, shade in SHADES:
        low, high = ([value or 0.0 for value in chart.line(code).y] for code in (lower, upper))
        axes.fill_between(places(chart.line(lower)), low, high, color=shade, linewidth=0)
    pen.line(axes, chart.line("p50"))
    pen.line(axes, chart.line("close"), SECONDARY)
    axes.set_xlim(places(chart.line("close"))[0], places(chart.line("p50"))[-1])
    labels: Labels = []
    for code in ENDS:
        value = last_value(chart.line(code))
        labels.append((value, labelled(getattr(words, code), value, pen, 0), ACCENT))
    labels += _levels(axes, chart, words)
    pen.end_labels(axes, labels, gap=10.0)
    pen.numbers(axes)
    pen.months(axes, 3)
    return figure


def _levels(axes: Any, chart: Chart, words: Any) -> Labels:
    """Draw the levels over the time to come, the house's zone tinted; return their labels."""
    median = places(chart.line("p50"))
    ahead = [median[0], median[-1]]
    levels = {mark.code: mark.value.value for mark in chart.marks}
    labels: Labels = []
    if all(code in levels for code in ZONE):
        low, high = (levels[code] for code in ZONE)
        axes.fill_between(ahead, low, high, color=TINT_WARM, linewidth=0)
        labels.append((high, words.house_zone, WARNING))
    for code, level in levels.items():
        if code in ZONE:
            continue
        stated = code.startswith("house")
        colour, style = (WARNING, HOUSE) if stated else (ACCENT, "-")
        axes.plot(ahead, [level, level], color=colour, linewidth=0.8, linestyle=style)
        labels.append((level, getattr(words, code), colour))
    return labels
