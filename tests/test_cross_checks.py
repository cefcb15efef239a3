"""M1c: the same events under other laws of the daily shock."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from made_up import dated, wandering

from reportgen.errors import DataError
from reportgen.models.cross_checks import (
    EVENTS,
    CheckSettings,
    CrossChecks,
    cross_checks,
)
from reportgen.models.events import (
    BEAR,
    FLASH,
    SEVERE,
    drawdown_from,
    first_drawdown,
    first_fall,
)
from reportgen.models.path_events import SHORTENED, Window
from reportgen.models.shock_laws import (
    EXTREME,
    FILTERED,
    JUMPS,
    LAWS,
    NORMAL,
    SKEW_STUDENT,
    STUDENT,
    window_laws,
)
from reportgen.models.simulation import path_chunks, process_of

if TYPE_CHECKING:
    from reportgen.snapshot import Snapshot

AS_OF = date(2025, 12, 5)
HORIZONS = (21, 63, 126, 252)
SMALL = CheckSettings(paths=400, horizons=(21, 63), windows=(Window("all", None),))


@pytest.fixture(scope="module")
def run(snapshot: Snapshot) -> CrossChecks:
    """The cross-checks of the edition on fewer paths."""
    return cross_checks(
        snapshot.values("nasdaq_composite"), AS_OF, CheckSettings(paths=12_000, horizons=HORIZONS)
    )


def point(run: CrossChecks, law: str, event: str, horizon: int = 252) -> float:
    """Return the point of one estimate."""
    found = run.at(law, event, horizon)
    assert found is not None
    return found.point


def test_filtered_law_is_the_model_itself(run: CrossChecks) -> None:
    """The residuals by quantile give what paths drawn from them as M1a draws give, within 3 se."""
    peak = float(np.log(run.start.peak / run.start.close))
    for index, fit in enumerate(run.fits):
        random = np.random.Generator(np.random.PCG64(17 + index))
        chunks = path_chunks(process_of(fit.fit, run.start.drift), 252, 12_000, random)
        first = [
            (first_fall(each, FLASH), first_drawdown(drawdown_from(each, peak), BEAR))
            for each in chunks
        ]
        for place, event in enumerate((FLASH.id, BEAR.id)):
            share = float(np.mean(np.concatenate([each[place] for each in first]) <= 252))
            found = run.at(FILTERED, event, 252)
            assert found is not None
            error = np.sqrt(2 * share * (1 - share) / run.paths)
            assert found.by_window[index] == pytest.approx(share, abs=3 * error)


def test_symmetric_shocks_lower_the_probability_of_a_fall(run: CrossChecks) -> None:
    """A symmetric t gives less than the residuals for F1, B1 and B2; the skewed one gives it back.

    The method's notes on M1c say so: without the residuals' skewness the figure is biased low.
    """
    for event in (FLASH.id, BEAR.id, SEVERE.id):
        assert point(run, STUDENT, event) < 0.85 * point(run, FILTERED, event)
        gap = abs(point(run, SKEW_STUDENT, event) - point(run, FILTERED, event))
        assert gap < 0.3 * (point(run, FILTERED, event) - point(run, STUDENT, event))


def test_a_tail_beyond_the_sample_changes_little(run: CrossChecks) -> None:
    """The fitted tail moves no twelve-month figure by more than a point and a half."""
    for event in EVENTS:
        gap = point(run, EXTREME, event.id) - point(run, FILTERED, event.id)
        assert abs(gap) < 0.015


def test_days_all_alike_miss_the_calm_of_the_start(run: CrossChecks) -> None:
    """Without clustered volatility a calm start counts for nothing: F1 in a month comes out high.

    The 35 % fall, which takes clusters, comes out low.
    """
    for law in (JUMPS, NORMAL):
        assert point(run, law, FLASH.id, 21) > point(run, FILTERED, FLASH.id, 21)
        assert point(run, law, SEVERE.id) < point(run, FILTERED, SEVERE.id)


def test_probabilities_grow_with_the_horizon_and_shrink_with_the_depth(run: CrossChecks) -> None:
    """Under every law a longer horizon never lowers an event, and B2 is never above B1."""
    for law in LAWS:
        for event in EVENTS:
            row = [point(run, law, event.id, horizon) for horizon in HORIZONS]
            assert row == sorted(row)
        for horizon in HORIZONS:
            assert point(run, law, SEVERE.id, horizon) <= point(run, law, BEAR.id, horizon)


def test_fits_of_the_edition(run: CrossChecks) -> None:
    """Residuals have a longer lower tail, a Pareto shape near 0.1 to 0.2, and jumps that fall.

    McNeil and Frey (2000) report shapes of 0.1 to 0.2 for the losses of index residuals.
    """
    assert run.diagnostics == ()
    for fit in run.fits:
        assert fit.skewness < -0.1
        assert 0.0 < fit.tail.shape.value < 0.25
        assert fit.tail.shape.low < fit.tail.shape.value < fit.tail.shape.high
        assert fit.jumps.jump_mean < 0
        assert fit.jumps.starts[0] - fit.jumps.starts[-1] < 0.5


def test_later_figures_change_no_byte(snapshot: Snapshot) -> None:
    """Cut at a day, or with later closes shuffled, the run at that day is the same."""
    closes = snapshot.values("nasdaq_composite")
    random = np.random.Generator(np.random.PCG64(3))
    settings = replace(SMALL, paths=100, windows=(Window("short", 1_200),), laws=(FILTERED, JUMPS))
    for position in random.integers(1_500, len(closes) - 300, 2):
        day = closes.index[position].date()
        values = closes.to_numpy(dtype=np.float64).copy()
        values[position + 1 :] = random.permutation(values[position + 1 :])
        shuffled = pd.Series(values, index=closes.index, name=closes.name)
        cut, other = (
            cross_checks(each, day, settings) for each in (closes.iloc[: position + 1], shuffled)
        )
        assert cut.estimates == other.estimates


def test_a_law_draws_the_same_whatever_stands_beside_it() -> None:
    """Fewer laws in a run do not change the others."""
    closes = wandering(2_000)
    day = closes.index[-1].date()
    every = cross_checks(closes, day, SMALL)
    alone = cross_checks(closes, day, replace(SMALL, laws=(STUDENT,)))
    assert every.at(STUDENT, FLASH.id, 63) == alone.at(STUDENT, FLASH.id, 63)


def test_a_window_longer_than_the_history_is_named() -> None:
    """Fewer returns than the window asks for: all are used, and the code says so."""
    closes = wandering(1_400)
    settings = replace(SMALL, windows=(Window("10y", 2_520), Window("all", None)))
    run = cross_checks(closes, closes.index[-1].date(), settings)
    assert f"{SHORTENED}:10y" in run.diagnostics
    found = run.at(NORMAL, FLASH.id, 63)
    assert found is not None
    assert found.by_window[0] == found.by_window[1]


def test_a_bear_already_there_has_no_onset() -> None:
    """In a bear market B1 has no estimate, and the fall F1 still has one."""
    calm = wandering(1_300)
    closes = dated([*calm.iloc[:-5], *(0.7 * calm.iloc[-5:])])
    run = cross_checks(closes, closes.index[-1].date(), SMALL)
    assert run.start.in_bear
    assert run.at(STUDENT, BEAR.id, 63) is None
    assert run.at(STUDENT, FLASH.id, 63) is not None


def test_what_was_not_simulated_is_refused(run: CrossChecks) -> None:
    """Another horizon, event or law is no zero but an error."""
    for law, event, horizon in (
        (FILTERED, FLASH.id, 100),
        (FILTERED, "F3", 252),
        ("lucky", FLASH.id, 252),
    ):
        with pytest.raises(DataError, match="was run"):
            run.at(law, event, horizon)


@pytest.mark.parametrize(
    ("closes", "sentence"),
    [
        (wandering(900), "needs 1001"),
        (dated(np.full(1_200, 50.0)), "do not vary"),
        (dated(np.append(np.linspace(100, 200, 1_200), np.nan)), "holds no number"),
        (dated(np.append(np.linspace(100, 200, 1_200), 0.0)), "not above zero"),
    ],
)
def test_a_history_that_carries_no_law_is_refused(closes: pd.Series[float], sentence: str) -> None:
    """Short, constant or broken closes are refused in a sentence."""
    with pytest.raises(DataError, match=sentence):
        cross_checks(closes, closes.index[-1].date(), SMALL)


def test_settings_without_sense_are_refused() -> None:
    """No window, no horizon or no paths is refused."""
    closes = wandering(1_200)
    for settings in (
        replace(SMALL, windows=()),
        replace(SMALL, horizons=()),
        replace(SMALL, horizons=(0,)),
        replace(SMALL, paths=0),
    ):
        with pytest.raises(DataError):
            cross_checks(closes, closes.index[-1].date(), settings)


def test_the_normal_law_has_the_variance_of_the_sample() -> None:
    """Days under the normal law and the jump law vary as the returns did."""
    returns = 100.0 * np.diff(np.log(wandering(3_000).to_numpy()))
    laws = window_laws(returns, 0.0)
    assert laws.processes[NORMAL].start_variance == pytest.approx(returns.var(), rel=1e-9)
    assert laws.processes[JUMPS].start_variance == pytest.approx(returns.var(), rel=0.05)
