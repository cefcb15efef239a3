"""Where this program and its project lie on this machine, for the entries of cron and systemd."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.cli.group import now
from reportgen.errors import CannotCreateError, ConfigError, MissingInputError, UsageError

if TYPE_CHECKING:
    from reportgen.config import Settings
    from reportgen.schedule import EditionPlan
    from reportgen.schedule.place import Place
    from reportgen.schedule.units import Machine

SYSTEM_UNITS = Path("/etc/systemd/system")
HOMES = (Path("/home"), Path("/root"), Path("/run/user"))


def located(config: Path | None) -> tuple[Place, Settings]:
    """Return the project's place, and its settings as cron will find them: from the file alone.

    Raises:
        MissingInputError: there is no configuration file; an entry has to name it.
        ConfigError: it is not as it must be.
    """
    from reportgen.config import FILE, load
    from reportgen.schedule.place import Place

    path = _full(config or Path(FILE))
    if not path.is_file():
        raise MissingInputError(
            f"{path}: there is no such file.",
            "An entry names the project by its configuration file; an empty one will do.",
        )
    settings = load(path, {})
    return Place(_program(), path, _full(Path(settings.build.output))), settings


def make_ready(place: Place) -> None:
    """Make sure that the entry can do its work: the program starts, there is a place for its log.

    It is started as cron and systemd do, from another folder and without an environment.

    Raises:
        MissingInputError: it does not start.
        CannotCreateError: the log cannot be written.
    """
    import subprocess

    from reportgen.archive import check_writable

    done = subprocess.run(
        [*place.program, "--version"],
        cwd="/",
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        raise MissingInputError(
            f"{' '.join(place.program)} does not start from another folder: {said}.",
            "Install reportgen, or use the command that make report sets up in .venv/bin.",
        )
    for folder in (place.output, place.runs):
        _make(folder)
    check_writable(place.runs)


def minutes_due(settings: Settings) -> list[int]:
    """Return the minutes of the hour, by this machine's clock, at which editions are due.

    Raises:
        ConfigError: the rule or the calendar does not say.
    """
    from reportgen.schedule import calendars, upcoming

    moment = now()
    known = calendars(settings, moment.date(), moment.date() + timedelta(days=400))
    found, end = collected(upcoming(moment, 12, settings.schedule, known))
    if end is not None and not found:
        raise end
    return sorted({one.publication.astimezone().minute for one in found})


def collected(plans: Iterable[EditionPlan]) -> tuple[list[EditionPlan], ConfigError | None]:
    """Return the plans up to the one that cannot be made, and why it cannot."""
    found: list[EditionPlan] = []
    try:
        for one in plans:
            found.append(one)
    except ConfigError as problem:
        return found, problem
    return found, None


def units_folder(*, user: bool) -> Path:
    """Return the folder of the system's units, or of the user's own."""
    if not user:
        return SYSTEM_UNITS
    own = os.environ.get("XDG_CONFIG_HOME", "")
    return (Path(own) if own else Path.home() / ".config") / "systemd" / "user"


def machine(place: Place, settings: Settings, *, user: bool) -> Machine:
    """Return what the units must know of this machine.

    Raises:
        UsageError: the output folder belongs to no user.
        ConfigError: there is no such zone.
    """
    from reportgen.resources import templates_folder
    from reportgen.schedule.rule import zone
    from reportgen.schedule.units import Machine

    templates = templates_folder()
    needed = (place.config, place.output, templates, *map(Path, (sys.prefix, sys.base_prefix)))
    return Machine(
        user="" if user else _owner(place.output),
        home=any(path.resolve().is_relative_to(home) for path in needed for home in HOMES),
        templates=templates,
        minute=int(settings.schedule.time[3:]),
        timezone=zone(settings.schedule).key,
    )


def _program() -> tuple[str, ...]:
    """Return what starts this program, by its full path."""
    for path in (_full(Path(sys.argv[0])), Path(sys.executable).with_name("reportgen")):
        if path.name == "reportgen" and path.is_file() and os.access(path, os.X_OK):
            return (str(path),)
    return (sys.executable, "-m", "reportgen")


def _full(path: Path) -> Path:
    """Return the full path; links stay, so that a project behind one can be moved."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - Path.absolute leaves .. in it


def _make(folder: Path) -> None:
    """Make a folder that is missing; made by root, it belongs to who owns the one above."""
    if folder.is_dir():
        return
    _make(folder.parent)
    try:
        folder.mkdir(exist_ok=True)
        above = folder.parent.stat()
        if os.geteuid() == 0:
            os.chown(folder, above.st_uid, above.st_gid)
    except OSError as problem:
        raise CannotCreateError(f"{folder}: cannot be made ({problem.strerror}).") from None


def _owner(folder: Path) -> str:
    """Return who owns the folder, or the nearest one above it that is there."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        return there.owner()
    except KeyError:
        raise UsageError(f"{there} belongs to no user of this machine.") from None
