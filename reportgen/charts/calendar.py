"""The calendar of catalysts: shares of the hazard by month above the dated events."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from matplotlib.figure import Figure

from reportgen.charts.amounts import head
from reportgen.charts.pen import (
    ACCENT,
    BASE,
    INK,
    PAPER,
    RULE,
    SECONDARY,
    SERIES,
    SMALL,
    WARNING,
    Pen,
    day_number,
)
from reportgen.facts import Band, Chart

ROWS = ("fomc", "boj", "data", "reports", "politics")
STATED = {"house_a": ("spring", "autumn"), "house_b": ("flash_crash",)}
"""Windows of the house that share a row: the two of the conclusions, and the third."""
MIDDLE = timedelta(days=14)
BAR_DAYS = 17.0
TIGHT_DAYS = 12


def draw(chart: Chart, words: Any, pen: Pen) -> Figure:
    """Draw the shares, where there are any, above a row for each kind of event."""
    codes = {line.code for line in chart.lines}
    margins = (30, 17, 5, 8)
    if "share" in codes:
        figure, (above, below) = pen.figure(
            "column", "tall", margins=margins, nrows=2, height_ratios=(2, 3), sharex=True
        )
        figure.subplots_adjust(hspace=0.2)
        _shares(above, chart, words, pen)
    else:
        figure, below = pen.figure("column", "standard", margins=margins)
    _rows(below, chart, words, pen)
    span = next(band for band in chart.bands if band.code == "window")
    start = date.fromisoformat(str(span.start)).replace(day=1)
    below.set_xlim(day_number(start), day_number(str(span.end)) + 2)
    _months(below, start, date.fromisoformat(str(span.end)), pen)
    return figure


def _months(axes: Any, start: date, end: date, pen: Pen) -> None:
    """Put a line at the start of each month and its number in the middle, January with its year."""
    firsts = []
    while start <= end:
        firsts.append(start)
        start = date(start.year + start.month // 12, start.month % 12 + 1, 1)
    axes.set_xticks([day_number(day) for day in firsts], [""] * len(firsts))
    axes.tick_params(axis="x", length=0)
    for number, day in enumerate(firsts):
        whole = number == 0 or day.month == 1
        text = f"{day.month}\n{day.year}" if whole else str(day.month)
        axes.annotate(
            text,
            xy=(day_number(day + MIDDLE), 0),
            xycoords=("data", "axes fraction"),
            xytext=(0, -3),
            textcoords="offset points",
            ha="center",
            va="top",
            color=SECONDARY,
            fontsize=SMALL,
        )


def _shares(axes: Any, chart: Chart, words: Any, pen: Pen) -> None:
    head(axes, words.upper)
    share, low, high = (chart.line(code) for code in ("share", "low", "high"))
    spots = [day_number(date.fromisoformat(str(day)) + MIDDLE) for day in share.x]
    heights, floor, roof = ([100 * (y or 0.0) for y in one.y] for one in (share, low, high))
    axes.bar(spots, heights, width=BAR_DAYS, color=SERIES[0], linewidth=0)
    axes.vlines(spots, floor, roof, color=INK, linewidth=0.8)
    even = 100 * (chart.line("even").y[0] or 0.0)
    axes.axhline(even, color=SECONDARY, linewidth=1.1, linestyle=BASE)
    axes.set_ylim(0, 1.15 * max(roof))
    pen.numbers(axes, suffix="%")
    pen.end_labels(axes, [(even, words.even_short, SECONDARY)])


def _rows(axes: Any, chart: Chart, words: Any, pen: Pen) -> None:
    """Draw one row a kind of event with the day of the month at each, the house's rows last."""
    head(axes, words.lower)
    lines = {line.code: line for line in chart.lines}
    named = [code for code in ROWS if code in lines]
    labels = [getattr(words, f"{code}_short") for code in named]
    for row, code in enumerate(named):
        line = lines[code]
        days = [str(day) for day, y in zip(line.x, line.y, strict=True) if y]
        expected = {str(band.start) for band in chart.bands if band.code == f"expected_{code}"}
        _dots(axes, row, days, expected, pen)
    for name, group in STATED.items():
        bands = [band for band in chart.bands if band.code in group]
        if bands:
            _windows(axes, len(labels), bands)
            labels.append(getattr(words, f"{name}_short"))
    axes.set_yticks(range(len(labels)), labels)
    for number, tick in enumerate(axes.get_yticklabels()):
        tick.set_color(INK if number < len(named) else WARNING)
        tick.set_fontsize(SMALL + 0.4)
    axes.tick_params(axis="y", pad=8)  # the first day's number may stand left of its dot
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.grid(visible=False)
    axes.grid(axis="x", color=RULE, linewidth=0.5)
    axes.hlines(range(len(named)), *axes.get_xlim(), color=RULE, linewidth=0.5)


def _dots(axes: Any, row: int, days: list[str], expected: set[str], pen: Pen) -> None:
    """Draw the days of a row, hollow where they are expected by custom only."""
    places = [day_number(day) for day in days]
    fills = [PAPER if day in expected else ACCENT for day in days]
    axes.scatter(
        places, [row] * len(days), s=12, c=fills, edgecolors=ACCENT, linewidths=0.8, zorder=4
    )
    for number, (place, day) in enumerate(zip(places, days, strict=True)):
        tight = number + 1 < len(places) and places[number + 1] - place < TIGHT_DAYS
        axes.annotate(
            pen.formatter.number(date.fromisoformat(day).day),
            xy=(place, row),
            xytext=(-3.5 if tight else 3.5, 0),
            textcoords="offset points",
            ha="right" if tight else "left",
            va="center",
            color=SECONDARY,
            fontsize=SMALL - 0.4,
            bbox=pen.ground(),
        )


def _windows(axes: Any, row: int, bands: list[Band]) -> None:
    for band in bands:
        start, end = day_number(str(band.start)), day_number(str(band.end)) + 1
        axes.barh(row, end - start, left=start, height=0.34, color=WARNING, alpha=0.55, linewidth=0)
