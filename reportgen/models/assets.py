"""The assets of the cross-asset view: what kind of number they are, and when their day ends.

A "daily close" is a different moment for each: Tokyo and Hong Kong close before New York opens,
the London gold price is fixed in the New York morning, the Federal Reserve's exchange rates are
taken at noon, crypto days end at midnight UTC. Two closes more than four hours apart see
different news on the same date, so their pair is compared over two days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from reportgen.errors import DataError
from reportgen.models import guard

Kind = Literal["price", "rate"]
SYNCHRONOUS = timedelta(hours=4)


@dataclass(frozen=True)
class Asset:
    """What a daily series is.

    Args:
        code: series id.
        kind: ``price`` moves in per cent, ``rate`` (per cent a year) in basis points.
        zone: IANA name of the zone in which its day ends.
        close: local time of the daily value.
    """

    code: str
    kind: Kind
    zone: str
    close: time

    def instant(self, day: date) -> datetime:
        """Return the moment of the daily value in UTC."""
        return datetime.combine(day, self.close, ZoneInfo(self.zone)).astimezone(UTC)

    def instants(self, days: pd.DatetimeIndex) -> pd.DatetimeIndex:
        """Return the moments of the values of many days in UTC, each as ``instant`` gives it."""
        past_midnight = timedelta(hours=self.close.hour, minutes=self.close.minute)
        return (days + past_midnight).tz_localize(ZoneInfo(self.zone)).tz_convert(UTC)


NEW_YORK = "America/New_York"
ASSETS = (
    Asset("nasdaq_composite", "price", NEW_YORK, time(16, 0)),
    Asset("nasdaq_100", "price", NEW_YORK, time(16, 0)),
    Asset("sp500", "price", NEW_YORK, time(16, 0)),
    Asset("bitcoin", "price", "UTC", time(23, 59)),
    Asset("ether", "price", "UTC", time(23, 59)),
    Asset("gold", "price", "Europe/London", time(15, 0)),
    Asset("usdjpy", "price", NEW_YORK, time(12, 0)),
    Asset("treasury_10y", "rate", NEW_YORK, time(15, 30)),
    Asset("high_yield_oas", "rate", NEW_YORK, time(15, 0)),
    Asset("nikkei_225", "price", "Asia/Tokyo", time(15, 30)),
    Asset("hang_seng", "price", "Asia/Hong_Kong", time(16, 10)),
    Asset("shanghai_composite", "price", "Asia/Shanghai", time(15, 0)),
)


@dataclass(frozen=True, eq=False)
class AssetSeries:
    """An asset with its daily values (index points, prices, or per cent a year)."""

    asset: Asset
    values: pd.Series[float]

    def checked(self, minimum: int = 1) -> pd.Series[float]:
        """Return the values if they can carry a model; prices must be above zero.

        Raises:
            DataError: as ``guard.series`` and ``guard.positive_series`` say.
        """
        check = guard.positive_series if self.asset.kind == "price" else guard.series
        return check(self.values, self.asset.code, minimum)


@dataclass(frozen=True)
class SessionClocks:
    """A New York session on both clocks.

    Args:
        new_york_day: date of the session; ``close_utc`` the moment it ended.
        asia_day: date in Tokyo and Hong Kong at that moment.
        local: (zone, local date and time) of that moment.
    """

    new_york_day: date
    close_utc: datetime
    asia_day: date
    local: tuple[tuple[str, datetime], ...]


def session_clocks(day: date) -> SessionClocks:
    """Return when a New York session ended, in New York and in Asia."""
    close = datetime.combine(day, time(16, 0), ZoneInfo(NEW_YORK)).astimezone(UTC)
    zones = (NEW_YORK, "Asia/Tokyo", "Asia/Hong_Kong")
    local = tuple((zone, close.astimezone(ZoneInfo(zone))) for zone in zones)
    return SessionClocks(day, close, local[1][1].date(), local)


def moves(values: pd.Series[float], kind: Kind, days: int = 1) -> pd.Series[float]:
    """Return overlapping moves over a number of observations, dated by their last day.

    Args:
        values: checked daily values.
        kind: log returns in per cent for a price, differences in basis points for a rate.
        days: observations a move spans.
    """
    numbers = values.to_numpy(dtype="float64")
    line = np.log(numbers) if kind == "price" else numbers
    return pd.Series(100.0 * (line[days:] - line[:-days]), index=values.index[days:])


def simple_change(kind: Kind, before: float, after: float) -> float:
    """Return the change a reader expects: per cent for a price, basis points for a rate."""
    return 100.0 * (after / before - 1.0 if kind == "price" else after - before)


def synchronous(one: Asset, other: Asset) -> bool:
    """Return whether two daily values are taken within four hours of each other (in winter)."""
    day = date(2025, 1, 15)
    return abs(one.instant(day) - other.instant(day)) <= SYNCHRONOUS


def by_code(series: tuple[AssetSeries, ...], code: str) -> AssetSeries:
    """Return the series of an asset.

    Raises:
        DataError: it is not there.
    """
    for item in series:
        if item.asset.code == code:
            return item
    raise DataError(f"the cross-asset view needs the series {code}")
