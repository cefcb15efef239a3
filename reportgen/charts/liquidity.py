"""The Federal Reserve's liabilities as a stack, and net liquidity below total assets."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from reportgen.charts.amounts import TRILLION, head, labelled, last_value, scaled_axis
from reportgen.charts.pen import ACCENT, SECONDARY, SERIES, Pen, places
from reportgen.facts import Chart

STACK = ("reserves", "treasury_account", "reverse_repo")
SHADES = ("#8fb4cb", SERIES[1], SERIES[2])


def draw(chart: Chart, words: Any, pen: Pen) -> Figure:
    """Draw the stack from zero above the lines of total assets and net liquidity."""
    figure, (above, below) = pen.figure(
        "column", "tall", margins=(8, 36, 5, 6), nrows=2, height_ratios=(3, 2), sharex=True
    )
    figure.subplots_adjust(hspace=0.24)
    _stack(above, chart, words, pen)
    head(below, words.lower)
    lines = (("total_assets", SECONDARY), ("net_liquidity", ACCENT))
    for code, colour in lines:
        pen.line(below, chart.line(code), colour)
        pen.last(below, chart.line(code), colour)
    scaled_axis(below, pen, TRILLION, 0)
    pen.end_labels(below, [(*_label(chart, words, pen, code), colour) for code, colour in lines])
    pen.years(below)
    return figure


def _stack(axes: Any, chart: Chart, words: Any, pen: Pen) -> None:
    head(axes, words.upper)
    lines = [line for line in chart.lines if line.code in STACK]
    axes.stackplot(
        places(lines[0]),
        *[[value or 0.0 for value in line.y] for line in lines],
        colors=SHADES[: len(lines)],
        linewidth=0,
    )
    axes.set_ylim(0)
    axes.margins(x=0.01)
    scaled_axis(axes, pen, TRILLION, 0)
    labels, base = [], 0.0
    for line, colour in zip(lines, (ACCENT, *SHADES[1:]), strict=False):
        height = last_value(line)
        _, text = _label(chart, words, pen, line.code)
        labels.append((base + height / 2, text, colour))
        base += height
    pen.end_labels(axes, labels)


def _label(chart: Chart, words: Any, pen: Pen, code: str) -> tuple[float, str]:
    value = last_value(chart.line(code))
    return value, labelled(getattr(words, f"{code}_short"), value / TRILLION, pen, 2)
