"""The series the report knows, read from ``catalogue.toml`` and ``exceptions.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal

import msgspec
import numpy as np

from reportgen import toml
from reportgen.errors import ConfigError, DataError
from reportgen.series.release import NEVER, Days, Frequency, ReleaseException, ReleaseRule, Weekday

FOLDER = Path(__file__).parent

Unit = Literal[
    "index_points",
    "index",
    "ratio",
    "usd",
    "usd_per_ounce",
    "yen_per_usd",
    "percent",
    "percentage_points",
    "usd_million",
    "usd_billion",
    "contracts",
]


class Endpoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where a series is asked for.

    Args:
        name: the source, one of ``reportgen.sources``.
        id: what the source calls it.
        field: the column or field of the answer; empty where there is one value a day.
        factor: what a value is multiplied by to come into the catalogue's unit.
        first: earlier values of the answer are wrong or missing and are not used.
    """

    name: str
    id: str
    field: str = ""
    factor: float = 1.0
    first: date | None = None


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The largest plausible change from one observation to the next.

    Args:
        relative: as a ratio of the smaller of the two; ``None`` for no such bound.
        absolute: in the series' unit; ``None`` for no such bound.
    """

    relative: Annotated[float, msgspec.Meta(gt=0)] | None = None
    absolute: Annotated[float, msgspec.Meta(gt=0)] | None = None


class Sampling(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A weekly series taken from a daily one: the last value of each week, dated by its last day.

    Args:
        on: the weekday the week ends with.
        of: the daily series of the catalogue; empty where the source's own answer is daily.
    """

    on: Weekday
    of: str = ""


class SeriesSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the program knows of a series before it has a single observation.

    Args:
        id: our name for it, everywhere.
        name: English message id of the name a reader sees.
        publisher: the institution, by its proper name.
        publisher_id: the publisher's name for it.
        unit: unit of every observation.
        frequency: how often it is observed.
        release: when an observation becomes public.
        stale_after_days: age in calendar days of the last observation, counted from the as-of
            date, beyond which the series is stale.
        low: lowest plausible value.
        high: highest plausible value.
        licence: code of the licence note; the catalogues have the words.
        calendar: exchange calendar on whose sessions it is observed; empty for none.
        source: where it is asked for first; ``None`` where no public endpoint has it.
        fallbacks: where it is asked for next, in that order.
        since: day of its first observation anywhere: before it, nothing is missing.
        step: largest plausible change from one observation to the next.
        tolerance: ratio by which two sources of it may differ; ``None`` where none is compared.
        window_years: years the source goes back under its licence; 0 for all there are.
        sampled: how a weekly series is taken from a daily one.
        revised: whether the publisher revises it, so that a later retrieval has other values.
        important: whether the first page says when it is stale or missing.
        optional: whether it is asked for only in the reader's own folder, and nobody misses it.
    """

    id: str
    name: str
    publisher: str
    publisher_id: str
    unit: Unit
    frequency: Frequency
    release: ReleaseRule
    stale_after_days: Annotated[int, msgspec.Meta(ge=1)]
    low: float
    high: float
    licence: str
    calendar: Literal["", "XNYS", "XTKS", "XHKG", "XSHG"] = ""
    source: Endpoint | None = None
    fallbacks: tuple[Endpoint, ...] = ()
    since: date
    step: Step = Step()
    tolerance: Annotated[float, msgspec.Meta(gt=0)] | None = None
    window_years: int = 0
    sampled: Sampling | None = None
    revised: bool = False
    important: bool = False
    optional: bool = False

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """Where the series is asked for, in that order."""
        return ((self.source,) if self.source else ()) + self.fallbacks

    def release_days(self, dates: Days) -> Days:
        """Return the day of publication of each observation, exceptions included."""
        out = self.release.released(dates, self.frequency)
        for observed, published in exceptions(self.id).items():
            out[dates == np.datetime64(observed, "D")] = (
                NEVER if published is None else np.datetime64(published, "D")
            )
        return out


@cache
def catalogue() -> Mapping[str, SeriesSpec]:
    """Return every series by id, in the order of the file.

    Raises:
        ConfigError: the file has an unknown key, a missing one or a value of the wrong type.
    """
    return read_catalogue(FOLDER / "catalogue.toml")


def read_catalogue(path: Path) -> Mapping[str, SeriesSpec]:
    """Return the series a catalogue file describes; ``ConfigError`` names file and key."""
    found = {}
    for identity, table in toml.load(path).items():
        one = toml.convert({"id": identity, **table}, SeriesSpec, path.name, identity)
        if not one.low < one.high:
            raise ConfigError(f"{path.name}: {identity}.low must lie below {identity}.high.")
        found[identity] = one
    return MappingProxyType(found)


def spec(identity: str) -> SeriesSpec:
    """Return one series of the catalogue; ``DataError`` when it is not there."""
    try:
        return catalogue()[identity]
    except KeyError:
        raise DataError(
            f"There is no series {identity} in the catalogue.",
            toml.suggestion(identity, catalogue()),
        ) from None


@cache
def release_exceptions() -> tuple[ReleaseException, ...]:
    """Return the known exceptions to the rules of publication, each with reason and source."""
    return read_exceptions(FOLDER / "exceptions.toml")


def read_exceptions(path: Path) -> tuple[ReleaseException, ...]:
    """Return the exceptions a file lists; ``ConfigError`` names file and key."""
    found = []
    for number, table in enumerate(toml.load(path).get("exception", ()), start=1):
        one = toml.convert(_with_dates(table), ReleaseException, path.name, f"exception.{number}")
        for identity in one.series:
            if identity not in catalogue():
                raise ConfigError(
                    f"{path.name}: exception.{number}.series: there is no series {identity}.",
                    toml.suggestion(identity, catalogue()),
                )
        found.append(one)
    return tuple(found)


@cache
def exceptions(identity: str) -> Mapping[date, date | None]:
    """Return day of publication by day of observation where the rule does not hold.

    ``None`` stands for what was never published.
    """
    found: dict[date, date | None] = {}
    for one in release_exceptions():
        if identity in one.series:
            found |= one.released | dict.fromkeys(one.never)
    return MappingProxyType(found)


def _with_dates(table: dict[str, object]) -> dict[str, object]:
    """Turn the keys of ``released``, which TOML can only hold as text, into dates."""
    released = table.get("released", {})
    if not isinstance(released, dict):
        return table
    return table | {"released": {_day(key): value for key, value in released.items()}}


def _day(text: str) -> date | str:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text
