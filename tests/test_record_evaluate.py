"""Deciding statements: what came, when it is known, and never by a figure of a later day."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from forecasts import AS_OF, END, market, stated, trading_days
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.errors import DataError
from reportgen.record.evaluate import evaluate
from reportgen.record.events import (
    DateIn,
    Decision,
    Drawdown,
    Ends,
    Event,
    Fall,
    Move,
    RateMove,
    Term,
    Touch,
    Value,
)
from reportgen.record.issuing.markets import on_sessions
from reportgen.record.observed import Undecided
from reportgen.record.rows import Reading
from reportgen.record.sessions import session_after, session_by, sessions_between
from reportgen.record.statement import Statement
from reportgen.record.verdict import Decided, Verdict
from reportgen.snapshot.records import Event as Dated

if TYPE_CHECKING:
    from reportgen.snapshot import Snapshot

DAYS = trading_days(AS_OF, 22)
INDEX = "nasdaq_composite"
FLASH = Fall(INDEX, 0.10, 10)
BEAR = Drawdown(INDEX, 0.20, 252)
LEVEL = Touch(INDEX, 900.0, "below")


def _closes(*changes: tuple[int, float]) -> list[float]:
    """Return closes of 1,000 but on some of the 22 days, numbered from the as-of date."""
    values = [1_000.0] * len(DAYS)
    for day, value in changes:
        values[day] = value
    return values


def _verdict(event: Event, snapshot: Snapshot, **more: object) -> Verdict:
    quantiles = {}
    if isinstance(event, Value):
        from forecasts import quantiles as five

        quantiles = {"quantiles": five(1.0, 2.0, 3.0, 4.0, 5.0)}
    return evaluate(stated(event, **quantiles, **more), snapshot)  # type: ignore[arg-type]


def _decided(event: Event, snapshot: Snapshot, **more: object) -> Decided:
    found = _verdict(event, snapshot, **more)
    assert isinstance(found, Decided), found
    return found


def _open(event: Event, snapshot: Snapshot, **more: object) -> Undecided:
    found = _verdict(event, snapshot, **more)
    assert isinstance(found, Undecided), found
    return found


# -- trading days ----------------------------------------------------------------------------


def test_trading_days_are_those_of_new_york() -> None:
    """21 sessions after 5 December 2025 is 7 January 2026 (NYSE: 25 December, 1 January closed)."""
    assert session_after(date(2025, 12, 5), 21) == date(2026, 1, 7)
    assert session_after(date(2025, 12, 6), 1) == date(2025, 12, 8)
    assert session_after(date(2025, 12, 5), 252) == date(2026, 12, 8)
    assert session_by(date(2025, 12, 25)) == date(2025, 12, 24)
    assert session_by(date(2025, 12, 24)) == date(2025, 12, 24)
    assert len(sessions_between(date(2024, 12, 31), date(2025, 12, 31))) == 250


def test_a_step_is_a_trading_day(snapshot: Snapshot) -> None:
    """Series of other calendars keep the observations of New York's sessions only."""
    days = on_sessions(snapshot.values("bitcoin")).index
    assert all(day.weekday() < 5 for day in days)
    assert pd.Timestamp("2024-12-25") not in days


# -- falls -----------------------------------------------------------------------------------


def test_a_fall_is_decided_on_its_day_with_its_peak() -> None:
    """Ten per cent under the highest close of ten days: known at once, by two closes."""
    snapshot = market(_closes((4, 1_100.0), (12, 990.0))[:13], DAYS[:13])
    found = _decided(FLASH, snapshot)
    assert (found.outcome, found.day) == (True, DAYS[12])
    assert found.evidence[0].readings == (
        Reading("peak", DAYS[4], 1_100.0),
        Reading("hit", DAYS[12], 990.0),
    )


def test_a_fall_at_the_bound_is_one() -> None:
    """Exactly ten per cent counts; a cent more does not."""
    assert _decided(FLASH, market(_closes((3, 900.0)), DAYS)).outcome
    assert _decided(FLASH, market(_closes((3, 900.01)), DAYS)).outcome is False


def test_a_slow_fall_is_no_fast_one() -> None:
    """A peak of eleven days before no longer counts, one of ten days before does."""
    high = [(day, 1_000.0) for day in range(2)]
    slow = market(_closes(*high, *((day, 950.0) for day in range(2, 12)), (12, 899.0)), DAYS)
    assert _decided(FLASH, slow).outcome is False
    fast = market(_closes(*high, *((day, 950.0) for day in range(2, 11)), (11, 899.0)), DAYS)
    assert _decided(FLASH, fast).outcome


def test_a_peak_before_the_start_belongs_to_no_fall() -> None:
    """What was lost by the as-of date is lost; the fall counts from its close on."""
    before = trading_days(date(2023, 12, 15), 11)
    values = [*([1_200.0] * (len(before) - 1)), *_closes((5, 1_000.0))]
    snapshot = market(values, [*before[:-1], *DAYS])
    assert _decided(FLASH, snapshot).outcome is False


def test_a_bear_market_counts_from_the_peak_of_the_year_before() -> None:
    """Twenty per cent under the highest close since 252 days before the start."""
    before = trading_days(date(2022, 12, 20), 260)
    held = [day for day in before if day < AS_OF]
    values = [1_000.0] * len(held)
    values[-200] = 1_100.0
    snapshot = market([*values, *_closes((9, 880.0))], [*held, *DAYS])
    found = _decided(BEAR, snapshot)
    assert (found.outcome, found.day) == (True, DAYS[9])
    assert found.evidence[0].readings[0] == Reading("peak", held[-200], 1_100.0)
    values[-200], values[-256] = 1_000.0, 1_100.0  # 256 closes back: out of the year
    assert _decided(BEAR, market([*values, *_closes((9, 880.0))], [*held, *DAYS])).outcome is False


def test_no_onset_is_scored_within_a_bear_market() -> None:
    """A drawdown that holds at the start is never decided."""
    before = [day for day in trading_days(date(2023, 6, 1), 150) if day < AS_OF]
    values = [1_300.0] * len(before)
    found = _open(BEAR, market([*values, *_closes()], [*before, *DAYS]))
    assert (found.reason, found.final) == ("held_before_start", True)


# -- levels ----------------------------------------------------------------------------------


def test_a_level_is_touched_at_the_bound_from_either_side() -> None:
    """At or beyond the level, on any of the days but the first."""
    assert _decided(LEVEL, market(_closes((7, 900.0)), DAYS)).day == DAYS[7]
    above = Touch(INDEX, 1_100.0, "above")
    assert _decided(above, market(_closes((7, 1_100.0)), DAYS)).outcome
    assert _decided(above, market(_closes((7, 1_099.99)), DAYS)).outcome is False
    assert _decided(LEVEL, market(_closes((0, 850.0)), DAYS)).outcome is False


def test_the_first_touch_decides() -> None:
    """The day is the first on which it came."""
    assert _decided(LEVEL, market(_closes((7, 899.0), (9, 850.0)), DAYS)).day == DAYS[7]


def test_that_nothing_came_is_known_on_the_last_day_only() -> None:
    """One day before the end it is open, on the end it is decided."""
    found = _open(LEVEL, market(_closes()[:-1], DAYS[:-1]))
    assert (found.reason, found.final) == ("not_published_yet", False)
    decided = _decided(LEVEL, market(_closes(), DAYS))
    assert (decided.outcome, decided.day) == (False, END)


def test_what_comes_after_the_end_is_too_late() -> None:
    """A fall one day after the last decides nothing."""
    days = trading_days(AS_OF, 25)
    values = [*_closes(), 500.0, 500.0, 500.0]
    assert _decided(LEVEL, market(values, days)).outcome is False
    assert _decided(FLASH, market(values, days)).outcome is False
    assert _decided(Value(INDEX), market(values, days)).value == 1_000.0


def test_a_window_that_begins_later_counts_from_its_own_start() -> None:
    """Of a statement about a stretch of the future, earlier days are no part."""
    snapshot = market(_closes((3, 800.0), (4, 800.0)), DAYS)
    assert _decided(LEVEL, snapshot).outcome
    assert _decided(LEVEL, snapshot, start=DAYS[5]).outcome is False


# -- when figures are missing ----------------------------------------------------------------


def test_a_hole_in_the_closes_proves_nothing() -> None:
    """A fall that is seen counts; that none came is not known with two closes of 21 missing."""
    keep = [place for place in range(len(DAYS)) if place not in (5, 6)]

    def holed(values: list[float]) -> Snapshot:
        return market([values[place] for place in keep], [DAYS[place] for place in keep])

    assert _decided(LEVEL, holed(_closes((9, 880.0)))).outcome
    found = _open(LEVEL, holed(_closes()))
    assert (found.reason, found.final) == ("gaps_in_series", True)


def test_a_series_that_stopped_is_given_up_after_a_quarter() -> None:
    """Open while it may still come, void three months after the statement's last day."""
    values, days = _closes()[:5], DAYS[:5]
    soon = market(values, days, as_of=END + timedelta(days=92))
    assert _open(LEVEL, soon) == Undecided("not_published_yet")
    late = market(values, days, as_of=END + timedelta(days=93))
    assert _open(LEVEL, late) == Undecided("series_stopped", final=True)
    assert _open(Touch("sp500", 1.0, "below"), soon) == Undecided("not_published_yet")
    assert _open(Touch("sp500", 1.0, "below"), late) == Undecided("series_stopped", final=True)


def test_a_series_that_began_later_decides_nothing() -> None:
    """Without a value near the start there is nothing to measure from."""
    late = trading_days(AS_OF + timedelta(days=9), 15)
    snapshot = market([1_000.0] * 15, late, as_of=late[-1])
    assert _open(LEVEL, snapshot) == Undecided("no_value_at_start", final=True)


def test_a_value_long_before_the_end_is_not_the_value_at_the_end() -> None:
    """A gap of more than ten days at the end leaves quantiles without their value."""
    days = [*DAYS[:8], date(2024, 2, 5)]
    snapshot = market([1_000.0] * 9, days)
    assert _open(Value(INDEX), snapshot) == Undecided("no_value_at_end", final=True)


def test_a_window_that_has_not_begun_waits() -> None:
    """Of a stretch of the future nothing is known, however old the last close is by its start."""
    later = {"start": END + timedelta(days=60), "horizon_end": END + timedelta(days=90)}
    snapshot = market(_closes(), DAYS)
    for event in (LEVEL, FLASH, BEAR, DateIn("x_date", INDEX, 1_500.0)):
        assert _open(event, snapshot, **later) == Undecided("not_published_yet")


def test_figures_before_the_statement_cannot_decide_it() -> None:
    """A snapshot of an earlier day is refused."""
    with pytest.raises(DataError, match="cannot decide it"):
        evaluate(stated(), market([1_000.0], [DAYS[0] - timedelta(days=1)]))


# -- values, moves, decisions, dates ---------------------------------------------------------


def test_a_value_is_the_last_one_of_the_days() -> None:
    """On a last day without an observation, the one before counts; evidence names both ends."""
    days = [*DAYS[:-1], date(2024, 2, 2)]
    found = _decided(Value(INDEX), market([*_closes((20, 1_234.5))[:-1], 700.0], days))
    assert (found.value, found.outcome, found.day) == (1_234.5, None, END)
    assert found.evidence[0].readings[1] == Reading("end", DAYS[20], 1_234.5)


@pytest.mark.parametrize(
    ("event", "came"),
    [
        (Ends(INDEX, 1_050.0, "above"), True),
        (Ends(INDEX, 1_050.1, "above"), False),
        (Ends(INDEX, 1_050.0, "below"), True),
        (Move((Term(INDEX),), 50.0, "above"), True),
        (Move((Term(INDEX),), 50.5, "above"), False),
        (Move((Term(INDEX, -2.0),), -100.0, "below"), True),
    ],
)
def test_ends_and_moves_look_at_the_last_day(event: Event, came: bool) -> None:  # noqa: FBT001
    """Bounds belong to the event; weights bring the terms to one unit."""
    assert _decided(event, market(_closes((21, 1_050.0)), DAYS)).outcome is came


def test_net_liquidity_is_decided_by_the_weeks_of_its_parts(snapshot: Snapshot) -> None:
    """Change of assets less Treasury account less reverse repo, by hand from the snapshot."""
    parts = {"fed_total_assets": 1.0, "treasury_general_account": -1.0}
    event = Move(tuple(Term(name, weight) for name, weight in parts.items()), 0.0, "above")
    start, end = date(2025, 6, 6), date(2025, 9, 5)
    one = stated(event, as_of=start, start=start, horizon_end=end)
    found = evaluate(one, snapshot)
    assert isinstance(found, Decided)

    def change(series: str) -> float:
        after, before = snapshot.before(series, end), snapshot.before(series, start)
        return after.value - before.value

    total = sum(weight * change(name) for name, weight in parts.items())
    assert found.outcome is (total >= 0)
    assert [one.series for one in found.evidence] == list(parts)


@pytest.mark.parametrize(
    ("after", "move"), [(3.63, "cut"), (3.88, "hold"), (3.80, "hold"), (4.13, "raise")]
)
def test_a_decision_is_read_from_the_rate_around_it(after: float, move: str) -> None:
    """Half a step tells a move from noise; the rate must have had days to follow."""
    days = trading_days(date(2025, 12, 1), 14)
    meeting = date(2025, 12, 10)
    values = [3.88 if day <= meeting else after for day in days]
    base: dict[str, Any] = {
        "as_of": date(2025, 12, 5),
        "start": date(2025, 12, 5),
        "horizon_end": meeting,
    }
    moves: tuple[RateMove, ...] = ("cut", "hold", "raise")
    for name in moves:
        event = Decision("effr", meeting, name)
        found = evaluate(stated(event, **base), market(values, days, "effr"))
        assert isinstance(found, Decided)
        assert found.outcome is (name == move)
    early = market(values[:9], days[:9], "effr")
    assert _open(Decision("effr", meeting, "cut"), early, **base).final is False


def _with_fact(snapshot: Snapshot, day: date, status: str = "fact") -> Snapshot:
    fact = Dated(
        date=day,
        kind="fiscal",
        code="x_date",
        source="US Treasury",
        status=status,  # type: ignore[arg-type]
        announced=day,
    )
    return replace(snapshot, events=(fact,))


def test_a_dated_event_is_decided_by_a_fact_or_by_what_rules_it_out() -> None:
    """A fact in the days says yes; a series that stayed below its bound says no; else open."""
    event = DateIn("x_date", INDEX, 1_500.0)
    calm = market(_closes(), DAYS)
    assert _decided(event, calm).outcome is False
    found = _decided(event, _with_fact(calm, DAYS[9]))
    assert (found.outcome, found.day) == (True, DAYS[9])
    assert _decided(event, _with_fact(calm, AS_OF)).outcome is False
    assert _decided(event, _with_fact(calm, DAYS[9], "scheduled")).outcome is False
    reached = market(_closes((9, 1_600.0)), DAYS)
    assert _open(event, reached) == Undecided("no_fact_on_record")
    assert _open(event, market(_closes()[:5], DAYS[:5])) == Undecided("not_published_yet")


# -- evidence --------------------------------------------------------------------------------


def test_evidence_is_the_hash_of_the_observations() -> None:
    """Anybody can compute it: days as whole days since 1970 and values, both little-endian."""
    values = _closes((7, 880.0))
    (evidence,) = _decided(LEVEL, market(values, DAYS)).evidence
    days = np.array(DAYS[:8], dtype="datetime64[D]").astype("<i8").tobytes()
    expected = hashlib.sha256(days + np.array(values[:8], dtype="<f8").tobytes()).hexdigest()
    assert evidence.sha256 == expected
    assert (evidence.first, evidence.last, evidence.count) == (DAYS[0], DAYS[7], 8)


def test_a_revised_figure_has_other_evidence() -> None:
    """One value changed: the same outcome rests on other observations, and shows it."""
    first = _decided(LEVEL, market(_closes((3, 950.0)), DAYS)).evidence[0]
    second = _decided(LEVEL, market(_closes((3, 951.0)), DAYS)).evidence[0]
    assert first.sha256 != second.sha256


# -- nothing later is looked at ----------------------------------------------------------------


def _some(snapshot: Snapshot, day: date) -> tuple[Statement, ...]:
    close = snapshot.before(INDEX, day).value
    events: tuple[Event, ...] = (
        FLASH,
        BEAR,
        Touch(INDEX, round(0.95 * close, 2), "below"),
        Touch(INDEX, round(1.05 * close, 2), "above"),
        Ends(INDEX, close, "above"),
        Move((Term("sp500"),), 0.0, "above"),
    )
    return tuple(
        stated(event, as_of=day, start=day, horizon_end=session_after(day, 63)) for event in events
    )


@settings(max_examples=20, deadline=None)
@given(place=st.integers(300, 6_500), seen=st.integers(1, 70))
def test_later_figures_change_no_decision(place: int, seen: int) -> None:
    """At random days: cut there and whole, what is decided by then is decided alike."""
    from reportgen import bundled

    full = bundled.load()
    days = full.data(INDEX).dates
    start, now = days[place].item(), days[place + seen].item()
    for one in _some(full, start):
        early, late = evaluate(one, full.cut(now)), evaluate(one, full)
        if isinstance(early, Decided):
            assert late == early
        elif isinstance(late, Decided):
            assert late.day > now or late.outcome is False


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(-0.06, 0.06), min_size=21, max_size=21), st.integers(1, 21))
def test_the_rules_are_those_of_the_definitions(steps: list[float], days: int) -> None:
    """Falls and drawdowns against the definition read off the page, day by day."""
    closes = 1_000.0 * np.exp(np.concatenate(([0.0], np.cumsum(steps))))
    snapshot = market(closes.tolist(), DAYS)
    bound = 1e-12
    fell = any(
        closes[u] <= 0.9 * (1 + bound) * max(closes[max(0, u - days) : u + 1]) for u in range(1, 22)
    )
    assert _decided(Fall(INDEX, 0.10, days), snapshot).outcome is fell
    down = any(closes[u] <= 0.8 * (1 + bound) * max(closes[: u + 1]) for u in range(1, 22))
    assert _decided(BEAR, snapshot).outcome is down
