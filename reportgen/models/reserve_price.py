"""What overnight money costs against the rate the Federal Reserve pays on reserves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from reportgen.errors import DataError
from reportgen.models import guard


@dataclass(frozen=True)
class PriceSettings:
    """Bounds of the price tests in basis points and days; a quarter has ``quarter_days``."""

    tail_bp: float = 10.0
    days_above: int = 10
    effr_bp: float = 0.0
    quarter_days: int = 63


@dataclass(frozen=True)
class Spread:
    """An overnight rate over interest on reserve balances, in basis points.

    Args:
        tail_bp: 95th percentile over the last quarter.
        days_above: days of that quarter above the settings' tail.
        quarter_days: values behind those two.
    """

    day: date
    last_bp: float
    median_bp: float
    tail_bp: float
    days_above: int
    quarter_days: int


def spread_over(
    rate: pd.Series[float], iorb: pd.Series[float], name: str, settings: PriceSettings
) -> Spread:
    """Return the last quarter of a rate over interest on reserves, on their common days.

    Args:
        rate: per cent a year, daily.
        iorb: interest on reserve balances, per cent a year, daily.
        name: id of the rate, for the sentence of an error.
        settings: the tail and the length of a quarter.

    Raises:
        DataError: a malformed series, or fewer common days than a quarter has.
    """
    over = guard.series(rate, name) - guard.series(iorb, "iorb")
    # Published in whole basis points: rounding takes the noise of subtraction out.
    quarter = (100.0 * over.dropna().tail(settings.quarter_days)).round(6)
    if len(quarter) < settings.quarter_days:
        raise DataError(
            f"series {name} and iorb share {len(quarter)} days, {settings.quarter_days} are needed"
        )
    return Spread(
        day=guard.day_of(quarter.index[-1]),
        last_bp=float(quarter.iloc[-1]),
        median_bp=float(quarter.median()),
        tail_bp=float(quarter.quantile(0.95)),
        days_above=int((quarter > settings.tail_bp).sum()),
        quarter_days=len(quarter),
    )


def price_alarms(sofr: Spread, effr: Spread, settings: PriceSettings) -> tuple[str, ...]:
    """Return the codes of the price tests that fire.

    ``sofr_tail``: the 95th percentile lies above the bound. ``sofr_days``: it was exceeded on
    many days, so a persistent excess counts twice and a quarter-end spike once.
    ``effr_at_iorb``: federal funds trade at interest on reserves or above.
    """
    tests = (
        ("sofr_tail", sofr.tail_bp > settings.tail_bp),
        ("sofr_days", sofr.days_above >= settings.days_above),
        ("effr_at_iorb", effr.last_bp >= settings.effr_bp),
    )
    return tuple(code for code, fires in tests if fires)
