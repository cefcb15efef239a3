"""A snapshot: series with provenance and release days, dated events, one hash; frozen."""

from reportgen.snapshot.content import Snapshot, default_known_at
from reportgen.snapshot.disk import read, seal, verify, write
from reportgen.snapshot.records import (
    Event,
    Freshness,
    Note,
    Observation,
    Part,
    SeriesData,
    series_data,
)

__all__ = [
    "Event",
    "Freshness",
    "Note",
    "Observation",
    "Part",
    "SeriesData",
    "Snapshot",
    "default_known_at",
    "read",
    "seal",
    "series_data",
    "verify",
    "write",
]
