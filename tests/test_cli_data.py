"""The commands about figures: ``gather``, ``series`` and their answers to a person or a program."""

from __future__ import annotations

import functools
import gzip
import json
import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import street
from click.testing import CliRunner, Result
from loopback import Loopback, Route

from reportgen import snapshot
from reportgen.cli import main
from reportgen.gather import modes
from reportgen.series import NEW_YORK, catalogue
from reportgen.sources.http import HttpDoor

NOW = datetime(2025, 12, 8, 12, tzinfo=NEW_YORK)
KEY = "5ec0e7" + "a1b2c3d4e5" * 2 + "f00d00"
Run = Callable[..., Result]
ASKED = [name for name, one in catalogue().items() if not one.optional]
"""Series of nobody's own folder: the others are asked for only there."""


@pytest.fixture(scope="module")
def running() -> Iterator[Loopback]:
    """All publishers, once."""
    with Loopback(street.routes()) as server:
        yield server


@pytest.fixture
def server(running: Loopback) -> Iterator[Loopback]:
    """All publishers; what a test does to them is undone."""
    before = dict(running.routes)
    running.asked.clear()
    yield running
    running.faults.clear()
    running.routes = before


@pytest.fixture
def run(server: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in an empty folder, on a Monday at noon, with all publishers on loopback."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("reportgen.cli.data.now", lambda: NOW)
    monkeypatch.setattr(modes, "HttpDoor", functools.partial(HttpDoor, limits=street.PATIENT))
    for name, value in street.environment(server.url).items():
        monkeypatch.setenv(name, value)

    def command(*words: str) -> Result:
        return CliRunner().invoke(main, list(words))

    return command


def answered(result: Result) -> Any:
    """Return what a command printed as JSON; nothing else may stand there."""
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


# -- gather -----------------------------------------------------------------------------------


def test_gather_prints_a_table(run: Run, tmp_path: Path) -> None:
    """Every series has a row: where from, last day, age, state; then one line, and the folder."""
    result = run("gather")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["Series", "From", "Last", "Age/allowed", "State", "Remarks"]
    begun = {line.split()[0] for line in lines[1:] if line[:1].strip()}
    assert set(ASKED) <= begun
    assert not set(catalogue()) - set(ASKED) & begun
    (row,) = [line for line in lines if line.startswith("vix ")]
    assert row.split() == ["vix", "live", "(cboe", "VIX)", "2025-12-05", "0/5", "fresh"]
    (folder,) = (tmp_path / "output" / "snapshots").iterdir()
    assert lines[-2].startswith("as of 2025-12-05, ")
    assert lines[-1] == f"Wrote output/snapshots/{folder.name}."
    snapshot.verify(folder)


def test_gather_as_json(run: Run) -> None:
    """As JSON: both dates, the snapshot and its folder, what is degraded, every series' choice."""
    found = answered(run("gather", "--json"))
    assert found["as_of"] == "2025-12-05"
    assert found["known_at"].startswith("2025-12-08T12:00")
    assert found["folder"] == f"output/snapshots/2025-12-05-{found['snapshot'][:12]}"
    assert snapshot.verify(Path(found["folder"])) == found["snapshot"]
    assert [one["id"] for one in found["series"]] == ASKED
    (vix,) = [one for one in found["series"] if one["id"] == "vix"]
    assert (vix["state"], vix["rung"], vix["last"]) == ("fresh", "live", "2025-12-05")
    assert [one["outcome"] for one in vix["tried"]] == ["fresh"]


def test_gather_names_what_is_degraded(run: Run, server: Loopback) -> None:
    """A publisher that fails is named in the table and in the JSON, with what became of it."""
    server.faults["/lbma"] = "404"
    found = answered(run("gather", "--json", "--only", "gold"))
    assert found["degraded"] == ["gold"]
    assert found["series"][0]["tried"][0]["outcome"] == "http_status"
    table = run("gather", "--only", "gold").stdout
    assert "bundled" in table
    assert "lbma: http status; from_bundled" in " ".join(table.split())


def test_gather_only(run: Run, server: Loopback, tmp_path: Path) -> None:
    """With --only nothing else is asked, and no snapshot is written."""
    found = answered(run("gather", "--only", "vix", "--only", "gold", "--json"))
    assert [one["id"] for one in found["series"]] == ["vix", "gold"]
    assert found["folder"] is None
    assert server.count("/cboe") == 1
    assert server.count("/sec") == 0
    assert not (tmp_path / "output" / "snapshots").exists()


def test_gather_quiet(run: Run) -> None:
    """With --quiet a gathering that goes well prints nothing."""
    result = run("gather", "--quiet")
    assert (result.exit_code, result.output) == (0, "")


def test_gather_from_the_cache(run: Run, server: Loopback) -> None:
    """With --cache nobody is asked."""
    run("gather", "--quiet")
    server.asked.clear()
    found = answered(run("gather", "--cache", "--json"))
    assert server.asked == []
    assert {one["rung"] for one in found["series"]} == {"cache", "bundled"}


@pytest.mark.parametrize("more", [(), ("--json",), ("--quiet",)])
def test_gather_with_too_little(
    run: Run,
    server: Loopback,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    more: tuple[str, ...],
) -> None:
    """Too little ends with 69: what was tried is shown, the sentence says what is missing.

    No snapshot is written, and what is printed as JSON stays JSON.
    """
    late = datetime(2026, 3, 2, 12, tzinfo=NEW_YORK)
    monkeypatch.setattr("reportgen.cli.data.now", lambda: late)
    server.faults["/"] = "404"
    result = run("gather", *more)
    assert result.exit_code == 69
    assert result.stderr.startswith("reportgen: The level of the Nasdaq Composite as of 2026-02-27")
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "output" / "snapshots").exists()
    if "--json" in more:
        assert json.loads(result.stdout)["folder"] is None
    elif "--quiet" in more:
        assert result.stdout == ""
    else:
        assert "STALE" in result.stdout


@pytest.mark.parametrize("day", ["05.12.2025", "2025-13-01", "tomorrow", "20251205", ""])
def test_gather_refuses_what_is_no_day(run: Run, day: str) -> None:
    """A day in another form is a mistake of usage: 64, and the form is shown."""
    result = run("gather", "--as-of", day)
    assert result.exit_code == 64
    assert "2025-12-05" in result.stderr


def test_gather_refuses_the_future(run: Run, server: Loopback) -> None:
    """A day that has not come is a mistake of usage, and nobody is asked."""
    result = run("gather", "--as-of", "2025-12-09")
    assert result.exit_code == 64
    assert "2025-12-09 has not come yet" in result.stderr
    assert server.asked == []


def test_gather_refuses_an_unknown_series(run: Run) -> None:
    """An unknown series ends with one sentence and the nearest name."""
    result = run("gather", "--only", "vixx")
    assert result.exit_code == 65
    assert "vixx" in result.stderr
    assert "vix" in result.stderr.splitlines()[1]


# -- series -----------------------------------------------------------------------------------


def test_series_list(run: Run, server: Loopback) -> None:
    """The list has every series, its publisher, frequency and last day held; nobody is asked."""
    run("gather", "--only", "boj_policy_rate", "--quiet")
    server.asked.clear()
    found = {one["id"]: one for one in answered(run("series", "list", "--json"))}
    assert list(found) == ASKED
    assert (found["boj_policy_rate"]["rung"], found["boj_policy_rate"]["last"]) == (
        "cache",
        "2025-12-05",
    )
    assert found["cape"]["rung"] == "bundled"
    lines = run("series", "list").stdout.splitlines()
    assert len(lines) == len(ASKED)
    assert (
        "Bank of Japan: daily, cache, to 2025-12-05" in lines[list(found).index("boj_policy_rate")]
    )
    assert server.asked == []


def test_series_list_before_anything_was_gathered(run: Run, tmp_path: Path) -> None:
    """Without a store the list shows what is bundled, and writes nothing."""
    lines = run("series", "list").stdout.splitlines()
    assert any(line.endswith("nothing held") for line in lines)
    assert list(tmp_path.iterdir()) == []


def test_series_show(run: Run) -> None:
    """One series: names in three languages, sources, rules, models, and the last values held."""
    found = answered(run("series", "show", "overnight_reverse_repo", "--json"))
    assert {"name_zh", "name_ja", "name_en"} <= set(found)
    assert found["sources"] == ["fred RRPONTSYD"]
    assert found["sampled"] == "wednesday, of its own"
    assert [one[:10] for one in found["last_values"]][-1] == "2025-12-03"
    assert found["models"]
    shown = run("series", "show", "overnight_reverse_repo").stdout
    assert "publisher id" in shown
    assert "2025-12-03" in shown


def test_series_show_refuses_an_unknown_one(run: Run) -> None:
    """An unknown series ends with one sentence."""
    result = run("series", "show", "nonsense")
    assert result.exit_code == 65
    assert result.stderr.startswith("reportgen: There is no series nonsense")


# -- series import ----------------------------------------------------------------------------

GOOD = "date,value\n2025-10-31,40.5\n2025-11-30,41.25\n2025-12-31,42\n"


@pytest.fixture
def folder(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The configured folder of the reader's own figures, not there yet."""
    monkeypatch.setenv("REPORTGEN_SOURCES__FOLDER", str(tmp_path / "own"))
    return tmp_path / "own"


def test_import(run: Run, folder: Path, tmp_path: Path) -> None:
    """A sound file is taken whole, what is to come not counted; the next gathering uses it."""
    (tmp_path / "cape.csv").write_text(GOOD)
    result = run("series", "import", "cape.csv")
    assert result.exit_code == 0, result.output
    assert result.stdout == f"Took 2 observations into {folder / 'cape.csv'}.\n"
    assert (folder / "cape.csv").read_text() == GOOD
    assert [one.name for one in folder.iterdir()] == ["cape.csv"]
    assert answered(run("series", "show", "cape", "--json"))["held"] == "own file"


def test_import_by_another_name_and_path(run: Run, folder: Path, tmp_path: Path) -> None:
    """The file may be called otherwise and lie elsewhere; --id says which series it is."""
    (tmp_path / "below").mkdir()
    (tmp_path / "shiller.csv").write_text(GOOD)
    result = run("series", "import", "below/../shiller.csv", "--id", "cape")
    assert result.exit_code == 0, result.output
    assert (folder / "cape.csv").is_file()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("day,number\n2025-11-28,40.5\n", "day,number"),
        ("", "empty"),
        ("date,value\n", "no observation"),
        ("date,value\n2025-11-28,4000\n", "outside the plausible"),
        ("date,value\n2025-11-28,40.5\n2025-11-28,41.5\n", "on the same day"),
        ("date,value\n28.11.2025,40.5\n", "not a day"),
        ("date,value,released\n2025-11-28,40.5,2025-11-01\n", "before"),
        ("date,value\n2027-01-29,40.5\n", "no observation that is known"),
    ],
)
def test_import_refuses(run: Run, folder: Path, tmp_path: Path, content: str, said: str) -> None:
    """A file that is not sound is refused with the reason, and what was there stays."""
    folder.mkdir()
    (folder / "cape.csv").write_text(GOOD)
    (tmp_path / "cape.csv").write_text(content)
    result = run("series", "import", "cape.csv")
    assert result.exit_code == 65
    assert said in result.stderr
    assert (folder / "cape.csv").read_text() == GOOD


def test_import_of_nothing(run: Run, folder: Path) -> None:
    """A file that is not there is a missing input."""
    assert run("series", "import", "cape.csv").exit_code == 66


def test_import_of_an_unknown_series(run: Run, folder: Path, tmp_path: Path) -> None:
    """A file whose name is no series is refused with a suggestion."""
    (tmp_path / "capes.csv").write_text(GOOD)
    result = run("series", "import", "capes.csv")
    assert result.exit_code == 65
    assert "cape" in result.stderr.splitlines()[1]


def test_import_without_a_folder(run: Run, tmp_path: Path) -> None:
    """Without a configured folder there is nowhere to put it: 78, and the key is named."""
    (tmp_path / "cape.csv").write_text(GOOD)
    result = run("series", "import", "cape.csv")
    assert result.exit_code == 78
    assert "[sources] folder" in result.stderr


# -- secrets ----------------------------------------------------------------------------------


def test_key_is_shown_nowhere(
    run: Run,
    server: Loopback,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The key for FRED reaches FRED, and stands in no output, log, stored file or snapshot.

    Asked for once well, once refused and once with a broken connection.
    """
    monkeypatch.setenv("FRED_API_KEY", KEY)
    caplog.set_level(logging.DEBUG)
    rows = [{"realtime_start": "2025-12-08", "date": "2025-09-01", "value": "324.8"}]
    path = "/fred_api/fred/series/observations"
    server.routes[path] = Route(json.dumps({"count": 1, "observations": rows}).encode(), etag='"1"')
    said = ""
    for fault in (None, "404", "reset", "html"):
        if fault:
            server.faults["/fred_api"] = fault
        for more in ((), ("--json",)):
            result = run("gather", "--only", "cpi", "--only", "sofr", *more)
            assert result.exit_code == 0
            said += result.output + repr(result.exception)
    run("gather", "--quiet")
    asked = [one for one in server.asked if one.path == path]
    assert asked
    assert {one.query["api_key"][0] for one in asked} == {KEY}
    assert KEY not in said
    assert KEY not in caplog.text
    assert "fred_api" in said
    for file in (tmp_path / "output").rglob("*"):
        assert KEY not in file.name
        assert not file.is_file() or KEY.encode() not in _plain(file)


def _plain(file: Path) -> bytes:
    content = file.read_bytes()
    return gzip.decompress(content) if file.suffix == ".gz" else content
