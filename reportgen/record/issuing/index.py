"""Statements of the index: its events by horizon, and the levels it may close at or below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from reportgen.models.events import BEAR, FLASH, SEVERE
from reportgen.models.history import TRADING_YEAR
from reportgen.record.events import Drawdown, Event, Fall, Touch
from reportgen.record.issuing.desk import Chance, IssueDesk

if TYPE_CHECKING:
    from reportgen.facts.levels import PriceLevel
    from reportgen.facts.probabilities import Forecast
    from reportgen.record.statement import Statement

INDEX = "nasdaq_composite"
MODEL = "M1"
EVENTS: Mapping[str, Event] = MappingProxyType(
    {
        "flash": Fall(INDEX, FLASH.depth, FLASH.days),
        "bear": Drawdown(INDEX, BEAR.depth, TRADING_YEAR),
        "severe": Drawdown(INDEX, SEVERE.depth, TRADING_YEAR),
    }
)
"""Events of the assessment by code; ``severe`` over the window only, as the house states it."""
LEVELS = 6


def events(desk: IssueDesk) -> Iterator[Statement]:
    """Yield the events of the index at every horizon; none for one that holds already."""
    for code, event in EVENTS.items():
        for forecast in desk.assessment.probabilities.event(code).forecasts:
            if code != "severe" or forecast.code == "window":
                yield from _event(desk, event, forecast)


def _event(desk: IssueDesk, event: Event, forecast: Forecast) -> Iterator[Statement]:
    days = round(forecast.trading_days.value)
    end = desk.window_end if forecast.code == "window" else desk.after(days)
    yield from desk.pair(MODEL, event, end, chance(forecast))


def chance(forecast: Forecast) -> Chance:
    """Return a forecast of the assessment with its base rates."""
    like = forecast.conditional
    return Chance(
        p=forecast.probability.value,
        low=forecast.interval.low.value,
        high=forecast.interval.high.value,
        climatology=forecast.base_rate.rate.value if forecast.base_rates else None,
        conditional=like.rate.value if like else None,
    )


def levels(desk: IssueDesk) -> Iterator[Statement]:
    """Yield P(touch) of the levels the report prints first, those below the close."""
    from reportgen.models.trigger_frequency import move_frequency

    closes, days = desk.snapshot.values(INDEX), desk.sessions(desk.window_end)
    for level in printed_levels(desk):
        past = move_frequency(closes, level.distance.value / 100.0, days)
        stated = Chance(
            p=level.touch.value,
            low=level.touch_interval.low.value,
            high=level.touch_interval.high.value,
            climatology=None if past is None else past.share,
        )
        yield from desk.pair(MODEL, below(level), desk.window_end, stated)


def printed_levels(desk: IssueDesk) -> tuple[PriceLevel, ...]:
    """Return the first six different levels below the close: the house's, then the models'."""
    found = desk.assessment.levels
    every = (
        *(found.house_main, found.house_extreme),
        *found.house_zone,
        *(found.trough_median, found.trough_extreme),
        *found.averages,
        *found.rule_fibonacci,
        *found.trough_zone,
    )
    chosen = {
        round(one.level.value, 2): one for one in every if one is not None and not one.reached
    }
    return tuple(chosen.values())[:LEVELS]


def below(level: PriceLevel) -> Touch:
    """Return the event of a close at or below a level."""
    return Touch(INDEX, round(level.level.value, 2), "below")
