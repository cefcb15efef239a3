"""Finished pages kept by everything they were made from, so that nothing is set twice.

The same inputs give the same bytes, so a kept file is the file that would be made again. What
cannot be kept costs time, never the report.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

ENTRIES = 12
"""How many languages' pages are kept."""

PACKAGE = Path(__file__).parent.parent


def key_of(inputs: bytes, fonts: Iterable[Path]) -> str:
    """Return the name under which pages are kept.

    Args:
        inputs: assessment, language, medium and look.
        fonts: font files; they count by path, size and time of change.
    """
    from reportgen.render.colophon import library_versions
    from reportgen.resources import locales_folder, templates_folder

    content = hashlib.sha256(inputs)
    content.update(repr(library_versions()).encode())
    for font in sorted(set(fonts)):
        state = font.stat()
        content.update(f"{font}|{state.st_size}|{state.st_mtime_ns}".encode())
    for folder, kind in ((PACKAGE, "*.py"), (templates_folder(), "*"), (locales_folder(), "*.po")):
        for path in sorted(folder.rglob(kind)):
            if path.is_file():
                content.update(path.relative_to(folder).as_posix().encode())
                content.update(path.read_bytes())
    return content.hexdigest()[:24]


def take(kept: Path, target: Path) -> bool:
    """Copy kept files into ``target``; tell whether there were any."""
    if not kept.is_dir():
        return False
    shutil.copytree(kept, target, dirs_exist_ok=True)
    return True


def put(kept: Path, source: Path, names: Iterable[str]) -> None:
    """Keep files of ``source``, whole or not at all."""
    part = kept.with_name(f"{kept.name}.part-{os.getpid()}")
    try:
        for name in names:
            (part / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / name, part / name)
        part.rename(kept)
        _thin(kept.parent)
    except OSError:
        shutil.rmtree(part, ignore_errors=True)


def _thin(folder: Path) -> None:
    """Keep the newest entries only."""
    entries = sorted(folder.glob("pages-*"), key=lambda path: path.stat().st_mtime_ns)
    for old in entries[:-ENTRIES]:
        shutil.rmtree(old, ignore_errors=True)
