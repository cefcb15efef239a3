"""M10b: cuts and hikes from Treasury bills where there are no futures, labelled a proxy.

The forward rate between the four-week and the three-month bill, less what it has usually paid
above the effective rate that followed, is the mean rate expected over those nine weeks. The
meetings until then are taken to move alike; how wrong the forward was in the past five years is
the width of a normal law around the step.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from scipy.special import ndtr

from reportgen.errors import DataError
from reportgen.models import guard
from reportgen.models.arrays import FloatArray
from reportgen.models.history import until
from reportgen.models.policy_path import STEP, MeetingOdds, PolicyPath

SHORT_DAYS, LONG_DAYS = 28, 91
YEAR_DAYS = 360.0
HISTORY_YEARS = 5
FEWEST_WINDOWS = 250
"""Completed windows, about a year of days, below which neither basis nor error is known."""
OLDEST_DAYS = 7
"""Age of the last day with both bills beyond which they say nothing of the present path."""
LEAST_WEIGHT = 0.2
"""Part of the forward's span that must lie behind a meeting for the forward to tell of it."""


@dataclass(frozen=True)
class BillFit:
    """How far the forward of bills has lain from the rate that followed.

    Args:
        basis: median of forward less following mean rate, percentage points.
        deviation: its standard deviation, percentage points.
        windows: completed windows behind both.
    """

    basis: float
    deviation: float
    windows: int


def forward_rate(short: float, long: float) -> float:
    """Return the simple rate a year from day 28 to day 91, per cent (actual/360).

    Args:
        short: four-week bill, discount basis, per cent a year.
        long: three-month bill, likewise.
    """
    near = _growth(short, SHORT_DAYS, "The four-week bill")
    far = _growth(long, LONG_DAYS, "The three-month bill")
    return 100.0 * (far / near - 1.0) * YEAR_DAYS / (LONG_DAYS - SHORT_DAYS)


def fit_bills(
    short: pd.Series[float], long: pd.Series[float], rate: pd.Series[float], as_of: date
) -> BillFit:
    """Return the forward's basis and error over the last five years.

    Args:
        short: four-week bill, discount basis, per cent a year, daily.
        long: three-month bill, likewise.
        rate: effective federal funds rate, per cent a year, daily.
        as_of: last day that may be used; a window counts when it is complete by then.

    Raises:
        DataError: a malformed series, or less than a year of completed windows.
    """
    forwards = _forwards(short, long, as_of)
    known = until(rate, as_of)
    daily = known.resample("D").last().ffill()
    ended = forwards.index <= known.index[-1] - pd.Timedelta(days=LONG_DAYS)
    begun = forwards.index >= max(
        pd.Timestamp(as_of) - pd.DateOffset(years=HISTORY_YEARS), known.index[0]
    )
    past = forwards[ended & begun]
    if len(past) < FEWEST_WINDOWS:
        raise DataError(
            f"Bills and the effective rate share {len(past)} completed windows; "
            f"{FEWEST_WINDOWS} are needed."
        )
    error = past.to_numpy() - _following(daily, pd.DatetimeIndex(past.index))
    deviation = float(np.std(error, ddof=1))
    if not deviation > 1e-9:
        raise DataError("The forward of bills has never missed the rate: one series is copied.")
    return BillFit(float(np.median(error)), deviation, len(past))


def bill_path(
    short: pd.Series[float],
    long: pd.Series[float],
    rate: pd.Series[float],
    meetings: tuple[date, ...],
    as_of: date,
) -> PolicyPath:
    """Return the odds of the meetings that lie within three months, flagged ``proxy``.

    Args:
        short: four-week bill, discount basis, per cent a year, daily.
        long: three-month bill, likewise.
        rate: effective federal funds rate, per cent a year, daily.
        meetings: days of decisions, increasing.
        as_of: last day that may be used.

    Raises:
        DataError: see ``fit_bills``; also where the bills stop more than a week before the as-of
            date, or no meeting weighs enough in the forward.
    """
    fit = fit_bills(short, long, rate, as_of)
    last = _forwards(short, long, as_of)
    day = guard.day_of(last.index[-1])
    if (as_of - day).days > OLDEST_DAYS:
        raise DataError(f"The Treasury bills stop on {day}: nothing is read from them on {as_of}.")
    coming = tuple(one for one in meetings if day < one < day + timedelta(days=LONG_DAYS))
    weight = sum(_weight((one - day).days) for one in coming)
    if weight < LEAST_WEIGHT:
        raise DataError("No meeting of the next three months weighs in the forward of bills.")
    now = float(until(rate, as_of).iloc[-1])
    step = (float(last.iloc[-1]) - fit.basis - now) / weight
    spread = fit.deviation / weight
    odds = tuple(_odds(one, now + number * step, step, spread) for number, one in enumerate(coming))
    return PolicyPath(day, "bills", odds, 100.0 * spread, ("proxy",))


def _odds(day: date, before: float, step: float, spread: float) -> MeetingOdds:
    half = STEP / 2.0
    cut, hike = float(ndtr((-half - step) / spread)), float(ndtr((step - half) / spread))
    return MeetingOdds(
        day=day,
        before=before,
        after=before + step,
        expected_bp=100.0 * step,
        cut=cut,
        hold=max(0.0, 1.0 - cut - hike),
        hike=hike,
    )


def _weight(days: int) -> float:
    """Return the part of the forward's span that lies behind a meeting."""
    return (LONG_DAYS - max(days, SHORT_DAYS)) / (LONG_DAYS - SHORT_DAYS)


def _growth(discount: float, days: int, name: str) -> float:
    share = guard.within(discount, -5.0, 30.0, name) / 100.0 * days / YEAR_DAYS
    return 1.0 / (1.0 - share)


def _forwards(short: pd.Series[float], long: pd.Series[float], as_of: date) -> pd.Series[float]:
    """Return the forward on each day both bills have."""
    pair = pd.DataFrame({"short": until(short, as_of), "long": until(long, as_of)}).dropna()
    if pair.empty:
        raise DataError("The two Treasury bills share no day.")
    rates = [forward_rate(near, far) for near, far in pair.to_numpy()]
    return pd.Series(rates, index=pair.index)


def _following(daily: pd.Series[float], days: pd.DatetimeIndex) -> FloatArray:
    """Return the mean rate from day 28 to day 91 after each day."""
    summed = np.concatenate(([0.0], np.cumsum(daily.to_numpy(dtype=np.float64))))
    start = np.searchsorted(daily.index.to_numpy(), days.to_numpy())
    first, last = start + SHORT_DAYS, np.minimum(start + LONG_DAYS, daily.size)
    mean: FloatArray = (summed[last] - summed[first]) / (last - first)
    return mean
