"""M1d: first passage in closed form, the tilt to the physical measure, and its record."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import dated, gaussian_process, wandering

from reportgen import scores
from reportgen.errors import DataError
from reportgen.models.first_passage import Lognormal, ends_below, touches, watched_daily
from reportgen.models.option_implied import (
    NO_LONG_VOLATILITY,
    NO_RATE,
    RiskNeutral,
    one_year_volatility,
    option_implied,
    tilted,
)
from reportgen.models.option_record import NO_RATES, OptionRecord, option_record, touched
from reportgen.models.simulation import path_chunks

if TYPE_CHECKING:
    from reportgen.snapshot import Snapshot

AS_OF = date(2025, 12, 5)
volatilities = st.floats(0.05, 1.0)
drifts = st.floats(-0.3, 0.3)


@pytest.mark.parametrize(("drift", "published"), [(0.0, 0.3957), (0.06, 0.3003)])
def test_touch_with_the_shift_is_the_published_one(drift: float, published: float) -> None:
    """P(min <= 0.85) at 20 % volatility, watched daily: 0.3957 and 0.3003 (KAT 1 of M1)."""
    price = Lognormal(drift, 0.2)
    bound = watched_daily(math.log(0.85), price)
    assert touches(price, bound) == pytest.approx(published, abs=5e-5)


def test_touch_agrees_with_simulated_paths() -> None:
    """The closed form, watched daily, is the share of paths of our own simulation within 3 se."""
    price = Lognormal(0.03, 0.25)
    step = 0.25 / math.sqrt(252)
    random = np.random.Generator(np.random.PCG64(11))
    process = gaussian_process(step, 0.03 / 252)
    chunks = list(path_chunks(process, 252, 60_000, random))
    for depth in (0.1, 0.2, 0.35):
        bound = math.log1p(-depth)
        share = np.mean(np.concatenate([each.min(axis=0) <= bound for each in chunks]))
        closed = touches(price, watched_daily(bound, price))
        error = math.sqrt(closed * (1 - closed) / 60_000)
        assert share == pytest.approx(closed, abs=3 * error + 5e-4)


def test_touch_without_drift_is_twice_the_end() -> None:
    """The reflection principle: without drift P(touch) = 2 P(end below)."""
    price = Lognormal(0.0, 0.3, 0.5)
    for bound in (-0.1, -0.3, -0.8):
        assert touches(price, bound) == pytest.approx(2 * ends_below(price, bound), rel=1e-12)


@given(drifts, volatilities, st.floats(-1.5, 0.0))
def test_touch_lies_between_the_end_and_one(drift: float, volatility: float, bound: float) -> None:
    """To end below is to have been there; deeper is never likelier; the start is certain."""
    price = Lognormal(drift, volatility)
    assert ends_below(price, bound) - 1e-12 <= touches(price, bound) <= 1.0
    assert touches(price, bound - 0.1) <= touches(price, bound) + 1e-12
    assert touches(price, 0.0) == pytest.approx(1.0, abs=1e-9)


def test_the_tilt_by_hand_is_the_closed_one() -> None:
    """Weighing risk-neutral ends by S^2.5 gives the tilted terminal probability (quadrature)."""
    volatility, carry = 0.18, 0.02
    priced, physical = (tilted(volatility, carry, aversion) for aversion in (0.0, 2.5))
    x = np.linspace(-3, 3, 60_001)
    density = np.exp(-0.5 * ((x - priced.drift) / volatility) ** 2)
    weighed = density * np.exp(2.5 * x)
    bound = math.log(0.8)
    assert ends_below(physical, bound) == pytest.approx(
        weighed[x <= bound].sum() / weighed.sum(), rel=1e-3
    )


def test_volatility_for_a_year() -> None:
    """A VIX of 20 stays 20; 40 becomes the root of 0.6 * 1600 + 0.4 * 400; VIX1Y is taken as is."""
    assert one_year_volatility(20.0) == pytest.approx(0.20)
    assert one_year_volatility(40.0) == pytest.approx(math.sqrt(1_120.0) / 100)
    assert one_year_volatility(40.0, 24.0) == pytest.approx(0.24)


def test_the_edition_by_hand() -> None:
    """At a VIX of 15.41 and 3.89 % the terminal probability is N((ln 0.8 - m) / s)."""
    found = option_implied(15.41, 3.89)
    s = math.sqrt(0.6 * 15.41**2 + 0.4 * 400) / 100
    m = 0.0259 - s**2 / 2
    expected = 0.5 * math.erfc(-(math.log(0.8) - m) / s / math.sqrt(2))
    assert found.terminal.value == pytest.approx(expected, rel=1e-9)
    assert found.diagnostics == (NO_LONG_VOLATILITY,)


def test_what_is_missing_is_named() -> None:
    """Without a rate carry is zero and a code says so; with VIX1Y the other code goes."""
    assert option_implied(15.0).diagnostics == (NO_LONG_VOLATILITY, NO_RATE)
    assert option_implied(15.0).carry == 0.0
    assert option_implied(15.0, 4.0, 18.0).diagnostics == ()


def test_risk_neutral_is_a_type_of_its_own() -> None:
    """A risk-neutral probability is no number: it carries its measure and cannot be pooled."""
    found = option_implied(15.0, 4.0).touch
    assert isinstance(found, RiskNeutral)
    assert found.measure == "risk_neutral"
    with pytest.raises(TypeError):
        float(found)  # type: ignore[arg-type]


@given(st.floats(9.0, 80.0), st.floats(0.0, 10.0))
def test_the_tilt_lowers_and_orders(vix: float, rate: float) -> None:
    """More risk aversion leaves less of the priced probability; the range holds the centre."""
    found = option_implied(vix, rate)
    for priced, physical in (
        (found.touch, found.touch_tilted),
        (found.terminal, found.terminal_tilted),
    ):
        assert 0.0 <= physical.low <= physical.value <= physical.high <= priced.value <= 1.0
    assert found.terminal.value <= found.touch.value


@given(st.floats(9.0, 60.0), st.floats(0.5, 20.0))
def test_a_higher_vix_never_lowers_the_priced_probability(vix: float, more: float) -> None:
    """Risk-neutral probabilities rise with the VIX."""
    low, high = option_implied(vix, 3.0), option_implied(vix + more, 3.0)
    assert low.touch.value <= high.touch.value
    assert low.terminal.value <= high.terminal.value


@pytest.mark.parametrize("vix", [0.0, -3.0, math.nan, math.inf])
def test_a_vix_that_is_none_is_refused(vix: float) -> None:
    """Zero, below zero and what is no number are refused in a sentence."""
    with pytest.raises(DataError, match="VIX"):
        option_implied(vix, 3.0)


def test_senseless_processes_are_refused() -> None:
    """No volatility, no time or a bound above the price is refused."""
    with pytest.raises(DataError, match="volatility"):
        Lognormal(0.0, 0.0)
    with pytest.raises(DataError, match="horizon"):
        Lognormal(0.0, 0.2, 0.0)
    with pytest.raises(DataError, match="bound"):
        touches(Lognormal(0.0, 0.2), 0.1)


# -- the record -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def record(snapshot: Snapshot) -> OptionRecord:
    """The record on the bundled figures: weekly VIX and daily S&P 500."""
    return option_record(snapshot.values("vix_weekly"), snapshot.values("sp500"), AS_OF)


def test_record_of_the_bundled_history(record: OptionRecord) -> None:
    """Priced probabilities exceed what came, the tilt comes nearer: the method's finding of M1d.

    The reference measured 1990-2025 on other rates: risk-neutral mean more than twice the
    realised share; tilted skill above that of the risk-neutral figure.
    """
    assert record.diagnostics == (NO_RATES,)
    assert record.count > 200
    assert record.priced.mean() > 1.8 * record.came.mean()
    assert abs(record.tilted.mean() - record.came.mean()) < 0.05
    priced, tilt = (
        scores.brier_skill(each, record.climatology, record.came).skill
        for each in (record.priced, record.tilted)
    )
    assert priced is not None
    assert tilt is not None
    assert tilt > priced


def test_touched_by_hand() -> None:
    """A close 20 % below the day's own within 252 sessions counts, and one just above does not."""
    closes = np.full(600, 100.0)
    closes[300] = 80.0
    closes[550] = 80.1
    came = touched(np.log(closes))
    assert came.size == 348
    assert not came[:48].any()
    assert came[48:300].all()
    assert not came[300:].any()


def test_climatology_knows_completed_windows_alone(snapshot: Snapshot) -> None:
    """Each month's climatology is the share among windows over by then, counted by hand."""
    closes = snapshot.values("sp500")
    record = option_record(snapshot.values("vix_weekly"), closes, AS_OF)
    for position in (0, 100, record.count - 1):
        seen = closes[closes.index <= pd.Timestamp(record.days[position])]
        assert record.climatology[position] == pytest.approx(
            touched(np.log(seen.to_numpy())).mean(), abs=1e-12
        )


def test_later_figures_change_no_forecast(snapshot: Snapshot) -> None:
    """Cut at an earlier day, the record is the beginning of the whole one."""
    vix, closes, rates = (snapshot.values(name) for name in ("vix_weekly", "sp500", "effr"))
    whole = option_record(vix, closes, AS_OF, rates)
    for day in (date(2012, 6, 29), date(2018, 3, 14), date(2023, 1, 31)):
        early = option_record(vix, closes, day, rates)
        count = early.count
        assert count < whole.count
        for name in ("days", "priced", "tilted", "climatology", "came"):
            assert np.array_equal(getattr(early, name), getattr(whole, name)[:count])


def test_a_short_record_is_refused() -> None:
    """Fewer than sixty months with a year behind them are refused in a sentence."""
    closes = wandering(2_000)
    vix = dated(np.full(2_000, 18.0))
    with pytest.raises(DataError, match="60 are needed"):
        option_record(vix, closes, closes.index[-1].date())
