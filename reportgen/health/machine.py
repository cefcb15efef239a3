"""The machine: encoding, clock and zone, room on the disk, folders that can be written to."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from reportgen.health.finding import Finding, Scene, Warned, look
from reportgen.operations.surroundings import CACHE, PLOTS, usable
from reportgen.secret import without_secrets

ROOM = 2_000_000_000
"""Bytes that should be free whatever an edition takes."""

EDITIONS_OF_ROOM = 10
CLOCK_APART = 60.0
"""Seconds by which the clock and that of the disk may differ."""

LATEST_YEAR = 2100


def of_machine(scene: Scene) -> Iterator[Finding]:
    """Look at the machine."""
    output = Path(scene.settings.build.output)
    yield look("encoding", _encoding)
    yield look("clock", lambda: _clock(scene.now, output))
    yield look("time zone", lambda: _zone(scene))
    yield look("output folder", lambda: _writable(output))
    yield look("room on the disk", lambda: _room(output))
    yield look("cache folders", lambda: _caches(scene))
    yield look("font cache", _font_cache)


def _encoding() -> str:
    """Return what file names and logs are written in."""
    found = (sys.getfilesystemencoding(), sys.stdout.encoding, sys.stderr.encoding)
    if any(one.lower().replace("-", "") != "utf8" for one in found):
        raise Warned(f"{', '.join(found)}; set LANG=C.UTF-8 or PYTHONUTF8=1")
    return "UTF-8"


def _clock(now: datetime, output: Path) -> str:
    """Hold the clock against the newest figures of the program and against the disk's clock."""
    from reportgen import bundled

    shown = now.astimezone(UTC).isoformat(timespec="seconds")
    if now.date() < bundled.load().as_of or now.year > LATEST_YEAR:
        raise OSError(f"The clock says {shown}, which cannot be.")
    apart = _apart(now, output)
    if apart is not None and abs(apart) > CLOCK_APART:
        raise Warned(f"{shown}; the disk's clock is {apart:+.0f} s apart")
    return shown


def _apart(now: datetime, output: Path) -> float | None:
    """Return by how many seconds a file written now seems to be of another time."""
    if not output.is_dir():
        return None
    try:
        with tempfile.NamedTemporaryFile(dir=output, prefix=".clock-") as file:
            return os.fstat(file.fileno()).st_mtime - now.timestamp()
    except OSError:
        return None


def _zone(scene: Scene) -> str:
    from reportgen.schedule.rule import zone

    schedule = scene.settings.schedule
    local = scene.now.astimezone(zone(schedule))
    return f"{schedule.timezone}, {local:%Y-%m-%d %H:%M} (UTC{local:%z})"


def _writable(output: Path) -> str:
    from reportgen.archive import check_writable

    check_writable(output)
    return str(output)


def _room(output: Path) -> str:
    place = output.absolute()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    needed = max(ROOM, EDITIONS_OF_ROOM * last_edition_bytes(output))
    if free < needed:
        raise Warned(f"{_gigabytes(free)} free, {_gigabytes(needed)} should be")
    return f"{_gigabytes(free)} free"


def last_edition_bytes(output: Path) -> int:
    """Return the size of the newest edition's folder; 0 where there is none."""
    folders = sorted((output / "editions").glob("[0-9]*"))
    if not folders:
        return 0
    return sum(path.lstat().st_size for path in folders[-1].rglob("*") if path.is_file())


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB"


def _caches(scene: Scene) -> str:
    """Return where libraries keep what they have worked out, as the command has arranged it."""
    environ, home = scene.environ, scene.environ.get("HOME", "")
    folders = (environ.get(CACHE) or f"{home}/.cache", environ.get(PLOTS) or f"{home}/.config")
    for folder in folders:
        if not usable(folder):
            raise OSError(f"{folder} cannot be written to.")
    return ", ".join(folders)


def _font_cache() -> str:
    """Ask fontconfig for a font; it complains when it has nowhere to keep what it found."""
    lister = shutil.which("fc-list")
    if lister is None:
        raise Warned("there is no fc-list; fonts are looked for by the names of their files")
    done = subprocess.run(
        [lister, ":lang=ja"],
        check=False,
        capture_output=True,
        text=True,
        env=without_secrets(os.environ),
    )
    if done.stderr.strip():
        raise Warned(" ".join(done.stderr.split())[:200])
    return "in use"
