"""M11: who moves first, by the Hayashi-Yoshida contrast and Granger's test, and the joint check."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.stattools import grangercausalitytests

from reportgen.errors import DataError
from reportgen.models.assets import ASSETS, NEW_YORK, Asset, AssetSeries
from reportgen.models.event_cross_check import cross_check, residual_correlation
from reportgen.models.event_study import AbnormalReturn
from reportgen.models.lead_lag import LeadLagSettings, evaluate
from reportgen.models.lead_lag_tests import contrast, granger

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from reportgen.snapshot import Snapshot

DAYS = pd.bdate_range("2022-01-03", periods=760)
ONE = Asset("one", "price", NEW_YORK, time(16, 0))
OTHER = Asset("other", "price", NEW_YORK, time(16, 0))


def draws(count: int, seed: int) -> NDArray[np.float64]:
    """Return normal draws."""
    return np.random.Generator(np.random.PCG64(seed)).standard_normal(count)


def followed(lag: int, noise: float = 0.5, seed: int = 3) -> tuple[pd.Series[float], ...]:
    """Return two markets' moves, the second repeating the first some weekdays later."""
    size = 400
    moved = draws(size + lag, seed)
    days = DAYS[:size]
    late = moved[:size] + noise * draws(size, seed + 1)
    return pd.Series(moved[lag:], index=days), pd.Series(late, index=days)


def priced(asset: Asset, returns: NDArray[np.float64]) -> AssetSeries:
    """Return a price moved by log returns in per cent."""
    line = np.concatenate([[0.0], np.cumsum(returns)]) / 100.0
    return AssetSeries(asset, pd.Series(100.0 * np.exp(line), index=DAYS[: len(line)]))


def bundled(snapshot: Snapshot, *codes: str) -> tuple[AssetSeries, ...]:
    """Return bundled markets."""
    return tuple(AssetSeries(one, snapshot.values(one.code)) for one in ASSETS if one.code in codes)


# -- the contrast ---------------------------------------------------------------------------


@pytest.mark.parametrize("lag", [1, 2, 4])
def test_lead_of_some_days_is_recovered_exactly(lag: int) -> None:
    """MODELS M11 known answer: a lag of two days is found at the shift of two, either way round."""
    one, other = followed(lag)
    found = contrast(one, other, 5)
    assert found.strongest(-5, 5)[0] == lag
    assert found.p_first < 0.01 < found.p_second
    turned = contrast(other, one, 5)
    assert turned.strongest(-5, 5)[0] == -lag
    assert turned.at(-lag) == pytest.approx(found.at(lag))


def test_shift_zero_is_the_plain_correlation() -> None:
    """On the same days without a gap the contrast at zero is the correlation about zero."""
    one, other = followed(0)
    first, second = (np.asarray(each, dtype=np.float64) for each in (one, other))
    plain = float(first @ second / np.sqrt((first @ first) * (second @ second)))
    assert contrast(one, other, 3).at(0) == pytest.approx(plain)


def test_closed_days_do_not_hide_the_lead() -> None:
    """Every seventh day of one market missing, every ninth of the other: still two days."""
    one, other = followed(2)
    level, line = one.cumsum(), other.cumsum()
    kept = level[np.arange(len(level)) % 7 != 3].diff().dropna()
    others = line[np.arange(len(line)) % 9 != 4].diff().dropna()
    found = contrast(kept, others, 5)
    assert found.strongest(-5, 5)[0] == 2
    assert found.p_first < 0.01


def test_contrast_of_a_move_over_a_closed_day_meets_both_moves() -> None:
    """Hayashi and Yoshida: a Friday-to-Tuesday move meets the other market's Monday and Tuesday.

    By hand: 2 * (3 + 1) on the overlap, plus 1 * 1 on the day both traded.
    """
    one = pd.Series([1.0, 2.0], index=pd.DatetimeIndex(["2024-03-01", "2024-03-05"]))
    other = pd.Series(
        [1.0, 3.0, 1.0], index=pd.DatetimeIndex(["2024-03-01", "2024-03-04", "2024-03-05"])
    )
    long = pd.Series(np.zeros(60), index=pd.bdate_range("2024-03-06", periods=60))
    found = contrast(pd.concat([one, long]), pd.concat([other, long]), 1)
    assert found.at(0) == pytest.approx((1.0 + 2.0 * 4.0) / np.sqrt(5.0 * 11.0))


def test_p_values_hold_their_level() -> None:
    """Independent markets: among 200 pairs p lies below 5 % in about one of twenty."""
    index = DAYS[:120]
    low = sum(
        contrast(
            pd.Series(draws(120, seed), index=index),
            pd.Series(draws(120, seed + 9_000), index=index),
            3,
        ).p_first
        < 0.05
        for seed in range(200)
    )
    assert 2 <= low <= 20


def test_granger_agrees_with_another_program() -> None:
    """The F test's p value is statsmodels' to 1e-10, both ways."""
    moved = draws(302, 7)
    late = np.concatenate([[0.0], 0.2 * moved[:-1]]) + draws(302, 8)
    for cause, effect in ((moved, late), (late, moved)):
        tests = grangercausalitytests(np.column_stack([effect, cause]), [2])
        assert granger(cause, effect, 2) == pytest.approx(tests[2][0]["ssr_ftest"][1], abs=1e-10)


# -- the conclusion -------------------------------------------------------------------------


def test_steady_lead_is_concluded() -> None:
    """A market that repeats the other each year is led by it, whichever is named first."""
    moved = draws(758, 2)
    late = np.concatenate([[0.0], 0.5 * moved[:-1]]) + draws(758, 5)
    one, other = priced(ONE, moved), priced(OTHER, late)
    assert evaluate(one, other).leader == "first"
    turned = evaluate(other, one)
    assert turned.leader == "second"
    assert [year.agreed for year in turned.years] == ["second"] * 3


def test_lead_of_one_year_is_no_stable_lead() -> None:
    """The lead exists in the latest year only, or in an earlier one only: none is concluded."""
    moved = draws(758, 2)
    late = draws(758, 5)
    for part in (slice(510, 758), slice(260, 500)):
        mixed = late.copy()
        mixed[part] += 0.7 * moved[part.start - 1 : part.stop - 1]
        found = evaluate(priced(ONE, moved), priced(OTHER, mixed))
        assert [year.agreed for year in found.years].count("first") == 1
        assert found.leader is None


def test_independent_markets_have_no_leader() -> None:
    """Ten pairs of independent markets: no lead is concluded in any."""
    for seed in range(10):
        found = evaluate(priced(ONE, draws(758, seed)), priced(OTHER, draws(758, seed + 500)))
        assert found.leader is None


def test_bitcoin_does_not_lead_the_nasdaq(snapshot: Snapshot) -> None:
    """MODELS B5: both directions in 2025, neither in 2021-25: no stable lead; a common day is .47.

    Bitcoin's day ends hours after New York's close, which by itself would lend it one.
    """
    index, coin = bundled(snapshot, "nasdaq_composite", "bitcoin")
    found = evaluate(index, coin)
    assert (found.first, found.second) == ("nasdaq_composite", "bitcoin")
    assert found.leader is None
    assert found.diagnostics == ("second_closes_later",)
    assert len(found.years) == 4
    assert found.years[-1].same_day == pytest.approx(0.47, abs=0.01)
    assert [year.peak for year in found.years] == [0, 0, 0, 0]
    assert all(one.end <= two.start for one, two in zip(found.years, found.years[1:], strict=False))


def test_tokyo_follows_new_york(snapshot: Snapshot) -> None:
    """Tokyo closes before New York opens: it follows by a day each year, and both tests see it."""
    index, tokyo = bundled(snapshot, "nasdaq_composite", "nikkei_225")
    found = evaluate(index, tokyo)
    assert found.leader == "first"
    assert {year.peak for year in found.years} == {1}
    assert "first_closes_later" in found.diagnostics


@pytest.mark.parametrize("end", ["2024-06-28", "2023-01-31"])
def test_later_days_change_nothing(snapshot: Snapshot, end: str) -> None:
    """The years to a day are the same whether or not the other market is known for longer."""
    index, coin = bundled(snapshot, "nasdaq_composite", "bitcoin")
    short = AssetSeries(index.asset, index.values[:end])
    assert evaluate(short, coin) == evaluate(short, AssetSeries(coin.asset, coin.values[:end]))


def test_histories_that_are_short_are_named_or_refused() -> None:
    """One year: no conclusion, said so. Less than one, or no movement: one sentence."""
    one, other = priced(ONE, draws(300, 1)), priced(OTHER, draws(300, 2))
    found = evaluate(one, other)
    assert found.diagnostics == ("one_year_only",)
    assert found.leader is None
    with pytest.raises(DataError, match="less than a year"):
        evaluate(priced(ONE, draws(100, 1)), priced(OTHER, draws(100, 2)))
    with pytest.raises(DataError, match="two that move"):
        evaluate(one, priced(OTHER, np.zeros(300)))
    with pytest.raises(DataError, match="Granger"):
        granger(np.zeros(50), draws(50, 1), 2)


def test_stricter_rule_needs_more_years() -> None:
    """Asking for four agreeing years where there are three concludes nothing."""
    moved = draws(758, 2)
    late = np.concatenate([[0.0], 0.5 * moved[:-1]]) + draws(758, 5)
    strict = replace(LeadLagSettings(), stable=4)
    assert evaluate(priced(ONE, moved), priced(OTHER, late), strict).leader is None


# -- the markets of an event together -------------------------------------------------------


def reaction(code: str, score: float, residuals: NDArray[np.float64]) -> AbnormalReturn:
    """Return a market's reaction with a given t."""
    days = tuple(stamp.date() for stamp in DAYS[: len(residuals)])
    return AbnormalReturn(
        code, "price", days[-1], days[-1], "market", 0.0, 1.0, 1.0, (score,), score, score, score,
        len(residuals), tuple(float(one) for one in residuals), days,
    )  # fmt: skip


def test_independent_markets_give_the_plain_statistic() -> None:
    """Boehmer, Musumeci, Poulsen: mean over its cross-sectional standard error, by hand."""
    scores = (-2.0, -1.0, -3.0, 0.0)
    found = cross_check(
        tuple(reaction(str(place), one, draws(250, place)) for place, one in enumerate(scores))
    )
    assert found is not None
    assert found.mean_score == pytest.approx(-1.5)
    assert found.independent == pytest.approx(-1.5 / (np.std(scores, ddof=1) / 2.0))
    assert found.correlation == pytest.approx(0.0, abs=0.06)
    assert found.statistic == pytest.approx(found.independent, rel=0.15)


def test_correlated_markets_count_for_less() -> None:
    """Kolari, Pynnonen: with r = .5 and four markets the factor is sqrt(.5 / 2.5)."""
    common = draws(4_000, 0)
    moved = [np.sqrt(0.5) * (common + draws(4_000, place + 1)) for place in range(4)]
    index = pd.bdate_range("2000-01-03", periods=4_000)
    rows = tuple(
        replace(
            reaction(str(place), score, moved[place][:1]),
            residuals=tuple(moved[place]),
            residual_days=tuple(stamp.date() for stamp in index),
        )
        for place, score in enumerate((-2.0, -1.0, -3.0, 0.0))
    )
    found = cross_check(rows)
    assert found is not None
    assert residual_correlation(rows) == pytest.approx(0.5, abs=0.03)
    assert found.statistic / found.independent == pytest.approx(np.sqrt(0.5 / 2.5), abs=0.02)


def test_few_markets_or_equal_scores() -> None:
    """Fewer than three priced markets: nothing is said. Equal scores: refused."""
    rows = tuple(reaction(str(place), -1.0, draws(250, place)) for place in range(3))
    assert cross_check(rows[:2]) is None
    assert cross_check((*rows[:2], replace(rows[2], kind="rate"))) is None
    with pytest.raises(DataError, match="all the same"):
        cross_check(rows)


def test_market_of_the_model_does_not_enter() -> None:
    """The market itself is held against its mean, not against itself: it is left out."""
    rows = tuple(reaction(str(place), -1.0 - place, draws(250, place)) for place in range(3))
    assert cross_check((*rows[:2], replace(rows[2], model="mean"))) is None
