"""Nine explanations of a sell-off, each held against what daily figures can show.

The list is a broker's of 21 November 2025. An explanation is testable when a published daily
series would have to move if it were true; the rest is told as told. "Supported" means the series
moved that way by more than two standard errors, not that the explanation is the cause.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from reportgen.errors import DataError
from reportgen.models import guard
from reportgen.models.assets import AssetSeries, by_code
from reportgen.models.event_study import EventSettings, abnormal_return

Verdict = Literal["supported", "not_supported", "not_testable"]
Unit = Literal["percent", "bp", "points"]
BOUND = 2.0
AVERAGE_DAYS = 50
CROSSED_WITHIN = 5
LONG_DAYS = 250


@dataclass(frozen=True)
class Driver:
    """One explanation and its verdict.

    Args:
        number: place in the list.
        testable: whether a published daily series speaks to it at all.
        partial: the series stands for a part of the explanation or is a proxy.
        indicator: series looked at, ``None`` when not testable or missing.
        value, unit: what it showed; ``z`` in standard errors or deviations.
    """

    number: int
    code: str
    testable: bool
    partial: bool
    indicator: str | None
    value: float | None
    unit: Unit | None
    z: float | None
    verdict: Verdict


NOT_TESTABLE = {
    1: "good_news_priced",
    3: "jobs_data_unreadable",
    6: "shorts_returning",
    9: "passive_flows",
}


def nine_drivers(
    series: tuple[AssetSeries, ...], vvix: pd.Series[float] | None, settings: EventSettings
) -> tuple[Driver, ...]:
    """Return the nine explanations in the list's order.

    Args:
        series: the assets; the S&P 500 is the market and the Nasdaq Composite the index. A
            missing indicator makes its row ``not_testable`` with no indicator.
        vvix: volatility of the VIX, a proxy of how thin the order book is; or ``None``.
        settings: the event; windows are (0, 1) for reactions and (-5, -1) for what came before.

    Raises:
        DataError: the market or the index is missing, or a series is malformed or too short.
    """
    told = {
        number: Driver(number, code, False, False, None, None, None, None, "not_testable")
        for number, code in NOT_TESTABLE.items()
    }
    after = replace(settings, first=0, last=1)
    before = replace(settings, first=-5, last=-1)
    tested = {
        2: _abnormal(2, "private_credit_stress", "high_yield_oas", series, after),
        4: _abnormal(4, "crypto_leading", "bitcoin", series, before),
        5: _trend_followers(by_code(series, "nasdaq_composite"), settings.session),
        7: _abnormal(7, "weak_asian_tech", "hang_seng", series, before),
        8: _thin_book(vvix, settings.session),
    }
    rows = told | tested
    return tuple(rows[number] for number in sorted(rows))


def _abnormal(
    number: int, code: str, name: str, series: tuple[AssetSeries, ...], settings: EventSettings
) -> Driver:
    """Return a driver that would show as an abnormal move: wider spreads, weaker prices."""
    if all(item.asset.code != name for item in series):
        return Driver(number, code, True, True, None, None, None, None, "not_testable")
    item = by_code(series, name)
    found = abnormal_return(item, by_code(series, "sp500"), settings)
    wider = item.asset.kind == "rate"
    hit = found.t >= BOUND if wider else found.t <= -BOUND
    unit: Unit = "bp" if wider else "percent"
    verdict: Verdict = "supported" if hit else "not_supported"
    return Driver(number, code, True, True, name, found.car, unit, found.t, verdict)


def _trend_followers(index: AssetSeries, session: date) -> Driver:
    """Return whether the index broke its 50-day average in the week to the event.

    ``value`` is the close's distance from the average in per cent, ``z`` that distance against
    its own standard deviation over the last 250 days. A trigger that broke is the part of the
    story prices can show; who sold is not seen.
    """
    values = index.checked()[: pd.Timestamp(session)]
    if len(values) < AVERAGE_DAYS + LONG_DAYS:
        raise DataError(f"series {index.asset.code} is too short before {session}")
    gap = 100.0 * (values / values.rolling(AVERAGE_DAYS).mean() - 1.0).tail(LONG_DAYS)
    last = float(gap.iloc[-1])
    below = gap.to_numpy() < 0.0
    recent = below[-CROSSED_WITHIN - 1 :]
    crossed = bool(recent[-1] and (~recent[:-1] & recent[1:]).any())
    return Driver(
        5,
        "trend_followers",
        True,
        True,
        index.asset.code,
        last,
        "percent",
        last / float(gap.std()),
        "supported" if crossed else "not_supported",
    )


def _thin_book(vvix: pd.Series[float] | None, session: date) -> Driver:
    """Return whether the price of volatility's volatility says that depth was thin."""
    code = "top_of_book_liquidity"
    if vvix is None:
        return Driver(8, code, True, True, None, None, None, None, "not_testable")
    values = guard.positive_series(vvix, "vvix")[: pd.Timestamp(session)]
    if len(values) < LONG_DAYS + 1:
        raise DataError(f"series vvix is too short before {session}")
    past = np.log(values.to_numpy(dtype="float64")[-LONG_DAYS - 1 : -1])
    spread = float(past.std(ddof=1))
    if spread <= 1e-12:
        raise DataError("series vvix does not move")
    z = (float(np.log(values.iloc[-1])) - float(past.mean())) / spread
    verdict: Verdict = "supported" if z >= BOUND else "not_supported"
    return Driver(8, code, True, True, "vvix", float(values.iloc[-1]), "points", z, verdict)
