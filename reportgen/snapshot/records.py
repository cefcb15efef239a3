"""The parts of a snapshot: observations, events, notes, and one series with its provenance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt

from reportgen.series import Days, ReleaseRule, SeriesSpec, spec

Date = date
Numbers = npt.NDArray[np.float64]


class Observation(msgspec.Struct, frozen=True):
    """One observation: its value, the day it describes, the day it was published."""

    value: float
    date: Date
    released: Date


class Event(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A dated event; its words are found in the catalogues by ``code``.

    Args:
        date: the day it happened or is expected.
        kind: ``market``, ``policy``, ``fiscal``, ``company`` or ``politics``.
        code: stable name of what happens.
        source: the institution that says so.
        status: ``fact``, ``scheduled`` (a published calendar) or ``expected`` (custom).
        announced: the day from which it was known; a fact is known on its own day.
        verified: whether a second source confirmed date and content.
        value: the figure it carries, where it carries one.
        unit: unit of that figure.
    """

    date: Date
    kind: Literal["market", "policy", "fiscal", "company", "politics"]
    code: str
    source: str
    status: Literal["fact", "scheduled", "expected"]
    announced: Date
    verified: bool = True
    value: float | None = None
    unit: str = ""


class Note(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something a reader of the data appendix should know of a series; words by ``code``."""

    code: str
    first: date | None = None
    last: date | None = None
    count: int | None = None


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stretch of a joined series and where it comes from."""

    first: date
    last: date
    publisher: str
    publisher_id: str


class Freshness(msgspec.Struct, frozen=True):
    """How old a series is at the as-of date, and whether that is too old."""

    id: str
    last: Observation
    age_days: int
    allowed_days: int
    stale: bool


@dataclass(frozen=True, eq=False)
class SeriesData:
    """The observations of one series and their provenance.

    Args:
        id: name in the catalogue.
        publisher: institution the observations come from.
        publisher_id: the publisher's name of the series.
        unit: unit of ``numbers``; must be the catalogue's.
        retrieved: day of retrieval (ISO), or ``bundled``.
        release: rule of publication, for the hour of day.
        dates: days of observation, strictly increasing.
        numbers: values, as long as ``dates``.
        released: days of publication, as long as ``dates``; ``NaT`` for never.
        parts: the stretches of a joined series; empty for a series of one piece.
        notes: what was repaired, left out or cannot be vouched for.
    """

    id: str
    publisher: str
    publisher_id: str
    unit: str
    retrieved: str
    release: ReleaseRule
    dates: Days
    numbers: Numbers
    released: Days
    parts: tuple[Part, ...] = ()
    notes: tuple[Note, ...] = ()

    def __post_init__(self) -> None:
        """Lock the arrays: what a snapshot holds does not change."""
        for array in (self.dates, self.numbers, self.released):
            array.setflags(write=False)

    @property
    def spec(self) -> SeriesSpec:
        """The catalogue's entry."""
        return spec(self.id)

    def visible(self, as_of: date, known_at: datetime) -> SeriesData:
        """Return the part observed by ``as_of`` and published by ``known_at``."""
        seen = (self.dates <= np.datetime64(as_of, "D")) & self.release.known(
            self.released, known_at
        )
        if bool(seen.all()):
            return self
        return replace(
            self,
            dates=self.dates[seen],
            numbers=self.numbers[seen],
            released=self.released[seen],
            parts=tuple(part for part in self.parts if part.first <= as_of),
        )

    def observation(self, position: int) -> Observation:
        """Return the observation at a position (negative counts from the end)."""
        return Observation(
            float(self.numbers[position]),
            self.dates[position].item(),
            self.released[position].item(),
        )


def freshness_of(of: SeriesSpec, last: Observation, as_of: date) -> Freshness:
    """Return how old a series with that last observation is, and whether that is too old."""
    age = (as_of - last.date).days
    return Freshness(of.id, last, age, of.stale_after_days, stale=age > of.stale_after_days)


def series_data(
    of: SeriesSpec,
    dates: Days,
    numbers: Numbers,
    *,
    retrieved: str,
    released: Days | None = None,
    publisher: str = "",
    publisher_id: str = "",
    notes: Sequence[Note] = (),
) -> SeriesData:
    """Return the observations of a series with the catalogue's provenance filled in.

    Without ``released`` the days of publication follow the catalogue's rule and exceptions.
    """
    days = np.array(dates, dtype="datetime64[D]")
    return SeriesData(
        id=of.id,
        publisher=publisher or of.publisher,
        publisher_id=publisher_id or of.publisher_id,
        unit=of.unit,
        retrieved=retrieved,
        release=of.release,
        dates=days,
        numbers=np.array(numbers, dtype=np.float64),
        released=of.release_days(days) if released is None else released,
        notes=tuple(notes),
    )
