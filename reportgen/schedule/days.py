"""Trading days as plain dates, from a cached file where one fits, else from the library.

Reading the file takes about a millisecond and loads neither numpy nor pandas; the library takes
up to three seconds.
"""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec

from reportgen.config import Settings
from reportgen.errors import CannotCreateError, ConfigError, DiskError, MissingInputError

NEW_YORK_CODE = "XNYS"
"""The exchange whose last close is an edition's as-of date."""

LIBRARY = "exchange_calendars"
FORMAT = 1
"""Of the cached file; raised whenever the same library would be asked in another way."""

BEFORE, AFTER = timedelta(days=100), timedelta(days=70)
"""What a question about a day looks at: the month before and its last close, the month after."""


YEARS_BEFORE, YEARS_AFTER = 3, 2
"""Kept besides what is asked for, so that the library is asked about once a year."""


class Listed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the library knows of an exchange, as the cached file has it.

    Args:
        code: the exchange.
        version: of the library.
        first_known, last_known: the days between which the library knows the exchange.
        first, last: the days between which ``days`` is complete.
        days: the trading days, in order.
        format: of this file.
    """

    code: str
    version: str
    first_known: date
    last_known: date
    first: date
    last: date
    days: tuple[date, ...]
    format: int = FORMAT

    def covers(self, first: date, last: date) -> bool:
        """Tell whether the days from ``first`` to ``last`` stand here, as far as any are known."""
        return self.first <= max(first, self.first_known) and self.last >= min(
            last, self.last_known
        )


@dataclass(frozen=True)
class TradingDays:
    """The trading days of an exchange, without the house's own holidays.

    Args:
        listed: what the library knows.
        closed: days that do not count, and the file that says so.
        file: its name; empty for none.
    """

    listed: Listed
    closed: frozenset[date] = frozenset()
    file: str = ""

    def between(self, first: date, last: date) -> tuple[date, ...]:
        """Return the trading days from ``first`` to ``last``, both included, as far as known."""
        days = self.listed.days
        found = days[bisect_left(days, first) : bisect_right(days, last)]
        return tuple(day for day in found if day not in self.closed)

    def refuse_unknown(self, first: date, last: date) -> None:
        """Refuse a span that reaches beyond what is known; weekdays are no trading days.

        Raises:
            ConfigError: the library does not know the exchange on all days of the span.
        """
        known = self.listed
        if last > known.last_known:
            raise ConfigError(
                f"[schedule] calendar {known.code}: {LIBRARY} {known.version} knows no trading "
                f"days after {known.last_known}.",
                f"Install a newer {LIBRARY}, or name another exchange until there is one.",
            )
        if first < known.first_known:
            raise ConfigError(
                f"[schedule] calendar {known.code}: {LIBRARY} {known.version} knows no trading "
                f"days before {known.first_known}.",
                "Name a later month, or another exchange.",
            )
        if not known.covers(first, last):
            raise ValueError(f"{known.code}: {first} to {last} was not asked for")


class Calendars(NamedTuple):
    """The calendar that counts the days to publication, and that of the last close."""

    house: TradingDays
    new_york: TradingDays


class Coverage(NamedTuple):
    """How far the configured calendar reaches: its last known day, and the days until then."""

    last_known: date
    days_left: int


def calendars(settings: Settings, *days: date) -> Calendars:
    """Return the calendars around some days: the month before the first to that after the last.

    Raises:
        ConfigError: the library does not know the exchange, or the holiday file is not as it
            must be.
        MissingInputError: there is no such holiday file.
    """
    first, last = min(days) - BEFORE, max(days) + AFTER
    schedule, cache = settings.schedule, Path(settings.build.output) / "cache"
    closed = _closed(Path(schedule.holidays)) if schedule.holidays else frozenset()
    new_york = TradingDays(_listed(NEW_YORK_CODE, first, last, cache))
    if schedule.calendar == NEW_YORK_CODE:
        house = new_york
    else:
        house = TradingDays(_listed(schedule.calendar, first, last, cache))
    return Calendars(replace(house, closed=closed, file=schedule.holidays), new_york)


def coverage(settings: Settings, today: date) -> Coverage:
    """Return the last day the configured calendar is known of; days left below 0 are overdue.

    Raises:
        ConfigError, MissingInputError: as ``calendars``.
    """
    last = calendars(settings, today).house.listed.last_known
    return Coverage(last, (last - today).days)


def _closed(path: Path) -> frozenset[date]:
    """Return the days of a holiday file: one a line, ``#`` begins a remark."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise ConfigError(f"[schedule] holidays: {path} is not UTF-8 text.") from None
    except OSError as problem:
        raise MissingInputError(
            f"[schedule] holidays: {path} cannot be read ({problem.strerror})."
        ) from None
    found = set()
    for number, line in enumerate(lines, start=1):
        text = line.partition("#")[0].strip()
        try:
            if text:
                found.add(date.fromisoformat(text))
        except ValueError:
            raise ConfigError(
                f"[schedule] holidays: {path}, line {number}: {text!r} is not a day.",
                "Write it as 2026-01-01.",
            ) from None
    return frozenset(found)


def _listed(code: str, first: date, last: date, cache: Path) -> Listed:
    """Return what is known of an exchange, from the cached file where it fits."""
    path, installed = cache / f"trading-days-{code}.json", _installed()
    kept = _kept(path, code, installed)
    if kept is not None and kept.covers(first, last):
        return kept
    from reportgen.schedule import library

    wide = [date(first.year - YEARS_BEFORE, 1, 1), date(last.year + YEARS_AFTER, 12, 31)]
    if kept is not None:
        wide = [min(wide[0], kept.first), max(wide[1], kept.last)]
    fresh = library.listed(code, wide[0], wide[1], installed)
    _keep(path, fresh)
    return fresh


def _kept(path: Path, code: str, installed: str) -> Listed | None:
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=Listed)
    except (OSError, msgspec.DecodeError):
        return None
    fits = (kept.format, kept.code, kept.version) == (FORMAT, code, installed)
    return kept if fits else None


def _keep(path: Path, fresh: Listed) -> None:
    """Keep it for the next time; where that cannot be, the library is asked again."""
    from reportgen.disk import write_whole

    with suppress(CannotCreateError, DiskError):
        write_whole(path, msgspec.json.encode(fresh) + b"\n")


def _installed() -> str:
    """Return the version of the library, by the name of the folder that is kept about it.

    ``importlib.metadata`` reads the same but loads a parser of mail for it, a third of an idle
    tick.
    """
    for entry in sys.path:
        for found in Path(entry).glob(f"{LIBRARY}-*.dist-info"):
            return found.name.removesuffix(".dist-info").partition("-")[2]
    from importlib.metadata import version

    return version(LIBRARY)
