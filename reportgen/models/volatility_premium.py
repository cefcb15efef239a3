"""What implied volatility has cost against the volatility that followed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from reportgen.errors import DataError
from reportgen.models import guard
from reportgen.models.market_strain import realised_volatility
from reportgen.models.proportions import share_interval

WINDOW = 21
"""Trading days: the thirty calendar days that the VIX looks ahead."""
FEWEST = 100
DAYS_A_WEEK = 5


@dataclass(frozen=True)
class PremiumRecord:
    """VIX less the volatility of the next 21 trading days, in volatility points.

    Args:
        median: of all readings; ``share_paid``: share of them with a premium above zero, with
            ``low`` and ``high`` as its 80 % interval (readings overlap and count accordingly).
        worst: lowest premium, what a buyer gained most; ``worst_day`` the day of the reading.
        readings: number; ``start`` and ``end`` the first and last of them.
    """

    median: float
    share_paid: float
    low: float
    high: float
    worst: float
    worst_day: date
    readings: int
    start: date
    end: date


def premium_record(vix: pd.Series[float], closes: pd.Series[float]) -> PremiumRecord:
    """Return what volatility bought at the VIX has cost.

    Args:
        vix: weekly readings, index points.
        closes: daily closes of the S&P 500, points.

    Raises:
        DataError: a malformed series, or fewer than a hundred readings with a month after them.
    """
    implied = guard.positive_series(vix, "vix")
    realised = realised_volatility(closes, WINDOW)
    follows = pd.Series(
        np.append(realised.to_numpy()[WINDOW:], [np.nan] * WINDOW), index=realised.index
    )
    premium = (implied - follows.reindex(implied.index)).dropna()
    if len(premium) < FEWEST:
        raise DataError(
            f"VIX and S&P 500 share {len(premium)} readings with a month behind them, "
            f"{FEWEST} are needed"
        )
    paid = int((premium > 0).sum())
    low, high = share_interval(paid, len(premium), DAYS_A_WEEK / WINDOW)
    return PremiumRecord(
        median=float(premium.median()),
        share_paid=paid / len(premium),
        low=low,
        high=high,
        worst=float(premium.min()),
        worst_day=guard.day_of(premium.idxmin()),
        readings=len(premium),
        start=guard.day_of(premium.index[0]),
        end=guard.day_of(premium.index[-1]),
    )
