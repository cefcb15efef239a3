"""The markets of the review, and the days of the fall it looks at."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from reportgen.assess.desk import Desk
from reportgen.assess.eras import existed
from reportgen.assess.events import events_between
from reportgen.facts import Quantity, Unit
from reportgen.models.assets import ASSETS, AssetSeries
from reportgen.models.contagion import up_to
from reportgen.models.event_study import EventSettings
from reportgen.models.guard import day_of
from reportgen.models.sell_off import SellOff, find_sell_off

if TYPE_CHECKING:
    from reportgen.models.assets import Kind

SPEC_ID = "M11"
INDEX, SECOND, MARKET = "nasdaq_composite", "nasdaq_100", "sp500"
SELL_OFF = "nasdaq_sell_off"
OLD_DAYS = 7
"""Calendar days without a close of the index after which the month ends with the last one."""
FEWEST = 22
"""Values a row of the table needs: a month and a day."""
LONG_HISTORY = 530
"""Values with which a market enters correlations, absorption and the event study."""


@dataclass(frozen=True)
class ReviewDesk:
    """The desk with the markets that have a series, and the fall of the month.

    Args:
        start: the month begins on the day after; ``end``: its last day.
        markets: those with a month of values, up to the as-of date.
        fall: the deepest fall of the index with its low in the month.
        session: the New York session looked at.
    """

    desk: Desk
    start: date
    end: date
    markets: tuple[AssetSeries, ...]
    fall: SellOff
    session: date
    settings: EventSettings = field(init=False)

    def __post_init__(self) -> None:
        """Set the event study on the session."""
        object.__setattr__(self, "settings", EventSettings(self.session))

    @property
    def missing(self) -> tuple[str, ...]:
        """Codes of the markets without enough values, of those that were quoted by then."""
        held = {one.asset.code for one in self.markets}
        return tuple(
            one.code
            for one in ASSETS
            if one.code not in held and existed(one.code, self.desk.as_of)
        )

    @property
    def long_markets(self) -> tuple[AssetSeries, ...]:
        """The markets with a long enough history for models."""
        return tuple(one for one in self.markets if len(one.values) >= LONG_HISTORY)

    @property
    def studied(self) -> tuple[AssetSeries, ...]:
        """The long markets that have two daily values after the session began."""
        return tuple(one for one in self.long_markets if self._complete(one))

    def cut(self, end: date) -> tuple[AssetSeries, ...]:
        """Return the long markets up to a day."""
        return tuple(up_to(one, end) for one in self.long_markets)

    def moved(self, kind: Kind, change: float, *inputs: str) -> Quantity:
        """Return a change: per cent of a price, basis points of a rate."""
        unit = Unit.PERCENT if kind == "price" else Unit.BASIS_POINTS
        return self.computed(change, unit, *inputs)

    def computed(self, value: float, unit: Unit, *inputs: str) -> Quantity:
        """Return a figure of the model."""
        return self.desk.computed(value, unit, SPEC_ID, *inputs)

    def _complete(self, item: AssetSeries) -> bool:
        """Tell whether a market has two weekday values that know of the session."""
        after = item.values[item.values.index >= pd.Timestamp(self.session)]
        weekdays = [day_of(one) for one in after.index if one.weekday() < 5]
        known = [day for day in weekdays if item.asset.instant(day) >= self.settings.instant()]
        return len(known) >= 2


def study(desk: Desk) -> ReviewDesk:
    """Return the markets and the fall of the month that ends with the as-of date.

    Where the index ends earlier, so does the month.

    Raises:
        DataError: the index has too few closes.
    """
    end = _end(desk)
    start = day_of(pd.Timestamp(end) - pd.DateOffset(months=1))
    markets = tuple(
        AssetSeries(one, desk.values(one.code))
        for one in ASSETS
        if desk.has(one.code) and len(desk.values(one.code)) >= FEWEST
    )
    fall = find_sell_off(desk.values(INDEX), start + timedelta(days=1), end)
    named = events_between(desk, start + timedelta(days=1), end, SELL_OFF)
    session = named[-1].day.day if named else fall.worst_day
    return ReviewDesk(desk, start, end, markets, fall, session)


def _end(desk: Desk) -> date:
    """Return the as-of date, or the last close of the index where that is old."""
    last = desk.observed_day(INDEX).day
    return last if (desk.as_of - last).days > OLD_DAYS else desk.as_of
