"""The series the report knows: publisher, unit, frequency, when published, when stale."""

from reportgen.series.catalogue import (
    SeriesSpec,
    Unit,
    catalogue,
    exceptions,
    release_exceptions,
    spec,
)
from reportgen.series.release import (
    NEW_YORK,
    Days,
    Frequency,
    ReleaseException,
    ReleaseRule,
    period_ends,
)

__all__ = [
    "NEW_YORK",
    "Days",
    "Frequency",
    "ReleaseException",
    "ReleaseRule",
    "SeriesSpec",
    "Unit",
    "catalogue",
    "exceptions",
    "period_ends",
    "release_exceptions",
    "spec",
]
