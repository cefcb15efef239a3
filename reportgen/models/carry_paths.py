"""USDJPY ahead: touch probabilities of levels and of fast falls, with the range of variants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from reportgen.errors import DataError
from reportgen.models import guard
from reportgen.models.passage import (
    FilterKind,
    Floats,
    VolatilityFilter,
    fast_fall_probabilities,
    fit_filter,
    simulate,
    touch_probability,
    trading_days_after,
)

KINDS: tuple[FilterKind, ...] = ("garch", "ewma")


@dataclass(frozen=True)
class LevelTouch:
    """Probability that USDJPY touches a level by a day, with the range over the variants.

    ``probability`` is the first filter (GARCH) without drift; ``low`` and ``high`` span both
    filters, each without drift and with the drift of the forward.
    """

    level: float
    distance_percent: float
    by: date
    trading_days: int
    probability: float
    low: float
    high: float


@dataclass(frozen=True)
class MonthlyBreach:
    """Probability of a fast fall of USDJPY ending in a calendar month, with the filters' range."""

    month: date
    probability: float
    low: float
    high: float


@dataclass(frozen=True)
class PathQuestion:
    """What is asked of the paths.

    Args:
        levels: USDJPY levels.
        end_dates: days by which they may be touched, after ``as_of``.
        forward_drift: continuous drift a year of the forward (minus the differential).
        fast_days, fast_fall: window in trading days and relative change of a fast fall.
    """

    as_of: date
    levels: tuple[float, ...]
    end_dates: tuple[date, ...]
    forward_drift: float
    fast_days: int
    fast_fall: float
    paths: int


@dataclass(frozen=True)
class PathAnswer:
    """Touches by level and day, fast falls by month, and what the filters reported."""

    touches: tuple[LevelTouch, ...]
    breaches: tuple[MonthlyBreach, ...]
    diagnostics: tuple[str, ...]


def ask_paths(
    usdjpy: pd.Series[float], question: PathQuestion, random: np.random.Generator
) -> PathAnswer:
    """Return the answers of both volatility filters on the same question.

    Raises:
        DataError: a malformed series, no end date, or one that is not after the as-of date.
    """
    if not question.end_dates or min(question.end_dates) <= question.as_of:
        raise DataError(f"touch probabilities need end dates after {question.as_of}")
    days = trading_days_after(question.as_of, max(question.end_dates))
    filters = tuple(fit_filter(usdjpy, "usdjpy", kind) for kind in KINDS)
    bundles = tuple(simulate(item, len(days), question.paths, random) for item in filters)
    spot = float(usdjpy.iloc[-1])
    touches = tuple(
        _touch(bundles, spot, level, (end, int((days <= pd.Timestamp(end)).sum())), question)
        for end in question.end_dates
        for level in question.levels
    )
    return PathAnswer(touches, _breaches(bundles, usdjpy, days, question), _notes(filters))


def _touch(
    bundles: tuple[Floats, ...],
    spot: float,
    level: float,
    end: tuple[date, int],
    question: PathQuestion,
) -> LevelTouch:
    """Return one level by one day over the variants."""
    by, count = end
    found = [
        touch_probability(paths, spot, level, count, drift)
        for paths in bundles
        for drift in (0.0, question.forward_drift)
    ]
    distance = 100.0 * (level / spot - 1.0)
    return LevelTouch(level, distance, by, count, found[0], min(found), max(found))


def _breaches(
    bundles: tuple[Floats, ...],
    usdjpy: pd.Series[float],
    days: pd.DatetimeIndex,
    question: PathQuestion,
) -> tuple[MonthlyBreach, ...]:
    """Return the probability of a fast fall by calendar month."""
    recent = np.log(usdjpy.to_numpy(dtype="float64")[-question.fast_days :])
    months = days.to_period("M")
    number = np.asarray(months.year * 12 + months.month, dtype=np.int64)
    number -= number[0]
    found = [
        fast_fall_probabilities(
            paths, recent - recent[-1], question.fast_days, question.fast_fall, number
        )
        for paths in bundles
    ]
    firsts = [guard.day_of(month.to_timestamp()) for month in months.unique()]
    return tuple(
        MonthlyBreach(first, values[0], min(values), max(values))
        for first, *values in zip(firsts, *found, strict=True)
    )


def _notes(filters: tuple[VolatilityFilter, ...]) -> tuple[str, ...]:
    """Return the filters' diagnostics, each once, in order."""
    return tuple(dict.fromkeys(code for item in filters for code in item.diagnostics))
