"""A tick knows what is to be done, loads little to find out, and tells of failures once a day."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from reportgen.cli import main
from reportgen.config import Settings
from reportgen.operations.heartbeat import Heartbeat
from reportgen.operations.log import Log
from reportgen.publishing import state
from reportgen.publishing.signals import Signal, Signals
from reportgen.publishing.tick import periods, still_patient, task

DUE = datetime(2026, 1, 4, 23, 30, tzinfo=UTC)
"""When the second trading day of January 2026 is half past seven old in Shanghai."""


def _settings(output: Path) -> Settings:
    build = msgspec.structs.replace(Settings().build, output=str(output))
    return msgspec.structs.replace(Settings(), build=build)


def _edition(output: Path, name: str) -> None:
    (output / "editions" / name).mkdir(parents=True)


def test_before_its_moment_nothing_is_due(tmp_path: Path) -> None:
    """A minute before, the task is to wait; at the moment, the edition is due."""
    _edition(tmp_path, "2025-12")
    before = task(_settings(tmp_path), tmp_path, DUE - timedelta(minutes=1))
    at = task(_settings(tmp_path), tmp_path, DUE)
    assert (before.standing, before.name) == ("nothing", "2026-01")
    assert (at.standing, at.name) == ("due", "2026-01")


def test_what_is_published_is_not_due_again(tmp_path: Path) -> None:
    """With its folder in the archive, even a revision's, the next month is waited for."""
    _edition(tmp_path, "2026-01-r2")
    found = task(_settings(tmp_path), tmp_path, DUE + timedelta(days=3))
    assert (found.standing, found.name) == ("nothing", "2026-02")


def test_a_stopped_run_comes_first(tmp_path: Path) -> None:
    """Whatever the calendar says, what was begun is brought to its end."""
    begun = state.State(name="2025-12", period="2025-12", revision=1, run="r", begun=DUE)
    state.begin(tmp_path, begun)
    found = task(_settings(tmp_path), tmp_path, DUE)
    assert (found.standing, found.name) == ("unfinished", "2025-12")


def test_too_late_is_a_person_s_matter(tmp_path: Path) -> None:
    """Beyond the limit nothing is made unasked; a house that has published nothing is not late."""
    late = DUE + timedelta(days=11)
    assert task(_settings(tmp_path), tmp_path, late).standing == "nothing"
    _edition(tmp_path, "2025-12")
    assert task(_settings(tmp_path), tmp_path, late).standing == "late"


def test_a_calendar_that_ends_is_no_reason_to_fail_before_anything_is_due(tmp_path: Path) -> None:
    """Where the library does not know January, December's end is quiet; doctor has warned."""
    settings = _settings(tmp_path)
    rule = msgspec.structs.replace(settings.schedule, calendar="XSHG")
    settings = msgspec.structs.replace(settings, schedule=rule)
    _edition(tmp_path, "2026-12")
    found = task(settings, tmp_path, datetime(2026, 12, 30, tzinfo=UTC))
    assert found.standing == "nothing"


def test_figures_are_waited_for(tmp_path: Path) -> None:
    """For six hours nobody is alarmed; then somebody is."""
    found = task(_settings(tmp_path), tmp_path, DUE)
    assert found.plan is not None
    assert still_patient(_settings(tmp_path), found.plan, DUE + timedelta(hours=5))
    assert not still_patient(_settings(tmp_path), found.plan, DUE + timedelta(hours=6))


def test_folders_that_are_no_editions_do_not_count(tmp_path: Path) -> None:
    """Only names of editions tell of months."""
    for name in ("2025-12", "2025-13", ".2026-01-new", "2026-02-r0x"):
        _edition(tmp_path, name)
    assert periods(tmp_path) == {"2025-12"}


def test_an_idle_tick_loads_neither_models_nor_pages(tmp_path: Path) -> None:
    """Nothing that takes long is imported when nothing is due."""
    config = tmp_path / "reportgen.toml"
    config.write_text(f'[build]\noutput = "{tmp_path / "output"}"\n[schedule]\nlate_days = 0\n')
    command = [sys.executable, "-X", "importtime", "-m", "reportgen", "--config", str(config)]
    subprocess.run([*command, "run-due"], capture_output=True, check=True)  # the calendar is kept
    done = subprocess.run([*command, "run-due"], capture_output=True, text=True, check=True)
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "click" in loaded
    assert not loaded & {"numpy", "pandas", "weasyprint", "matplotlib", "jinja2", "httpx", "scipy"}
    assert "Nothing is due" in done.stdout


def test_a_month_to_come_is_not_published() -> None:
    """It is refused in one sentence."""
    done = CliRunner().invoke(main, ["publish", "--period", "2126-01", "--data", "bundled"])
    assert done.exit_code == 64
    assert "has not come yet" in done.output


# -- signals ----------------------------------------------------------------------------------


@dataclass
class _Beats:
    heard: list[tuple[int, str]] = field(default_factory=list)

    def start(self, text: str = "") -> bool:
        return True

    def success(self, text: str = "") -> bool:
        self.heard.append((0, text))
        return True

    def fail(self, code: int, text: str) -> bool:
        self.heard.append((code, text))
        return True


@pytest.fixture
def mailed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The subjects of mails that the relay took."""
    from reportgen.operations import mail

    subjects: list[str] = []

    def told(smtp: Any, operator: Any, secret: Any, subject: str, *_: Any, **__: Any) -> Any:
        subjects.append(subject)
        return mail.Told("<id>", 1)

    monkeypatch.setattr(mail, "tell", told)
    return subjects


def _signals(output: Path, beats: _Beats) -> Signals:
    operator = msgspec.structs.replace(Settings().operator, mail="ops@house.example")
    settings = msgspec.structs.replace(Settings(), operator=operator)
    log = Log(lambda line: None, "text", "run", lambda: DUE)
    heartbeat: Heartbeat = beats  # type: ignore[assignment]
    return Signals(output, settings, None, heartbeat, log, DUE)


def _failure(title: str = "2026-01: the disk is full") -> Signal:
    return Signal(74, title, "text", True, "2026-01")


def test_the_same_failure_is_mailed_once_a_day(tmp_path: Path, mailed: list[str]) -> None:
    """The watchdog hears it every time; the operator again after a day, or when it changes."""
    beats = _Beats()
    told = _signals(tmp_path, beats)
    told.tell(_failure())
    told.tell(_failure())
    assert len(mailed) == 1
    told.tell(_failure("2026-01: a gate failed"))
    replace(told, now=DUE + timedelta(hours=25)).tell(_failure("2026-01: a gate failed"))
    assert len(mailed) == 3
    assert [code for code, _ in beats.heard] == [74] * 4


def test_a_stage_without_network_leaves_its_signals(tmp_path: Path, mailed: list[str]) -> None:
    """They are sent, in order, by the next run that has one, and only once."""
    beats = _Beats()
    told = _signals(tmp_path, beats)
    replace(told, network=False).tell(_failure())
    assert beats.heard == []
    assert (tmp_path / state.FOLDER / state.UNTOLD).is_file()
    told.drain()
    told.drain()
    assert [code for code, _ in beats.heard] == [74]
    assert len(mailed) == 1


def test_waiting_signals_are_no_run_under_way(tmp_path: Path, mailed: list[str]) -> None:
    """What is kept beside the states of runs is not taken for one, and survives the sweep."""
    from reportgen.archive.sealing import sweep

    replace(_signals(tmp_path, _Beats()), network=False).tell(_failure())
    assert state.under_way(tmp_path) == ()
    sweep(tmp_path)
    assert (tmp_path / state.FOLDER / state.UNTOLD).is_file()


def test_a_disk_that_is_full_is_told(tmp_path: Path, mailed: list[str]) -> None:
    """No report of the run can be written: watchdog and operator hear of it all the same."""
    from reportgen.cli.telling import Telling
    from reportgen.errors import DiskError
    from reportgen.operations.report import Book

    output = tmp_path / "output"
    output.write_text("a file where the folder should be")
    beats = _Beats()
    told = _signals(output, beats)
    book = Book("run", "publish", "0", DUE, lambda: DUE)
    with pytest.raises(DiskError), Telling(told.settings, output, told.log, book, told, {}).whole():
        raise DiskError("The disk is full.")
    assert [code for code, _ in beats.heard] == [74]
    assert len(mailed) == 1


def test_a_later_stage_does_not_hide_that_an_earlier_one_failed(tmp_path: Path) -> None:
    """Where nothing was gathered, build and deliver leave the month alone, and say so."""
    config = tmp_path / "reportgen.toml"
    late = "[schedule]\nlate_days = 60\npatience_hours = 0\n"
    config.write_text(f'[build]\noutput = "{tmp_path / "output"}"\n{late}')
    for stage in ("build", "deliver"):
        done = CliRunner().invoke(main, ["--config", str(config), "run-due", "--stage", stage])
        assert done.exit_code == 0
        assert "waits for an earlier stage" in done.output
    assert state.under_way(tmp_path / "output") == ()
    assert not (tmp_path / "output" / "runs").exists()


def test_answers_nobody_can_keep_have_an_exit_code(tmp_path: Path) -> None:
    """A log on a full disk ends with 74 or the code of what went wrong; never with a traceback."""
    command = [sys.executable, "-m", "reportgen", "editions"]
    listing = [*command, "list", "--output", str(tmp_path)]
    with Path("/dev/full").open("w") as full:
        told = subprocess.run(listing, stdout=full, stderr=subprocess.PIPE, check=False)
        wrong = [*command, "show", "nothing", "--output", str(tmp_path)]
        lost = subprocess.run(wrong, stdout=full, stderr=full, check=False)
    assert told.returncode == 74
    assert told.stderr.decode().count("\n") == 1
    assert lost.returncode == 64


def test_an_idle_tick_tells_what_the_stage_without_network_left(tmp_path: Path) -> None:
    """Without a watchdog, too: an operator with a mailbox alone hears of the edition."""
    config = tmp_path / "reportgen.toml"
    config.write_text(f'[build]\noutput = "{tmp_path}"\n[schedule]\nlate_days = 0\n')
    replace(_signals(tmp_path, _Beats()), network=False).tell(_failure())
    waiting = tmp_path / state.FOLDER / state.UNTOLD
    arguments = ["--config", str(config), "run-due", "--stage"]
    assert CliRunner().invoke(main, [*arguments, "build"]).exit_code == 0
    assert waiting.is_file()
    assert CliRunner().invoke(main, [*arguments, "deliver"]).exit_code == 0
    assert not waiting.exists()
