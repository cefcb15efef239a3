"""How deep the deepest drawdown of the window is on the simulated paths."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from reportgen.charts.pen import INK, SERIES, SMALL, Pen
from reportgen.facts import Chart

CLASSES = (
    ("calm", ("d00", "d05"), SERIES[2]),
    ("correction", ("d10", "d15"), SERIES[1]),
    ("bear", ("d20", "d25", "d30"), SERIES[0]),
    ("severe", ("d35", "d40", "d50"), SERIES[5]),
)
"""The exclusive classes, their buckets and colours."""


def draw(chart: Chart, words: Any, pen: Pen) -> Figure:
    """Draw the share of the paths in each bucket, its class named above."""
    figure, axes = pen.figure("column", "low", margins=(8, 2, 8, 7))
    line = chart.line("share")
    heights = {
        str(code): 100.0 * (value or 0.0) for code, value in zip(line.x, line.y, strict=True)
    }
    top = 1.24 * max(heights.values())
    for name, codes, colour in CLASSES:
        spots = [list(heights).index(code) for code in codes]
        axes.bar(spots, [heights[code] for code in codes], width=0.78, color=colour, linewidth=0)
        first, last = spots[0] - 0.39, spots[-1] + 0.39
        axes.plot([first, last], [top, top], color=colour, linewidth=1.4, clip_on=False)
        axes.annotate(
            getattr(words, name),
            xy=(first, top),
            xytext=(0, 2.5),
            textcoords="offset points",
            color=colour,
            fontsize=SMALL,
            annotation_clip=False,
        )
    for spot, height in enumerate(heights.values()):
        text = f"{pen.formatter.number(height, 0)}%"
        pen.note(axes, spot, height, text, ha="center", va="bottom", color=INK, fontsize=SMALL)
    axes.set_ylim(0, top)
    axes.set_xlim(-0.6, len(heights) - 0.4)
    axes.set_xticks(range(len(heights)), [getattr(words, code) for code in heights])
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True, steps=[1, 2, 5, 10]))
    pen.numbers(axes, suffix="%")
    axes.tick_params(axis="x", length=0)
    return figure
