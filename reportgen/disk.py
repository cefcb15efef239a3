"""Files read whole, and what makes them last: synced, written whole or not at all, removed."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import tempfile
from pathlib import Path

from reportgen.errors import CannotCreateError, DataError, DiskError, MissingInputError


def sync(path: Path) -> None:
    """Make a file's content, or the names in a folder, last through a loss of power.

    Raises:
        OSError: the disk refuses.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Make a folder last with everything below it; content goes before the names of it.

    Raises:
        OSError: the disk refuses.
    """
    for inside, _, names in os.walk(folder, topdown=False):
        for name in names:
            sync(Path(inside) / name)
        sync(Path(inside))


def content_of(path: Path, most: int | None = None) -> bytes:
    """Return what is in a file.

    Args:
        path: its place.
        most: bytes it may have; ``None`` for any number.

    Raises:
        MissingInputError: it is not there.
        DataError: it is larger.
        DiskError: it cannot be read.
    """
    try:
        if most is not None and path.stat().st_size > most:
            raise DataError(f"{path} is larger than any report.")
        return path.read_bytes()
    except FileNotFoundError:
        raise MissingInputError(f"{path}: there is no such file.") from None
    except OSError as problem:
        raise DiskError(f"{path} cannot be read: {problem.strerror}.") from None


def write_whole(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Put a file in its place, whole or not at all, and make it last.

    Args:
        path: its place.
        content: of the file.
        mode: who may read it, whatever the umask.

    Raises:
        CannotCreateError: nothing can be written beside it.
        DiskError: the disk is full; the file that was there stays.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    except OSError as problem:
        raise _cannot(path, problem) from None
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(draft).chmod(mode)
        Path(draft).replace(path)
        sync(path.parent)
    except OSError as problem:
        Path(draft).unlink(missing_ok=True)
        raise DiskError(f"{path}: writing failed ({problem.strerror}).") from None


def closed(folder: Path) -> Path:
    """Return a folder, made where it is missing; into it only its owner looks.

    Raises:
        CannotCreateError, DiskError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=stat.S_IRWXU)
    except OSError as problem:
        raise _cannot(folder, problem) from None
    return folder


def remove(folder: Path) -> None:
    """Remove a folder with all that is in it, read-only or not.

    Raises:
        DiskError: something of it cannot be removed.
    """
    try:
        _open(folder)
        for inside, names, _ in os.walk(folder):
            for name in names:
                _open(Path(inside) / name)
        shutil.rmtree(folder)
    except FileNotFoundError:
        return
    except OSError as problem:
        raise DiskError(f"{folder} cannot be removed: {problem.strerror or problem}.") from None


def _open(folder: Path) -> None:
    """Let its owner change a folder."""
    mode = folder.lstat().st_mode
    if not stat.S_ISLNK(mode):
        folder.chmod(stat.S_IMODE(mode) | stat.S_IRWXU)


def _cannot(path: Path, problem: OSError) -> CannotCreateError | DiskError:
    """Name a file that cannot be begun: the folder refuses, or the disk is full."""
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskError(f"{path}: writing failed ({problem.strerror}).")
    return CannotCreateError(f"{path}: cannot be written ({problem.strerror}).")
