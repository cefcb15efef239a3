"""Laws of the daily shock: pools, the skewed t, the extended tail and the jump-diffusion."""

from __future__ import annotations

import numpy as np
import pytest
from arch.univariate import SkewStudent
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import genpareto, kurtosis, norm, skew
from scipy.stats import t as student_t

from reportgen.errors import DataError
from reportgen.models import extreme_tail
from reportgen.models.arrays import FloatArray
from reportgen.models.extreme_tail import (
    NO_HILL,
    SHAPE_BOUND,
    extended,
    hill_shape,
    lower_tail,
)
from reportgen.models.innovations import empirical, normal, pool_of, skew_student, student
from reportgen.models.jump_diffusion import AT_BOUND, NO_JUMPS, JumpFit, density, fit_jumps
from reportgen.models.shock_laws import fit_skew

DIFFUSION = JumpFit(
    mean=0.08,
    deviation=0.8,
    rate=0.08,
    jump_mean=-1.0,
    jump_deviation=2.0,
    likelihood=0.0,
    starts=(0.0,),
    diagnostics=(),
)


def random(seed: int = 5) -> np.random.Generator:
    """Return a generator of the kind the models use."""
    return np.random.Generator(np.random.PCG64(seed))


def jumping(count: int, seed: int = 5) -> FloatArray:
    """Return returns drawn from ``DIFFUSION``, per cent."""
    draw, law = random(seed), DIFFUSION
    jumps = draw.poisson(law.rate, count)
    sizes = law.jump_mean * jumps + law.jump_deviation * np.sqrt(jumps) * draw.normal(size=count)
    values: FloatArray = law.mean + law.deviation * draw.normal(size=count) + sizes
    return values


def test_normal_pool_has_the_quantiles_of_the_normal() -> None:
    """The pool of the normal law has mean 0, variance 1 and its 1 % quantile at -2.326."""
    pool = pool_of(normal())
    assert pool.mean() == pytest.approx(0.0, abs=1e-12)
    assert pool.var() == pytest.approx(1.0, abs=1e-12)
    assert np.quantile(pool, 0.01) == pytest.approx(norm.ppf(0.01), abs=1e-3)


@pytest.mark.parametrize("degrees", [5.0, 8.0, 30.0])
def test_student_pool_has_the_kurtosis_of_the_law(degrees: float) -> None:
    """A Student t has excess kurtosis 6 / (degrees - 4) and no skewness; the cut costs little."""
    pool = pool_of(student(degrees))
    assert skew(pool) == pytest.approx(0.0, abs=1e-9)
    if degrees > 6:
        assert kurtosis(pool) == pytest.approx(6.0 / (degrees - 4.0), rel=0.05)
    scaled = student_t.ppf(0.01, degrees) * np.sqrt((degrees - 2.0) / degrees)
    assert np.quantile(pool, 0.01) == pytest.approx(scaled, abs=0.01)


def test_skewed_t_without_skewness_is_the_symmetric_one() -> None:
    """Hansen's law at lambda 0 is the standardised Student t."""
    assert pool_of(skew_student(7.0, 0.0)) == pytest.approx(pool_of(student(7.0)), abs=1e-8)


def test_skewed_t_is_recovered() -> None:
    """Degrees 6 and lambda -0.2 come back from 20,000 draws within three standard errors."""
    draws = np.asarray(SkewStudent().ppf(random().uniform(size=20_000), [6.0, -0.2]))
    degrees, skewness, codes = fit_skew(draws)
    assert degrees == pytest.approx(6.0, abs=0.8)
    assert skewness == pytest.approx(-0.2, abs=0.03)
    assert codes == ()


def test_empirical_pool_holds_the_residuals_alone() -> None:
    """Every value of the pool is a residual, and all come equally often to one place in 65,535."""
    residuals = random().normal(size=501)
    residuals = (residuals - residuals.mean()) / residuals.std()
    pool = pool_of(empirical(residuals))
    values, counts = np.unique(np.round(pool, 6), return_counts=True)
    assert values == pytest.approx(np.sort(residuals), abs=1e-3)
    assert counts.max() - counts.min() <= 1


def test_a_law_without_numbers_is_refused() -> None:
    """A quantile that is no number never enters a pool, nor does a law that does not vary."""
    with pytest.raises(DataError, match="no number"):
        pool_of(lambda chances: np.full(chances.shape, np.nan))
    with pytest.raises(DataError, match="no variation"):
        pool_of(lambda chances: np.ones(chances.shape))


# -- the extended tail ----------------------------------------------------------------------


def test_pareto_tail_is_recovered() -> None:
    """Excesses drawn from a generalised Pareto law give its shape within the 80 % interval."""
    excesses = genpareto.ppf((np.arange(1_000) + 0.5) / 1_000, 0.2, scale=0.5)
    body = random().uniform(-1.6, 3.0, 19_000)
    tail = lower_tail(np.concatenate([-1.6 - excesses, body]))
    assert tail.threshold == pytest.approx(-1.6, abs=0.01)
    assert tail.shape.low < 0.2 < tail.shape.high
    assert tail.scale == pytest.approx(0.5, rel=0.06)
    assert tail.excesses == 1_000
    assert tail.diagnostics == ()


def test_shape_interval_is_the_asymptotic_one() -> None:
    """The interval is the shape plus and minus 1.2816 (1 + shape) / sqrt(n) (Smith 1987)."""
    residuals = random().standard_t(5, 4_000)
    shape = lower_tail(residuals).shape
    reach = 1.2816 * (1.0 + shape.value) / np.sqrt(200)
    assert shape.high - shape.value == pytest.approx(reach, rel=1e-3)
    assert shape.value - shape.low == pytest.approx(reach, rel=1e-3)


def test_hill_of_exact_pareto_quantiles_is_the_shape() -> None:
    """Losses at the quantiles of a Pareto law with index 4 give Hill's estimate 1/4."""
    losses = (1.0 - (np.arange(20_000) + 0.5) / 20_000) ** -0.25
    found = hill_shape(-losses, 1_000)
    assert found.value == pytest.approx(0.25, abs=0.002)
    assert found.high - found.value == pytest.approx(1.2816 * found.value / np.sqrt(1_000), 1e-3)


def test_extension_goes_beyond_the_lowest_residual_and_leaves_the_body() -> None:
    """The pool reaches past the sample's worst day; above the threshold it is the sample."""
    residuals = random().standard_t(6, 2_520)
    tail = lower_tail(residuals)
    law = extended(residuals, tail)
    chances = (np.arange(60_000) + 0.5) / 60_000
    values = law(chances)
    assert values[0] < residuals.min()
    assert np.all(np.diff(values) >= 0)
    above = values[chances > tail.share + 1e-4]
    assert set(np.unique(above)) <= set(residuals)
    assert law(np.array([tail.share]))[0] == pytest.approx(tail.threshold, abs=0.02)


def test_a_tail_too_heavy_for_a_variance_is_held_and_named() -> None:
    """A shape above 0.45 is held there, with the code that says so."""
    residuals = random().standard_t(1.2, 5_000)
    tail = lower_tail(residuals)
    assert tail.shape.value == SHAPE_BOUND
    assert tail.diagnostics == (extreme_tail.AT_BOUND,)


def test_hill_is_left_out_above_zero() -> None:
    """With a threshold above zero Hill's logarithms mean nothing: no estimate, and a code."""
    tail = lower_tail(random().uniform(1.0, 2.0, 2_000))
    assert tail.hill is None
    assert tail.diagnostics == (NO_HILL,)


@pytest.mark.parametrize(
    ("residuals", "sentence"),
    [
        (np.linspace(-3, 3, 900), "45 residuals lie in the lower tail, 50 are needed"),
        (np.repeat([-2.0, 0.0, 1.0], [60, 1_000, 940]), "lower tail"),
    ],
)
def test_a_tail_that_carries_no_fit_is_refused(residuals: FloatArray, sentence: str) -> None:
    """Too few excesses, or none at all, is said in a sentence."""
    with pytest.raises(DataError, match=sentence):
        lower_tail(residuals)


# -- the jump-diffusion ---------------------------------------------------------------------


def test_jump_density_integrates_to_one_and_has_the_moments() -> None:
    """The Poisson mixture has total mass 1, variance sd^2 + rate (m^2 + s^2), and its cumulants.

    Third cumulant rate (m^3 + 3 m s^2), fourth rate (m^4 + 6 m^2 s^2 + 3 s^4): Merton (1976).
    """
    grid = np.linspace(-40.0, 40.0, 200_001)
    mass = density(DIFFUSION, grid) * (grid[1] - grid[0])
    mean = float(mass @ grid)
    m, s, rate = DIFFUSION.jump_mean, DIFFUSION.jump_deviation, DIFFUSION.rate
    second, third, fourth = (float(mass @ (grid - mean) ** power) for power in (2, 3, 4))
    assert mass.sum() == pytest.approx(1.0, abs=1e-9)
    assert mean == pytest.approx(DIFFUSION.mean + rate * m, abs=1e-9)
    assert second == pytest.approx(DIFFUSION.variance, rel=1e-7)
    assert third == pytest.approx(rate * (m**3 + 3 * m * s**2), rel=1e-6)
    assert fourth - 3 * second**2 == pytest.approx(
        rate * (m**4 + 6 * m**2 * s**2 + 3 * s**4), rel=1e-5
    )


def test_jump_quantiles_have_the_moments_of_the_law() -> None:
    """Quantiles of the law give back its variance and skewness."""
    pool = DIFFUSION.quantiles((np.arange(65_535) + 0.5) / 65_535)
    m, s, rate = DIFFUSION.jump_mean, DIFFUSION.jump_deviation, DIFFUSION.rate
    assert pool.var() == pytest.approx(DIFFUSION.variance, rel=2e-3)
    expected = rate * (m**3 + 3 * m * s**2) / DIFFUSION.variance**1.5
    assert skew(pool) == pytest.approx(expected, rel=0.02)


def test_jump_diffusion_is_recovered() -> None:
    """Parameters come back from 20,000 made-up days; all four starts reach the same likelihood."""
    fit = fit_jumps(jumping(20_000))
    assert fit.deviation == pytest.approx(DIFFUSION.deviation, rel=0.02)
    assert fit.rate == pytest.approx(DIFFUSION.rate, rel=0.15)
    assert fit.jump_mean == pytest.approx(DIFFUSION.jump_mean, abs=0.2)
    assert fit.jump_deviation == pytest.approx(DIFFUSION.jump_deviation, rel=0.1)
    assert len(fit.starts) >= 3
    assert fit.starts[0] - fit.starts[-1] < 0.5
    assert fit.diagnostics == ()


def test_likelihood_is_the_sum_of_log_densities() -> None:
    """What the fit maximises is the density it reports."""
    returns = jumping(1_500)
    fit = fit_jumps(returns)
    assert fit.likelihood == pytest.approx(float(np.log(density(fit, returns)).sum()), abs=1e-6)


def test_returns_without_jumps_say_so() -> None:
    """In returns on the quantiles of a normal law no jumps are found, and the variance is kept."""
    returns = norm.ppf((np.arange(3_000) + 0.5) / 3_000)
    fit = fit_jumps(random().permutation(returns))
    assert NO_JUMPS in fit.diagnostics
    assert fit.variance == pytest.approx(1.0, rel=0.02)


def test_a_parameter_at_its_bound_is_named() -> None:
    """Jumps of eight per cent lie beyond the bound of five: the mean stays there and is named."""
    draw = random()
    crashes = np.where(draw.uniform(size=4_000) < 0.02, draw.normal(-8.0, 0.3, 4_000), 0.0)
    fit = fit_jumps(crashes + draw.normal(0.0, 0.8, 4_000))
    assert fit.jump_mean == pytest.approx(-5.0)
    assert f"jump_mean_{AT_BOUND}" in fit.diagnostics


@pytest.mark.parametrize(
    ("returns", "sentence"),
    [
        (np.ones(500), "500 returns, 1000 are needed"),
        (np.ones(2_000), "do not vary"),
        (np.append(np.ones(1_500), np.nan), "not a finite number"),
    ],
)
def test_returns_that_carry_no_jump_fit_are_refused(returns: FloatArray, sentence: str) -> None:
    """Too short, constant or broken returns are refused in a sentence."""
    with pytest.raises(DataError, match=sentence):
        fit_jumps(returns)


@settings(deadline=None, max_examples=25)
@given(st.floats(2.2, 60.0), st.floats(-0.8, 0.8))
def test_every_pool_is_standardised_and_increasing(degrees: float, skewness: float) -> None:
    """Whatever the parameters, a pool has mean 0, variance 1 and no step down."""
    pool = pool_of(skew_student(degrees, skewness), 4_001)
    assert abs(pool.mean()) < 1e-9
    assert pool.var() == pytest.approx(1.0, abs=1e-9)
    assert np.all(np.diff(pool) >= 0)
