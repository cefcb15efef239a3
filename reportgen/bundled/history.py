"""Closes of 1999 to 2018 from the data sets of the ``arch`` package, joined to later ones."""

from __future__ import annotations

import csv
import gzip
import importlib.util
from dataclasses import replace
from pathlib import Path

import numpy as np

from reportgen.errors import DataError, MissingInputError
from reportgen.series import Days
from reportgen.snapshot import Part, SeriesData, Snapshot, series_data

DATASETS = {"nasdaq_composite": "nasdaq", "sp500": "sp500"}
"""Data set of the package by series."""

TOLERANCE = 0.0005
"""Two sources of one index agree when no common close differs by more than 0.05 per cent."""

DECIMALS = 2
"""Both indices are published with two decimals; the data sets carry single-precision noise."""


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
    path = _dataset(DATASETS[name])
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        rows = [(row["Date"], row["Close"]) for row in csv.DictReader(stream)]
    return series_data(
        like.spec,
        np.array([_iso(day) for day, _ in rows], "datetime64[D]"),
        np.array([close for _, close in rows], dtype=np.float64).round(DECIMALS),
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


def _iso(day: str) -> str:
    """Turn the data sets' ``1/4/1999`` into ``1999-01-04``."""
    month, number, year = day.split("/")
    return f"{year}-{month:0>2}-{number:0>2}"


def _dataset(name: str) -> Path:
    """Return the file of a data set.

    ``arch.data.nasdaq.load()`` reads the same file, but importing it loads the whole package:
    1.7 seconds measured, which a build from stored results would pay for nothing.
    """
    found = importlib.util.find_spec("arch")
    for place in (found.submodule_search_locations or []) if found else []:
        path = Path(place) / "data" / name / f"{name}.csv.gz"
        if path.is_file():
            return path
    raise MissingInputError(
        f"The data set {name} of the package arch is not installed.", "Install reportgen again."
    )
