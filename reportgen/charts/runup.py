"""The index from 2020 on beside the index from 1995 on."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullFormatter

from reportgen.charts.pen import ACCENT, SECONDARY, SERIES, SMALL, Pen
from reportgen.facts import Chart, Line

YEAR = 52
STRETCH = 80
STEPS = (50, 100, 200, 400, 800, 1600)


def draw(chart: Chart, words: Any, pen: Pen) -> Figure:
    """Draw both runs by years since their start, on a logarithmic scale."""
    figure, axes = pen.figure("half", "low", margins=(8, 5, 3, 6))
    then, now = chart.line("then"), chart.line("now")
    axes.set_yscale("log")
    pen.line(axes, then, SERIES[1])
    pen.line(axes, now, ACCENT, linewidth=1.5)
    pen.last(axes, now)
    axes.yaxis.set_major_locator(FixedLocator(STEPS))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.minorticks_off()
    pen.numbers(axes)
    top = max(value or 0.0 for value in (*then.y, *now.y))
    bottom = min(value for value in (*then.y, *now.y) if value is not None)
    axes.set_ylim(bottom * 0.9, top * 1.35)
    length = max(len(then.x), len(now.x))
    axes.set_xlim(0, length * 1.02)
    years = range(0, length // YEAR + 1)
    axes.set_xticks([year * YEAR for year in years], [str(year) for year in years])
    axes.axhline(100, color=SECONDARY, linewidth=0.6)
    _name(axes, then, words.then_label, pen)
    _name_below(axes, now, words.now_label, pen)
    _same_week(axes, then, now, pen)
    return figure


def _peak(line: Line) -> tuple[float, float]:
    height, place = max((value or 0.0, float(x)) for x, value in zip(line.x, line.y, strict=True))
    return place, height


def _name_below(axes: Any, line: Line, text: str, pen: Pen) -> None:
    """Write the name under the last stretch of the line, clear of its dips."""
    stretch = [value for value in line.y[-STRETCH:] if value is not None]
    axes.annotate(
        text,
        xy=(float(line.x[-1]), min(stretch)),
        xytext=(2, -9),
        textcoords="offset points",
        ha="right",
        fontsize=SMALL,
        color=ACCENT,
        bbox=pen.ground(),
    )


def _name(axes: Any, line: Line, text: str, pen: Pen) -> None:
    place, height = _peak(line)
    axes.annotate(
        text,
        xy=(place, height),
        xytext=(-3, 4),
        textcoords="offset points",
        ha="right",
        fontsize=SMALL,
        color=SERIES[1],
        bbox=pen.ground(),
    )


def _same_week(axes: Any, then: Line, now: Line, pen: Pen) -> None:
    """Mark where the earlier run stood as many weeks after its start as the later one stands."""
    at = float(now.x[-1])
    for place, height in zip(then.x, then.y, strict=True):
        if float(place) == at and height is not None:
            axes.plot([at], [height], "o", markersize=3, color=SERIES[1])
            axes.annotate(
                pen.formatter.number(height),
                xy=(at, height),
                xytext=(4, -4),
                textcoords="offset points",
                va="center",
                fontsize=SMALL,
                color=SERIES[1],
                bbox=pen.ground(),
            )
