"""The entries of cron and systemd: what they say, putting them in place and taking them out."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from reportgen.cli import main
from reportgen.errors import CannotCreateError, ConfigError, UsageError
from reportgen.schedule import cron, systemd, units
from reportgen.schedule.place import Place
from reportgen.schedule.units import Machine

COMMANDS = import_module("reportgen.cli.schedule")
"""The module; in its package the command of the same name hides it."""

ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 1, 4, 12, tzinfo=UTC)
PLACE = Place(
    ("/srv/house/.venv/bin/reportgen",),
    Path("/srv/house/reportgen.toml"),
    Path("/srv/house/output"),
)
MACHINE = Machine("publisher", False, Path("/srv/house/templates"), 30, "Asia/Shanghai")
STAGES = ("gather", "build", "deliver")
NO_SYSTEMD = shutil.which("systemd-analyze") is None

FAKE_CRONTAB = """\
#!/bin/sh
# Like Debian's: no crontab is an error, and a last line must end.
jobs="$SPOOL/jobs"
case "$1" in
-l) cat "$jobs" 2>/dev/null || { echo "no crontab for somebody" >&2; exit 1; } ;;
-r) rm "$jobs" ;;
-) cat >"$jobs.new"
   if [ -n "$(tail -c 1 "$jobs.new")" ]; then echo "missing newline" >&2; exit 1; fi
   mv "$jobs.new" "$jobs" ;;
esac
"""
PROGRAM = f"""\
#!{sys.executable}
import json, os, pathlib, sys
sys.path.insert(0, {str(ROOT)!r})
beside = pathlib.Path(__file__).with_name("started.json")
if "run-due" in sys.argv:
    beside.write_text(json.dumps({{"words": sys.argv[1:], "environ": dict(os.environ)}}))
from reportgen.cli import main
sys.exit(main())
"""


class Jobs:
    """A crontab in memory."""

    def __init__(self, text: str | None = None) -> None:
        self.text = text
        self.writes = 0

    def read(self) -> str | None:
        """Return it."""
        return self.text

    def write(self, text: str | None) -> None:
        """Replace it."""
        self.text = text
        self.writes += 1


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A project whose folder can be written to."""
    return Place(PLACE.program, tmp_path / "reportgen.toml", tmp_path / "output")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with its program; nothing is due in it, ever."""
    folder = tmp_path / "my house"
    folder.mkdir()
    (folder / "reportgen.toml").write_text("[schedule]\nlate_days = 0\n")
    program = folder / "reportgen"
    program.write_text(PROGRAM)
    program.chmod(0o755)
    return folder


@pytest.fixture
def run(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run a command in the project, with a crontab of the test's own."""
    spool, folder = tmp_path / "spool", tmp_path / "bin"
    spool.mkdir()
    folder.mkdir()
    (folder / "crontab").write_text(FAKE_CRONTAB)
    (folder / "crontab").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setenv("SPOOL", str(spool))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr(sys, "argv", [str(project / "reportgen")])
    monkeypatch.chdir(project)

    def command(*words: str) -> Result:
        return CliRunner().invoke(main, list(words))

    return command


# -- cron: the text -----------------------------------------------------------------------------


def test_the_line() -> None:
    """One line between two marks: full paths, the file of secrets, a log that is added to."""
    assert cron.block(PLACE, [30]).splitlines() == [
        f"# reportgen:{PLACE.project} begin",
        "30 * * * * set -a; [ ! -r /srv/house/reportgen.env ] || . /srv/house/reportgen.env; "
        "mkdir -p /srv/house/output/runs; "
        "exec /srv/house/.venv/bin/reportgen --config /srv/house/reportgen.toml run-due "
        ">>/srv/house/output/runs/cron.log 2>&1",
        f"# reportgen:{PLACE.project} end",
    ]
    assert PLACE.project.startswith("house-")
    assert cron.block(PLACE, [30, 0]).splitlines()[1].startswith("0,30 * * * * ")


@pytest.mark.parametrize("name", ["100%", "a\nb", "x" * 800])
def test_a_path_that_cron_cannot_name(name: str) -> None:
    """A per cent sign or a line break would end the command; a long line would be cut."""
    folder = Path("/srv") / name
    odd = Place(PLACE.program, folder / "reportgen.toml", folder / "output")
    with pytest.raises(ConfigError, match="cron"):
        cron.block(odd, [30])


# -- cron: in and out ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "before",
    [
        None,
        "MAILTO=me\n5 4 * * * /bin/true\n",
        "# a remark without an end",
        "\n\n# latin \udce9\n@daily x\n",
        "# reportgen:house-00000000 begin\n1 * * * * other\n# reportgen:house-00000000 end\n",
    ],
)
def test_in_twice_and_out(place: Place, before: str | None) -> None:
    """Twice is once; what is left after taking it out is what was there, byte for byte."""
    jobs = Jobs(before)
    assert cron.install(place, [30], jobs, NOW)
    once = jobs.text
    assert once == cron.block(place, [30]) + (before or "")
    assert not cron.install(place, [30], jobs, NOW)
    assert (jobs.text, jobs.writes) == (once, 1)
    assert cron.remove(place, jobs, NOW)
    assert jobs.text == before
    assert not cron.remove(place, jobs, NOW)
    assert jobs.writes == 2


def test_what_was_there_is_kept(place: Place) -> None:
    """The old crontab is written beside the run reports, for its owner's eyes only."""
    cron.install(place, [30], Jobs("5 4 * * * secret\n"), NOW)
    (kept,) = place.runs.iterdir()
    assert kept.name == "crontab-20260104T120000Z.txt"
    assert kept.read_text() == "5 4 * * * secret\n"
    assert kept.stat().st_mode & 0o777 == 0o600


def test_another_entry_of_the_project_is_not_overwritten(place: Place) -> None:
    """Somebody changed the hour by hand: nothing is changed, and removing takes that line too."""
    jobs = Jobs(cron.block(place, [30]).replace("30 *", "45 *") + "@daily x\n")
    with pytest.raises(UsageError, match="another entry") as caught:
        cron.install(place, [30], jobs, NOW)
    assert caught.value.exit_code == 64
    assert jobs.writes == 0
    assert cron.remove(place, jobs, NOW)
    assert jobs.text == "@daily x\n"


@pytest.mark.parametrize("lost", ["begin", "end"])
def test_a_damaged_entry_is_left_to_a_person(place: Place, lost: str) -> None:
    """With a mark gone nobody can say what belongs to it."""
    lines = cron.block(place, [30]).splitlines(keepends=True)
    jobs = Jobs("".join(line for line in lines if not line.endswith(f"{lost}\n")) + "@daily x\n")
    with pytest.raises(ConfigError, match="damaged"):
        cron.install(place, [30], jobs, NOW)
    with pytest.raises(ConfigError, match="damaged"):
        cron.remove(place, jobs, NOW)
    assert jobs.writes == 0


def test_a_crontab_that_is_not_taken_as_given(place: Place) -> None:
    """What was written is read again: a cron that drops the entry is found out."""
    jobs = Jobs()
    jobs.write = lambda text: None  # type: ignore[method-assign]
    with pytest.raises(CannotCreateError, match="did not take"):
        cron.install(place, [30], jobs, NOW)


# -- cron: the command --------------------------------------------------------------------------


def test_the_command_puts_the_entry_in_and_out(run: Callable[..., Result], tmp_path: Path) -> None:
    """Through the system's own command; the crontab is as before in the end."""
    jobs = tmp_path / "spool/jobs"
    jobs.write_bytes(b"5 4 * * * caf\xe9\n")
    shown = run("schedule", "cron")
    assert shown.exit_code == 0, shown.output
    assert run("schedule", "cron", "--install").stdout == "The entry is in the crontab.\n"
    assert jobs.read_bytes() == shown.stdout.encode() + b"5 4 * * * caf\xe9\n"
    assert run("schedule", "cron", "--install").stdout == "The entry was there already.\n"
    assert run("schedule", "cron", "--remove").stdout == "The entry is removed.\n"
    assert jobs.read_bytes() == b"5 4 * * * caf\xe9\n"
    assert run("schedule", "cron", "--remove").stdout == "There was no entry.\n"


def test_an_own_crontab_of_nothing_goes_away(run: Callable[..., Result], tmp_path: Path) -> None:
    """Who had no crontab has none afterwards."""
    assert run("schedule", "cron", "--install").exit_code == 0
    assert run("schedule", "cron", "--remove").exit_code == 0
    assert not (tmp_path / "spool/jobs").exists()


def test_the_line_runs_as_cron_runs_it(run: Callable[..., Result], project: Path) -> None:
    """With an empty environment, from another folder; secrets come from the project's file."""
    run("schedule", "cron", "--install")
    (project / "reportgen.env").write_text("REPORTGEN_SMTP_PASSWORD='a $b %c'\n")
    line = run("schedule", "cron").stdout.splitlines()[1].split(" ", 5)[5]
    done = subprocess.run(
        ["env", "-i", "PATH=/usr/bin:/bin", "HOME=/", "/bin/sh", "-c", line],
        cwd="/",
        capture_output=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == (b"", b"")
    log = (project / "output/runs/cron.log").read_text()
    assert done.returncode == 0, log
    assert log.startswith("Nothing is due; next ")
    started = json.loads((project / "started.json").read_text())
    assert started["words"] == ["--config", str(project / "reportgen.toml"), "run-due"]
    assert started["environ"]["REPORTGEN_SMTP_PASSWORD"] == "a $b %c"
    assert "LANG" not in started["environ"]


def test_a_program_that_does_not_start_is_not_entered(
    run: Callable[..., Result], project: Path, tmp_path: Path
) -> None:
    """Before anything is put in place the program is started once as cron will."""
    (project / "reportgen").write_text("#!/bin/sh\necho no such module >&2\nexit 1\n")
    found = run("schedule", "cron", "--install")
    assert found.exit_code == 66
    assert "does not start from another folder: no such module" in found.output
    assert not (tmp_path / "spool/jobs").exists()


def test_without_cron_or_configuration(
    run: Callable[..., Result], project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """66, and what to do about it."""
    monkeypatch.setenv("PATH", str(project / "empty"))
    found = run("schedule", "cron", "--remove")
    assert found.exit_code == 66
    assert "schedule systemd" in found.output
    (project / "reportgen.toml").unlink()
    found = run("schedule", "cron")
    assert found.exit_code == 66
    assert "reportgen.toml: there is no such file" in found.output


IN_A_ROOM_OF_ITS_OWN = """\
set -e
mount -t tmpfs none /var/spool
mkdir -p /var/spool/cron/crontabs
mount -t tmpfs none /run
if [ -d /etc/cron.d ]; then mount -t tmpfs none /etc/cron.d; fi
if [ -f /etc/crontab ]; then mount --bind /dev/null /etc/crontab; fi
"$PROGRAM" --config "$CONFIG" schedule cron --install
crontab -l | sed 's/^[0-9,]* \\* \\* \\* \\*/* * * * */' | crontab -
cron -f &
daemon=$!
tries=0
until [ -s "$LOG" ] || [ $tries -gt 75 ]; do sleep 1; tries=$((tries + 1)); done
sleep 2
kill $daemon
"$PROGRAM" --config "$CONFIG" schedule cron --remove
if crontab -l 2>/dev/null; then exit 1; fi
"""


@pytest.mark.long
def test_a_real_cron(project: Path) -> None:
    """Debian's daemon starts the line within the minute, with next to nothing around it."""
    path = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"
    parts = [shutil.which(name, path=path) for name in ("cron", "crontab", "unshare")]
    rooms = ["unshare", "-m", "true"]
    if os.geteuid() != 0 or None in parts or subprocess.run(rooms, check=False).returncode:
        pytest.skip("needs cron, and root who may unshare")
    environ = {
        "PATH": path,
        "PROGRAM": str(project / "reportgen"),
        "CONFIG": str(project / "reportgen.toml"),
        "LOG": str(project / "output/runs/cron.log"),
    }
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", IN_A_ROOM_OF_ITS_OWN],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    environ = json.loads((project / "started.json").read_text())["environ"]
    assert environ["PATH"] == "/usr/bin:/bin"
    assert not {"LANG", "LC_ALL", "CONFIG"} & set(environ)
    assert (project / "output/runs/cron.log").read_text().startswith("Nothing is due")


# -- systemd ------------------------------------------------------------------------------------


def section(text: str) -> dict[str, list[str]]:
    """Return the settings of a unit by name."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if "=" in line and not line.startswith("#"):
            name, _, setting = line.partition("=")
            found.setdefault(name, []).append(setting)
    return found


def test_each_stage_has_only_what_it_needs() -> None:
    """Building has no network and no secrets of others; gathering has no templates."""
    texts = units.texts(PLACE, MACHINE)
    assert set(texts) == {*(f"reportgen-{stage}.service" for stage in STAGES), "reportgen.timer"}
    by_stage = {stage: section(texts[f"reportgen-{stage}.service"]) for stage in STAGES}
    for stage, found in by_stage.items():
        assert found["ExecStart"] == [
            "/srv/house/.venv/bin/reportgen --config /srv/house/reportgen.toml "
            f"run-due --stage {stage}"
        ]
        assert found["ReadWritePaths"] == ["/srv/house/output"]
        assert found["CapabilityBoundingSet"] == [""]
        assert found["User"] == ["publisher"]
    build = by_stage["build"]
    assert (build["PrivateNetwork"], build["IPAddressDeny"]) == (["yes"], ["any"])
    assert build["InaccessiblePaths"] == ["-/srv/house/reportgen.env"]
    assert "EnvironmentFile" not in build
    assert build["LoadCredential"] == ["reportgen_signing_key", *units.MAIL_CREDENTIALS]
    gather, deliver = by_stage["gather"], by_stage["deliver"]
    assert gather["TemporaryFileSystem"] == ["/srv/house/templates:ro"]
    assert gather["BindReadOnlyPaths"] == ["-/srv/house/templates/operator"]
    assert not {"reportgen_signing_key", *units.MAIL_CREDENTIALS} & set(gather["LoadCredential"])
    assert set(units.MAIL_CREDENTIALS) <= set(deliver["LoadCredential"])
    assert "reportgen_signing_key" not in deliver["LoadCredential"]
    assert "TemporaryFileSystem" not in deliver
    assert "reportgen-gather.service" in build["After"]
    assert "reportgen-build.service" in by_stage["deliver"]["After"]
    timer = section(texts["reportgen.timer"])
    assert timer["OnCalendar"] == ["*-*-* *:30:00 Asia/Shanghai"]
    assert (timer["Persistent"], timer["Unit"]) == (["yes"], ["reportgen-deliver.service"])


def test_paths_are_written_as_systemd_reads_them() -> None:
    """Spaces are quoted, per cent and dollar signs doubled; what cannot be named is refused."""
    odd = Place(("/a b/$x/reportgen",), Path("/a b/5%/c.toml"), Path("/a b/out"))
    found = section(units.texts(odd, MACHINE)["reportgen-gather.service"])
    assert found["ExecStart"] == [
        '"/a b/$$x/reportgen" --config "/a b/5%%/c.toml" run-due --stage gather'
    ]
    assert found["ReadWritePaths"] == ['"/a b/out"']
    assert found["WorkingDirectory"] == ["/a b/5%%"]
    with pytest.raises(ConfigError, match="quotes"):
        units.texts(Place(odd.program, Path('/a"b/c.toml'), odd.output), MACHINE)


@pytest.mark.skipif(NO_SYSTEMD, reason="needs systemd-analyze")
@pytest.mark.parametrize("user", ["root", "daemon", ""])
def test_systemd_takes_the_units(tmp_path: Path, user: str) -> None:
    """``systemd-analyze verify`` has nothing to say, and no service is exposed above 2.0 of 10."""
    odd = Place(("/bin/true",), tmp_path / "my house/50%/reportgen.toml", tmp_path / "my house/out")
    machine = Machine(user, True, tmp_path / "my house/templates", 0, "Australia/Lord_Howe")
    folder = tmp_path / "units"
    systemd.install(units.texts(odd, machine), folder)
    files = sorted(str(path) for path in folder.iterdir())
    done = analyze("verify", "--man=no", *files)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    for file in (one for one in files if one.endswith(".service")):
        done = analyze("security", "--offline=true", "--threshold=20", file)
        assert done.returncode == 0, done.stdout


def analyze(*words: str) -> subprocess.CompletedProcess[str]:
    """Ask systemd-analyze."""
    return subprocess.run(
        ["systemd-analyze", *words],
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_units_in_twice_and_out(tmp_path: Path) -> None:
    """Twice is once; another project's units are neither overwritten nor removed."""
    texts, other = units.texts(PLACE, MACHINE), Place(PLACE.program, tmp_path / "c", tmp_path)
    assert systemd.install(texts, tmp_path / "units")
    assert not systemd.install(texts, tmp_path / "units")
    with pytest.raises(UsageError, match="is there and differs"):
        systemd.install(units.texts(other, MACHINE), tmp_path / "units")
    assert systemd.own(other, tmp_path / "units") == ()
    own = systemd.own(PLACE, tmp_path / "units")
    assert len(own) == 4
    systemd.remove(own)
    assert list((tmp_path / "units").iterdir()) == []


def test_systemd_is_told() -> None:
    """The units are read and the timer started; a refusal is an error."""
    told: list[str] = []

    def yes(words: Any) -> int:
        told.append(shlex.join(words))
        return 0

    systemd.start(yes, ["systemctl", "--user"])
    systemd.stop(yes, ["systemctl", "--user"])
    assert told == [
        "systemctl --user daemon-reload",
        "systemctl --user enable --now reportgen.timer",
        "systemctl --user disable --now reportgen.timer",
    ]
    with pytest.raises(CannotCreateError, match="daemon-reload failed"):
        systemd.start(lambda words: 1, ["systemctl"])


def test_the_command_writes_a_users_units(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Into the user's own folder; what is printed without --install is what is written."""
    monkeypatch.setattr(COMMANDS, "_systemd_runs", lambda: False)
    folder = tmp_path / "config/systemd/user"
    shown = run("schedule", "systemd", "--user")
    assert shown.exit_code == 0, shown.output
    assert run("schedule", "systemd", "--user", "--install").exit_code == 0
    for path in folder.iterdir():
        assert f"# {path}\n{path.read_text()}" in shown.stdout
    assert "User=" not in shown.stdout
    removed = run("schedule", "systemd", "--user", "--remove")
    assert removed.stdout.count("Removed ") == 4
    assert list(folder.iterdir()) == []
    assert run("schedule", "systemd", "--user", "--remove").stdout == "There were no units.\n"


def test_the_systems_units_run_as_the_owner_of_the_project(run: Callable[..., Result]) -> None:
    """Not as whoever prints them."""
    shown = run("schedule", "systemd")
    assert shown.exit_code == 0, shown.output
    assert shown.stdout.count(f"User={Path.cwd().owner()}\n") == 3


# -- schedule show ------------------------------------------------------------------------------


def test_the_next_editions(run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each with its moment at home and in UTC and its last close; the source and its last day."""
    monkeypatch.setattr(COMMANDS, "now", lambda: NOW)
    lines = run("schedule", "show", "--count", "2").stdout.splitlines()
    assert lines[1].split("  ") == [
        "2026-01",
        "Mon 2026-01-05 07:30 +0800",
        "2026-01-04 23:30",
        "Fri 2026-01-02",
    ]
    assert lines[2].startswith("2026-02")
    assert "XNYS, exchange_calendars" in lines[4]
    found = json.loads(run("schedule", "show", "--count", "1", "--json").stdout)
    assert found["editions"] == [
        {
            "period": "2026-01",
            "publication": "2026-01-05T07:30:00+08:00",
            "publication_utc": "2026-01-04T23:30:00Z",
            "as_of": "2026-01-02",
            "dated": "2026-01-05",
            "window_end": "2026-12-31",
        }
    ]


def test_a_calendar_that_ends_is_shown_to_its_end(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is known is listed, then 78 with the last known day; no weekday stands in."""
    exchange_calendars = pytest.importorskip("exchange_calendars")
    last = exchange_calendars.get_calendar("XSHG", "2024-01-02", "2024-01-12").bound_max()
    november = datetime(last.year, 11, 30, 12, tzinfo=UTC)
    monkeypatch.setattr(COMMANDS, "now", lambda: november)
    monkeypatch.setenv("REPORTGEN_SCHEDULE__CALENDAR", "XSHG")
    found = run("schedule", "show")
    assert found.exit_code == 78
    assert [line[:7] for line in found.stdout.splitlines()[1:2]] == [f"{last.year}-12"]
    assert f"known to {last.date()}: 31 days left" in found.stdout
    assert f"no trading days are known after {last.date()}" in found.stderr


def test_showing_loads_no_figures(project: Path) -> None:
    """Once the days are kept, neither numpy nor the library is loaded."""
    script = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from reportgen.cli import main\n"
        "try:\n    main(['schedule', 'show', '--json'])\n"
        "finally:\n"
        "    heavy = {'numpy', 'pandas', 'exchange_calendars', 'jinja2', 'weasyprint', 'rich'}\n"
        "    print('loaded:', *sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    for expected in ("loaded: exchange_calendars numpy pandas\n", "loaded:\n"):
        done = subprocess.run(
            [sys.executable, "-c", script],
            cwd=project,
            env={},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stderr == expected
