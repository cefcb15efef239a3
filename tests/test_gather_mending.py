"""From a rung to the series: repaired, lengthened, sampled, and what a reader is told of it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import street
from loopback import Route

from reportgen import arch_data, bundled
from reportgen.gather.mending import sampled, week_ends
from reportgen.gather.modes import RUNGS, Mode, scope_of
from reportgen.gather.run import Harvest, Means, Order, gather
from reportgen.series import Sampling
from reportgen.sessions import sessions
from reportgen.snapshot import SeriesData
from reportgen.sources import SOURCES
from reportgen.sources.base import Observations, Scope
from reportgen.store import Store

NOW = datetime(2025, 12, 9, 12, tzinfo=UTC)
SCOPE = scope_of(date(2025, 12, 5), NOW)
EARLIER = scope_of(date(2018, 12, 28), NOW)
"""A day to which the closes of the arch package reach."""

INDEX = "nasdaq_composite"
Rows = dict[date, float]


@pytest.fixture
def routes() -> street.Routes:
    """Every publisher in order."""
    return street.routes()


def gathered(
    routes: street.Routes,
    folder: Path,
    identity: str,
    scope: Scope = SCOPE,
    mode: Mode = "live",
    **door: Any,
) -> Harvest:
    """Return a gathering of one series."""
    store = Store(folder / "store")
    means = Means(SOURCES, street.Shelf(routes, store, **door), store, bundled.load())
    return gather(Order(scope, RUNGS[mode], (identity,)), means)


def series(found: Harvest) -> SeriesData:
    """Return the series that was asked for."""
    return found.snapshot.data(found.choices[-1].spec.id)


def values(data: SeriesData) -> Rows:
    """Return values by day."""
    return dict(zip(data.dates.tolist(), data.numbers.tolist(), strict=True))


def codes(data: SeriesData) -> list[str]:
    """Return the codes of the notes."""
    return [one.code for one in data.notes]


def fred(name: str, rows: Rows) -> Route:
    """Return FRED's file of a series."""
    lines = [f"observation_date,{name}"] + [f"{day},{value:.2f}" for day, value in rows.items()]
    return Route(("\n".join(lines) + "\n").encode())


def yahoo(symbol: str, rows: Rows) -> Route:
    """Return Yahoo's chart of a symbol."""
    stamps = [
        int(datetime(day.year, day.month, day.day, 15, tzinfo=UTC).timestamp()) for day in rows
    ]
    result = {
        "meta": {
            "symbol": symbol,
            "dataGranularity": "1d",
            "exchangeTimezoneName": "America/New_York",
        },
        "timestamp": stamps,
        "indicators": {"quote": [{"close": list(rows.values())}]},
    }
    return Route(json.dumps({"chart": {"result": [result], "error": None}}).encode())


def raised(rows: Rows, places: range, by: float) -> Rows:
    """Return rows of which some are a little higher."""
    return {
        day: round(value * (1 + by), 2) if at in places else value
        for at, (day, value) in enumerate(rows.items())
    }


TRUE: Rows = dict(street.history(INDEX))
DAYS = list(TRUE)
FRED = street.route_of(INDEX)


# -- two sources of one series ----------------------------------------------------------------


def test_condemned_span_is_taken_from_the_second_source(
    routes: street.Routes, tmp_path: Path
) -> None:
    """A cluster of closes that the second source has otherwise is repaired, and noted."""
    routes[FRED] = fred("NASDAQCOM", raised(TRUE, range(100, 112), 0.01))
    data = series(gathered(routes, tmp_path, INDEX))
    assert values(data) == TRUE
    (note,) = data.notes
    assert (note.code, note.count) == ("repaired", 12)
    assert (note.first, note.last) == (DAYS[100], DAYS[111])


def test_repaired_from_the_cache_too(routes: street.Routes, tmp_path: Path) -> None:
    """Stored answers are compared and repaired like those that have just come."""
    routes[FRED] = fred("NASDAQCOM", raised(TRUE, range(100, 112), 0.01))
    gathered(routes, tmp_path, INDEX)
    data = series(gathered(routes, tmp_path, INDEX, mode="cache"))
    assert values(data) == TRUE
    assert codes(data) == ["repaired", "from_cache"]


def test_single_difference_stays(routes: street.Routes, tmp_path: Path) -> None:
    """One close that differs is kept as the first source has it, and noted."""
    routes[FRED] = fred("NASDAQCOM", raised(TRUE, range(100, 101), 0.01))
    data = series(gathered(routes, tmp_path, INDEX))
    assert values(data)[DAYS[100]] == round(TRUE[DAYS[100]] * 1.01, 2)
    assert [(one.code, one.first, one.count) for one in data.notes] == [("differs", DAYS[100], 1)]


def test_second_source_of_something_else_is_not_used(routes: street.Routes, tmp_path: Path) -> None:
    """Where the two differ on more than a third of the days, nothing is taken over."""
    wrong = raised(TRUE, range(150), 0.01)
    routes[street.route_of(INDEX, 2)] = yahoo("^IXIC", wrong)
    data = series(gathered(routes, tmp_path, INDEX))
    assert values(data) == TRUE
    assert codes(data) == ["disagree"]


def test_nothing_is_repaired_from_what_did_not_do(routes: street.Routes, tmp_path: Path) -> None:
    """The fallback that stands in is not 'repaired' from the stored answer of the first source."""
    routes[FRED] = fred("NASDAQCOM", raised(TRUE, range(100, 112), 0.01))
    gathered(routes, tmp_path, INDEX, scope_of(date(2025, 10, 3), NOW))
    routes[FRED] = fred("NASDAQCOM", raised(dict(list(TRUE.items())[:200]), range(100, 112), 0.01))
    found = gathered(routes, tmp_path, INDEX)
    assert found.choices[0].rung == "other"
    assert values(series(found)) == TRUE


def test_own_file_is_believed(routes: street.Routes, tmp_path: Path) -> None:
    """Nothing of the reader's own figures is replaced by a publisher's."""
    own = raised(TRUE, range(100, 112), 0.01)
    folder = tmp_path / "own"
    folder.mkdir()
    lines = ["date,value"] + [f"{day},{value:.2f}" for day, value in own.items()]
    (folder / f"{INDEX}.csv").write_text("\n".join(lines) + "\n")
    store = Store(tmp_path / "store")
    order = Order(SCOPE, RUNGS["live"], (INDEX,), folder=str(folder))
    means = Means(SOURCES, street.Shelf(routes, store), store, bundled.load())
    assert values(series(gather(order, means))) == own


# -- earlier years before a licensed window ---------------------------------------------------


def arch_closes(name: str) -> Rows:
    """Return the closes of a data set of the arch package up to ``EARLIER``."""
    read = arch_data.closes(arch_data.content(name))
    closes = {date.fromisoformat(day): value for day, value in read}
    return {day: value for day, value in closes.items() if day <= EARLIER.as_of}


def since(rows: Rows, first: date) -> Rows:
    """Return the rows from a day on."""
    return {day: value for day, value in rows.items() if day >= first}


SP500 = "/fred/graph/fredgraph.csv?id=SP500"
BORDER = date(2010, 1, 4)


def test_window_is_lengthened(routes: street.Routes, tmp_path: Path) -> None:
    """Ten years of FRED come after the earlier closes of the arch package, each part named."""
    closes = arch_closes("sp500")
    routes[SP500] = fred("SP500", since(closes, BORDER))
    data = series(gathered(routes, tmp_path, "sp500", EARLIER, dead=frozenset({"yahoo"})))
    assert values(data) == closes
    assert [(one.publisher_id, one.first, one.last) for one in data.parts] == [
        ("arch.data.sp500", min(closes), date(2009, 12, 31)),
        ("SP500", BORDER, EARLIER.as_of),
    ]
    assert data.publisher_id == "SP500"
    assert data.notes == ()


def test_differences_at_the_joint_are_noted(routes: street.Routes, tmp_path: Path) -> None:
    """Of a close that differs where two stretches meet the later one counts; noted once."""
    window = since(arch_closes("sp500"), BORDER)
    routes[SP500] = fred("SP500", raised(window, range(50, 51), 0.01))
    data = series(gathered(routes, tmp_path, "sp500", EARLIER, dead=frozenset({"yahoo"})))
    assert data.dates[0].item() == date(1999, 1, 4)
    day = list(window)[50]
    assert values(data)[day] == round(window[day] * 1.01, 2)
    assert [(one.code, one.first, one.count) for one in data.notes] == [("differs", day, 1)]


def test_stretches_that_differ_are_not_joined(routes: street.Routes, tmp_path: Path) -> None:
    """Earlier years of something else are left away, and that is noted."""
    data = series(gathered(routes, tmp_path, "high_yield_oas"))
    assert data.dates[0].item() == street.history("high_yield_oas")[0][0]
    assert data.parts == ()
    assert codes(data) == ["disagree"]


def test_three_stretches(routes: street.Routes, tmp_path: Path) -> None:
    """Each source that reaches further back adds a stretch; Yahoo is named as itself."""
    closes = arch_closes("sp500")
    days = [day.item() for day in sessions("XNYS", date(1998, 12, 1), date(1999, 3, 31))]
    first = closes[min(closes)]
    routes[SP500] = fred("SP500", since(closes, BORDER))
    routes[street.route_of("sp500", 2)] = yahoo(
        "^GSPC", {day: closes.get(day, first) for day in days}
    )
    data = series(gathered(routes, tmp_path, "sp500", EARLIER))
    assert [(one.publisher, one.publisher_id, one.first) for one in data.parts] == [
        ("Yahoo Finance", "^GSPC", date(1998, 12, 1)),
        ("S&P Dow Jones Indices", "arch.data.sp500", date(1999, 1, 4)),
        ("S&P Dow Jones Indices", "SP500", BORDER),
    ]
    assert [one.last for one in data.parts] == [
        date(1998, 12, 31),
        date(2009, 12, 31),
        EARLIER.as_of,
    ]


def test_window_is_lengthened_from_the_bundled_figures(
    routes: street.Routes, tmp_path: Path
) -> None:
    """Three years of a spread come after what the program holds of earlier ones."""
    held = bundled.load().data("high_yield_oas")
    whole = values(held)
    window = since(whole, date(2024, 1, 2))
    routes["/fred/graph/fredgraph.csv?id=BAMLH0A0HYM2"] = fred("BAMLH0A0HYM2", window)
    data = series(gathered(routes, tmp_path, "high_yield_oas"))
    assert values(data) == whole
    assert data.parts[0].first == held.dates[0].item()
    assert data.parts[-1].first == date(2024, 1, 2)
    assert "from_bundled" not in codes(data)


# -- weekly from daily ------------------------------------------------------------------------


def daily(*days: str) -> Observations:
    """Return observations numbered from 1."""
    return Observations(
        np.array(days, dtype="datetime64[D]"), np.arange(1, len(days) + 1, dtype=np.float64)
    )


def sampled_pairs(data: Observations, on: Any, as_of: date) -> list[tuple[str, float]]:
    """Return what is sampled, as plain values."""
    found = sampled(data, Sampling(on=on), as_of)
    return list(zip(map(str, found.dates), found.numbers.tolist(), strict=True))


WEEK = daily("2025-11-26", "2025-11-28", "2025-12-01", "2025-12-03", "2025-12-04")


def test_last_of_each_week() -> None:
    """A week's value is its last observation, dated by the Friday it ends with."""
    assert sampled_pairs(WEEK, "friday", date(2025, 12, 5)) == [
        ("2025-11-28", 2.0),
        ("2025-12-05", 5.0),
    ]


def test_week_that_is_not_over() -> None:
    """On a Thursday the running week has no value yet."""
    assert sampled_pairs(WEEK, "friday", date(2025, 12, 4)) == [("2025-11-28", 2.0)]


def test_holiday_friday() -> None:
    """The week of Good Friday has Thursday's value and Friday's date."""
    easter = daily("2025-04-16", "2025-04-17", "2025-04-21")
    assert sampled_pairs(easter, "friday", date(2025, 4, 24)) == [("2025-04-18", 2.0)]


def test_week_without_an_observation() -> None:
    """A week in which nothing was observed is left out, not filled."""
    rare = daily("2025-11-10", "2025-11-28")
    assert [day for day, _ in sampled_pairs(rare, "friday", date(2025, 12, 5))] == [
        "2025-11-14",
        "2025-11-28",
    ]


def test_wednesday_weeks() -> None:
    """Weeks of the central bank run from Thursday to Wednesday."""
    assert sampled_pairs(WEEK, "wednesday", date(2025, 12, 5)) == [
        ("2025-11-26", 1.0),
        ("2025-12-03", 4.0),
    ]
    days = np.array(["2025-12-03", "2025-12-04", "2025-12-06"], dtype="datetime64[D]")
    assert week_ends(days, Sampling(on="wednesday")).tolist() == [
        date(2025, 12, 3),
        date(2025, 12, 10),
        date(2025, 12, 10),
    ]


def test_nothing_to_sample() -> None:
    """Of no observations no week is made."""
    assert sampled_pairs(daily(), "friday", date(2025, 12, 5)) == []


def test_weekly_series_has_what_the_daily_one_was_repaired_to(
    routes: street.Routes, tmp_path: Path
) -> None:
    """A weekly close comes from the repaired daily ones, from the same rung and source."""
    routes[FRED] = fred("NASDAQCOM", raised(TRUE, range(100, 112), 0.01))
    found = gathered(routes, tmp_path, "nasdaq_composite_weekly")
    data = series(found)
    fridays = {day: value for day, value in values(data).items() if day in TRUE}
    assert len(fridays) > 50
    assert all(value == TRUE[day] for day, value in fridays.items())
    assert found.choices[-1].rung == "live"
    assert data.publisher_id == "NASDAQCOM"


def test_weekly_series_says_where_the_daily_one_is_from(
    routes: street.Routes, tmp_path: Path
) -> None:
    """From the cache, the weekly series bears the note of the cache too."""
    gathered(routes, tmp_path, "skew_weekly")
    found = gathered(routes, tmp_path, "skew_weekly", dead=frozenset(street.PUBLISHERS))
    assert codes(series(found)) == ["from_cache"]
    assert [one.spec.id for one in found.degraded] == ["skew", "skew_weekly"]


def test_bundled_weeks_stand_in(routes: street.Routes, tmp_path: Path) -> None:
    """Where the daily series is bundled, the program's own longer weekly one is taken."""
    found = gathered(routes, tmp_path, "nasdaq_composite_weekly", dead=frozenset(street.PUBLISHERS))
    assert found.choices[-1].rung == "bundled"
    weeks = series(found).dates
    assert weeks[0] <= bundled.load().data("nasdaq_composite").dates[0]
    assert [one.outcome for one in found.choices[-1].tried if one.rung == "live"] == ["unreachable"]


# -- what a reader is told --------------------------------------------------------------------


def test_revised_series_says_so(routes: street.Routes, tmp_path: Path) -> None:
    """A series that is estimated anew bears the day its values are of."""
    (note,) = series(gathered(routes, tmp_path, "nfci")).notes
    assert (note.code, note.last) == ("as_revised", date(2025, 12, 9))


def test_yahoo_is_named_as_the_publisher(routes: street.Routes, tmp_path: Path) -> None:
    """Figures of Yahoo are not said to be the index publisher's own."""
    data = series(gathered(routes, tmp_path, "nasdaq_100", dead=frozenset({"fred"})))
    assert (data.publisher, data.publisher_id) == ("Yahoo Finance", "^NDX")
    assert codes(data) == ["from_other_source"]


def test_another_source_of_the_same_figures_keeps_the_publisher(
    routes: street.Routes, tmp_path: Path
) -> None:
    """FRED passes Cboe's closes on: the publisher stays, the name of the series is FRED's."""
    data = series(gathered(routes, tmp_path, "vix", dead=frozenset({"cboe"})))
    assert (data.publisher, data.publisher_id) == ("Cboe", "VIXCLS")


def test_findings_of_the_checks_are_noted(routes: street.Routes, tmp_path: Path) -> None:
    """A row on a day without a session is dropped and counted in a note."""
    sunday = next(day for day in TRUE if day.weekday() == 0) - timedelta(days=1)
    rows = dict(sorted({**TRUE, sunday: 2_300.0}.items()))
    routes[FRED] = fred("NASDAQCOM", rows)
    data = series(gathered(routes, tmp_path, INDEX))
    assert values(data) == TRUE
    assert [(one.code, one.first, one.count) for one in data.notes] == [("no_session", sunday, 1)]
