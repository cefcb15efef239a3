"""A series with the days on which its values came out: what was known on a day, and no more."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reportgen.errors import DataError
from reportgen.models.arrays import FloatArray

Days = npt.NDArray[np.datetime64]


@dataclass(frozen=True)
class Published:
    """Values, the days they describe and the days they were published.

    Args:
        name: id of the series, for the sentence of an error.
        days: strictly increasing, shape (n,).
        released: day of publication, shape (n,).
        values: finite, shape (n,).
    """

    name: str
    days: Days
    released: Days
    values: FloatArray

    def __post_init__(self) -> None:
        """Refuse what is out of order, of unequal length or no number."""
        if not self.days.size == self.released.size == self.values.size:
            raise DataError(f"Series {self.name} has days and values of unequal number.")
        if np.any(np.diff(self.days.astype("datetime64[D]").astype(np.int64)) <= 0):
            raise DataError(f"The days of series {self.name} are not strictly increasing.")
        if not np.all(np.isfinite(self.values)):
            raise DataError(f"Series {self.name} holds a value that is not a finite number.")

    def known_by(self, day: np.datetime64) -> Published:
        """Return what was published on or before a day about days up to it."""
        seen = (self.released <= day) & (self.days <= day)
        return Published(self.name, self.days[seen], self.released[seen], self.values[seen])

    def mean_known(self, on: Days, count: int, within: int) -> FloatArray:
        """Return the mean of the last ``count`` values known on each day.

        Args:
            on: days of knowledge, shape (m,).
            count: how many values to average.
            within: how many days old the last of them may be.

        Returns:
            shape (m,); not a number where too few are known or the series has stopped.
        """
        # A value is known once it and all before it are out: publication in the series' order.
        out = np.maximum.accumulate(np.maximum(self.released, self.days))
        known = np.searchsorted(out, on, side="right")
        total = np.concatenate(([0.0], np.cumsum(self.values)))
        result = np.full(on.size, np.nan)
        if self.values.size < count:
            return result
        place = np.maximum(known, count)
        fresh = on - self.days[place - 1] <= np.timedelta64(within, "D")
        good = (known >= count) & fresh
        result[good] = ((total[place] - total[place - count]) / count)[good]
        return result
