"""Intervals of skills: blocks, pairing, and when there are too few origins."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.errors import DataError
from reportgen.scores import (
    BlockPlan,
    brier_skill,
    brier_skill_interval,
    skill_difference_interval,
    skill_interval,
)
from reportgen.scores.bootstrap import Kind, block_means
from reportgen.scores.checks import FloatArray
from reportgen.scores.diagnostics import (
    ALL_EVENTS,
    FEW_BLOCKS,
    FEW_FORECASTS,
    PERFECT_REFERENCE,
    TOO_FEW_BLOCKS,
    UNDEFINED_DRAWS,
)

KINDS: tuple[Kind, ...] = ("circular", "moving")


def _rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def _scores(seed: int, count: int = 300) -> tuple[FloatArray, FloatArray]:
    generator = _rng(seed)
    reference = generator.random(count)
    return 0.7 * reference + 0.1 * generator.random(count), reference


@pytest.mark.parametrize("kind", KINDS)
def test_reference_itself_has_no_skill_and_no_doubt(kind: Kind) -> None:
    """Forecast, reference and outcome are drawn together: the interval is 0 to 0."""
    _, reference = _scores(1)
    found = skill_interval(reference, reference, _rng(), BlockPlan(12, 200, kind=kind))
    assert (found.skill, found.low, found.high) == (0.0, 0.0, 0.0)


def test_constant_share_of_error_leaves_no_doubt() -> None:
    """Scores of four fifths of the reference's at every origin: .2, whatever is drawn."""
    _, reference = _scores(2)
    found = skill_interval(0.8 * reference, reference, _rng(), BlockPlan(6, 200))
    assert (found.skill, found.low, found.high) == pytest.approx((0.2, 0.2, 0.2))


def test_single_origins_give_the_interval_of_the_delta_method() -> None:
    """Independent scores, blocks of one: 1.645 standard errors of a ratio of means either side."""
    scores, reference = _scores(3, 1000)
    found = skill_interval(scores, reference, _rng(), BlockPlan(1, 4000))
    assert found.skill is not None
    assert found.low is not None
    assert found.high is not None
    rest = scores - (1.0 - found.skill) * reference
    error = 1.645 * rest.std() / math.sqrt(rest.size) / reference.mean()
    assert (found.low, found.high) == pytest.approx(
        (found.skill - error, found.skill + error), abs=0.1 * error
    )


@pytest.mark.parametrize("kind", KINDS)
def test_blocks_see_what_neighbours_share(kind: Kind) -> None:
    """Scores that come in runs of ten: blocks of twenty widen the interval about threefold."""
    scores, reference = (np.repeat(row, 10) for row in _scores(4, 60))
    narrow, wide = (
        skill_interval(scores, reference, _rng(), BlockPlan(length, 2000, kind=kind))
        for length in (1, 20)
    )
    widths = [
        found.high - found.low
        for found in (narrow, wide)
        if found.high is not None and found.low is not None
    ]
    assert 2.3 < widths[1] / widths[0] < 3.5


def test_interval_covers_the_truth_as_often_as_stated() -> None:
    """Of a hundred rows of moving sums, blocks of twice their span miss .3 in 5 to 20."""
    misses = 0
    for seed in range(100):
        generator = _rng(seed)
        reference = np.convolve(generator.random(403), np.full(4, 0.25), "valid")
        noise = np.convolve(generator.random(403) - 0.5, np.full(4, 0.25), "valid")
        found = skill_interval(0.7 * reference + noise, reference, _rng(), BlockPlan(8, 300))
        assert found.low is not None
        assert found.high is not None
        misses += not found.low <= 0.3 <= found.high
    assert 4 <= misses <= 20


def test_difference_is_that_of_the_two_skills() -> None:
    """Same origins, same reference: the difference has a narrower interval than either skill."""
    scores, reference = _scores(5)
    better = 0.9 * scores
    plan = BlockPlan(6, 1000)
    found = skill_difference_interval(better, scores, reference, _rng(), plan)
    one, two = (skill_interval(row, reference, _rng(), plan) for row in (better, scores))
    assert one.skill is not None
    assert two.skill is not None
    assert found.skill == pytest.approx(one.skill - two.skill)
    assert found.low is not None
    assert found.high is not None
    assert one.low is not None
    assert one.high is not None
    assert 0.0 < found.low < found.high
    assert found.high - found.low < one.high - one.low


def test_difference_turns_with_its_sides() -> None:
    """Exchanging the two forecasters turns the sign, bounds included."""
    scores, reference = _scores(6)
    plan = BlockPlan(6, 500)
    other = scores[::-1]
    there = skill_difference_interval(scores, other, reference, _rng(), plan)
    back = skill_difference_interval(other, scores, reference, _rng(), plan)
    assert there.skill == pytest.approx(-(back.skill or 0.0))
    assert there.low == pytest.approx(-(back.high or 0.0))


def test_brier_skill_is_the_middle_of_its_interval() -> None:
    """Probabilities go in, and the skill is that of the plain score."""
    generator = _rng(7)
    stated = generator.random(240)
    came = generator.random(240) < stated
    reference = np.full(240, 0.5)
    found = brier_skill_interval(stated, reference, came, _rng(), BlockPlan(4, 500))
    assert found.skill == pytest.approx(brier_skill(stated, reference, came).skill)
    assert found.low is not None
    assert found.high is not None
    assert 0.0 < found.low < 0.33 < found.high < 0.6
    assert (found.blocks, found.diagnostics) == (60.0, ())


def test_same_generator_gives_the_same_interval() -> None:
    """A seed settles every figure; in pieces or at once."""
    rows = _scores(8)
    assert skill_interval(*rows, _rng(3), BlockPlan(5, 300)) == skill_interval(
        *rows, _rng(3), BlockPlan(5, 300)
    )


@settings(deadline=None, max_examples=40)
@given(st.integers(2, 50), st.integers(1, 25), st.sampled_from(KINDS), st.integers(0, 99))
def test_block_means_are_means_of_blocks(count: int, length: int, kind: Kind, seed: int) -> None:
    """Against drawing the origins themselves, one by one, from the same beginnings."""
    length = min(length, count)
    rows = _rng(seed).random((2, count))
    plan = BlockPlan(length, 100, kind=kind)
    means = block_means(rows, _rng(seed), plan)
    full = count // length
    last = count if kind == "circular" else count - length + 1
    begin = _rng(seed).integers(0, last, size=(100, full + 1))
    days = (begin[:, :, None] + np.arange(length)).reshape(100, -1)[:, :count] % count
    assert means == pytest.approx(rows[:, days].mean(axis=2).T)


def test_few_blocks_are_named_and_too_few_give_no_interval() -> None:
    """Below ten blocks the interval is marked, below two it is not given."""
    rows = _scores(9, 60)
    rough, none = (skill_interval(*rows, _rng(), BlockPlan(length, 200)) for length in (12, 31))
    assert rough.diagnostics == (FEW_BLOCKS,)
    assert rough.low is not None
    assert none.diagnostics == (TOO_FEW_BLOCKS,)
    assert (none.low, none.high, none.draws) == (None, None, 0)
    assert none.skill is not None


def test_perfect_reference_leaves_no_skill() -> None:
    """Against a reference without error there is neither skill nor interval."""
    found = skill_interval(np.ones(40), np.zeros(40), _rng(), BlockPlan(2, 200))
    assert (found.skill, found.low) == (None, None)
    assert found.diagnostics == (PERFECT_REFERENCE,)


def test_resamples_without_reference_error_are_left_out() -> None:
    """One error in forty: some resamples miss it, and the result says so."""
    reference = (np.arange(40) == 17).astype(float)
    found = skill_interval(0.5 * reference, reference, _rng(), BlockPlan(2, 400))
    assert UNDEFINED_DRAWS in found.diagnostics
    assert 0 < found.draws < 400
    assert found.low == pytest.approx(0.5)


def test_one_sided_outcomes_are_named() -> None:
    """The interval of probabilities carries what the outcomes lack."""
    found = brier_skill_interval([0.8] * 20, [0.6] * 20, [1] * 20, _rng(), BlockPlan(1, 100))
    assert found.diagnostics == (ALL_EVENTS, FEW_FORECASTS)


@pytest.mark.parametrize(
    "wrong", [{"length": 0}, {"draws": 1}, {"level": 0.0}, {"kind": "stationary"}]
)
def test_plan_that_cannot_be_carried_out_is_refused(wrong: dict[str, object]) -> None:
    """A block of nothing, too few resamples, no level, a kind that is not known."""
    with pytest.raises(DataError):
        BlockPlan(**{"length": 2, **wrong})  # type: ignore[arg-type]


def test_rows_of_other_lengths_are_refused() -> None:
    """Scores of other occasions are no pairs."""
    with pytest.raises(DataError):
        skill_interval([0.1, 0.2], [0.1], _rng(), BlockPlan(1))
    with pytest.raises(DataError):
        brier_skill_interval([0.1, 0.2], [0.1], [0, 1], _rng(), BlockPlan(1))
    with pytest.raises(DataError):
        block_means(np.ones((1, 3)), _rng(), BlockPlan(4))
