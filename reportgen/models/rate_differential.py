"""M5: the path of the rate differential: what prices hold of both central banks.

The Federal Reserve's path is that of M10. The Bank of Japan is taken to raise its rate by a
quarter point at each coming meeting with one probability, the one at which its mean rate over
three months, with the usual premium of the three-month rate over it, is the three-month rate
that is seen. The yen side is a sum of independent draws, so it carries a standard deviation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from reportgen.errors import DataError
from reportgen.models import guard
from reportgen.models.history import until

STEP = 0.25
SPAN_DAYS = 91
HISTORY_YEARS = 5
FEWEST_MONTHS = 24


@dataclass(frozen=True)
class HikeChance:
    """What the three-month yen rate says of the Bank of Japan.

    Args:
        chance: probability of a quarter point at each meeting of the next three months.
        premium: median of the three-month rate over the policy rate, percentage points.
        months: months behind the premium.
        diagnostics: ``bounded`` when the rate asked for less than none or more than certain.
    """

    chance: float
    premium: float
    months: int
    diagnostics: tuple[str, ...]


@dataclass(frozen=True)
class DifferentialPoint:
    """The differential of policy rates after a day, percentage points.

    Args:
        day: last day the rates hold for.
        dollar, yen: expected policy rates, per cent a year.
        expected: dollar less yen. deviation: standard deviation from the yen's meetings.
    """

    day: date
    dollar: float
    yen: float
    expected: float
    deviation: float


def hike_chance(
    three_month: pd.Series[float],
    policy: pd.Series[float],
    meetings: tuple[date, ...],
    as_of: date,
) -> HikeChance:
    """Return the probability of a quarter point at each of the coming meetings.

    Args:
        three_month: yen rate over three months, per cent a year, monthly, dated by its month.
        policy: policy rate, per cent a year, on days; holds until the next value.
        meetings: days of the Bank of Japan's decisions, increasing.
        as_of: last day that may be used.

    Raises:
        DataError: fewer than two years of months both rates have, a malformed series, or no
            meeting within three months.
    """
    rate, known = until(three_month, as_of), until(policy, as_of)
    first = pd.Timestamp(as_of) - pd.DateOffset(years=HISTORY_YEARS)
    monthly = known.resample("MS").last().ffill().reindex(rate.index, method="ffill")
    premiums = (rate - monthly).dropna()[first:]
    if len(premiums) < FEWEST_MONTHS:
        raise DataError(
            f"The yen rates share {len(premiums)} months; the model needs {FEWEST_MONTHS}."
        )
    coming = [one for one in meetings if as_of < one < as_of + timedelta(days=SPAN_DAYS)]
    weight = sum(1.0 - (one - as_of).days / SPAN_DAYS for one in coming)
    if not coming or weight <= 0.05:
        raise DataError("The Bank of Japan has no meeting soon enough for a three-month rate.")
    premium = float(premiums.median())
    asked = (float(rate.iloc[-1]) - premium - float(known.iloc[-1])) / (STEP * weight)
    chance = min(1.0, max(0.0, asked))
    return HikeChance(chance, premium, len(premiums), () if chance == asked else ("bounded",))


def differential_path(
    dollar: tuple[tuple[date, float], ...],
    yen_rate: float,
    chance: float,
    meetings: tuple[date, ...],
    as_of: date,
) -> tuple[DifferentialPoint, ...]:
    """Return the differential after each of the Federal Reserve's meetings.

    Args:
        dollar: (meeting, expected rate after it), increasing, from M10.
        yen_rate: present policy rate of the Bank of Japan, per cent a year.
        chance: probability of a quarter point at each of its meetings, unit 1.
        meetings: days of its decisions.
        as_of: the as-of date.

    Raises:
        DataError: no coming meeting of the Federal Reserve, or a chance outside 0 to 1.
    """
    each = guard.within(chance, 0.0, 1.0, "The chance of a rise at a meeting in Japan")
    now = guard.finite(yen_rate, "The policy rate of the Bank of Japan")
    if not dollar or any(day <= as_of for day, _ in dollar):
        raise DataError("The dollar's path must hold coming meetings alone.")
    found = []
    for day, rate in dollar:
        count = sum(as_of < one <= day for one in meetings)
        yen = now + STEP * each * count
        deviation = STEP * math.sqrt(count * each * (1.0 - each))
        found.append(DifferentialPoint(day, rate, yen, rate - yen, deviation))
    return tuple(found)
