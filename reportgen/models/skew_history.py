"""M4, the record: what followed readings of SKEW and VIX, counted on the index itself."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import beta

from reportgen.errors import DataError
from reportgen.models import guard

Verdict = Literal["supported", "not_supported", "contradicted", "too_few"]
Places = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]

NEAR = 4
"""Days a reading may lie after the close it is joined to."""


@dataclass(frozen=True)
class SkewSettings:
    """Thresholds of the states and definitions of the historical record.

    Args:
        low, high, extreme: below ``low`` the state is low, from ``high`` on high, from
            ``extreme`` on extreme. Since 2018 some 13 % of days lie below 120, 25 % from 145
            and 7 % from 155 upwards.
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


@dataclass(frozen=True)
class PrecursorRecord:
    """What followed month ends with VIX low and SKEW high, beside its base rates.

    Args:
        start, end, n: first and last month end with a complete window, and their number.
        base: share of all months followed by a flash crash (0 to 1).
        calm_n, calm_share: months with VIX low, whatever SKEW, and their share.
        diverging_n, diverging_share: months with VIX low and SKEW high, and their share.
        low, high: 80 % interval of ``diverging_share``, windows counted as overlapping.
        verdict: ``supported`` when the interval lies above ``calm_share``,
            ``contradicted`` when below, ``not_supported`` when around it,
            ``too_few`` when there are too few such months to say.
    """

    start: date
    end: date
    n: int
    base: float
    calm_n: int
    calm_share: float | None
    diverging_n: int
    diverging_share: float | None
    low: float | None
    high: float | None
    verdict: Verdict


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


def precursor_record(
    skew: pd.Series[float],
    vix: pd.Series[float],
    outcomes: pd.Series[bool],
    settings: SkewSettings | None = None,
) -> PrecursorRecord:
    """Return how often a flash crash followed the month ends with VIX low and SKEW high.

    Args:
        skew: weekly or daily readings; the last of each month shared with ``vix`` counts.
        vix: likewise, index points.
        outcomes: by trading day, whether the event followed; complete windows only.
        settings: thresholds; the interval counts n * 21 / ``outcome_window`` windows.

    Raises:
        DataError: no month has both readings and an outcome.
    """
    rules = settings or SkewSettings()
    months = _month_ends(skew, vix, outcomes)
    calm = months["vix"] < rules.calm_vix
    diverging = calm & (months["skew"] >= rules.high)
    followed = months["outcome"]
    n, hits = int(diverging.sum()), int(followed[diverging].sum())
    calm_share = _share(int(followed[calm].sum()), int(calm.sum()))
    low, high = _interval(hits, n, 21.0 / rules.outcome_window)
    return PrecursorRecord(
        start=guard.day_of(months.index[0]),
        end=guard.day_of(months.index[-1]),
        n=len(months),
        base=float(followed.mean()),
        calm_n=int(calm.sum()),
        calm_share=calm_share,
        diverging_n=n,
        diverging_share=_share(hits, n),
        low=low,
        high=high,
        verdict=_verdict(n, rules.fewest, calm_share, (low, high)),
    )


def _standardised(closes: pd.Series[float], vix: pd.Series[float], window: int) -> pd.Series[float]:
    """Return the later log return over the window in implied deviations, by day of ``vix``."""
    prices = guard.positive_series(closes, "sp500", window + 1)
    implied = guard.positive_series(vix, "vix")
    logs = np.log(prices.to_numpy())
    place, near = _at_or_before(prices.index, implied.index)
    usable = near & (place + window < len(prices))
    at = place[usable]
    deviation = implied.to_numpy()[usable] / 100.0 * math.sqrt(window / 252.0)
    return pd.Series((logs[at + window] - logs[at]) / deviation, index=implied.index[usable])


def _at_or_before(known: pd.Index, wanted: pd.Index) -> tuple[Places, Flags]:
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
    return Bucket(lower, upper, n, falls, _share(falls, n))


def _month_ends(
    skew: pd.Series[float], vix: pd.Series[float], outcomes: pd.Series[bool]
) -> pd.DataFrame:
    """Return skew, vix and outcome at the last common reading of each month."""
    readings = pd.DataFrame(
        {"skew": guard.series(skew, "skew"), "vix": guard.positive_series(vix, "vix")}
    ).dropna()
    days = pd.DatetimeIndex(readings.index)
    last = readings[~pd.Index(days.to_period("M")).duplicated(keep="last")]
    known = outcomes.sort_index()
    place, near = _at_or_before(known.index, last.index)
    if not near.any():
        raise DataError("Series skew and vix share no month end with a known outcome.")
    followed = known.to_numpy(dtype=bool)[place[near]]
    return last[near].assign(outcome=followed)


def _share(hits: int, n: int) -> float | None:
    return hits / n if n else None


def _interval(hits: int, n: int, weight: float) -> tuple[float | None, float | None]:
    """Return the 80 % Jeffreys interval of hits / n, each case counting as ``weight``."""
    if n == 0:
        return None, None
    yes, no = hits * weight + 0.5, (n - hits) * weight + 0.5
    return float(beta.ppf(0.1, yes, no)), float(beta.ppf(0.9, yes, no))


def _verdict(
    n: int, fewest: int, base: float | None, interval: tuple[float | None, float | None]
) -> Verdict:
    low, high = interval
    if n < fewest or base is None or low is None or high is None:
        return "too_few"
    if low > base:
        return "supported"
    return "contradicted" if high < base else "not_supported"
