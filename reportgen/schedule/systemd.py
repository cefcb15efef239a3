"""Units of systemd: put in place, started, stopped and taken out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from reportgen.errors import CannotCreateError, UsageError
from reportgen.schedule.place import Place
from reportgen.schedule.units import NAMES, TIMER, mark


def install(texts: Mapping[str, str], folder: Path) -> bool:
    """Write the units that are not there yet; return whether there were any.

    Raises:
        UsageError: a unit of that name is there and is another; nothing is changed.
        CannotCreateError: the folder cannot be written to.
    """
    for name, text in texts.items():
        there = _read(folder / name)
        if there not in (None, text):
            raise UsageError(
                f"{folder / name} is there and differs.",
                "Take it out with reportgen schedule systemd --remove, or by hand.",
            )
    missing = {name: text for name, text in texts.items() if _read(folder / name) is None}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in missing.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as problem:
        for name in missing:
            (folder / name).unlink(missing_ok=True)
        raise CannotCreateError(f"{folder}: cannot be written ({problem.strerror}).") from None
    return bool(missing)


def own(place: Place, folder: Path) -> tuple[Path, ...]:
    """Return the units in the folder that are the project's; those of other projects are not."""
    return tuple(path for name in NAMES if mark(place) in (_read(path := folder / name) or ""))


def remove(paths: Iterable[Path]) -> None:
    """Remove units.

    Raises:
        CannotCreateError: they cannot be removed.
    """
    for path in paths:
        try:
            path.unlink()
        except OSError as problem:
            raise CannotCreateError(f"{path}: cannot be removed ({problem.strerror}).") from None


def start(run: Callable[[Sequence[str]], int], systemctl: Sequence[str]) -> None:
    """Make systemd read the units and start the timer, now and at every boot.

    Raises:
        CannotCreateError: systemd refuses.
    """
    _must(run, (*systemctl, "daemon-reload"))
    _must(run, (*systemctl, "enable", "--now", TIMER))


def stop(run: Callable[[Sequence[str]], int], systemctl: Sequence[str]) -> None:
    """Stop the timer; a stage that is at work comes to its end.

    Raises:
        CannotCreateError: systemd refuses.
    """
    _must(run, (*systemctl, "disable", "--now", TIMER))


def _must(run: Callable[[Sequence[str]], int], words: Sequence[str]) -> None:
    if run(words) != 0:
        raise CannotCreateError(f"{' '.join(words)} failed.", "systemctl says why.")


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return None
