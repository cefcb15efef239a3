"""What a mean score is made of: the identities, by bins and without them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.scores import brier, corp_decomposition, log_score, murphy_decomposition
from reportgen.scores.bins import isotonic_fit, quantile_bins
from reportgen.scores.checks import BoolArray, FloatArray
from reportgen.scores.diagnostics import ALL_EVENTS, FEW_FORECASTS, NO_EVENTS, THIN_BINS
from reportgen.scores.probability import log_scores

Case = tuple[FloatArray, BoolArray]
QUIET = settings(deadline=None, max_examples=60)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw probabilities, some of them equal, and outcomes."""
    count = draw(st.integers(1, 120))
    generator = np.random.default_rng(draw(st.integers(0, 10**6)))
    stated = np.round(generator.random(count), draw(st.sampled_from([1, 2, 15])))
    return stated, generator.random(count) < draw(st.floats(0.0, 1.0))


@QUIET
@given(cases(), st.integers(1, 12))
def test_murphy_identity_holds(case: Case, bins: int) -> None:
    """BS = REL - RES + UNC of the bin means to 1e-12 (known answer of the method)."""
    parts = murphy_decomposition(*case, bins=bins)
    whole = parts.reliability - parts.resolution + parts.uncertainty
    assert parts.binned_brier == pytest.approx(whole, abs=1e-12)
    assert min(parts.reliability, parts.resolution, parts.uncertainty) >= 0.0


@QUIET
@given(cases(), st.integers(1, 12))
def test_terms_within_bins_close_the_identity(case: Case, bins: int) -> None:
    """Stephenson, Coelho, Jolliffe (2008): with both terms the score as stated comes out."""
    parts = murphy_decomposition(*case, bins=bins)
    whole = parts.binned_brier + parts.within_variance - parts.within_covariance
    assert parts.brier == pytest.approx(whole, abs=1e-12)
    assert parts.brier == pytest.approx(brier(*case), abs=1e-12)


def test_murphy_by_hand() -> None:
    """Stated .2 (one of four came) and .8 (three of four): REL .0025, RES .0625, UNC .25."""
    stated = [0.2] * 4 + [0.8] * 4
    parts = murphy_decomposition(stated, [1, 0, 0, 0, 1, 1, 1, 0])
    assert parts.reliability == pytest.approx(0.0025)
    assert parts.resolution == pytest.approx(0.0625)
    assert parts.uncertainty == pytest.approx(0.25)
    assert parts.within_variance == pytest.approx(0.0)
    assert parts.bins == 2


def test_constant_base_rate_is_all_uncertainty() -> None:
    """It is reliable and resolves nothing, in both decompositions."""
    came = np.arange(50) < 10
    parts = murphy_decomposition(np.full(50, 0.2), came)
    assert (parts.reliability, parts.resolution) == pytest.approx((0.0, 0.0), abs=1e-30)
    free = corp_decomposition(np.full(50, 0.2), came)
    assert (free.miscalibration, free.discrimination) == pytest.approx((0.0, 0.0), abs=1e-15)
    assert free.score == pytest.approx(0.16)


@QUIET
@given(cases())
def test_corp_identity_holds(case: Case) -> None:
    """Score = miscalibration - discrimination + uncertainty, and no part is negative."""
    for parts in (corp_decomposition(*case), corp_decomposition(*case, rule=log_scores)):
        whole = parts.miscalibration - parts.discrimination + parts.uncertainty
        assert parts.score == pytest.approx(whole, abs=1e-12)
        assert min(parts.miscalibration, parts.discrimination, parts.uncertainty) >= 0.0


@QUIET
@given(cases())
def test_corp_discrimination_ignores_the_scale(case: Case) -> None:
    """A rising change of all forecasts changes their calibration alone."""
    stated, came = case
    bent = np.round(stated, 4) ** 2
    plain, changed = (corp_decomposition(row, came) for row in (np.round(stated, 4), bent))
    assert changed.discrimination == pytest.approx(plain.discrimination, abs=1e-12)


def test_log_score_can_be_decomposed() -> None:
    """The rule is an argument: the score of the result is that of the rule."""
    generator = np.random.default_rng(3)
    stated = generator.random(200)
    came = generator.random(200) < stated
    parts = corp_decomposition(stated, came, rule=log_scores)
    assert parts.score == pytest.approx(log_score(stated, came))
    assert parts.discrimination > parts.miscalibration


@QUIET
@given(cases())
def test_isotonic_fit_is_the_greatest_of_least_means(case: Case) -> None:
    """Barlow et al. (1972): the fit at i is max over a <= i of min over b >= i of mean(a..b)."""
    stated, came = case[0][:25], case[1][:25]
    fit = isotonic_fit(stated, came)
    hits = np.bincount(fit.place, weights=came)
    size = hits.size
    expected = [
        max(
            min(hits[a : b + 1].sum() / fit.counts[a : b + 1].sum() for b in range(i, size))
            for a in range(i + 1)
        )
        for i in range(size)
    ]
    assert fit.fitted == pytest.approx(np.array(expected))


@QUIET
@given(cases(), st.integers(1, 12))
def test_bins_keep_order_and_ties(case: Case, bins: int) -> None:
    """A greater forecast is never in a lower bin, equal ones share one, no bin is empty."""
    stated = case[0]
    place = quantile_bins(stated, bins)
    assert np.all(np.diff(place[np.argsort(stated)]) >= 0)
    assert all(np.unique(place[stated == value]).size == 1 for value in stated)
    assert set(place.tolist()) == set(range(int(place.max()) + 1))
    assert place.max() < bins


def test_bins_without_ties_are_of_like_size() -> None:
    """A hundred different forecasts fall ten to a bin."""
    stated = np.random.default_rng(5).permutation(100) / 100
    assert np.bincount(quantile_bins(stated)).tolist() == [10] * 10


def test_order_is_of_no_account() -> None:
    """Turning the row round changes no term."""
    generator = np.random.default_rng(7)
    stated = generator.random(90)
    came = generator.random(90) < stated
    one, other = (
        murphy_decomposition(stated, came),
        murphy_decomposition(stated[::-1], came[::-1]),
    )
    assert one.reliability == pytest.approx(other.reliability)
    assert one.resolution == pytest.approx(other.resolution)
    back = corp_decomposition(stated[::-1], came[::-1])
    assert corp_decomposition(stated, came).miscalibration == pytest.approx(back.miscalibration)


@pytest.mark.parametrize(("came", "code"), [(0, NO_EVENTS), (1, ALL_EVENTS)])
def test_one_sided_outcomes_are_named(came: int, code: str) -> None:
    """All or none came: the terms stand, uncertainty is nil, and the code says why."""
    parts = murphy_decomposition([0.1, 0.2, 0.3], [came] * 3)
    assert parts.uncertainty == 0.0
    assert parts.diagnostics == (code, FEW_FORECASTS, THIN_BINS)
    assert corp_decomposition([0.1, 0.2, 0.3], [came] * 3).diagnostics == (code, FEW_FORECASTS)
