"""M8: how much central-bank money there is, and whether its price says it is getting scarce.

Net liquidity is the Federal Reserve's total assets less what the Treasury and money funds hold
at it. Whether reserves are ample is judged by their share of bank assets where that is known,
and by what overnight money costs against the rate paid on reserves.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import pandas as pd

from reportgen.errors import DataError
from reportgen.models import guard
from reportgen.models.reserve_price import PriceSettings, Spread, price_alarms, spread_over
from reportgen.models.spec import ModelSpec

SPEC = ModelSpec(
    id="M8",
    version="1.1",
    inputs=(
        "fed_total_assets",
        "reserve_balances",
        "treasury_general_account",
        "overnight_reverse_repo",
        "sofr",
        "effr",
        "iorb",
        "bank_assets",
        "nasdaq_composite",
    ),
    references=(
        "Afonso, Giannone, La Spada, Williams (2022), Scarce, Abundant, or Ample? A Time-Varying "
        "Model of the Reserve Demand Curve, Federal Reserve Bank of New York Staff Report 1019",
        "Federal Reserve, H.4.1 Factors Affecting Reserve Balances",
        "Newey and West (1987), Econometrica 55, 703-708",
    ),
)

State = Literal["abundant", "ample", "near_scarce", "unknown"]
Trend = Literal["rising", "flat", "falling"]
MILLIONS_PER_BILLION = 1_000.0
WEEKS = 13
DATE_TOLERANCE_DAYS = 7  # one weekly release may fall on a holiday


@dataclass(frozen=True)
class LiquidityInputs:
    """Series that end at the as-of date.

    Args:
        total_assets, reserves, treasury_account: USD millions, weekly.
        reverse_repo: overnight reverse repurchase agreements, USD **billions**.
        sofr, effr, iorb: per cent a year, daily; without one of them there is no state.
        bank_assets: assets of all commercial banks, USD billions; ``None`` when not available.
    """

    total_assets: pd.Series[float]
    reserves: pd.Series[float]
    treasury_account: pd.Series[float]
    reverse_repo: pd.Series[float]
    sofr: pd.Series[float] | None
    effr: pd.Series[float] | None
    iorb: pd.Series[float] | None
    bank_assets: pd.Series[float] | None = None


@dataclass(frozen=True)
class LiquiditySettings:
    """Bounds; ratios are shares of bank assets.

    ``scarce_slope_ratio`` is the lower end of the 12-13 per cent of bank assets below which the
    price of reserves starts to react (Staff Report 1019). ``flat_percent`` is the change of
    reserves over thirteen weeks that still counts as none.
    """

    abundant_ratio: float = 0.13
    near_scarce_ratio: float = 0.11
    scarce_slope_ratio: float = 0.12
    flat_percent: float = 2.0
    price: PriceSettings = field(default_factory=PriceSettings)


@dataclass(frozen=True)
class Distance:
    """How far an indicator is from a bound: ``gap`` is what is left before the bound is crossed.

    ``unit`` is ``ratio``, ``bp``, ``days`` or ``musd``; a negative gap means it is crossed.
    """

    code: str
    value: float
    threshold: float
    gap: float
    unit: Literal["ratio", "bp", "days", "musd"]


@dataclass(frozen=True)
class LiquidityResult:
    """State of dollar liquidity; amounts in USD millions, ``net_history`` week by week.

    ``sofr`` and ``effr`` are ``None`` without prices.
    """

    day: date
    total_assets_musd: float
    reserves_musd: float
    treasury_account_musd: float
    reverse_repo_musd: float
    net_liquidity_musd: float
    net_change_13w_musd: float
    reserves_change_13w_percent: float
    reserves_trend: Trend
    reserves_ratio: float | None
    sofr: Spread | None
    effr: Spread | None
    alarms: tuple[str, ...]
    state: State
    state_basis: Literal["ratio", "price_and_trend"]
    distances: tuple[Distance, ...]
    net_history: tuple[tuple[date, float], ...]
    diagnostics: tuple[str, ...]


def net_liquidity(assets_musd: float, treasury_musd: float, reverse_repo_busd: float) -> float:
    """Return total assets less Treasury account less reverse repo, in USD millions.

    Args:
        assets_musd: USD millions.
        treasury_musd: USD millions.
        reverse_repo_busd: USD billions, as the New York Fed's series is published.

    Raises:
        DataError: an amount that cannot be in its unit.
    """
    _unit_check(assets_musd, treasury_musd, reverse_repo_busd)
    return assets_musd - treasury_musd - MILLIONS_PER_BILLION * reverse_repo_busd


def assess_liquidity(
    inputs: LiquidityInputs, settings: LiquiditySettings | None = None
) -> LiquidityResult:
    """Return amounts, price tests, state and distances to the bounds.

    Raises:
        DataError: a malformed series, amounts that cannot be in their unit, or too few values.
    """
    chosen = settings or LiquiditySettings()
    table = _weekly(inputs)
    last, before = table.iloc[-1], _weeks_before(table, WEEKS)
    spreads = _spreads(inputs, chosen.price)
    change = 100.0 * (float(last["reserves"]) / float(before["reserves"]) - 1.0)
    trend = _trend(change, chosen)
    ratio = _ratio(float(last["reserves"]), inputs.bank_assets)
    alarms = price_alarms(*spreads, chosen.price) if spreads else ()
    return LiquidityResult(
        day=guard.day_of(table.index[-1]),
        total_assets_musd=float(last["assets"]),
        reserves_musd=float(last["reserves"]),
        treasury_account_musd=float(last["treasury"]),
        reverse_repo_musd=MILLIONS_PER_BILLION * float(last["repo"]),
        net_liquidity_musd=float(last["net"]),
        net_change_13w_musd=float(last["net"] - before["net"]),
        reserves_change_13w_percent=change,
        reserves_trend=trend,
        reserves_ratio=ratio,
        sofr=spreads[0] if spreads else None,
        effr=spreads[1] if spreads else None,
        alarms=alarms,
        state=liquidity_state(ratio, alarms, trend, chosen) if spreads else "unknown",
        state_basis="price_and_trend" if ratio is None else "ratio",
        distances=_distances(float(last["reserves"]), ratio, spreads, chosen),
        net_history=tuple((guard.day_of(day), float(value)) for day, value in table["net"].items()),
        diagnostics=("bank_assets_missing",) if ratio is None else (),
    )


def _spreads(inputs: LiquidityInputs, settings: PriceSettings) -> tuple[Spread, Spread] | None:
    """Return both rates over interest on reserves; ``None`` when one of the three is missing."""
    if inputs.sofr is None or inputs.effr is None or inputs.iorb is None:
        return None
    return (
        spread_over(inputs.sofr, inputs.iorb, "sofr", settings),
        spread_over(inputs.effr, inputs.iorb, "effr", settings),
    )


def liquidity_state(
    ratio: float | None,
    alarms: tuple[str, ...],
    trend: Trend,
    settings: LiquiditySettings | None = None,
) -> State:
    """Return the state by the published rule.

    Two price alarms mean near-scarce whatever else. With the ratio: above 13 per cent of bank
    assets abundant, below 11 near-scarce, between them (bounds included) ample. Without it:
    abundant only with no alarm and reserves not falling, else ample.
    """
    chosen = settings or LiquiditySettings()
    if len(alarms) >= 2 or (ratio is not None and ratio < chosen.near_scarce_ratio):
        return "near_scarce"
    if ratio is not None:
        return "abundant" if ratio > chosen.abundant_ratio else "ample"
    return "abundant" if not alarms and trend != "falling" else "ample"


def _unit_check(assets: float, treasury: float, repo_busd: float) -> None:
    """Refuse amounts that cannot be USD millions, millions and billions."""
    guard.within(assets, 100_000.0, 100_000_000.0, "fed_total_assets in USD millions")
    guard.within(treasury, 1_000.0, assets, "treasury_general_account in USD millions")
    top = assets / MILLIONS_PER_BILLION
    guard.within(repo_busd, 0.0, top, "overnight_reverse_repo in USD billions")


def _weekly(inputs: LiquidityInputs) -> pd.DataFrame:
    """Return the weeks for which all four amounts are there, with net liquidity."""
    table = pd.DataFrame(
        {
            "assets": guard.positive_series(inputs.total_assets, "fed_total_assets"),
            "reserves": guard.positive_series(inputs.reserves, "reserve_balances"),
            "treasury": guard.positive_series(inputs.treasury_account, "treasury_general_account"),
            "repo": guard.series(inputs.reverse_repo, "overnight_reverse_repo"),
        }
    ).dropna()
    if table.empty:
        raise DataError("the four weekly liquidity series have no day in common")
    last = table.iloc[-1]
    _unit_check(float(last["assets"]), float(last["treasury"]), float(last["repo"]))
    if last["reserves"] > last["assets"]:
        raise DataError("series reserve_balances is larger than total assets: check the unit")
    repo = MILLIONS_PER_BILLION * table["repo"]
    table["net"] = table["assets"] - table["treasury"] - repo
    return table


def _weeks_before(table: pd.DataFrame, weeks: int) -> pd.Series[float]:
    """Return the row a number of weeks before the last one, found by date and not by count."""
    wanted = table.index[-1] - pd.Timedelta(weeks=weeks)
    earlier = table[table.index <= wanted]
    if earlier.empty or (wanted - earlier.index[-1]).days > DATE_TOLERANCE_DAYS:
        raise DataError(f"weekly liquidity has no observation {weeks} weeks before its last one")
    row: pd.Series[float] = earlier.iloc[-1]
    return row


def _trend(change_percent: float, settings: LiquiditySettings) -> Trend:
    if abs(change_percent) < settings.flat_percent:
        return "flat"
    return "rising" if change_percent > 0.0 else "falling"


def _ratio(reserves_musd: float, bank_assets: pd.Series[float] | None) -> float | None:
    """Return reserves over bank assets, after a check that both are in their units."""
    if bank_assets is None:
        return None
    assets = float(guard.positive_series(bank_assets, "bank_assets").iloc[-1])
    ratio = reserves_musd / (MILLIONS_PER_BILLION * assets)
    return guard.within(ratio, 0.005, 0.5, "reserves over bank assets (USD billions)")


def _distances(
    reserves: float,
    ratio: float | None,
    spreads: tuple[Spread, Spread] | None,
    settings: LiquiditySettings,
) -> tuple[Distance, ...]:
    """Return what is left before each bound is crossed."""
    prices = _price_distances(*spreads, settings.price) if spreads else ()
    if ratio is None:
        return prices
    bounds = (
        ("abundant_ratio", settings.abundant_ratio),
        ("scarce_slope_ratio", settings.scarce_slope_ratio),
        ("near_scarce_ratio", settings.near_scarce_ratio),
    )
    ratios = tuple(Distance(code, ratio, bound, ratio - bound, "ratio") for code, bound in bounds)
    floor = settings.near_scarce_ratio * reserves / ratio
    return (*prices, *ratios, Distance("reserves_floor", reserves, floor, reserves - floor, "musd"))


def _price_distances(sofr: Spread, effr: Spread, price: PriceSettings) -> tuple[Distance, ...]:
    tail, days, funds = price.tail_bp, float(price.days_above), price.effr_bp
    return (
        Distance("sofr_tail", sofr.tail_bp, tail, tail - sofr.tail_bp, "bp"),
        Distance("sofr_days", float(sofr.days_above), days, days - sofr.days_above, "days"),
        Distance("effr_at_iorb", effr.last_bp, funds, funds - effr.last_bp, "bp"),
    )
