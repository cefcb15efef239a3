"""M12: at which prices rule-based followers of trends would have to sell, and how much.

Question: which close tomorrow flips a trend signal, how likely is it within the window, and what
would the change of positions sell? Moving averages stand for rules that funds keep to
themselves, and the money behind them is an assumption: prices and rules are exact, amounts are
not.
Sources: Moskowitz, Ooi, Pedersen (2012), Journal of Financial Economics 104; Hurst, Ooi,
Pedersen (2017), Journal of Portfolio Management 44.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from reportgen.errors import DataError
from reportgen.models import guard
from reportgen.models.arrays import FloatArray
from reportgen.models.history import TRADING_YEAR, closes_until
from reportgen.models.spec import ModelSpec

SPEC = ModelSpec(
    id="M12",
    version="1",
    inputs=("nasdaq_composite",),
    references=(
        "Moskowitz, Ooi, Pedersen (2012), Journal of Financial Economics 104, 228-250",
        "Hurst, Ooi, Pedersen (2017), Journal of Portfolio Management 44, 15-29",
    ),
)
PAIRS = ((1, 20), (1, 50), (1, 100), (1, 200), (20, 100), (50, 200))
"""Fast and slow days; a fast average of one day is the price itself."""
REACH = 0.30
"""Move within a day beyond which a flip price is not called reachable."""
DECAY = 0.94
WEEK_DAYS = 7

State = Literal["above", "below"]


@dataclass(frozen=True)
class TrendSettings:
    """Size of the positions; what is not public is an assumption with a range.

    Args:
        pairs: fast and slow averages of the rules, trading days.
        target_percent: volatility a year each fund aims at, per cent of its money.
        leverage: largest position over the money set aside for the index.
        assets_busd: money that follows such rules, billions of dollars, low and high.
        share: part of it whose risk is in the index, low and high, unit 1.
        falls: moves of the index within a day for which sales are given, unit 1.
    """

    pairs: tuple[tuple[int, int], ...] = PAIRS
    target_percent: float = 10.0
    leverage: float = 2.0
    assets_busd: tuple[float, float] = (200.0, 400.0)
    share: tuple[float, float] = (0.05, 0.15)
    falls: tuple[float, ...] = (-0.02, -0.05, -0.10)


@dataclass(frozen=True)
class Flip:
    """The close tomorrow at which a fast average meets a slow one.

    Args:
        fast, slow: trading days.
        state: where the fast average stands against the slow one on the as-of date.
        price: that close; ``None`` when it is not reachable (not above zero, or more than
            30 % away). distance: price / close - 1, unit 1, likewise.
        raw: the solution itself, reachable or not.
    """

    fast: int
    slow: int
    state: State
    price: float | None
    distance: float | None
    raw: float


@dataclass(frozen=True)
class Sale:
    """Change of positions after a move of a day.

    Args:
        fall: the move, unit 1.
        position: position over money after it, -leverage to leverage.
        change: change of it.
        low_busd, high_busd: flow in billions of dollars over the assumed range of money,
            negative when sold; the smaller amount first.
    """

    fall: float
    position: float
    change: float
    low_busd: float
    high_busd: float


@dataclass(frozen=True)
class TrendResult:
    """Signals, positions and flips of rule-based trend followers.

    Args:
        close: last close. volatility_percent: EWMA, per cent a year.
        signal: mean over the pairs, -1 (all short) to 1 (all long).
        position: target volatility / volatility x signal, within the leverage.
        flips: one a pair, in the settings' order.
        sales: one a fall.
        diagnostics: ``assets_assumed`` (always), ``leverage_bound``, ``not_reachable``,
            ``closes_stopped`` (the last close is more than a week older than the as-of date).
    """

    day: date
    close: float
    volatility_percent: float
    signal: float
    position: float
    flips: tuple[Flip, ...]
    sales: tuple[Sale, ...]
    diagnostics: tuple[str, ...]


def flip_price(closes: FloatArray, fast: int, slow: int) -> float:
    """Return the next close at which both averages are equal: (B/s - A/f) / (1/f - 1/s).

    A and B are the sums of the last f - 1 and s - 1 closes. It may lie below zero.

    Args:
        closes: at least ``slow`` - 1 of them, the last one last, shape (n,).
        fast: f, trading days, below ``slow``.
        slow: s, trading days.

    Raises:
        DataError: too few closes, or a fast average not faster than the slow one.
    """
    if not 1 <= fast < slow:
        raise DataError(f"An average of {fast} days is not faster than one of {slow}.")
    if closes.size < slow - 1:
        raise DataError(f"An average of {slow} days needs {slow - 1} closes, not {closes.size}.")
    near = float(closes[closes.size - (fast - 1) :].sum())
    far = float(closes[closes.size - (slow - 1) :].sum())
    return (far / slow - near / fast) / (1.0 / fast - 1.0 / slow)


def trend_followers(
    closes: pd.Series[float], as_of: date, settings: TrendSettings | None = None
) -> TrendResult:
    """Return signals, flips and the sales of a day's fall.

    Args:
        closes: daily closes of the index, more than the slowest average has days.
        as_of: last day that may be used.
        settings: rules and sizes.

    Raises:
        DataError: too few closes, a bad value, prices that do not move, senseless settings.
    """
    rules = settings or TrendSettings()
    _check(rules)
    known = closes_until(closes, as_of, minimum=max(slow for _, slow in rules.pairs) + 1)
    prices: FloatArray = np.asarray(known, dtype=np.float64)
    signal, position, deviation = _stance(prices, rules)
    flips = tuple(_flip(prices, fast, slow) for fast, slow in rules.pairs)
    notes = (
        ("assets_assumed", True),
        ("leverage_bound", abs(position) >= rules.leverage),
        ("not_reachable", any(one.price is None for one in flips)),
        ("closes_stopped", (as_of - guard.day_of(known.index[-1])).days > WEEK_DAYS),
    )
    return TrendResult(
        day=guard.day_of(known.index[-1]),
        close=float(prices[-1]),
        volatility_percent=100.0 * deviation * math.sqrt(TRADING_YEAR),
        signal=signal,
        position=position,
        flips=flips,
        sales=tuple(_sale(prices, fall, position, rules) for fall in rules.falls),
        diagnostics=tuple(code for code, holds in notes if holds),
    )


def _stance(prices: FloatArray, rules: TrendSettings) -> tuple[float, float, float]:
    """Return signal, position and the standard deviation of a day.

    A pair's signal is the gap of its averages over what the price moves within the slow one's
    days, clipped to one either way.
    """
    deviation = _deviation(prices)
    scale = deviation * float(prices[-1])
    parts = [
        float(np.clip(_gap(prices, fast, slow) / (scale * math.sqrt(slow)), -1.0, 1.0))
        for fast, slow in rules.pairs
    ]
    signal = float(np.mean(parts))
    size = rules.target_percent / (100.0 * deviation * math.sqrt(TRADING_YEAR)) * signal
    return signal, float(np.clip(size, -rules.leverage, rules.leverage)), deviation


def _deviation(prices: FloatArray) -> float:
    """Return the exponentially weighted standard deviation of the daily log returns."""
    squares = np.diff(np.log(prices))[::-1] ** 2
    weights = DECAY ** np.arange(squares.size)
    variance = float(weights @ squares / weights.sum())
    if not variance > 1e-16:
        raise DataError("Closes that do not move give trend followers no position.")
    return float(np.sqrt(variance))


def _gap(prices: FloatArray, fast: int, slow: int) -> float:
    return float(prices[-fast:].mean() - prices[-slow:].mean())


def _flip(prices: FloatArray, fast: int, slow: int) -> Flip:
    raw = flip_price(prices, fast, slow)
    distance = raw / float(prices[-1]) - 1.0
    there = raw > 0.0 and abs(distance) <= REACH
    return Flip(
        fast=fast,
        slow=slow,
        state="above" if _gap(prices, fast, slow) >= 0.0 else "below",
        price=raw if there else None,
        distance=distance if there else None,
        raw=raw,
    )


def _sale(prices: FloatArray, fall: float, position: float, rules: TrendSettings) -> Sale:
    _, after, _ = _stance(np.append(prices, prices[-1] * (1.0 + fall)), rules)
    change = after - position
    ends = sorted((change * rules.assets_busd[end] * rules.share[end] for end in (0, 1)), key=abs)
    return Sale(fall, after, change, *ends)


def _check(rules: TrendSettings) -> None:
    if not rules.pairs or any(not 1 <= fast < slow for fast, slow in rules.pairs):
        raise DataError("Each pair of averages needs a fast one below the slow one.")
    guard.positive(rules.target_percent, "The target volatility of trend followers")
    guard.positive(rules.leverage, "The leverage of trend followers")
    low, high = rules.assets_busd
    if not guard.positive(low, "The money of trend followers") <= high:
        raise DataError("The money of trend followers has its bounds the wrong way round.")
    if not 0.0 < rules.share[0] <= rules.share[1] <= 1.0:
        raise DataError("The share of trend followers' money must be a range within 0 to 1.")
    for fall in rules.falls:
        guard.within(fall, -0.99, 1.0, "A move of the index")
