"""Trading days as plain dates, from a cached file where one fits, else from the library.

Reading the file takes about a millisecond and loads neither numpy nor pandas; the library takes
up to three seconds.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import msgspec

from reportgen.config import Settings
from reportgen.errors import CannotCreateError, ConfigError, DiskError, MissingInputError
from reportgen.schedule.trading import (
    FORMAT,
    LIBRARY,
    NO_HOLIDAYS,
    Calendars,
    Coverage,
    Holidays,
    Listed,
    TradingDays,
)

NEW_YORK_CODE = "XNYS"
"""The exchange whose last close is an edition's as-of date."""

BEFORE, AFTER = timedelta(days=100), timedelta(days=70)
"""What a question about a day looks at: the month before and its last close, the month after."""


YEARS_BEFORE, YEARS_AFTER = 3, 2
"""Kept besides what is asked for, so that the library is asked about once a year."""


COMPLETE = "complete until "
"""Begins the line of a holiday file that says how far it names every weekday without trading."""


def calendars(settings: Settings, *days: date) -> Calendars:
    """Return the calendars around some days: the month before the first to that after the last.

    Raises:
        ConfigError: the library does not know the exchange, or the holiday file is not as it
            must be.
        MissingInputError: there is no such holiday file.
    """
    first, last = min(days) - BEFORE, max(days) + AFTER
    schedule, cache = settings.schedule, Path(settings.build.output) / "cache"
    holidays = _holidays(Path(schedule.holidays)) if schedule.holidays else NO_HOLIDAYS
    new_york = TradingDays(_listed(NEW_YORK_CODE, first, last, cache))
    if schedule.calendar == NEW_YORK_CODE:
        house = new_york
    else:
        house = TradingDays(_listed(schedule.calendar, first, last, cache))
    return Calendars(replace(house, holidays=holidays), new_york)


def coverage(settings: Settings, today: date) -> Coverage:
    """Return the last day the configured calendar is known of; days left below 0 are overdue.

    Raises:
        ConfigError, MissingInputError: as ``calendars``.
    """
    last = calendars(settings, today).house.last_known
    return Coverage(last, (last - today).days)


def _holidays(path: Path) -> Holidays:
    """Return a holiday file: a day a line, ``#`` begins a remark; one line may say how far it goes.

    Raises:
        ConfigError: a line is neither.
        MissingInputError: it cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise ConfigError(f"[schedule] holidays: {path} is not UTF-8 text.") from None
    except OSError as problem:
        raise MissingInputError(
            f"[schedule] holidays: {path} cannot be read ({problem.strerror})."
        ) from None
    days, complete = set(), None
    for number, line in enumerate(lines, start=1):
        text = line.partition("#")[0].strip()
        if text.startswith(COMPLETE):
            complete = _day(text.removeprefix(COMPLETE).strip(), path, number)
        elif text:
            days.add(_day(text, path, number))
    return Holidays(frozenset(days), complete, str(path))


def _day(text: str, path: Path, number: int) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigError(
            f"[schedule] holidays: {path}, line {number}: {text!r} is not a day.",
            "Write it as 2026-01-01.",
        ) from None


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
