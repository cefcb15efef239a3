"""M11: how much of each market's surprises came from the others.

A vector autoregression is fitted to the moves of a few markets; its generalised forecast error
variance decomposition says which share of a market's ten-day error variance is due to shocks of
each other market. Generalised means that no order of the markets is assumed: shocks may come
together, and the rows are brought to one. The total spillover is the mean share from others.
Sources: Diebold, Yilmaz (2012), Better to Give than to Receive, International Journal of
Forecasting 28; Pesaran, Shin (1998), Generalized Impulse Response Analysis, Economics Letters 58.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reportgen.errors import DataError
from reportgen.models import guard
from reportgen.models.assets import AssetSeries, moves
from reportgen.models.spec import ModelSpec

SPEC = ModelSpec(
    id="M11a",
    version="1.0",
    inputs=(
        "nasdaq_composite",
        "bitcoin",
        "gold",
        "usdjpy",
        "treasury_10y",
        "high_yield_oas",
    ),
    references=(
        "Diebold, Yilmaz (2012), Better to Give than to Receive: Predictive Directional "
        "Measurement of Volatility Spillovers, International Journal of Forecasting 28",
    ),
)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SpilloverSettings:
    """Orders and windows.

    Args:
        lags: of the autoregression; two, so that closes hours apart have a day to catch up.
        horizon: days of the forecast error.
        window: moves in a fit, a year; ``step``: moves from one fit of the history to the next.
    """

    lags: int = 2
    horizon: int = 10
    window: int = 250
    step: int = 21


@dataclass(frozen=True)
class Direction:
    """One market: shares in per cent of an error variance.

    ``received``: of its own that came from the others; ``given``: of all the others' that came
    from it (their sum, so it can pass 100); ``net``: given less received.
    """

    code: str
    received: float
    given: float
    net: float


@dataclass(frozen=True)
class SpilloverResult:
    """The table of the latest year, and the total over the years before.

    Args:
        day: last common day; ``observations``: moves in the fit.
        codes: markets in order; ``shares``: row i, column j is the per cent of market i's error
            variance that is due to market j; rows sum to 100.
        total: mean share from others, per cent; ``directions``: by market.
        history_days, history: total of each earlier fit, the last one being ``total``.
        low, mean, high: of the history; ``since``: last day of its first fit.
        diagnostics: ``explosive`` when the autoregression's largest root is one or more (shares
            at ten days still exist), ``history_short`` when there are fewer than twelve fits.
    """

    day: date
    observations: int
    codes: tuple[str, ...]
    shares: tuple[tuple[float, ...], ...]
    total: float
    directions: tuple[Direction, ...]
    history_days: tuple[date, ...]
    history: tuple[float, ...]
    low: float
    mean: float
    high: float
    since: date
    diagnostics: tuple[str, ...]


FEWEST_FITS = 12


def evaluate(
    series: tuple[AssetSeries, ...], settings: SpilloverSettings | None = None
) -> SpilloverResult:
    """Return spillovers of the latest year and the range of their total.

    Args:
        series: at least two markets; their moves are taken between days all of them have.
        settings: orders and windows.

    Raises:
        DataError: fewer than two markets, too few common days, or a market that moves with others
            so closely that it has no surprise of its own.
    """
    given = settings or SpilloverSettings()
    table = common_moves(series)
    if len(table) < given.window:
        raise DataError(
            f"spillover needs {given.window} common moves of its markets, there are {len(table)}"
        )
    values = table.to_numpy(dtype="float64")
    ends = range(len(values), given.window - 1, -given.step)
    fits = [(end, *_fit(values[end - given.window : end], given)) for end in reversed(ends)]
    shares, root = fits[-1][1:]
    history = tuple(total_of(found) for _, found, _ in fits)
    days = tuple(guard.day_of(table.index[end - 1]) for end, _, _ in fits)
    notes = (("explosive", root >= 1.0), ("history_short", len(fits) < FEWEST_FITS))
    return SpilloverResult(
        day=days[-1],
        observations=given.window,
        codes=tuple(table.columns),
        shares=tuple(tuple(float(value) for value in row) for row in shares),
        total=history[-1],
        directions=_directions(tuple(table.columns), shares),
        history_days=days,
        history=history,
        low=min(history),
        mean=sum(history) / len(history),
        high=max(history),
        since=days[0],
        diagnostics=tuple(code for code, present in notes if present),
    )


def common_moves(series: tuple[AssetSeries, ...]) -> pd.DataFrame:
    """Return the moves of the markets between the days that all of them have, by code.

    Raises:
        DataError: fewer than two markets, a malformed series, or no two days in common.
    """
    if len(series) < 2:
        raise DataError("spillover needs at least two markets")
    levels = pd.DataFrame({one.asset.code: one.checked() for one in series}).dropna()
    if len(levels) < 2:
        raise DataError("the markets of the spillover have no two days in common")
    return pd.DataFrame(
        {one.asset.code: moves(levels[one.asset.code], one.asset.kind) for one in series}
    )


def _fit(values: Floats, given: SpilloverSettings) -> tuple[Floats, float]:
    """Return the shares in per cent and the largest root of the autoregression's fit."""
    scale = values.std(axis=0)
    if (scale <= 1e-12).any():
        raise DataError("a market of the spillover does not move")
    coefficients, covariance = autoregression(values / scale, given.lags)
    root = float(np.abs(np.linalg.eigvals(_companion(coefficients))).max())
    return 100.0 * decomposition(coefficients, covariance, given.horizon), root


def autoregression(values: Floats, lags: int) -> tuple[Floats, Floats]:
    """Return coefficients (lags x N x N) and error covariance (N x N) by least squares.

    Row i of each coefficient matrix holds what moves market i; a constant is fitted and left
    out. The covariance is divided by the observations less the parameters of an equation.

    Raises:
        DataError: too few observations, or errors of the markets that are one another's.
    """
    count, markets = values.shape
    rows, free = count - lags, count - lags - markets * lags - 1
    if free < markets:
        raise DataError(f"{count} moves are too few for {lags} lags of {markets} markets")
    past = [values[lags - lag : count - lag] for lag in range(1, lags + 1)]
    regressors = np.column_stack([np.ones(rows), *past])
    found, *_ = np.linalg.lstsq(regressors, values[lags:], rcond=None)
    errors = values[lags:] - regressors @ found
    covariance: Floats = errors.T @ errors / free
    if np.linalg.cond(covariance) > 1e10:
        raise DataError("two markets of the spillover are the same")
    coefficients = found[1:].reshape(lags, markets, markets).transpose(0, 2, 1)
    return coefficients, covariance


def decomposition(coefficients: Floats, covariance: Floats, horizon: int) -> Floats:
    """Return the shares (rows sum to one) of the generalised decomposition.

    Args:
        coefficients: of the autoregression, lags x N x N; no lags for shocks without memory.
        covariance: of its errors, N x N.
        horizon: days of the forecast error, at least one.
    """
    size = len(covariance)
    responses = [np.eye(size)]
    for step in range(1, horizon):
        past = zip(
            coefficients, reversed(responses[max(0, step - len(coefficients)) :]), strict=False
        )
        responses.append(sum((one @ before for one, before in past), np.zeros((size, size))))
    caused = sum(((one @ covariance) ** 2 for one in responses), np.zeros((size, size)))
    caused = caused / np.diag(covariance)
    whole = sum((np.diag(one @ covariance @ one.T) for one in responses), np.zeros(size))
    shares = caused / whole[:, None]
    normed: Floats = shares / shares.sum(axis=1, keepdims=True)
    return normed


def total_of(shares: Floats) -> float:
    """Return the mean share from others, in the shares' unit."""
    return float((shares.sum() - np.trace(shares)) / len(shares))


def _directions(codes: tuple[str, ...], shares: Floats) -> tuple[Direction, ...]:
    """Return what each market received from the others and gave to them."""
    others = shares - np.diag(np.diag(shares))
    received, given = others.sum(axis=1), others.sum(axis=0)
    return tuple(
        Direction(
            code, float(received[place]), float(given[place]), float((given - received)[place])
        )
        for place, code in enumerate(codes)
    )


def _companion(coefficients: Floats) -> Floats:
    """Return the autoregression as one of order one."""
    lags, size, _ = coefficients.shape
    below = np.eye(size * (lags - 1), size * lags)
    return np.vstack([np.hstack(list(coefficients)), below])
