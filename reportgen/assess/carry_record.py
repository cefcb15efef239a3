"""The carry trade's record: who holds what in futures, and how past unwindings went."""

from __future__ import annotations

from datetime import date
from statistics import stdev
from typing import Literal

import pandas as pd

from reportgen.assess.desk import Desk, percent
from reportgen.facts import Computed, Day, Quantity, Unit
from reportgen.facts.carry import Episode, Positions
from reportgen.models.carry import SPEC
from reportgen.models.guard import day_of
from reportgen.models.yen_positions import FEWEST_WEEKS, YenPositions, yen_positions

LONG, SHORT = "yen_noncommercial_long", "yen_noncommercial_short"
PAIR_WEEKLY, INDEX_WEEKLY = "usdjpy_weekly", "nasdaq_composite_weekly"
NEUTRAL = 0.5
CROWDED = 1.5
"""Standard deviations of three years: within the first the net is called neutral, beyond the
second, from its mean, crowded."""

EPISODES = (
    ("1998", date(1998, 8, 1), date(1998, 10, 31)),
    ("2008", date(2008, 8, 1), date(2008, 12, 31)),
    ("2024", date(2024, 7, 1), date(2024, 9, 30)),
)
"""Spans that hold the unwindings of the yen carry trade named in the literature (BIS Bulletin 90);
the high and the low inside them are read from the rates."""


def speculators(desk: Desk) -> YenPositions | None:
    """Return positions in yen futures; ``None`` without the series or with too short a history."""
    if not desk.has(LONG, SHORT):
        return None
    bought, sold = desk.values(LONG).align(desk.values(SHORT), join="inner")
    return yen_positions(bought, sold) if len(bought) >= FEWEST_WEEKS else None


def net_history(desk: Desk) -> pd.Series[float]:
    """Return non-commercial long less short contracts by day."""
    net: pd.Series[float] = (desk.values(LONG) - desk.values(SHORT)).dropna()
    return net


def positions(desk: Desk, found: YenPositions | None) -> Positions | None:
    """Return the positions as quantities."""
    if found is None:
        return None
    peak = found.peak_short
    return Positions(
        side=_side(found),
        crowded=abs(found.score) > CROWDED,
        day=Day(found.day, desk.origin(LONG, found.day)),
        net=_computed(desk, found.net_contracts, Unit.CONTRACTS),
        net_yen=_computed(desk, found.net_yen, Unit.JPY),
        long=desk.observed(LONG, found.day),
        short=desk.observed(SHORT, found.day),
        score=_computed(desk, found.score, Unit.RATIO),
        change_quarter=_computed(desk, found.change_13w, Unit.CONTRACTS),
        age=_computed(desk, (desk.as_of - found.day).days, Unit.DAYS),
        peak_short=None if peak is None else _computed(desk, peak[1], Unit.CONTRACTS),
        peak_short_day=None if peak is None else Day(peak[0], Computed(SPEC.id, (LONG, SHORT))),
        short_unwound=None
        if found.short_unwound is None
        else _computed(desk, percent(found.short_unwound), Unit.PERCENT),
    )


def _side(found: YenPositions) -> Literal["long", "neutral", "short"]:
    usual = stdev(net for _, net in found.history)
    if abs(found.net_contracts) < NEUTRAL * usual:
        return "neutral"
    return "long" if found.net_contracts > 0 else "short"


def episodes(desk: Desk) -> tuple[Episode, ...]:
    """Return the past unwindings that the weekly rates cover, earliest first."""
    if not desk.has(PAIR_WEEKLY):
        return ()
    rates = desk.values(PAIR_WEEKLY)
    start = day_of(rates.index[0])
    covered = [span for span in EPISODES if start <= span[1] and span[2] < desk.as_of]
    return tuple(
        _episode(desk, code, rates[str(first) : str(last)]) for code, first, last in covered
    )


def _episode(desk: Desk, code: str, rates: pd.Series[float]) -> Episode:
    high = day_of(rates.idxmax())
    after = rates[str(high) :]
    low = day_of(after.idxmin())
    by_model = Computed(SPEC.id, (PAIR_WEEKLY,))
    change = float(after.min()) / float(rates.max()) - 1.0
    return Episode(
        code=code,
        start=Day(high, by_model),
        end=Day(low, by_model),
        currency=Quantity(percent(change), Unit.PERCENT, by_model),
        index=_index_change(desk, high, low),
    )


def _index_change(desk: Desk, start: date, end: date) -> Quantity | None:
    if not desk.has(INDEX_WEEKLY):
        return None
    first, last = (desk.observed(INDEX_WEEKLY, day).value for day in (start, end))
    return desk.computed(percent(last / first - 1.0), Unit.PERCENT, SPEC, INDEX_WEEKLY)


def _computed(desk: Desk, value: float, unit: Unit) -> Quantity:
    return desk.computed(value, unit, SPEC, LONG, SHORT)
