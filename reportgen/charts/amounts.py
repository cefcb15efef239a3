"""Helpers shared by charts: amounts on an axis, panel heads, labels with their last value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.ticker import FuncFormatter, MaxNLocator

from reportgen.charts.pen import INK, SIZE, Pen, decimals

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from reportgen.facts import Line

TRILLION, THOUSAND = 1e12, 1e3


def scaled_axis(axes: Axes, pen: Pen, scale: float, digits: int) -> None:
    """Write the vertical axis in multiples of ``scale``; the head names the unit."""

    def tick(value: float, _: int) -> str:
        ticks = [place / scale for place in axes.yaxis.get_majorticklocs()]
        return pen.formatter.number(value / scale, max(digits, decimals(ticks)))

    axes.yaxis.set_major_formatter(FuncFormatter(tick))


def few_ticks(axes: Axes, most: int) -> None:
    """Put at most so many steps on the vertical axis, each of them 1, 2 or 5 of a power of ten."""
    axes.yaxis.set_major_locator(MaxNLocator(most, steps=[1, 2, 5, 10]))


def head(axes: Axes, text: str) -> None:
    """Write what a panel shows above its upper left corner."""
    axes.set_title(text, loc="left", fontsize=SIZE, color=INK, pad=3)


def labelled(name: str, value: float, pen: Pen, digits: int, suffix: str = "") -> str:
    """Return a label with the value behind it."""
    return f"{name} {pen.formatter.number(value, digits)}{suffix}"


def last_value(line: Line) -> float:
    """Return the last value of a line that has one."""
    return next(value for value in reversed(line.y) if value is not None)
