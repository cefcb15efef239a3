"""Closes of 1999 to 2018 from the data sets of the ``arch`` package, joined to later ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from reportgen import arch_data
from reportgen.errors import DataError
from reportgen.series import Days
from reportgen.snapshot import Part, SeriesData, Snapshot, series_data

DATASETS = {"nasdaq_composite": "nasdaq", "sp500": "sp500"}
"""Data set of the package by series."""

TOLERANCE = 0.0005
"""Two sources of one index agree when no common close differs by more than 0.05 per cent."""


def with_history(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot with the earlier closes put before its own.

    Raises:
        MissingInputError: the package or a data set is not installed.
        DataError: the common closes differ by more than the tolerance, or there are none.
    """
    joined = [
        joined_series(earlier_closes(name, snapshot.data(name)), snapshot.data(name))
        for name in DATASETS
        if snapshot.has(name)
    ]
    return snapshot.with_series(*joined)


def earlier_closes(name: str, like: SeriesData) -> SeriesData:
    """Return the closes of the data set that stands for a series."""
    rows = arch_data.closes(arch_data.content(DATASETS[name]))
    return series_data(
        like.spec,
        np.array([day for day, _ in rows], "datetime64[D]"),
        np.array([close for _, close in rows], dtype=np.float64),
        retrieved="bundled",
        publisher=like.publisher,
        publisher_id=f"arch.data.{DATASETS[name]}",
    )


def joined_series(earlier: SeriesData, later: SeriesData) -> SeriesData:
    """Return one series: ``earlier`` up to the day before ``later`` begins, then ``later``.

    Raises:
        DataError: the two have no day in common, or their values differ on one by more than
            the tolerance.
    """
    _refuse_disagreement(earlier, later)
    before = earlier.dates < later.dates[0]
    return replace(
        later,
        dates=np.concatenate([earlier.dates[before], later.dates]),
        numbers=np.concatenate([earlier.numbers[before], later.numbers]),
        released=np.concatenate([earlier.released[before], later.released]),
        parts=(_part(earlier, earlier.dates[before]), _part(later, later.dates)),
    )


def _refuse_disagreement(earlier: SeriesData, later: SeriesData) -> None:
    days, left, right = np.intersect1d(earlier.dates, later.dates, return_indices=True)
    if not days.size:
        raise DataError(
            f"Series {later.id}: {earlier.publisher_id} and {later.publisher_id} have no day in "
            "common to be compared on."
        )
    gaps = np.abs(earlier.numbers[left] / later.numbers[right] - 1)
    worst = int(gaps.argmax())
    if gaps[worst] > TOLERANCE:
        raise DataError(
            f"Series {later.id}: {earlier.publisher_id} and {later.publisher_id} differ by "
            f"{gaps[worst]:.2%} on {days[worst]}."
        )


def _part(data: SeriesData, days: Days) -> Part:
    return Part(
        first=days[0].item(),
        last=days[-1].item(),
        publisher=data.publisher,
        publisher_id=data.publisher_id,
    )
