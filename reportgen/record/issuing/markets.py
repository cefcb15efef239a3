"""Statements of markets: quantiles of six of them, volatility, the yen and dollar liquidity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

import pandas as pd

from reportgen.errors import DataError
from reportgen.models.quantile_forecast import (
    HORIZONS,
    PROBABILITIES,
    SPEC,
    Kind,
    QuantileForecast,
    quantile_forecast,
)
from reportgen.record.events import Move, Term, Touch, Value
from reportgen.record.issuing.desk import BASE_RATES, Chance, IssueDesk
from reportgen.record.sessions import sessions_between
from reportgen.record.statement import Quantiles

if TYPE_CHECKING:
    from reportgen.record.statement import Statement

MARKETS: Mapping[str, Kind] = MappingProxyType(
    {
        "nasdaq_composite": "index",
        "nasdaq_100": "index",
        "sp500": "index",
        "bitcoin": "price",
        "usdjpy": "price",
        "treasury_10y": "yield",
    }
)
WATCHED = (("vix", 25.0), ("vix", 35.0), ("skew", 150.0))
"""Series and the levels at or above which they may come within a month."""
MONTH = 21
YEN = "usdjpy"
YEN_HORIZONS = ("quarter", "window")
LIQUIDITY = (
    Term("fed_total_assets"),
    Term("treasury_general_account", -1.0),
    Term("overnight_reverse_repo", -1000.0),
)
"""Net liquidity in millions of dollars; the reverse repo is in billions."""
QUARTER = timedelta(weeks=13)
WEEKS = 13
LIKE_WINDOWS = "share_of_like_windows"
"""The model is the share of those past windows that began as the present one does."""


def quantiles(desk: IssueDesk) -> Iterator[Statement | DataError]:
    """Yield quantiles by market and horizon; in a market's place, why it has none."""
    for series, kind in MARKETS.items():
        try:
            found = _forecast(desk, series, kind)
        except DataError as problem:
            yield problem
            continue
        for one in found.horizons:
            yield from desk.quantile_pair(
                SPEC.id,
                Value(series),
                desk.after(one.horizon),
                Quantiles(PROBABILITIES, one.values),
                Quantiles(PROBABILITIES, one.climatology),
                *found.diagnostics,
            )


def _forecast(desk: IssueDesk, series: str, kind: Kind) -> QuantileForecast:
    if desk.snapshot.has(series) and desk.snapshot.freshness(series).stale:
        raise DataError(f"Series {series} is stale: no distribution starts from it.")
    return quantile_forecast(on_sessions(desk.snapshot.values(series)), desk.as_of, kind, HORIZONS)


def on_sessions(values: pd.Series[float]) -> pd.Series[float]:
    """Return the observations on trading days of New York, so that a step is one of them."""
    first, last = (pd.Timestamp(values.index[at]).date() for at in (0, -1))
    days = pd.DatetimeIndex([pd.Timestamp(day) for day in sessions_between(first, last)])
    return values[values.index.isin(days.insert(0, values.index[0]))]


def watched(desk: IssueDesk) -> Iterator[Statement]:
    """Yield volatility and SKEW against their levels; none for a level that is reached."""
    from reportgen.models.trigger_frequency import hit_frequency

    for series, level in WATCHED:
        if not desk.snapshot.has(series) or desk.snapshot.freshness(series).stale:
            continue
        found = hit_frequency(desk.snapshot.values(series), level, "above", MONTH)
        if found is not None:
            stated = Chance(found.share, found.low, found.high, found.overall)
            event = Touch(series, level, "above")
            yield from desk.pair(BASE_RATES, event, desk.after(MONTH), stated, LIKE_WINDOWS)


def yen(desk: IssueDesk) -> Iterator[Statement]:
    """Yield the levels of USD/JPY the report asks about."""
    carry = desk.assessment.carry
    for level in carry.touches if carry else ():
        below = level.level.value < carry.spot.value  # type: ignore[union-attr]
        event = Touch(YEN, level.level.value, "below" if below else "above")
        for one in level.chances:
            if one.code in YEN_HORIZONS:
                stated = Chance(
                    p=one.probability.value,
                    low=one.interval.low.value,
                    high=one.interval.high.value,
                    climatology=one.base_rate.value if one.base_rate else None,
                )
                yield from desk.pair("M5", event, one.by.day, stated)


def liquidity(desk: IssueDesk) -> Iterator[Statement]:
    """Yield whether net liquidity will be higher in thirteen weeks."""
    from reportgen.models.sign_frequency import sign_frequency

    if not all(desk.snapshot.has(term.series) for term in LIQUIDITY):
        return
    found = sign_frequency(net_liquidity(desk), WEEKS)
    if found is not None:
        stated = Chance(found.share, found.low, found.high, found.overall)
        event = Move(LIQUIDITY, 0.0, "above")
        yield from desk.pair(BASE_RATES, event, desk.as_of + QUARTER, stated, LIKE_WINDOWS)


def net_liquidity(desk: IssueDesk) -> pd.Series[float]:
    """Return net liquidity by week, in millions of dollars."""
    table = pd.DataFrame(
        {term.series: term.weight * desk.snapshot.values(term.series) for term in LIQUIDITY}
    )
    return table.dropna().sum(axis=1).rename("net_liquidity")
