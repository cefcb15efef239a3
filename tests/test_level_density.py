"""M3: the trough two years on, and drawn towards the levels of the trade for display."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from made_up import wandering

from reportgen.errors import DataError
from reportgen.models.level_density import BANDWIDTH, SCORING_WEIGHT, level_density
from reportgen.models.long_trough import long_trough
from reportgen.models.path_events import PathEvents, PathSettings, path_events
from reportgen.models.path_shapes import pooled_troughs, trough

AS_OF = date(2030, 1, 1)
TROUGHS = 100.0 * np.exp(np.random.Generator(np.random.PCG64(3)).normal(-0.3, 0.1, 5_000))


@pytest.fixture(scope="module")
def run() -> PathEvents:
    """Paths of a restless made-up market."""
    closes = wandering(3_000, seed=4, deviation=0.018)
    settings = PathSettings(paths=2_000, spread_paths=500, draws=0, horizons=(63, 246))
    return path_events(closes, AS_OF, settings)


def test_levels_draw_the_trough_by_a_quarter_for_display() -> None:
    """Density 0.75 f + 0.25 f K / norm, K with a bandwidth of 3 % in log price (method M3)."""
    found = level_density(TROUGHS, (80.0,))
    logs = np.log(found.closes)
    kernel = np.exp(-0.5 * ((logs - np.log(80.0)) / BANDWIDTH) ** 2)
    drawn = found.model * kernel
    expected = 0.75 * found.model + 0.25 * drawn / drawn.sum()
    assert found.combined == pytest.approx(expected, abs=1e-12)
    assert found.combined.sum() == pytest.approx(1.0)
    assert found.quantile(0.5) > level_density(TROUGHS, ()).quantile(0.5)


def test_what_is_scored_has_no_levels() -> None:
    """With the weight of scored forecasts the levels change nothing (method M3: w = 0)."""
    found = level_density(TROUGHS, (80.0, 60.0), weight=SCORING_WEIGHT)
    assert SCORING_WEIGHT == 0.0
    assert np.array_equal(found.combined, found.model)


def test_levels_out_of_reach_are_named_and_change_nothing() -> None:
    """A level where no trough lies leaves the model's density, and that is said."""
    found = level_density(TROUGHS, (10_000.0,))
    assert found.diagnostics == ("levels_out_of_reach",)
    assert np.array_equal(found.combined, found.model)


def test_median_of_the_density_is_that_of_the_troughs() -> None:
    """Without levels the grid gives the sample's median back within half a per cent."""
    found = level_density(TROUGHS, ())
    assert found.quantile(0.5) == pytest.approx(float(np.median(TROUGHS)), rel=0.005)


def test_a_longer_look_finds_deeper_troughs(run: PathEvents) -> None:
    """The bears of the window, followed for two years, reach at least as deep at each point."""
    short, long = trough(run, 246), long_trough(run, 246, paths=8_000)
    assert short is not None
    assert long is not None
    assert (long.horizon, long.probabilities) == (504, short.probabilities)
    assert all(b < a * 1.02 for a, b in zip(short.closes, long.closes, strict=True))
    assert long.closes[2] < short.closes[2]


def test_followed_to_the_horizon_alone_it_is_the_same_trough(run: PathEvents) -> None:
    """At twelve months with bears of all the year the new paths agree with M1's within 4 %."""
    short = trough(run, 246)
    same = long_trough(run, 246, months=12, paths=8_000)
    assert short is not None
    assert same is not None
    assert same.closes == pytest.approx(short.closes, rel=0.04)


def test_pooled_troughs_are_those_of_the_quantiles(run: PathEvents) -> None:
    """The troughs handed on for display have the quantiles that are printed."""
    found = trough(run, 246)
    assert found is not None
    closes = pooled_troughs(run, 246)
    assert np.quantile(closes, found.probabilities) == pytest.approx(found.closes, rel=1e-7)


def test_same_run_same_long_troughs(run: PathEvents) -> None:
    """The seed depends on date and model alone."""
    assert long_trough(run, 246, paths=2_000) == long_trough(run, 246, paths=2_000)


@pytest.mark.parametrize(
    ("troughs", "levels", "options", "sentence"),
    [
        (np.array([50.0]), (), {}, "two or more prices"),
        (np.array([50.0, np.nan]), (), {}, "two or more prices"),
        (np.array([50.0, 50.0]), (), {}, "do not vary"),
        (TROUGHS, (-1.0,), {}, "price level"),
        (TROUGHS, (80.0,), {"weight": 1.5}, "weight of the levels"),
        (TROUGHS, (80.0,), {"bandwidth": 0.0}, "bandwidth"),
    ],
)
def test_senseless_densities_are_refused(
    troughs: np.ndarray, levels: tuple[float, ...], options: dict[str, float], sentence: str
) -> None:
    """Troughs that do not vary, a level below zero, a weight above one: one sentence each."""
    with pytest.raises(DataError, match=sentence):
        level_density(troughs, levels, **options)


def test_a_window_beyond_the_look_is_refused(run: PathEvents) -> None:
    """Bears of more days than are followed cannot be asked for."""
    with pytest.raises(DataError, match="bear market has to begin"):
        long_trough(run, 600)
