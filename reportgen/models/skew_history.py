"""M4, the record: falls that followed readings of SKEW and VIX, counted on the index itself."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from reportgen.errors import DataError
from reportgen.models import guard

Places = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]

NEAR = 4
"""Days a reading may lie after the close it is joined to."""

_SHARES, _ROUND = (0.13, 0.75, 0.93), 5.0


@dataclass(frozen=True)
class SkewSettings:
    """Thresholds of the states and definitions of the historical record.

    Args:
        low, high, extreme: below ``low`` the state is low, from ``high`` on high, from
            ``extreme`` on extreme; ``usual_range`` takes them from the recent history.
        calm_vix: the VIX below which a high SKEW counts as a divergence.
        alert: the reading whose share of days is counted.
        recent_since: first day of the recent history.
        edges: inner bounds of the SKEW buckets; a bound belongs to the higher bucket.
        window: trading days of a realised return.
        outcome_window: trading days of the outcomes given to the precursor record.
        fewest: months below which the precursor record gives no verdict.
    """

    low: float = 120.0
    high: float = 145.0
    extreme: float = 155.0
    calm_vix: float = 18.0
    alert: float = 150.0
    recent_since: date = date(2018, 1, 1)
    edges: tuple[float, ...] = (120.0, 130.0, 140.0, 150.0)
    window: int = 21
    outcome_window: int = 63
    fewest: int = 10


@dataclass(frozen=True)
class Rank:
    """Share of a history (0 to 1) at or below a reading, with its span and size."""

    share: float
    start: date
    end: date
    n: int


@dataclass(frozen=True)
class Bucket:
    """Falls beyond two implied deviations while SKEW stood in [lower, upper).

    ``None`` marks an open end; ``share`` is ``None`` for an empty bucket.
    """

    lower: float | None
    upper: float | None
    n: int
    falls: int
    share: float | None


@dataclass(frozen=True)
class RealisedRecord:
    """How often the S&P 500 fell by more than two implied deviations within the window.

    Args:
        start, end: first and last origin.
        n: origins; their windows overlap, ``independent`` of them would not.
        falls, share: origins followed by such a fall, and their share (0 to 1).
        buckets: the same by level of SKEW at the origin.
    """

    start: date
    end: date
    n: int
    independent: int
    falls: int
    share: float
    buckets: tuple[Bucket, ...]


def usual_range(recent: pd.Series[float], settings: SkewSettings | None = None) -> SkewSettings:
    """Return the settings with the bounds of the states where recent readings put them.

    Low is the lowest 13 %, high the highest 25 %, extreme the highest 7 % of the days, each
    bound to the nearest five points: what is usual has risen over the years.

    Args:
        recent: daily readings of the recent history, index points.
        settings: what else is given.
    """
    readings = guard.series(recent, "skew")
    low, high, extreme = (_ROUND * round(float(readings.quantile(at)) / _ROUND) for at in _SHARES)
    return replace(settings or SkewSettings(), low=low, high=high, extreme=extreme)


def percentile(history: pd.Series[float], value: float, name: str = "history") -> Rank:
    """Return the share of ``history`` at or below ``value``."""
    values = guard.series(history, name)
    first, last = guard.day_of(values.index[0]), guard.day_of(values.index[-1])
    return Rank(float((values <= value).mean()), first, last, len(values))


def realised_record(
    closes: pd.Series[float],
    vix: pd.Series[float],
    skew: pd.Series[float],
    settings: SkewSettings | None = None,
) -> RealisedRecord:
    """Return how often the index fell by more than two deviations that VIX had implied.

    An origin is a day of both ``vix`` and ``skew`` (daily or weekly) with a close on it or at
    most four days before, and a full window after it. The fall is
    log(S[t+w] / S[t]) / (VIX/100 sqrt(w/252)) < -2.

    Raises:
        DataError: there is no such origin.
    """
    rules = settings or SkewSettings()
    moves = _standardised(closes, vix, rules.window)
    table = pd.DataFrame({"move": moves, "skew": guard.series(skew, "skew")}).dropna()
    if table.empty:
        raise DataError("Series skew, vix and sp500 share no day with a complete window.")
    fell = table["move"] < -2.0
    bounds: list[float | None] = [None, *rules.edges, None]
    start, end = table.index[0], table.index[-1]
    return RealisedRecord(
        start=guard.day_of(start),
        end=guard.day_of(end),
        n=len(table),
        independent=max(1, len(closes.loc[start:end]) // rules.window),
        falls=int(fell.sum()),
        share=float(fell.mean()),
        buckets=tuple(
            _bucket(table["skew"], fell, lower, upper) for lower, upper in pairwise(bounds)
        ),
    )


def implied_falls(
    closes: pd.Series[float], vix: pd.Series[float], window: int = SkewSettings.window
) -> pd.Series[bool]:
    """Return by day of ``vix`` whether a fall beyond two implied deviations followed.

    Days whose window is not complete are left out; arguments as for ``realised_record``.
    """
    return _standardised(closes, vix, window) < -2.0


def _standardised(closes: pd.Series[float], vix: pd.Series[float], window: int) -> pd.Series[float]:
    """Return the later log return over the window in implied deviations, by day of ``vix``."""
    prices = guard.positive_series(closes, "sp500", window + 1)
    implied = guard.positive_series(vix, "vix")
    logs = np.log(prices.to_numpy())
    place, near = at_or_before(prices.index, implied.index)
    usable = near & (place + window < len(prices))
    at = place[usable]
    deviation = implied.to_numpy()[usable] / 100.0 * math.sqrt(window / 252.0)
    return pd.Series((logs[at + window] - logs[at]) / deviation, index=implied.index[usable])


def at_or_before(known: pd.Index, wanted: pd.Index) -> tuple[Places, Flags]:
    """Return, for each wanted day, the place of the last known day up to it, and if it is near.

    Near is at most four days: a week that ends on a holiday carries the day before it.
    """
    days, asked = (index.to_numpy().astype("datetime64[D]") for index in (known, wanted))
    place = np.searchsorted(days, asked, side="right") - 1
    if not len(days):
        return place, np.zeros(len(asked), dtype=bool)
    gap = (asked - days[np.clip(place, 0, None)]).astype(int)
    return place, (place >= 0) & (gap <= NEAR)


def _bucket(
    skew: pd.Series[float], fell: pd.Series[bool], lower: float | None, upper: float | None
) -> Bucket:
    inside = (skew >= (-math.inf if lower is None else lower)) & (
        skew < (math.inf if upper is None else upper)
    )
    n, falls = int(inside.sum()), int(fell[inside].sum())
    return Bucket(lower, upper, n, falls, share_of(falls, n))


def share_of(hits: int, n: int) -> float | None:
    """Return hits / n, ``None`` without cases."""
    return hits / n if n else None
