"""Records beside the structural models: SKEW's realised map, cuts of spending, reserves."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from reportgen.errors import DataError
from reportgen.models.capex_cut import cut_chance
from reportgen.models.reserve_slope import reserve_slope, signal_value
from reportgen.models.skew_history import implied_falls
from reportgen.models.skew_mapping import area_of, skew_mapping
from reportgen.models.skew_precursor import flash_outcomes

if TYPE_CHECKING:
    from reportgen.snapshot import Snapshot

AS_OF = date(2025, 12, 5)
COMPANIES = ("microsoft", "alphabet", "amazon", "meta")


# -- SKEW -------------------------------------------------------------------------------------


def skew_history(
    chance_low: float, chance_high: float, count: int = 4_000
) -> tuple[pd.Series[float], pd.Series[bool]]:
    """Return readings of 110 or 150 in turn, with falls at the given frequencies."""
    random = np.random.Generator(np.random.PCG64(7))
    days = pd.bdate_range("2005-01-03", periods=count)
    high = np.arange(count) % 2 == 1
    fell = random.random(count) < np.where(high, chance_high, chance_low)
    return pd.Series(np.where(high, 150.0, 110.0), index=days), pd.Series(fell, index=days)


def test_skew_map_of_the_record_is_flat(snapshot: Snapshot) -> None:
    """Realised falls of 2 sd come after about 1 % of readings, at SKEW 148.83 too (method M4).

    Reference: 1.08 % overall since 1990, 0.6 to 1.9 % by bucket, overlapping days.
    """
    fell = implied_falls(snapshot.values("sp500"), snapshot.values("vix"))
    found = skew_mapping(snapshot.values("skew"), fell, 148.83, AS_OF, lags=21)
    assert found.overall == pytest.approx(0.0108, abs=0.004)
    assert found.isotonic is not None
    assert 0.005 < found.isotonic < 0.02
    assert found.fitted is not None
    assert found.fitted.low < 0.0108 < found.fitted.high


def test_skew_does_not_tell_flash_crashes_apart(snapshot: Snapshot) -> None:
    """AUC for F1 within three months: SKEW 0.46, VIX 0.70 at month ends (method M4, n = 435).

    The bundled Composite starts in 1999, so 320 of the 435 months are there; tolerance 0.06.
    """
    outcomes = flash_outcomes(snapshot.values("nasdaq_composite"))
    found = {}
    for name in ("skew_weekly", "vix_weekly"):
        values = snapshot.values(name)
        month_ends = values.groupby(pd.DatetimeIndex(values.index).to_period("M")).tail(1)
        came = outcomes.reindex(
            month_ends.index, method="ffill", tolerance=pd.Timedelta(days=4)
        ).dropna()
        found[name] = area_of(
            np.asarray(month_ends.reindex(came.index), dtype=np.float64),
            came.to_numpy(dtype=np.bool_),
        )
    assert found["skew_weekly"] == pytest.approx(0.46, abs=0.06)
    assert found["vix_weekly"] == pytest.approx(0.70, abs=0.06)


def test_a_signal_in_skew_would_be_found() -> None:
    """Where falls come after 2 % of low and 10 % of high readings, both fits say so."""
    skew, fell = skew_history(0.02, 0.10)
    high = skew_mapping(skew, fell, 150.0, date(2030, 1, 1), lags=21)
    low = skew_mapping(skew, fell, 110.0, date(2030, 1, 1), lags=21)
    assert (high.isotonic, low.isotonic) == pytest.approx((0.10, 0.02), abs=0.015)
    assert high.fitted is not None
    assert high.fitted.value == pytest.approx(0.10, abs=0.015)
    # By hand: 5/6 of the falls and 48 % of the rest follow high readings.
    assert high.area == pytest.approx(0.677, abs=0.03)


def test_an_inverse_signal_is_pooled_flat() -> None:
    """The isotonic fit never falls with SKEW: an inverse record is its overall frequency."""
    skew, fell = skew_history(0.10, 0.02)
    found = skew_mapping(skew, fell, 150.0, date(2030, 1, 1), lags=21)
    assert found.isotonic == pytest.approx(found.overall)


def test_later_falls_change_no_map(snapshot: Snapshot) -> None:
    """Outcomes after the as-of date are not looked at."""
    skew, fell = skew_history(0.02, 0.10)
    early = date(2010, 1, 4)
    cut = pd.Timestamp(early)
    assert skew_mapping(skew, fell, 140.0, early, 21) == skew_mapping(
        skew[:cut], fell[:cut], 140.0, early, 21
    )


def test_few_falls_give_no_map_and_say_so() -> None:
    """Without falls there is a frequency of zero, no fit, and a code; too short is refused."""
    skew, fell = skew_history(0.0, 0.0)
    found = skew_mapping(skew, fell, 140.0, date(2030, 1, 1), 21)
    assert (found.falls, found.isotonic, found.fitted, found.area) == (0, None, None, None)
    assert found.diagnostics == ("few_falls",)
    with pytest.raises(DataError, match="100 are needed"):
        skew_mapping(skew.head(50), fell.head(50), 140.0, date(2030, 1, 1), 21)


# -- capital expenditure ----------------------------------------------------------------------


def spending(count: int, signal: float, seed: int = 3) -> dict[str, pd.Series[float]]:
    """Return spending of four companies whose cuts follow a slower quarter, by strength."""
    random = np.random.Generator(np.random.PCG64(seed))
    ends = pd.date_range("2005-03-31", periods=count, freq="QE")
    found = {}
    for name in COMPANIES:
        growth = [0.05, 0.05]
        while len(growth) < count:
            slower = growth[-1] - growth[-2]
            cut = random.random() < expit(-1.0 - signal * slower / 0.1)
            growth.append(-0.05 if cut else 0.08)
        found[name] = pd.Series(np.exp(np.cumsum(growth)), index=ends)
    return found


def flat_index() -> pd.Series[float]:
    """Return an index that rises a little every day."""
    days = pd.bdate_range("2004-12-01", "2025-12-05")
    return pd.Series(np.exp(0.0002 * np.arange(len(days))), index=days, name="index")


def test_cuts_of_autumn_2025(snapshot: Snapshot) -> None:
    """Sixteen company-quarters with a known next one hold two cuts: few, shrunk, and said so."""
    found = cut_chance(
        {name: snapshot.values(f"{name}_capex") for name in COMPANIES},
        {name: snapshot.values(f"{name}_operating_cash_flow") for name in COMPANIES},
        snapshot.values("nasdaq_composite"),
        AS_OF,
    )
    assert (found.cases, found.cuts) == (16, 2)
    assert found.base == pytest.approx(2.5 / 17)
    assert found.diagnostics == ("few_cuts",)
    assert all(0.02 < chance < 0.4 for chance in found.companies.values())
    expected = 1.0 - np.prod([1.0 - chance for chance in found.companies.values()])
    assert found.any_company == pytest.approx(expected)


def test_a_signal_in_deceleration_is_found() -> None:
    """Where slower growth brings cuts, the coefficient is negative and the chance above base."""
    capex = spending(80, 3.0)
    flow = {name: 3.0 * values for name, values in capex.items()}
    found = cut_chance(capex, flow, flat_index(), AS_OF)
    assert found.coefficients["deceleration"] < -0.3
    assert found.diagnostics[-1] == "constant:cash_flow_share"


def test_without_a_signal_the_chance_is_the_frequency() -> None:
    """Cuts that follow nothing leave every company near the smoothed frequency."""
    capex = spending(80, 0.0)
    flow = {name: 3.0 * values for name, values in capex.items()}
    found = cut_chance(capex, flow, flat_index(), AS_OF)
    assert all(chance == pytest.approx(found.base, abs=0.08) for chance in found.companies.values())


def test_later_quarters_change_no_chance() -> None:
    """Quarters that end after the as-of date are not looked at."""
    capex = spending(80, 2.0)
    flow = {name: 3.0 * values for name, values in capex.items()}
    early = date(2015, 1, 15)
    cut = {name: values[: str(early)] for name, values in capex.items()}
    kept = {name: values[: str(early)] for name, values in flow.items()}
    assert cut_chance(capex, flow, flat_index(), early) == cut_chance(
        cut, kept, flat_index(), early
    )


def test_spending_that_carries_no_logit_is_refused() -> None:
    """Few quarters, other companies, an index that starts late: one sentence each."""
    capex = spending(80, 0.0)
    short = {name: values.tail(4) for name, values in capex.items()}
    with pytest.raises(DataError, match="12 are needed"):
        cut_chance(short, short, flat_index(), AS_OF)
    with pytest.raises(DataError, match="same companies"):
        cut_chance(capex, {}, flat_index(), AS_OF)
    with pytest.raises(DataError, match="starts after"):
        cut_chance(capex, capex, flat_index()["2020":], AS_OF)


# -- reserves ---------------------------------------------------------------------------------


def money(slope: float, weeks: int = 120) -> tuple[pd.Series[float], pd.Series[float]]:
    """Return a daily spread that moves by ``slope`` basis points a per cent of reserves."""
    random = np.random.Generator(np.random.PCG64(11))
    wednesdays = pd.date_range("2023-01-04", periods=weeks, freq="W-WED")
    reserves = pd.Series(3e6 * np.exp(np.cumsum(0.01 * random.standard_normal(weeks))), wednesdays)
    days = pd.bdate_range(wednesdays[0] - pd.Timedelta(days=6), wednesdays[-1])
    weekly = (reserves / reserves.iloc[0]).map(np.log) * 100.0
    level = weekly.reindex(days, method="bfill")
    return slope * level + 0.02 * random.standard_normal(len(days)), reserves


def test_slope_of_a_steep_demand_curve_is_recovered() -> None:
    """Minus two basis points a per cent of reserves comes back and counts as negative."""
    found = reserve_slope(*money(-2.0), weeks=100)
    assert found.slope == pytest.approx(-2.0, abs=0.1)
    assert found.negative


def test_a_flat_demand_curve_has_no_significant_slope() -> None:
    """Where the price does not react reserves are ample: no negative slope."""
    found = reserve_slope(*money(0.0), weeks=100)
    assert abs(found.slope) < 0.02
    assert not found.negative or found.p_value > 0.01


def test_slope_of_december_2025(snapshot: Snapshot) -> None:
    """SOFR over interest on reserves rose by more than a point a per cent less of reserves."""
    spread = (100.0 * (snapshot.values("sofr") - snapshot.values("iorb"))).dropna()
    found = reserve_slope(spread, snapshot.values("reserve_balances"))
    assert found.negative
    assert found.slope == pytest.approx(-1.24, abs=0.05)


def test_reserves_that_carry_no_slope_are_refused() -> None:
    """Too few weeks and reserves that do not move: one sentence each."""
    spread, reserves = money(-1.0)
    with pytest.raises(DataError, match="weekly changes of 200"):
        reserve_slope(spread, reserves, weeks=200)
    with pytest.raises(DataError, match="do not move"):
        reserve_slope(spread, reserves * 0.0 + 3e6)


def test_a_signal_that_tells_improves_the_brier_score() -> None:
    """Outcomes driven by the signal are forecast better with it, beyond the 90 % interval."""
    random = np.random.Generator(np.random.PCG64(13))
    signal = random.standard_normal(600)
    came = random.random(600) < expit(-1.0 + 1.5 * signal)
    found = signal_value(np.full(600, came.mean()), signal, came, overlap=1)
    assert found.helps
    assert found.gain == pytest.approx(found.before - found.after)


def test_noise_does_not_help() -> None:
    """A signal that has nothing to do with the outcome is not called helpful."""
    random = np.random.Generator(np.random.PCG64(17))
    came = random.random(400) < 0.3
    found = signal_value(np.full(400, 0.3), random.standard_normal(400), came, overlap=3)
    assert not found.helps
    assert abs(found.gain) < 0.02


def test_later_outcomes_are_not_learned_from() -> None:
    """Turning the outcomes of the last cases round changes no earlier forecast's score."""
    random = np.random.Generator(np.random.PCG64(19))
    signal, came = random.standard_normal(100), random.random(100) < 0.4
    whole = signal_value(np.full(100, 0.4), signal, came, overlap=10)
    cut = signal_value(np.full(90, 0.4), signal[:90], came[:90], overlap=10)
    assert whole.cases == cut.cases + 10
    other = came.copy()
    other[90:] = ~other[90:]
    again = signal_value(np.full(100, 0.4), signal, other, overlap=10)
    first = whole.before * whole.cases - again.before * again.cases
    assert np.isfinite(first)
    assert signal_value(np.full(90, 0.4), signal[:90], other[:90], overlap=10) == cut


def test_signals_that_cannot_be_judged_are_refused() -> None:
    """Few cases, other lengths and no numbers: one sentence each."""
    flat, came = np.full(50, 0.3), np.zeros(50, dtype=np.bool_)
    with pytest.raises(DataError, match="more than 61"):
        signal_value(flat, flat, came, overlap=1)
    with pytest.raises(DataError, match="one length"):
        signal_value(flat, flat[:10], came, overlap=1)
    with pytest.raises(DataError, match="no number"):
        signal_value(flat, np.full(50, np.nan), came, overlap=1)
