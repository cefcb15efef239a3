"""One run at a time: a lock the kernel holds, that names its holder and dies with it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from reportgen.archive.lock import held
from reportgen.errors import CannotCreateError, LockedError

HOLD = (
    "import sys; from pathlib import Path; from reportgen.archive.lock import held\n"
    "with held(Path(sys.argv[1]), 0.0):\n"
    "    print('held', flush=True)\n"
    "    sys.stdin.readline()\n"
)
TAKE = (
    "import sys; from pathlib import Path; from reportgen.archive.lock import held\n"
    "print('waiting', flush=True)\n"
    "with held(Path(sys.argv[1]), 60.0):\n"
    "    print('held', flush=True)\n"
)


@contextmanager
def _process(script: str, output: Path) -> Iterator[subprocess.Popen[str]]:
    """Start a second process; stop it at the end."""
    words = [sys.executable, "-c", script, str(output)]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def _told(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_a_second_run_leaves_and_says_who_holds_it(tmp_path: Path) -> None:
    """Exit code 75; the sentence names process, machine and since when."""
    with _process(HOLD, tmp_path) as holder:
        assert _told(holder) == "held"
        with pytest.raises(LockedError) as caught, held(tmp_path, 0.0):
            pass
    assert caught.value.exit_code == 75
    assert f"process {holder.pid} on {os.uname().nodename}, since" in caught.value.message
    assert re.search(r"since \d{4}-\d\d-\d\d \d\d:\d\d UTC\.$", caught.value.message)


def test_the_lock_of_a_killed_run_is_free(tmp_path: Path) -> None:
    """No matter what its file still says, and without waiting."""
    with _process(HOLD, tmp_path) as holder:
        assert _told(holder) == "held"
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    assert str(holder.pid) in (tmp_path / ".lock").read_text()
    with held(tmp_path, 0.0):
        assert (tmp_path / ".lock").read_text().startswith(f"process {os.getpid()} on ")


def test_a_run_that_waits_gets_it_when_it_is_free(tmp_path: Path) -> None:
    """It goes on as soon as the other ends."""
    with held(tmp_path, 0.0):
        process = subprocess.Popen(
            [sys.executable, "-c", TAKE, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        assert _told(process) == "waiting"
        assert process.poll() is None
    with process:
        assert _told(process) == "held"
        assert process.wait() == 0


def test_it_is_free_after_the_block_however_that_ends(tmp_path: Path) -> None:
    """After a failure too; nobody is named then, and one process holds it once only."""
    output = tmp_path / "new" / "output"

    def fail() -> None:
        with held(output, 0.0):
            with pytest.raises(LockedError), held(output, 0.0):
                pass
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert (output / ".lock").read_text() == ""
    with held(output, 0.0):
        pass


def test_a_child_does_not_keep_it(tmp_path: Path) -> None:
    """A process started meanwhile that outlives the run holds nothing."""
    with held(tmp_path, 0.0):
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with held(tmp_path, 0.0):
        pass
    child.communicate(b"\n")


def test_two_outputs_do_not_know_each_other(tmp_path: Path) -> None:
    """The lock is of one output folder."""
    with held(tmp_path / "a", 0.0), held(tmp_path / "b", 0.0):
        pass


def test_an_output_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    """73 and the path; a file stands where the folder should."""
    (tmp_path / "output").write_text("a file")
    with pytest.raises(CannotCreateError, match="output") as caught, held(tmp_path / "output", 0):
        pass
    assert caught.value.exit_code == 73
