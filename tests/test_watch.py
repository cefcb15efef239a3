"""The watch between editions: a trigger that fires is told once, whatever happens on the way."""

from __future__ import annotations

import base64
import itertools
import json
import multiprocessing
import quopri
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from desks import desk_of, lacking
from hypothesis import given, settings
from hypothesis import strategies as st
from markets import bent, lead_to, shifted
from relays import PASSWORD, Relay
from sealed import head_of, stage_of

from reportgen import snapshot as snapshots
from reportgen.archive import sealing
from reportgen.assess.outlook import Found, outlook
from reportgen.assess.simulation import simulate
from reportgen.assess.trigger_desk import TriggerDesk, Watched
from reportgen.assess.watched import SERIES, Reading, watched
from reportgen.cli import main
from reportgen.config import Settings
from reportgen.errors import DataError, DiskError, LockedError, UnreachableError
from reportgen.facts import Computed, Day, Quantity, Unit
from reportgen.gather import Harvest, Wish
from reportgen.operations.heartbeat import Heartbeat
from reportgen.operations.mail import Told
from reportgen.operations.relay import Untold
from reportgen.watching import News, Post, look, memory
from reportgen.watching import round as rounds
from reportgen.watching.bounds import Bound, of_edition, of_figures
from reportgen.watching.judging import Judgement, Memory, judged, remembered
from reportgen.watching.round import LOCK
from reportgen.watching.telling import subject, text

if TYPE_CHECKING:
    from reportgen.facts.outlook import Trigger, TriggerCode
    from reportgen.house import HouseView
    from reportgen.snapshot import Snapshot

NOW = datetime(2025, 12, 9, 12, tzinfo=UTC)
FIRST = date(2025, 12, 5)
NOWHERE = Computed("test")
READ: dict[str, Snapshot] = {}


def bound(threshold: float = 25.0, code: str = "vix", **changed: Any) -> Bound:
    """Return the threshold of the VIX, or another one."""
    usual = {"side": "above", "hit": False, "day": FIRST}
    return Bound(code, threshold=Quantity(threshold, Unit.INDEX, NOWHERE), **{**usual, **changed})


def reading(value: float, days: int = 0, one: Bound | None = None) -> Reading:
    """Return a reading some days after the edition's."""
    about = one or bound()
    day = Day(FIRST + timedelta(days=days), NOWHERE)
    number = Quantity(value, Unit.INDEX, NOWHERE)
    return Reading(about.code, about.side, number, day, Unit.PERCENT)  # type: ignore[arg-type]


def walked(values: list[float], one: Bound | None = None) -> list[Judgement]:
    """Return what each of a row of daily readings means."""
    about, found = one or bound(), []
    known = remembered(about, "2025-12", None)
    for days, value in enumerate(values, start=1):
        found.append(judged(about, reading(value, days, about), known))
        known = found[-1].memory
    return found


# -- when a trigger fires -------------------------------------------------------------------


def test_a_trigger_fires_when_the_figure_reaches_it_and_not_again_while_it_stays() -> None:
    """The threshold itself counts; further days beyond it are no news."""
    found = walked([24.9, 25.0, 31.0, 26.0])
    assert [one.fires for one in found] == [False, True, False, False]
    assert [one.standing for one in found] == ["near", "hit", "hit", "hit"]
    assert found[-1].memory.since == FIRST + timedelta(days=2)


def test_a_figure_that_wavers_is_told_of_once() -> None:
    """It must go back by a twentieth of the VIX's threshold before it can fire again."""
    found = walked([25.1, 24.9, 25.2, 24.0, 25.3, 23.74, 25.4])
    assert [one.fires for one in found] == [True, False, False, False, False, False, True]
    assert [one.rearmed for one in found] == [False, False, False, False, False, True, False]


def test_a_trigger_below_works_the_other_way_round() -> None:
    """USD/JPY fires from above and is armed again a hundredth above its level."""
    level = bound(145.0, "usdjpy", side="below")
    found = walked([146.0, 144.9, 145.5, 144.0, 146.5, 145.0], level)
    assert [one.fires for one in found] == [False, True, False, False, False, True]


def test_figures_without_a_margin_are_armed_by_any_step_back() -> None:
    """Spending is reported once a quarter: the next quarter can fire again."""
    cut = bound(90.0, "capex", side="below")
    assert [one.fires for one in walked([89.0, 90.0, 90.5, 89.5], cut)] == [
        True,
        False,
        False,
        True,
    ]


def test_what_the_edition_prints_as_hit_is_no_news() -> None:
    """Its readers know; it fires when it has gone back and comes again."""
    found = walked([26.0, 20.0, 26.0], bound(hit=True))
    assert [one.fires for one in found] == [False, False, True]


def test_an_older_reading_means_nothing_new() -> None:
    """A round for an earlier day neither fires nor arms."""
    known = Memory("2025-12", False, FIRST + timedelta(days=9))
    found = judged(bound(), reading(30.0, 3), known)
    assert (found.fires, found.memory) == (False, known)


def test_a_reading_that_is_revised_across_the_threshold_fires() -> None:
    """The same day counts again with another figure."""
    known = Memory("2025-12", False, FIRST)
    assert judged(bound(), reading(25.0, 0), known).fires


def test_a_firing_after_the_edition_s_last_reading_is_known_to_the_next_edition_too() -> None:
    """A new edition of the same days does not make it news once more."""
    fired = Memory("2025-11", True, FIRST + timedelta(days=3), FIRST + timedelta(days=2))
    assert remembered(bound(), "2025-12", fired).fired
    before = Memory("2025-11", True, FIRST - timedelta(days=3), FIRST - timedelta(days=9))
    assert not remembered(bound(), "2025-12", before).fired


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.floats(10.0, 40.0), min_size=1, max_size=40), st.sampled_from(["above", "below"])
)
def test_between_two_firings_the_figure_has_gone_back(values: list[float], side: str) -> None:
    """On any way: never twice without a step back beyond the margin, and never below it."""
    about = bound(25.0, side=side)
    found = walked(values, about)
    beyond = [value >= 25.0 if side == "above" else value <= 25.0 for value in values]
    assert all(beyond[place] for place, one in enumerate(found) if one.fires)
    firings = [place for place, one in enumerate(found) if one.fires]
    for first, second in itertools.pairwise(firings):
        between = values[first:second]
        assert min(between) <= 23.75 if side == "above" else max(between) >= 26.25
    assert any(one.fires for one in found) == any(beyond)


# -- what is read ---------------------------------------------------------------------------


def test_the_watch_reads_what_the_edition_prints(snapshot: Snapshot, house: HouseView) -> None:
    """Readings, days, sides and thresholds are those of the assessment's table, house or not."""
    paths = simulate(desk_of(snapshot))
    for view in (house, None):
        desk = desk_of(snapshot, view)
        printed = outlook(TriggerDesk(desk, paths, None, None), Found(None, None)).triggers
        assert printed
        assert_the_same(printed, {one.code: one for one in watched(desk)})


def assert_the_same(printed: tuple[Trigger, ...], found: dict[TriggerCode, Watched]) -> None:
    """Hold what is watched against the table."""
    for one in printed:
        own = found[one.code]
        assert (own.side, own.value, own.day, own.threshold, own.stated) == (
            one.side,
            one.value,
            one.day,
            one.threshold,
            one.stated,
        )


def test_the_series_that_are_asked_for_are_enough(snapshot: Snapshot, house: HouseView) -> None:
    """Asking for these alone gives the same readings and thresholds."""
    others = [name for name in snapshot.series if name not in SERIES]
    assert len(others) > len(SERIES)
    assert watched(desk_of(lacking(snapshot, *others), house)) == watched(desk_of(snapshot, house))


@pytest.mark.parametrize(("data", "mode"), [("live", "live"), ("auto", "live"), ("cache", "cache")])
def test_only_what_is_watched_is_gathered(
    tmp_path: Path, snapshot: Snapshot, data: str, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A round asks the publishers for its own series, and writes no snapshot."""
    asked: list[tuple[object, str]] = []

    def harvested(wish: Wish, how: str) -> Harvest:
        asked.append((wish.only, how))
        return Harvest(snapshot, (), reached=True)

    monkeypatch.setattr("reportgen.gather.harvested", harvested)
    assert look(post(tmp_path, data, Ear())).as_of == snapshot.as_of
    assert asked == [(SERIES, mode)]
    assert not (tmp_path / "snapshots").exists()


def test_without_a_publisher_there_is_nothing_to_watch(
    tmp_path: Path, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A round that sees nothing new says so (69); stored figures are looked at when asked for."""
    monkeypatch.setattr(
        "reportgen.gather.harvested", lambda wish, how: Harvest(snapshot, (), reached=False)
    )
    with pytest.raises(UnreachableError):
        look(post(tmp_path, "live", Ear()))
    assert look(post(tmp_path, "cache", Ear())).rows


# -- rounds ---------------------------------------------------------------------------------


@dataclass
class Ear:
    """A listener that remembers, or answers as it is told to."""

    answers: list[Told | Untold] = field(default_factory=list)
    heard: list[News] = field(default_factory=list)
    name: str = "operator"
    before: Callable[[], None] = lambda: None

    def tell(self, news: News) -> Told | Untold:
        """Hear."""
        self.before()
        self.heard.append(news)
        return self.answers.pop(0) if self.answers else Told("<1@x>", 1)

    @property
    def codes(self) -> list[str]:
        """What was heard, message by message."""
        return [",".join(one.code for one in news.alarms) for news in self.heard]


@pytest.fixture(scope="module")
def folders(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Snapshots as files: as it was, with the yen and the VIX beyond, and back again."""
    root = tmp_path_factory.mktemp("snapshots")
    made = {
        "calm": snapshot,
        "hit": bent(snapshot, {"usdjpy": shifted(-15.0, 3), "vix_weekly": lead_to(31.0, 1)}),
        "back": bent(snapshot, {"usdjpy": shifted(-2.0, 3)}),
    }
    for name, figures in made.items():
        snapshots.write(figures, root / name)
        READ[str(root / name)] = figures
    return {name: str(root / name) for name in made}


@pytest.fixture(autouse=True)
def read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rounds use the snapshots without reading their files anew each time."""
    real = rounds._figures
    monkeypatch.setattr(rounds, "_figures", lambda wish: READ.get(wish.data) or real(wish))


def post(output: Path, data: str, *ears: Ear, keep: bool = True) -> Post:
    """Return a post on stored figures."""
    wish = Wish(data=data, as_of=None, now=NOW, output=output, settings=Settings())
    return Post(wish, ears, keep)


def test_each_firing_is_told_once(tmp_path: Path, folders: dict[str, str]) -> None:
    """Calm, hit, still hit, back, hit again: two messages, each with all that fired."""
    ear = Ear()
    for data in ("calm", "hit", "hit", "back", "hit"):
        found = look(post(tmp_path, folders[data], ear))
    assert ear.codes == ["usdjpy,vix", "usdjpy,vix"]
    assert not any(news.repeat for news in ear.heard)
    assert found.edition == ""
    assert memory.read(tmp_path).alarms == ()


def test_a_dry_run_tells_nobody_and_remembers_nothing(
    tmp_path: Path, folders: dict[str, str]
) -> None:
    """It shows what would fire, every time."""
    ear = Ear()
    for _ in range(2):
        found = look(post(tmp_path / "none", folders["hit"], ear, keep=False))
        assert [one.bound.code for one in found.fired] == ["usdjpy", "vix"]
    assert ear.heard == []
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("said", "repeat"),
    [
        (Untold("down"), False),
        (Untold("451"), False),
        (Untold("hung up", doubtful=True), True),
    ],
)
def test_what_could_not_be_told_is_told_by_the_next_round(
    tmp_path: Path,
    folders: dict[str, str],
    said: Untold,
    repeat: bool,  # noqa: FBT001
) -> None:
    """Once more, and only then as a possible repeat when the relay left it open."""
    ear = Ear([said])
    assert look(post(tmp_path, folders["hit"], ear)).untold == {"operator": said}
    assert look(post(tmp_path, folders["back"], ear)).untold == {}
    look(post(tmp_path, folders["back"], ear))
    assert ear.codes == ["usdjpy,vix", "usdjpy,vix"]
    assert [news.repeat for news in ear.heard] == [False, repeat]


def test_a_doubt_stays_until_it_is_told(tmp_path: Path, folders: dict[str, str]) -> None:
    """Hung up, then down, then heard: the one that arrives says that it may be a repeat."""
    ear = Ear([Untold("hung up", doubtful=True), Untold("down")])
    for _ in range(4):
        look(post(tmp_path, folders["hit"], ear))
    assert [news.repeat for news in ear.heard] == [False, True, True]


def test_nobody_to_tell_is_no_failure(tmp_path: Path, folders: dict[str, str]) -> None:
    """Without an address the firing is printed, and done with."""
    ear = Ear([Untold("operator.mail is not set.", kind="unset")])
    assert look(post(tmp_path, folders["hit"], ear)).untold == {}
    look(post(tmp_path, folders["hit"], ear))
    assert len(ear.heard) == 1


def test_one_listener_s_trouble_is_not_the_other_s(tmp_path: Path, folders: dict[str, str]) -> None:
    """Clients who asked are told when the operator cannot be, and not told twice for it."""
    operator, clients = Ear([Untold("down")]), Ear(name="clients")
    for _ in range(3):
        look(post(tmp_path, folders["hit"], operator, clients))
    assert (len(operator.heard), len(clients.heard)) == (2, 1)


class _Killed(BaseException):
    """The end of a process."""


@pytest.mark.parametrize("place", range(6))
def test_a_round_that_dies_anywhere_loses_nothing(
    tmp_path: Path, folders: dict[str, str], place: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever write of the memory it dies before or after: told at least once.

    A second message comes only after a death between begun and done, and says so.
    """
    ear, writes = Ear(), iter(range(100))
    real = memory.write

    def dying(output: Path, notes: memory.Notes) -> None:
        number = next(writes)
        if number == place // 2 and place % 2 == 0:
            raise _Killed
        real(output, notes)
        if number == place // 2:
            raise _Killed

    monkeypatch.setattr(memory, "write", dying)
    with pytest.raises(_Killed):
        look(post(tmp_path, folders["hit"], ear))
    monkeypatch.setattr(memory, "write", real)
    for _ in range(2):
        look(post(tmp_path, folders["hit"], ear))
    told = ear.codes.count("usdjpy,vix")
    assert told == len(ear.heard)
    assert told in (1, 2)
    assert ear.heard[-1].repeat == (place in (3, 4))
    assert told == 1 or ear.heard[-1].repeat


def test_without_a_memory_that_can_be_written_nobody_is_told(
    tmp_path: Path, folders: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a full disk nothing is told that could not be remembered."""

    def full(*_: object) -> None:
        raise DiskError("No space left.")

    ear = Ear()
    monkeypatch.setattr(memory, "write", full)
    with pytest.raises(DiskError):
        look(post(tmp_path, folders["hit"], ear))
    assert ear.heard == []


def test_a_damaged_memory_is_not_taken_for_none(tmp_path: Path, folders: dict[str, str]) -> None:
    """Else everything that is hit would be told anew."""
    (tmp_path / memory.FILE).write_text('{"format": 1, "tri')
    with pytest.raises(DataError, match=r"watch\.json"):
        look(post(tmp_path, folders["hit"], Ear()))


def _round(output: Path, data: str, queue: Any) -> None:
    ear = Ear()
    try:
        look(post(output, data, ear))
    except LockedError:
        queue.put("locked")
    else:
        queue.put(len(ear.heard))


def test_two_rounds_at_once_tell_once(tmp_path: Path, folders: dict[str, str]) -> None:
    """The second leaves with 75, beside a publication both go on."""
    ear = Ear()
    context = multiprocessing.get_context("fork")
    queue: Any = context.Queue()

    def other() -> None:
        process = context.Process(target=_round, args=(tmp_path, folders["hit"], queue))
        process.start()
        process.join()

    ear.before = other
    look(post(tmp_path, folders["hit"], ear))
    assert queue.get() == "locked"
    assert len(ear.heard) == 1
    assert (tmp_path / LOCK).is_dir()


# -- thresholds of the newest edition -------------------------------------------------------


def edition(output: Path, name: str, as_of: date, **thresholds: tuple[float, str]) -> None:
    """Put an edition with some triggers into the archive."""
    rows = [
        {
            "code": code,
            "state": state,
            "side": "below" if code == "usdjpy" else "above",
            "value": {"value": 1.0, "unit": "index"},
            "threshold": {"value": value, "unit": "index", "later": "a field of another version"},
            "day": {"day": as_of.isoformat()},
        }
        for code, (value, state) in thresholds.items()
    ]
    content = json.dumps({"schema_version": "99", "outlook": {"triggers": rows}})
    stage = stage_of(output, name, **{"assessment.json": content})
    sealing.seal(stage, head_of(name, as_of=as_of))
    sealing.place(stage, output, name)


def test_the_thresholds_are_those_of_the_newest_edition(
    tmp_path: Path, folders: dict[str, str], snapshot: Snapshot
) -> None:
    """Of that day or before, its last revision; what it does not watch is not watched."""
    for name, day, level in (
        ("2025-10", date(2025, 10, 3), 12.0),
        ("2025-12", FIRST, 13.0),
        ("2025-12-r2", FIRST, 14.0),
        ("2026-01", date(2026, 1, 2), 15.0),
    ):
        edition(tmp_path, name, day, vix=(level, "apart"))
    table = of_edition(tmp_path, snapshot.as_of)
    assert table is not None
    assert table.edition == "2025-12-r2"
    ear = Ear()
    found = look(post(tmp_path, folders["calm"], ear))
    assert [(one.bound.code, one.judgement.standing) for one in found.rows] == [("vix", "hit")]
    (alarm,) = ear.heard[0].alarms
    assert (alarm.threshold, alarm.edition) == (14.0, "2025-12-r2")


def test_a_figure_that_is_not_there_is_named(tmp_path: Path, folders: dict[str, str]) -> None:
    """A trigger of the edition without a reading is not passed over in silence."""
    edition(
        tmp_path, "2025-12", FIRST, vix=(25.0, "apart"), usdjpy=(145.0, "apart"), x=(1, "apart")
    )
    found = look(post(tmp_path, folders["calm"], Ear()))
    assert found.missing == ("x",)


def test_without_an_edition_the_present_figures_say(
    tmp_path: Path, snapshot: Snapshot, house: HouseView
) -> None:
    """As an edition of these figures would print them."""
    assert of_edition(tmp_path, snapshot.as_of) is None
    table = of_figures(desk_of(snapshot, house))
    assert len(table.bounds) == 7
    assert not any(one.hit for one in table.bounds)


# -- words and command ----------------------------------------------------------------------


def test_the_mail_says_what_when_and_against_what(tmp_path: Path, folders: dict[str, str]) -> None:
    """Figures as the report prints them, one paragraph a trigger."""
    ear = Ear()
    look(post(tmp_path, folders["hit"], ear))
    (news,) = ear.heard
    assert subject(news) == "reportgen watch: US dollar in yen 140.30 yen, VIX (weekly close) 31.00"
    said = " ".join(text(news).split())
    assert "140.30 yen on 5 December 2025; the trigger is 145.00 yen or less" in said
    assert "repeat" not in said
    assert text(News(news.alarms, repeat=True)).startswith("This may be a repeat")


def run(output: Path, *words: str) -> tuple[int, str, list[dict[str, Any]]]:
    """Run the command; return its code, what it prints, and the events of its log."""
    done = CliRunner().invoke(main, ["watch", "--output", str(output), *words])
    lines = [one for one in done.stderr.splitlines() if one.startswith("{")]
    return done.exit_code, done.stdout, [json.loads(one) for one in lines]


def test_the_command_mails_the_operator_once(
    tmp_path: Path, folders: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """69 while the relay is down, then told, then silent; no address and no password in the log."""
    monkeypatch.setenv("REPORTGEN_OPERATOR__MAIL", "wang@house.example")
    monkeypatch.setenv("REPORTGEN_SMTP__SENDER", "reports@house.example")
    monkeypatch.setenv("REPORTGEN_SMTP__HOST", "127.0.0.1")
    monkeypatch.setenv("REPORTGEN_SMTP__TLS", "none")
    monkeypatch.setenv("REPORTGEN_SMTP__PORT", "1")
    monkeypatch.setenv("REPORTGEN_SMTP_PASSWORD", PASSWORD)
    arguments = ("--data", folders["hit"], "--log-format", "json")
    code, _, log = run(tmp_path, *arguments)
    assert code == 69
    assert {"fired", "untold"} <= {one["event"] for one in log}
    with Relay(login=False) as relay:
        monkeypatch.setenv("REPORTGEN_SMTP__PORT", str(relay.port))
        assert run(tmp_path, *arguments)[0] == 0
        code, shown, log = run(tmp_path, *arguments, "--json")
        assert relay.message()["Subject"].startswith("reportgen watch: US dollar in yen")
    assert code == 0
    assert [one["fires"] for one in json.loads(shown)["triggers"]] == [False] * 7
    assert "wang" not in str(log)
    assert PASSWORD not in str(log)


def test_the_command_shows_the_table(tmp_path: Path, folders: dict[str, str]) -> None:
    """One line a trigger, no line broken."""
    code, shown, _ = run(tmp_path, "--data", folders["hit"], "--dry-run")
    assert code == 0
    assert sum("FIRES" in one for one in shown.splitlines()) == 2
    assert len(shown.splitlines()) == 8


def test_the_watchdog_hears_only_of_rounds_that_fail(
    tmp_path: Path, folders: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waits for publishing; a round that goes well says nothing of that."""
    heard: list[str] = []
    monkeypatch.setattr(Heartbeat, "_beat", lambda self, kind, text: heard.append(kind))
    assert run(tmp_path, "--data", folders["calm"])[0] == 0
    assert heard == []
    (tmp_path / memory.FILE).write_text("{")
    assert run(tmp_path, "--data", folders["calm"], "--dry-run")[0] == 65
    assert heard == []
    assert run(tmp_path, "--data", folders["calm"])[0] == 65
    assert heard == ["fail"]


@pytest.mark.parametrize("kind", [RuntimeError, DataError])
def test_nothing_a_failure_leaves_shows_a_secret(
    kind: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Log, terminal, run report, state and mail: the password is in none, in no usual form."""
    forms = {
        PASSWORD,
        base64.b64encode(PASSWORD.encode()).decode(),
        quopri.encodestring(PASSWORD.encode()).decode(),
        urllib.parse.quote(PASSWORD),
        PASSWORD.encode().hex(),
    }

    def broken(*_: object) -> None:
        raise kind(f"The relay said: {' and '.join(sorted(forms))}.")

    monkeypatch.setattr("reportgen.watching.look", broken)
    monkeypatch.setenv("REPORTGEN_SMTP_PASSWORD", PASSWORD)
    with Relay(login=False) as relay:
        monkeypatch.setenv("REPORTGEN_OPERATOR__MAIL", "wang@house.example")
        monkeypatch.setenv("REPORTGEN_SMTP__SENDER", "reports@house.example")
        monkeypatch.setenv("REPORTGEN_SMTP__HOST", "127.0.0.1")
        monkeypatch.setenv("REPORTGEN_SMTP__TLS", "none")
        monkeypatch.setenv("REPORTGEN_SMTP__PORT", str(relay.port))
        done = CliRunner().invoke(main, ["watch", "--output", str(tmp_path)])
        mailed = relay.message().get_content()
    assert done.exit_code == (70 if kind is RuntimeError else 65)
    files = [one.read_text() for one in tmp_path.rglob("*") if one.is_file()]
    assert len(files) >= 3
    for where in (done.stdout, done.stderr, mailed, *files):
        assert not [form for form in forms if form in where]
