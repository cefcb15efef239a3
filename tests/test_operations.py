"""What the operator hears of a run: log, report, heartbeat; never a secret, no address whole."""

from __future__ import annotations

import base64
import errno
import io
import json
import logging
import quopri
import re
import threading
import urllib.parse
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.cli.group import EPILOG
from reportgen.errors import DataError, DiskError, ReportgenError
from reportgen.operations import report, texts
from reportgen.operations.heartbeat import Heartbeat
from reportgen.operations.log import Form, Log
from reportgen.operations.masking import HIDDEN, Mask
from reportgen.operations.report import Book, Run, Stage
from reportgen.operations.surroundings import CACHE, PLOTS, furnish
from reportgen.secret import Secret

NOW = datetime(2026, 1, 5, 23, 30, 5, tzinfo=UTC)
CANARY = "pä ss/w+rd=%1 & canary?"
FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "login": lambda text: base64.b64encode(b"\0user\0" + text.encode()).decode(),
    "quoted-printable": lambda text: quopri.encodestring(text.encode()).decode(),
    "urlencoded": urllib.parse.quote,
    "form": urllib.parse.quote_plus,
    "hex": lambda text: text.encode().hex(),
    "HEX": lambda text: text.encode().hex().upper(),
    "json": json.dumps,
    "repr": lambda text: repr(text.encode()),
}


def log_to(
    lines: list[str], form: Form = "json", secrets: tuple[Secret | None, ...] = (Secret(CANARY),)
) -> Log:
    """Return a log that writes into a list."""
    return Log(lines.append, form, "run-1", lambda: NOW, Mask(secrets))


def shows(text: str) -> list[str]:
    """Return the forms in which the canary can be read in a text."""
    return [name for name, form in FORMS.items() if form(CANARY).strip("\"'b=\n") in text]


# -- the mask -------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_a_secret_is_blotted_out_in_every_form(form: str) -> None:
    """Whatever software has made of it on the way, it cannot be read."""
    masked = Mask((Secret(CANARY), None))(f"before {FORMS[form](CANARY)} after")
    assert HIDDEN in masked
    assert shows(masked) == []
    assert masked.startswith("before ")
    assert masked.endswith(" after")


@settings(max_examples=50, deadline=None)
@given(
    secret=st.text(st.characters(exclude_categories=("Cs", "Cc", "Z")), min_size=8, max_size=40),
    before=st.binary(max_size=8),
    after=st.binary(max_size=8),
)
def test_any_secret_is_blotted_out_of_any_login(secret: str, before: bytes, after: bytes) -> None:
    """Wherever in a base64 text a secret stands, no eight signs of its own part remain."""
    sent = base64.b64encode(before + secret.encode() + after).decode()
    masked = Mask((Secret(secret),))(sent)
    assert HIDDEN in masked
    remains = masked.split(HIDDEN)
    assert len(remains[0]) <= len(before) * 4 / 3 + 4
    assert len(remains[-1]) <= len(after) * 4 / 3 + 6


def test_addresses_are_shortened() -> None:
    """Who it is about can be guessed by who knows, and by nobody else."""
    masked = Mask()("wang.li@mail.example.cn and <a@b.co>; https://user:pw@host.example/x 3@4")
    assert masked == "w***@m***.cn and <a***@b***.co>; https://host.example/x 3@4"


def test_an_address_of_the_watchdog_is_hidden_with_its_path_alone() -> None:
    """Logs of libraries show host and path apart."""
    mask = Mask((Secret("https://watch.example/ping/1b2c-3d4e"),))
    assert "1b2c" not in mask('GET "/ping/1b2c-3d4e/start" watch.example')


def test_a_mask_shows_nothing_of_itself() -> None:
    """Neither it nor a log that holds it can be printed with the secret."""
    mask = Mask((Secret(CANARY),))
    assert shows(repr(mask)) == []
    assert shows(repr(log_to([]))) == []


def test_a_long_line_without_an_address_takes_no_time() -> None:
    """The search is linear: a megabyte of one word is no attack."""
    text = "x" * 1_000_000
    assert Mask()(text) == text


# -- the log --------------------------------------------------------------------------------


def test_one_event_is_one_json_line() -> None:
    """Time, level, event, run, what is bound, and the fields; nothing that is not set."""
    lines: list[str] = []
    log_to(lines).bound(edition="2026-01").warning("late", hours=3, why=None, of=("a", "b"))
    assert [json.loads(line) for line in lines] == [
        {
            "time": "2026-01-05T23:30:05.000+00:00",
            "level": "warning",
            "event": "late",
            "run": "run-1",
            "edition": "2026-01",
            "hours": 3,
            "of": ["a", "b"],
        }
    ]


def test_a_person_reads_one_line_too() -> None:
    """Nothing in a value can make a line that was not written."""
    lines: list[str] = []
    log = log_to(lines, "text")
    log.progress("assess", "2026-01")
    log.error("end", reason="one\ntwo \x1b[31m", code=65)
    assert lines == [
        "23:30:05 assess 2026-01",
        '23:30:05 ERROR end reason="one\\ntwo \\x1b[31m" code=65',
    ]


@settings(max_examples=100, deadline=None)
@given(name=st.text(), value=st.text(), key=st.text())
def test_any_text_is_one_line(name: str, value: str, key: str) -> None:
    """Control signs, surrogates and line ends of any script stay inside their field."""
    lines: list[str] = []
    for form in ("json", "text"):
        log_to(lines, form).event(name, **{key: value})
    assert len(lines) == 2
    assert json.loads(lines[0])["event"] == log_to([])._shown(name)
    assert all(len(line.split("\n")) == 1 for line in lines)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("shape", ["json", "text"])
def test_no_log_shows_a_secret(form: str, shape: Form) -> None:
    """In an event's name, a key, a value, a list or a table: never."""
    lines: list[str] = []
    log, said = log_to(lines, shape), FORMS[form](CANARY)
    log.event(said, a=said, b=[said], c={said: said}, d=Path(said), e=ValueError(said))
    assert shows("\n".join(lines)) == []
    assert shows(log.tail()) == []


def test_what_libraries_warn_of_becomes_events() -> None:
    """Warnings and logged warnings are taken down with their origin, and only meanwhile."""
    lines: list[str] = []
    log = log_to(lines)
    with log.listening(), warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.getLogger("weasyprint").warning("no such property")
        logging.getLogger("httpx").info("GET https://watch.example/secret")
        warnings.warn("old name", FutureWarning, stacklevel=1)
    logging.getLogger("weasyprint.later").info("afterwards")
    found = [json.loads(line) for line in lines]
    assert [(one["logger"], one["said"]) for one in found] == [
        ("weasyprint", "no such property"),
        ("FutureWarning", "old name"),
    ]


def test_a_log_nobody_can_read_stops_nothing() -> None:
    """A closed terminal or a full disk costs the lines, and the end of the log is still known."""

    def full(line: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    closed = io.StringIO()
    closed.close()
    for write in (full, lambda line: print(line, file=closed)):
        log = Log(write, "json", "run-1", lambda: NOW)
        log.event("begin")
        assert log.tail() == "23:30:05 begin"


def test_the_tail_is_what_came_last() -> None:
    """Of a long run the end is kept, in a form for people."""
    lines: list[str] = []
    log = log_to(lines)
    for number in range(100):
        log.event("step", number=number)
    assert log.tail().splitlines()[-1] == "23:30:05 step number=99"
    assert len(log.tail().splitlines()) == 40


@pytest.mark.parametrize("shape", ["json", "text"])
def test_a_crash_is_told_with_its_traceback(shape: Form) -> None:
    """Where it happened can be read; what it held cannot, in any form."""
    lines: list[str] = []
    said = " ".join(form(CANARY) for form in FORMS.values())
    with pytest.raises(KeyError) as caught:
        FORMS[said]
    log_to(lines, shape).crash(caught.value)
    assert "test_operations.py" in "\n".join(lines)
    assert shows("\n".join(lines)) == []
    assert (len(lines) == 1) == (shape == "json")
    assert "\n" not in "".join(lines)


# -- exit codes -----------------------------------------------------------------------------


def test_every_exit_code_is_documented() -> None:
    """The table of the documentation, the command's help and the errors name the same codes."""
    known: list[type[ReportgenError]] = [ReportgenError, *ReportgenError.__subclasses__()]
    kinds = {one.exit_code for one in known}
    text = (Path(__file__).parent.parent / "docs" / "operations.md").read_text(encoding="utf-8")
    table = text.partition("## Exit codes")[2].partition("## ")[0]
    assert {int(one) for one in re.findall(r"^\| (\d+) ", table, re.MULTILINE)} == {0, *kinds}
    assert {int(one) for one in re.findall(r"\b\d+\b", EPILOG)} == {0, *kinds}
    assert len(kinds) == 10


# -- the report -----------------------------------------------------------------------------


def book(*secrets: Secret) -> Book:
    """Return the book of a run of a minute."""
    begun = NOW - timedelta(minutes=1)
    return Book("run-1", "publish", "0.1.0", begun, lambda: NOW, Mask(secrets), "2026-01")


def test_a_run_is_told_as_json_and_as_text(tmp_path: Path) -> None:
    """Both say the same; the text is short, plain, and no line is too long for a mail."""
    kept = book()
    with kept.stage("gather"):
        pass
    kept.kept("assess")
    with pytest.raises(DataError), kept.stage("render"):
        raise DataError("Gate 3 failed.")
    kept.degraded = ("vix", "skew")
    kept.files, kept.pages = {"a.zh.pdf": 1_234_567}, {"a.zh.pdf": 26}
    kept.data = "as of 2026-01-02, 34 live, 2 other, 1 cache; " + "stale: " + "some_series, " * 9
    kept.warn("Look at this.")
    run = kept.closed("failed", 65, "Gate 3 failed.", "Look at the page.")
    as_json, as_text = report.write(run, tmp_path)
    assert as_json.name == "20260105T232905Z-publish-2026-01.json"
    assert msgspec.json.decode(as_json.read_bytes(), type=Run) == run
    text = as_text.read_text()
    for part in ("publish 2026-01: failed", "Gate 3 failed.", "65", "60.0 s", "FAILED", "26 pages"):
        assert part in text
    head = (
        "reportgen publish 2026-01: failed\n\nGate 3 failed.\nLook at the page.\n\nExit code   65\n"
    )
    assert text.startswith(head)
    assert max(map(len, text.splitlines())) <= texts.WIDTH
    assert [one.state for one in run.stages] == ["done", "kept", "failed"]


def test_a_report_is_told_where_its_words_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A damaged installation tells of itself in another form rather than not at all."""
    monkeypatch.setattr(texts, "templates_folder", lambda: Path("/none"))
    texts._environment.cache_clear()
    try:
        told = book().closed("failed", 66, "There are no templates.").as_text()
    finally:
        texts._environment.cache_clear()
    assert json.loads(told)["reason"] == "There are no templates."


def test_two_runs_of_one_second_keep_both_reports(tmp_path: Path) -> None:
    """No report is written over."""
    first, _ = report.write(book().closed("published"), tmp_path)
    second, _ = report.write(book().closed("nothing due"), tmp_path)
    assert first != second
    assert b"published" in first.read_bytes()
    assert len(list((tmp_path / "runs").iterdir())) == 4


def test_a_report_is_there_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a full disk nothing half-written is left."""

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(DiskError):
        report.write(book().closed("published"), tmp_path)
    assert list((tmp_path / "runs").iterdir()) == []


@pytest.mark.parametrize("form", FORMS)
def test_no_report_shows_a_secret(form: str) -> None:
    """Wherever a sentence has caught it."""
    kept, said = book(Secret(CANARY)), FORMS[form](CANARY)
    kept.warn(said)
    kept.data, kept.facts = said, {"x": said}
    run = kept.closed("failed", 70, said, said)
    assert shows(run.as_text().replace("\n", " ")) == []
    assert shows(run.as_json().decode()) == []


def test_a_stage_is_timed_in_any_case() -> None:
    """A step that raises is in the report."""
    kept = book()
    with pytest.raises(KeyError), kept.stage("bind"):
        raise KeyError
    (stage,) = kept.closed("crashed", 70).stages
    assert stage == Stage("bind", stage.seconds, "failed")


# -- the heartbeat --------------------------------------------------------------------------


@dataclass
class Watchdog:
    """A watchdog on this machine."""

    status: int = 200
    wait: threading.Event = field(default_factory=threading.Event)
    heard: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def watchdog() -> Iterator[Watchdog]:
    """A watchdog that answers at once."""
    found = Watchdog()
    found.wait.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            found.heard.append((self.path, body))
            found.wait.wait(10)
            self.send_response(found.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_address[1]}/ping/1b2c-3d4e?key=77aa"
    yield found
    found.wait.set()
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_watchdog_hears_begin_end_and_reason(watchdog: Watchdog) -> None:
    """The paths are those of healthchecks.io; a failure brings its code, reason and the log."""
    lines: list[str] = []
    log = log_to(lines)
    beat = Heartbeat(Secret(watchdog.url), 5.0, log)
    assert beat.start()
    assert beat.success("published 2026-01")
    log.event("render", page=3)
    assert beat.fail(65, f"Gate 3 failed, {CANARY}.")
    assert [path for path, _ in watchdog.heard] == [
        "/ping/1b2c-3d4e/start?key=77aa",
        "/ping/1b2c-3d4e?key=77aa",
        "/ping/1b2c-3d4e/fail?key=77aa",
    ]
    failure = watchdog.heard[-1][1]
    assert "exit code 65" in failure
    assert "render page=3" in failure
    assert shows(failure) == []


def test_a_watchdog_that_is_down_changes_nothing(watchdog: Watchdog) -> None:
    """It answers with an error, not at all, or is not there: an event each, no exception."""
    lines: list[str] = []
    log = log_to(lines, secrets=())
    watchdog.status = 500
    assert not Heartbeat(Secret(watchdog.url), 5.0, log).success()
    watchdog.wait.clear()
    assert not Heartbeat(Secret(watchdog.url), 0.05, log).success()
    for url in ("http://127.0.0.1:1/ping/1b2c-3d4e", "no address", "http://[::1/x", "ftp://x/1b2c"):
        assert not Heartbeat(Secret(url), 5.0, log).success()
    assert len(lines) == 6
    assert all(json.loads(line)["event"] == "heartbeat" for line in lines)
    assert "1b2c" not in "".join(lines)


def test_without_a_watchdog_nothing_is_sent() -> None:
    """No address, no beat, no event."""
    lines: list[str] = []
    assert not Heartbeat(None, 5.0, log_to(lines)).start()
    assert lines == []


def test_libraries_log_no_address(watchdog: Watchdog, caplog: pytest.LogCaptureFixture) -> None:
    """What httpx tells of every request holds the whole address, and is dropped."""
    caplog.set_level(logging.INFO)
    assert Heartbeat(Secret(watchdog.url), 5.0, log_to([])).success()
    assert "1b2c" not in caplog.text


# -- surroundings ---------------------------------------------------------------------------


def test_cron_without_a_home_gets_folders_of_ours(tmp_path: Path) -> None:
    """Fontconfig and matplotlib find a place; what is set already stays as it is."""
    environ = {"PATH": "/usr/bin:/bin"}
    added = furnish(tmp_path, environ)
    assert set(added) == {CACHE, PLOTS}
    assert all(Path(environ[name]).is_dir() for name in added)
    assert all(Path(environ[name]).is_relative_to(tmp_path / "cache") for name in added)
    assert furnish(tmp_path, environ) == {}


def test_a_home_of_ones_own_is_used(tmp_path: Path) -> None:
    """A person's machine is left as it is."""
    assert furnish(tmp_path, {"HOME": str(tmp_path)}) == {}


def test_a_home_that_is_not_there_is_none(tmp_path: Path) -> None:
    """A service's home is often a name only."""
    environ = {"HOME": str(tmp_path / "file" / "home"), CACHE: str(tmp_path / "own")}
    (tmp_path / "file").write_text("")
    assert set(furnish(tmp_path, environ)) == {PLOTS}


def test_where_nothing_can_be_written_a_folder_of_the_run_serves(tmp_path: Path) -> None:
    """Even then nothing warns."""
    (tmp_path / "file").write_text("")
    environ: dict[str, str] = {}
    furnish(tmp_path / "file", environ)
    assert Path(environ[CACHE]).is_dir()
