"""M13: the six pillars of a bubble gauge, as far as series of twenty years measure them.

A pillar is where its measure stands in its own history so far: the share of observations at or
below it, never of later ones. The gauge is the mean of the pillars there are, which is the whole
gauge's mean with equal weights brought to one again; what is missing is named. Against the peak of
2000 the same pillars are compared, so far as their history reaches twenty years before it.

The VIX is not taken for the pillar of sentiment. On 10 March 2000 it stood at 21.24, higher than in
73 % of the weeks since 1990: a gauge that reads its calm as bullishness would have called the
record's week cautious.
Source of the pillars: Dalio (2021), Are We In a Stock Market Bubble?
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from reportgen.errors import DataError
from reportgen.models import guard

PILLARS = (
    "value",
    "conditions_priced",
    "new_buyers",
    "sentiment",
    "leverage",
    "forward_purchases",
)
MINIMUM_YEARS = 20


@dataclass(frozen=True)
class Gauge:
    """The pillars and their mean.

    Args:
        pillars: code and percentile (0 to 1) of those with a history long enough.
        missing: codes of the others, those with too short a history among them.
        value: mean percentile; ``None`` without any pillar.
        at_peak: mean percentile of the same pillars on the day of the peak; ``None`` where one
            of them had too short a history then.
        percent_of_peak: ``value`` in per cent of ``at_peak``.
    """

    pillars: tuple[tuple[str, float], ...]
    missing: tuple[str, ...]
    value: float | None
    at_peak: float | None
    percent_of_peak: float | None


def gauge(series: Mapping[str, pd.Series[float]], on: date, peak: date) -> Gauge:
    """Return the gauge on a day and beside that of the peak.

    Args:
        series: by pillar, a measure that is higher the more of a bubble there is.
        on: the day; nothing later is looked at.
        peak: the day compared with.

    Raises:
        DataError: an unknown pillar, or a malformed series.
    """
    unknown = sorted(set(series) - set(PILLARS))
    if unknown:
        raise DataError(f"The gauge knows no pillar {', '.join(unknown)}.")
    now = {code: expanding_percentile(values, code, on) for code, values in series.items()}
    held = {code: share for code, share in now.items() if share is not None}
    missing = tuple(code for code in PILLARS if code not in held)
    if not held:
        return Gauge((), missing, None, None, None)
    value = sum(held.values()) / len(held)
    then = [expanding_percentile(series[code], code, peak) for code in held] if on > peak else []
    known = [share for share in then if share is not None]
    at_peak = sum(known) / len(known) if len(known) == len(held) else None
    return Gauge(
        pillars=tuple((code, held[code]) for code in PILLARS if code in held),
        missing=missing,
        value=value,
        at_peak=at_peak,
        percent_of_peak=100.0 * value / at_peak if at_peak else None,
    )


def expanding_percentile(values: pd.Series[float], name: str, on: date) -> float | None:
    """Return the share (0 to 1) of observations up to a day that are at or below its last one.

    ``None`` when they span less than twenty years.

    Raises:
        DataError: days not in order, or a value that is no number.
    """
    known = guard.series(values, name)[: pd.Timestamp(on)]
    if known.empty or known.index[-1] - known.index[0] < pd.Timedelta(days=365 * MINIMUM_YEARS):
        return None
    return float((known <= known.iloc[-1]).mean())
