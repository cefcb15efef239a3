"""M11: how the markets moved, and how much of it they did together.

Cross-asset changes, correlations on common days, and the share of all variance that a few
factors absorb. Correlation rises with volatility even when nothing about the link changes:
beside the plain figure stands the one corrected for that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from reportgen.errors import DataError
from reportgen.models import guard
from reportgen.models.absorption import Absorption, AbsorptionSettings, absorption
from reportgen.models.assets import AssetSeries, Kind, simple_change
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
    version="1.1",
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
        "Kolari, Pynnonen (2010), Event Study Testing with Cross-sectional Correlation of Abnormal "
        "Returns, Review of Financial Studies 23",
    ),
)

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
class ContagionSettings:
    """Windows in observations, those of the absorption ratio, and the index looked from."""

    short_window: int = 60
    long_window: int = 250
    absorption: AbsorptionSettings = field(default_factory=AbsorptionSettings)
    index_code: str = "nasdaq_composite"


@dataclass(frozen=True)
class ContagionResult:
    """The cross-asset view of one day.

    ``diagnostics``: ``absorption_history_short`` without a ratio, ``absorption_shift_missing``
    where the ratio has no year of history to be compared with, or has not moved in it.
    """

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
    absorbed = absorption(cut, chosen.absorption)
    notes = (
        ("absorption_history_short", absorbed is None),
        ("absorption_shift_missing", absorbed is not None and absorbed.shift is None),
    )
    return ContagionResult(
        table=tuple(asset_row(item, start) for item in cut),
        short=short,
        long=long,
        weighted=correlation_matrix(cut, 0),
        shifts=correlation_shifts(cut, short, long, chosen.index_code),
        mean_short=mean_correlation(short),
        mean_long=mean_correlation(long),
        absorption=absorbed,
        diagnostics=tuple(code for code, present in notes if present),
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
