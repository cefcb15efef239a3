"""M9: the borrowing need read from the debt, the limit date and the X-date."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.errors import DataError
from reportgen.models.date_distribution import distribution_of
from reportgen.models.debt_flow import (
    FlowModel,
    FlowSettings,
    Period,
    estimate_flow,
    monthly_need,
)
from reportgen.models.debt_limit import (
    DebtLimitInputs,
    DebtLimitResult,
    DebtLimitSettings,
    Measure,
    assess_debt_limit,
    debt_outside_limit,
)

if TYPE_CHECKING:
    from reportgen.snapshot import Snapshot

# Month ends, USD billions: total public debt outstanding (Treasury, Debt to the Penny) and the
# Treasury General Account in the week next to the month end (Federal Reserve H.4.1, WTREGEN).
DEBT = {
    2018: "21974",
    2019: "21982 22116 22028 22028 22026 22023 22022 22460 22719 23008 23076 23201",
    2020: "23224 23410 23687 24974 25746 26477 26525 26729 26945 27135 27446 27748",
    2021: "27785 27902 28133 28175 28199 28529 28428 28427 28429 28909 28908 29617",
    2022: "30012 30290 30401 30374 30500 30569 30595 30936 30929 31238 31413 31420",
    2023: "31455 31459 31458 31458 31464 32332 32609 32914 33167 33700 33879 34001",
    2024: "34191 34471 34587 34617 34667 34832 35105 35256 35465 35952 36087 36219",
    2025: "36220 36219 36214 36214 36216 36211 36917 37274 37638 38040 38396",
}
CASH = {
    2018: "380",
    2019: "403 311 310 400 248 245 164 146 335 390 361 383",
    2020: "432 439 429 998 1435 1658 1817 1639 1679 1681 1531 1591",
    2021: "1625 1430 1026 968 783 746 578 278 198 280 153 212",
    2022: "676 683 575 944 790 757 594 613 690 599 511 428",
    2023: "560 381 184 269 49 391 517 471 681 820 739 758",
    2024: "842 786 769 917 704 761 786 746 798 835 775 720",
    2025: "784 681 313 596 467 360 371 598 805 958 937",
}
OUTSIDE = 110_000.0


def month_ends(table: dict[int, str], until: str) -> pd.Series[float]:
    """Return a table of billions as a series of millions, to a month end."""
    numbers = [float(text) * 1_000.0 for year in sorted(table) for text in table[year].split()]
    days = pd.date_range("2018-12-31", periods=len(numbers), freq="ME")
    return pd.Series(numbers, index=days)[:until]


def with_last(series: pd.Series[float], day: str, value: float) -> pd.Series[float]:
    """Return a series with one more observation at its end."""
    return pd.concat([series, pd.Series([value], index=pd.DatetimeIndex([day]))])


def december_2025(paths: int = 20_000, limit_musd: float = 41_104_000.0) -> DebtLimitResult:
    """Return the assessment of 5 December 2025 with assumed measures of 360 + 147 billion."""
    debt = with_last(month_ends(DEBT, "2025-11-30"), "2025-12-04", 38_389_370.0)
    cash = with_last(month_ends(CASH, "2025-11-30"), "2025-12-03", 937_167.0)
    measures = (
        Measure("standing", 360_000.0),
        Measure("june_30", 147_000.0, date(2027, 6, 30)),
    )
    inputs = DebtLimitInputs(date(2025, 12, 5), debt, cash, limit_musd, OUTSIDE, measures)
    return assess_debt_limit(inputs, estimate_flow(debt, cash), DebtLimitSettings(paths))


def steady(annual_musd: float) -> FlowModel:
    """Return a need without season and without surprise."""
    return FlowModel(
        annual_musd, (0.0,) * 12, (0.0,), (1,) * 12, date(2022, 1, 1), date(2025, 1, 1), ()
    )


def steady_case(
    as_of: date, headroom: float, cash: float, measures: tuple[Measure, ...] = ()
) -> DebtLimitResult:
    """Return an assessment with a need of 1,200 a year and no uncertainty."""
    stamp = pd.DatetimeIndex([as_of.isoformat()])
    inputs = DebtLimitInputs(
        as_of,
        pd.Series([100_000.0 - headroom], index=stamp),
        pd.Series([cash], index=stamp),
        100_000.0,
        0.0,
        measures,
    )
    chosen = DebtLimitSettings(paths=3, drift_uncertainty=0.0, buffer_musd=30.0)
    return assess_debt_limit(inputs, steady(1_200.0), chosen)


def day_counted_by_hand(as_of: date, amount: float) -> date:
    """Return the first weekday on which 100 a month, spread over weekdays, exceeds the amount."""
    day, spent = as_of, 0.0
    while spent <= amount:
        day += timedelta(days=1)
        first = day.replace(day=1)
        month = [first + timedelta(days=k) for k in range(31)]
        weekdays = sum(d.weekday() < 5 and d.month == day.month for d in month)
        spent += 100.0 / weekdays if day.weekday() < 5 else 0.0
    return day


def test_deterministic_need_gives_the_exact_day() -> None:
    """MODELS M9 known answer: without uncertainty limit date and X-date are single known days."""
    result = steady_case(date(2025, 12, 5), headroom=555.5, cash=222.2)
    assert result.limit_date.days == (day_counted_by_hand(date(2025, 12, 5), 555.5),)
    assert result.x_date.days == (day_counted_by_hand(date(2025, 12, 5), 777.7),)
    assert result.buffer_date.days == (day_counted_by_hand(date(2025, 12, 5), 747.7),)
    assert result.x_date.mass == (1.0,)
    assert result.x_date.p10 == result.x_date.p50 == result.x_date.p90 == result.x_date.days[0]


def test_standing_measures_push_the_x_date_only() -> None:
    """Extraordinary measures move the X-date by their amount and leave the limit date alone."""
    start = date(2026, 1, 30)
    result = steady_case(start, 300.3, 50.0, (Measure("g_fund", 123.4),))
    assert result.limit_date.p50 == day_counted_by_hand(start, 300.3)
    assert result.x_date.p50 == day_counted_by_hand(start, 300.3 + 50.0 + 123.4)


def test_season_starts_with_the_first_simulated_month() -> None:
    """From the last weekday of January the first need met is February's, not January's."""
    stamp = pd.DatetimeIndex(["2026-01-30"])
    season = (900.0, -50.0, *(-85.0,) * 10)
    flow = FlowModel(1_200.0, season, (0.0,), (1,) * 12, date(2022, 1, 1), date(2025, 1, 1), ())
    debt, cash = pd.Series([99_900.0], index=stamp), pd.Series([1.0], index=stamp)
    inputs = DebtLimitInputs(date(2026, 1, 30), debt, cash, 100_000.0, 0.0, ())
    result = assess_debt_limit(inputs, flow, DebtLimitSettings(paths=1, drift_uncertainty=0.0))
    february_end = result.projection[0]
    assert february_end.day == date(2026, 2, 27)
    assert february_end.p50_musd == pytest.approx(99_950.0)


def test_dated_measure_counts_only_when_the_limit_binds_by_then() -> None:
    """A release on 30 June helps when the limit was reached before it, and not otherwise."""
    start = date(2026, 1, 30)
    release = Measure("june_30", 200.5, date(2026, 6, 30))
    bound = steady_case(start, 300.3, 250.0, (release,))
    assert bound.x_date.p50 == day_counted_by_hand(start, 300.3 + 250.0 + 200.5)
    too_late = steady_case(start, 700.3, 250.0, (release,))
    assert too_late.x_date.p50 == day_counted_by_hand(start, 700.3 + 250.0)


def test_december_2025_x_date_is_not_before_december_2026() -> None:
    """MODELS M9 known answer: as of 2025-12-05, P(X-date before 2026-12-01) is at most 1 %."""
    result = december_2025()
    assert result.x_date.probability_before(date(2026, 12, 1)) <= 0.01
    assert result.diagnostics == ()


def test_december_2025_limit_is_reached_in_2027() -> None:
    """MODELS S12: the limit is reached late winter to mid-summer 2027, the X-date 6-9 months on.

    Source: Bipartisan Policy Center (2026), as reprinted; the medians must lie in those spans.
    """
    result = december_2025()
    assert result.limit_date.p50 is not None
    assert result.x_date.p50 is not None
    assert date(2027, 2, 1) <= result.limit_date.p50 <= date(2027, 7, 31)
    assert date(2027, 8, 1) <= result.x_date.p50 <= date(2028, 4, 30)
    assert result.headroom_musd == pytest.approx(41_104_000.0 - 38_389_370.0 + OUTSIDE)


def test_bundled_history_is_long_enough(snapshot: Snapshot) -> None:
    """Month ends since 2022 give every calendar month a season and the same known answer."""
    debt, cash = snapshot.values("federal_debt"), snapshot.values("treasury_general_account")
    flow = estimate_flow(debt, cash)
    measures = (Measure("standing", 336_000.0), Measure("june_30", 147_000.0, date(2027, 6, 30)))
    inputs = DebtLimitInputs(date(2025, 12, 5), debt, cash, 41_104_000.0, OUTSIDE, measures)
    result = assess_debt_limit(inputs, flow, DebtLimitSettings(paths=4_000))
    assert flow.diagnostics == ()
    assert min(flow.observed_months) >= 1
    assert result.x_date.probability_before(date(2026, 12, 1)) <= 0.01


def test_march_2025_puts_most_mass_between_mid_july_and_early_october() -> None:
    """MODELS M9 known answer: as of 2025-03-24 at least 60 % of the mass in 15 Jul-3 Oct 2025.

    The range is the Bipartisan Policy Center's of 24 March 2025; CBO said August or September.
    Measures: 207 billion left on 26 March 2025 (Treasury, by MNI), 147 billion more on 30 June
    (Treasury's January 2025 estimate); cash is the average of the week 20-26 March.
    """
    debt, cash = month_ends(DEBT, "2025-02-28"), month_ends(CASH, "2025-02-28")
    flow = estimate_flow(debt, cash)
    inputs = DebtLimitInputs(
        date(2025, 3, 24),
        with_last(debt, "2025-03-21", 36_214_310.0),
        with_last(cash, "2025-03-24", 360_177.0),
        36_104_000.0,
        OUTSIDE,
        (Measure("standing", 207_000.0), Measure("june_30", 147_000.0, date(2025, 6, 30))),
    )
    result = assess_debt_limit(inputs, flow)
    assert result.x_date.probability_between(date(2025, 7, 15), date(2025, 10, 3)) >= 0.60
    assert result.diagnostics == ("at_limit",)
    assert result.headroom_musd == 0.0


def test_months_under_a_binding_limit_are_no_season() -> None:
    """No month that shares a day with a binding period or the pandemic years is counted."""
    need = monthly_need(
        month_ends(DEBT, "2025-11-30"), month_ends(CASH, "2025-11-30"), FlowSettings()
    )
    months = {stamp.strftime("%Y-%m") for stamp in pd.DatetimeIndex(need.index)}
    barred = {f"2025-{m:02d}" for m in range(1, 8)} | {f"2023-{m:02d}" for m in range(1, 7)}
    assert not months & (barred | {"2020-04", "2021-09", "2019-05"})
    assert {"2022-04", "2024-04", "2025-08", "2025-11"} <= months


def test_flat_debt_under_the_limit_is_not_taken_for_a_balanced_budget() -> None:
    """The level over January-July 2025 is that of whole spans: about 2.2 trillion a year.

    Source: MODELS M9 prototype (2.2 trillion a year).
    """
    flow = estimate_flow(month_ends(DEBT, "2025-11-30"), month_ends(CASH, "2025-11-30"))
    assert 2_000_000.0 < flow.annual_musd < 2_400_000.0
    assert flow.level_from == date(2022, 11, 30)
    assert flow.level_to == date(2025, 11, 30)


def test_season_is_recovered_from_made_up_debt() -> None:
    """A known level and season come back exactly, with no residual left."""
    season = np.array([5.0, -5.0, 0, -300.0, 250.0, 50.0, 0, 0, -80.0, 80.0, 10.0, -10.0])
    days = pd.date_range("2013-12-31", periods=73, freq="ME")
    steps = [150.0 + season[day.month - 1] for day in days[1:]]
    debt = pd.Series(20_000.0 + np.concatenate([[0.0], np.cumsum(steps)]), index=days)
    cash = pd.Series(np.full(len(days), 400.0), index=days)
    flow = estimate_flow(debt, cash, FlowSettings(binding=(), excluded=()))
    assert flow.seasonal_musd == pytest.approx(tuple(season), abs=1e-9)
    assert flow.residuals_musd == pytest.approx((0.0,) * len(flow.residuals_musd), abs=1e-9)
    assert flow.annual_musd == pytest.approx(1_800.0, rel=0.002)
    assert sum(flow.seasonal_musd) == pytest.approx(0.0, abs=1e-9)


def test_month_without_its_end_is_not_a_month() -> None:
    """Weekly figures that stop four days before a month's end give no need for two months."""
    debt, cash = month_ends(DEBT, "2025-11-30"), month_ends(CASH, "2025-11-30")
    moved = debt.rename(index={pd.Timestamp("2025-09-30"): pd.Timestamp("2025-09-26")})
    need = monthly_need(moved, cash, FlowSettings())
    months = {stamp.strftime("%Y-%m") for stamp in pd.DatetimeIndex(need.index)}
    assert {"2025-09", "2025-10"} & months == set()
    assert "2025-11" in months


def test_calendar_month_never_seen_is_named() -> None:
    """A calendar month without a free observation has no season and is named as missing."""
    binding = (
        Period(date(2019, 1, 1), date(2022, 1, 31)),
        Period(date(2023, 1, 1), date(2023, 6, 3)),
        Period(date(2024, 1, 1), date(2024, 1, 31)),
        Period(date(2025, 1, 1), date(2025, 7, 4)),
    )
    flow = estimate_flow(
        month_ends(DEBT, "2025-11-30"), month_ends(CASH, "2025-11-30"), FlowSettings(binding)
    )
    assert flow.diagnostics == ("season_missing_01",)
    assert flow.seasonal_musd[0] == 0.0


def test_debt_outside_the_limit_is_read_from_a_binding_period() -> None:
    """January-June 2025: about 110 billion of total debt did not count against 36.1 trillion."""
    debt = month_ends(DEBT, "2025-06-30")
    outside = debt_outside_limit(debt, Period(date(2025, 1, 2), date(2025, 6, 30)), 36_104_000.0)
    assert outside == pytest.approx(110_000.0, abs=10_000.0)
    with pytest.raises(DataError, match="binding limit"):
        debt_outside_limit(debt, Period(date(2030, 1, 1), date(2030, 6, 1)), 36_104_000.0)


def test_same_inputs_same_bytes() -> None:
    """Two runs on the same figures return equal results: the seed depends on date and model."""
    assert december_2025(paths=500) == december_2025(paths=500)


def test_raising_the_limit_moves_both_dates() -> None:
    """With half a trillion more room neither date comes earlier, path by path."""
    low, high = december_2025(paths=2_000), december_2025(paths=2_000, limit_musd=41_604_000.0)
    for code in ("limit_date", "x_date"):
        for point in ("p10", "p50", "p90"):
            assert getattr(getattr(high, code), point) >= getattr(getattr(low, code), point)


def test_distribution_adds_up_and_orders_its_points() -> None:
    """Mass over days and beyond the horizon is one; limit date before X-date; months agree."""
    result = december_2025(paths=2_000)
    for dates in (result.limit_date, result.x_date, result.buffer_date):
        assert sum(dates.mass) + dates.beyond == pytest.approx(1.0)
        assert sum(mass for _, mass in dates.by_month()) == pytest.approx(sum(dates.mass))
        points = [point for point in (dates.p10, dates.p50, dates.p90) if point is not None]
        assert points == sorted(points)
        assert len(points) == 3
        last = dates.days[-1] + timedelta(days=1)
        assert dates.probability_before(last) == pytest.approx(sum(dates.mass))
    assert result.limit_date.days[0] <= result.buffer_date.days[0] <= result.x_date.days[0]


def test_projection_stays_under_the_limit() -> None:
    """The projected debt of the chart rises to the limit, never above, its points in order."""
    result = december_2025(paths=1_000)
    assert all(p.p10_musd <= p.p50_musd <= p.p90_musd <= 41_104_000.0 for p in result.projection)
    assert result.projection[0].day == date(2025, 12, 31)
    assert result.projection[-1].p50_musd == 41_104_000.0


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.integers(min_value=-1, max_value=19), min_size=1, max_size=60),
)
def test_quantiles_are_the_first_days_with_that_mass(indices: list[int]) -> None:
    """Each quantile is a day with at least its share of the mass, the day before has less."""
    days = np.arange(np.datetime64("2026-01-01"), np.datetime64("2026-01-21"))
    found = distribution_of("x_date", np.array(indices, dtype=np.int64), days)
    for point, share in ((found.p10, 0.1), (found.p50, 0.5), (found.p90, 0.9)):
        if point is None:
            assert sum(found.mass) < share
        else:
            assert found.probability_before(point) < share + 1e-9
            assert found.probability_between(date(2026, 1, 1), point) >= share - 1e-9


def test_no_probability_beyond_the_horizon() -> None:
    """Asking about a day after the simulated horizon is refused, not answered with a guess."""
    found = distribution_of("x_date", np.array([-1, 0]), np.array(["2026-01-02"], "datetime64[D]"))
    assert (found.p90, found.beyond) == (None, 0.5)
    with pytest.raises(DataError, match="2026-01-02"):
        found.probability_before(date(2030, 1, 1))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"limit_musd": 41.1}, "same unit"),
        ({"limit_musd": 41_104.0}, "same unit"),
        ({"outside_limit_musd": -1.0}, "negative"),
        ({"as_of": date(2025, 12, 3)}, "after 2025-12-03"),
        ({"measures": (Measure("x", -5.0),)}, "negative"),
    ],
)
def test_senseless_inputs_are_refused(change: dict[str, object], sentence: str) -> None:
    """Wrong unit, negative amounts and figures later than the as-of date end in one sentence."""
    debt = with_last(month_ends(DEBT, "2025-11-30"), "2025-12-04", 38_389_370.0)
    cash = month_ends(CASH, "2025-11-30")
    given_inputs: dict[str, object] = {
        "as_of": date(2025, 12, 5), "debt": debt, "cash": cash, "limit_musd": 41_104_000.0,
        "outside_limit_musd": OUTSIDE, "measures": (),
    } | change  # fmt: skip
    with pytest.raises(DataError, match=sentence):
        assess_debt_limit(DebtLimitInputs(**given_inputs), steady(2_200_000.0))  # type: ignore[arg-type]


def test_short_history_is_refused() -> None:
    """Less than a year of free months gives no season, and says so."""
    short = month_ends(DEBT, "2025-11-30")["2025-08-01":]
    with pytest.raises(DataError, match="12 are needed"):
        estimate_flow(short, month_ends(CASH, "2025-11-30")["2025-08-01":])
