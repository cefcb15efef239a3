"""M15, short-horizon distributions: quantiles of a market's value days to months ahead.

Filtered historical simulation on one series: changes over their conditional volatility are drawn
anew and multiplied by a volatility that runs on from today's. Prices move in logarithms, yields
in percentage points, which a yield near zero still does. Source: Barone-Adesi, Giannopoulos,
Vosper (1999), VaR without Correlations for Portfolios of Derivative Securities; the filter is
that of ``passage``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from reportgen.errors import DataError
from reportgen.models import guard
from reportgen.models.arrays import FloatArray
from reportgen.models.history import until
from reportgen.models.passage import FEWEST_RETURNS, VolatilityFilter, fit_filter, simulate
from reportgen.models.spec import ModelSpec, generator

SPEC = ModelSpec(
    id="M15",
    version="1",
    inputs=("nasdaq_composite", "nasdaq_100", "sp500", "bitcoin", "usdjpy", "treasury_10y"),
    references=(
        "Barone-Adesi, Giannopoulos, Vosper (1999)",
        "Gneiting, Raftery (2007)",
    ),
)
HORIZONS = (5, 21, 63)
PROBABILITIES = (0.10, 0.25, 0.50, 0.75, 0.90)
PATHS = 20_000
FEW_WINDOWS = "few_windows"
"""Fewer than twenty windows side by side stand behind the climatology."""
_SEPARATE = 20

Kind = Literal["index", "price", "yield"]
"""An index drifts as it did in all its history; a price has no drift; a yield moves in points."""


@dataclass(frozen=True)
class HorizonQuantiles:
    """What is stated of one horizon, in the unit of the series.

    Args:
        horizon: observations ahead.
        values: quantiles of the model, in the order of ``PROBABILITIES``.
        climatology: the same of all past changes over as many observations, on today's value.
        windows: completed past windows, overlapping.
    """

    horizon: int
    values: tuple[float, ...]
    climatology: tuple[float, ...]
    windows: int


@dataclass(frozen=True)
class QuantileForecast:
    """Quantiles of one series.

    Args:
        series: its name.
        day: day of the last observation; ``last`` its value.
        horizons: by horizon, shortest first.
        filter: ``garch``, or ``ewma`` where that could not be fitted.
        diagnostics: codes of what is unusual.
    """

    series: str
    day: date
    last: float
    horizons: tuple[HorizonQuantiles, ...]
    filter: str
    diagnostics: tuple[str, ...]


def quantile_forecast(
    values: pd.Series[float],
    as_of: date,
    kind: Kind,
    horizons: Sequence[int] = HORIZONS,
    paths: int = PATHS,
) -> QuantileForecast:
    """Return quantiles of a series at some horizons.

    Args:
        values: observations, one a trading day; those after ``as_of`` are not looked at. Its
            name and the as-of date give the seed.
        as_of: last day that may be used.
        kind: what moves: see ``Kind``.
        horizons: observations ahead, each at least 1.
        paths: simulated paths, at least 1,000.

    Raises:
        DataError: fewer than 251 observations, fewer than 251 windows of the longest horizon, a
            price that is not above zero, a series that does not move.
    """
    name = str(values.name)
    known = until(values, as_of, minimum=FEWEST_RETURNS + max(horizons))
    line = _line(known, name, kind)
    volatility = fit_filter(pd.Series(np.exp(line), index=known.index), name)
    steps = np.diff(line)
    drift = float(steps.mean()) + float(steps.var()) / 2.0 if kind == "index" else 0.0
    random = generator(as_of, replace(SPEC, id=f"{SPEC.id}.{name}"))
    moved = _moves(volatility, drift, horizons, paths, random)
    found = tuple(
        _horizon(line, days, moves, kind) for days, moves in zip(horizons, moved, strict=True)
    )
    separate = min(one.windows / one.horizon for one in found)
    return QuantileForecast(
        series=name,
        day=guard.day_of(known.index[-1]),
        last=float(known.iloc[-1]),
        horizons=found,
        filter=volatility.kind,
        diagnostics=volatility.diagnostics + (FEW_WINDOWS,) * (separate < _SEPARATE),
    )


def _line(known: pd.Series[float], name: str, kind: Kind) -> FloatArray:
    """Return what adds up: the logarithm of a price, or a yield over a hundred.

    The filter takes per cent: a change of the yield by one point becomes one of them.
    """
    if kind == "yield":
        return np.asarray(known, dtype=np.float64) / 100.0
    checked = guard.positive_series(known, name)
    line: FloatArray = np.log(checked.to_numpy(dtype=np.float64))
    return line


def _moves(
    volatility: VolatilityFilter,
    drift: float,
    horizons: Sequence[int],
    paths: int,
    random: np.random.Generator,
) -> tuple[FloatArray, ...]:
    """Return the simulated change by each horizon, shape (paths,) each.

    Args:
        volatility: the fitted filter.
        drift: continuous drift of the price a step; the simulation takes off half the variance.
        horizons: steps ahead.
        paths: how many.
        random: source of the draws.
    """
    if min(horizons) < 1 or paths < 1_000:
        raise DataError("M15 needs horizons of a day or more and at least 1,000 paths.")
    walked = simulate(volatility, max(horizons), paths, random)
    return tuple(walked[:, days - 1] + drift * days for days in horizons)


def _horizon(line: FloatArray, days: int, moves: FloatArray, kind: Kind) -> HorizonQuantiles:
    past = line[days:] - line[:-days]

    def stated(changes: FloatArray) -> tuple[float, ...]:
        reached = line[-1] + np.quantile(changes, PROBABILITIES)
        values = 100.0 * reached if kind == "yield" else np.exp(reached)
        return tuple(float(one) for one in values)

    return HorizonQuantiles(days, stated(moves), stated(past), int(past.size))
