"""Transforms of outcomes: uniform for the true model, and seen not to be for another."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from reportgen.errors import DataError
from reportgen.scores import pit_from_quantiles, pit_from_sample, pit_histogram, uniform_test
from reportgen.scores.checks import FloatArray
from reportgen.scores.diagnostics import COARSE_SAMPLE, FEW_FORECASTS, OPEN_TAILS, TIED_PIT

LEVELS = np.array([0.05, 0.25, 0.5, 0.75, 0.95])


def _market(seed: int, count: int = 500) -> tuple[FloatArray, FloatArray]:
    """Return changing spreads, shape (n, 1), and outcomes drawn with them, shape (n,)."""
    generator = np.random.default_rng(seed)
    spread = np.exp(0.5 * generator.normal(size=(count, 1)))
    return spread, generator.normal(size=count) * spread[:, 0]


def test_true_model_passes() -> None:
    """Samples of the distribution outcomes come from: KS is passed (known answer)."""
    spread, came = _market(1)
    members = np.random.default_rng(2).normal(size=(500, 400)) * spread
    found = pit_from_sample(members, came)
    assert uniform_test(found.values).p_value > 0.05
    assert pit_histogram(found.values).p_value > 0.05
    assert found.diagnostics == ()


@pytest.mark.parametrize("factor", [0.6, 1.6])
def test_wrong_spread_does_not_pass(factor: float) -> None:
    """Too narrow fills the outer cells, too wide the inner ones; KS and the cells see it."""
    spread, came = _market(3)
    members = np.random.default_rng(4).normal(size=(500, 400)) * spread * factor
    values = pit_from_sample(members, came).values
    assert uniform_test(values).p_value < 0.01
    counts = pit_histogram(values).counts
    assert (counts[0] > counts[5]) == (factor < 1.0)


def test_true_model_is_refused_as_seldom_as_stated() -> None:
    """Of sixty rows about three fall below .05, with many members or with nine drawn in steps."""
    refused = [0, 0]
    for seed in range(60):
        spread, came = _market(seed)
        generator = np.random.default_rng(1000 + seed)
        for kind, size in enumerate((200, 9)):
            members = generator.normal(size=(500, size)) * spread
            found = pit_from_sample(members, came, generator if size == 9 else None)
            assert found.randomised == (size == 9)
            refused[kind] += uniform_test(found.values).p_value < 0.05
    assert max(refused) <= 8


def test_repeated_values_pass_when_drawn_within_their_steps() -> None:
    """Counts from the same Poisson distribution: uniform when drawn, named when not."""
    generator = np.random.default_rng(7)
    members, came = generator.poisson(2.0, (2000, 200)), generator.poisson(2.0, 2000)
    assert uniform_test(pit_from_sample(members, came, generator).values).p_value > 0.05
    middle = pit_from_sample(members, came)
    assert middle.diagnostics == (TIED_PIT,)
    assert middle.stepped > 1000
    assert uniform_test(middle.values).p_value < 0.01


def test_rank_by_hand() -> None:
    """Between the second and the third of four members: the middle of .4 to .6; below all, .1."""
    found = pit_from_sample([1.0, 2.0, 3.0, 4.0], [2.5, 0.0, 9.0, 2.0])
    assert (found.stepped, found.diagnostics) == (1, (TIED_PIT, COARSE_SAMPLE))
    assert found.values == pytest.approx([0.5, 0.1, 0.9, 0.4])


def test_true_quantiles_pass_in_cells_between_levels() -> None:
    """Quantiles of the true distribution: as many outcomes in each cell as stated."""
    spread, came = _market(8, 2000)
    found = pit_from_quantiles(LEVELS, norm.ppf(LEVELS) * spread, came)
    histogram = pit_histogram(found.values, [0.0, *LEVELS, 1.0])
    assert histogram.p_value > 0.05
    assert histogram.expected == pytest.approx((100, 400, 500, 500, 400, 100))
    assert sum(histogram.counts) == 2000
    assert found.diagnostics == (OPEN_TAILS,)
    assert found.stepped == histogram.counts[0] + histogram.counts[-1]


def test_open_tails_are_drawn_when_asked() -> None:
    """With a generator the share beyond the outermost quantile is filled, not its middle alone."""
    spread, came = _market(9, 2000)
    quantiles = norm.ppf(LEVELS) * spread
    drawn = pit_from_quantiles(LEVELS, quantiles, came, np.random.default_rng(1))
    tail = drawn.values[drawn.values < 0.05]
    assert drawn.diagnostics == ()
    assert np.unique(tail).size == tail.size > 50


def test_place_between_quantiles_by_hand() -> None:
    """Straight lines between levels, the middle of the open shares, a level on its quantile."""
    found = pit_from_quantiles([0.1, 0.5, 0.9], [1.0, 2.0, 4.0], [0.0, 1.5, 2.0, 3.0, 4.0, 9.0])
    assert found.values == pytest.approx([0.05, 0.3, 0.5, 0.7, 0.9, 0.95])
    assert found.stepped == 2


def test_coinciding_quantiles_leave_a_step() -> None:
    """An outcome on them may lie anywhere in it; when the step is outermost, beyond it too."""
    inner = pit_from_quantiles([0.1, 0.3, 0.7, 0.9], [0.0, 1.0, 1.0, 2.0], [1.0])
    assert (inner.values[0], inner.diagnostics) == (pytest.approx(0.5), (TIED_PIT,))
    outer = pit_from_quantiles([0.1, 0.3, 0.7, 0.9], [0.0, 0.0, 1.0, 2.0], [0.0])
    assert outer.values[0] == pytest.approx(0.15)
    whole = pit_from_quantiles([0.2, 0.8], [1.0, 1.0], np.ones(500), np.random.default_rng(1))
    assert uniform_test(whole.values).p_value > 0.05


@settings(deadline=None, max_examples=60)
@given(st.lists(st.floats(-100, 100), min_size=1, max_size=20), st.floats(-200, 200))
def test_transforms_lie_within_bounds_and_rise(sample: list[float], came: float) -> None:
    """Between 0 and 1, and never less for a greater outcome."""
    low, high = pit_from_sample(sample, [came, came + 1.0]).values
    assert 0.0 < low <= high < 1.0
    wanted = (np.arange(len(sample)) + 1.0) / (len(sample) + 1.0)
    low, high = pit_from_quantiles(wanted, sorted(sample), [came, came + 1.0]).values
    assert 0.0 < low <= high < 1.0


def test_histogram_counts_its_bounds() -> None:
    """0 belongs to the first cell and 1 to the last; Pearson's statistic by hand."""
    found = pit_histogram([0.0, 0.2, 0.5, 1.0], [0.0, 0.5, 1.0])
    assert found.counts == (2, 2)
    assert (found.statistic, found.p_value) == (0.0, 1.0)
    assert found.diagnostics == (FEW_FORECASTS,)
    assert pit_histogram([0.1, 0.2, 0.3, 0.9], [0.0, 0.5, 1.0]).statistic == pytest.approx(1.0)


def test_order_is_of_no_account() -> None:
    """The tests of uniformity look at the set of transforms."""
    values = np.random.default_rng(3).random(50)
    assert uniform_test(values) == uniform_test(values[::-1])
    assert pit_histogram(values) == pit_histogram(values[::-1])


def test_few_transforms_are_named() -> None:
    """A test of three transforms carries the code."""
    assert uniform_test([0.1, 0.5, 0.9]).diagnostics == (FEW_FORECASTS,)
    assert uniform_test(np.linspace(0.01, 0.99, 40)).diagnostics == ()


def test_what_is_no_transform_is_refused() -> None:
    """Outside 0 to 1, nothing at all, edges that do not rise from 0 to 1."""
    for values in ([], [1.2], [math.nan]):
        with pytest.raises(DataError):
            uniform_test(values)
    for edges in ([0.0, 1.0], [0.1, 0.5, 1.0], [0.0, 0.5, 0.5, 1.0], [0.0, 0.5, 0.9]):
        with pytest.raises(DataError):
            pit_histogram([0.5], edges)
    with pytest.raises(DataError):
        pit_from_quantiles([0.5, 0.9], [2.0, 1.0], [0.0])
