"""The snapshot, and how it is looked at: never past its two dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from reportgen import toml
from reportgen.errors import DataError
from reportgen.series import NEW_YORK, ReleaseRule, spec
from reportgen.snapshot.checks import check_series
from reportgen.snapshot.records import Event, Freshness, Observation, SeriesData, freshness_of

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Snapshot:
    """All figures an assessment may use, and the two dates past which it must not look.

    Whatever it is asked for, it answers only with observations dated by ``as_of`` and published
    by ``known_at``. Holding unsound data (NaN, unordered or repeated dates, a value out of the
    catalogue's range, a foreign unit) it does not come into being.

    Args:
        as_of: last day an observation may describe.
        known_at: moment by which it must have been published; aware.
        series: observations by series id.
        events: dated events, in order of date.

    Raises:
        DataError: a series is unsound, or ``known_at`` has no time zone.
    """

    as_of: date
    known_at: datetime
    series: Mapping[str, SeriesData]
    events: tuple[Event, ...] = ()

    def __post_init__(self) -> None:
        """Refuse unsound content and put the parts into their canonical form."""
        if self.known_at.tzinfo is None:
            raise DataError("The moment known_at of a snapshot needs a time zone.")
        for name, data in self.series.items():
            check_series(name, data)
        order = sorted(self.events, key=lambda event: (event.date, event.code))
        object.__setattr__(self, "known_at", self.known_at.astimezone(NEW_YORK))
        object.__setattr__(self, "series", MappingProxyType(dict(sorted(self.series.items()))))
        object.__setattr__(self, "events", tuple(order))

    @cached_property
    def hash(self) -> str:
        """The sha256 of the canonical content, in hex: the same on every machine."""
        from reportgen.snapshot.disk import digest

        return digest(self.files)

    @cached_property
    def files(self) -> Mapping[str, bytes]:
        """The canonical content as it is written: bytes by the name in the folder."""
        from reportgen.snapshot.disk import canonical

        return MappingProxyType(canonical(self))

    def has(self, identity: str) -> bool:
        """Tell whether the series has an observation that may be seen."""
        return identity in self.series and self._seen(identity).dates.size > 0

    def data(self, identity: str) -> SeriesData:
        """Return the visible observations of a series with their provenance.

        Raises:
            DataError: the snapshot has no such series, or nothing of it may be seen.
        """
        if identity not in self.series:
            raise DataError(
                f"The snapshot as of {self.as_of} has no series {identity}.",
                toml.suggestion(identity, self.series),
            )
        seen = self._seen(identity)
        if seen.dates.size == 0:
            raise DataError(
                f"Series {identity} has no observation by {self.as_of} that was published by "
                f"{self.known_at:%Y-%m-%d %H:%M} New York time."
            )
        return seen

    def values(self, identity: str) -> pd.Series[float]:
        """Return the visible values by day: float, without NaN, days strictly increasing."""
        import pandas as pd

        seen = self.data(identity)
        index = pd.DatetimeIndex(seen.dates.astype("datetime64[ns]"), name="date")
        return pd.Series(seen.numbers.copy(), index=index, name=identity)

    def last(self, identity: str) -> Observation:
        """Return the last visible observation."""
        return self.data(identity).observation(-1)

    def before(self, identity: str, day: date) -> Observation:
        """Return the last visible observation on or before ``day``.

        Raises:
            DataError: there is none.
        """
        seen = self.data(identity)
        position = int(np.searchsorted(seen.dates, np.datetime64(day, "D"), side="right")) - 1
        if position < 0:
            raise DataError(f"Series {identity} has no observation on or before {day}.")
        return seen.observation(position)

    def freshness(self, identity: str) -> Freshness:
        """Return the age of a series at the as-of date and whether it is stale."""
        return freshness_of(spec(identity), self.last(identity), self.as_of)

    def cut(self, as_of: date, known_at: datetime | None = None) -> Snapshot:
        """Return the snapshot as it was earlier: nothing later remains in it.

        Args:
            as_of: the new as-of date, not after this snapshot's.
            known_at: the new moment of knowledge; by default the end of the first business day
                after ``as_of``, but never later than this snapshot's.

        Raises:
            DataError: a date lies after this snapshot's.
        """
        moment = known_at or min(default_known_at(as_of), self.known_at)
        if as_of > self.as_of or moment > self.known_at:
            raise DataError(
                f"A snapshot as of {self.as_of}, known at {self.known_at:%Y-%m-%d %H:%M}, cannot "
                f"be cut at {as_of}, {moment:%Y-%m-%d %H:%M}: it does not know that much."
            )
        kept = {name: data.visible(as_of, moment) for name, data in self.series.items()}
        series = {name: data for name, data in kept.items() if data.dates.size}
        today = moment.astimezone(NEW_YORK).date()
        events = tuple(event for event in self.events if event.announced <= today)
        if (as_of, moment, events) == (self.as_of, self.known_at, self.events) and all(
            data is series.get(name) for name, data in self.series.items()
        ):
            return self  # nothing to cut; what was computed of it stays good
        return Snapshot(as_of=as_of, known_at=moment, series=series, events=events)

    def with_series(self, *more: SeriesData) -> Snapshot:
        """Return the snapshot with series added or put in the place of those of the same id."""
        return replace(self, series={**self.series, **{data.id: data for data in more}})

    def without(self, *names: str) -> Snapshot:
        """Return the snapshot without some series."""
        kept = {name: data for name, data in self.series.items() if name not in names}
        return replace(self, series=kept)

    def _seen(self, identity: str) -> SeriesData:
        return self.series[identity].visible(self.as_of, self.known_at)


def default_known_at(as_of: date) -> datetime:
    """Return the end of the first business day after ``as_of``, New York time."""
    rule = ReleaseRule(days=1, business=True)
    day: date = rule.released(np.array([as_of], dtype="datetime64[D]"), "daily")[0].item()
    return datetime.combine(day, time(23, 59), tzinfo=NEW_YORK)
