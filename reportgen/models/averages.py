"""Long moving averages of the index, now and carried forward along a path.

The 200-week average is the mean of the last 200 weekly closes, the present week's last close
among them; the 50-month average the mean of the last 50 month-end closes, the present month
only when it is complete.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from reportgen.errors import DataError
from reportgen.models import guard
from reportgen.models.arrays import FloatArray
from reportgen.models.history import closes_until
from reportgen.models.path_shapes import AverageSums

LONG_WEEKS = 200
LONG_MONTHS = 50


@dataclass(frozen=True)
class ProjectedAverage:
    """The 200-week average after 1, 2, … weeks.

    Args:
        now: the average today, in the unit of the closes.
        flat: the average if the price stays where it is, shape (weeks,).
        probabilities: increasing, unit 1.
        quantiles: quantiles along the simulated paths, shape (weeks, probabilities).
    """

    now: float
    flat: FloatArray
    probabilities: tuple[float, ...]
    quantiles: FloatArray


def weekly_closes(closes: pd.Series[float], as_of: date) -> pd.Series[float]:
    """Return the last close of each week that ends on a Friday, dated by its own day."""
    known = closes_until(closes, as_of, minimum=1)
    return _last_of(known, pd.DatetimeIndex(known.index).to_period("W-FRI"))


def month_end_closes(closes: pd.Series[float], as_of: date) -> pd.Series[float]:
    """Return the last close of each complete month, dated by its own day.

    The month of ``as_of`` is complete when no weekday of it is left.
    """
    known = closes_until(closes, as_of, minimum=1)
    months = _last_of(known, pd.DatetimeIndex(known.index).to_period("M"))
    next_weekday = pd.Timestamp(as_of) + pd.offsets.BDay(1)
    last = months.index[-1]
    this_month = (last.year, last.month) == (as_of.year, as_of.month)
    left = (next_weekday.year, next_weekday.month) == (as_of.year, as_of.month)
    return months.iloc[:-1] if this_month and left else months


def long_weekly_average(closes: pd.Series[float], as_of: date) -> float:
    """Return the 200-week average on the as-of date, in the unit of the closes.

    Raises:
        DataError: fewer than 200 weeks.
    """
    return float(_last_weeks(closes, as_of).mean())


def long_monthly_average(closes: pd.Series[float], as_of: date) -> float:
    """Return the 50-month average at the last complete month, in the unit of the closes.

    Raises:
        DataError: fewer than 50 complete months.
    """
    months = guard.series(month_end_closes(closes, as_of), "closes by month", LONG_MONTHS)
    return float(months.iloc[-LONG_MONTHS:].mean())


def carried_average(closes: pd.Series[float], as_of: date, weekly_path: FloatArray) -> float:
    """Return the 200-week average after k further weekly closes (k at most 200).

    Args:
        closes: daily or weekly closes, at least 200 weeks up to ``as_of``.
        as_of: last day that may be used.
        weekly_path: the k next weekly closes, shape (k,).
    """
    weeks = weekly_path.size
    if not 0 <= weeks <= LONG_WEEKS:
        raise DataError(f"A 200-week average cannot be carried {weeks} weeks forward.")
    kept = _last_weeks(closes, as_of)[weeks:]
    return float((kept.sum() + weekly_path.sum()) / LONG_WEEKS)


def projected_average(closes: pd.Series[float], as_of: date, sums: AverageSums) -> ProjectedAverage:
    """Return the 200-week average of the coming weeks, flat and along simulated paths.

    Args:
        closes: daily or weekly closes, at least 200 weeks up to ``as_of``.
        as_of: last day that may be used.
        sums: quantiles of the sums of the next weekly closes, from M1.

    Raises:
        DataError: fewer than 200 weeks of history, or more than 200 weeks ahead.
    """
    last = _last_weeks(closes, as_of)
    ahead = np.arange(1, sums.sums.shape[0] + 1)
    if ahead.size > LONG_WEEKS:
        raise DataError(f"A 200-week average cannot be carried {ahead.size} weeks forward.")
    kept = np.array([last[weeks:].sum() for weeks in ahead])
    return ProjectedAverage(
        now=float(last.mean()),
        flat=(kept + ahead * last[-1]) / LONG_WEEKS,
        probabilities=sums.probabilities,
        quantiles=(kept[:, None] + sums.sums) / LONG_WEEKS,
    )


def _last_weeks(closes: pd.Series[float], as_of: date) -> FloatArray:
    weeks = guard.series(weekly_closes(closes, as_of), "closes by week", LONG_WEEKS)
    return np.asarray(weeks.iloc[-LONG_WEEKS:], dtype=np.float64)


def _last_of(known: pd.Series[float], periods: pd.PeriodIndex) -> pd.Series[float]:
    return known[~periods.duplicated(keep="last")]
