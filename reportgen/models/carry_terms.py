"""What a carry position earns and risks: differential, volatility, their ratio, breakeven."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from reportgen.errors import DataError
from reportgen.models import guard
from reportgen.models.passage import EWMA_START_DAYS, ewma_variance

TRADING_DAYS = 252
DOLLAR_TOLERANCE = pd.Timedelta(days=7)
YEN_TOLERANCE = pd.Timedelta(days=92)


def carry_table(
    usdjpy: pd.Series[float],
    dollar_rate: pd.Series[float],
    yen_rate: pd.Series[float],
    yen_lag_months: int,
) -> pd.DataFrame:
    """Return the terms of the trade on every day of USDJPY for which all of them were public.

    Args:
        usdjpy: yen per dollar, daily.
        dollar_rate: overnight dollar rate, per cent a year, daily.
        yen_rate: three-month yen rate, per cent a year, dated by the month it describes.
        yen_lag_months: a month's rate is used from the first day this many months later on.

    Returns:
        By day: ``dollar``, ``yen`` and ``differential`` (per cent, points), ``yen_month``,
        ``volatility`` (EWMA .94, per cent a year, from returns to that day) and ``ratio``.

    Raises:
        DataError: a malformed series, a USDJPY that does not move, or no day with all terms.
    """
    price = guard.positive_series(usdjpy, "usdjpy", EWMA_START_DAYS + 2)
    returns = 100.0 * np.diff(np.log(price.to_numpy()))
    variance = ewma_variance(returns)[1:]
    if float(variance[-1]) <= 1e-12:
        raise DataError("series usdjpy does not move: carry has no volatility to stand against")
    table = pd.DataFrame({"volatility": np.sqrt(TRADING_DAYS * variance)}, index=price.index[1:])
    table = _join(table, _dollar(dollar_rate), DOLLAR_TOLERANCE)
    table = _join(table, _yen(yen_rate, yen_lag_months), YEN_TOLERANCE)
    # The first weeks of the volatility still hang on its start value.
    table = table.iloc[EWMA_START_DAYS:].dropna()
    if table.empty:
        raise DataError("usdjpy, the dollar rate and japan_3m_rate share no day with public values")
    table["differential"] = table["dollar"] - table["yen"]
    table["ratio"] = table["differential"] / table["volatility"]
    return table


def breakeven(spot: float, differential_points: float, start: date, end: date) -> float:
    """Return the USDJPY at which the carry earned from one day to another is lost.

    Args:
        spot: yen per dollar on ``start``.
        differential_points: dollar less yen rate, percentage points a year.
        start: first day.
        end: day on which the position is closed.
    """
    years = (end - start).days / 365.0
    return guard.positive(spot, "usdjpy") * float(np.exp(-differential_points / 100.0 * years))


def months_before(series: pd.Series[float], months: int, name: str) -> float:
    """Return the value a number of months before the last one, the last at or before that day.

    Raises:
        DataError: the series does not reach back that far.
    """
    earlier = series[series.index <= series.index[-1] - pd.DateOffset(months=months)]
    if earlier.empty:
        raise DataError(f"{name} does not reach back {months} months")
    return float(earlier.iloc[-1])


def weekly_points(series: pd.Series[float]) -> tuple[tuple[date, float], ...]:
    """Return the last value of each week with its day, for a chart."""
    weeks = pd.DatetimeIndex(series.index).to_period("W-FRI")
    last = series.groupby(weeks).tail(1)
    return tuple((guard.day_of(day), float(value)) for day, value in last.items())


def _dollar(rate: pd.Series[float]) -> pd.DataFrame:
    return pd.DataFrame({"dollar": guard.series(rate, "dollar rate")})


def _yen(rate: pd.Series[float], lag_months: int) -> pd.DataFrame:
    """Return the yen rate by the day it became public, with the month it describes."""
    monthly = guard.series(rate, "japan_3m_rate")
    first = pd.DatetimeIndex(monthly.index).to_period("M").to_timestamp()
    public = first + pd.DateOffset(months=lag_months)
    return pd.DataFrame({"yen": monthly.to_numpy(), "yen_month": first}, index=public)


def _join(table: pd.DataFrame, values: pd.DataFrame, tolerance: pd.Timedelta) -> pd.DataFrame:
    """Return the table with the latest values at or before each day, if recent enough."""
    for frame in (table, values):  # whoever made the days chose their resolution
        frame.index = pd.DatetimeIndex(frame.index).as_unit("ns")
    return pd.merge_asof(table, values, left_index=True, right_index=True, tolerance=tolerance)
