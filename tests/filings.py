"""Capital expenditure as Meta filed it first and restated it later (public filings), for tests."""

from __future__ import annotations

Said = tuple[str, str, int, str]
"""First day, last day, USD millions, day of filing."""

FIRST_FILED: list[Said] = [
    ("2023-01-01", "2023-03-31", 6842, "2023-04-27"),
    ("2023-01-01", "2023-06-30", 13058, "2023-07-27"),
    ("2023-01-01", "2023-09-30", 19601, "2023-10-26"),
    ("2023-01-01", "2023-12-31", 27266, "2024-02-02"),
]
RESTATED: list[Said] = [
    ("2023-01-01", "2023-03-31", 6823, "2024-04-25"),
    ("2023-01-01", "2023-06-30", 12957, "2024-08-01"),
    ("2023-01-01", "2023-09-30", 19453, "2024-10-31"),
    ("2023-01-01", "2023-12-31", 27045, "2025-01-30"),
]
