"""M13: how far valuation and the run-up resemble the years before March 2000.

Of the gauge's six pillars the series at hand measure one (value, by the CAPE); the gauge is brought
to what is there, and the others are named as missing. The CAPE's share of its record stands apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Literal

import pandas as pd

from reportgen.errors import DataError
from reportgen.models import guard
from reportgen.models.pillars import MINIMUM_YEARS, PILLARS, Gauge, gauge
from reportgen.models.spec import ModelSpec

SPEC = ModelSpec(
    id="M13",
    version="2",
    inputs=("cape", "nasdaq_composite", "nasdaq_composite_weekly", "sp500", "vix_weekly"),
    references=(
        "Shiller (2015), Irrational Exuberance, third edition, and its data",
        "Phillips, Shi, Yu (2015), Testing for Multiple Bubbles, International Economic Review 56",
        "Filimonov, Sornette (2013), A Stable and Robust Calibration Scheme of the Log-Periodic "
        "Power Law Model, Physica A 392",
    ),
)

State = Literal["low", "normal", "high", "extreme"]

CAPE_PEAK = 44.2
"""CAPE of December 1999, its record, in the convention of the monthly series."""

CAPE_PEAK_DAY = date(1999, 12, 31)

PEAK_WEEK = date(2000, 3, 10)
"""Week of the Nasdaq Composite's record close of the dot-com years."""

_YEAR = 52
YEARS_SHOWN = 5
"""Whole years before the present one in the later trajectory."""


@dataclass(frozen=True)
class BubbleSettings:
    """Bounds and spans of the gauge.

    Args:
        low, high, extreme: percentiles of the CAPE (0 to 1) that open the states normal,
            high and extreme.
        peak: CAPE of December 1999, which the present one is measured against.
        peak_week: week of the comparison.
        average: weeks of the long moving average.
        then_start, now_start: first days of the two trajectories; without ``now_start`` the
            later one begins five years before the year of the last close.
        length: weeks of each trajectory at most.
    """

    low: float = 0.25
    high: float = 0.75
    extreme: float = 0.95
    peak: float = CAPE_PEAK
    peak_week: date = PEAK_WEEK
    average: int = 200
    then_start: date = date(1995, 1, 1)
    now_start: date | None = None
    length: int = 6 * _YEAR


@dataclass(frozen=True)
class BubbleInputs:
    """What the gauge reads, all ending at the as-of date.

    Args:
        cape: month ends, ratio.
        index: Nasdaq Composite, weekly closes from 1995 or before, points.
        vix: weekly, index points; ``None`` when it is not there.
        pillars: measures of further pillars, where there are any: higher the more of a bubble.
    """

    cape: pd.Series[float]
    index: pd.Series[float]
    vix: pd.Series[float] | None
    pillars: Mapping[str, pd.Series[float]] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Comparison:
    """One quantity in the week of March 2000 and in the latest one.

    ``code``: ``cape`` (ratio, at its own record), ``rise_one_year``, ``rise_five_years``,
    ``above_average`` (per cent over the long moving average), ``vix``, ``vix_year`` (average
    of 52 weeks); ``day_then`` and ``day_now`` are the days of the observations.
    """

    code: str
    then: float
    now: float
    day_then: date
    day_now: date


@dataclass(frozen=True)
class Trajectory:
    """An index from its first week on, 100 there: days, weeks since, values."""

    code: Literal["then", "now"]
    days: tuple[date, ...]
    weeks: tuple[int, ...]
    values: tuple[float, ...]


@dataclass(frozen=True)
class BubbleResult:
    """Valuation against its history and its record, and the comparison with 2000.

    Args:
        day, cape: latest month end and its ratio.
        peak, percent_of_peak: the record and the share of it, per cent.
        percentile: share of months (0 to 1) at or below; ``start``, ``months``: history.
        months_higher: months of the history with a higher CAPE.
        last_higher: the latest of them; ``None`` when the present one is the highest.
        state: by the percentile.
        gauge: the pillars that a history of twenty years measures, and their mean.
        comparisons: then and now; one whose history is too short is left out.
        trajectories: the index from 1995 and from the later start on.
        diagnostics: ``single_pillar``, ``pillars_missing`` or ``no_pillar``;
            ``peak_not_covered`` when the gauge of 2000 is not known; ``history_short`` when the
            CAPE covers less than twenty years; ``comparison_short`` when one was left out.
    """

    day: date
    cape: float
    peak: float
    percent_of_peak: float
    percentile: float
    start: date
    months: int
    months_higher: int
    last_higher: date | None
    state: State
    gauge: Gauge
    comparisons: tuple[Comparison, ...]
    trajectories: tuple[Trajectory, Trajectory]
    diagnostics: tuple[str, ...]


def percent_of_peak(cape: float, peak: float = CAPE_PEAK) -> float:
    """Return the ratio in per cent of its record."""
    return 100.0 * guard.positive(cape, "CAPE") / guard.positive(peak, "The peak of CAPE")


def value_state(percentile: float, settings: BubbleSettings | None = None) -> State:
    """Return ``low``, ``normal``, ``high`` or ``extreme``; a bound belongs to the higher one."""
    given = settings or BubbleSettings()
    share = guard.within(percentile, 0.0, 1.0, "The percentile of CAPE")
    if share < given.low:
        return "low"
    if share < given.high:
        return "normal"
    return "high" if share < given.extreme else "extreme"


def evaluate(inputs: BubbleInputs, settings: BubbleSettings | None = None) -> BubbleResult:
    """Return valuation and run-up against 2000.

    Raises:
        DataError: a series is empty, unordered or not above zero, the index does not reach
            back to the peak week, or a pillar is unknown.
    """
    given = settings or BubbleSettings()
    cape = guard.positive_series(inputs.cape, "cape", 2)
    index = guard.positive_series(inputs.index, "nasdaq_composite_weekly", 2)
    last, days = float(cape.iloc[-1]), cape.index
    higher = cape[cape > last]
    share = float((cape <= last).mean())
    found = gauge({"value": cape, **inputs.pillars}, guard.day_of(days[-1]), given.peak_week)
    number = len(found.pillars)
    valuation = Comparison("cape", given.peak, last, CAPE_PEAK_DAY, guard.day_of(days[-1]))
    rows = (valuation, *_run_up(index, given), *_fear(inputs.vix, given))
    notes = (
        ("no_pillar", number == 0),
        ("single_pillar", number == 1),
        ("pillars_missing", 1 < number < len(PILLARS)),
        ("peak_not_covered", number > 0 and found.at_peak is None),
        ("history_short", (days[-1] - days[0]).days < 365 * MINIMUM_YEARS),
        ("comparison_short", None in rows),
    )
    return BubbleResult(
        day=guard.day_of(days[-1]),
        cape=last,
        peak=given.peak,
        percent_of_peak=percent_of_peak(last, given.peak),
        percentile=share,
        start=guard.day_of(days[0]),
        months=len(cape),
        months_higher=len(higher),
        last_higher=None if higher.empty else guard.day_of(higher.index[-1]),
        state=value_state(share, given),
        gauge=found,
        comparisons=tuple(row for row in rows if row is not None),
        trajectories=(
            _trajectory("then", index, given.then_start, given.length),
            _trajectory("now", index, given.now_start or _later_start(index), given.length),
        ),
        diagnostics=tuple(code for code, present in notes if present),
    )


def _later_start(index: pd.Series[float]) -> date:
    return date(guard.day_of(index.index[-1]).year - YEARS_SHOWN, 1, 1)


def _run_up(index: pd.Series[float], given: BubbleSettings) -> list[Comparison | None]:
    """Return rises over one and five years and the distance from the average."""
    measures = {
        "rise_one_year": index / index.shift(_YEAR),
        "rise_five_years": index / index.shift(5 * _YEAR),
        "above_average": index / index.rolling(given.average).mean(),
    }
    return [
        _compare(code, 100.0 * (ratio - 1.0), given.peak_week) for code, ratio in measures.items()
    ]


def _fear(values: pd.Series[float] | None, given: BubbleSettings) -> list[Comparison | None]:
    if values is None:
        return []
    vix = guard.positive_series(values, "vix_weekly", 2)
    year = vix.rolling(_YEAR).mean()
    return [_compare("vix", vix, given.peak_week), _compare("vix_year", year, given.peak_week)]


def _compare(code: str, values: pd.Series[float], peak: date) -> Comparison | None:
    """Return the last value up to the peak beside the latest; ``None`` when one is unknown."""
    known = values.dropna()
    before = known.loc[: pd.Timestamp(peak)]
    if before.empty or known.index[-1] != values.index[-1]:
        return None
    days = guard.day_of(before.index[-1]), guard.day_of(known.index[-1])
    return Comparison(code, float(before.iloc[-1]), float(known.iloc[-1]), *days)


def _trajectory(
    code: Literal["then", "now"], index: pd.Series[float], start: date, length: int
) -> Trajectory:
    part = index.loc[pd.Timestamp(start) :].iloc[: length + 1]
    if part.empty or index.index[0] > pd.Timestamp(start) + pd.Timedelta(days=7):
        raise DataError(f"Series nasdaq_composite_weekly does not cover {start.isoformat()}.")
    return Trajectory(
        code=code,
        days=tuple(guard.day_of(stamp) for stamp in part.index),
        weeks=tuple(range(len(part))),
        values=tuple(float(value) for value in 100.0 * part / part.iloc[0]),
    )
