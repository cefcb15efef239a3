"""From a stage folder to an edition that never changes: hashed, placed, checked.

The manifest is written last and the folder is renamed once, so that a reader sees either no
edition or all of it. Everything reaches the disk before the name does.
"""

from __future__ import annotations

import errno
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from reportgen.archive import editions
from reportgen.archive.editions import FOLDER, Edition
from reportgen.archive.folders import MANIFEST
from reportgen.archive.manifest import (
    FORMAT,
    SIGNATURE,
    EditionHead,
    FileEntry,
    Manifest,
    encode,
)
from reportgen.disk import remove, sync, sync_tree
from reportgen.errors import CannotCreateError, DataError, DiskError

STAGES = "publishing"
"""Where editions are made, each in a folder of its name, beside the state ``<name>.json``."""
FILE_MODE = 0o440
FOLDER_MODE = 0o550
_OWN = (MANIFEST, SIGNATURE)
_TAKEN = (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR, errno.EISDIR)


@dataclass(frozen=True)
class Fault:
    """A file of an edition that is not as its manifest says.

    Args:
        name: relative to the edition's folder.
        kind: it is not there; its bytes are others; the manifest does not name it.
    """

    name: str
    kind: Literal["missing", "changed", "extra"]


def seal(stage: Path, head: EditionHead) -> Manifest:
    """Write the manifest of a finished stage folder; the files are on the disk when it returns.

    Doing so again after a change writes it anew. A signature beside it is made afterwards.

    Raises:
        DataError: something in the folder is neither a file nor a folder.
        DiskError: reading or writing failed.
    """
    try:
        for name in _OWN:
            (stage / name).unlink(missing_ok=True)
        manifest = Manifest(format=FORMAT, edition=head, files=entries(stage))
        (stage / MANIFEST).write_bytes(encode(manifest))
        sync_tree(stage)
    except OSError as problem:
        raise DiskError(f"{stage}: sealing failed ({problem.strerror or problem}).") from None
    return manifest


def entries(folder: Path) -> dict[str, FileEntry]:
    """Return sha256 and size of every file of an edition but its manifest and signature.

    Raises:
        DataError: something in the folder is neither a file nor a folder.
        OSError: reading failed.
    """
    files, strangers = _contents(folder)
    if strangers:
        raise DataError(f"{folder / strangers[0]}: an edition holds plain files only.")
    return {name: _entry(folder / name) for name in files if name not in _OWN}


def place(stage: Path, output: Path, name: str) -> Edition:
    """Move a sealed stage folder into the archive, for ever.

    A run that was stopped in here does it again and comes to the same end.

    Args:
        stage: the sealed folder, on the disk of the archive; gone afterwards.
        output: the output folder.
        name: of the edition.

    Raises:
        CannotCreateError: there is another edition of that name.
        DataError: the stage is not as its manifest says, or is of another edition.
        DiskError: the disk refuses; the archive is as it was.
    """
    target = output / FOLDER / name
    if not os.path.lexists(target):
        _check(stage, name)
        _move(stage, target)
    elif stage.exists() and _manifest(stage) != _manifest(target):
        raise CannotCreateError(f"{target}: already exists, and an edition is never overwritten.")
    try:
        _protect(target)
        target.chmod(FOLDER_MODE)
        sync(target)
        sync(target.parent)
    except OSError as problem:
        raise DiskError(f"{target}: placing failed ({problem.strerror}).") from None
    return editions.find(output, name)


def intact(edition: Edition) -> tuple[Fault, ...]:
    """Return every file of an edition that is missing, changed or was slipped in, by name.

    Raises:
        DiskError: the folder cannot be read.
    """
    try:
        files, strangers = _contents(edition.folder)
        named = edition.manifest.files
        faults = [Fault(name, "missing") for name in named if name not in files]
        faults += [Fault(name, "extra") for name in strangers]
        faults += [Fault(name, "extra") for name in files if name not in named and name not in _OWN]
        faults += [
            Fault(name, "changed")
            for name, entry in named.items()
            if name in files and _entry(edition.folder / name) != entry
        ]
    except OSError as problem:
        raise DiskError(
            f"{edition.folder} cannot be read: {problem.strerror or problem}."
        ) from None
    return tuple(sorted(faults, key=lambda fault: (fault.name, fault.kind)))


def sweep(output: Path) -> None:
    """Remove what stopped runs left and no run will go on from: stage folders without a state.

    Only the run that holds the output folder may do so.

    Raises:
        DiskError: something cannot be removed.
    """
    folder = output / STAGES
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.is_symlink():
            if not path.with_name(f"{path.name}.json").is_file():
                remove(path)
        elif path.name.startswith("."):
            path.unlink(missing_ok=True)


def _contents(folder: Path) -> tuple[list[str], list[str]]:
    """Return the plain files below a folder, and what is neither file nor folder."""
    files, strangers = [], []
    for inside, folders, names in os.walk(folder, onerror=_raise):
        for name in (*folders, *names):
            path = Path(inside) / name
            relative = path.relative_to(folder).as_posix()
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                strangers.append(relative)
            elif path.is_file():
                files.append(relative)
    return sorted(files), sorted(strangers)


def _raise(problem: OSError) -> None:
    raise problem


def _entry(path: Path) -> FileEntry:
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
        return FileEntry(found, os.fstat(file.fileno()).st_size)


def _check(stage: Path, name: str) -> None:
    found = editions.load(stage)
    if found.name != name:
        raise DataError(f"{stage}: is of edition {found.name}, not of {name}.")
    faults = intact(found)
    if faults:
        raise DataError(
            f"{stage / faults[0].name}: {faults[0].kind} since the edition was sealed.",
            "Publish it again; it is made anew.",
        )


def _move(stage: Path, target: Path) -> None:
    """Bring the stage onto the disk and give it its name."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        sync(target.parent.parent)
        _protect(stage)
        sync_tree(stage)
        # Of a folder that is moved its owner needs the right to write, so it is taken later. A
        # rename onto a folder that holds anything fails.
        stage.rename(target)
        sync(stage.parent)
    except OSError as problem:
        if problem.errno in _TAKEN:
            raise CannotCreateError(
                f"{target}: already exists, and an edition is never overwritten."
            ) from None
        raise DiskError(f"{target}: placing failed ({problem.strerror}).") from None


def _protect(folder: Path) -> None:
    """Let nobody write to what is in a folder."""
    for inside, folders, names in os.walk(folder):
        for name in names:
            (Path(inside) / name).chmod(FILE_MODE)
        for name in folders:
            (Path(inside) / name).chmod(FOLDER_MODE)


def _manifest(folder: Path) -> bytes | None:
    path = folder / MANIFEST
    return path.read_bytes() if path.is_file() else None
