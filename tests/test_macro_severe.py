"""M1i, the macro severe case: what was published when, the probit, and its refusals."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from scipy.special import ndtr

from reportgen.errors import DataError
from reportgen.models.arrays import FloatArray
from reportgen.models.macro_severe import (
    AHEAD,
    CONDITIONS_MISSING,
    FEW_EPISODES,
    NO_FIT,
    RATE_STALE,
    SHORT_HISTORY,
    SLOPE_MISSING,
    STALE,
    THRESHOLD,
    UNEMPLOYMENT_MISSING,
    Predictors,
    macro_severe,
    outcomes,
)
from reportgen.models.probit import probit_at
from reportgen.models.published import Published

FIRST, MONTHS = np.datetime64("1970-01"), 660
LAST = date(2025, 1, 10)


def months(count: int = MONTHS) -> np.ndarray:
    """Return the first days of months."""
    return (FIRST + np.arange(count)).astype("datetime64[D]")


def series(values: FloatArray | float, lag: int = 7, count: int = MONTHS) -> Published:
    """Return a monthly series published ``lag`` days after the month's end."""
    days = months(count)
    ends = (days.astype("datetime64[M]") + 1).astype("datetime64[D]")
    return Published("made_up", days, ends + lag, np.broadcast_to(values, count).astype(float))


def daily(values: FloatArray) -> Published:
    """Return a daily series on every day of the months, published a day later."""
    days = np.arange(months()[0], months()[-1] + 31)
    return Published("made_up", days, days + 1, np.resize(values, days.size).astype(float))


def cycles(seed: int = 2, count: int = MONTHS) -> Predictors:
    """Return rates in cycles of eight years, with a slope and conditions a year ahead."""
    random = np.random.Generator(np.random.PCG64(seed))
    phase = 2 * np.pi * np.arange(count + AHEAD) / 96
    rate = 5.8 + 1.5 * np.sin(phase) + 0.25 * random.normal(size=count + AHEAD)
    lead = np.repeat(np.sin(phase[AHEAD:] + 0.4) + 0.4 * random.normal(size=count), 31)
    weekly = series(0.3 * np.sin(phase[:count] + 0.9) + 0.2 * random.normal(size=count))
    return Predictors(
        unemployment=series(np.round(rate[:count], 1)),
        long_rate=daily(4.0 + lead),
        short_rate=daily(np.full(31, 3.0)),
        conditions=weekly,
    )


def test_known_values_are_those_published_by_the_day() -> None:
    """A month's value counts from its day of publication, not from the day it describes."""
    rates = series(np.arange(float(MONTHS)))
    on = np.array(["1970-02-06", "1970-02-07", "1970-02-08", "1970-03-10"], "datetime64[D]")
    assert np.array_equal(rates.mean_known(on, 1, 90), [np.nan, np.nan, 0.0, 1.0], equal_nan=True)
    assert np.array_equal(
        rates.mean_known(on, 2, 90), [np.nan, np.nan, np.nan, 0.5], equal_nan=True
    )
    assert rates.known_by(np.datetime64("1970-03-10")).values.tolist() == [0.0, 1.0]


def test_a_value_published_late_holds_back_the_ones_behind_it() -> None:
    """Values count in the order of their months: none is skipped because it came late."""
    rates = series(np.arange(12.0), count=12)
    late = rates.released.copy()
    late[3] = np.datetime64("1970-08-20")
    held = replace(rates, released=late)
    on = np.array(["1970-07-31", "1970-08-20"], "datetime64[D]")
    assert held.mean_known(on, 1, 200).tolist() == [2.0, 6.0]


def test_malformed_series_are_refused() -> None:
    """Days out of order, unequal lengths or no number are refused in a sentence."""
    good = series(5.0, count=5)
    with pytest.raises(DataError, match="not strictly increasing"):
        replace(good, days=good.days[::-1])
    with pytest.raises(DataError, match="unequal number"):
        replace(good, values=good.values[:3])
    with pytest.raises(DataError, match="not a finite number"):
        replace(good, values=np.array([1.0, 2.0, np.nan, 3.0, 4.0]))


def test_outcomes_by_hand() -> None:
    """A month's outcome is the rate twelve months on; a target never published is no outcome."""
    values = np.full(30, 5.0)
    values[[14, 20]] = 6.0
    rates = series(values, count=30)
    gap = np.arange(30) != 19
    held = Published("u", rates.days[gap], rates.released[gap], rates.values[gap])
    came, known = outcomes(held)
    assert np.flatnonzero(came).tolist() == [2, 8]
    # Month 7's target is the month left out; the last twelve have none yet.
    assert np.flatnonzero(~known).tolist() == [7, *range(18, 29)]


def test_probit_recovers_made_up_coefficients() -> None:
    """On 4,000 months of outcomes drawn from a probit the probability now is the true one."""
    random = np.random.Generator(np.random.PCG64(4))
    count = 4_000
    gap, conditions, slope = (random.normal(size=count) for _ in range(3))
    index = 0.1 - 0.5 * slope + 0.4 * conditions + 0.3 * gap
    came = random.uniform(size=count) < ndtr(index)
    rows = np.column_stack([slope, conditions, gap])
    estimate = probit_at(rows, came, np.array([1.0, -0.5, -1.0]), AHEAD)
    assert estimate is not None
    truth = float(ndtr(0.1 - 0.5 - 0.2 - 0.3))
    assert estimate.coefficients == pytest.approx((0.1, -0.5, 0.4, 0.3), abs=0.1)
    assert estimate.low < estimate.value < estimate.high
    assert estimate.value == pytest.approx(truth, abs=0.03)


def test_probit_of_a_lone_indicator_is_its_two_frequencies() -> None:
    """With one predictor of two values the fitted probabilities are the observed shares."""
    rows = np.repeat([0.0, 1.0], [200, 100])[:, None]
    came = np.concatenate([np.arange(200) < 30, np.arange(100) < 45])
    for value, share in ((0.0, 0.15), (1.0, 0.45)):
        found = probit_at(rows, came, np.array([value]), 1)
        assert found is not None
        assert found.value == pytest.approx(share, abs=1e-6)


def test_outcomes_that_leave_no_estimate() -> None:
    """Never, always, a predictor that separates and one that repeats the constant give none."""
    rows = np.linspace(-1, 1, 100)[:, None]
    for came in (np.zeros(100, np.bool_), np.ones(100, np.bool_), rows[:, 0] > 0):
        assert probit_at(rows, came, np.array([0.3]), 3) is None
    assert probit_at(np.ones((100, 1)), np.arange(100) % 3 == 0, np.array([1.0]), 3) is None


def test_cycles_give_a_probability_with_interval_and_base_rate() -> None:
    """With all series and enough history there is a probability inside its interval."""
    found = macro_severe(cycles(), LAST)
    assert found.diagnostics == ()
    assert found.probability is not None
    assert found.base_rate is not None
    assert found.base_rate_below is not None
    assert 0 <= found.probability.low < found.probability.value < found.probability.high <= 1
    assert found.base_rate_below.value < found.base_rate.value
    assert found.base_rate.low < found.base_rate.value < found.base_rate.high
    assert found.episodes >= 6
    assert found.last_month == date(2024, 12, 1)
    assert found.target_month == date(2025, 12, 1)


def test_later_figures_change_nothing() -> None:
    """Cutting every series at a day, or shuffling what came after it, changes no figure."""
    whole = cycles()
    random = np.random.Generator(np.random.PCG64(9))

    def cut(series: Published | None, day: np.datetime64) -> Published:
        assert series is not None
        return series.known_by(day)

    def shuffled(series: Published | None, day: np.datetime64) -> Published:
        assert series is not None
        later = series.released > day
        values = series.values.copy()
        values[later] = random.permutation(values[later])
        return replace(series, values=values)

    for month in random.integers(300, MONTHS - 24, 6):
        day = months()[month] + 17
        known = macro_severe(whole, day.item())
        for change in (cut, shuffled):
            altered = Predictors(
                *(
                    change(each, day)
                    for each in (
                        whole.unemployment,
                        whole.long_rate,
                        whole.short_rate,
                        whole.conditions,
                    )
                )
            )
            assert macro_severe(altered, day.item()) == known


@pytest.mark.parametrize(
    ("without", "code"),
    [
        ("long_rate", SLOPE_MISSING),
        ("short_rate", SLOPE_MISSING),
        ("conditions", CONDITIONS_MISSING),
    ],
)
def test_a_missing_series_is_named_and_nothing_is_guessed(without: str, code: str) -> None:
    """Without a predictor there is no probability, one code, and still the base rate."""
    found = macro_severe(replace(cycles(), **{without: None}), LAST)
    assert found.probability is None
    assert found.diagnostics == (code,)
    assert found.base_rate is not None


def test_without_unemployment_there_is_nothing() -> None:
    """Without the rate itself, or with none published yet, only the code is left."""
    for predictors in (replace(cycles(), unemployment=None), cycles()):
        day = LAST if predictors.unemployment is None else date(1970, 1, 5)
        found = macro_severe(predictors, day)
        assert found.diagnostics == (UNEMPLOYMENT_MISSING,)
        assert found.probability is None
        assert found.base_rate is None


def test_short_history_and_few_episodes_are_named() -> None:
    """Ten years hold too few months and too few spells above the threshold."""
    found = macro_severe(cycles(), date(1980, 1, 10))
    assert found.probability is None
    assert set(found.diagnostics) == {FEW_EPISODES, SHORT_HISTORY}


def test_a_predictor_without_variation_leaves_no_fit() -> None:
    """Constant conditions repeat the constant: no estimate, and the code says so."""
    found = macro_severe(replace(cycles(), conditions=series(0.5)), LAST)
    assert found.probability is None
    assert found.diagnostics == (NO_FIT,)


def test_a_series_that_begins_after_the_day_is_named() -> None:
    """Conditions first published after the day of knowledge leave nothing to forecast from."""
    late = series(0.1)
    late = replace(late, released=late.released + 40_000)
    found = macro_severe(replace(cycles(), conditions=late), LAST)
    assert found.probability is None
    assert set(found.diagnostics) == {SHORT_HISTORY, STALE}


def test_a_series_that_stopped_is_named() -> None:
    """Financial conditions or unemployment that ended a year before leave no probability."""
    whole = cycles()
    stop = np.datetime64("2023-12-31")
    assert whole.conditions is not None
    found = macro_severe(replace(whole, conditions=whole.conditions.known_by(stop)), LAST)
    assert found.probability is None
    assert found.diagnostics == (STALE,)
    assert whole.unemployment is not None
    found = macro_severe(replace(whole, unemployment=whole.unemployment.known_by(stop)), LAST)
    assert found.probability is None
    assert RATE_STALE in found.diagnostics


def test_a_stopped_value_is_known_until_it_is_too_old() -> None:
    """A value counts while it is young enough, and no longer."""
    rates = series(np.array([1.0, 2.0]), count=2)
    on = np.array(["1970-03-20", "1970-05-20"], "datetime64[D]")
    assert np.array_equal(rates.mean_known(on, 1, 60), [2.0, np.nan], equal_nan=True)


def test_threshold_is_the_house_views() -> None:
    """The severe case speaks of an unemployment rate of 6 per cent."""
    assert THRESHOLD == 6.0
