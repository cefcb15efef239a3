"""M1: probabilities at the edition's date, how they hang together, and what they never see."""

from __future__ import annotations

import hashlib
import math
import os
import subprocess
import sys
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import dated, wandering

from reportgen.errors import DataError
from reportgen.models.events import BEAR, CORRECTION, EVENTS, FLASH, NEVER, SEVERE
from reportgen.models.path_events import (
    LEFT_OUT,
    SHORTENED,
    Implied,
    PathEvents,
    PathSettings,
    Window,
    path_events,
    start_state,
)
from reportgen.models.path_shapes import (
    average_sums,
    deepest_drawdowns,
    fan,
    terminal_returns,
    trough,
)
from reportgen.models.path_summary import GRID_STEP
from reportgen.models.path_tables import (
    cross_table,
    event_estimate,
    event_table,
    joint_probability,
    level_estimate,
    partition,
    pooled_drawdowns,
    survival_curve,
)
from reportgen.models.pooling import logit_mean, pool

if TYPE_CHECKING:
    from reportgen.snapshot import Snapshot

AS_OF = date(2025, 12, 5)
END = 246
"""Trading days from 5 December 2025 to 30 November 2026."""

LEVELS_TEN_YEARS = {
    18_766: 0.17,
    17_500: 0.12,
    16_500: 0.09,
    15_800: 0.08,
    15_200: 0.07,
    14_500: 0.06,
    12_800: 0.04,
}
"""P(touch) by the ten-year window: reference output of the method (M3) at 5 December 2025."""

SMALL = PathSettings(
    paths=400,
    horizons=(21, 63),
    windows=(Window("short", 1_000), Window("all", None), Window("vix", None, blended=True)),
    draws=3,
    draw_paths=50,
)

probabilities = st.floats(0.0, 1.0)


@pytest.fixture(scope="module")
def run(snapshot: Snapshot) -> PathEvents:
    """The model at the edition's date, with fewer paths than the edition's."""
    settings = PathSettings(paths=40_000, spread_paths=20_000, draw_paths=500, end_days=END)
    closes = snapshot.values("nasdaq_composite")
    return path_events(closes, AS_OF, settings, implied=implied(snapshot))


def implied(snapshot: Snapshot) -> Implied:
    """Return what the bundled figures say of option prices."""
    return Implied(*(snapshot.values(name) for name in ("vix", "vix_weekly", "sp500")))


def digest(run: PathEvents) -> str:
    """Return the sha256 of everything the run holds."""
    hasher = hashlib.sha256()
    for each in run.windows:
        hasher.update(each.fit.residuals.tobytes())
        for event in EVENTS:
            hasher.update(each.summary.first_day[event.id].tobytes())
        for array in (
            each.summary.closing,
            each.summary.lowest,
            each.summary.highest,
            each.summary.drawdown,
            each.summary.trough,
            each.summary.close_counts,
            each.summary.mean_counts,
        ):
            hasher.update(np.ascontiguousarray(array).tobytes())
    for one in run.drawn:
        hasher.update(one.lowest.tobytes() + one.highest.tobytes())
    hasher.update(repr((run.blend, sorted(run.conditional.items()))).encode())
    return hasher.hexdigest()


def test_start_state_of_the_edition(run: PathEvents) -> None:
    """On 5 December 2025 the close is 23,578.13, 1.6 % below the record close of 29 October."""
    assert run.start.close == 23_578.13
    assert run.start.peak == 23_958.47
    assert round(100 * run.start.drawdown, 1) == -1.6
    assert not run.start.in_bear
    assert run.start.first_day == date(1999, 1, 4)
    assert run.diagnostics == ()
    assert [each.fit.observations for each in run.windows] == [
        2_520,
        6_773,
        1_260,
        5_040,
        2_520,
        6_773,
    ]
    assert all(0.12 < each.annual_volatility < 0.20 for each in run.windows)


def test_flash_crash_in_a_year_by_the_reference_windows(run: PathEvents) -> None:
    """Ten- and five-year windows give the method's reference 51 % and 57 %, within 1.5 points."""
    estimate = event_estimate(run, FLASH.id, END).estimate
    assert estimate is not None
    assert estimate.paths.pooled[0] == pytest.approx(0.51, abs=0.015)
    five = next(each for each in run.beside if each.window.id == "5y").summary.first_day[FLASH.id]
    assert float(np.mean(five <= END)) == pytest.approx(0.57, abs=0.015)


def test_the_interval_of_a_year_is_wide_enough_to_be_honest(run: PathEvents) -> None:
    """Both headline intervals are at least 12 points wide at twelve months and hold the point."""
    for event in (FLASH, BEAR):
        estimate = event_estimate(run, event.id, 252).estimate
        assert estimate is not None
        assert estimate.high - estimate.low >= 0.12
        assert estimate.low <= estimate.point <= estimate.high


def test_the_pool_is_of_paths_and_conditional_rate(run: PathEvents) -> None:
    """The point is 0.6 of the paths' logit and 0.4 of the rate's, at every event and horizon."""
    for each in event_table(run):
        assert each.estimate is not None
        rate = run.conditional[each.event, each.horizon].rate
        assert each.estimate.point == pytest.approx(float(pool(each.estimate.paths.point, rate)))


def test_without_a_vix_the_other_windows_stand_alone(snapshot: Snapshot) -> None:
    """The blended windows are left out by name and the plain ones are unchanged to the byte."""
    closes = snapshot.values("nasdaq_composite")
    whole = path_events(closes, AS_OF, SMALL, implied=implied(snapshot))
    alone = path_events(closes, AS_OF, SMALL)
    assert [each.window.id for each in whole.windows] == ["short", "all", "vix"]
    assert [each.window.id for each in alone.windows] == ["short", "all"]
    assert "vix_missing" in alone.diagnostics
    assert alone.blend is None
    for one, other in zip(alone.windows, whole.windows, strict=False):
        assert np.array_equal(one.summary.closing, other.summary.closing)


def test_touch_probabilities_by_the_reference_window(run: PathEvents) -> None:
    """The ten-year window's P(touch) lies within 1.5 points of each reference figure."""
    for level, reference in LEVELS_TEN_YEARS.items():
        estimate = level_estimate(run, level, END).estimate
        assert estimate.pooled[0] == pytest.approx(reference, abs=0.015)


def test_trough_given_a_bear_lies_near_the_reference(run: PathEvents) -> None:
    """The median trough lies within 2 % of the reference 18,460, the quartiles within 5 %.

    The lowest decile is not compared: the reference (13,270) rests on history since 1972, and
    this history begins with the fall of 2000-02, which weighs on the deepest troughs.
    """
    found = trough(run, END)
    assert found is not None
    assert found.closes[1:] == pytest.approx((16_330, 18_460, 19_900, 21_590), rel=0.05)
    assert found.closes[2] == pytest.approx(18_460, rel=0.02)


def test_probabilities_grow_with_the_horizon(run: PathEvents) -> None:
    """No event becomes less likely when the horizon is longer (KAT 5)."""
    table = {(each.event, each.horizon): each.estimate for each in event_table(run)}
    for event in EVENTS:
        row = [table[event.id, horizon] for horizon in run.horizons]
        points = [each.point for each in row if each is not None]
        assert len(points) == len(run.horizons)
        assert points == sorted(points)


def test_deeper_events_are_rarer(run: PathEvents) -> None:
    """P(B2) <= P(B1) <= P(C1) at every horizon, and P(F3) <= P(F1) (KAT 5)."""
    for horizon in run.horizons:
        points = [
            event_estimate(run, event, horizon).estimate
            for event in (SEVERE.id, BEAR.id, CORRECTION.id)
        ]
        values = [each.point for each in points if each is not None]
        assert values == sorted(values)


def test_partition_and_cross_table_sum_to_one(run: PathEvents) -> None:
    """The exclusive classes and the four cells are shares that sum to one at every horizon."""
    for horizon in run.horizons:
        classes = partition(run, horizon)
        cells = cross_table(run, horizon)
        shares = (classes.none, classes.correction, classes.bear, classes.severe)
        corners = (cells.both, cells.flash_only, cells.bear_only, cells.neither)
        assert min(*shares, *corners) >= 0
        assert sum(shares) == pytest.approx(1, abs=1e-12)
        assert sum(corners) == pytest.approx(1, abs=1e-12)


def test_cross_table_has_the_margins_of_the_event_table(run: PathEvents) -> None:
    """Both plus flash only is P(F1); both plus bear only is P(B1)."""
    cells = cross_table(run, END)
    for event, other in ((FLASH.id, cells.flash_only), (BEAR.id, cells.bear_only)):
        estimate = event_estimate(run, event, END).estimate
        assert estimate is not None
        assert cells.both + other == pytest.approx(estimate.point, abs=1e-12)


def test_survival_curve_passes_through_the_event_table(run: PathEvents) -> None:
    """The curve starts at zero, never falls and meets the table at every horizon."""
    curve = survival_curve(run, FLASH.id)
    assert curve.point[0] == 0
    assert np.all(np.diff(curve.point) >= 0)
    assert np.all(curve.low <= curve.point)
    assert np.all(curve.point <= curve.high)
    for horizon in run.horizons:
        estimate = event_estimate(run, FLASH.id, horizon).estimate
        assert estimate is not None
        assert curve.point[horizon] == pytest.approx(estimate.point, abs=1e-12)


def test_fan_agrees_with_the_closes_at_a_horizon(run: PathEvents) -> None:
    """Quantiles read from counts lie within a bin (0.1 %) of those of the paths themselves."""
    spread = fan(run)
    assert np.all(spread.closes[0] == run.start.close)
    assert np.all(np.diff(spread.closes[1:], axis=1) > 0)
    row = run.horizons.index(63)
    together = np.concatenate([each.summary.closing[row] for each in run.pooled])
    exact = run.start.close * np.exp(np.quantile(together, spread.probabilities))
    assert spread.closes[63] == pytest.approx(exact, rel=GRID_STEP)


def test_fan_of_a_level_agrees_with_touching_it(run: PathEvents) -> None:
    """A level that a tenth of the paths end below is touched by at least a tenth."""
    spread = fan(run)
    level = float(spread.closes[END, spread.probabilities.index(0.10)])
    assert level_estimate(run, level, END).estimate.point >= 0.10 - 0.002


def test_levels_above_the_close_are_touched_by_rises(run: PathEvents) -> None:
    """A level 1 % up is likelier touched than one 20 % up, and both by the highest close."""
    near, far = (level_estimate(run, run.start.close * up, 21) for up in (1.01, 1.2))
    assert near.distance == pytest.approx(0.01)
    assert near.estimate.point > 0.5 > far.estimate.point


def test_lower_levels_are_touched_less_often(run: PathEvents) -> None:
    """P(touch) falls with the depth of the level and grows with the horizon."""
    for horizon in run.horizons:
        points = [level_estimate(run, level, horizon).estimate.point for level in LEVELS_TEN_YEARS]
        assert points == sorted(points, reverse=True)


def test_histograms_sum_to_one_and_agree_with_the_partition(run: PathEvents) -> None:
    """All mass is binned; the mass of the drawdowns beyond 20 % is the bear's pooled share."""
    drawdowns = deepest_drawdowns(run, END)
    assert sum(drawdowns.shares) == pytest.approx(1, abs=1e-12)
    assert sum(terminal_returns(run, END).shares) == pytest.approx(1, abs=1e-12)
    beyond = sum(drawdowns.shares[drawdowns.edges.index(0.20) :])
    shares = [np.mean(each.summary.first_day[BEAR.id] <= END) for each in run.pooled]
    assert beyond == pytest.approx(float(np.mean(shares)), abs=1e-4)


def test_pooled_drawdowns_add_up_to_the_partition(run: PathEvents) -> None:
    """Each class of the partition keeps its probability, divided as its paths are."""
    edges = (0.0, 0.05, 0.10, 0.15, 0.20, 0.35, 0.50, 1.0)
    for horizon in run.horizons:
        shares, classes = pooled_drawdowns(run, horizon, edges), partition(run, horizon)
        assert sum(shares[:2]) == pytest.approx(classes.none)
        assert sum(shares[2:4]) == pytest.approx(classes.correction)
        assert shares[4] == pytest.approx(classes.bear)
        assert sum(shares[5:]) == pytest.approx(classes.severe)
        assert min(shares) >= 0
    with pytest.raises(DataError, match="must be edges"):
        pooled_drawdowns(run, END, (0.0, 0.1, 0.2, 1.0))


def test_curves_of_rare_events_never_leave_their_table(run: PathEvents) -> None:
    """Between two horizons no line of a curve lies above the later or below the earlier one."""
    for event in (FLASH, BEAR, SEVERE):
        curve = survival_curve(run, event.id)
        for line in (curve.low, curve.point, curve.high):
            assert np.all(np.diff(line) >= -1e-12)
        last = event_estimate(run, event.id, run.horizons[-1]).estimate
        assert last is not None
        assert curve.high.max() == pytest.approx(last.high)


def test_sums_of_weekly_closes_start_at_one_week(run: PathEvents) -> None:
    """The first row is the close after a week; the medians grow about with the week's number."""
    sums = average_sums(run)
    middle = sums.probabilities.index(0.50)
    weekly = fan(run).closes[5]
    assert sums.sums.shape[0] == run.horizons[-1] // 5
    assert sums.sums[0] == pytest.approx(weekly, rel=GRID_STEP)
    assert sums.sums[29, middle] == pytest.approx(30 * run.start.close, rel=0.08)


def test_every_estimate_lies_within_its_interval(run: PathEvents) -> None:
    """The pool lies within its interval, the paths' point between its windows, as shares."""
    for each in event_table(run):
        assert each.estimate is not None
        found, paths = each.estimate, each.estimate.paths
        assert 0 <= found.low <= found.point <= found.high <= 1
        assert paths.low <= paths.point <= paths.high
        assert min(paths.pooled) - 1e-12 <= paths.point <= max(paths.pooled) + 1e-12


def test_the_joint_probability_of_known_tables() -> None:
    """Independent events multiply; an event within another is joint whenever it comes."""
    assert joint_probability(0.5, 0.3, np.array([0.08, 0.12, 0.32, 0.48])) == pytest.approx(0.15)
    assert joint_probability(0.5, 0.3, np.array([0.3, 0.2, 0.0, 0.5])) == pytest.approx(
        0.3, abs=1e-6
    )


@given(probabilities, probabilities, st.lists(st.floats(0.01, 1.0), min_size=4, max_size=4))
def test_the_joint_probability_keeps_its_margins(
    first: float, second: float, shares: list[float]
) -> None:
    """The joint lies between the Fréchet bounds, whatever the table."""
    joint = joint_probability(first, second, np.array(shares) / sum(shares))
    assert max(first + second - 1, 0) - 1e-9 <= joint <= min(first, second) + 1e-9


def test_later_figures_change_no_byte(snapshot: Snapshot) -> None:
    """At twenty dates the run on the whole, cut and shuffled future is the same to the byte."""
    closes, given = snapshot.values("nasdaq_composite"), implied(snapshot)
    random = np.random.Generator(np.random.PCG64(11))
    for position in random.integers(1_500, len(closes) - 300, size=20):
        as_of = closes.index[position].date()
        whole = digest(path_events(closes, as_of, SMALL, implied=given))
        cut = path_events(closes.iloc[: position + 1], as_of, SMALL, implied=until(given, as_of))
        assert digest(cut) == whole
        values = closes.to_numpy(copy=True)
        random.shuffle(values[position + 1 :])
        shuffled = pd.Series(values, index=closes.index, name=closes.name)
        assert digest(path_events(shuffled, as_of, SMALL, implied=given)) == whole


def until(given: Implied, day: date) -> Implied:
    """Return the series without anything after a day."""
    series = (given.vix, given.weekly_vix, given.reference)
    return Implied(
        *(None if one is None else one[one.index <= pd.Timestamp(day)] for one in series)
    )


def test_two_processes_give_the_same_bytes() -> None:
    """Runs in two interpreters with different hash seeds are the same to the byte."""
    script = (
        "from datetime import date\n"
        "from made_up import wandering\n"
        "from test_path_events import SMALL, digest\n"
        "from reportgen.models.path_events import path_events\n"
        "print(digest(path_events(wandering(1_500), date(2005, 9, 30), SMALL)))\n"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("0", "1")
    }
    assert len(digests) == 1
    assert len(digests.pop().strip()) == 64


def test_a_bear_already_there_is_said_so() -> None:
    """After a fall of a quarter no onset is forecast, and the trough counts every path."""
    rise = wandering(1_500, seed=4).to_numpy()
    fall = np.linspace(1.0, 0.7, 30) * rise[-253:].max()
    closes = dated(np.concatenate([rise, fall]))
    run = path_events(closes, closes.index[-1].date(), SMALL)
    found = trough(run, 63)
    assert run.start.in_bear
    assert event_estimate(run, BEAR.id, 63).already
    assert event_estimate(run, CORRECTION.id, 63).already
    assert not event_estimate(run, SEVERE.id, 63).already
    assert not event_estimate(run, FLASH.id, 63).already
    assert found is not None
    assert found.paths == 2 * SMALL.paths


def test_outcomes_from_within_a_bear_market_are_those_that_can_still_come() -> None:
    """With a quarter lost already no weight is left for less than ten per cent."""
    rise = wandering(1_500, seed=4).to_numpy()
    closes = dated(np.concatenate([rise, np.linspace(1.0, 0.7, 30) * rise[-253:].max()]))
    run = path_events(closes, closes.index[-1].date(), SMALL)
    classes, cells = partition(run, 63), cross_table(run, 63)
    assert (BEAR.id, 63) not in run.conditional
    assert classes.none + classes.correction < 0.02
    assert classes.bear + classes.severe == pytest.approx(cells.both + cells.bear_only)
    assert min(cells.both, cells.flash_only, cells.bear_only, cells.neither) >= 0


def test_no_bear_on_any_path_gives_no_trough() -> None:
    """A quiet market's next month holds no bear, so there is no trough to describe."""
    closes = wandering(1_500, deviation=0.0005)
    run = path_events(closes, closes.index[-1].date(), SMALL)
    assert all(np.all(each.summary.first_day[BEAR.id] == NEVER) for each in run.windows)
    assert trough(run, 21) is None


def test_windows_longer_than_the_history_are_named() -> None:
    """A pooled window is shortened, one beside it is left out; both are said."""
    closes = wandering(1_500)
    windows = (Window("10y", 2_520), Window("20y", 5_040, pooled=False))
    run = path_events(
        closes, closes.index[-1].date(), PathSettings(paths=10, horizons=(5,), windows=windows)
    )
    assert run.diagnostics == ("vix_missing", f"{SHORTENED}:10y", f"{LEFT_OUT}:20y")
    assert [each.window.id for each in run.windows] == ["10y"]


@pytest.mark.parametrize(
    ("closes", "sentence"),
    [
        (wandering(1_000), "1000 values; the model needs 1001"),
        (dated([100.0] * 1_500), "do not vary"),
        (dated([100.0] * 1_499 + [math.nan]), "no number on 2005-09-30"),
        (dated([100.0] * 1_499 + [-1.0]), "not above zero on 2005-09-30"),
        (wandering(1_500)[::-1], "not strictly increasing"),
        (wandering(1_500).reset_index(drop=True), "not indexed by days"),
    ],
)
def test_a_history_that_carries_no_model_is_refused(
    closes: pd.Series[float], sentence: str
) -> None:
    """Short, constant, missing, negative and disordered closes end with one clear sentence."""
    with pytest.raises(DataError, match=sentence):
        path_events(closes, date(2005, 9, 30), SMALL)


@pytest.mark.parametrize(
    "settings",
    [
        PathSettings(windows=(Window("all", None, pooled=False),)),
        PathSettings(horizons=()),
        PathSettings(horizons=(0, 21)),
        PathSettings(paths=0),
    ],
)
def test_settings_without_sense_are_refused(settings: PathSettings) -> None:
    """No pooled window, no horizon, a horizon of no day and no path are refused."""
    with pytest.raises(DataError):
        path_events(wandering(1_200), date(2005, 9, 30), settings)


def test_a_horizon_that_was_not_simulated_is_refused(run: PathEvents) -> None:
    """Asking for a horizon that was not kept names it."""
    with pytest.raises(DataError, match="horizon of 22 days"):
        event_estimate(run, FLASH.id, 22)
    with pytest.raises(DataError, match="The level"):
        level_estimate(run, math.nan, 21)


def test_drawdown_of_a_start_state_counts_the_trailing_year_only() -> None:
    """A peak 253 trading days back is forgotten, one 252 days back is not."""
    flat = np.full(1_300, 100.0)
    remembered, forgotten = flat.copy(), flat.copy()
    remembered[-253] = forgotten[-254] = 130.0
    as_of = dated(flat).index[-1].date()
    assert start_state(dated(remembered), as_of).drawdown == pytest.approx(100 / 130 - 1)
    assert start_state(dated(forgotten), as_of).drawdown == 0.0


@given(probabilities, probabilities)
def test_logit_mean_lies_between_its_windows(first: float, second: float) -> None:
    """The combined probability leaves the two by no more than half a path of a thousand."""
    mean = float(logit_mean(np.array([first, second]), 1_000))
    assert min(first, second) - 5.1e-4 <= mean <= max(first, second) + 5.1e-4


@given(probabilities, probabilities, probabilities)
def test_logit_mean_keeps_the_order_of_nested_events(a: float, b: float, c: float) -> None:
    """Raising one window's probability never lowers the combined one."""
    low, high = sorted((a, b))
    means = [float(logit_mean(np.array([each, c]), 1_000)) for each in (low, high)]
    assert means[0] <= means[1] + 1e-15


def test_logit_mean_of_known_values() -> None:
    """20 % and 80 % give 50 %; agreement on 0 or 1 stays there."""
    assert float(logit_mean(np.array([0.2, 0.8]), 100)) == pytest.approx(0.5)
    assert float(logit_mean(np.array([0.0, 0.0]), 100)) == 0.0
    assert float(logit_mean(np.array([1.0, 1.0]), 100)) == 1.0
