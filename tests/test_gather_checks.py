"""Before a model sees an answer: what is cut, put in order, dropped, told and refused."""

from __future__ import annotations

import pickle
from datetime import date, datetime

import exchange_calendars
import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.gather.checks import Examined, examined, freshness
from reportgen.gather.findings import Finding, Unsound
from reportgen.series import NEW_YORK, Endpoint, SeriesSpec, Step, catalogue, spec
from reportgen.sessions import last_close, sessions, within_knowledge
from reportgen.snapshot import Note, Snapshot, series_data
from reportgen.sources.base import Observations, Scope

SCOPE = Scope(date(2025, 12, 5), datetime(2025, 12, 8, 23, 59, tzinfo=NEW_YORK))
PLAIN = Endpoint(name="fred", id="X")
INDEX = spec("nasdaq_composite")
LOOSE = msgspec.structs.replace(INDEX, calendar="", low=-1e6, high=1e6, step=Step())


def answer(*rows: tuple[str, float], released: list[str] | None = None) -> Observations:
    """Return observations as a source gives them."""
    return Observations(
        np.array([day for day, _ in rows], dtype="datetime64[D]"),
        np.array([number for _, number in rows], dtype=np.float64),
        None if released is None else np.array(released, dtype="datetime64[D]"),
    )


def trading(first: str, last: str, level: float = 100.0) -> Observations:
    """Return one level on every session of New York."""
    days = sessions("XNYS", date.fromisoformat(first), date.fromisoformat(last))
    return Observations(days, np.full(days.size, level))


def run(
    data: Observations, known: SeriesSpec = INDEX, endpoint: Endpoint = PLAIN, scope: Scope = SCOPE
) -> Examined:
    """Examine with the defaults of this file."""
    return examined(data, known, endpoint, scope)


def test_the_good_friday_row_is_found_by_the_calendar() -> None:
    """FRED's NASDAQCOM has a row on 2019-04-19, when the exchange was closed: it is dropped."""
    rows = [("2019-04-17", 7996.08), ("2019-04-18", 7998.06), ("2019-04-19", 7998.063)]
    found = run(answer(*rows, ("2019-04-22", 8015.27)))
    assert [str(day) for day in found.data.dates] == ["2019-04-17", "2019-04-18", "2019-04-22"]
    day = date(2019, 4, 19)
    assert found.findings == (Finding("no_session", day, day, 1),)
    assert found.findings[0].note == Note(code="no_session", first=day, last=day, count=1)


def test_weekend_rows_are_dropped_together() -> None:
    """Rows on days without a session are one finding with first, last and count."""
    rows = [("2025-11-28", 1e4), ("2025-11-29", 1e4), ("2025-11-30", 1e4), ("2025-12-01", 1e4)]
    found = run(answer(*rows))
    expected = Finding("no_session", date(2025, 11, 29), date(2025, 11, 30), 2)
    assert found.findings == (expected,)


def test_nothing_but_weekend_rows_leaves_nothing() -> None:
    """An answer may be left without an observation; that is no error of the checks."""
    found = run(answer(("2025-11-29", 1e4), ("2025-11-30", 1e4)))
    assert found.data.dates.size == 0


def test_short_gaps_are_told_together_and_each_hole_alone() -> None:
    """Up to five sessions in a row are a gap, more are a hole; no session is counted twice."""
    whole = trading("2025-06-02", "2025-11-28")
    kept = np.ones(whole.dates.size, dtype=np.bool_)
    kept[[3, 10, 11, 12, 13, 14]] = False
    kept[40:46] = False
    found = run(Observations(whole.dates[kept], whole.numbers[kept]))
    day = [one.item() for one in whole.dates]
    assert found.findings == (
        Finding("gap", day[3], day[14], 6),
        Finding("hole", day[40], day[45], 6),
    )


def test_an_unscheduled_closure_is_no_gap() -> None:
    """On 11 September 2001 and the three days after, New York did not trade."""
    rows = [("2001-09-10", 1695.38), ("2001-09-17", 1579.55)]
    assert run(answer(*rows)).findings == ()


def test_days_before_the_calendar_begins_are_not_judged() -> None:
    """The library knows Tokyo from 1997: earlier rows stay, Sundays included."""
    rows = [("1989-12-29", 38915.87), ("1989-12-31", 38915.87), ("1990-01-04", 38712.88)]
    found = run(answer(*rows), spec("nikkei_225"))
    assert found.data.dates.size == 3
    assert found.findings == ()


def test_the_order_of_the_answer_does_not_matter() -> None:
    """Out of order is a finding that names the rows that came too late; the values are the same."""
    rows = [("2025-12-01", 1.0), ("2025-12-03", 3.0), ("2025-12-02", 2.0), ("2025-12-04", 4.0)]
    found = run(answer(*rows), LOOSE)
    assert found.data.numbers.tolist() == [1.0, 2.0, 3.0, 4.0]
    assert found.findings == (Finding("unordered", date(2025, 12, 2), date(2025, 12, 2), 1),)


def test_a_repeated_row_counts_once() -> None:
    """Of equal values of one day the one published first is kept."""
    rows = [("2025-12-01", 1.0), ("2025-12-01", 1.0), ("2025-12-02", 2.0)]
    found = run(answer(*rows, released=["2025-12-03", "2025-12-02", "2025-12-03"]), LOOSE)
    assert found.data.released is not None
    assert [str(day) for day in found.data.released] == ["2025-12-02", "2025-12-03"]
    assert found.findings == (Finding("duplicate", date(2025, 12, 1), date(2025, 12, 1), 1),)


def test_two_values_of_one_day_are_refused() -> None:
    """Nobody can say which is right; day and both values are named."""
    with pytest.raises(Unsound) as caught:
        run(answer(("2025-12-01", 1.0), ("2025-12-02", 2.0), ("2025-12-01", 1.5)), LOOSE)
    assert (caught.value.code, caught.value.day) == ("contradictory", date(2025, 12, 1))
    assert "is 1 and 1.5 on the same day, 2025-12-01" in caught.value.message


def test_an_implausible_value_is_refused() -> None:
    """Series, value, day and the plausible range stand in the sentence."""
    with pytest.raises(Unsound) as caught:
        run(answer(("2025-12-01", 17.0), ("2025-12-02", 0.17)), spec("vix"))
    assert caught.value.code == "out_of_range"
    assert caught.value.message == (
        "Series vix is 0.17 on 2025-12-02, outside the plausible 5 to 150."
    )


def test_a_single_spike_is_dropped_and_told() -> None:
    """A misplaced point inside the series, taken back the next day, costs that day alone."""
    data = trading("2025-11-03", "2025-12-05", 20_000.0)
    data.numbers[5] = 2_000.0
    data.numbers[9] = 2_000.0
    found = run(data)
    assert found.data.dates.size == data.dates.size - 2
    assert set(found.data.numbers.tolist()) == {20_000.0}
    first, last = data.dates[5].item(), data.dates[9].item()
    assert found.findings == (Finding("spike", first, last, 2),)


@pytest.mark.parametrize("from_position", [-1, -2, 8])
def test_a_step_that_is_not_taken_back_is_refused(from_position: int) -> None:
    """At the end, or lasting: it cannot be told from a change of unit, and the day is named."""
    data = trading("2025-11-03", "2025-12-05", 20_000.0)
    data.numbers[from_position:] = 2_000.0
    with pytest.raises(Unsound) as caught:
        run(data)
    assert caught.value.code == "step"
    assert caught.value.day == data.dates[from_position].item()
    assert f"to 2000 on {data.dates[from_position]}" in caught.value.message


def test_a_wrong_first_value_is_refused() -> None:
    """Without anything before it, it cannot be told which side of the step is wrong."""
    data = trading("2025-11-03", "2025-12-05", 20_000.0)
    data.numbers[0] = 2_000.0
    with pytest.raises(Unsound, match="goes from 2000 on 2025-11-03"):
        run(data)


def test_a_step_in_the_unit_of_the_series() -> None:
    """A yield's step is bounded in percentage points, whatever its sign."""
    known = msgspec.structs.replace(LOOSE, step=Step(absolute=1.5))
    calm = run(answer(("2025-12-01", -0.5), ("2025-12-02", 1.0), ("2025-12-03", 0.0)), known)
    assert calm.findings == ()
    with pytest.raises(Unsound, match=r"goes from -0.5 on 2025-12-01 to 1.1"):
        run(answer(("2025-12-01", -0.5), ("2025-12-02", 1.1)), known)


def test_the_crash_of_1987_passes() -> None:
    """The largest one-day falls of the S&P 500 (282.70 to 224.84) are no mistake."""
    rows = [("1987-10-16", 282.70), ("1987-10-19", 224.84), ("1987-10-20", 236.83)]
    assert run(answer(*rows), spec("sp500")).findings == ()


def test_factor_and_first_day_of_the_endpoint() -> None:
    """Values come into the catalogue's unit, and days the endpoint has wrong are left out."""
    endpoint = Endpoint(name="treasury", id="X", factor=1e-6, first=date(2025, 12, 2))
    rows = [("2025-12-01", -9e20), ("2025-12-02", 38.0e12), ("2025-12-03", 38.1e12)]
    found = run(answer(*rows), spec("federal_debt"), endpoint)
    assert found.data.numbers.tolist() == pytest.approx([38.0e6, 38.1e6])


def test_what_was_not_yet_published_is_cut() -> None:
    """The yen rate of a week comes on the next Monday: on Friday the week is not known."""
    rows = [("2025-11-28", 156.0), ("2025-12-01", 155.4), ("2025-12-05", 155.3)]
    friday = Scope(date(2025, 12, 5), datetime(2025, 12, 5, 23, 59, tzinfo=NEW_YORK))
    assert run(answer(*rows), spec("usdjpy"), scope=friday).data.dates.size == 1
    assert run(answer(*rows), spec("usdjpy")).data.dates.size == 3


def test_the_days_of_publication_a_source_states_go_before_the_rule() -> None:
    """What a source says was published later is not known, though the rule would have it so."""
    rows = [("2025-12-01", 1.0), ("2025-12-02", 2.0)]
    found = run(answer(*rows, released=["2025-12-01", "2025-12-20"]), LOOSE)
    assert found.data.numbers.tolist() == [1.0]


def test_every_observation_has_its_day_of_publication() -> None:
    """Where the source states none, the catalogue's rule and exceptions fill it in."""
    found = run(answer(("2025-12-01", 1e4), ("2025-12-02", 1e4)))
    assert found.data.released is not None
    assert found.data.released.tolist() == found.data.dates.tolist()


FAULTS = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from([1.0, 1.01, 2.0, 0.01, 1e9])), max_size=12
)


@settings(max_examples=60, deadline=None)
@given(later=FAULTS)
def test_what_comes_after_the_two_dates_changes_nothing(later: list[tuple[int, float]]) -> None:
    """Neither wrong values nor disorder nor repetition after the as-of date can be noticed."""
    past = trading("2025-10-01", "2025-12-05", 20_000.0)
    future = [(np.datetime64("2025-12-06") + step, 20_000.0 * factor) for step, factor in later]
    more = Observations(
        np.concatenate([np.array([day for day, _ in future], "datetime64[D]"), past.dates]),
        np.concatenate([np.array([value for _, value in future]), past.numbers]),
    )
    one, other = run(past), run(more)
    assert one.findings == other.findings
    assert one.data.dates.tolist() == other.data.dates.tolist()
    assert one.data.numbers.tolist() == other.data.numbers.tolist()


def test_freshness_is_that_of_a_snapshot() -> None:
    """Age and staleness of examined observations are what the snapshot will say of them."""
    found = run(answer(("2025-11-26", 1e4), ("2025-11-28", 1e4)))
    data = series_data(INDEX, found.data.dates, found.data.numbers, retrieved="2025-12-05")
    snapshot = Snapshot(SCOPE.as_of, SCOPE.known_at, {INDEX.id: data})
    one = freshness(found.data, INDEX, SCOPE.as_of)
    assert one == snapshot.freshness(INDEX.id)
    assert (one.age_days, one.stale) == (7, True)


def test_a_refusal_travels_between_processes() -> None:
    """Code, sentence and day survive pickling."""
    one = pickle.loads(pickle.dumps(Unsound("step", "A sentence.", date(2025, 12, 5))))
    assert (one.code, one.message, one.day) == ("step", "A sentence.", date(2025, 12, 5))


def test_every_step_of_the_catalogue_catches_a_factor_of_a_hundred() -> None:
    """A relative step lets no factor of ten pass, so a misplaced point is noticed."""
    for known in catalogue().values():
        assert known.step.relative is None or known.step.relative < 9, known.id


@pytest.mark.parametrize(
    ("calendar", "first"), [("XNYS", "1971-01-01"), ("XSHG", "1990-12-19"), ("XTKS", "1998-06-01")]
)
def test_the_sessions_are_the_library_s(calendar: str, first: str) -> None:
    """The short way to the sessions finds the same days as the library's whole calendar."""
    whole = exchange_calendars.get_calendar(calendar, start=first, end="2025-12-31")
    expected = whole.sessions.to_numpy().astype("datetime64[D]")
    found = sessions(calendar, date.fromisoformat(first), date(2025, 12, 31))
    assert found.tolist() == expected.tolist()


@pytest.mark.parametrize(
    "closed",
    [
        "1985-09-27",  # hurricane Gloria
        "2001-09-11",
        "2001-09-14",
        "2004-06-11",  # mourning for Ronald Reagan
        "2007-01-02",  # mourning for Gerald Ford
        "2012-10-29",  # hurricane Sandy
        "2012-10-30",
        "2018-12-05",  # mourning for George H. W. Bush
        "2025-01-09",  # mourning for Jimmy Carter
    ],
)
def test_new_york_was_closed(closed: str) -> None:
    """Hurricanes, attacks and days of mourning (NYSE, list of special closings)."""
    day = date.fromisoformat(closed)
    assert sessions("XNYS", day, day).size == 0


@pytest.mark.parametrize(
    ("calendar", "day", "traded"),
    [
        ("XTKS", "1998-05-06", 1),  # Nikkei 225 closed at 15243.84
        ("XHKG", "2023-09-01", 0),  # typhoon Saola
        ("XHKG", "2023-09-08", 0),  # black rainstorm
        ("XHKG", "2023-09-07", 1),
    ],
)
def test_days_the_library_has_wrong(calendar: str, day: str, traded: int) -> None:
    """Where the library errs, the record of the exchange counts."""
    one = date.fromisoformat(day)
    assert sessions(calendar, one, one).size == traded


def test_outside_the_known_span_there_are_no_sessions() -> None:
    """Nothing is claimed for Tokyo in 1990 or Shanghai in 2099."""
    assert sessions("XTKS", date(1990, 1, 1), date(1990, 12, 31)).size == 0
    assert sessions("XSHG", date(2099, 1, 1), date(2099, 12, 31)).size == 0
    days = np.array(["1990-01-04", "2000-01-04"], dtype="datetime64[D]")
    assert within_knowledge("XTKS", days).tolist() == [False, True]


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2025-12-05T17:59", date(2025, 12, 4)),
        ("2025-12-05T18:00", date(2025, 12, 5)),
        ("2025-12-07T12:00", date(2025, 12, 5)),
        ("2025-11-27T20:00", date(2025, 11, 26)),  # Thanksgiving
    ],
)
def test_the_last_close(moment: str, day: date) -> None:
    """A session counts from the hour its closes are published."""
    assert last_close(datetime.fromisoformat(moment).replace(tzinfo=NEW_YORK)) == day
