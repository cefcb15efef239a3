"""The disk of the ledger fills up: what cannot be written down does not leave (D10)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).with_name("full_disk.py")
APART = ["unshare", *(["--user", "--map-root-user"] if os.getuid() else []), "--mount"]


def _can_mount() -> bool:
    if shutil.which("unshare") is None:
        return False
    tried = subprocess.run(
        [*APART, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, check=False
    )
    return tried.returncode == 0


pytestmark = pytest.mark.skipif(not _can_mount(), reason="no disk of its own can be mounted here")


def _filled(folder: Path, point: str, *, ballast: bool) -> dict[str, Any]:
    told = {"folder": str(folder), "point": point, "ballast": ballast}
    done = subprocess.run(
        [*APART, sys.executable, str(SCRIPT), json.dumps(told)],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=SCRIPT.parent.parent,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["sound"] == "ok"
    assert found["ends"] == ["sent"] * 5
    assert not found["unflagged"]
    return found


@pytest.mark.parametrize(("point", "state"), [("claim", "queued/"), ("body", "sending/open")])
def test_without_room_nothing_leaves(tmp_path: Path, point: str, state: str) -> None:
    """Full before a claim or a dot, the run ends with 74; with room again each gets one copy."""
    found = _filled(tmp_path, point, ballast=False)
    assert found["codes"] == [74, 0]
    assert found["taken"] == 1
    assert found["states"] == ["sent/", state, *["queued/"] * 3]
    assert found["copies"] == [1] * 5
    assert found["doubts"] == 0


def test_the_ballast_makes_room_for_the_receipt(tmp_path: Path) -> None:
    """Full when the relay has taken a message, it is written down and nothing is in doubt."""
    found = _filled(tmp_path, "replied", ballast=True)
    assert found["codes"] == [0, 0]
    assert found["copies"] == [1] * 5
    assert found["doubts"] == 0


def test_without_the_ballast_the_copy_is_flagged(tmp_path: Path) -> None:
    """Even then nobody is lost: the message is in doubt before it goes a second time."""
    found = _filled(tmp_path, "replied", ballast=False)
    assert found["codes"] == [74, 0]
    assert found["states"] == ["sent/", "sending/dot", *["queued/"] * 3]
    assert sorted(found["copies"]) == [1, 1, 1, 1, 2]
    assert found["doubts"] == 1
