"""Closes of 1999 to 2018 from the data sets that come with the ``arch`` package."""

from __future__ import annotations

import csv
import gzip
import importlib.util
import io
import math
import re
from functools import lru_cache
from pathlib import Path

from reportgen.errors import DataError, MissingInputError

DECIMALS = 2
"""The indices are published with two decimals; the data sets carry single-precision noise."""

_US_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([12][0-9]{3})")


def dataset(name: str) -> Path:
    """Return the file of a data set; ``MissingInputError`` where it is not installed.

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


def content(name: str) -> bytes:
    """Return the CSV of a data set; ``MissingInputError`` where it is not installed."""
    return gzip.decompress(dataset(name).read_bytes())


def closes(body: bytes) -> list[tuple[str, float]]:
    """Return ISO day and close of every row of a data set.

    Raises:
        DataError: it is not the CSV the package documents.
    """
    return list(_read(body))


@lru_cache(maxsize=4)
def _read(body: bytes) -> tuple[tuple[str, float], ...]:
    """Read a data set once a process: the bundled figures and a gathering both need it."""
    try:
        lines = csv.DictReader(io.StringIO(body.decode("utf-8"), newline=""), strict=True)
        return tuple(_day_and_close(row) for row in lines)
    except (csv.Error, ValueError, KeyError, TypeError):
        raise DataError("A data set of the package arch is not as documented.") from None


def _day_and_close(row: dict[str, str]) -> tuple[str, float]:
    if None in row.values():
        raise ValueError("a row that was cut")
    return _iso(row["Date"]), _close(row["Close"])


def _close(written: str) -> float:
    value = round(float(written), DECIMALS)
    if not math.isfinite(value):
        raise ValueError(written)
    return value


def _iso(day: str) -> str:
    """Turn the data sets' ``1/4/1999`` into ``1999-01-04``."""
    found = _US_DAY.fullmatch(day)
    if found is None:
        raise ValueError(day)
    month, number, year = found.groups()
    return f"{year}-{month:0>2}-{number:0>2}"
