"""The doctor: what a publishing machine lacks is named before the day of publication."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import namedtuple
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from relays import PASSWORD, Relay
from sealed import edition_of

from reportgen import health, schedule
from reportgen.cli import main
from reportgen.config import Settings
from reportgen.config.publishing import Operator, Schedule, Smtp
from reportgen.config.report import Build
from reportgen.health import Finding, Scene, machine
from reportgen.health.delivery import of_delivery
from reportgen.health.finding import State
from reportgen.health.machine import of_machine
from reportgen.health.publishing import of_publishing, of_relay
from reportgen.operations.surroundings import CACHE, PLOTS

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ROOT = Path(__file__).parent.parent
EXPECTED = {
    "libraries",
    "fonts for zh",
    "fonts for ja",
    "fonts for en",
    "catalogues",
    "bundled figures",
    "encoding",
    "clock",
    "time zone",
    "output folder",
    "room on the disk",
    "cache folders",
    "font cache",
    "calendar",
    "operator",
    "heartbeat",
    "signing key",
    "clients",
}


def scene(output: Path, now: datetime = NOW, environ: Mapping[str, str] | None = None) -> Scene:
    """Return a machine with an output folder and a home."""
    home = {"HOME": str(output), CACHE: str(output), PLOTS: str(output)}
    return Scene(Settings(build=Build(output=str(output))), {**home, **(environ or {})}, now)


def configured(one: Scene, **sections: Any) -> Scene:
    """Return the machine with other settings."""
    settings = Settings(build=one.settings.build, **sections)
    return Scene(settings, one.environ, one.now)


def found(findings: Iterator[Finding], what: str) -> Finding:
    """Return the finding about one thing."""
    return next(one for one in findings if one.what == what)


# -- the machine ----------------------------------------------------------------------------


def test_the_clock_of_a_machine_that_lost_its_battery_is_missing(tmp_path: Path) -> None:
    """Before the newest figures the program ships, or a century later, no clock is right."""
    for year in (1970, 2025, 2200):
        assert found(
            of_machine(scene(tmp_path, datetime(year, 1, 1, tzinfo=UTC))), "clock"
        ).state == ("missing")


def test_a_clock_apart_from_the_disk_s_is_told(tmp_path: Path) -> None:
    """Half an hour between the machine and its disk is a warning."""
    now = datetime.now(UTC)
    assert found(of_machine(scene(tmp_path, now)), "clock").sound
    apart = found(of_machine(scene(tmp_path, now - timedelta(minutes=30))), "clock")
    assert (apart.state, "+1800 s" in apart.detail) == ("warning", True)


def test_a_zone_that_is_not_in_the_database_is_missing(tmp_path: Path) -> None:
    """It is named, with what it may have been meant to be."""
    one = configured(scene(tmp_path), schedule=Schedule(timezone="Asia/Shanhai"))
    finding = found(of_machine(one), "time zone")
    assert finding.state == "missing"
    assert "Asia/Shanghai" in finding.detail


@pytest.mark.parametrize(("free", "state"), [(1e9, "warning"), (3e9, "sound")])
def test_little_room_is_told(
    tmp_path: Path, free: float, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under two gigabytes."""
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage(0, 0, int(free)))
    assert found(of_machine(scene(tmp_path)), "room on the disk").state == state


def test_ten_editions_must_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where editions are large, more than two gigabytes must be free."""
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage(0, 0, 3_000_000_000))
    monkeypatch.setattr(machine, "last_edition_bytes", lambda output: 400_000_000)
    assert "4.0 GB should be" in found(of_machine(scene(tmp_path)), "room on the disk").detail


def test_an_output_folder_that_cannot_be_written_to_is_missing(tmp_path: Path) -> None:
    """Likewise cache folders."""
    (tmp_path / "file").write_text("")
    one = scene(tmp_path / "file")
    assert found(of_machine(one), "output folder").state == "missing"
    assert found(of_machine(one), "cache folders").state == "missing"


def test_a_font_cache_with_no_place_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What fontconfig complains of is passed on."""
    lister = tmp_path / "fc-list"
    lister.write_text("#!/bin/sh\necho 'Fontconfig error: No writable cache directories' >&2\n")
    lister.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    finding = found(of_machine(scene(tmp_path)), "font cache")
    assert (finding.state, finding.detail.startswith("Fontconfig error")) == ("warning", True)


# -- what publishing needs ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "state"),
    [(400, "sound"), (90, "sound"), (89, "warning"), (0, "warning"), (-1, "missing")],
)
def test_the_end_of_the_calendar_is_told_ninety_days_ahead(
    tmp_path: Path, left: int, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And beyond it nothing can be scheduled."""
    known = schedule.Coverage(NOW.date() + timedelta(days=left), left)
    monkeypatch.setattr(schedule, "coverage", lambda settings, today: known)
    finding = found(of_publishing(scene(tmp_path)), "calendar")
    assert finding.state == state
    assert str(known.last_known) in finding.detail


def test_the_calendar_of_shanghai_ends_when_the_library_says(tmp_path: Path) -> None:
    """The real library, whatever its version knows: the finding follows it."""
    one = configured(scene(tmp_path), schedule=Schedule(calendar="XSHG"))
    left = schedule.coverage(one.settings, NOW.date()).days_left
    state = "missing" if left < 0 else "warning" if left < 90 else "sound"
    assert found(of_publishing(one), "calendar").state == state


def test_who_is_told_by_nobody_is_warned(tmp_path: Path) -> None:
    """Nothing stops, but failures would go unseen."""
    one = scene(tmp_path)
    for what in ("operator", "heartbeat"):
        assert found(of_publishing(one), what).state == "warning"
    assert found(of_publishing(one), "signing key").sound


def test_a_user_without_a_password_is_missing(tmp_path: Path) -> None:
    """A login that cannot work is known before it is tried."""
    smtp = Smtp(host="relay.example", sender="a@b.example", user="reportgen")
    one = configured(scene(tmp_path), smtp=smtp, operator=Operator(mail="c@d.example"))
    assert found(of_publishing(one), "operator").state == "missing"


@pytest.mark.parametrize(
    ("variable", "what"),
    [
        ("REPORTGEN_SMTP_PASSWORD", "operator"),
        ("REPORTGEN_HEARTBEAT_URL", "heartbeat"),
        ("REPORTGEN_SIGNING_KEY", "signing key"),
    ],
)
def test_a_secret_others_can_read_is_missing(tmp_path: Path, variable: str, what: str) -> None:
    """Each file is looked at, and nothing of it is shown."""
    file = tmp_path / "secret"
    file.write_text("https://watch.example/" + PASSWORD)
    file.chmod(0o644)
    finding = found(of_publishing(scene(tmp_path, environ={f"{variable}_FILE": str(file)})), what)
    assert finding.state == "missing"
    assert "chmod 600" in finding.detail
    assert PASSWORD not in finding.detail


def test_a_key_that_is_none_is_missing(tmp_path: Path) -> None:
    """It is tried out before the day, and not shown."""
    finding = found(
        of_publishing(scene(tmp_path, environ={"REPORTGEN_SIGNING_KEY": PASSWORD})), "signing key"
    )
    assert finding.state == "missing"
    assert PASSWORD not in finding.detail


def test_a_heartbeat_that_is_no_address_is_missing(tmp_path: Path) -> None:
    """Its address is not shown either way."""
    good = scene(tmp_path, environ={"REPORTGEN_HEARTBEAT_URL": "https://watch.example/1b2c"})
    finding = found(of_publishing(good), "heartbeat")
    assert (finding.state, "1b2c" in finding.detail) == ("sound", False)
    bad = scene(tmp_path, environ={"REPORTGEN_HEARTBEAT_URL": "watch.example/1b2c"})
    assert found(of_publishing(bad), "heartbeat").state == "missing"


# -- the relay ------------------------------------------------------------------------------


def test_the_relay_s_limit_is_held_against_ours_and_the_last_edition(tmp_path: Path) -> None:
    """Sound, smaller than configured, smaller than the last PDF, not there: four findings."""
    with Relay(login=False, limit=30_000_000) as relay:
        one = configured(scene(tmp_path), smtp=relay.settings())
        assert found(of_relay(one), "relay").sound
        large = configured(one, smtp=relay.settings(max_message_bytes=40_000_000))
        assert found(of_relay(large), "relay").state == "warning"
        folder = tmp_path / "editions" / "2026-01"
        folder.mkdir(parents=True)
        with (folder / "a.pdf").open("wb") as file:
            file.truncate(25_000_000)
        assert "34.3 MB" in found(of_relay(one), "relay").detail
    assert found(of_relay(one), "relay").state == "missing"
    assert found(of_relay(scene(tmp_path)), "relay").state == "warning"


# -- the whole ------------------------------------------------------------------------------


def test_everything_is_looked_at_and_the_worst_counts(tmp_path: Path) -> None:
    """Each thing once; with mail, the relay too."""
    edition_of(tmp_path)
    findings = health.examine(scene(tmp_path))
    assert {one.what for one in findings} == EXPECTED
    assert len(findings) == len(EXPECTED)
    assert health.worst(findings) == "warning"
    assert health.worst(()) == "sound"


def doctor(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command as cron would: two folders of commands, and nothing else."""
    return subprocess.run(
        [sys.executable, "-m", "reportgen", "doctor", *words],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_doctor_works_in_cron_s_empty_environment(tmp_path: Path) -> None:
    """No HOME, no LANG: 0 with warnings, in UTF-8, a place for caches, nothing on stderr."""
    done = doctor(tmp_path, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    assert answer["state"] == "warning"
    states = {one["what"]: one["state"] for one in answer["findings"]}
    assert set(states) == EXPECTED
    assert (states["encoding"], states["cache folders"], states["font cache"]) == ("sound",) * 3
    assert (tmp_path / "output" / "cache" / "libraries").is_dir()


def test_something_missing_ends_with_66(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The findings are printed all the same."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reportgen.toml").write_text('[fonts]\nfolder = "none"\n')
    done = CliRunner().invoke(main, ["doctor"])
    assert done.exit_code == 66
    assert "MISSING fonts for zh" in done.output
    assert "ok      catalogues" in done.output


@pytest.mark.long
@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="needs another user")
def test_a_report_is_built_by_a_user_without_a_home() -> None:
    """A service's user, an empty environment: a report, and not a word of any library."""
    user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    form = ["--data", "bundled", "--lang", "en", "--format", "html", "--paths", "1000", "--quiet"]
    with tempfile.TemporaryDirectory() as output:  # others may not enter the folders of the tests
        os.chown(output, 65534, 65534)
        done = subprocess.run(
            [*user, sys.executable, "-m", "reportgen", "build", *form, "--output", output],
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        written = list(Path(output).glob("drafts/2025-12/*.en.html"))
    assert (done.stdout, done.stderr) == ("", "")
    assert done.returncode == 0
    assert len(written) == 1


# -- delivery -------------------------------------------------------------------------------


def test_a_house_without_clients_needs_nothing_to_deliver(tmp_path: Path) -> None:
    """Looking makes neither a database nor a key."""
    assert [one.state for one in of_delivery(scene(tmp_path))] == ["sound"]
    assert list(tmp_path.iterdir()) == []


def test_what_delivery_lacks_is_named(tmp_path: Path) -> None:
    """No copy for the house, no place for returned mail, no log: warnings, each with its reason."""
    from plans import client_of

    from reportgen.config.delivery import Delivery
    from reportgen.deliver.clients import book
    from reportgen.deliver.database import open_database

    place = scene(tmp_path)
    database = open_database(place.settings, {})
    book.put(database, client_of("acme"), NOW)
    states = {one.what: one.state for one in of_delivery(place)}
    assert states == {
        "clients": "warning",
        "keys of the mail": "sound",
        "returned mail": "warning",
        "log of the relay": "warning",
    }
    book.put(database, client_of("house", house=True), NOW)
    database.close()
    (tmp_path / "mail.log").write_text("")
    log = str(tmp_path / "mail.log")
    given = Delivery(bounces="bounces@house-firm.cn", relay_log=log)
    better = configured(place, delivery=given)
    assert {one.state for one in of_delivery(better)} == {"sound"}
    (tmp_path / "mail.log").unlink()
    assert found(of_delivery(better), "log of the relay").state == "missing"
