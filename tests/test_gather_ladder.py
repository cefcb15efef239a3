"""Each series from the best rung that holds it; what is not the first is said."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import street
from loopback import Route

from reportgen import bundled
from reportgen.errors import DataError, UnreachableError
from reportgen.gather import table
from reportgen.gather.ladder import Choice, State
from reportgen.gather.modes import RUNGS, Mode, scope_of
from reportgen.gather.run import INDEX, Harvest, Means, Order, gather, refuse_too_little
from reportgen.series import NEW_YORK, catalogue
from reportgen.snapshot import Snapshot
from reportgen.sources import SOURCES
from reportgen.sources.base import Scope
from reportgen.store import Store

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
FRIDAY = scope_of(date(2025, 9, 19), NOW)
AT_THE_END = scope_of(date(2025, 12, 5), NOW)
TOO_LATE = scope_of(date(2026, 2, 27), NOW)
"""A day on which everything that ends on 2025-12-05 is stale."""

EVERYBODY = frozenset(street.PUBLISHERS)


@dataclass
class Desk:
    """A folder for the store, and what the publishers answer."""

    folder: Path
    routes: street.Routes
    own: str = ""
    keyed: bool = False

    def gather(
        self, only: Iterable[str], scope: Scope = FRIDAY, mode: Mode = "live", **door: Any
    ) -> Harvest:
        """Return what a gathering makes of it."""
        held = door.pop("bundled", bundled.load())
        store = Store(self.folder)
        self.shelf = street.Shelf(self.routes, store, **door)
        order = Order(scope, RUNGS[mode], tuple(only), self.keyed, self.own)
        return gather(order, Means(SOURCES, self.shelf, store, held))

    def one(self, identity: str, scope: Scope = FRIDAY, mode: Mode = "live", **door: Any) -> Choice:
        """Return the choice for one series."""
        return self.gather([identity], scope, mode, **door).choices[-1]

    def cut(self, identity: str, day: date, number: int = 0) -> None:
        """Let one endpoint of a series know nothing later than a day."""
        key = street.route_of(identity, number)
        self.routes[key] = street.routes(scope_of(day, NOW))[key]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Every publisher in order, and nothing in the store."""
    return Desk(tmp_path / "store", street.routes())


def outcomes(choice: Choice) -> list[tuple[str, str]]:
    """Return what was tried and what came of it."""
    return [(one.rung, one.outcome) for one in choice.tried]


# -- the order of the rungs -------------------------------------------------------------------


def test_first_source_first(desk: Desk) -> None:
    """A fresh answer of the first source is taken, and nothing further is tried."""
    found = desk.one("vix")
    assert outcomes(found) == [("live", "fresh")]
    assert (found.state, found.rung, found.degraded) == ("fresh", "live", False)


def test_order_of_the_rungs(desk: Desk) -> None:
    """First source, other source, their last good answers, the bundled figures: in this order."""
    desk.gather(["vix"], AT_THE_END)
    found = desk.one("vix", TOO_LATE, dead=EVERYBODY)
    assert [(one.rung, one.endpoint.name if one.endpoint else "") for one in found.tried] == [
        ("live", "cboe"),
        ("other", "fred"),
        ("cache", "cboe"),
        ("cache", "fred"),
        ("bundled", ""),
    ]


def test_fresh_goes_before_order(desk: Desk) -> None:
    """A fresh rung further down is taken before a stale one further up."""
    desk.cut("vix", date(2025, 8, 1))
    found = desk.one("vix")
    assert outcomes(found) == [("live", "stale"), ("other", "fresh")]
    assert (found.state, found.rung, found.degraded) == ("fresh", "other", True)


def test_of_stale_ones_the_freshest(desk: Desk) -> None:
    """Where every rung is stale, the one that reaches furthest is taken and called stale."""
    desk.cut("vix", date(2025, 10, 1))
    found = desk.one("vix", TOO_LATE)
    assert (found.state, found.rung, found.last) == ("stale", "other", date(2025, 12, 5))


def test_of_equally_stale_ones_the_better_rung(desk: Desk) -> None:
    """Of rungs that end on the same day the higher one is taken."""
    found = desk.one("vix", TOO_LATE)
    assert [one.last for one in found.tried] == [date(2025, 12, 5)] * len(found.tried)
    assert (found.state, found.rung) == ("stale", "live")


def test_unsound_answer_is_not_taken(desk: Desk) -> None:
    """An answer that fails a check is named by the check's code and gives way."""
    key = street.route_of("vix")
    route = desk.routes[key]
    assert isinstance(route, Route)
    desk.routes[key] = Route(route.body.replace(b"27.", b"277."))
    found = desk.one("vix")
    assert found.tried[0].outcome in ("out_of_range", "step")
    assert found.rung == "other"


def test_nothing_anywhere(desk: Desk) -> None:
    """A series that no rung holds is missing."""
    found = desk.one("boj_policy_rate", dead=EVERYBODY)
    assert (found.state, found.rung, found.degraded) == ("missing", "", True)
    assert outcomes(found) == [("live", "unreachable"), ("cache", "absent"), ("bundled", "absent")]


@pytest.mark.parametrize(
    ("identity", "moment"),
    [
        ("vix", datetime(1985, 5, 31, 20, tzinfo=NEW_YORK)),
        ("sofr", datetime(2018, 4, 3, 12, tzinfo=NEW_YORK)),
    ],
)
def test_not_yet(desk: Desk, identity: str, moment: datetime) -> None:
    """Before its first observation was published, a series is not missing: it did not exist.

    The first SOFR describes 3 April 2018 and was published on the morning after.
    """
    found = desk.one(identity, scope_of(moment.date(), moment), dead=EVERYBODY)
    assert (found.state, found.degraded) == ("not_yet", False)


def test_begun(desk: Desk) -> None:
    """From its first publication on, a series that cannot be had is missing."""
    moment = datetime(2018, 4, 4, 12, tzinfo=NEW_YORK)
    held = bundled.load().without("sofr")
    scope = scope_of(date(2018, 4, 4), moment)
    found = desk.one("sofr", scope, dead=EVERYBODY, bundled=held)
    assert found.state == "missing"


def test_nothing_filed_yet(desk: Desk) -> None:
    """Filings that all came later are no fault of the publisher: nothing was there by then."""
    found = desk.one("microsoft_capex", scope_of(date(2022, 5, 6), NOW))
    assert outcomes(found)[0] == ("live", "fresh")
    earlier = scope_of(date(2022, 4, 29), datetime(2022, 4, 29, 12, tzinfo=NEW_YORK))
    assert desk.one("microsoft_capex", earlier).tried[0].outcome == "absent"


# -- the reader's own files -------------------------------------------------------------------


def own_file(folder: Path, identity: str, text: str = "", until: date = FRIDAY.as_of) -> str:
    """Write the reader's own file of a series and return the folder."""
    rows = [f"{day},{value}" for day, value in street.history(identity) if day <= until]
    folder.mkdir(exist_ok=True)
    (folder / f"{identity}.csv").write_text(text or "\n".join(["date,value", *rows]) + "\n")
    return str(folder)


@pytest.mark.parametrize("mode", ["live", "cache"])
def test_own_file_first(desk: Desk, tmp_path: Path, mode: Mode) -> None:
    """The reader's own file goes before the publisher, also where nobody is asked."""
    desk.own = own_file(tmp_path / "own", "sofr")
    found = desk.one("sofr", mode=mode)
    assert (found.rung, found.state, found.degraded) == ("folder", "fresh", False)


def test_unsound_own_file(desk: Desk, tmp_path: Path) -> None:
    """An own file that is not sound is named and gives way; the gathering goes on.

    A value cannot have been published before the day it describes.
    """
    desk.own = own_file(tmp_path / "own", "sofr", "date,value,released\n2025-09-18,4,2025-09-01\n")
    found = desk.one("sofr")
    assert outcomes(found) == [("folder", "unreadable"), ("live", "fresh")]


def test_own_weekly_file_goes_before_the_daily_source(desk: Desk, tmp_path: Path) -> None:
    """A weekly series of the reader's own is not overwritten by one sampled from daily values."""
    text = "date,value\n2025-09-12,41.5\n2025-09-19,42.5\n"
    desk.own = own_file(tmp_path / "own", "vix_weekly", text)
    found = desk.gather(["vix_weekly"])
    assert found.choices[-1].rung == "folder"
    assert found.snapshot.last("vix_weekly").value == 42.5


# -- what was gathered before -----------------------------------------------------------------


def test_cache_when_all_are_dead(desk: Desk) -> None:
    """With dead publishers the last good answers stand in, and a note says of which day."""
    desk.gather(["gold", "vix"])
    found = desk.gather(["gold", "vix"], dead=EVERYBODY)
    assert {one.rung for one in found.choices} == {"cache"}
    assert {one.state for one in found.choices} == {"fresh"}
    assert [one.spec.id for one in found.degraded] == ["gold", "vix"]
    note = found.snapshot.data("gold").notes[-1]
    assert (note.code, note.last) == ("from_cache", desk.shelf.now.date())
    assert found.snapshot.data("gold").retrieved == "2025-12-09"
    assert not found.reached


def test_bundled_after_the_cache(desk: Desk) -> None:
    """Without a stored answer the bundled figures stand in, and a note says so."""
    found = desk.gather(["gold"], dead=EVERYBODY)
    assert found.choices[-1].rung == "bundled"
    assert found.snapshot.data("gold").retrieved == "bundled"
    assert found.snapshot.data("gold").notes[-1].code == "from_bundled"
    assert [one.spec.id for one in found.degraded] == ["gold"]


def test_cache_asks_nobody(desk: Desk) -> None:
    """From the cache alone, no publisher is asked for anything."""
    desk.gather(["gold", "nasdaq_composite"])
    found = desk.gather(["gold", "nasdaq_composite"], mode="cache")
    assert desk.shelf.asked == []
    assert {one.rung for one in found.choices} == {"cache"}


def test_earlier_day_takes_no_good_answer_away(desk: Desk) -> None:
    """Gathering an earlier day keeps the stored answers of the later one.

    Yahoo is asked up to the as-of date only, so its answer for an earlier day is shorter.
    """
    desk.gather(["hang_seng"], AT_THE_END)
    whole = desk.routes
    desk.routes = street.routes(scope_of(date(2025, 3, 14), NOW))
    assert desk.one("hang_seng", scope_of(date(2025, 3, 14), NOW)).rung == "live"
    desk.routes = whole
    found = desk.one("hang_seng", AT_THE_END, dead=EVERYBODY)
    assert (found.rung, found.last) == ("cache", date(2025, 12, 5))


def test_two_series_of_one_answer_are_good_each_for_itself(desk: Desk) -> None:
    """A sound column does not vouch for an unsound one of the same answer."""
    both = ["yen_noncommercial_long", "yen_noncommercial_short"]
    desk.gather(both)
    key = street.route_of(both[0])
    route = desk.routes[key]
    assert isinstance(route, Route)
    rows = json.loads(route.body)
    rows[30]["noncomm_positions_short_all"] = "99999999"
    desk.routes[key] = Route(json.dumps(rows).encode())
    desk.gather(both)
    found = {one.spec.id: one.rung for one in desk.gather(both, dead=EVERYBODY).choices}
    assert found == dict.fromkeys(both, "cache")


# -- switched off -----------------------------------------------------------------------------


def test_switched_off_is_no_failure(desk: Desk) -> None:
    """A source that is not in use is named in the table, and nothing else is made of it."""
    found = desk.gather(["hang_seng"], off=frozenset({"yahoo"}))
    (choice,) = found.choices
    assert (choice.rung, choice.state, choice.degraded) == ("bundled", "fresh", False)
    assert found.snapshot.data("hang_seng").notes == ()
    ((cells, _),) = table.rows(found)
    assert "yahoo: switched off" in cells[-1]


def test_next_rung_without_complaint(desk: Desk) -> None:
    """With the first source switched off, the next one is simply the source."""
    found = desk.gather(["vix", "vix_weekly"], off=frozenset({"cboe"}))
    assert [one.rung for one in found.choices] == ["other", "other"]
    assert found.degraded == ()
    assert found.snapshot.data("vix").notes == ()


def test_switched_off_and_stale_is_said(desk: Desk) -> None:
    """That a source is off excuses no age: a stale series is degraded all the same."""
    found = desk.gather(["hang_seng"], TOO_LATE, off=frozenset({"yahoo"}))
    assert [one.spec.id for one in found.degraded] == ["hang_seng"]


def test_series_without_a_public_source_is_at_home_in_the_bundled_figures(desk: Desk) -> None:
    """No endpoint has the price-earnings ratio: bundled is where it comes from."""
    assert not desk.one("cape").degraded


# -- the keyed interface ----------------------------------------------------------------------


def keyed_answer(identity: str) -> Route:
    """Return the answer of FRED's keyed interface for a series."""
    rows = [
        {"realtime_start": "2025-09-22", "date": str(day), "value": str(value)}
        for day, value in street.known(identity, FRIDAY)
    ]
    return Route(json.dumps({"count": len(rows), "observations": rows}).encode())


def test_key_gives_the_vintage(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a key the figures are those of the day: nothing is noted as revised since."""
    monkeypatch.setenv("FRED_API_KEY", "0123456789abcdef0123456789abcdef")
    desk.keyed = True
    desk.routes["/fred_api/fred/series/observations"] = keyed_answer("cpi")
    found = desk.gather(["cpi"])
    assert found.choices[0].rung == "live"
    assert found.snapshot.data("cpi").notes == ()


def test_without_the_keyed_interface_the_public_file(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the keyed interface fails, the public file stands in, with its later revisions."""
    monkeypatch.setenv("FRED_API_KEY", "0123456789abcdef0123456789abcdef")
    desk.keyed = True
    found = desk.gather(["cpi"])
    assert outcomes(found.choices[0]) == [("live", "unreachable"), ("other", "fresh")]
    codes = [one.code for one in found.snapshot.data("cpi").notes]
    assert codes == ["as_revised", "from_other_source"]


# -- enough for a report ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Harvest:
    """Everything, gathered well."""
    desk = Desk(tmp_path_factory.mktemp("whole"), street.routes())
    return desk.gather(())


def lacking(found: Harvest, state: State, names: Iterable[str]) -> Harvest:
    """Return a harvest in which some series have another state."""
    chosen = set(names)
    return replace(
        found,
        choices=tuple(
            replace(one, state=state) if one.spec.id in chosen else one for one in found.choices
        ),
    )


IMPORTANT = [one.id for one in catalogue().values() if one.important and one.id != INDEX]


def test_enough(whole: Harvest) -> None:
    """A whole gathering is enough, and so is one that lacks everything unimportant."""
    refuse_too_little(whole)
    unimportant = [one.id for one in catalogue().values() if not one.important]
    refuse_too_little(lacking(whole, "missing", unimportant))


@pytest.mark.parametrize("state", ["missing", "stale"])
def test_no_report_without_the_index(whole: Harvest, state: State) -> None:
    """Without a fresh level of the index there is no report, and the sentence says so."""
    with pytest.raises(UnreachableError, match="Nasdaq Composite") as caught:
        refuse_too_little(lacking(whole, state, [INDEX]))
    assert caught.value.exit_code == 69


@pytest.mark.parametrize("state", ["missing", "stale"])
def test_no_report_without_half_of_what_is_important(whole: Harvest, state: State) -> None:
    """Half of the important series may be lacking, one more may not; the sentence names them."""
    half = (len(IMPORTANT) + 1) // 2
    refuse_too_little(lacking(whole, state, IMPORTANT[:half]))
    with pytest.raises(UnreachableError) as caught:
        refuse_too_little(lacking(whole, state, IMPORTANT[: half + 1]))
    assert all(name in caught.value.message for name in IMPORTANT[: half + 1])


def test_what_did_not_exist_is_not_missing(whole: Harvest) -> None:
    """Series that had not begun count neither as there nor as lacking."""
    refuse_too_little(lacking(whole, "not_yet", IMPORTANT))


def test_index_that_is_nowhere(desk: Desk) -> None:
    """A gathering that finds no index at all is a gathering still; only the report is refused."""
    held: Snapshot = bundled.load().without(INDEX)
    found = desk.gather([INDEX], AT_THE_END, dead=EVERYBODY, bundled=held)
    assert found.choices[0].state == "stale"  # closes of the arch package end in 2018
    with pytest.raises(UnreachableError):
        refuse_too_little(found)


def test_unknown_series(desk: Desk) -> None:
    """A name that is not in the catalogue is refused with the nearest one."""
    with pytest.raises(DataError) as caught:
        desk.gather(["vixx"])
    assert "vix" in caught.value.hint


def test_series_a_weekly_one_is_sampled_from_is_gathered_too(desk: Desk) -> None:
    """Asked for a weekly series alone, the daily one it is taken from comes with it."""
    assert [one.spec.id for one in desk.gather(["vix_weekly"]).choices] == ["vix", "vix_weekly"]


def test_as_json(desk: Desk) -> None:
    """The plain values name rung, last day of the series as made, and everything tried.

    Overnight reverse repo is daily at the source and weekly in the report, dated by Wednesdays.
    """
    plain = desk.one("overnight_reverse_repo").as_json()
    assert plain["last"] == "2025-09-17"
    assert (plain["id"], plain["state"], plain["rung"]) == (
        "overnight_reverse_repo",
        "fresh",
        "live",
    )
    assert plain["tried"] == [
        {
            "rung": "live",
            "source": "fred",
            "endpoint": "RRPONTSYD",
            "outcome": "fresh",
            "detail": "",
        }
    ]


def test_events_known_by_then(desk: Desk) -> None:
    """An event announced after the moment of knowledge is not in the snapshot."""
    day = date(2025, 9, 19)
    moment = datetime.combine(day, time(20), tzinfo=NEW_YORK)
    found = desk.gather(["gold"], scope_of(day, moment))
    assert found.snapshot.events
    assert all(one.announced <= day for one in found.snapshot.events)
    assert len(found.snapshot.events) < len(bundled.load().events)
