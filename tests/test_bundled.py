"""The bundled December 2025 figures: true to their publishers, and nothing known too early."""

from __future__ import annotations

from datetime import date, datetime

import exchange_calendars
import numpy as np
import pytest

from reportgen import bundled
from reportgen import snapshot as snapshots
from reportgen.bundled.history import earlier_closes, joined_series
from reportgen.errors import DataError, MissingInputError
from reportgen.series import NEW_YORK, catalogue, spec
from reportgen.snapshot import Snapshot, series_data

AS_OF = date(2025, 12, 5)
KNOWN_AT = datetime(2025, 12, 8, 23, 59, tzinfo=NEW_YORK)


def test_every_series_of_the_catalogue_is_there(snapshot: Snapshot) -> None:
    """The report's series, but those only asked for live and those of the reader's own folder.

    The Bank of Japan's rate stands among the edition's dated events.
    """
    live_only = {"bank_assets", "boj_policy_rate", "treasury_bill_4w", "treasury_bill_3m"}
    optional = {name for name, one in catalogue().items() if one.optional}
    assert set(snapshot.series) == set(catalogue()) - live_only - optional


def test_the_two_dates_of_the_edition(snapshot: Snapshot) -> None:
    """As of the Friday, known by the end of the Monday in New York."""
    assert snapshot.as_of == AS_OF
    assert snapshot.known_at == KNOWN_AT


def test_the_files_are_sound() -> None:
    """Every file fits its sha256, and none was slipped in."""
    for period in bundled.PERIODS:
        snapshots.verify(bundled.FOLDER / period)


def test_nothing_is_dated_or_published_too_late(snapshot: Snapshot) -> None:
    """No observation after 5 December, none published after 8 December 2025."""
    for name, data in snapshot.series.items():
        assert data.dates.max() <= np.datetime64(AS_OF), name
        assert data.released.max() <= np.datetime64(KNOWN_AT.date()), name


@pytest.mark.parametrize(
    ("series", "value", "day"),
    [
        ("nasdaq_composite", 23_578.13, "2025-12-05"),
        ("nasdaq_composite_weekly", 23_578.13, "2025-12-05"),
        ("vix", 15.41, "2025-12-05"),
        ("skew", 148.83, "2025-12-05"),
        ("usdjpy", 155.3, "2025-12-05"),
        ("federal_debt", 38_389_370.0, "2025-12-04"),
        ("reserve_balances", 2_858_284.0, "2025-12-03"),
        ("nfci", -0.511, "2025-11-28"),
        ("cape", 39.28, "2025-11-30"),
        ("microsoft_capex", 19.39, "2025-09-30"),
    ],
)
def test_last_values(snapshot: Snapshot, series: str, value: float, day: str) -> None:
    """The last figure of each publisher, to the digit."""
    last = snapshot.last(series)
    assert (last.value, last.date.isoformat()) == (value, day)


@pytest.mark.parametrize(
    ("series", "day"),
    [
        # CFTC, publication schedule of 18 November 2025: 28 October on 5 December, 4 November
        # on 9 December.
        ("yen_noncommercial_long", "2025-10-28"),
        ("yen_noncommercial_short", "2025-10-28"),
        # Bureau of Labor Statistics: October never, November on 16 and 18 December.
        ("cpi", "2025-09-01"),
        ("unemployment_rate", "2025-09-01"),
        # OECD: about two months after the month.
        ("japan_3m_rate", "2025-09-01"),
    ],
)
def test_what_was_not_known_yet_is_not_there(snapshot: Snapshot, series: str, day: str) -> None:
    """Figures of later weeks exist today, but on 8 December 2025 nobody had them."""
    assert snapshot.last(series).date.isoformat() == day


def test_the_delayed_series_are_stale_and_no_others(snapshot: Snapshot) -> None:
    """The shutdown made three publications late; everything else is fresh."""
    stale = {name for name in snapshot.series if snapshot.freshness(name).stale}
    assert stale == {
        "cpi",
        "unemployment_rate",
        "yen_noncommercial_long",
        "yen_noncommercial_short",
    }


def test_consumer_prices_are_the_vintage_of_the_time(snapshot: Snapshot) -> None:
    """Seasonally adjusted, as published on 24 October 2025 (BLS): 324.368, 3.0 % on the year.

    The factors were revised in February 2026; that revision must not be in an earlier edition.
    """
    values = snapshot.values("cpi")
    assert values["2025-09-01"] == 324.368
    assert values["2024-09-01"] == 314.851
    assert "2025-10-01" not in values.index
    assert round((values["2025-09-01"] / values["2024-09-01"] - 1) * 100, 1) == 3.0


def test_unemployment_is_the_vintage_of_the_time(snapshot: Snapshot) -> None:
    """July 2025 was 4.2 % (BLS) until the yearly revision of January 2026 made it 4.3."""
    assert snapshot.values("unemployment_rate")["2025-07-01"] == 4.2


def test_extremes_of_the_index(snapshot: Snapshot) -> None:
    """Record close of 29 October 2025, lows of April 2025 and December 2022 (Nasdaq)."""
    closes = snapshot.values("nasdaq_composite")
    assert (closes.max(), str(closes.idxmax())[:10]) == (23_958.47, "2025-10-29")
    assert closes["2025-04-08"] == 15_267.91
    assert closes["2022-12-28"] == closes["2022-01-01":"2022-12-31"].min() == 10_213.29


def test_long_averages_of_the_index(snapshot: Snapshot) -> None:
    """200 weeks: 15,643; 50 month ends to November 2025: 15,657 (known answers of model M3)."""
    closes = snapshot.values("nasdaq_composite")
    weeks = closes.resample("W-FRI").last()
    months = closes[:"2025-11-30"].resample("ME").last()
    assert round(weeks.iloc[-200:].mean()) == 15_643
    assert round(months.iloc[-50:].mean()) == 15_657


@pytest.mark.parametrize("series", ["nasdaq_composite", "sp500"])
def test_the_index_reaches_back_to_1999(snapshot: Snapshot, series: str) -> None:
    """Earlier closes come from the arch package, and the series says so."""
    data = snapshot.data(series)
    early, late = data.parts
    assert str(data.dates[0]) == "1999-01-04"
    assert early.publisher_id.startswith("arch.data.")
    assert late.publisher_id == spec(series).publisher_id
    assert early.last < late.first


def test_the_index_in_earlier_crises(snapshot: Snapshot) -> None:
    """The dot-com peak and low: closes of 10 March 2000 and 9 October 2002 (Nasdaq)."""
    closes = snapshot.values("nasdaq_composite")
    assert closes["2000-03-10"] == 5_048.62
    assert closes["2002-10-09"] == 1_114.11
    assert len(closes["2002-07-20":"2004-12-31"]) > 600


@pytest.mark.parametrize(
    "series", [name for name, one in catalogue().items() if one.calendar and one.calendar != "XHKG"]
)
def test_every_observation_falls_on_a_session(snapshot: Snapshot, series: str) -> None:
    """No row of a holiday, such as Good Friday 2019-04-19, is left."""
    days = snapshot.values(series).index
    calendar = exchange_calendars.get_calendar(
        spec(series).calendar, start="1998-12-31", end="2025-12-31"
    )
    assert days.difference(calendar.sessions).empty


def test_no_session_of_the_index_is_missing(snapshot: Snapshot) -> None:
    """The drawdown and path models count sessions: every one since 1999 is there."""
    days = snapshot.values("nasdaq_composite").index
    calendar = exchange_calendars.get_calendar("XNYS", start="1999-01-04", end="2025-12-05")
    assert calendar.sessions.difference(days).empty


def test_weekly_and_daily_series_agree(snapshot: Snapshot) -> None:
    """Where both exist the week's value is the last one of its days."""
    for name in ("nasdaq_composite", "vix", "skew", "usdjpy"):
        daily = snapshot.values(name)["2015-12-01":].resample("W-FRI").last().dropna()
        weekly = snapshot.values(f"{name}_weekly")
        common = daily.index.intersection(weekly.index)
        assert len(common) > 500
        assert (daily[common] == weekly[common]).all(), name


def test_a_repair_leaves_a_note(snapshot: Snapshot) -> None:
    """What was removed, replaced or left out is told in the data appendix."""
    codes = {
        name: {note.code for note in snapshot.data(name).notes}
        for name in ("nasdaq_100", "vix", "cpi", "yen_noncommercial_long", "nfci")
    }
    assert codes == {
        "nasdaq_100": {"non_session_removed"},
        "vix": {"non_session_removed"},
        "cpi": {"vintage_restored", "never_published"},
        "yen_noncommercial_long": {"publication_delayed"},
        "nfci": {"reestimated_weekly"},
    }


def test_events_are_told_apart_by_the_as_of_date(snapshot: Snapshot) -> None:
    """What lies before is a fact, what lies after is scheduled or expected; all are announced."""
    for event in snapshot.events:
        assert (event.status == "fact") == (event.date <= AS_OF), event
        assert event.announced <= AS_OF, event


def test_meetings_of_the_forecast_window(snapshot: Snapshot) -> None:
    """Policy meetings to the end of November 2026, by the calendars of both central banks."""
    meetings = {
        code: [event.date.isoformat() for event in snapshot.events if event.code == code]
        for code in ("fomc_decision", "boj_decision")
    }
    # Federal Reserve, press release of 9 August 2024.
    assert meetings["fomc_decision"] == [
        "2025-12-10", "2026-01-28", "2026-03-18", "2026-04-29",
        "2026-06-17", "2026-07-29", "2026-09-16", "2026-10-28",
    ]  # fmt: skip
    # Bank of Japan, scheduled dates of monetary policy meetings in 2025 and 2026.
    assert meetings["boj_decision"] == [
        "2025-12-19", "2026-01-23", "2026-03-19", "2026-04-28",
        "2026-06-16", "2026-07-31", "2026-09-18", "2026-10-30",
    ]  # fmt: skip


def test_the_snapshot_can_be_taken_back_in_time(snapshot: Snapshot) -> None:
    """As of March 2020 it knows February's prices, that month's closes and no later event."""
    then = snapshot.cut(date(2020, 3, 31))
    assert then.last("cpi").date == date(2020, 2, 1)
    assert then.last("nasdaq_composite").value == 7_700.1
    assert not then.has("reserve_balances")
    assert all(event.announced <= date(2020, 4, 1) for event in then.events)


def test_an_unknown_period_is_refused() -> None:
    """With the periods there are."""
    with pytest.raises(MissingInputError, match="bundled for the period 2025-11") as caught:
        bundled.load("2025-11")
    assert "2025-12" in caught.value.hint


def test_sources_that_disagree_are_not_joined(snapshot: Snapshot) -> None:
    """More than 0.05 per cent between two closes of the same day stops the join."""
    later = snapshot.data("sp500")
    earlier = earlier_closes("sp500", later)
    numbers = earlier.numbers.copy()
    numbers[-1] *= 1.001
    wrong = series_data(spec("sp500"), earlier.dates, numbers, retrieved="bundled")
    with pytest.raises(DataError, match=r"sp500: .+ differ by 0\.10% on 2018-12-31"):
        joined_series(wrong, later)


def test_sources_without_a_common_day_are_not_joined(snapshot: Snapshot) -> None:
    """Two stretches that cannot be compared are not put together."""
    later = snapshot.data("sp500")
    earlier = series_data(spec("sp500"), later.dates[:3], later.numbers[:3], retrieved="bundled")
    rest = series_data(spec("sp500"), later.dates[3:], later.numbers[3:], retrieved="bundled")
    with pytest.raises(DataError, match="have no day in common"):
        joined_series(earlier, rest)


def test_a_data_set_that_is_not_installed_is_named(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the arch package there is no silent short history."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(MissingInputError, match="data set nasdaq of the package arch"):
        earlier_closes("nasdaq_composite", snapshot.data("nasdaq_composite"))
