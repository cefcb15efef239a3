"""Scores of distributions: closed form, samples and quantiles agree where they must."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from reportgen.errors import DataError
from reportgen.scores import (
    crps_normal,
    crps_quantiles,
    crps_sample,
    crps_skill,
    pinball_losses,
)

VALUES = st.floats(-1e4, 1e4)
SAMPLES = st.lists(VALUES, min_size=1, max_size=30)
QUIET = settings(deadline=None, max_examples=60)
NORMAL = norm.ppf((np.arange(20_000) + 0.5) / 20_000)
"""The standard normal distribution in equal parts."""


def test_standard_normal_at_its_mean() -> None:
    """.2337 (known answer of the method; (sqrt 2 - 1) / sqrt pi)."""
    assert crps_normal(0.0, 1.0, 0.0) == pytest.approx([0.2337], abs=5e-5)
    assert crps_normal(0.0, 1.0, 0.0)[0] == pytest.approx((math.sqrt(2) - 1) / math.sqrt(math.pi))


@pytest.mark.parametrize("came", [-2.0, 0.3, 1.7])
def test_normal_is_the_integral_of_squared_distance(came: float) -> None:
    """CRPS = integral of (F(x) - 1{x >= y}) squared, the definition."""
    below = quad(lambda x: norm.cdf(x, 0.5, 2.0) ** 2, -40.0, came)[0]
    above = quad(lambda x: norm.sf(x, 0.5, 2.0) ** 2, came, 40.0)[0]
    assert crps_normal(0.5, 2.0, came)[0] == pytest.approx(below + above, abs=1e-7)


@QUIET
@given(VALUES, VALUES)
def test_certain_forecast_scores_its_absolute_error(stated: float, came: float) -> None:
    """A normal without spread, a sample of one value, quantiles that coincide."""
    error = abs(stated - came)
    assert crps_normal(stated, 0.0, came)[0] == error
    assert crps_sample([stated] * 7, came)[0] == pytest.approx(error)
    assert crps_sample([stated] * 7, came, fair=True)[0] == pytest.approx(error)
    scores = crps_quantiles([0.1, 0.5, 0.9], [stated] * 3, came)
    assert scores[0] == pytest.approx(error)


@QUIET
@given(SAMPLES, VALUES)
def test_sample_agrees_with_the_sum_over_pairs(sample: list[float], came: float) -> None:
    """Sorting and the plain double sum are two routes to one number; never negative."""
    members = np.array(sample)
    gaps = np.abs(members[:, None] - members[None, :])
    error = np.abs(members - came).mean()
    score = crps_sample(members, came)[0]
    assert score >= 0.0
    assert score == pytest.approx(error - gaps.mean() / 2.0, abs=1e-7)
    if members.size > 1:
        pairs = members.size * (members.size - 1)
        fair = crps_sample(members, came, fair=True)[0]
        assert fair == pytest.approx(error - gaps.sum() / pairs / 2.0, abs=1e-7)


@QUIET
@given(SAMPLES, VALUES)
def test_order_of_members_is_of_no_account(sample: list[float], came: float) -> None:
    """A sample is a set."""
    assert crps_sample(sample, came)[0] == pytest.approx(crps_sample(sample[::-1], came)[0])


@pytest.mark.parametrize("came", [-3.0, 0.0, 0.8])
def test_large_sample_reaches_the_closed_form(came: float) -> None:
    """The equal parts of a normal score as the normal does."""
    assert crps_sample(NORMAL, came)[0] == pytest.approx(crps_normal(0.0, 1.0, came)[0], abs=1e-4)


def test_fair_score_of_small_samples_has_no_bias() -> None:
    """Five members drawn from the normal score on average as the normal; the plain score more."""
    generator = np.random.default_rng(2)
    members, came = generator.normal(size=(40_000, 5)), generator.normal(size=40_000)
    true = crps_normal(0.0, 1.0, came).mean()
    assert crps_sample(members, came, fair=True).mean() == pytest.approx(true, abs=0.008)
    assert crps_sample(members, came).mean() == pytest.approx(true * 1.2, abs=0.008)


def test_pinball_loss_by_hand() -> None:
    """The .9 quantile 10: an outcome of 15 costs .9 x 5, one of 5 costs .1 x 5."""
    assert pinball_losses([0.9], [10.0], [15.0, 5.0, 10.0])[:, 0] == pytest.approx([4.5, 0.5, 0.0])


def test_pinball_loss_is_least_at_the_quantile() -> None:
    """Its mean over the standard normal is least at each level's own quantile."""
    wanted = np.array([0.05, 0.5, 0.8])
    best = pinball_losses(wanted, norm.ppf(wanted), NORMAL).mean(axis=0)
    for shift in (-0.2, 0.2):
        moved = pinball_losses(wanted, norm.ppf(wanted) + shift, NORMAL).mean(axis=0)
        assert (moved > best).all()


@QUIET
@given(SAMPLES, VALUES)
def test_quantiles_at_the_middles_score_as_the_sample(sample: list[float], came: float) -> None:
    """Sorted values as quantiles of (i - 1/2) / m: twice the mean pinball loss is the CRPS."""
    size = len(sample)
    wanted = (np.arange(size) + 0.5) / size
    scores = crps_quantiles(wanted, sorted(sample), came)
    assert scores[0] == pytest.approx(crps_sample(sample, came)[0], abs=1e-7)


def test_few_quantiles_approximate_the_score() -> None:
    """The true normal's .5642 becomes .5474 with five levels and .5637 with ninety-nine."""
    few, many = np.array([0.05, 0.25, 0.5, 0.75, 0.95]), np.arange(1, 100) / 100
    assert crps_normal(0.0, 1.0, NORMAL).mean() == pytest.approx(0.5642, abs=1e-4)
    assert crps_quantiles(few, norm.ppf(few), NORMAL).mean() == pytest.approx(0.5474, abs=2e-4)
    assert crps_quantiles(many, norm.ppf(many), NORMAL).mean() == pytest.approx(0.5642, abs=1e-3)


def test_skill_of_the_sharper_forecast() -> None:
    """The true spread beats twice the spread; the reference itself has none."""
    sharp, wide = crps_normal(0.0, 1.0, NORMAL), crps_normal(0.0, 2.0, NORMAL)
    skill = crps_skill(sharp, wide).skill
    assert skill is not None
    assert 0.05 < skill < 0.3
    assert crps_skill(wide, wide).skill == 0.0


def test_one_forecast_serves_every_outcome() -> None:
    """A line for all and a line for each give the same scores."""
    sample, came = [1.0, 2.0, 4.0], [0.0, 3.0]
    assert crps_sample(sample, came) == pytest.approx(crps_sample([sample, sample], came))
    assert crps_normal([0.0, 0.0], 1.0, came) == pytest.approx(crps_normal(0.0, 1.0, came))


def test_what_cannot_be_scored_is_refused() -> None:
    """No members, another count, crossing quantiles, levels outside 0 to 1, no number."""
    with pytest.raises(DataError):
        crps_sample([], [1.0])
    with pytest.raises(DataError):
        crps_sample([[1.0], [2.0]], [1.0, 2.0, 3.0])
    with pytest.raises(DataError):
        crps_sample([1.0, math.nan], [1.0])
    with pytest.raises(DataError, match="at least two members"):
        crps_sample([1.0], [1.0], fair=True)
    with pytest.raises(DataError, match="lower level"):
        pinball_losses([0.1, 0.9], [2.0, 1.0], [0.0])
    with pytest.raises(DataError):
        pinball_losses([0.1, 0.9], [1.0, 2.0, 3.0], [0.0])
    for levels in ([0.0, 0.5], [0.5, 0.5], [0.5, 1.0]):
        with pytest.raises(DataError):
            pinball_losses(levels, [1.0, 2.0], [0.0])
    with pytest.raises(DataError):
        crps_normal(0.0, -1.0, 0.0)
    with pytest.raises(DataError):
        crps_normal([0.0, 1.0], 1.0, [0.0, 1.0, 2.0])
