"""Setting up: what the locks hold, what tools/setup.sh says and leaves, what is in the wheel."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LOCKS = ("run", "dev")
REQUIREMENT = re.compile(r"^([a-z0-9-]+)==([^ ]+)", re.MULTILINE)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a folder that holds what the setup reads, and nothing it has made."""
    for folder in ("tools", "requirements"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def set_up(
    checkout: Path, level: str = "run", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the setup without a terminal and without the user's pip settings."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        ["bash", "tools/setup.sh", level],
        cwd=checkout,
        env={**kept, "PYTHON": sys.executable, "PIP_CONFIG_FILE": os.devnull, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def stub(folder: Path, name: str, script: str) -> Path:
    """Write a command that does what the script says and return its path."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def locked(lock: str) -> dict[str, str]:
    """Return the versions a lock names, by package."""
    return dict(REQUIREMENT.findall((ROOT / f"requirements/{lock}.txt").read_text()))


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_names_no_place(lock: str) -> None:
    """A lock holds no address and no folder of the machine it was made on."""
    text = (ROOT / f"requirements/{lock}.txt").read_text()
    assert "://" not in text
    assert not re.search(r"(^|\s)/|--(extra-)?index-url|--find-links", text)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_a_hash(lock: str) -> None:
    """Each package is pinned to one version and to the hashes of its published files."""
    entries = re.split(r"\n(?=[a-z0-9])", (ROOT / f"requirements/{lock}.txt").read_text())[1:]
    assert len(entries) == len(locked(lock))
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", entry) for entry in entries)


def test_locks_agree() -> None:
    """A package that stands in both locks has the same version in both."""
    run, dev = locked("run"), locked("dev")
    assert {name: dev[name] for name in run.keys() & dev.keys()} == {
        name: run[name] for name in run.keys() & dev.keys()
    }


def test_every_dependency_is_locked() -> None:
    """Whatever pyproject.toml asks for stands in the lock of its level."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = {
        "run": project["project"]["dependencies"],
        "dev": project["dependency-groups"]["dev"],
    }
    for lock, wishes in asked.items():
        names = {re.split(r"[=<>~!\[ ]", wish)[0] for wish in wishes}
        assert names <= locked(lock).keys()


@pytest.mark.skipif(shutil.which("apt-get") is None, reason="the command printed is apt's")
def test_without_root_the_apt_command_is_printed(checkout: Path, tmp_path: Path) -> None:
    """A user who cannot become root reads the exact command, and nothing has been made."""
    commands = tmp_path / "commands"
    commands.mkdir()
    stub(commands, "id", "echo 1000")
    stub(commands, "sudo", "exit 1")
    done = set_up(
        checkout, PATH=f"{commands}:{os.environ['PATH']}", RUN_PACKAGES="bash no-such-package"
    )
    assert done.returncode == 1
    assert (
        "    sudo apt-get update && "
        "sudo apt-get install --no-install-recommends no-such-package\n" in done.stderr
    )
    assert not (checkout / ".venv").exists()


@pytest.mark.skipif(shutil.which("apt-get") is None, reason="the packages are apt's")
@pytest.mark.parametrize("other", ["", "exim4-daemon-light"])
def test_the_servers_of_the_tests_are_not_set_up(
    checkout: Path, tmp_path: Path, other: str
) -> None:
    """Nothing of what the tests start listens on the machine, and no mail server has to go."""
    commands, log = tmp_path / "commands", tmp_path / "log"
    commands.mkdir()
    stub(commands, "id", "echo 1000")
    stub(commands, "apt-cache", "")
    stub(commands, "dpkg-query", f'echo "installed {other} mail-transport-agent"' if other else "")
    refusal = 'case "$*" in "-n true") exit ;; *apt-get*) exit 1 ;; esac'
    stub(commands, "sudo", f'echo "$*" >>"{log}"; {refusal}; cat >>"{log}"')
    done = set_up(
        checkout,
        "dev",
        PATH=f"{commands}:{os.environ['PATH']}",
        RUN_PACKAGES="",
        DEV_PACKAGES="postgresql postfix",
    )
    said = log.read_text().splitlines()
    order = [said.index("create_main_cluster = false"), len(said) - 1]
    installing = [number for number, line in enumerate(said) if "install -y" in line]
    assert order[0] < installing[0]
    assert installing[-1] < order[1]
    assert said[-1] == "env rm -f /etc/postgresql-common/createcluster.d/reportgen.conf"
    quiet = "postfix postfix/main_mailer_type select No configuration"
    assert (quiet in said, "postfix" in said[installing[0]]) == (not other, not other)
    assert done.returncode == 1
    assert ("postfix" in done.stderr) == (not other)


def test_an_old_python_is_named(checkout: Path, tmp_path: Path) -> None:
    """With a Python before 3.11 the setup says which one it found and which it needs."""
    old = stub(tmp_path, "old-python", '[ "$1" = --version ] && echo "Python 3.9.18"')
    done = set_up(checkout, PYTHON=str(old), SYSTEM="skip")
    assert done.returncode == 1
    assert "reportgen needs Python 3.11" in done.stderr
    assert "Python 3.9.18" in done.stderr
    assert not (checkout / ".venv").exists()


def test_a_folder_that_is_no_environment_is_kept(checkout: Path) -> None:
    """A folder .venv that the setup did not make and that is no environment stays as it is."""
    note = checkout / ".venv/note.txt"
    note.parent.mkdir()
    note.write_text("mine")
    done = set_up(checkout, SYSTEM="skip")
    assert done.returncode == 1
    assert "move it away" in done.stderr
    assert note.read_text() == "mine"


@pytest.mark.long
def test_without_an_index_nothing_half_done_is_left(checkout: Path) -> None:
    """When pip reaches no index the setup says so, and what an earlier try left is gone too."""
    (checkout / ".venv").mkdir()
    (checkout / ".venv/.unfinished").touch()
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0"}
    done = set_up(checkout, SYSTEM="skip", PIP_NO_CACHE_DIR="1", **nowhere)
    assert done.returncode == 1
    assert "pip could not reach a package index" in done.stderr
    assert not (checkout / ".venv").exists()


def test_the_wheel_holds_templates_and_catalogues(tmp_path: Path) -> None:
    """Whoever installs the wheel has the templates and catalogues inside the package."""
    from hatchling.builders.wheel import WheelBuilder

    (built,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(built) as wheel:
        names = set(wheel.namelist())
    for folder in ("templates", "locales"):
        files = {
            f"reportgen/{path.relative_to(ROOT).as_posix()}"
            for path in (ROOT / folder).rglob("*")
            if path.is_file() and path.suffix != ".mo"
        }
        assert files
        assert files <= names
