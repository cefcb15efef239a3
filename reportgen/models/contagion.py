"""M11: how the markets moved, and how much of it they did together.

Cross-asset changes, correlations on common days, and the share of all variance that a few
factors absorb. Correlation rises with volatility even when nothing about the link changes:
beside the plain figure stands the one corrected for that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reportgen.errors import DataError
from reportgen.models import guard
from reportgen.models.assets import AssetSeries, Kind, moves, simple_change
from reportgen.models.correlation import (
    CorrelationMatrix,
    CorrelationShift,
    correlation_matrix,
    correlation_shifts,
    mean_correlation,
)
from reportgen.models.spec import ModelSpec

SPEC = ModelSpec(
    id="M11",
    version="1.0",
    inputs=(
        "nasdaq_composite",
        "nasdaq_100",
        "sp500",
        "bitcoin",
        "ether",
        "gold",
        "usdjpy",
        "treasury_10y",
        "high_yield_oas",
        "nikkei_225",
        "hang_seng",
        "shanghai_composite",
        "vvix",
    ),
    references=(
        "Forbes, Rigobon (2002), No Contagion, Only Interdependence, Journal of Finance 57",
        "Kritzman, Li, Page, Rigobon (2011), Principal Components as a Measure of Systemic Risk, "
        "Journal of Portfolio Management 37",
        "MacKinlay (1997), Event Studies in Economics and Finance, Journal of Economic "
        "Literature 35",
    ),
)

Floats = NDArray[np.float64]
YEAR = pd.Timedelta(weeks=52)
MONTH_OBSERVATIONS = 21


@dataclass(frozen=True)
class AssetRow:
    """One line of the cross-asset table.

    Changes are per cent for prices and basis points for rates, over the asset's own trading
    days; ``change_range`` runs from the last value at or before the range's first day.
    """

    code: str
    kind: Kind
    last: float
    day: date
    change_1d: float
    change_5d: float
    change_21d: float
    change_range: float
    range_from: date
    high_52w: float
    high_day: date
    from_high: float


@dataclass(frozen=True)
class Absorption:
    """Share of total variance absorbed by the largest factors, on the last common day."""

    day: date
    ratio: float
    factors: int
    assets: int
    observations: int


@dataclass(frozen=True)
class ContagionSettings:
    """Windows in observations; ``half_life`` and ``absorption_window`` as in Kritzman et al."""

    short_window: int = 60
    long_window: int = 250
    absorption_window: int = 500
    half_life: int = 250
    index_code: str = "nasdaq_composite"


@dataclass(frozen=True)
class ContagionResult:
    """The cross-asset view of one day."""

    table: tuple[AssetRow, ...]
    short: CorrelationMatrix
    long: CorrelationMatrix
    weighted: CorrelationMatrix
    shifts: tuple[CorrelationShift, ...]
    mean_short: float
    mean_long: float
    absorption: Absorption | None
    diagnostics: tuple[str, ...]


def assess_contagion(
    series: tuple[AssetSeries, ...],
    start: date,
    end: date,
    settings: ContagionSettings | None = None,
) -> ContagionResult:
    """Return table, correlations and absorption ratio as they stood on a day.

    Args:
        series: at least two assets, one of them the settings' index.
        start: first day of the range shown in the table.
        end: last day; nothing later is looked at.
        settings: windows.

    Raises:
        DataError: a malformed or too short series, or too few common days.
    """
    chosen = settings or ContagionSettings()
    cut = tuple(up_to(item, end) for item in series)
    if len(cut) < 2:
        raise DataError("the cross-asset view needs at least two series")
    short = correlation_matrix(cut, chosen.short_window)
    long = correlation_matrix(cut, chosen.long_window)
    absorbed = absorption(cut, chosen)
    return ContagionResult(
        table=tuple(asset_row(item, start) for item in cut),
        short=short,
        long=long,
        weighted=correlation_matrix(cut, 0),
        shifts=correlation_shifts(cut, short, long, chosen.index_code),
        mean_short=mean_correlation(short),
        mean_long=mean_correlation(long),
        absorption=absorbed,
        diagnostics=() if absorbed else ("absorption_history_short",),
    )


def up_to(item: AssetSeries, end: date) -> AssetSeries:
    """Return the series without what is later than a day, checked."""
    return AssetSeries(item.asset, item.checked()[: pd.Timestamp(end)])


def asset_row(item: AssetSeries, start: date) -> AssetRow:
    """Return the table's line for a series that ends on the day looked at.

    Raises:
        DataError: fewer than 22 values, or none at or before the range's first day.
    """
    values, kind = item.checked(MONTH_OBSERVATIONS + 1), item.asset.kind
    last = float(values.iloc[-1])
    before = values[: pd.Timestamp(start)]
    if before.empty:
        raise DataError(f"series {item.asset.code} has no value at or before {start}")
    year = values[values.index > values.index[-1] - YEAR]
    place = int(year.to_numpy().argmax())
    ago = [float(values.iloc[-1 - days]) for days in (1, 5, MONTH_OBSERVATIONS)]
    return AssetRow(
        code=item.asset.code,
        kind=kind,
        last=last,
        day=guard.day_of(values.index[-1]),
        change_1d=simple_change(kind, ago[0], last),
        change_5d=simple_change(kind, ago[1], last),
        change_21d=simple_change(kind, ago[2], last),
        change_range=simple_change(kind, float(before.iloc[-1]), last),
        range_from=guard.day_of(before.index[-1]),
        high_52w=float(year.iloc[place]),
        high_day=guard.day_of(year.index[place]),
        from_high=simple_change(kind, float(year.iloc[place]), last),
    )


def absorption_ratio(standard: Floats, half_life: float, share: float = 0.2) -> tuple[float, int]:
    """Return the part of variance the largest factors absorb, and how many factors that is.

    Args:
        standard: moves, days by assets, the latest last, each column on a comparable scale.
        half_life: observations after which a weight has halved.
        share: factors as a share of assets (a fifth, at least one).

    Raises:
        DataError: fewer than two assets or days, or an asset that does not move.
    """
    if standard.ndim != 2 or min(standard.shape) < 2:
        raise DataError("the absorption ratio needs at least two assets and two days")
    days, assets = standard.shape
    weights = 0.5 ** (np.arange(days)[::-1] / half_life)
    weights /= weights.sum()
    centred = standard - weights @ standard
    covariance = (centred * weights[:, None]).T @ centred
    if (np.diag(covariance) <= 1e-14).any():
        raise DataError("the absorption ratio has an asset that does not move")
    eigenvalues = np.linalg.eigvalsh(covariance)[::-1]
    factors = max(1, round(share * assets))
    return float(eigenvalues[:factors].sum() / eigenvalues.sum()), factors


def absorption(series: tuple[AssetSeries, ...], settings: ContagionSettings) -> Absorption | None:
    """Return the ratio on two-day moves of common days, or ``None`` where they are too few.

    Assets are brought to unit variance first: bitcoin would otherwise be the first factor.
    """
    common = pd.DataFrame({item.asset.code: item.values for item in series}).dropna()
    if len(common) < settings.absorption_window + 2:
        return None
    table = np.column_stack(
        [moves(common[item.asset.code], item.asset.kind, 2).to_numpy() for item in series]
    )[-settings.absorption_window :]
    spread = table.std(axis=0)
    if (spread <= 1e-12).any():
        raise DataError("the absorption ratio has an asset that does not move")
    ratio, factors = absorption_ratio(table / spread, float(settings.half_life))
    day = guard.day_of(common.index[-1])
    return Absorption(day, ratio, factors, len(series), len(table))
