"""What is known of an exchange's trading days: from the library, and from the house; pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import msgspec

from reportgen.errors import ConfigError

LIBRARY = "exchange_calendars"
FORMAT = 1
"""Of the cached file; raised whenever the same library would be asked in another way."""


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


class Holidays(NamedTuple):
    """The house's own holiday file.

    Args:
        days: they do not count.
        complete: up to this day the file names every weekday without trading, so that it can
            stand in where the library ends; ``None`` when it does not say so.
        file: its name; empty for none.
    """

    days: frozenset[date] = frozenset()
    complete: date | None = None
    file: str = ""


NO_HOLIDAYS = Holidays()


@dataclass(frozen=True)
class TradingDays:
    """The trading days of an exchange, without the house's own holidays.

    Args:
        listed: what the library knows.
        holidays: what the house says.
    """

    listed: Listed
    holidays: Holidays = NO_HOLIDAYS

    @property
    def last_known(self) -> date:
        """Return the last day known: of the library, or of a file that says it is complete."""
        return max(self.listed.last_known, self.holidays.complete or date.min)

    def between(self, first: date, last: date) -> tuple[date, ...]:
        """Return the trading days from ``first`` to ``last``, both included, as far as known."""
        days = self.listed.days
        found = days[bisect_left(days, first) : bisect_right(days, last)]
        found += self._vouched_for(first, last)
        return tuple(day for day in found if day not in self.holidays.days)

    def _vouched_for(self, first: date, last: date) -> tuple[date, ...]:
        """Return the weekdays after the library's end for which the house's own file stands in."""
        first = max(first, self.listed.last_known + timedelta(days=1))
        count = (min(last, self.last_known) - first).days + 1
        days = (first + timedelta(days=ahead) for ahead in range(count))
        return tuple(day for day in days if day.weekday() < 5)

    def refuse_unknown(self, first: date, last: date) -> None:
        """Refuse a span that reaches beyond what is known; weekdays are no trading days.

        Raises:
            ConfigError: the calendar is not known on all days of the span.
        """
        known = self.listed
        if last > self.last_known:
            raise ConfigError(
                f"[schedule] calendar {known.code}: no trading days are known after "
                f"{self.last_known} ({self.source}).",
                f"Install a newer {LIBRARY}, or name the closed days in [schedule] holidays with "
                "a line: complete until 2027-12-31.",
            )
        if first < known.first_known:
            raise ConfigError(
                f"[schedule] calendar {known.code}: no trading days are known before "
                f"{known.first_known} ({self.source}).",
                "Name a later month, or another exchange.",
            )
        if not known.covers(first, last):
            raise ValueError(f"{known.code}: {first} to {last} was not asked for")

    @property
    def source(self) -> str:
        """Return where the days come from: the library with its version, and the file."""
        of_the_house = f", {self.holidays.file}" if self.holidays.file else ""
        return f"{LIBRARY} {self.listed.version}{of_the_house}"


class Calendars(NamedTuple):
    """The calendar that counts the days to publication, and that of the last close."""

    house: TradingDays
    new_york: TradingDays


class Coverage(NamedTuple):
    """How far the configured calendar reaches: its last known day, and the days until then."""

    last_known: date
    days_left: int
