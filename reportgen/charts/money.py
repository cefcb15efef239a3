"""Amounts of money on charts, in the unit of the language's tables (billions, 亿, 億)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.ticker import FuncFormatter

from reportgen.facts import Computed, Quantity, Unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from reportgen.charts.pen import Pen

_NOBODY = Computed("")


def amount(pen: Pen, dollars: float, significant: int = 3) -> str:
    """Return an amount in the unit of tables, without its name."""
    figure = Quantity(float(dollars), Unit.USD, _NOBODY)
    return pen.formatter.quantity(figure, significant, bare=True)


def amount_axis(axes: Axes, pen: Pen) -> None:
    """Write the vertical axis in the unit of tables; the subtitle names it."""

    def tick(value: float, _: int) -> str:
        return amount(pen, value, 2) if value else pen.formatter.number(0)

    axes.yaxis.set_major_formatter(FuncFormatter(tick))
