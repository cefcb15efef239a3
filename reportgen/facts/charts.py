"""What a chart shows, before anybody draws it: lines, marks and bands as plain values."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from reportgen.facts.quantity import Origin, Quantity, Unit

Abscissa = str | float
"""A place on the horizontal axis: an ISO day, a number, or the code of a category.

A month is the ISO day of its first day.
"""


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One run of values; its name is found in the chart's words under ``code``.

    Args:
        code: name of the line in the chart's words.
        unit: unit of ``y``.
        origin: where the line comes from.
        x: places on the horizontal axis, as long as ``y``.
        y: values; ``None`` where there is none.
    """

    code: str
    unit: Unit
    origin: Origin
    x: tuple[Abscissa, ...]
    y: tuple[float | None, ...]


class Mark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A threshold, level or last value that the chart points out.

    ``at`` is a place on the horizontal axis; ``None`` for a level right across.
    """

    code: str
    value: Quantity
    at: Abscissa | None = None


class Band(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A quiet stretch of the horizontal axis: a recession, a window, an episode."""

    code: str
    start: Abscissa
    end: Abscissa


class Chart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The data of one chart.

    Args:
        code: name of the chart; its drawing and its words carry the same name.
        axis: what the horizontal axis holds.
        lines: the runs of values (also printed as a table in the HTML edition).
        as_of: last day any value of the chart was observed or computed for.
        sources: publishers and models, in the order to be printed.
        marks: thresholds, levels, last values.
        bands: quiet stretches.
    """

    code: str
    axis: Literal["date", "month", "number", "category"]
    lines: tuple[Line, ...]
    as_of: date
    sources: tuple[str, ...]
    marks: tuple[Mark, ...] = ()
    bands: tuple[Band, ...] = ()

    def line(self, code: str) -> Line:
        """Return the line of that code; ``KeyError`` when there is none."""
        return next(line for line in self.lines if line.code == code)
