"""From series to chart lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportgen.facts import Line, Origin, Unit

if TYPE_CHECKING:
    import pandas as pd


def dated_line(code: str, values: pd.Series[float], unit: Unit, origin: Origin) -> Line:
    """Return a line over days, its values rounded to what a chart can show."""
    kept = values.dropna()
    days = tuple(day.date().isoformat() for day in kept.index)
    return Line(code, unit, origin, days, tuple(round(float(value), 6) for value in kept))


def weekly(values: pd.Series[float]) -> pd.Series[float]:
    """Return the last value of each week, dated by its own day (weeks end on Friday)."""
    import pandas as pd

    kept = values.dropna()
    weeks = pd.DatetimeIndex(kept.index).to_period("W-FRI")
    return kept[~weeks.duplicated(keep="last")]
