"""The drawing of the site: the headline probabilities over all editions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from markupsafe import Markup
from matplotlib.figure import Figure

from reportgen.charts.pen import BASE, SERIES, Pen, day_number, house_style, themed, to_svg

SPAN = 200
"""Days the horizontal axis has at least, so that the first editions do not look like a history."""
STEP = 10.0
"""The vertical axis ends at a multiple of it, per cent."""
_SIZES = {"wide": ("full", "tall", 34.0), "narrow": ("half", "tall", 27.0)}
"""Width, height, and millimetres for the labels behind the lines."""
_STYLE = re.compile(r'\sstyle="([^"]*)"')
_SHEET = re.compile(r"<defs>\s*<style.*?</style>\s*</defs>", re.S)


@dataclass(frozen=True)
class Point:
    """A probability of one edition, per cent, with what stands beside it."""

    day: date
    value: float
    low: float | None
    high: float | None
    base: float | None


@dataclass(frozen=True)
class Track:
    """A probability over the editions; ``None`` where an edition has none."""

    code: str
    points: tuple[Point | None, ...]

    @property
    def last(self) -> Point:
        """The newest point there is; ``StopIteration`` without any."""
        return next(one for one in reversed(self.points) if one is not None)


def drawings(tracks: tuple[Track, ...], labels: dict[str, str], pen: Pen) -> dict[str, Markup]:
    """Return the chart for a desk and for a telephone, as SVG to stand in a page.

    Args:
        tracks: in the order of their colours, each with a point.
        labels: short name by code.
        pen: of the language.
    """
    found = {}
    for size in _SIZES:
        code = f"series-{size}"
        with house_style(pen.family, code):
            svg = to_svg(_draw(tracks, labels, pen, size), code)
        found[size] = Markup(unstyled(themed(svg.decode())))
    return found


def unstyled(svg: str) -> str:
    """Return a drawing without style sheet and style attributes, which the page's policy forbids.

    What they say is said by attributes of their own; faces are left to the page, and so are the
    colours of the lines, which it lifts in the dark.
    """
    for number, colour in enumerate(SERIES, 1):
        svg = svg.replace(f": {colour}", f": var(--series-{number}, {colour})")
    svg = _SHEET.sub("", svg).replace(
        "<svg ", '<svg stroke-linejoin="round" stroke-linecap="butt" aria-hidden="true" ', 1
    )
    return _STYLE.sub(_attributes, svg)


def _attributes(found: re.Match[str]) -> str:
    pairs = (one.partition(":") for one in found[1].split(";") if one.strip())
    return "".join(
        f' {name.strip()}="{value.strip()}"'
        for name, _, value in pairs
        if name.strip() != "font-family"
    )


def _draw(tracks: tuple[Track, ...], labels: dict[str, str], pen: Pen, size: str) -> Figure:
    width, height, right = _SIZES[size]
    figure, axes = pen.figure(width, height, margins=(9, right, 3, 7))
    for track, colour in zip(tracks, SERIES, strict=False):
        _line(axes, track, colour)
    first, last = _reach(tracks)
    axes.set_xlim(day_number(first), day_number(last))
    axes.set_ylim(0, _top(tracks))
    pen.end_labels(
        axes,
        [
            (track.last.value, _label(labels[track.code], track.last.value, pen), colour)
            for track, colour in zip(tracks, SERIES, strict=False)
        ],
        gap=10.0,
    )
    pen.numbers(axes, suffix="%")
    _mark_time(axes, first, last, pen, wide=size == "wide")
    return figure


def _line(axes: Any, track: Track, colour: str) -> None:
    """Draw a probability with its interval as a tint and its base rate dotted."""
    for run in _runs(track.points):
        days = [one.day for one in run]
        known = [one for one in run if one.low is not None and one.high is not None]
        axes.fill_between(
            [one.day for one in known],
            [one.low for one in known],
            [one.high for one in known],
            color=colour,
            alpha=0.13,
            linewidth=0,
        )
        if len(known) == 1:  # a tint has no width there
            (one,) = known
            axes.vlines(one.day, one.low, one.high, color=colour, alpha=0.4, linewidth=2.4)
        based = [one for one in run if one.base is not None]
        axes.plot(
            [one.day for one in based],
            [one.base for one in based],
            color=colour,
            linestyle=BASE,
            linewidth=0.9,
        )
        if len(based) == 1:
            axes.plot(based[0].day, based[0].base, "_", color=colour, markersize=6)
        values = [one.value for one in run]
        axes.plot(days, values, color=colour, linewidth=1.4, marker="o", markersize=2.6)


def _runs(points: tuple[Point | None, ...]) -> list[list[Point]]:
    """Return the points without gaps between them, run by run."""
    found: list[list[Point]] = [[]]
    for one in points:
        if one is not None:
            found[-1].append(one)
        elif found[-1]:
            found.append([])
    return [run for run in found if run]


def _label(name: str, value: float, pen: Pen) -> str:
    return f"{name} {pen.formatter.number(value)}%"


def _reach(tracks: tuple[Track, ...]) -> tuple[date, date]:
    days = [one.day for track in tracks for one in track.points if one is not None]
    first, last = min(days), max(days)
    return min(first - timedelta(days=12), last - timedelta(days=SPAN)), last + timedelta(days=6)


def _top(tracks: tuple[Track, ...]) -> float:
    heights = [
        height
        for track in tracks
        for one in track.points
        if one is not None
        for height in (one.value, one.high, one.base)
        if height is not None
    ]
    return min(100.0, STEP * (int(max(heights) / STEP) + 1))


def _mark_time(axes: Any, first: date, last: date, pen: Pen, *, wide: bool) -> None:
    months = (last - first).days / 30.4
    if months > 40:
        pen.years(axes)
    else:
        most = 7 if wide else 4
        pen.months(axes, next(step for step in (1, 2, 3, 4, 6, 12) if months / step <= most))
