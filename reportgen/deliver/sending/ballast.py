"""A file that is only there to be removed: room for the last lines of the ledger on a full disk."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

from reportgen.errors import DiskError

NAME = "ballast"
SIZE = 8_000_000
"""Bytes."""

SPARE = 64_000_000
"""Bytes that have to be free before a run begins."""


class Ballast:
    """The file, from the beginning of a run to its end.

    Args:
        folder: on the disk the ledger stands on.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._lock = threading.Lock()

    def take(self) -> None:
        """Make the file.

        Raises:
            DiskError: too little is free to begin; nothing has been sent.
        """
        try:
            free = shutil.disk_usage(self._path.parent).free
            if free < SPARE:
                raise DiskError(
                    f"{self._path.parent} has {free // 1_000_000} MB free, and delivering needs "
                    f"{SPARE // 1_000_000}.",
                    "Make room and run it again; nothing was sent.",
                )
            self._path.touch(0o600)
            self._path.write_bytes(bytes(SIZE))
        except OSError as problem:
            self.release()
            raise DiskError(f"{self._path} cannot be written ({problem.strerror}).") from None

    def release(self) -> None:
        """Remove it; as often as one likes."""
        with self._lock:
            self._path.unlink(missing_ok=True)
