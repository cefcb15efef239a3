"""The index over a decade with both long averages, price levels and the drawdown below."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from reportgen.charts.amounts import labelled, last_value
from reportgen.charts.pen import (
    ACCENT,
    HOUSE,
    RULE,
    SECONDARY,
    SERIES,
    SMALL,
    TINT_WARM,
    WARNING,
    Pen,
    places,
)
from reportgen.facts import Chart

COLOURS = {"close": ACCENT, "average_200_day": SERIES[1], "average_200_week": SERIES[2]}
MANTISSAS = (1.0, 1.5, 2.0, 3.0, 5.0, 7.5)
ZONE = ("house_zone_low", "house_zone_high")


def draw(chart: Chart, words: Any, pen: Pen) -> Figure:
    """Draw closes on a logarithmic scale above the drawdown from the running record."""
    figure, (above, below) = pen.figure(
        "column", "tall", margins=(11, 37, 2, 7), nrows=2, height_ratios=(3, 1), sharex=True
    )
    figure.subplots_adjust(hspace=0.08)
    for code, colour in COLOURS.items():
        width = 1.2 if code == "close" else 0.9
        pen.line(above, chart.line(code), colour, linewidth=width)
    pen.last(above, chart.line("close"))
    above.set_yscale("log")
    _zone(above, chart, words, pen)
    _round_ticks(above)
    pen.numbers(above)
    labels = [
        (last_value(chart.line(code)), getattr(words, code), colour)
        for code, colour in COLOURS.items()
    ]
    for mark in chart.marks:
        if mark.code in ("trough_median", "house_main"):
            stated = mark.code == "house_main"
            colour = WARNING if stated else ACCENT
            style = HOUSE if stated else "-"
            above.axhline(mark.value.value, color=colour, linewidth=0.6, linestyle=style)
            labels.append((mark.value.value, getattr(words, mark.code), colour))
    pen.end_labels(above, [(y, labelled(text, y, pen, 0), c) for y, text, c in labels], gap=9.8)
    drawdown = chart.line("drawdown")
    below.fill_between(places(drawdown), [v or 0 for v in drawdown.y], 0, color=RULE, linewidth=0)
    pen.line(below, drawdown, SECONDARY, linewidth=0.7)
    pen.numbers(below, suffix="%")
    last = last_value(drawdown)
    pen.end_labels(below, [(last, labelled(words.drawdown, last, pen, 1, "%"), SECONDARY)])
    pen.years(below)
    return figure


def _zone(axes: Any, chart: Chart, words: Any, pen: Pen) -> None:
    """Tint the house's floor zone, when there is one, and name it at its left end."""
    levels = {mark.code: mark.value.value for mark in chart.marks if mark.code in ZONE}
    if len(levels) < len(ZONE):
        return
    low, high = (levels[code] for code in ZONE)
    axes.axhspan(low, high, color=TINT_WARM, linewidth=0, zorder=0)
    start = axes.get_xlim()[0]
    pen.note(axes, start, high, f" {words.house_zone}", color=WARNING, va="bottom", fontsize=SMALL)


def _round_ticks(axes: Any) -> None:
    low, high = axes.get_ylim()
    scales = [10.0**power for power in range(7)]
    ticks = [scale * number for scale in scales for number in MANTISSAS]
    axes.set_yticks([tick for tick in ticks if low <= tick <= high])
    axes.minorticks_off()
