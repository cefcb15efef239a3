"""The pen: one style for every chart, in one language.

A chart is drawn without title, subtitle and source: those stand in the page as text. House
view is dashed, model solid, base rate dotted, everywhere the same.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.dates import DateFormatter, YearLocator, date2num
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager
from matplotlib.ticker import FuncFormatter

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from reportgen.facts import Chart, Line
    from reportgen.i18n import Formatter

INK, SECONDARY, RULE, PAPER = "#1b1f24", "#5b6470", "#d7dce2", "#ffffff"
GROUND = "#fffffe"
"""The paper behind a label; a colour of its own, because white text on colour stays white."""
ACCENT, WARNING = "#0b5c8a", "#c8441b"
SERIES = ("#0b5c8a", "#e08a1e", "#4a7f3a", "#8c5a9e", "#6b7580", "#b3382c")
TINT, TINT_WARM = "#dfe9f0", "#f6e3dc"
HEAT = ("#eef4f7", "#f6d9b8", "#e9a15f", "#c8441b", "#8f1d14")
MODEL, HOUSE, BASE = "-", (0, (4, 2)), (0, (1, 1.6))
"""Line styles: what the model computed, what the house assumed, what history shows."""

MILLIMETRE = 1 / 25.4
WIDTHS = {"full": 166.0, "column": 139.0, "half": 81.0}
HEIGHTS = {"low": 40.0, "standard": 49.0, "tall": 63.0, "grid": 82.0}
"""Sizes in millimetres; charts come in these and no others."""

SIZE, SMALL = 7.6, 6.8


@dataclass(frozen=True)
class Pen:
    """Draws in one language.

    Args:
        formatter: writes numbers and days.
        family: the language's sans-serif faces, in the order they are asked.
    """

    formatter: Formatter
    family: tuple[str, ...]

    def figure(
        self,
        width: str = "column",
        height: str = "standard",
        margins: tuple[float, float, float, float] = (9.0, 3.0, 3.0, 7.0),
        **grid: Any,
    ) -> tuple[Figure, Any]:
        """Return a figure and its axes.

        Args:
            width: a key of ``WIDTHS``.
            height: a key of ``HEIGHTS``.
            margins: left, right, top, bottom in millimetres (labels stand inside them).
            grid: passed to ``Figure.subplots`` (``nrows``, ``height_ratios``, ``sharex`` …).
        """
        wide, high = WIDTHS[width], HEIGHTS[height]
        figure = Figure(figsize=(wide * MILLIMETRE, high * MILLIMETRE))
        left, right, top, bottom = margins
        axes = figure.subplots(**grid)
        figure.subplots_adjust(
            left=left / wide, right=1 - right / wide, top=1 - top / high, bottom=bottom / high
        )
        for one in figure.axes:
            self._plain_axes(one)
        return figure, axes

    def _plain_axes(self, axes: Axes) -> None:
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        axes.spines["bottom"].set_color(SECONDARY)
        axes.spines["bottom"].set_linewidth(0.6)
        axes.grid(axis="y", color=RULE, linewidth=0.5)
        axes.set_axisbelow(True)
        axes.tick_params(length=2, width=0.5, color=SECONDARY, labelcolor=SECONDARY, pad=2)
        axes.tick_params(axis="y", length=0)

    # -- axes -------------------------------------------------------------------------------

    def numbers(
        self,
        axes: Axes,
        digits: int = 0,
        suffix: str = "",
        *,
        which: str = "y",
        signed: bool = False,
    ) -> None:
        """Write the ticks of an axis as numbers of the language, with ``suffix`` behind each.

        Ticks that lie closer than ``digits`` can tell get as many decimals as they need.
        """
        axis = axes.yaxis if which == "y" else axes.xaxis

        def tick(value: float, _: int) -> str:
            plus = "+" if signed and value > 0 else ""
            needed = max(digits, decimals(list(axis.get_majorticklocs())))
            return f"{plus}{self.formatter.number(value, needed)}{suffix}"

        axis.set_major_formatter(FuncFormatter(tick))

    def years(self, axes: Axes, every: int = 0) -> None:
        """Mark the horizontal axis by years; a long one, by default, by every second or fifth."""
        axes.xaxis.set_major_locator(YearLocator(every or _years_apart(*axes.get_xlim())))
        axes.xaxis.set_major_formatter(DateFormatter("%Y"))

    def months(self, axes: Axes, every: int = 1) -> None:
        """Mark the horizontal axis by months, with the year at each January and at the start."""
        from matplotlib.dates import MonthLocator, num2date

        axes.xaxis.set_major_locator(MonthLocator(interval=every))
        first: list[bool] = []

        def tick(value: float, position: int | None) -> str:
            day = num2date(value)
            whole = day.month <= every or position == 0 or not first
            first.append(True)
            return f"{day.year}/{day.month}" if whole else str(day.month)

        axes.xaxis.set_major_formatter(FuncFormatter(tick))

    # -- lines ------------------------------------------------------------------------------

    def line(self, axes: Axes, line: Line, colour: str = ACCENT, **style: Any) -> None:
        """Draw a line of the chart."""
        options = {"linewidth": 1.2, "solid_capstyle": "round", **style}
        heights = [float("nan") if value is None else value for value in line.y]
        axes.plot(places(line), heights, color=colour, **options)

    def end_labels(
        self,
        axes: Axes,
        labels: Sequence[tuple[float, str, str]],
        gap: float = 9.0,
        pad: float = 3.0,
    ) -> None:
        """Write labels at the right edge, moved apart where they would touch.

        Args:
            axes: where.
            labels: height on the vertical axis, text and colour of each.
            gap: least distance of two labels, points.
            pad: distance from the axes' edge, points.
        """
        axes.get_ylim()  # limits are scaled lazily, and the transformation does not ask for them
        heights = [axes.transData.transform((0, value))[1] for value, _, _ in labels]
        dots = axes.figure.dpi / 72
        for index, place in _spread(heights, gap * dots):
            value, text, colour = labels[index]
            axes.annotate(
                text,
                xy=(1, value),
                xycoords=("axes fraction", "data"),
                xytext=(pad, (place - heights[index]) / dots),
                textcoords="offset points",
                va="center",
                color=colour,
                fontsize=SIZE,
                annotation_clip=False,
            )

    def ground(self) -> dict[str, Any]:
        """Return the paper behind a label, so that no line strikes through it."""
        return {"facecolor": GROUND, "edgecolor": "none", "pad": 0.4}

    def level(
        self, axes: Axes, value: float, text: str, colour: str = SECONDARY, **style: Any
    ) -> None:
        """Draw a thin line right across with its label above it at the left."""
        axes.axhline(value, color=colour, **{"linewidth": 0.7, "linestyle": HOUSE, **style})
        axes.annotate(
            text,
            xy=(0, value),
            xycoords=("axes fraction", "data"),
            xytext=(2, 1.5),
            textcoords="offset points",
            color=colour,
            fontsize=SMALL,
            bbox=self.ground(),
        )

    def note(self, axes: Axes, x: Any, y: float, text: str, **style: Any) -> None:
        """Write a short text at a place of the data."""
        options = {"fontsize": SMALL, "color": SECONDARY, **style}
        axes.text(x, y, text, **options)

    def last(self, axes: Axes, line: Line, colour: str = ACCENT) -> None:
        """Mark the last value of a line with a dot."""
        axes.plot(places(line)[-1:], [line.y[-1] or 0.0], "o", markersize=3, color=colour)


def _years_apart(first: float, last: float) -> int:
    """Return how many years lie between two marks, so that their numbers do not touch."""
    span = (last - first) / 365.25
    return 1 if span <= 13 else 2 if span <= 24 else 5


def decimals(ticks: Sequence[float]) -> int:
    """Return how many decimals tell the ticks of an axis apart, three at most."""
    steps = [abs(after - before) for before, after in pairwise(ticks)]
    step = min((one for one in steps if one > 0), default=1.0)
    return next((count for count in range(3) if abs(step - round(step, count)) < step / 100), 3)


def places(line: Line) -> list[Any]:
    """Return the horizontal places of a line as matplotlib takes them; ISO days as dates."""
    if line.x and isinstance(line.x[0], str) and re.fullmatch(r"\d{4}-\d\d-\d\d", line.x[0]):
        return [date.fromisoformat(str(day)) for day in line.x]
    return list(line.x)


def day_number(day: str | date) -> float:
    """Return the place of a day on a date axis."""
    return float(date2num(date.fromisoformat(day) if isinstance(day, str) else day))


def _spread(heights: Sequence[float], gap: float) -> Iterator[tuple[int, float]]:
    """Move places apart so that neighbours keep ``gap``, in all as little as can be.

    Least squares under an order: places less their rank's share of the gap must not fall, so
    runs that do are pooled at their mean.
    """
    order = sorted(range(len(heights)), key=lambda i: heights[i])
    pools: list[tuple[float, int]] = []
    for rank, i in enumerate(order):
        mean, size = heights[i] - rank * gap, 1
        while pools and pools[-1][0] > mean:
            other, count = pools.pop()
            mean, size = (mean * size + other * count) / (size + count), size + count
        pools.append((mean, size))
    level = [mean for mean, size in pools for _ in range(size)]
    return ((i, level[rank] + rank * gap) for rank, i in enumerate(order))


def use_faces(files: Iterable[str]) -> None:
    """Make font files known to matplotlib, whose own list may be older than the fonts."""
    known = {entry.fname for entry in fontManager.ttflist}
    for file in files:
        if file not in known:
            fontManager.addfont(file)


# -- SVG -----------------------------------------------------------------------------------


@contextmanager
def house_style(family: Sequence[str], salt: str) -> Iterator[None]:
    """Apply the report's drawing settings for one chart."""
    settings: dict[Any, Any] = {
        "font.family": list(family),
        "font.size": SIZE,
        "axes.unicode_minus": True,
        "svg.fonttype": "none",
        "svg.hashsalt": salt,
        "path.simplify": True,
        "axes.labelcolor": SECONDARY,
        "text.color": INK,
        "xtick.labelsize": SMALL,
        "ytick.labelsize": SMALL,
        "hatch.linewidth": 0.5,
    }
    with mpl.rc_context(settings):
        yield


def to_svg(figure: Figure, code: str) -> bytes:
    """Return the figure as lean SVG: no date, short numbers, ids of its own."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = buffer.getvalue().decode()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.S)
    text = re.sub(r"-?\d+\.\d{3,}", _short, text)
    text = re.sub(r"(?<=[a-z])'(?=[^<>]*</text>)", "\N{RIGHT SINGLE QUOTATION MARK}", text)
    text = re.sub(r'(?<=\bid=")|(?<=href="#)|(?<=url\(#)', f"{code}-", text)
    return text.encode()


def _short(match: re.Match[str]) -> str:
    return f"{float(match[0]):.2f}".rstrip("0").rstrip(".") or "0"


Draw = Callable[["Chart", Any, Pen], Figure]
"""Every chart is one function: data, words and pen in, figure out."""


THEME = {
    INK: "--ink",
    SECONDARY: "--secondary",
    RULE: "--rule",
    ACCENT: "--accent",
    WARNING: "--warning",
    TINT: "--tint",
    TINT_WARM: "--tint-warm",
    GROUND: "--paper",
}


def themed(svg: str) -> str:
    """Return the drawing with its neutral colours as CSS variables, for inline use on screen."""
    for colour, variable in THEME.items():
        svg = svg.replace(colour, f"var({variable}, {colour})")
    return svg
