"""Dollar and yen rates with the house's path, their differential, and USD/JPY."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from matplotlib.figure import Figure

from reportgen.charts.amounts import few_ticks, head, labelled, last_value
from reportgen.charts.pen import (
    ACCENT,
    HOUSE,
    SERIES,
    WARNING,
    Pen,
    day_number,
    places,
)
from reportgen.facts import Chart, Line

MARGIN_DAYS = 30


def draw(chart: Chart, words: Any, pen: Pen) -> Figure:
    """Draw three panels over the same years."""
    figure, (rates, apart, pair) = pen.figure(
        "column", "tall", margins=(8, 36, 5, 6), nrows=3, height_ratios=(3, 1.7, 2.4), sharex=True
    )
    figure.subplots_adjust(hspace=0.34)
    _rates(rates, chart, words, pen)
    head(apart, words.middle)
    differential = chart.line("differential")
    apart.fill_between(
        places(differential), [value or 0.0 for value in differential.y], 0, color="#dfe9f0", lw=0
    )
    pen.line(apart, differential)
    pen.last(apart, differential)
    pen.numbers(apart)
    value = last_value(differential)
    pen.end_labels(apart, [(value, labelled(words.differential_short, value, pen, 2), ACCENT)])
    _pair(pair, chart, words, pen)
    pen.years(pair)
    return figure


def _rates(axes: Any, chart: Chart, words: Any, pen: Pen) -> None:
    head(axes, words.upper)
    codes = {line.code: line for line in chart.lines}
    labels = []
    for code, colour in (("dollar", ACCENT), ("yen", SERIES[1])):
        pen.line(axes, codes[code], colour)
        value = last_value(codes[code])
        labels.append((value, labelled(getattr(words, f"{code}_short"), value, pen, 2), colour))
    if "boj_policy" in codes:
        policy = codes["boj_policy"]
        pen.line(axes, policy, SERIES[2], drawstyle="steps-post")
        labels.append((last_value(policy), _named(words.boj_short, policy, pen), SERIES[2]))
    labels += _house(axes, chart, codes, words, pen)
    few_ticks(axes, 6)
    pen.numbers(axes)
    axes.set_xlim(*_span(chart))
    pen.end_labels(axes, labels)


def _house(
    axes: Any, chart: Chart, codes: dict[str, Line], words: Any, pen: Pen
) -> list[tuple[float, str, str]]:
    """Draw the house's path dashed; return its labels."""
    labels = []
    if "dollar_house" in codes:
        path = codes["dollar_house"]
        pen.line(axes, path, WARNING, linestyle=HOUSE, linewidth=1.0)
        labels.append((last_value(path), _named(words.fed_house_short, path, pen, 1), WARNING))
    ends = {mark.code: mark for mark in chart.marks if mark.code.startswith("terminal")}
    if ends:
        low, high = (ends[code].value.value for code in ("terminal_low", "terminal_high"))
        at = day_number(str(ends["terminal_low"].at))
        axes.plot([at, at], [low, high], color=WARNING, linewidth=3.0, solid_capstyle="butt")
        numbers = f"{pen.formatter.number(low, 2)}{pen.formatter.language.range_sign}"
        text = f"{words.boj_house_short} {numbers}{pen.formatter.number(high, 2)}"
        labels.append(((low + high) / 2, text, WARNING))
    return labels


def _pair(axes: Any, chart: Chart, words: Any, pen: Pen) -> None:
    head(axes, words.lower)
    line = chart.line("usdjpy")
    pen.line(axes, line)
    pen.last(axes, line)
    pen.numbers(axes)
    labels = [(last_value(line), labelled(words.usdjpy_short, last_value(line), pen, 2), ACCENT)]
    for mark in chart.marks:
        if mark.code in ("trigger", "forecast"):
            level = mark.value.value
            axes.axhline(level, color=WARNING, linewidth=0.7, linestyle=HOUSE)
            name = getattr(words, f"{mark.code}_short")
            labels.append((level, labelled(name, level, pen, 0), WARNING))
    pen.end_labels(axes, labels)


def _named(name: str, line: Line, pen: Pen, digits: int = 2) -> str:
    return labelled(name, last_value(line), pen, digits)


def _span(chart: Chart) -> tuple[float, float]:
    """Return the first and last day any line or mark holds, with a little room behind."""
    days = [str(x) for line in chart.lines for x in line.x]
    days += [str(mark.at) for mark in chart.marks if mark.at is not None]
    last = date.fromisoformat(max(days)) + timedelta(days=MARGIN_DAYS)
    return day_number(min(days)), day_number(last)
