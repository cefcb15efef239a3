"""One run at a time in an output folder.

The kernel holds the lock and frees it when its process dies, however it dies; no lock is ever
stale. What stands in the file only says whom one is waiting for.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from reportgen.errors import CannotCreateError, LockedError

FILE = ".lock"
_PAUSE = 0.1
_LONGEST = 300
"""Bytes read of what the holder wrote."""


@contextmanager
def held(output: Path, wait: float) -> Iterator[None]:
    """Hold the output folder against every other run for as long as the block lasts.

    Processes started meanwhile do not inherit the lock.

    Args:
        output: the output folder; made where it is missing.
        wait: seconds to wait for another run.

    Raises:
        LockedError: another run holds it; says which, on which machine, since when.
        CannotCreateError: the folder cannot be written to.
    """
    path = output / FILE
    try:
        output.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as problem:
        raise CannotCreateError(f"{path} cannot be written to: {problem.strerror}.") from None
    try:
        _take(file, output, wait)
        _sign(file, f"process {os.getpid()} on {os.uname().nodename}")
        try:
            yield
        finally:
            _sign(file, "")
    finally:
        os.close(file)


def _take(file: int, output: Path, wait: float) -> None:
    import fcntl

    end = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            left = end - time.monotonic()
            if left <= 0:
                raise LockedError(
                    f"Another run is at work in {output}{_holder(file)}.",
                    "Try again when it is done.",
                ) from None
            time.sleep(min(_PAUSE, left))
        except OSError as problem:
            raise CannotCreateError(
                f"{output / FILE} cannot be locked: {problem.strerror}."
            ) from None
        else:
            return


def _sign(file: int, holder: str) -> None:
    """Say who holds it; the file's own time says since when."""
    try:
        os.ftruncate(file, 0)
        os.pwrite(file, holder.encode(), 0)
    except OSError:  # a full disk does not stop a run that may need no room
        return


def _holder(file: int) -> str:
    """Return what the holder said of itself, and since when."""
    holder = os.pread(file, _LONGEST, 0).decode("utf-8", "replace").strip()
    if not holder:
        return ""
    since = datetime.fromtimestamp(os.fstat(file).st_mtime, UTC)
    return f": {holder}, since {since:%Y-%m-%d %H:%M} UTC"
