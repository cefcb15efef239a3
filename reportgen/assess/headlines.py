"""The headlines of an edition: what a committee asks for first, and asks for again next month.

Figures of the forecast window are those to the end of the edition's own window, so that they
mean another stretch of time in every edition.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from reportgen.facts.headlines import Headline, Kind
from reportgen.facts.quantity import Quantity, Range, Unit

if TYPE_CHECKING:
    from reportgen.facts.assessment import Assessment
    from reportgen.facts.levels import Levels, PriceLevel
    from reportgen.facts.matrix import Risk
    from reportgen.facts.probabilities import Event

EVENTS = ("flash", "bear", "severe")
"""F1, B1 and B2."""
VERDICT = "verdict"
RISK = "risk_"
"""Begins the code of a risk's rating."""


def headlines(found: Assessment) -> tuple[Headline, ...]:
    """Return the headlines in the order they are told; what the edition lacks is not there.

    Codes: ``verdict``; ``flash``, ``bear``, ``severe`` to the window's end and ``flash_21`` …
    over 21 trading days; ``house_flash`` … the house's view of them; ``close``, ``drawdown``
    (from the record close), ``vix``, ``skew``, ``usdjpy``; ``trough_median``, ``house_zone``,
    ``house_main``, ``house_extreme`` and ``touch_…`` the probability of a close at or below
    them in the window; ``risk_…`` the rating of a risk, its trigger's probability beside it.
    """
    events = tuple(found.probabilities.event(code) for code in EVENTS)
    return (
        _grade(VERDICT, found.verdict.state),
        *(one for event in events for one in _chance(event, event.code, "window")),
        *(one for event in events for one in _chance(event, f"{event.code}_21", "d21")),
        *_house_views(events),
        *_market(found),
        *_levels(found.levels),
        *(_risk(one) for one in found.matrix.risks),
    )


def _chance(event: Event, code: str, horizon: str) -> Iterator[Headline]:
    found = next((one for one in event.forecasts if one.code == horizon), None)
    if found is None:
        return
    house = event.house.stated if event.house is not None and horizon == "window" else None
    yield Headline(
        code=code,
        kind="probability",
        unit=Unit.PROBABILITY,
        value=found.probability.value,
        low=found.interval.low.value,
        high=found.interval.high.value,
        base=found.base_rate.rate.value,
        house_low=None if house is None else house.low.value,
        house_high=None if house is None else house.high.value,
    )


def _house_views(events: tuple[Event, ...]) -> Iterator[Headline]:
    for event in events:
        if event.house is not None:
            yield _range(f"house_{event.code}", "probability", event.house.stated)


def _market(found: Assessment) -> Iterator[Headline]:
    skew = found.microstructure.skew
    figures = {
        "close": found.market.close,
        "drawdown": found.market.drawdown,
        "vix": found.market.vix,
        "skew": None if skew is None else skew.skew,
        "usdjpy": None if found.carry is None else found.carry.spot,
    }
    for code, figure in figures.items():
        if figure is not None:
            yield _figure(code, "value", figure)


def _levels(found: Levels) -> Iterator[Headline]:
    low, high = found.trough_zone
    yield from _level("trough_median", found.trough_median, Range(low.level, high.level))
    if found.house_zone:
        edges = sorted((one.level for one in found.house_zone), key=lambda edge: edge.value)
        yield _range("house_zone", "level", Range(edges[0], edges[-1]))
    yield from _level("house_main", found.house_main)
    yield from _level("house_extreme", found.house_extreme)


def _level(code: str, found: PriceLevel | None, around: Range | None = None) -> Iterator[Headline]:
    if found is not None:
        yield _figure(code, "level", found.level, around)
        yield _figure(f"touch_{code}", "probability", found.touch, found.touch_interval)


def _risk(found: Risk) -> Headline:
    chance = found.chance
    base = None if chance is None else chance.base_rate
    interval = None if chance is None else chance.interval
    return Headline(
        code=f"{RISK}{found.code}",
        kind="grade",
        unit=Unit.PROBABILITY,
        value=None if chance is None else chance.probability.value,
        low=None if interval is None else interval.low.value,
        high=None if interval is None else interval.high.value,
        base=None if base is None else base.value,
        state=found.rating,
    )


def _figure(code: str, kind: Kind, figure: Quantity, around: Range | None = None) -> Headline:
    return Headline(
        code=code,
        kind=kind,
        unit=figure.unit,
        value=figure.value,
        low=None if around is None else around.low.value,
        high=None if around is None else around.high.value,
    )


def _range(code: str, kind: Kind, stated: Range) -> Headline:
    return Headline(
        code=code, kind=kind, unit=stated.low.unit, low=stated.low.value, high=stated.high.value
    )


def _grade(code: str, state: str) -> Headline:
    return Headline(code=code, kind="grade", unit=Unit.RATIO, state=state)
