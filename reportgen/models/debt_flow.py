"""How fast the United States borrows, month by month, read from the debt itself.

The monthly need is the change of total public debt less the change of the Treasury's cash.
While the limit binds that need does not show in the debt: extraordinary measures pay for it,
and the month of the new law books it all at once. Months touched by such a period therefore
say nothing about the season and are left out; whole spans from before to after a period are
right again (the measures are paid back), so the level is taken over such spans.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from reportgen.errors import DataError
from reportgen.models import guard

MONTHS = 12
MONTH_END_TOLERANCE_DAYS = 3
CASH_TOLERANCE_DAYS = 4


@dataclass(frozen=True)
class Period:
    """A span of days, both ends included."""

    start: date
    end: date


# Reinstated, reached or raised by too little, until the law that ended it: P.L. 116-37 (2019),
# P.L. 117-50 and 117-73 (2021), P.L. 118-5 (2023), P.L. 119-21 (2025).
BINDING_PERIODS = (
    Period(date(2019, 3, 2), date(2019, 8, 2)),
    Period(date(2021, 8, 1), date(2021, 12, 16)),
    Period(date(2023, 1, 19), date(2023, 6, 3)),
    Period(date(2025, 1, 2), date(2025, 7, 4)),
)
# Fiscal years 2020 and 2021: pandemic spending is no guide to the season.
PANDEMIC_YEARS = Period(date(2019, 10, 1), date(2021, 9, 30))


@dataclass(frozen=True)
class FlowSettings:
    """Which months count. ``history_years`` bounds the season, ``level_years`` the level."""

    binding: tuple[Period, ...] = BINDING_PERIODS
    excluded: tuple[Period, ...] = (PANDEMIC_YEARS,)
    history_years: int = 8
    level_years: int = 3


@dataclass(frozen=True)
class FlowModel:
    """Borrowing need in USD millions.

    Args:
        annual_musd: need of a year, over whole spans free of the limit.
        seasonal_musd: January to December, deviation from a twelfth of a year; sums to zero.
        residuals_musd: what the season leaves unexplained, month by month, centred and
            corrected for the means taken out.
        observed_months: how many free months stand behind each calendar month.
        level_from, level_to: the days between which the level was measured.
        diagnostics: codes of what was missing.
    """

    annual_musd: float
    seasonal_musd: tuple[float, ...]
    residuals_musd: tuple[float, ...]
    observed_months: tuple[int, ...]
    level_from: date
    level_to: date
    diagnostics: tuple[str, ...]


def estimate_flow(
    debt: pd.Series[float], cash: pd.Series[float], settings: FlowSettings | None = None
) -> FlowModel:
    """Return level, season and residuals of the monthly borrowing need.

    Args:
        debt: total public debt outstanding, USD millions, at least at month ends.
        cash: Treasury General Account, USD millions, weekly or daily.
        settings: which months count.

    Raises:
        DataError: a malformed series, or fewer than twelve months free of the limit.
    """
    chosen = settings or FlowSettings()
    need = monthly_need(debt, cash, chosen)
    if len(need) < MONTHS:
        raise DataError(f"federal debt has {len(need)} months free of the limit, 12 are needed")
    annual, first, last = _level(debt, cash, chosen)
    seasonal, residuals, counts = _season(need)
    missing = tuple(f"season_missing_{m:02d}" for m in range(1, 13) if counts[m - 1] == 0)
    return FlowModel(annual, seasonal, residuals, counts, first, last, missing)


def monthly_need(
    debt: pd.Series[float], cash: pd.Series[float], settings: FlowSettings
) -> pd.Series[float]:
    """Return the need of each usable month (USD millions), indexed by its month end."""
    table = _month_ends(debt, cash)
    complete = (table.index.to_series().diff().dt.days <= 31).to_numpy()
    need = (table["debt"].diff() - table["cash"].diff())[complete]
    first = need.index[-1] - pd.DateOffset(years=settings.history_years) if len(need) else None
    closed = settings.binding + settings.excluded
    free = [first is not None and m > first and not _touched(m, closed) for m in need.index]
    usable: pd.Series[float] = need[np.array(free, dtype=bool)]
    return usable


def _month_ends(debt: pd.Series[float], cash: pd.Series[float]) -> pd.DataFrame:
    """Return debt and cash by calendar month end, only where both were seen close to it."""
    owed = guard.positive_series(debt, "federal_debt", 2)
    held = guard.positive_series(cash, "treasury_general_account", 2)
    last = owed.groupby(pd.DatetimeIndex(owed.index) + pd.offsets.MonthEnd(0)).tail(1)
    ends = pd.DatetimeIndex(last.index) + pd.offsets.MonthEnd(0)
    near = (ends - pd.DatetimeIndex(last.index)).days <= MONTH_END_TOLERANCE_DAYS
    table = pd.DataFrame({"debt": last.to_numpy()}, index=ends)[near]
    tolerance = pd.Timedelta(days=CASH_TOLERANCE_DAYS)
    table["cash"] = held.reindex(table.index, method="nearest", tolerance=tolerance)
    return table.dropna()


def _touched(month_end: pd.Timestamp, periods: tuple[Period, ...]) -> bool:
    """Return whether a month shares a day with one of the periods."""
    first, last = month_end.replace(day=1).date(), month_end.date()
    return any(period.start <= last and first <= period.end for period in periods)


def _level(
    debt: pd.Series[float], cash: pd.Series[float], settings: FlowSettings
) -> tuple[float, date, date]:
    """Return the need of a year between two month ends at which no measure was in use."""
    table = _month_ends(debt, cash)
    within = [_inside(guard.day_of(stamp), settings.binding) for stamp in table.index]
    free = table[~np.array(within, dtype=bool)]
    if len(free) < 2:
        raise DataError("federal debt has no two month ends outside a binding debt limit")
    wanted = free.index[-1] - pd.DateOffset(years=settings.level_years)
    start = free.index[free.index >= wanted][0]
    years = (free.index[-1] - start).days / 365.25
    if years < 1.0:
        raise DataError("federal debt covers less than a year between free month ends")
    change = free.iloc[-1] - free.loc[start]
    return (
        float(change["debt"] - change["cash"]) / years,
        guard.day_of(start),
        guard.day_of(free.index[-1]),
    )


def _inside(day: date, periods: tuple[Period, ...]) -> bool:
    return any(period.start <= day <= period.end for period in periods)


def _season(
    need: pd.Series[float],
) -> tuple[tuple[float, ...], tuple[float, ...], tuple[int, ...]]:
    """Return deviations by calendar month, residuals and the count behind each month."""
    month = pd.DatetimeIndex(need.index).month
    groups = [need[month == number].to_numpy() for number in range(1, MONTHS + 1)]
    counts = tuple(len(group) for group in groups)
    centre = float(np.mean([group.mean() for group in groups if len(group)]))
    seasonal = np.array([group.mean() - centre if len(group) else 0.0 for group in groups])
    # A mean over n months shrinks its own residuals by (n - 1) / n in variance.
    parts = [(g - g.mean()) * np.sqrt(len(g) / (len(g) - 1)) for g in groups if len(g) > 1]
    residuals = np.concatenate(parts) if parts else np.zeros(1)
    return (
        tuple(float(value) for value in seasonal),
        tuple(float(value) for value in residuals),
        counts,
    )
