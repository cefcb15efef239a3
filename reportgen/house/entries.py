"""The entries a house view may hold: what each is, in which unit, and what is plausible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Kind = Literal["number", "range", "window", "risk"]

PUBLISHER = "house"
"""Who states an entry when it is the publisher of the report."""
GRADES = ("low", "medium", "medium_high", "high", "very_high", "severe", "in_force")
"""Words of a stated risk matrix, as codes; the catalogues have the words."""


@dataclass(frozen=True)
class Shape:
    """What an entry must look like.

    Args:
        kind: ``number`` (``value``), ``range`` (``low`` and ``high``), ``window`` (``start`` and
            ``end``) or ``risk`` (``probability``, ``impact``, perhaps a window).
        unit: unit of the figures; empty where there are none.
        low: lowest plausible figure.
        high: highest plausible figure.
        own: whether only the publisher may state it.
    """

    kind: Kind
    unit: str = ""
    low: float = 0.0
    high: float = 0.0
    own: bool = False


def _number(unit: str, low: float, high: float) -> Shape:
    return Shape("number", unit, low, high)


def _range(unit: str, low: float, high: float) -> Shape:
    return Shape("range", unit, low, high)


_PERCENT = _number("percent", 0, 100)
_POINTS = _number("points", 1_000, 100_000)
_CHANGE = _number("percent", -95, 200)
_FALL = _range("percent", -95, 0)
_YEN = _number("yen_per_usd", 80, 250)
_RATE = _number("percent", -1, 15)
_DOLLARS = _number("usd_price", 1, 1_000_000)
_WINDOW = Shape("window")
_TILT = Shape("number", "log_odds", -3, 3, own=True)
_RISK = Shape("risk")

SHAPES: Mapping[str, Shape] = MappingProxyType(
    {
        "probability.flash_crash": _range("percent", 0, 100),
        "probability.bear_market": _PERCENT,
        "probability.severe_case": _range("percent", 0, 100),
        "probability.december_cut": _PERCENT,
        "probability.december_cut_month_earlier": _PERCENT,
        "tilt.flash": _TILT,
        "tilt.bear": _TILT,
        "tilt.severe": _TILT,
        "level.base": _POINTS,
        "level.floor_zone": _range("points", 1_000, 100_000),
        "level.main": _POINTS,
        "level.extreme": _POINTS,
        "level.retracement_high": _POINTS,
        "level.retracement_low": _POINTS,
        "level.retracement_38": _POINTS,
        "level.retracement_50": _POINTS,
        "level.retracement_62": _POINTS,
        "level.valuation": _POINTS,
        "level.average_200_week": _range("points", 1_000, 100_000),
        "drawdown.floor_zone": _FALL,
        "drawdown.extreme": _number("percent", -95, 0),
        "drawdown.average_200_week": _FALL,
        "valuation.pe_now": _number("times", 3, 200),
        "valuation.pe_trough": _number("times", 3, 200),
        "valuation.earnings_growth": _number("percent", -80, 200),
        "rates.boj_december": _RATE,
        "rates.boj_terminal": _range("percent", -1, 15),
        "rates.fed_2026": _RATE,
        "rates.usdjpy_forecast": _YEN,
        "trigger.usdjpy": _YEN,
        "trigger.skew": _number("index", 100, 250),
        "trigger.vix": _number("index", 5, 150),
        "fiscal.china_tariff": _PERCENT,
        "fiscal.inflation_floor": _RATE,
        "fiscal.unemployment_severe": _PERCENT,
        "debt.limit": _number("usd_trillion", 1, 200),
        "debt.limit_increase": _number("usd_trillion", 0, 50),
        "debt.x_date": _WINDOW,
        "carry.size": _range("usd_billion", 1, 5_000),
        "ai.capex": _number("usd_billion", 1, 5_000),
        "ai.semiconductors": _FALL,
        "ai.asset_life": _range("years", 1, 30),
        "ai.cost_of_capital": _PERCENT,
        "ai.gross_margin": _PERCENT,
        "options.zero_dte_share_2023": _PERCENT,
        "options.zero_dte_share": _PERCENT,
        "options.hedging_flow": _number("usd_billion", 0.1, 1_000),
        "options.hedging_move": _FALL,
        "skew.stated_range": _range("index", 100, 250),
        "skew.stated_tail": _PERCENT,
        "skew.stated_normal_tail": _PERCENT,
        "bubble.share_of_peak": _number("percent", 0, 300),
        "window.spring": _WINDOW,
        "window.autumn": _WINDOW,
        "window.flash_crash": _WINDOW,
        "matrix.yen_carry": _RISK,
        "matrix.ai_air_pocket": _RISK,
        "matrix.zero_dte_gamma": _RISK,
        "matrix.debt_limit": _RISK,
        "matrix.tariffs": _RISK,
        "review.nasdaq_100_intraday": _CHANGE,
        "review.nasdaq_100_close": _CHANGE,
        "review.nasdaq_100_from_high": _CHANGE,
        "review.nvidia_high": _CHANGE,
        "review.nvidia_close": _CHANGE,
        "review.bitcoin_high": _DOLLARS,
        "review.bitcoin_low": _DOLLARS,
        "review.ether_below": _DOLLARS,
        "review.hang_seng_close": _CHANGE,
        "review.shanghai_below": _POINTS,
        "review.gold": _DOLLARS,
    }
)
"""Every entry by its dotted name."""
