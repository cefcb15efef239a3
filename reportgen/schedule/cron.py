"""The entry in a crontab: a marked block of one line, put in, looked for and taken out whole.

cron gives a command no more than PATH=/usr/bin:/bin, HOME and SHELL: the line names everything by
its full path. The block stands before all else in the crontab, so that no setting above it has a
say in it, and what is left after taking it out is what was there, byte for byte.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from reportgen.errors import CannotCreateError, ConfigError, MissingInputError, UsageError
from reportgen.schedule.place import Place
from reportgen.secret import without_secrets

LONGEST = 998
"""Characters of a command that every cron takes whole."""


class Crontab(Protocol):
    """The jobs of a user."""

    def read(self) -> str | None:
        """Return the crontab; ``None`` when the user has none."""

    def write(self, text: str | None) -> None:
        """Replace the crontab; ``None`` removes it."""


def block(place: Place, minutes: Iterable[int]) -> str:
    """Return the marked block that calls the program every hour.

    Args:
        place: what it names.
        minutes: of the hour, by the machine's clock.

    Raises:
        ConfigError: a path cannot stand in a crontab.
    """
    environment = shlex.quote(str(place.environment))
    folder, log = (shlex.quote(str(one)) for one in (place.runs, place.runs / "cron.log"))
    command = (
        f"set -a; [ ! -r {environment} ] || . {environment}; "
        f"mkdir -p {folder}; exec {shlex.join(place.command('run-due'))} >>{log} 2>&1"
    )
    if "%" in command or not command.isprintable():
        raise ConfigError(
            f"{place.config.parent}: cron cannot name a folder with % or a line break in its path.",
            "Move the project to another folder.",
        )
    if len(command.encode()) > LONGEST:
        raise ConfigError(
            f"{place.config.parent}: the path is too long for cron.",
            "Move the project to another folder.",
        )
    begin, end = _marks(place)
    times = ",".join(str(minute) for minute in sorted(set(minutes)))
    return f"{begin}{times} * * * * {command}\n{end}"


def install(place: Place, minutes: Iterable[int], crontab: Crontab, now: datetime) -> bool:
    """Put the block into the crontab; return whether it was not there yet.

    Raises:
        UsageError: another block of the same project is there; nothing is changed.
        ConfigError: as ``block``; or the block in the crontab is damaged.
        CannotCreateError: backup or crontab cannot be written.
    """
    before, wanted = crontab.read(), block(place, minutes)
    found = _found(before or "", place)
    if found == wanted:
        return False
    if found:
        raise UsageError(
            f"The crontab has another entry for {place.config}.",
            "See it with crontab -l; take it out with reportgen schedule cron --remove.",
        )
    _replace(crontab, before, wanted + (before or ""), place, now)
    return True


def remove(place: Place, crontab: Crontab, now: datetime) -> bool:
    """Take the block out, whatever its line; return whether there was one.

    Raises:
        ConfigError: the block in the crontab is damaged; nothing is changed.
        CannotCreateError: backup or crontab cannot be written.
    """
    before = crontab.read() or ""
    found = _found(before, place)
    if not found:
        return False
    _replace(crontab, before, before.replace(found, "", 1) or None, place, now)
    return True


@dataclass(frozen=True)
class SystemCrontab:
    """The crontab of the user who runs the program, through the system's own command.

    Args:
        environ: the environment; its ``PATH`` says where the command lies.
    """

    environ: Mapping[str, str]

    def read(self) -> str | None:
        """Return the crontab; ``None`` when the user has none.

        Raises:
            MissingInputError: there is no such command, or it refuses.
        """
        done = self._run("-l")
        said = done.stderr.decode(errors="replace").strip()
        if done.returncode == 0:
            return done.stdout.decode(errors="surrogateescape")
        if "no crontab for" in said or "can't open" in said:
            return None
        raise MissingInputError(f"crontab -l failed: {said or done.returncode}.")

    def write(self, text: str | None) -> None:
        """Replace the crontab; ``None`` removes it.

        Raises:
            CannotCreateError: the command refuses.
        """
        if text is None:
            done = self._run("-r")
        else:
            done = self._run("-", text.encode(errors="surrogateescape"))
        if done.returncode != 0:
            said = done.stderr.decode(errors="replace").strip()
            raise CannotCreateError(f"crontab refused the new entry: {said or done.returncode}.")

    def _run(self, word: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        path = shutil.which("crontab", path=self.environ.get("PATH", os.defpath))
        if path is None:
            raise MissingInputError(
                "There is no command crontab on this machine.",
                "Install cron, or use reportgen schedule systemd.",
            )
        return subprocess.run(
            [path, word],
            input=given,
            env={**without_secrets(self.environ), "LC_ALL": "C"},
            capture_output=True,
            check=False,
        )


def _marks(place: Place) -> tuple[str, str]:
    return f"# reportgen:{place.project} begin\n", f"# reportgen:{place.project} end\n"


def _found(text: str, place: Place) -> str:
    """Return the project's block with its marks; empty when there is none."""
    begin, end = _marks(place)
    lines = text.splitlines(keepends=True)
    counts = (lines.count(begin), lines.count(end))
    if counts == (0, 0):
        return ""
    first = lines.index(begin) if begin in lines else -1
    last = lines.index(end) if end in lines else -1
    if counts != (1, 1) or last < first:
        raise ConfigError(
            f"The crontab's entry for {place.config} is damaged: it has lost one of its marks.",
            "Mend it with crontab -e: take out its lines.",
        )
    return "".join(lines[first : last + 1])


def _replace(
    crontab: Crontab, before: str | None, after: str | None, place: Place, now: datetime
) -> None:
    """Write the crontab, its old content kept in a file, and make sure that it was taken."""
    if before:
        _keep(before, place.runs / f"crontab-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.txt")
    crontab.write(after)
    if (crontab.read() or None) != after:
        raise CannotCreateError("crontab did not take the new content as it was given.")


def _keep(content: str, path: Path) -> None:
    """Write a file that nobody else can read: other entries may hold secrets."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content.encode(errors="surrogateescape"))
    except OSError as problem:
        raise CannotCreateError(f"{path}: cannot be written ({problem.strerror}).") from None
