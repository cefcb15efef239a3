"""M1f and M1g: the pool of paths and history, drawn parameters, and the interval."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import wandering

from reportgen.models.conditional_climatology import ConditionalRate
from reportgen.models.history import log_returns
from reportgen.models.parameter_draws import FEW_DRAWS, NO_COVARIANCE, drawn_fits
from reportgen.models.pooling import (
    HIGHEST,
    LOWEST,
    path_estimate,
    pool,
    pooled_estimate,
    rate_quantiles,
)
from reportgen.models.volatility import VolatilityFit, fit_gjr

shares = st.floats(0.0, 1.0)
RATE = ConditionalRate("F1", 252, 0, False, 143, 71, 299, 165, 0.515, 9.2, 8.7)


@pytest.fixture(scope="module")
def returns() -> np.ndarray:
    """Log returns of a made-up history, per cent."""
    return 100.0 * log_returns(wandering(1_600, seed=5))


@pytest.fixture(scope="module")
def fit(returns: np.ndarray) -> VolatilityFit:
    """The volatility model on them."""
    return fit_gjr(returns)


def test_the_pool_of_known_probabilities() -> None:
    """Agreement stays; 0.6 x logit(.8) + 0.4 x logit(.2) is the logit of .569."""
    assert float(pool(0.3, 0.3)) == pytest.approx(0.3)
    assert float(pool(0.8, 0.2)) == pytest.approx(1 / (1 + np.exp(-0.2 * np.log(4))))


@given(shares, shares)
def test_the_pool_lies_between_its_parts_and_is_never_certain(first: float, second: float) -> None:
    """The pooled probability leaves neither its parts nor the printed bounds."""
    mixed = float(pool(first, second))
    low, high = min(first, second), max(first, second)
    assert LOWEST <= mixed <= HIGHEST
    assert mixed >= min(max(low, LOWEST), HIGHEST) - 1e-9
    assert mixed <= max(min(high, HIGHEST), LOWEST) + 1e-9


@given(shares, shares, shares)
def test_the_pool_keeps_the_order_of_nested_events(a: float, b: float, c: float) -> None:
    """A likelier event by the paths is never less likely in the pool."""
    low, high = sorted((a, b))
    assert float(pool(low, c)) <= float(pool(high, c)) + 1e-12


def test_the_interval_takes_in_paths_and_rate() -> None:
    """The spread of the pool grows with the paths' draws and with the rate's few cases."""
    still = path_estimate((0.5, 0.5), (), np.full(160, 0.5), 10_000)
    moving = path_estimate((0.5, 0.5), (), np.linspace(0.3, 0.7, 160), 10_000)
    few = replace(RATE, effective_hits=2.0, effective_misses=2.0)
    widths = [
        found.high - found.low
        for found in (
            pooled_estimate(still, replace(RATE, effective_hits=9e4, effective_misses=9e4)),
            pooled_estimate(still, RATE),
            pooled_estimate(still, few),
            pooled_estimate(moving, few),
        )
    ]
    assert widths == sorted(widths)
    assert widths[0] < 0.01


def test_a_point_outside_its_draws_is_taken_in() -> None:
    """The interval is widened to the point, never the point moved."""
    found = path_estimate((0.9,), (), np.full(50, 0.2), 1_000)
    assert found.low == 0.2
    assert found.high == found.point == pytest.approx(0.9)


def test_without_history_the_paths_stand_alone() -> None:
    """No conditional rate leaves the paths' point and interval as they are."""
    paths = path_estimate((0.4,), (0.3, 0.6), np.array([]), 1_000)
    found = pooled_estimate(paths, None)
    assert (found.low, found.high) == (0.3, 0.6)
    assert found.point == pytest.approx(0.4)


def test_a_rate_of_nothing_still_has_an_uncertainty() -> None:
    """No hit in few windows does not mean a probability of zero for certain."""
    none = replace(RATE, rate=0.0, effective_hits=0.0, effective_misses=20.0)
    assert 0.0 < float(rate_quantiles(none, 5)[-1]) < 0.2


def test_drawn_parameters_scatter_about_the_fit(returns: np.ndarray, fit: VolatilityFit) -> None:
    """Forty draws are admissible, differ, and lie about the estimate; residuals follow them."""
    random = np.random.default_rng(1)
    made, codes = drawn_fits(fit, returns, 40, random)
    betas = np.array([one.beta for one in made])
    assert codes == ()
    assert len({one.beta for one in made}) == 40
    assert abs(np.median(betas) - fit.beta) < 3 * betas.std()
    assert all(one.persistence < 1 and one.omega > 0 and one.alpha >= 0 for one in made)
    assert all(abs(one.residuals.mean()) < 1e-9 for one in made)
    assert all(one.next_variance == one.variances[-1] for one in made)


def test_a_fit_without_covariance_stands_for_its_draws(
    returns: np.ndarray, fit: VolatilityFit
) -> None:
    """Without a covariance, or with one that admits nothing, the estimate itself is used, named."""
    random = np.random.default_rng(1)
    bare = replace(fit, covariance=None)
    assert drawn_fits(bare, returns, 3, random) == ((bare,) * 3, (NO_COVARIANCE,))
    wild = replace(fit, covariance=np.eye(6) * 1e6)
    made, codes = drawn_fits(wild, returns, 2, random)
    assert codes == (FEW_DRAWS,)
    assert made[-1] is wild
