"""Folders that libraries want of their surroundings, where cron or a container gives none."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Mapping, MutableMapping
from pathlib import Path

CACHE, PLOTS = "XDG_CACHE_HOME", "MPLCONFIGDIR"
"""Where fontconfig and others keep what they have worked out; where matplotlib does."""


def furnish(output: Path, environ: MutableMapping[str, str]) -> Mapping[str, str]:
    """Name folders of our own where there is no home that can be written to.

    Without a font cache every document is set several times slower, and matplotlib warns or fails.

    Args:
        output: the output folder; its ``cache/`` may be thrown away.
        environ: the environment, which is added to.

    Returns:
        What was added.
    """
    home = environ.get("HOME", "")
    wanted = {}
    if not usable(environ.get(CACHE, "") or (home and f"{home}/.cache")):
        wanted[CACHE] = "xdg"
    if not environ.get(PLOTS) and not usable(home and f"{home}/.config"):
        wanted[PLOTS] = "matplotlib"
    if not wanted:
        return {}
    own = _own(output)
    added = {name: str(own / folder) for name, folder in wanted.items()}
    for folder in added.values():
        Path(folder).mkdir(parents=True, exist_ok=True)
    environ.update(added)
    return added


def usable(folder: str) -> bool:
    """Tell whether a folder can be written to, or made."""
    if not folder:
        return False
    place = Path(folder)
    while not place.exists() and place != place.parent:
        place = place.parent
    return place.is_dir() and os.access(place, os.W_OK | os.X_OK)


def _own(output: Path) -> Path:
    """Return our folder: in the output folder, or for this run alone."""
    folder = output.absolute() / "cache" / "libraries"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        folder = Path(tempfile.mkdtemp(prefix="reportgen-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
