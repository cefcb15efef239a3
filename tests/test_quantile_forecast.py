"""M15, short-horizon distributions, and base rates of signs."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import dated, wandering
from scipy.stats import binom, norm

from reportgen.errors import DataError
from reportgen.models import quantile_forecast as m15
from reportgen.models.passage import VolatilityFilter
from reportgen.models.quantile_forecast import PROBABILITIES, QuantileForecast, quantile_forecast
from reportgen.models.sign_frequency import sign_frequency

if TYPE_CHECKING:
    from reportgen.snapshot import Snapshot

PATHS = 4_000


def _last(values: pd.Series[float]) -> date:
    day: date = values.index[-1].date()
    return day


def _found(
    values: pd.Series[float], kind: m15.Kind = "price", paths: int = PATHS
) -> QuantileForecast:
    return quantile_forecast(values, _last(values), kind, paths=paths)


# -- known answers ---------------------------------------------------------------------------


def test_independent_normal_changes_give_normal_quantiles() -> None:
    """Of a random walk of 1 % a day: S exp(z s sqrt(h) - s^2 h / 2), by the normal law.

    Tolerance a tenth of the standard deviation at that horizon: the fitted variance and 40,000
    paths both stray.
    """
    random = np.random.default_rng(5)
    values = dated(1_000.0 * np.exp(np.cumsum(0.01 * random.standard_normal(2_600))))
    deviation = float(np.diff(np.log(values.to_numpy()))[-2_520:].std())
    for one in _found(values, paths=40_000).horizons:
        spread = deviation * np.sqrt(one.horizon)
        expected = norm.ppf(PROBABILITIES) * spread - spread**2 / 2
        stated = np.log(np.array(one.values) / values.iloc[-1])
        assert stated == pytest.approx(expected, abs=0.1 * spread)


def test_two_equal_shocks_give_the_binomial_quantiles() -> None:
    """A pool of +1 and -1 at constant volatility is a binomial walk, known exactly."""
    flat = VolatilityFilter("garch", 1.0, 0.0, 0.0, 1.0, np.array([-1.0, 1.0]), ())
    random = np.random.default_rng(6)
    (moved,) = m15._moves(flat, 0.0, (40,), 200_000, random)
    steps = 2 * binom.ppf(PROBABILITIES, 40, 0.5) - 40
    assert np.quantile(moved, PROBABILITIES) == pytest.approx(steps / 100 - 40 / 20_000, abs=1e-12)


def test_climatology_is_the_quantiles_of_past_changes() -> None:
    """All overlapping changes over the horizon, on the last value, by numpy's quantiles."""
    values = wandering(900)
    logs = np.log(values.to_numpy())
    found = _found(values).horizons[1]
    expected = values.iloc[-1] * np.exp(np.quantile(logs[21:] - logs[:-21], PROBABILITIES))
    assert found.climatology == pytest.approx(expected, rel=1e-12)
    assert found.windows == 900 - 21


# -- what moves ------------------------------------------------------------------------------


def test_a_yield_moves_in_points_whatever_its_level() -> None:
    """Three points higher, the same changes: every quantile three points higher."""
    steps = np.random.default_rng(7).normal(0, 0.05, 1_200)
    low = dated(1.0 + np.cumsum(steps - steps.mean()))
    for one, other in zip(
        _found(low, "yield").horizons, _found(low + 3.0, "yield").horizons, strict=True
    ):
        # Likelihoods of the same changes are maximised alike but for the search's own steps.
        assert np.array(other.values) - 3.0 == pytest.approx(np.array(one.values), abs=1e-3)
    assert min(_found(low - 2.0, "yield").horizons[2].values) < 0.0


@settings(max_examples=10, deadline=None)
@given(st.floats(0.01, 1_000.0))
def test_a_price_in_another_unit_has_the_same_quantiles_in_it(factor: float) -> None:
    """Prices a thousand times as high: quantiles a thousand times as high."""
    values = wandering(700)
    one, other = _found(values, paths=1_000), _found(values * factor, paths=1_000)
    for mine, its in zip(one.horizons, other.horizons, strict=True):
        assert np.array(its.values) == pytest.approx(np.array(mine.values) * factor, rel=1e-6)


def test_an_index_drifts_and_a_price_does_not() -> None:
    """The same closes as an index: the mean of the paths grows as the history did."""
    values = wandering(2_000)
    steps = np.diff(np.log(values.to_numpy()))
    grown = _found(values, "index").horizons[2].values[2] / _found(values).horizons[2].values[2]
    assert np.log(grown) == pytest.approx(63 * (steps.mean() + steps.var() / 2), abs=1e-9)


def test_quantiles_rise_and_spread() -> None:
    """In order at each horizon, and wider the further ahead."""
    widths = []
    for one in _found(wandering(1_500)).horizons:
        assert list(one.values) == sorted(one.values)
        assert list(one.climatology) == sorted(one.climatology)
        widths.append(one.values[-1] - one.values[0])
    assert widths == sorted(widths)


def test_volatility_now_widens_the_quantiles() -> None:
    """Three wild weeks at the end: the next weeks are stated wider than after calm ones."""
    calm = wandering(1_500)
    steps = np.diff(np.log(calm.to_numpy()))
    steps[-15:] = 0.04 * np.array([1, -1] * 7 + [1])
    wild = dated(1_000.0 * np.exp(np.concatenate(([0.0], np.cumsum(steps)))))

    def width(values: pd.Series[float]) -> float:
        found = _found(values).horizons[0].values
        return float(np.log(found[-1] / found[0]))

    assert width(wild) > 1.5 * width(calm)


# -- data it cannot use ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "kind", "said"),
    [
        (dated([100.0] * 400), "price", "does not move"),
        (dated([4.0] * 400), "yield", "does not move"),
        (wandering(300), "price", "the model needs 313"),
        (wandering(400) - 5_000.0, "price", "not above zero"),
        (wandering(400).where(lambda one: one.index != one.index[200]), "price", "holds no number"),
    ],
)
def test_what_cannot_carry_quantiles_is_refused(
    values: pd.Series[float], kind: m15.Kind, said: str
) -> None:
    """Short, still, below zero or with a hole: one sentence, no number."""
    with pytest.raises(DataError, match=said):
        _found(values, kind)


def test_horizons_and_paths_have_a_least_value() -> None:
    """No horizon of no days, and not fewer paths than quantiles need."""
    with pytest.raises(DataError, match="horizons of a day or more"):
        quantile_forecast(wandering(700), _last(wandering(700)), "price", (0, 5))
    with pytest.raises(DataError, match="at least 1,000 paths"):
        _found(wandering(700), paths=999)


def test_a_short_history_is_named() -> None:
    """Two years give quantiles and say that few windows stand behind the climatology."""
    assert {"short_history", "few_windows"} <= set(_found(wandering(600)).diagnostics)


@pytest.mark.parametrize("series", ["sp500", "usdjpy", "treasury_10y"])
def test_later_figures_change_nothing(snapshot: Snapshot, series: str) -> None:
    """Cut at an earlier day or not, and with the future turned over: the same quantiles."""
    kind: m15.Kind = "yield" if series == "treasury_10y" else "price"
    values = snapshot.values(series)
    for day in (date(2022, 6, 30), date(2024, 2, 9)):
        known = quantile_forecast(values[: pd.Timestamp(day)], day, kind, paths=1_000)
        assert quantile_forecast(values, day, kind, paths=1_000) == known
        turned = values.copy()
        turned.loc[turned.index > pd.Timestamp(day)] *= 1.7
        assert quantile_forecast(turned, day, kind, paths=1_000) == known


# -- signs -----------------------------------------------------------------------------------


def test_signs_are_counted_after_like_signs() -> None:
    """Two up, two down, for ever: after a rise over two steps comes a fall over two."""
    values = dated([0.0, 1.0, 2.0, 1.0] * 30 + [0.0, 1.0, 2.0])
    found = sign_frequency(values, 2)
    assert found is not None
    assert found.rising
    # Of the windows that rose or stood, half rose by two and fell after, half stood and stood.
    rose = np.array([2, 0, -2, 0] * 30 + [2])[:121] >= 0
    before, after = rose[:-2], rose[2:]
    assert found.share == pytest.approx(after[before].mean())
    assert found.overall == pytest.approx(rose.mean())
    assert found.low <= found.share <= found.high


def test_a_short_history_of_signs_gives_none() -> None:
    """Ten stretches side by side are needed, and one that followed a like move."""
    assert sign_frequency(dated(list(np.arange(100.0))), 13) is None
    always = sign_frequency(dated(list(np.arange(131.0))), 13)
    assert always is not None
    assert (always.share, always.overall) == (1.0, 1.0)
    fell_once = np.concatenate([np.arange(140.0), np.full(13, -5.0)])
    assert sign_frequency(dated(fell_once), 13) is None
