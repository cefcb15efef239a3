"""Send a mailing on a small disk of its own that fills up at a named point, then with room again.

Runs in a namespace of its own, so that the disk is seen by nobody else and goes with the process.

Usage: unshare --mount full_disk.py JSON, an object with ``folder``, ``point`` and ``ballast``.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from mailings import events, opened, planned, rows, unflagged
from senders import Plan, run_once, settings_for
from sinks import running

from reportgen.deliver.database import FILE
from reportgen.deliver.outbox import FOLDER, Outbox
from reportgen.deliver.sending import ballast, worker
from reportgen.errors import ReportgenError

CLIENTS = 5
DISK = 96_000_000


class Filler:
    """Fills a disk to its last byte, once, when a point is passed for the second time."""

    def __init__(self, folder: Path, point: str, *, keep: bool) -> None:
        self._file = folder / "filler"
        self._ballast = folder / FOLDER / ballast.NAME
        self._point = point
        self._keep = keep
        self._passed = 0

    def __call__(self, point: str) -> None:
        """Be told of a point."""
        self._passed += point == self._point
        if self._passed == 2 and not self._file.exists():
            if not self._keep:
                self._ballast.unlink()
            self._fill()

    def _fill(self) -> None:
        with self._file.open("wb", buffering=0) as file:
            for size in (1_000_000, 4_096, 1):
                with suppress(OSError):
                    while True:
                        file.write(b"\1" * size)

    def empty(self) -> None:
        """Make room again."""
        self._file.unlink(missing_ok=True)


def _code(settings: Any, at: Any) -> int:
    try:
        return run_once(settings, at)
    except ReportgenError as problem:
        return problem.exit_code


def main(text: str) -> None:
    """Carry it out and write what became of it as JSON."""
    told = json.loads(text)
    folder = Path(told["folder"])
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", folder], check=True)
    worker.RETRIES = (0.0, 0.05, 0.0, 0.0, 0.0)
    database = opened(folder)
    planned(database, Outbox(folder), CLIENTS)
    filler = Filler(folder, told["point"], keep=told["ballast"])
    with running() as sink:
        settings = settings_for(folder, sink.port, Plan())
        first = _code(settings, filler)
        taken = sum(sink.taken.values())
        with sqlite3.connect(folder / FILE) as raw:
            sound = raw.execute("PRAGMA integrity_check").fetchone()[0]
        raw.close()
        states = [f"{row.state}/{row.phase}" for row in rows(database)]
        filler.empty()
        last = _code(settings, lambda point: None)
        found = {
            "codes": [first, last],
            "taken": taken,
            "sound": sound,
            "states": states,
            "ends": [row.state for row in rows(database)],
            "copies": list(sink.taken.values()),
            "doubts": sum(events(database, row.id).count("in_doubt") for row in rows(database)),
            "unflagged": unflagged(database, sink.taken),
        }
    database.close()
    sys.stdout.write(json.dumps(found))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
