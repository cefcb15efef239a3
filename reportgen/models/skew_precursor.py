"""M4, the claim that a high SKEW beside a low VIX announces a flash crash, put to its record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd
from scipy.stats import beta

from reportgen.errors import DataError
from reportgen.models import guard
from reportgen.models.events import FLASH, first_fall, happened_by
from reportgen.models.skew_history import SkewSettings, at_or_before, share_of

Verdict = Literal["supported", "not_supported", "contradicted", "too_few"]


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


def flash_outcomes(
    closes: pd.Series[float], settings: SkewSettings | None = None
) -> pd.Series[bool]:
    """Return for each day with a complete window whether a flash crash followed in it.

    Args:
        closes: daily closes of the Nasdaq Composite, points.
        settings: the window, 63 trading days.

    Returns:
        Flags by day, one for each close that the whole window follows.
    """
    window = (settings or SkewSettings()).outcome_window
    prices = guard.positive_series(closes, "nasdaq_composite", window + 1)
    view = np.lib.stride_tricks.sliding_window_view(np.log(prices.to_numpy()), window + 1)
    followed = happened_by(first_fall(np.ascontiguousarray(view.T), FLASH), window)
    return pd.Series(followed, index=prices.index[: len(followed)])


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
    calm_share = share_of(int(followed[calm].sum()), int(calm.sum()))
    low, high = _interval(hits, n, 21.0 / rules.outcome_window)
    return PrecursorRecord(
        start=guard.day_of(months.index[0]),
        end=guard.day_of(months.index[-1]),
        n=len(months),
        base=float(followed.mean()),
        calm_n=int(calm.sum()),
        calm_share=calm_share,
        diverging_n=n,
        diverging_share=share_of(hits, n),
        low=low,
        high=high,
        verdict=_verdict(n, rules.fewest, calm_share, (low, high)),
    )


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
    place, near = at_or_before(known.index, last.index)
    if not near.any():
        raise DataError("Series skew and vix share no month end with a known outcome.")
    followed = known.to_numpy(dtype=bool)[place[near]]
    return last[near].assign(outcome=followed)


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
