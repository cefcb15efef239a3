"""Folders are written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from reportgen.archive import check_writable, replacing, write_manifest
from reportgen.errors import CannotCreateError


def _write(target: Path, text: str) -> None:
    with replacing(target) as stage:
        (stage / "report.txt").write_text(text)


def _write_half(target: Path) -> None:
    with replacing(target) as stage:
        (stage / "report.txt").write_text("half")
        raise RuntimeError


def test_a_finished_folder_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    """The new content stands, and nothing else lies about."""
    target = tmp_path / "2025-12"
    _write(target, "old")
    _write(target, "new")
    assert (target / "report.txt").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["2025-12"]


def test_a_failure_leaves_the_old_folder_untouched(tmp_path: Path) -> None:
    """Whatever goes wrong half-way, the earlier draft is as it was."""
    target = tmp_path / "2025-12"
    _write(target, "old")
    with pytest.raises(RuntimeError):
        _write_half(target)
    assert (target / "report.txt").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["2025-12"]


def test_a_killed_run_loses_nothing_and_is_swept_away(tmp_path: Path) -> None:
    """After kill -9 the old folder stands; the next run removes the remains."""
    target = tmp_path / "2025-12"
    _write(target, "old")
    script = (
        "import os, signal, sys; from pathlib import Path\n"
        "from reportgen.archive import replacing\n"
        "with replacing(Path(sys.argv[1])) as stage:\n"
        "    (stage / 'report.txt').write_text('half')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(target)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert (target / "report.txt").read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 2
    _write(target, "new")
    assert [path.name for path in tmp_path.iterdir()] == ["2025-12"]


def test_a_run_killed_between_the_two_renames_is_mended(tmp_path: Path) -> None:
    """When only the set-aside folder is left, the next run puts it back first."""
    finished = subprocess.Popen([sys.executable, "-c", ""])
    finished.wait()
    aside = tmp_path / f".2025-12-old-{finished.pid}"
    aside.mkdir()
    (aside / "report.txt").write_text("old")
    target = tmp_path / "2025-12"
    with pytest.raises(RuntimeError):
        _write_half(target)
    assert (target / "report.txt").read_text() == "old"


def test_the_manifest_lists_every_file_with_its_hash(tmp_path: Path) -> None:
    """Names are relative; the manifest does not list itself."""
    (tmp_path / "charts").mkdir()
    (tmp_path / "charts" / "index.en.svg").write_bytes(b"<svg/>")
    write_manifest(tmp_path, {"period": "2025-12"})
    found = json.loads((tmp_path / "manifest.json").read_text())
    assert found["period"] == "2025-12"
    assert found["files"] == {"charts/index.en.svg": hashlib.sha256(b"<svg/>").hexdigest()}


def test_an_output_that_is_a_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    """The message names the folder; the exit code is the one for what cannot be created."""
    obstacle = tmp_path / "output"
    obstacle.write_text("a file")
    with pytest.raises(CannotCreateError, match="cannot be written to") as caught:
        check_writable(obstacle / "drafts")
    assert caught.value.exit_code == 73
