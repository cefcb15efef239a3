"""A house view read from its TOML file, strictly: nothing unknown, nothing implausible."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec

from reportgen import toml
from reportgen.errors import ConfigError, DataError
from reportgen.house.entries import GRADES, PUBLISHER, SHAPES, Shape

_FIGURES = {
    "number": {"value"},
    "range": {"low", "high"},
    "window": {"start", "end"},
    "risk": {"probability", "impact"},
}
_OPTIONAL = {"risk": {"start", "end"}}


class HouseEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One stated view.

    Args:
        id: dotted name, for example ``level.main``.
        by: who says so: a proper name, or ``house`` for the publisher of the report.
        stated: the day it was stated.
        valid_until: the last day it stands.
        source: where it was stated, by its proper name; empty for the house's own assessment.
        unit: unit of the figures.
        value: the figure, where there is one.
        low: lower bound, where it is a range.
        high: upper bound, where it is a range.
        start: first day, where it is a window.
        end: last day, where it is a window.
        probability: stated grade of the probability, where it is a row of a risk matrix.
        impact: stated grade of the impact, likewise.
        note: code of a remark; the catalogues have the words.
    """

    id: str
    by: str
    stated: date
    valid_until: date
    source: str = ""
    unit: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    start: date | None = None
    end: date | None = None
    probability: str | None = None
    impact: str | None = None
    note: str = ""

    def expired(self, on: date) -> bool:
        """Tell whether the entry no longer stands on a day."""
        return on > self.valid_until

    @property
    def number(self) -> float:
        """The single figure; ``DataError`` when the entry holds none."""
        if self.value is None:
            raise DataError(f"The entry {self.id} of the house view holds no single figure.")
        return self.value

    @property
    def bounds(self) -> tuple[float, float]:
        """The lower and upper bound; ``DataError`` when the entry is not a range."""
        if self.low is None or self.high is None:
            raise DataError(f"The entry {self.id} of the house view is not a range.")
        return self.low, self.high

    @property
    def window(self) -> tuple[date, date]:
        """The first and last day; ``DataError`` when the entry names no window."""
        if self.start is None or self.end is None:
            raise DataError(f"The entry {self.id} of the house view names no window of days.")
        return self.start, self.end


class HouseView(msgspec.Struct, frozen=True):
    """The stated views of one edition.

    Args:
        period: the edition they belong to, ``YYYY-MM``.
        entries: entries by dotted name.
    """

    period: str
    entries: Mapping[str, HouseEntry]

    def has(self, identity: str) -> bool:
        """Tell whether the view holds an entry, expired or not."""
        return identity in self.entries

    def get(self, identity: str) -> HouseEntry:
        """Return an entry; ``ConfigError`` when the view does not hold it."""
        try:
            return self.entries[identity]
        except KeyError:
            raise ConfigError(
                f"The house view of {self.period} has no entry {identity}.",
                toml.suggestion(identity, self.entries),
            ) from None

    def current(self, on: date) -> tuple[HouseEntry, ...]:
        """Return the entries that stand on a day."""
        return tuple(entry for entry in self.entries.values() if not entry.expired(on))

    def stated_by(self, on: date) -> HouseView | None:
        """Return the view as it was known on a day; ``None`` when nothing was stated by then."""
        known = {name: one for name, one in self.entries.items() if one.stated <= on}
        return HouseView(self.period, MappingProxyType(known)) if known else None

    def expired(self, on: date) -> tuple[HouseEntry, ...]:
        """Return the entries that no longer stand on a day."""
        return tuple(entry for entry in self.entries.values() if entry.expired(on))


def read(path: Path) -> HouseView:
    """Return the house view in a file.

    Raises:
        MissingInputError: there is no such file.
        ConfigError: an unknown entry or key (with the nearest known one), a missing key, a value
            of the wrong type, a figure out of its plausible range; names file and key.
    """
    tables = toml.load(path)
    period = tables.pop("period", None)
    if not isinstance(period, str):
        raise ConfigError(f"{path.name}: the key period is missing or is not a text.")
    entries = [
        _entry(f"{group}.{name}", table, path.name)
        for group, name, table in _walk(tables, path.name)
    ]
    return HouseView(period, MappingProxyType({entry.id: entry for entry in entries}))


def _walk(tables: Mapping[str, Any], where: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Return group, name and table of every entry of the file."""
    groups = {identity.partition(".")[0] for identity in SHAPES}
    found = []
    for group, members in tables.items():
        if group not in groups:
            raise ConfigError(f"{where}: unknown key {group}.", toml.suggestion(group, groups))
        for name, table in _table(members, group, where).items():
            found.append((group, name, _table(table, f"{group}.{name}", where)))
    return found


def _table(value: Any, key: str, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ConfigError(f"{where}: {key} must be a table.")
    return value


def _entry(identity: str, table: dict[str, Any], where: str) -> HouseEntry:
    if identity not in SHAPES:
        raise ConfigError(f"{where}: unknown key {identity}.", toml.suggestion(identity, SHAPES))
    if "id" in table:
        raise ConfigError(f"{where}: unknown key {identity}.id.")
    entry = toml.convert({"id": identity, **table}, HouseEntry, where, identity)
    shape = SHAPES[identity]
    _check_keys(entry, shape, set(table), where)
    _check_figures(entry, shape, where)
    _check_speaker(entry, shape, where)
    _check_days(entry, where)
    return entry


def _check_keys(entry: HouseEntry, shape: Shape, given: set[str], where: str) -> None:
    """Refuse an entry without its figures, or with those of another kind of entry."""
    needed = _FIGURES[shape.kind] | ({"unit"} if shape.unit else set())
    for key in sorted(needed - given):
        raise ConfigError(f"{where}: the key {entry.id}.{key} is missing.")
    figures = set().union(*_FIGURES.values(), {"unit"})
    for key in sorted(given & figures - needed - _OPTIONAL.get(shape.kind, set())):
        raise ConfigError(
            f"{where}: {entry.id}.{key} does not belong to an entry of this kind.",
            f"It holds {', '.join(sorted(needed))}.",
        )


def _check_figures(entry: HouseEntry, shape: Shape, where: str) -> None:
    if entry.unit != shape.unit:
        raise ConfigError(f"{where}: {entry.id}.unit must be {shape.unit}, not {entry.unit}.")
    for key in ("value", "low", "high"):
        figure = getattr(entry, key)
        if figure is not None and not shape.low <= figure <= shape.high:
            raise ConfigError(
                f"{where}: {entry.id}.{key} is {figure:g}, outside the plausible {shape.low:g} to "
                f"{shape.high:g} ({shape.unit})."
            )
    if entry.low is not None and entry.high is not None and entry.low > entry.high:
        raise ConfigError(f"{where}: {entry.id}.low lies above {entry.id}.high.")
    for key in ("probability", "impact"):
        grade = getattr(entry, key)
        if grade is not None and grade not in GRADES:
            raise ConfigError(
                f"{where}: {entry.id}.{key}: there is no grade {grade}.",
                toml.suggestion(grade, GRADES),
            )


def _check_speaker(entry: HouseEntry, shape: Shape, where: str) -> None:
    if not entry.by:
        raise ConfigError(f"{where}: {entry.id}.by is empty.")
    if shape.own and entry.by != PUBLISHER:
        raise ConfigError(f"{where}: {entry.id}.by must be {PUBLISHER}, not {entry.by}.")


def _check_days(entry: HouseEntry, where: str) -> None:
    for key in ("stated", "valid_until"):
        if not getattr(entry, key):
            raise ConfigError(f"{where}: {entry.id}.{key} is empty.")
    if entry.valid_until < entry.stated:
        raise ConfigError(f"{where}: {entry.id}.valid_until lies before {entry.id}.stated.")
    if entry.start is not None and entry.end is not None and entry.end < entry.start:
        raise ConfigError(f"{where}: {entry.id}.end lies before {entry.id}.start.")
