"""The publication calendar: which day, which hour, as of which close, and what is due."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest

from reportgen.config import Settings, load
from reportgen.config.publishing import Schedule
from reportgen.config.report import Build
from reportgen.errors import ConfigError, MissingInputError, UsageError
from reportgen.period import bounds, dates_given, edition_dates, following
from reportgen.schedule import (
    Calendars,
    Coverage,
    EditionPlan,
    TradingDays,
    calendars,
    coverage,
    due,
    plan,
    publication,
    upcoming,
)
from reportgen.schedule.rule import CLOSES_KNOWN, trading_day
from reportgen.schedule.trading import Listed
from reportgen.series import NEW_YORK, spec
from reportgen.snapshot import default_known_at

SHANGHAI = Schedule()


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output folder whose cache all tests of this file share."""
    return tmp_path_factory.mktemp("output")


def settings(output: Path, **schedule: object) -> Settings:
    """Return the defaults but for the schedule and the output folder."""
    made = msgspec.convert(schedule, Schedule)
    return Settings(schedule=made, build=Build(output=str(output)))


@pytest.fixture(scope="module")
def known(output: Path) -> Calendars:
    """New York from 2016 to 2028, as the library has it."""
    return calendars(settings(output), date(2018, 1, 1), date(2026, 12, 31))


def every_day(last_known: date = date(2100, 12, 31), first: date = date(2019, 1, 1)) -> Calendars:
    """Return made-up calendars on which every day trades."""
    count = (min(last_known, date(2028, 12, 31)) - first).days + 1
    days = tuple(first + timedelta(days=ahead) for ahead in range(count))
    listed = Listed(
        code="XALL",
        version="0",
        first_known=first,
        last_known=last_known,
        first=first,
        last=days[-1],
        days=days,
    )
    return Calendars(TradingDays(listed), TradingDays(listed))


def test_the_example_states_the_defaults() -> None:
    """The file in the repository shows the rule that holds without it."""
    assert load(Path(__file__).parent.parent / "reportgen.toml", {}).schedule == Schedule()


# -- the day of the month -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("period", "count", "day"),
    [
        ("2024-12", 2, date(2024, 12, 3)),
        ("2025-01", 2, date(2025, 1, 3)),  # the 1st is closed; the 9th is a day of mourning
        ("2025-01", 6, date(2025, 1, 10)),
        ("2025-09", 1, date(2025, 9, 2)),  # Labor Day
        ("2026-01", 2, date(2026, 1, 5)),
        ("2021-04", 2, date(2021, 4, 5)),  # Good Friday on the 2nd
        ("2024-02", -1, date(2024, 2, 29)),
        ("2024-03", -1, date(2024, 3, 28)),  # Good Friday on the 29th
        ("2023-12", -2, date(2023, 12, 28)),
    ],
)
def test_the_nth_trading_day(known: Calendars, period: str, count: int, day: date) -> None:
    """Holidays move the day on, as the exchange's published calendar has them."""
    assert trading_day(period, count, known.house) == day


def test_no_day_zero_and_no_day_a_month_does_not_have(known: Calendars) -> None:
    """A rule that names no day is refused; a month is never given another day instead."""
    with pytest.raises(ConfigError, match="trading_day is 0"):
        trading_day("2025-02", 0, known.house)
    with pytest.raises(ConfigError, match="2025-02 has 19 trading days"):
        trading_day("2025-02", 20, known.house)


@pytest.mark.parametrize("name", ["2025-13", "2025-1", "25-01", "0000-01", "２０２５-01", ""])
def test_a_period_is_a_month(known: Calendars, name: str) -> None:
    """What is not a month is refused by name."""
    with pytest.raises(UsageError, match="not a month"):
        plan(name, SHANGHAI, known)


# -- the hour, daylight saving ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "day", "time", "expected"),
    [
        # No daylight saving in China.
        ("Asia/Shanghai", "2025-07-02", "07:30", "2025-07-02T07:30:00+08:00"),
        ("Asia/Shanghai", "2025-12-02", "07:30", "2025-12-02T07:30:00+08:00"),
        # New York: an hour is left out on 9 March 2025 and repeated on 2 November.
        ("America/New_York", "2025-03-09", "02:30", "2025-03-09T03:30:00-04:00"),
        ("America/New_York", "2025-11-02", "01:30", "2025-11-02T01:30:00-04:00"),
        ("America/New_York", "2025-11-03", "01:30", "2025-11-03T01:30:00-05:00"),
        # Lord Howe moves its clocks by half an hour.
        ("Australia/Lord_Howe", "2025-10-05", "02:15", "2025-10-05T02:45:00+11:00"),
        ("Australia/Lord_Howe", "2025-04-06", "01:45", "2025-04-06T01:45:00+11:00"),
        # Santiago leaves out the first hour of the day.
        ("America/Santiago", "2025-09-07", "00:30", "2025-09-07T01:30:00-03:00"),
        # Chatham: 45 minutes off the hour.
        ("Pacific/Chatham", "2025-09-28", "03:00", "2025-09-28T04:00:00+13:45"),
        ("Pacific/Chatham", "2025-04-06", "03:00", "2025-04-06T03:00:00+13:45"),
        ("UTC", "2025-03-09", "02:30", "2025-03-09T02:30:00+00:00"),
    ],
)
def test_the_hour_where_clocks_are_moved(zone: str, day: str, time: str, expected: str) -> None:
    """An hour left out is moved on by as much; of a repeated hour it is the first."""
    period, number = day[:7], int(day[8:])
    rule = Schedule(trading_day=min(number, 15), time=time, timezone=zone)
    if number > 15:  # counted from the end: months here have 30 days
        rule = msgspec.structs.replace(rule, trading_day=number - 31)
    assert publication(period, rule, every_day().house).isoformat() == expected


def test_a_zone_that_does_not_exist(known: Calendars) -> None:
    """The nearest zone is named; a folder of the zone database is no zone."""
    with pytest.raises(ConfigError, match="Asia/Shangai") as caught:
        plan("2026-01", Schedule(timezone="Asia/Shangai"), known)
    assert caught.value.hint == "Did you mean Asia/Shanghai?"
    assert caught.value.exit_code == 78
    for name in ("America", "Middle/Earth"):
        with pytest.raises(ConfigError, match=name):
            plan("2026-01", Schedule(timezone=name), known)


# -- the plan of an edition ---------------------------------------------------------------------


def test_the_last_close_before_publication(known: Calendars) -> None:
    """07:30 in Shanghai on Monday 5 January 2026 is Sunday evening in New York: Friday's close."""
    one = plan("2026-01", SHANGHAI, known)
    assert one.publication.isoformat() == "2026-01-05T07:30:00+08:00"
    assert (one.as_of, one.dated) == (date(2026, 1, 2), date(2026, 1, 5))
    assert one.known_at == one.publication
    assert one.dates == dates_given("2026-01", date(2026, 1, 2), date(2026, 1, 5))
    assert one.dates.window_end == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("zone", "time", "as_of"),
    [
        ("America/New_York", "17:59", date(2025, 9, 2)),  # the day's close is not known yet
        ("America/New_York", "18:00", date(2025, 9, 3)),
        ("America/New_York", "07:30", date(2025, 9, 2)),
        ("Asia/Shanghai", "05:59", date(2025, 8, 29)),  # 17:59 the day before in New York
        ("Asia/Shanghai", "06:00", date(2025, 9, 2)),
        ("Pacific/Kiritimati", "07:30", date(2025, 8, 29)),  # 13:30 the day before
    ],
)
def test_a_close_counts_once_it_is_known(
    known: Calendars, zone: str, time: str, as_of: date
) -> None:
    """The second trading day of September 2025 is the 3rd; the 1st is Labor Day."""
    assert plan("2025-09", Schedule(timezone=zone, time=time), known).as_of == as_of


def test_the_hour_of_the_close_is_that_of_the_index() -> None:
    """What the plan calls known and what the figures call published is the same moment."""
    release = spec("nasdaq_composite").release
    assert (release.days, release.time) == (0, f"{CLOSES_KNOWN:%H:%M}")


def test_stated_dates_are_kept(known: Calendars) -> None:
    """December 2025 is as of the 5th, dated the 7th, and due when what it knows was known."""
    one = plan("2025-12", SHANGHAI, known)
    assert one.dates == edition_dates(date(2025, 12, 5))
    assert one.known_at == one.publication == default_known_at(date(2025, 12, 5))
    assert one.known_at == datetime(2025, 12, 8, 23, 59, tzinfo=NEW_YORK)
    assert one.publication.tzinfo == ZoneInfo("Asia/Shanghai")


def test_months_follow_each_other() -> None:
    """Over the turn of the year, forwards and back; a leap year's February has 29 days."""
    assert [following("2025-12"), following("2026-01", -1), following("2024-02", 12)] == [
        "2026-01",
        "2025-12",
        "2025-02",
    ]
    assert bounds("2024-02") == (date(2024, 2, 1), date(2024, 2, 29))


# -- what is due --------------------------------------------------------------------------------

JANUARY = datetime(2026, 1, 5, 7, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("now", "published", "expected"),
    [
        (JANUARY - SECOND, {"2025-12"}, ("2025-12", "not_due")),
        (JANUARY, {"2025-12"}, ("2026-01", "due")),
        (JANUARY + timedelta(days=10), {"2025-12"}, ("2026-01", "due")),
        (JANUARY + timedelta(days=10) + SECOND, {"2025-12"}, ("2026-01", "late")),
        (JANUARY, {"2026-01"}, ("2026-01", "not_due")),
        (JANUARY + timedelta(days=28), {"2026-01"}, ("2026-01", "not_due")),
        (JANUARY + timedelta(days=40), {"2025-12"}, ("2026-02", "late")),
        (JANUARY + timedelta(days=31), {"2025-12"}, ("2026-02", "due")),  # January is left out
        (JANUARY - SECOND, {"2025-11"}, ("2025-12", "late")),
    ],
)
def test_what_is_due(
    known: Calendars, now: datetime, published: set[str], expected: tuple[str, str]
) -> None:
    """The newest edition whose moment has passed, until it is published or too late."""
    found = due(now, published, SHANGHAI, known)
    assert (found.period, found.state) == expected
    assert found.plan == plan(found.period, SHANGHAI, known)


def test_upcoming_begins_after_now(known: Calendars) -> None:
    """An edition due at this moment is not to come any more."""
    before = [one.period for one in upcoming(JANUARY - SECOND, 3, SHANGHAI, known)]
    assert before == ["2026-01", "2026-02", "2026-03"]
    assert [one.period for one in upcoming(JANUARY, 2, SHANGHAI, known)] == ["2026-02", "2026-03"]


ZONES = (
    "Asia/Shanghai",
    "America/New_York",
    "Europe/London",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
)


RULES = ((2, "07:30"), (1, "00:15"), (-1, "23:45"))


@pytest.mark.parametrize("zone", ZONES)
def test_each_edition_comes_out_once(known: Calendars, zone: str) -> None:
    """Five years of ticks thirteen hours apart: every month has one edition, in order."""
    for count, time in RULES:
        five_years(known, Schedule(trading_day=count, time=time, timezone=zone), 13)


@pytest.mark.long
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(("count", "time"), RULES)
def test_each_edition_comes_out_within_the_hour(
    known: Calendars, zone: str, count: int, time: str
) -> None:
    """Five years of hourly ticks, likewise."""
    five_years(known, Schedule(trading_day=count, time=time, timezone=zone), 1)


def five_years(known: Calendars, rule: Schedule, hours: int) -> None:
    """Tick through 2020 to 2024; no edition may be left out, doubled or late."""
    step, rule = timedelta(hours=hours), msgspec.structs.replace(rule, late_days=1)
    tick, end = datetime(2020, 1, 1, 0, 17, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)
    first = due(tick, (), rule, known).period
    published = {first: timedelta(0)}
    while tick < end:
        found = due(tick, published, rule, known)
        if found.state != "not_due":
            assert found.state == "due"
            assert found.period not in published
            published[found.period] = tick - found.plan.publication
        tick += step
    assert list(published) == [following(first, ahead) for ahead in range(len(published))]
    assert len(published) in (60, 61)
    assert max(published.values()) < step


@pytest.mark.parametrize("hours_off", [1, 24, 72, 239])
def test_a_machine_that_was_off_catches_up_once(known: Calendars, hours_off: int) -> None:
    """The first tick after the pause finds the edition due, the next one nothing."""
    back = JANUARY + timedelta(hours=hours_off)
    assert due(back, {"2025-12"}, SHANGHAI, known).state == "due"
    assert due(back + SECOND, {"2025-12", "2026-01"}, SHANGHAI, known).state == "not_due"


# -- what the calendar knows --------------------------------------------------------------------


def test_beyond_the_last_known_day_nothing_is_guessed() -> None:
    """A calendar that ends on 31 December says so, with 78; before that it answers."""
    ends = every_day(last_known=date(2026, 12, 31))
    new_year = datetime(2027, 1, 1, 12, tzinfo=UTC)
    assert due(new_year - timedelta(days=2), {"2026-12"}, SHANGHAI, ends).state == "not_due"
    with pytest.raises(ConfigError, match="known after 2026-12-31") as caught:
        due(new_year, {"2026-12"}, SHANGHAI, ends)
    assert caught.value.exit_code == 78
    given: list[EditionPlan] = []
    with pytest.raises(ConfigError, match="2026-12-31"):
        given.extend(upcoming(new_year - timedelta(days=95), 12, SHANGHAI, ends))
    told = upcoming(new_year - timedelta(days=95), 3, SHANGHAI, ends)
    assert [one.period for one in told] == ["2026-10", "2026-11", "2026-12"]


def test_a_month_known_in_part() -> None:
    """Its first days can be counted; its last day cannot, and the days that are known do not do."""
    ends = every_day(last_known=date(2026, 6, 15))
    assert trading_day("2026-06", 2, ends.house) == date(2026, 6, 2)
    with pytest.raises(ConfigError, match="after 2026-06-15"):
        trading_day("2026-06", -1, ends.house)
    with pytest.raises(ConfigError, match="after 2026-06-15"):
        trading_day("2026-06", 16, ends.house)


def test_before_the_first_known_day() -> None:
    """A month before the exchange is known is refused likewise."""
    with pytest.raises(ConfigError, match="known before 2019-01-01"):
        plan("2018-12", SHANGHAI, every_day())


def test_shanghai_ends_where_the_library_does(output: Path) -> None:
    """The library lists China's holidays by year: the last it has is the last known day."""
    exchange_calendars = pytest.importorskip("exchange_calendars")
    last = exchange_calendars.get_calendar("XSHG", "2024-01-02", "2024-01-12").bound_max().date()
    shanghai = settings(output, calendar="XSHG")
    today = last - timedelta(days=40)
    assert coverage(shanghai, today) == Coverage(last, 40)
    assert coverage(shanghai, last + timedelta(days=3)) == Coverage(last, -3)
    found = calendars(shanghai, today)
    assert found.house.between(last - timedelta(days=60), last + timedelta(days=400))
    with pytest.raises(ConfigError, match=f"after {last}"):
        plan(f"{last + timedelta(days=1):%Y-%m}", shanghai.schedule, found)


def test_an_exchange_nobody_knows(output: Path) -> None:
    """The nearest exchange is named, with 78."""
    with pytest.raises(ConfigError, match="XHKK") as caught:
        calendars(settings(output, calendar="XHKK"), date(2026, 1, 5))
    assert caught.value.hint == "Did you mean XHKG?"


@pytest.mark.parametrize("code", ["XTSE", "NYSE"])
def test_any_exchange_of_the_library(output: Path, code: str) -> None:
    """Its days are the library's sessions; other names of an exchange do as well."""
    import exchange_calendars

    found = calendars(settings(output, calendar=code), date(2025, 6, 1)).house
    whole = exchange_calendars.get_calendar(code, start="2025-01-01", end="2025-12-31")
    days = found.between(date(2025, 1, 1), date(2025, 12, 31))
    assert days == tuple(day.date() for day in whole.sessions)


def test_own_corrections_count(output: Path) -> None:
    """On 1 September 2023 a typhoon kept Hong Kong closed; the library has it as a session."""
    found = calendars(settings(output, calendar="XHKG"), date(2023, 9, 1)).house
    assert trading_day("2023-09", 1, found) == date(2023, 9, 4)


# -- the cached file ----------------------------------------------------------------------------


def refuse_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make asking the library an error."""

    def asked(*_: object) -> Listed:
        raise AssertionError("the library was asked")

    monkeypatch.setattr("reportgen.schedule.library.listed", asked)


def test_the_cached_file_answers(output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For two years after it was made, and three before, the library is not asked again."""
    first = calendars(settings(output), date(2026, 1, 5))
    refuse_library(monkeypatch)
    assert calendars(settings(output), date(2026, 1, 5)) == first
    assert calendars(settings(output), date(2023, 6, 1), date(2027, 12, 1)) == first


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{}",
        b'{"format":0,"code":"XNYS"',
        b"\xff\xfe",
    ],
)
def test_a_damaged_file_is_made_again(tmp_path: Path, damage: bytes) -> None:
    """What is no whole answer counts for nothing."""
    before = calendars(settings(tmp_path), date(2026, 1, 5))
    path = tmp_path / "cache/trading-days-XNYS.json"
    whole = path.read_bytes()
    path.write_bytes(damage)
    assert calendars(settings(tmp_path), date(2026, 1, 5)) == before
    assert path.read_bytes() == whole


def test_another_version_of_the_library_is_asked(tmp_path: Path) -> None:
    """A file made by an older library is made again: it may know less."""
    calendars(settings(tmp_path), date(2026, 1, 5))
    path = tmp_path / "cache/trading-days-XNYS.json"
    kept = msgspec.json.decode(path.read_bytes(), type=Listed)
    path.write_bytes(msgspec.json.encode(msgspec.structs.replace(kept, version="0", days=())))
    assert calendars(settings(tmp_path), date(2026, 1, 5)).house.listed == kept


def test_a_span_that_was_not_kept_is_added(tmp_path: Path) -> None:
    """An old month makes the file longer, and shorter again nothing."""
    calendars(settings(tmp_path), date(2026, 1, 5))
    long = calendars(settings(tmp_path), date(2012, 1, 5)).house.listed
    assert (long.first.year, long.last) == (2008, date(2028, 12, 31))
    assert calendars(settings(tmp_path), date(2026, 1, 5)).house.listed == long


def test_without_a_place_for_the_file(tmp_path: Path) -> None:
    """Where nothing can be written the library answers every time."""
    (tmp_path / "cache").write_text("no folder")
    assert calendars(settings(tmp_path), date(2026, 1, 5)).house.listed.days


def test_a_day_beyond_what_was_asked_for_is_a_mistake_of_the_program(known: Calendars) -> None:
    """Days that are known but were not loaded are never taken for closed."""
    with pytest.raises(ValueError, match="was not asked for"):
        plan("2030-01", SHANGHAI, known)


# -- the house's own holidays -------------------------------------------------------------------


def test_own_holidays_are_no_trading_days(output: Path, tmp_path: Path) -> None:
    """They move the publication; the last close stays that of New York."""
    path = tmp_path / "holidays.txt"
    path.write_text("# the house is closed\n\n2026-01-02  # a Friday\n2026-01-05\n")
    found = calendars(settings(output, holidays=str(path)), date(2026, 1, 5))
    one = plan("2026-01", SHANGHAI, found)
    assert (one.dated, one.as_of) == (date(2026, 1, 7), date(2026, 1, 6))
    assert found.new_york.between(date(2026, 1, 1), date(2026, 1, 5)) == (
        date(2026, 1, 2),
        date(2026, 1, 5),
    )
    assert found.house.holidays.file == str(path)


def test_a_complete_holiday_file_stands_in_where_the_library_ends(
    output: Path, tmp_path: Path
) -> None:
    """Only when it says how far it is complete, and only so far."""
    exchange_calendars = pytest.importorskip("exchange_calendars")
    last = exchange_calendars.get_calendar("XSHG", "2024-01-02", "2024-01-12").bound_max().date()
    new_year = last + timedelta(days=1)
    path, period = tmp_path / "holidays.txt", f"{new_year:%Y-%m}"
    path.write_text(f"{new_year}\n")
    house = settings(output, calendar="XSHG", holidays=str(path))
    with pytest.raises(ConfigError, match=f"after {last}"):
        plan(period, house.schedule, calendars(house, new_year))
    path.write_text(f"{new_year}\ncomplete until {new_year.year}-06-30\n")
    found = calendars(house, new_year)
    first, month_end = bounds(period)
    weekdays = [first + timedelta(days=ahead) for ahead in range((month_end - first).days + 1)]
    expected = [day for day in weekdays if day.weekday() < 5 and day != new_year]
    assert plan(period, house.schedule, found).dated == expected[1]
    assert found.house.between(first, month_end) == tuple(expected)
    assert coverage(house, new_year).last_known == date(new_year.year, 6, 30)
    with pytest.raises(ConfigError, match=f"after {new_year.year}-06-30"):
        plan(f"{new_year.year}-07", house.schedule, calendars(house, date(new_year.year, 6, 20)))


def test_a_holiday_file_that_is_wrong(output: Path, tmp_path: Path) -> None:
    """The line is named; a file that is not there is 66."""
    path = tmp_path / "holidays.txt"
    path.write_text("2026-01-02\n2026-02-30\n")
    with pytest.raises(ConfigError, match=r"holidays\.txt, line 2: '2026-02-30'"):
        calendars(settings(output, holidays=str(path)), date(2026, 1, 5))
    path.write_text("complete until summer\n")
    with pytest.raises(ConfigError, match="line 1: 'summer'"):
        calendars(settings(output, holidays=str(path)), date(2026, 1, 5))
    path.write_bytes(b"\xff")
    with pytest.raises(ConfigError, match="not UTF-8"):
        calendars(settings(output, holidays=str(path)), date(2026, 1, 5))
    with pytest.raises(MissingInputError, match="cannot be read"):
        calendars(settings(output, holidays=str(tmp_path / "no.txt")), date(2026, 1, 5))
