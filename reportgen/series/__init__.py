"""The series the report knows: publisher, unit, frequency, when published, when stale."""

from reportgen.series.catalogue import (
    Endpoint,
    Sampling,
    SeriesSpec,
    Step,
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
    "Endpoint",
    "Frequency",
    "ReleaseException",
    "ReleaseRule",
    "Sampling",
    "SeriesSpec",
    "Step",
    "Unit",
    "catalogue",
    "exceptions",
    "period_ends",
    "release_exceptions",
    "spec",
]
