"""Scores of probabilities: known answers, properties, and what cannot be scored."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.errors import DataError
from reportgen.scores import (
    auc,
    brier,
    brier_scores,
    brier_skill,
    log_score,
    log_scores,
    mean_skill,
    score_probabilities,
)
from reportgen.scores.checks import BoolArray, FloatArray
from reportgen.scores.diagnostics import (
    ALL_EVENTS,
    FEW_FORECASTS,
    NO_EVENTS,
    PERFECT_REFERENCE,
)

Case = tuple[FloatArray, BoolArray]


def _arrays(pairs: list[tuple[float, bool]]) -> Case:
    return np.array([p for p, _ in pairs]), np.array([y for _, y in pairs])


CASES = st.lists(st.tuples(st.floats(0.0, 1.0), st.booleans()), min_size=1, max_size=60).map(
    _arrays
)
"""Probabilities and outcomes."""
QUIET = settings(deadline=None, max_examples=60)


@pytest.mark.parametrize("events", [1, 30, 99])
def test_brier_of_the_base_rate_is_its_uncertainty(events: int) -> None:
    """A constant forecast at the base rate p scores p (1 - p) (known answer of the method)."""
    outcome = np.arange(100) < events
    rate = events / 100
    assert brier(np.full(100, rate), outcome) == pytest.approx(rate * (1 - rate), abs=1e-15)


def test_log_score_of_one_half_is_ln_two() -> None:
    """.6931 whatever came (known answer of the method)."""
    assert log_scores([0.5, 0.5], [0, 1]) == pytest.approx([0.6931, 0.6931], abs=5e-5)


def test_log_score_holds_probabilities_within_bounds() -> None:
    """A certain error costs -ln .005, a certain hit still -ln .995."""
    assert log_score([0.0], [1]) == pytest.approx(-math.log(0.005))
    assert log_score([1.0], [1]) == pytest.approx(-math.log(0.995))


def test_auc_counts_pairs_in_the_right_order() -> None:
    """Of the four pairs of an event and none, three stand right and one is tied: 3.5 / 4."""
    assert auc([0.9, 0.4, 0.4, 0.1], [1, 1, 0, 0]) == pytest.approx(0.875)


def test_auc_agrees_with_the_count_over_all_pairs() -> None:
    """The rank sum and the plain definition are two routes to one number, ties included."""
    generator = np.random.default_rng(1)
    stated = generator.integers(0, 8, 70) / 8
    came = generator.random(70) < stated
    gaps = stated[came][:, None] - stated[~came][None, :]
    assert auc(stated, came) == pytest.approx(np.mean((gaps > 0) + 0.5 * (gaps == 0)))


def test_scores_stand_together() -> None:
    """Two of four came: every figure of the result by hand."""
    scores = score_probabilities([0.8, 0.6, 0.4, 0.2], [1, 1, 0, 0], few=4)
    assert (scores.forecasts, scores.events, scores.base_rate) == (4, 2, 0.5)
    assert scores.mean_forecast == pytest.approx(0.5)
    assert scores.brier == pytest.approx(0.1)
    assert scores.log_score == pytest.approx(-(math.log(0.8) + math.log(0.6)) / 2)
    assert scores.auc == 1.0
    assert scores.diagnostics == ()


@pytest.mark.parametrize(("came", "code"), [(0, NO_EVENTS), (1, ALL_EVENTS)])
def test_one_sided_outcomes_are_named(came: int, code: str) -> None:
    """Without an event, or without its absence, there is no AUC, and the result says why."""
    scores = score_probabilities(np.full(40, 0.3), np.full(40, came))
    assert scores.auc is None
    assert scores.diagnostics == (code,)


def test_few_forecasts_are_named() -> None:
    """Below the stated number the result carries its code, in the skill as well."""
    stated, came = [0.2, 0.4, 0.3], [0, 1, 0]
    assert score_probabilities(stated, came).diagnostics == (FEW_FORECASTS,)
    assert brier_skill(stated, [0.3, 0.3, 0.3], came).diagnostics == (FEW_FORECASTS,)
    assert mean_skill([1.0], [2.0]).diagnostics == (FEW_FORECASTS,)


def test_skill_is_the_share_of_error_avoided() -> None:
    """Scores .04 against .16 avoid three quarters of the reference's error."""
    skill = brier_skill([0.8] * 30, [0.6] * 30, [1] * 30)
    assert skill.skill == pytest.approx(0.75)
    assert (skill.score, skill.reference_score) == pytest.approx((0.04, 0.16))


def test_perfect_reference_leaves_no_skill() -> None:
    """Against a reference without error a skill is not defined, and named so."""
    skill = brier_skill([0.5] * 30, [1.0] * 30, [1] * 30)
    assert skill.skill is None
    assert PERFECT_REFERENCE in skill.diagnostics


@QUIET
@given(CASES)
def test_brier_lies_between_nought_and_one(case: Case) -> None:
    """So does each single score, and the log score is never negative."""
    scores = brier_scores(*case)
    assert 0.0 <= scores.min() <= scores.max() <= 1.0
    assert log_scores(*case).min() > 0.0


@QUIET
@given(CASES)
def test_reference_has_no_skill_against_itself(case: Case) -> None:
    """Exactly 0, or undefined when it made no error."""
    stated, came = case
    skill = brier_skill(stated, stated, came).skill
    assert skill == 0.0 or (skill is None and brier(stated, came) == 0.0)


@QUIET
@given(CASES)
def test_order_is_of_no_account(case: Case) -> None:
    """Scoring the same forecasts in another order gives the same scores."""
    stated, came = case
    order = np.random.default_rng(stated.size).permutation(stated.size)
    one, other = score_probabilities(stated, came), score_probabilities(stated[order], came[order])
    assert one.brier == pytest.approx(other.brier)
    assert one.log_score == pytest.approx(other.log_score)
    assert (one.auc is None) == (other.auc is None)
    assert one.auc is None or one.auc == pytest.approx(other.auc)


@QUIET
@given(CASES)
def test_opposite_forecast_has_the_opposite_auc(case: Case) -> None:
    """Turning forecasts round turns the AUC round; turning both leaves the Brier score."""
    stated, came = case
    forward, back = auc(np.round(stated, 6), came), auc(1.0 - np.round(stated, 6), came)
    assert (forward is None) == (back is None)
    assert forward is None or back is None or forward + back == pytest.approx(1.0)
    assert brier(1.0 - stated, ~came) == pytest.approx(brier(stated, came))


@pytest.mark.parametrize(
    ("stated", "came"),
    [
        ([], []),
        ([0.5, 1.1], [0, 1]),
        ([-0.1], [0]),
        ([math.nan], [0]),
        ([0.5], [0, 1]),
        ([0.5], [0.5]),
        ([0.5], [math.inf]),
        ([[0.5]], [1]),
        (["half"], [1]),
    ],
)
def test_what_cannot_be_scored_is_refused(stated: list[float], came: list[float]) -> None:
    """No forecast, another length, a value outside its range: one sentence, no number."""
    with pytest.raises(DataError):
        score_probabilities(stated, came)


def test_reference_of_another_length_is_named() -> None:
    """The sentence says which input does not fit."""
    with pytest.raises(DataError, match="The reference has 1 values for 2 forecasts"):
        brier_skill([0.5, 0.5], [0.5], [0, 1])


def test_skill_needs_scores_whose_best_is_zero() -> None:
    """A mean score below zero has no share to be avoided."""
    with pytest.raises(DataError, match="below zero"):
        mean_skill([-1.0], [1.0])
