"""The vocabulary: quantities with unit and origin, chart data, the assessment."""

from reportgen.facts.charts import Abscissa, Band, Chart, Line, Mark
from reportgen.facts.keys import Figure, figures, keyed
from reportgen.facts.quantity import (
    Assumed,
    Computed,
    Day,
    Observed,
    Origin,
    Quantity,
    Range,
    Unit,
)

__all__ = [
    "Abscissa",
    "Assumed",
    "Band",
    "Chart",
    "Computed",
    "Day",
    "Figure",
    "Line",
    "Mark",
    "Observed",
    "Origin",
    "Quantity",
    "Range",
    "Unit",
    "figures",
    "keyed",
]
