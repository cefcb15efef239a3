"""How likely each event is by horizon: model, base rates and house view side by side."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from reportgen.charts.amounts import head, last_value
from reportgen.charts.pen import ACCENT, BASE, HOUSE, SECONDARY, SERIES, WARNING, Pen, places
from reportgen.facts import Chart, Line

EVENTS = ("flash", "bear", "severe")
HORIZONS = {21.0: "1", 63.0: "3", 126.0: "6", 252.0: "12"}
"""Trading days, and the months they stand for."""
SHADE = "#cfdfe9"
STATES = {"all": SECONDARY, "near_high_calm": SERIES[2]}
"""Base rates that are drawn; the others stand in the table."""


def draw(chart: Chart, words: Any, pen: Pen) -> Figure:
    """Draw one panel an event, on a common scale in per cent."""
    found = [code for code in EVENTS if any(line.code == f"{code}_model" for line in chart.lines)]
    figure, axes = pen.figure(
        "full", "standard", margins=(8, 25, 5, 7), ncols=len(found), sharey=True, squeeze=False
    )
    figure.subplots_adjust(wspace=0.9)
    for panel, code in zip(axes[0], found, strict=True):
        _panel(panel, code, chart, words, pen)
    axes[0][0].set_ylim(0)
    pen.numbers(axes[0][0], suffix="%")
    for panel, code in zip(axes[0], found, strict=True):
        _labels(panel, code, chart, words, pen)
    return figure


def _panel(axes: Any, code: str, chart: Chart, words: Any, pen: Pen) -> None:
    head(axes, getattr(words, code))
    low, high = (_percent(chart.line(f"{code}_{part}")) for part in ("low", "high"))
    days = places(chart.line(f"{code}_low"))
    axes.fill_between(days, low, high, color=SHADE, linewidth=0)
    axes.plot(days, _percent(chart.line(f"{code}_model")), color=ACCENT, linewidth=1.3)
    for state, colour in STATES.items():
        for line in chart.lines:
            if line.code == f"{code}_{state}":
                axes.plot(places(line), _percent(line), color=colour, linewidth=1.1, linestyle=BASE)
                axes.plot(places(line), _percent(line), "o", markersize=2.2, color=colour)
    stated = _stated(chart, code)
    if stated is not None:
        low_view, high_view, at = stated
        for height in {low_view, high_view} - {0.0}:
            axes.plot([at - 60, 258], [height] * 2, color=WARNING, linewidth=1.0, linestyle=HOUSE)
    axes.set_xlim(0, 258)
    axes.set_xticks(list(HORIZONS), list(HORIZONS.values()))


def _labels(axes: Any, code: str, chart: Chart, words: Any, pen: Pen) -> None:
    """Write name and last value at the end of each line of a panel."""
    curves = {"model": (f"{code}_model", ACCENT)} | {
        state: (f"{code}_{state}", colour) for state, colour in STATES.items()
    }
    labels = []
    for name, (line_code, colour) in curves.items():
        for line in chart.lines:
            if line.code == line_code:
                value = 100.0 * last_value(line)
                number = pen.formatter.number(value, 0)
                labels.append((value, f"{getattr(words, name)} {number}%", colour))
    stated = _stated(chart, code)
    if stated is not None:
        low, high, _ = stated
        labels.append(((low + high) / 2 if low else high, getattr(words, f"{code}_house"), WARNING))
    pen.end_labels(axes, labels, gap=8.6)


def _percent(line: Line) -> list[float]:
    return [float("nan") if value is None else 100.0 * value for value in line.y]


def _stated(chart: Chart, code: str) -> tuple[float, float, float] | None:
    """Return the house's low and high in per cent and the day they refer to."""
    marks = {mark.code: mark for mark in chart.marks}
    low, high = marks.get(f"{code}_house_low"), marks.get(f"{code}_house_high")
    if low is None or high is None:
        return None
    return 100.0 * low.value.value, 100.0 * high.value.value, float(high.at or 0.0)
