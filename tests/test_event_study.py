"""M11: event study of 20-21 November 2025, what moved first, and the nine drivers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from scipy.stats import linregress

from reportgen.errors import DataError
from reportgen.models.assets import ASSETS, NEW_YORK, Asset, AssetSeries, by_code
from reportgen.models.drivers import NOT_TESTABLE, nine_drivers
from reportgen.models.event_study import (
    EventSettings,
    abnormal_return,
)
from reportgen.models.falls import first_close_below, order_of_falls

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reportgen.snapshot import Snapshot

SESSION = EventSettings(date(2025, 11, 20))
MARKET = Asset("sp500", "price", NEW_YORK, time(16, 0))
STOCK = Asset("nasdaq_100", "price", NEW_YORK, time(16, 0))
TOKYO = Asset("nikkei_225", "price", "Asia/Tokyo", time(15, 30))
DAYS = pd.bdate_range("2024-01-01", "2025-12-05")
ZERO = int(DAYS.searchsorted(pd.Timestamp("2025-11-20")))


def price(asset: Asset, returns: NDArray[np.float64]) -> AssetSeries:
    """Return a price series moved by log returns in per cent."""
    line = np.concatenate([[0.0], np.cumsum(returns)]) / 100.0
    return AssetSeries(asset, pd.Series(100.0 * np.exp(line), index=DAYS))


def made_up(noise: float, shock: float = 0.0) -> tuple[AssetSeries, AssetSeries]:
    """Return a market and a stock with alpha .02, beta 1.3 and a shock on both event days."""
    random = np.random.Generator(np.random.PCG64(8))
    market = random.standard_normal(len(DAYS) - 1)
    stock = 0.02 + 1.3 * market + noise * random.standard_normal(len(DAYS) - 1)
    stock[ZERO - 1 : ZERO + 1] += shock
    return price(MARKET, market), price(STOCK, stock)


def bundled(snapshot: Snapshot) -> tuple[AssetSeries, ...]:
    """Return the bundled series of all assets."""
    return tuple(AssetSeries(asset, snapshot.values(asset.code)) for asset in ASSETS)


@pytest.mark.parametrize("asset", ASSETS, ids=lambda one: one.code)
def test_moments_of_many_days_are_those_of_each(asset: Asset) -> None:
    """Across changes to and from summer time, in every zone, back to 1971."""
    days = pd.date_range("1971-02-05", "2026-12-31", freq="5D")
    one_by_one = [asset.instant(day.date()) for day in days]
    assert list(asset.instants(days)) == one_by_one


@pytest.mark.parametrize(
    ("code", "car", "car_slack", "t", "t_slack"),
    [
        # MODELS M11, reference day: QQQ -1.0 % (t -2.0), Bitcoin -7.0 % (-2.1). The index stands
        # for its fund; crypto days end at midnight UTC here.
        ("nasdaq_100", -1.0, 0.1, -2.0, 0.15),
        ("bitcoin", -7.0, 0.15, -2.1, 0.2),
    ],
)
def test_reference_day(
    snapshot: Snapshot, code: str, car: float, car_slack: float, t: float, t_slack: float
) -> None:
    """MODELS M11 known answers of 20-21 November 2025."""
    series = bundled(snapshot)
    found = abnormal_return(by_code(series, code), by_code(series, "sp500"), SESSION)
    assert found.car == pytest.approx(car, abs=car_slack)
    assert found.t == pytest.approx(t, abs=t_slack)
    assert (found.day_zero, found.last_day) == (date(2025, 11, 20), date(2025, 11, 21))
    assert found.observations == 250


@pytest.mark.parametrize("code", ["high_yield_oas", "gold", "usdjpy", "treasury_10y"])
def test_no_stress_in_credit_gold_dollar_and_treasuries(snapshot: Snapshot, code: str) -> None:
    """MODELS B7: no credit stress visible; Treasuries, gold and the dollar about zero."""
    series = bundled(snapshot)
    found = abnormal_return(by_code(series, code), by_code(series, "sp500"), SESSION)
    assert abs(found.t) < 1.5


def test_known_model_is_recovered() -> None:
    """Simulate alpha .02, beta 1.3 and a shock of -2 a day; find all of them."""
    market, stock = made_up(noise=0.3, shock=-2.0)
    found = abnormal_return(stock, market, SESSION)
    assert found.alpha == pytest.approx(0.02, abs=0.05)
    assert found.beta == pytest.approx(1.3, abs=0.05)
    assert found.residual_sd == pytest.approx(0.3, abs=0.03)
    assert found.car == pytest.approx(-4.0, abs=1.0)
    assert found.t < -5.0


def test_window_is_250_days_ending_20_days_before() -> None:
    """The coefficients are those of an ordinary regression on days -269 to -20."""
    market, stock = made_up(noise=0.5)
    rm = 100.0 * np.diff(np.log(market.values.to_numpy()))
    rs = 100.0 * np.diff(np.log(stock.values.to_numpy()))
    window = slice(ZERO - 1 - 269, ZERO - 1 - 19)
    expected = linregress(rm[window], rs[window])
    found = abnormal_return(stock, market, SESSION)
    assert (found.alpha, found.beta) == pytest.approx((expected.intercept, expected.slope))
    abnormal = (
        rs[ZERO - 1 : ZERO + 1] - expected.intercept - expected.slope * rm[ZERO - 1 : ZERO + 1]
    )
    assert found.abnormal == pytest.approx(tuple(abnormal))
    assert found.car == pytest.approx(float(abnormal.sum()))


def test_standard_error_is_that_of_the_forecast() -> None:
    """The variance of CAR is MacKinlay's: residual variance times (L + x'(X'X)^-1 x)."""
    market, stock = made_up(noise=0.5)
    found = abnormal_return(stock, market, SESSION)
    rm = 100.0 * np.diff(np.log(market.values.to_numpy()))
    x, ahead = rm[ZERO - 270 : ZERO - 20], rm[ZERO - 1 : ZERO + 1]
    spread = 2.0 + 4.0 / 250.0
    spread += (ahead.sum() - 2.0 * x.mean()) ** 2 / ((x - x.mean()) ** 2).sum()
    assert found.car / found.t == pytest.approx(found.residual_sd * np.sqrt(spread))


def test_market_itself_is_held_against_its_mean() -> None:
    """The market has no market model: its abnormal return is what departs from its mean."""
    market, _ = made_up(noise=0.5)
    found = abnormal_return(market, market, SESSION)
    returns = 100.0 * np.diff(np.log(market.values.to_numpy()))
    mean = returns[ZERO - 270 : ZERO - 20].mean()
    assert (found.model, found.beta) == ("mean", 0.0)
    assert found.abnormal[0] == pytest.approx(returns[ZERO - 1] - mean)


def test_asia_s_day_zero_is_the_next_morning() -> None:
    """Tokyo closed before New York opened on the 20th: its day zero is the 21st."""
    market, stock = made_up(noise=0.5)
    tokyo = AssetSeries(TOKYO, stock.values)
    found = abnormal_return(tokyo, market, SESSION)
    assert (found.day_zero, found.last_day) == (date(2025, 11, 21), date(2025, 11, 24))


def test_asia_follows_the_session_that_ended_before_it() -> None:
    """Tokyo repeating New York a day late, over weekends too, has beta one."""
    random = np.random.Generator(np.random.PCG64(5))
    moved = random.standard_normal(len(DAYS) - 1)
    late = np.concatenate([[0.0], moved[:-1]]) + 0.01 * random.standard_normal(len(DAYS) - 1)
    found = abnormal_return(price(TOKYO, late), price(MARKET, moved), SESSION)
    assert found.beta == pytest.approx(1.0, abs=0.01)
    assert abs(found.car) < 0.1


def test_values_taken_before_the_event_know_nothing_of_it(snapshot: Snapshot) -> None:
    """London fixes gold at ten in New York: the fixing of the 20th came before the reversal."""
    series = bundled(snapshot)
    found = abnormal_return(by_code(series, "gold"), by_code(series, "sp500"), SESSION)
    assert found.day_zero == date(2025, 11, 21)
    early = replace(SESSION, began=time(9, 30))
    again = abnormal_return(by_code(series, "gold"), by_code(series, "sp500"), early)
    assert again.day_zero == date(2025, 11, 20)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"session": date(2025, 12, 8)}, "ends before the event"),
        ({"session": date(2025, 12, 5)}, "whole event window"),
        ({"session": date(2024, 6, 3)}, "too few days"),
        ({"first": -30}, "whole event window"),
        ({"last": -1}, "whole event window"),
    ],
)
def test_events_without_their_windows_are_refused(
    changes: dict[str, object], sentence: str
) -> None:
    """No data around the event, or windows that overlap: one sentence each."""
    market, stock = made_up(noise=0.5)
    with pytest.raises(DataError, match=sentence):
        abnormal_return(stock, market, replace(SESSION, **changes))  # type: ignore[arg-type]


def test_series_without_own_movement_is_refused() -> None:
    """A copy of the market leaves nothing unexplained: no t statistic can stand on that."""
    market, _ = made_up(noise=0.5)
    with pytest.raises(DataError, match="nothing unexplained"):
        abnormal_return(AssetSeries(STOCK, market.values), market, SESSION)


def test_bitcoin_closed_below_90000_on_20_november(snapshot: Snapshot) -> None:
    """By closes the level broke on 20 November (MODELS B5: within the day on the 18th)."""
    coin = by_code(bundled(snapshot), "bitcoin")
    found = first_close_below(coin, 90_000.0, date(2025, 10, 1), date(2025, 12, 5))
    assert found == (date(2025, 11, 20), 86_631.9)
    assert first_close_below(coin, 1.0, date(2025, 10, 1), date(2025, 12, 5)) is None


def test_order_of_falls_is_by_moment(snapshot: Snapshot) -> None:
    """Crypto fell five per cent weeks before the Nasdaq; rates are no prices and left out."""
    rows = order_of_falls(bundled(snapshot), 5.0, date(2025, 10, 1), date(2025, 11, 21))
    order = [row.code for row in rows]
    assert order.index("bitcoin") < order.index("nasdaq_composite") < order.index("sp500")
    assert [row.taken_at for row in rows] == sorted(row.taken_at for row in rows)
    assert "treasury_10y" not in order
    assert all(row.fall_percent <= -5.0 and row.high_day <= row.day for row in rows)


def test_same_date_in_tokyo_comes_first() -> None:
    """Two falls on one date are ordered by when their day ended."""
    values = pd.Series([100.0, 100.0, 90.0], index=DAYS[:3])
    rows = order_of_falls(
        (AssetSeries(STOCK, values), AssetSeries(TOKYO, values)),
        5.0,
        DAYS[0].date(),
        DAYS[2].date(),
    )
    assert [row.code for row in rows] == ["nikkei_225", "nasdaq_100"]


def test_nine_drivers_of_november(snapshot: Snapshot) -> None:
    """MODELS B7: 4, 5 in part and 8 testable, 1, 3, 9 narrative, no credit stress.

    Bitcoin's five days before (t -1.5) do not bear out that crypto led; the index broke its
    50-day average that week; the volatility of volatility stood two deviations up.
    """
    rows = nine_drivers(bundled(snapshot), snapshot.values("vvix"), SESSION)
    verdicts = {row.number: row.verdict for row in rows}
    assert [row.number for row in rows] == list(range(1, 10))
    assert all(verdicts[number] == "not_testable" for number in NOT_TESTABLE)
    assert (verdicts[2], verdicts[4], verdicts[7]) == ("not_supported",) * 3
    assert (verdicts[5], verdicts[8]) == ("supported", "supported")
    assert all((row.value is None) == (row.indicator is None) for row in rows)


def test_missing_indicators_make_rows_not_testable(snapshot: Snapshot) -> None:
    """Without the spread, bitcoin, Hong Kong and VVIX the rows stand, without a verdict."""
    left = tuple(
        item
        for item in bundled(snapshot)
        if item.asset.code not in {"high_yield_oas", "bitcoin", "hang_seng"}
    )
    rows = {row.number: row for row in nine_drivers(left, None, SESSION)}
    for number in (2, 4, 7, 8):
        assert (rows[number].verdict, rows[number].indicator) == ("not_testable", None)
        assert rows[number].testable
    with pytest.raises(DataError, match="nasdaq_composite"):
        nine_drivers(left[1:], None, SESSION)


def test_quiet_market_supports_no_driver() -> None:
    """A market in which nothing happened supports none of the nine."""
    random = np.random.Generator(np.random.PCG64(21))
    rise = 0.3 + 0.2 * random.standard_normal((len(DAYS) - 1, 4))
    codes = ("sp500", "nasdaq_composite", "bitcoin", "hang_seng")
    assets = {asset.code: asset for asset in ASSETS}
    series = tuple(price(assets[code], rise[:, k]) for k, code in enumerate(codes))
    vvix = pd.Series(90.0 + random.standard_normal(len(DAYS)), index=DAYS)
    vvix["2025-11-20"] = 90.0
    rows = nine_drivers(series, vvix, SESSION)
    assert {row.verdict for row in rows} == {"not_testable", "not_supported"}


def test_drivers_without_history_are_refused() -> None:
    """An index or a VVIX too short or motionless before the event is refused by name."""
    market, stock = made_up(noise=0.5)
    index = AssetSeries(replace(STOCK, code="nasdaq_composite"), stock.values)
    flat = pd.Series(90.0, index=DAYS)
    with pytest.raises(DataError, match="vvix does not move"):
        nine_drivers((market, index), flat, SESSION)
    with pytest.raises(DataError, match="vvix is too short"):
        nine_drivers((market, index), flat["2025-06-01":], SESSION)
    brief = AssetSeries(index.asset, stock.values["2025-06-01":])
    with pytest.raises(DataError, match="nasdaq_composite is too short"):
        nine_drivers((market, brief), None, SESSION)
