"""M1a: the volatility fit, the simulated paths and the events, against known answers."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from arch import arch_model
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from made_up import gaussian_process, wandering
from scipy.stats import norm

from reportgen.errors import DataError
from reportgen.models import volatility
from reportgen.models.arrays import FloatArray
from reportgen.models.events import (
    BEAR,
    DRAWDOWNS,
    FALLS,
    FLASH,
    HALT_DAY,
    NEVER,
    FallEvent,
    drawdown_from,
    first_drawdown,
    first_fall,
    log_bound,
    rolling_peak,
)
from reportgen.models.history import log_returns
from reportgen.models.onset_scan import first_days
from reportgen.models.simulation import (
    CHUNK_PATHS,
    chunk_sizes,
    path_chunks,
    process_of,
    simulate,
)
from reportgen.models.volatility import fit_gjr

YEAR = 252
PATHS = 200_000
SHIFT = 0.5826
"""Broadie, Glasserman and Kou (1997), Mathematical Finance 7: a barrier watched at discrete
times acts like a continuous one this many step deviations further away."""

log_paths = arrays(
    np.float64,
    st.tuples(st.integers(2, 60), st.integers(1, 3)),
    elements=st.floats(-0.6, 0.6).map(lambda value: round(value, 3)),
)


def generator(seed: int = 7) -> np.random.Generator:
    """Return a generator of the kind the models use."""
    return np.random.Generator(np.random.PCG64(seed))


@pytest.mark.parametrize(("drift", "published"), [(0.0, 0.3957), (0.06, 0.3003)])
def test_paths_touch_a_barrier_as_often_as_the_closed_form(drift: float, published: float) -> None:
    """The share of paths at or below 85 % within a year is the reflection formula's.

    Volatility 20 %, drift of the logarithm 0 and 6 %; KAT 1 of M1 prints 0.3957 and 0.3003.
    """
    step = 0.2 / math.sqrt(YEAR)
    barrier = math.log(0.85) - SHIFT * step
    closed = norm.cdf((barrier - drift) / 0.2) + math.exp(2 * drift * barrier / 0.04) * norm.cdf(
        (barrier + drift) / 0.2
    )
    process = gaussian_process(step, drift / YEAR)
    lowest = np.concatenate(
        [paths.min(axis=0) for paths in path_chunks(process, YEAR, PATHS, generator())]
    )
    assert closed == pytest.approx(published, abs=5e-5)
    assert np.mean(lowest <= math.log(0.85)) == pytest.approx(closed, abs=0.0035)


@pytest.mark.parametrize(
    ("days", "published", "paths"), [(YEAR, 0.4681, 200_000), (63, 0.0348, 1_000_000)]
)
def test_paths_reach_a_drawdown_as_often_as_the_closed_form(
    days: int, published: float, paths: int
) -> None:
    """The share of driftless paths with a 20 % drawdown is the reflected motion's, within 4 %.

    KAT 2 of M1 prints 0.4681 and 0.0348; the level is -ln 0.8, shifted twice because both the
    peak and the bound are watched at closes only. A million paths at 63 days: the standard
    error of 200,000 would take up a third of the tolerance.
    """
    step = 0.2 / math.sqrt(YEAR)
    level = -math.log(0.8) + 2 * SHIFT * step
    span = 0.2**2 * days / YEAR
    series = sum(
        (-1) ** k / (2 * k + 1) * math.exp(-((2 * k + 1) ** 2) * math.pi**2 * span / (8 * level**2))
        for k in range(200)
    )
    closed = 1 - 4 / math.pi * series
    process = gaussian_process(step)
    first = np.concatenate(
        [
            first_drawdown(drawdown_from(chunk, 0.0), BEAR)
            for chunk in path_chunks(process, days, paths, generator())
        ]
    )
    assert closed == pytest.approx(published, abs=5e-5)
    assert np.mean(first <= days) == pytest.approx(closed, rel=0.04)


def test_mean_of_the_deepest_drawdown_is_the_closed_form() -> None:
    """The mean deepest log drawdown of a driftless year is sqrt(pi/2) times the volatility.

    Magdon-Ismail and others (2004), Journal of Applied Probability 41: 0.2507; KAT 3 of M1
    measured 0.2455 with 2,016 steps a year.
    """
    process = gaussian_process(0.2 / math.sqrt(2016))
    deepest = np.concatenate(
        [
            -drawdown_from(paths, 0.0).min(axis=0)
            for paths in path_chunks(process, 2016, 5 * CHUNK_PATHS, generator())
        ]
    )
    assert math.sqrt(math.pi / 2) * 0.2 == pytest.approx(0.2507, abs=5e-5)
    assert deepest.mean() == pytest.approx(0.2455, abs=0.002)


def test_next_variance_is_the_forecast_of_arch() -> None:
    """The first day's variance equals the package's own one-step forecast to 1e-12 (KAT 4)."""
    returns = 100 * log_returns(wandering(2_521))
    model = arch_model(returns, p=1, o=1, q=1, dist="t", mean="Constant", rescale=False)
    forecast = model.fit(disp="off").forecast(horizon=1).variance
    assert fit_gjr(returns).next_variance == pytest.approx(
        float(np.asarray(forecast)[-1, 0]), abs=1e-12
    )


def test_variance_of_twenty_days_is_the_sum_of_the_recursion() -> None:
    """Simulated 20-day variance is the sum of h_u + p^i (h_0 - h_u), within 4 % (KAT 4)."""
    fit = fit_gjr(100 * log_returns(wandering(2_521)))
    persistence = fit.persistence
    long_run = fit.omega / (1 - persistence)
    closed = sum(long_run + persistence**day * (fit.next_variance - long_run) for day in range(20))
    last = np.concatenate(
        [paths[-1] for paths in path_chunks(process_of(fit, 0.0), 20, PATHS, generator())]
    )
    assert last.var() == pytest.approx(closed * 1e-4, rel=0.04)


def test_fit_recovers_the_process_it_was_simulated_from() -> None:
    """Parameters fitted on 12,000 simulated returns lie near those of the simulation."""
    fit = fit_gjr(100 * log_returns(wandering(12_001, deviation=0.01)))
    assert fit.beta == pytest.approx(0.86, abs=0.04)
    assert fit.alpha == pytest.approx(0.02, abs=0.02)
    assert fit.gamma == pytest.approx(0.13, abs=0.04)
    assert fit.degrees == pytest.approx(6, abs=1.0)
    assert fit.residuals.mean() == pytest.approx(0, abs=1e-12)
    assert fit.residuals.var() == pytest.approx(1, abs=1e-12)


def test_persistence_above_the_cap_is_capped_and_named() -> None:
    """A process whose mean variance grows is fitted with persistence at most 0.9995 and a code.

    Shocks 1 - Exp(1) have variance 1 and lower moment 2/e, so that 0.88 + 0.2 (2/e) > 1.
    """
    returns, variance = np.empty(4_000), 1.0
    for day, shock in enumerate(1.0 - generator(3).exponential(size=returns.size)):
        returns[day] = math.sqrt(variance) * shock
        variance = 0.02 + 0.88 * variance + (0.2 if shock < 0 else 0.0) * returns[day] ** 2
    fit = fit_gjr(returns)
    assert volatility.CAPPED in fit.diagnostics
    assert fit.persistence <= volatility.PERSISTENCE_CAP + 1e-9
    assert np.isfinite(fit.next_variance)
    assert fit.next_variance > 0
    assert fit.residuals.var() == pytest.approx(1, abs=1e-12)


def test_very_heavy_tails_are_named() -> None:
    """Returns with a tail of two degrees of freedom carry a diagnostic."""
    fit = fit_gjr(generator(5).standard_t(2, 3_000))
    assert volatility.HEAVY_TAILS in fit.diagnostics


def test_filter_repeats_the_variance_of_arch_after_its_start() -> None:
    """The own filter forgets its start and then agrees with the package's variances."""
    returns = 100 * log_returns(wandering(2_521))
    fit = fit_gjr(returns)
    assert volatility.filter_variance(fit, returns - fit.mean)[-1] == pytest.approx(
        fit.next_variance, rel=1e-9
    )


@pytest.mark.parametrize(
    ("returns", "sentence"),
    [
        (np.full(999, 0.1), "999 returns, 1000 are needed"),
        (np.full(1_500, 0.1), "do not vary"),
        (np.array([0.1, -0.1] * 700 + [math.nan]), "not a finite number"),
    ],
)
def test_returns_that_carry_no_fit_are_refused(returns: FloatArray, sentence: str) -> None:
    """Too few returns, no variation and a missing value each end with one clear sentence."""
    with pytest.raises(DataError, match=sentence):
        fit_gjr(returns)


def test_a_chunk_draws_the_same_whatever_stands_beside_it() -> None:
    """The first chunk of a long run is the first chunk of a short one."""
    process = gaussian_process(0.01)
    long = next(path_chunks(process, 5, 3 * CHUNK_PATHS, generator()))
    short = next(path_chunks(process, 5, CHUNK_PATHS, generator()))
    assert np.array_equal(long, short)


def test_chunks_make_up_the_paths() -> None:
    """Chunk sizes sum to the number of paths; no path at all is refused."""
    assert sum(chunk_sizes(10_000)) == 10_000
    assert max(chunk_sizes(10_000)) == CHUNK_PATHS
    with pytest.raises(DataError, match="0 paths"):
        chunk_sizes(0)


def test_scaled_days_move_more_without_feeding_back() -> None:
    """A factor on one day scales that day's return and leaves all others as they were."""
    fit = fit_gjr(100 * log_returns(wandering(1_501)))
    process = process_of(fit, 0.0)
    scale = np.array([1.0, 2.0, 1.0])
    plain = np.diff(simulate(process, 3, 100, generator()), axis=0)
    scaled = np.diff(simulate(process, 3, 100, generator(), scale), axis=0)
    assert scaled[1] == pytest.approx(2 * plain[1], rel=1e-9)
    assert scaled[[0, 2]] == pytest.approx(plain[[0, 2]], abs=1e-12)


@given(log_paths, st.integers(1, 25))
def test_rolling_peak_is_the_peak_of_the_last_rows(paths: FloatArray, window: int) -> None:
    """Every value is the highest of its row and the rows before it within the window."""
    peak = rolling_peak(paths, window)
    for row in range(len(paths)):
        expected = paths[max(0, row - window + 1) : row + 1].max(axis=0)
        assert np.array_equal(peak[row], expected)


@given(log_paths, st.sampled_from([FLASH, HALT_DAY, FallEvent("made_up", 0.15, 21)]))
def test_first_fall_is_the_first_pair_of_closes_far_enough_apart(
    paths: FloatArray, event: FallEvent
) -> None:
    """The first day is found as by trying every pair of closes at most ``days`` apart."""
    found = first_fall(paths, event)
    for column in range(paths.shape[1]):
        closes = paths[:, column]
        days = [
            late
            for late in range(1, len(closes))
            for early in range(max(0, late - event.days), late)
            if closes[late] - closes[early] <= log_bound(event.depth)
        ]
        assert found[column] == (min(days) if days else NEVER)


@given(log_paths, st.floats(0.0, 0.5))
def test_a_deeper_start_never_makes_a_bear_rarer_or_later(paths: FloatArray, peak: float) -> None:
    """A higher peak before the start brings every bear at least as early."""
    higher = first_drawdown(drawdown_from(paths, paths[0] + peak), BEAR)
    assert np.all(higher <= first_drawdown(drawdown_from(paths, paths[0]), BEAR))


def test_a_fall_of_exactly_ten_per_cent_is_one() -> None:
    """Bounds belong to the event: 100 to 90 in ten days counts, in eleven it does not."""
    quick = np.log(np.array([[100.0] * 1, *[[99.0]] * 9, [90.0]]))
    slow = np.log(np.array([[100.0], *[[99.0]] * 10, [90.0]]))
    assert first_fall(quick, FLASH)[0] == 10
    assert first_fall(slow, FLASH)[0] == NEVER


@settings(max_examples=10, deadline=None)
@given(st.floats(0.5, 3.0), st.floats(1.3, 2.0))
def test_more_volatility_today_never_lowers_the_bear(start: float, factor: float) -> None:
    """A higher variance of the first day gives no fewer bears, up to simulation error (KAT 5)."""
    fit = fit_gjr(100 * log_returns(wandering(1_501)))

    def share(variance: float) -> float:
        process = process_of(replace(fit, next_variance=variance), 0.0)
        paths = simulate(process, 126, CHUNK_PATHS, generator())
        return float(np.mean(first_drawdown(drawdown_from(paths, 0.0), BEAR) <= 126))

    low, high = share(start), share(factor * start)
    assert high >= low - 2 * math.sqrt(low * (1 - low) / CHUNK_PATHS)


@given(
    st.integers(2, 130).flatmap(
        lambda rows: arrays(np.float64, (rows, 3), elements=st.floats(-0.15, 0.15))
    ),
    st.floats(0.0, 0.3),
)
def test_one_pass_finds_what_each_event_finds_alone(steps: FloatArray, peak: float) -> None:
    """The first days of all events in one pass are those of each event's own definition."""
    paths = np.cumsum(np.vstack([np.zeros((1, 3)), steps]), axis=0)
    found = first_days(paths, peak)
    below = drawdown_from(paths, peak)
    for fall in FALLS:
        assert np.array_equal(found[fall.id], first_fall(paths, fall))
    for drawdown in DRAWDOWNS:
        assert np.array_equal(found[drawdown.id], first_drawdown(below, drawdown))
