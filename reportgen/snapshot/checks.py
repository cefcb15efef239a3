"""What makes a series unsound, each with a sentence that names the series and the day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from reportgen.errors import DataError
from reportgen.series import spec

if TYPE_CHECKING:
    from reportgen.snapshot.records import SeriesData


def check_series(name: str, data: SeriesData) -> None:
    """Refuse an unsound series.

    Raises:
        DataError: unknown series, foreign unit, lengths that differ, a value that is not a
            finite number or not plausible, days unordered or repeated, or published before
            they were observed.
    """
    known = spec(name)
    if data.id != name:
        raise DataError(f"Series {name} is filed under the name {data.id}.")
    if data.unit != known.unit:
        raise DataError(
            f"Series {name} is in {data.unit}, but the catalogue has it in {known.unit}."
        )
    if not data.dates.size == data.numbers.size == data.released.size:
        raise DataError(f"Series {name} has unequal numbers of days, values and release days.")
    _check_days(data)
    _check_numbers(data, known.low, known.high)


def _check_days(data: SeriesData) -> None:
    steps = np.diff(data.dates).astype(np.int64)
    if np.isnat(data.dates).any():
        raise DataError(f"Series {data.id} has an observation without a day.")
    if (steps == 0).any():
        raise DataError(f"Series {data.id} has two observations on {_day(data, steps == 0)}.")
    if (steps < 0).any():
        raise DataError(f"Series {data.id} is not in order of date after {_day(data, steps < 0)}.")
    if np.isnat(data.released).any():
        raise DataError(
            f"Series {data.id} holds the observation of {_day(data, np.isnat(data.released))}, "
            "which was never published."
        )
    # A monthly figure may be published within its month, but not before the month begins.
    early = data.released < data.dates
    if early.any():
        raise DataError(
            f"Series {data.id}: the observation of {_day(data, early)} would have been published "
            "before its own day."
        )


def _check_numbers(data: SeriesData, low: float, high: float) -> None:
    broken = ~np.isfinite(data.numbers)
    if broken.any():
        raise DataError(f"Series {data.id} has no number on {_day(data, broken)}.")
    wild = (data.numbers < low) | (data.numbers > high)
    if wild.any():
        value = data.numbers[wild][0]
        raise DataError(
            f"Series {data.id} is {value:g} on {_day(data, wild)}, outside the plausible "
            f"{low:g} to {high:g}."
        )


def _day(data: SeriesData, where: npt.NDArray[np.bool_]) -> str:
    return str(data.dates[: where.size][where][0])
