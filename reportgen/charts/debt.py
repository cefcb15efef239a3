"""Debt against its limit with the simulated path, and both dates by month."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from matplotlib.figure import Figure

from reportgen.charts.amounts import TRILLION, head, last_value, scaled_axis
from reportgen.charts.pen import (
    ACCENT,
    RULE,
    SECONDARY,
    SERIES,
    SMALL,
    TINT_WARM,
    WARNING,
    Pen,
    day_number,
    places,
)
from reportgen.facts import Chart

BAR_DAYS = 12.0
ROOM_DAYS = 60


def draw(chart: Chart, words: Any, pen: Pen) -> Figure:
    """Draw debt and limit above the probability of limit date and X-date by month."""
    figure, (above, below) = pen.figure(
        "column", "tall", margins=(9, 30, 5, 6), nrows=2, height_ratios=(3, 2), sharex=True
    )
    figure.subplots_adjust(hspace=0.24)
    _debt(above, chart, words, pen)
    _months(below, chart, words, pen)
    for axes in (above, below):
        _bands(axes, chart)
    for band in chart.bands:
        if band.code == "house":
            _name(below, band.start, words.house)
    pen.years(below)
    return figure


def _debt(axes: Any, chart: Chart, words: Any, pen: Pen) -> None:
    head(axes, words.upper)
    middle, early, late = (chart.line(code) for code in ("middle", "early", "late"))
    low, high = ([value or 0.0 for value in line.y] for line in (late, early))
    axes.fill_between(places(early), low, high, color="#cfdfe9", linewidth=0)
    pen.line(axes, chart.line("subject"), SECONDARY)
    pen.last(axes, chart.line("subject"), SECONDARY)
    pen.line(axes, middle, ACCENT)
    limit = chart.marks[0].value.value
    axes.axhline(limit, color=WARNING, linewidth=0.9)
    scaled_axis(axes, pen, TRILLION, 0)
    axes.set_xlim(*_span(chart))
    axes.set_ylim(*_heights(chart, limit))
    number = pen.formatter.number(limit / TRILLION, 1)
    last = chart.line("subject")
    pen.end_labels(axes, [(limit, f"{words.limit} {number}", WARNING)])
    axes.annotate(
        f"{words.subject_short} {pen.formatter.number(last_value(last) / TRILLION, 2)}",
        xy=(day_number(str(last.x[-1])), last_value(last)),
        xytext=(-4, 4),
        textcoords="offset points",
        ha="right",
        color=SECONDARY,
        fontsize=SMALL,
    )


def _months(axes: Any, chart: Chart, words: Any, pen: Pen) -> None:
    head(axes, words.lower)
    labels = []
    for code, colour, shift in (("limit_date", SERIES[1], 9.0), ("x_date", ACCENT, 20.0)):
        found = [line for line in chart.lines if line.code == code]
        for line in found:
            heights = [100.0 * (value or 0.0) for value in line.y]
            starts = [day_number(str(place)) + shift for place in line.x]
            axes.bar(starts, heights, width=BAR_DAYS, color=colour, linewidth=0)
            labels.append((max(heights), getattr(words, f"{code}_short"), colour))
    axes.set_ylim(0)
    pen.numbers(axes, suffix="%")
    pen.end_labels(axes, labels)


def _bands(axes: Any, chart: Chart) -> None:
    for band in chart.bands:
        start, end = day_number(str(band.start)), day_number(str(band.end))
        if band.code == "house":
            axes.axvspan(start, end, color=TINT_WARM, linewidth=0, zorder=0)
        else:
            axes.axvline(end, color=RULE, linewidth=1.2, zorder=0)


def _name(axes: Any, start: Any, text: str) -> None:
    """Write the name of the house's window to the left of it, at the top."""
    axes.annotate(
        text,
        xy=(day_number(str(start)), 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(-3, -2),
        textcoords="offset points",
        ha="right",
        va="top",
        color=WARNING,
        fontsize=SMALL,
    )


def _heights(chart: Chart, limit: float) -> tuple[float, float]:
    """Return the heights between the lowest debt shown and a little above the limit."""
    line, start = chart.line("subject"), _span(chart)[0]
    pairs = zip(line.x, line.y, strict=True)
    shown = [value for day, value in pairs if value and day_number(str(day)) >= start]
    low = min(shown)
    return low - 0.05 * (limit - low), limit + 0.08 * (limit - low)


def _span(chart: Chart) -> tuple[float, float]:
    """Return two years before the last observation to a little after the last month drawn."""
    last_seen = date.fromisoformat(str(chart.line("subject").x[-1]))
    dated = [line for line in chart.lines if line.code in ("limit_date", "x_date")]
    months = [str(place) for line in dated for place in line.x]
    end = date.fromisoformat(max(months, default=last_seen.isoformat()))
    return day_number(last_seen.replace(year=last_seen.year - 2, day=1)), day_number(
        end + timedelta(days=ROOM_DAYS)
    )
