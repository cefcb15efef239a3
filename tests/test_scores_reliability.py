"""Reliability diagrams: calibrated forecasts lie in the band, others do not."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from reportgen.errors import DataError
from reportgen.scores import BandPlan, Reliability, reliability_by_bins, reliability_curve
from reportgen.scores.checks import BoolArray, FloatArray
from reportgen.scores.diagnostics import FEW_FORECASTS, NO_EVENTS, THIN_BINS
from reportgen.scores.reliability import calibrated_outcomes

FEW_DRAWS = BandPlan(draws=200)


def _rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def _perfect(seed: int, count: int = 400) -> tuple[FloatArray, BoolArray]:
    generator = _rng(seed)
    stated = generator.beta(1.0, 2.0, count)
    return stated, generator.random(count) < stated


def _both(stated: FloatArray, came: BoolArray, plan: BandPlan) -> tuple[Reliability, Reliability]:
    return (
        reliability_by_bins(stated, came, _rng(), plan=plan),
        reliability_curve(stated, came, _rng(), plan=plan),
    )


def test_calibrated_forecasts_lie_in_the_band() -> None:
    """Over forty rows nine points in ten lie within a 90 % band (known answer of the method)."""
    rows = [_both(*_perfect(seed), FEW_DRAWS) for seed in range(40)]
    bins, curve = (np.mean([row[kind].consistent_share for row in rows]) for kind in (0, 1))
    assert 0.86 < bins < 0.97
    assert 0.86 < curve < 0.97


def test_calibrated_forecasts_pass_the_test_as_often_as_stated() -> None:
    """The probability of a greater distance is below .1 for about one calibrated row in ten."""
    rows = [_both(*_perfect(seed), FEW_DRAWS) for seed in range(40)]
    for kind in (0, 1):
        assert sum(row[kind].p_value < 0.1 for row in rows) <= 9


@pytest.mark.parametrize("bend", [0.5, 2.0])
def test_bent_forecasts_leave_the_band(bend: float) -> None:
    """Stating p squared, or its root, for p is seen in four hundred forecasts."""
    true, came = _perfect(1)
    for found in _both(true**bend, came, FEW_DRAWS):
        assert found.consistent_share < 0.6
        assert found.p_value == pytest.approx(1 / 201)


def test_points_tell_their_bins() -> None:
    """Counts add up, forecasts rise, and frequencies are the shares of what came."""
    stated, came = _perfect(2)
    found = reliability_by_bins(stated, came, _rng(), bins=5, plan=FEW_DRAWS)
    assert [point.forecasts for point in found.points] == [80] * 5
    assert sum(point.frequency * point.forecasts for point in found.points) == pytest.approx(
        found.events
    )
    for point in found.points:
        inside = (stated >= point.lowest) & (stated <= point.highest)
        assert point.frequency == pytest.approx(came[inside].mean())
        assert point.forecast == pytest.approx(stated[inside].mean())
        assert 0.0 <= point.low <= point.high <= 1.0
    assert all(one.highest < two.lowest for one, two in pairwise(found.points))


def test_curve_never_falls() -> None:
    """The isotonic curve has a point for each different forecast and keeps the mean."""
    stated, came = _perfect(3)
    stated = np.round(stated, 2)
    found = reliability_curve(stated, came, _rng(), plan=FEW_DRAWS)
    assert len(found.points) == np.unique(stated).size
    assert all(one.frequency <= two.frequency for one, two in pairwise(found.points))
    mean = sum(point.frequency * point.forecasts for point in found.points) / found.forecasts
    assert mean == pytest.approx(came.mean())


def test_same_generator_gives_the_same_band() -> None:
    """And the order of the forecasts is of no account where windows do not overlap."""
    stated, came = _perfect(4)
    one, again = (reliability_curve(stated, came, _rng(9), plan=FEW_DRAWS) for _ in range(2))
    assert one == again
    turned = reliability_curve(stated[::-1], came[::-1], _rng(9), plan=FEW_DRAWS)
    assert [point.low for point in turned.points] == pytest.approx(
        [point.low for point in one.points]
    )


def test_redrawn_outcomes_keep_their_probabilities() -> None:
    """With and without overlap each forecast's outcome comes as often as stated."""
    stated = np.linspace(0.0, 1.0, 11)
    for overlap in (1, 4):
        plan = BandPlan(draws=4000, overlap=overlap)
        shares = calibrated_outcomes(stated, _rng(), plan).mean(axis=0)
        assert shares == pytest.approx(stated, abs=0.03)


def test_overlap_widens_the_band_as_overlapping_windows_do() -> None:
    """Twelve origins to a window make the variance of a share twelve times as large."""
    stated = np.full(480, 0.3)
    alone, shared = (
        calibrated_outcomes(stated, _rng(), BandPlan(draws=3000, overlap=overlap)).mean(axis=1)
        for overlap in (1, 12)
    )
    assert shared.var() / alone.var() == pytest.approx(12.0, rel=0.15)
    came = _rng(6).random(480) < stated
    narrow, wide = (
        reliability_by_bins(stated, came, _rng(), plan=BandPlan(draws=200, overlap=overlap))
        for overlap in (1, 12)
    )
    assert wide.points[0].low < narrow.points[0].low < narrow.points[0].high < wide.points[0].high


def test_degenerate_rows_are_named() -> None:
    """Two forecasts without an event still give points, with the codes that belong to them."""
    found = reliability_by_bins([0.1, 0.2], [0, 0], _rng(), plan=FEW_DRAWS)
    assert found.diagnostics == (NO_EVENTS, FEW_FORECASTS, THIN_BINS)
    curve = reliability_curve([0.1, 0.2], [0, 0], _rng(), plan=FEW_DRAWS)
    assert curve.diagnostics == (NO_EVENTS, FEW_FORECASTS)
    assert curve.consistent_share == 1.0


def test_certain_forecasts_that_came_true_are_consistent() -> None:
    """Stating 0 and 1 leaves a band without width, and what came lies on it."""
    stated = np.repeat([0.0, 1.0], 20)
    for found in _both(stated, stated == 1.0, FEW_DRAWS):
        assert found.consistent_share == 1.0
        assert found.p_value == 1.0


def test_plan_that_cannot_be_carried_out_is_refused() -> None:
    """A level outside 0 to 1, too few resamples, an overlap below one."""
    for wrong in ({"level": 1.0}, {"draws": 10}, {"overlap": 0}):
        with pytest.raises(DataError):
            BandPlan(**wrong)
    with pytest.raises(DataError):
        reliability_by_bins([0.5], [1], _rng(), bins=0)
