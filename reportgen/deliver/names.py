"""Names of mailings, and names that become part of a path: of clients, files and folders."""

from __future__ import annotations

import re
from pathlib import Path

from reportgen.errors import UsageError

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_RESERVED = re.compile(r"(con|prn|aux|nul|clock|com[0-9]|lpt[0-9])(\..*)?")
"""Names that are devices on Windows, with any ending."""


def supplement(edition: str, number: int) -> str:
    """Return the name of a further mailing of an edition, ``2026-01+1``."""
    return f"{edition}+{number}"


def planning_of(mailing: str) -> str:
    """Return the command that plans a mailing."""
    edition, supplements, _ = mailing.partition("+")
    return f"reportgen deliver plan {edition}{' --newcomers' if supplements else ''}"


def is_safe(name: str) -> bool:
    """Tell whether a name stays where it is put, on every system."""
    return (
        _NAME.fullmatch(name) is not None
        and ".." not in name
        and not name.endswith(".")  # Windows drops it: two names would be one
        and _RESERVED.fullmatch(name) is None
    )


def below(folder: Path, *names: str) -> Path:
    """Return a path below a folder, whatever the names hold and wherever links lead.

    Raises:
        UsageError: a name is not safe, or a symbolic link leads out of the folder.
    """
    for name in names:
        if not is_safe(name):
            raise UsageError(f"{name[:80]!r} cannot be the name of a file here.")
    path = folder.joinpath(*names)
    if not path.resolve().is_relative_to(folder.resolve()):
        raise UsageError(f"{path} leads out of {folder}.")
    return path
