"""VIX and SKEW, each with the middle and the tails of its own history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure

from reportgen.charts.amounts import head, last_value
from reportgen.charts.pen import ACCENT, BASE, SECONDARY, SERIES, TINT, WARNING, Pen
from reportgen.facts import Chart, Mark

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw(chart: Chart, words: Any, pen: Pen) -> Figure:
    """Draw VIX above SKEW, bands from the tenth to the ninetieth percentile behind them."""
    figure, (above, below) = pen.figure(
        "column", "standard", margins=(8, 31, 5, 6), nrows=2, sharex=True
    )
    figure.subplots_adjust(hspace=0.3)
    marks = {mark.code: mark for mark in chart.marks}
    head(above, words.upper)
    head(below, words.lower)
    _panel(above, chart, marks, "vix", ACCENT, words, pen)
    _panel(below, chart, marks, "skew", SERIES[1], words, pen)
    bound = marks["one_mode"].value.value
    below.axhline(bound, color=WARNING, linewidth=0.8)
    pen.end_labels(
        below,
        [*_labels(chart, marks, "skew", SERIES[1], words, pen), (bound, words.one_mode, WARNING)],
    )
    pen.end_labels(above, _labels(chart, marks, "vix", ACCENT, words, pen))
    above.set_ylim(bottom=0)
    below.margins(x=0.01)
    pen.years(below, 5)
    return figure


def _panel(
    axes: Axes, chart: Chart, marks: dict[str, Mark], code: str, colour: str, words: Any, pen: Pen
) -> None:
    low, middle, high = (marks[f"{code}_{name}"].value.value for name in ("low", "middle", "high"))
    axes.axhspan(low, high, color=TINT, linewidth=0, zorder=0)
    axes.axhline(middle, color=SECONDARY, linewidth=0.8, linestyle=BASE)
    line = chart.line(code)
    pen.line(axes, line, colour, linewidth=0.7)
    pen.last(axes, line, colour)
    pen.numbers(axes)


def _labels(
    chart: Chart, marks: dict[str, Mark], code: str, colour: str, words: Any, pen: Pen
) -> list[tuple[float, str, str]]:
    last, middle = last_value(chart.line(code)), marks[f"{code}_middle"].value.value
    return [
        (last, getattr(words, f"{code}_last"), colour),
        (middle, f"{words.median} {pen.formatter.number(middle, 1)}", SECONDARY),
    ]
