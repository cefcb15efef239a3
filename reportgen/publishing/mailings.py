"""Editions that are still to be delivered: a file each, so that an idle tick opens no database."""

from __future__ import annotations

from pathlib import Path

from reportgen.archive.editions import parts_of
from reportgen.disk import write_whole
from reportgen.errors import UsageError
from reportgen.publishing.state import FOLDER

SUFFIX = ".deliver"


def ask(output: Path, name: str) -> None:
    """Have an edition delivered, by this run or a later one.

    Raises:
        CannotCreateError, DiskError: it cannot be written down.
    """
    write_whole(_path(output, name), b"")


def asked(output: Path) -> tuple[str, ...]:
    """Return the editions that are to be delivered, the oldest first."""
    found = (path.name.removesuffix(SUFFIX) for path in (output / FOLDER).glob(f"*{SUFFIX}"))
    return tuple(sorted(name for name in found if _is_name(name)))


def settle(output: Path, name: str) -> None:
    """Forget an edition that every client has, or will not get."""
    _path(output, name).unlink(missing_ok=True)


def _path(output: Path, name: str) -> Path:
    return output / FOLDER / f"{name}{SUFFIX}"


def _is_name(name: str) -> bool:
    try:
        parts_of(name)
    except UsageError:
        return False
    return True
