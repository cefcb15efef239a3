"""The site as a folder: built whole beside its place, then put there by one swap of a link.

``output/site`` is a link to ``output/.site/<digest>``; whoever reads it sees the old site or the
new one. The digest is over the content, so the same archive gives the same folder.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reportgen import disk
from reportgen.errors import CannotCreateError, DiskError

LINK = "site"
BUILDS = ".site"
_STAGE = "new-"
_DIGEST = 32
"""Hexadecimal digits of the digest in a folder's name."""


class Stage:
    """A site being written.

    Args:
        folder: empty.
        before: the site that is shown now; what it has already need not be written again.
    """

    def __init__(self, folder: Path, before: Path | None) -> None:
        self.folder = folder
        self._before = before
        self.files: dict[str, str] = {}

    def put(self, path: str, data: bytes) -> None:
        """Write a file; one that is the same in the site before shares its place on the disk."""
        sha256 = hashlib.sha256(data).hexdigest()
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if not self._shared(path, data, target):
            target.write_bytes(data)
            target.chmod(0o644)
        self.files[path] = sha256

    def _shared(self, path: str, data: bytes, target: Path) -> bool:
        old = None if self._before is None else self._before / path
        try:
            if old is None or old.is_symlink() or old.read_bytes() != data:
                return False
            os.link(old, target)
        except OSError:  # not there, or a file system without links
            return False
        return True

    @property
    def digest(self) -> str:
        """The digest over every path and the sha256 of what lies there."""
        listed = "".join(f"{sha256}  {path}\n" for path, sha256 in sorted(self.files.items()))
        return hashlib.sha256(listed.encode()).hexdigest()[:_DIGEST]


@contextmanager
def placing(output: Path) -> Iterator[Stage]:
    """Give an empty stage; when the block ends well, it is the site.

    When it does not, the site is as it was. The two newest sites are kept.

    Raises:
        CannotCreateError: the folder cannot be written to, or ``site`` is not a link.
        DiskError: writing failed half-way.
    """
    builds, link = output / BUILDS, output / LINK
    if link.exists() and not link.is_symlink():
        raise CannotCreateError(
            f"{link} is not a link, so no site can take its place.", "Move it away."
        )
    try:
        builds.mkdir(parents=True, exist_ok=True)
        _sweep(builds)
        stage = Path(tempfile.mkdtemp(prefix=f"{_STAGE}{os.getpid()}-", dir=builds))
    except OSError as problem:
        raise CannotCreateError(f"{builds} cannot be written to: {problem.strerror}.") from None
    before = _target(link)
    try:
        written = Stage(stage, before)
        yield written
        place = _settle(written, builds)
        _swap(link, place)
        _keep(builds, place, before)
    except OSError as problem:
        raise DiskError(f"Writing {link} failed: {problem.strerror or problem}.") from problem
    finally:
        disk.remove(stage)


def shown(output: Path) -> Path | None:
    """Return the folder of the site that is shown, or ``None``."""
    return _target(output / LINK)


def _target(link: Path) -> Path | None:
    return link.resolve() if link.is_symlink() and link.is_dir() else None


def _settle(stage: Stage, builds: Path) -> Path:
    """Give the stage its lasting name; a whole folder that has it already is taken instead."""
    for number in range(100):
        place = builds / (stage.digest if number == 0 else f"{stage.digest}-{number}")
        if not place.exists():
            _open_to_readers(stage.folder)
            disk.sync_tree(stage.folder)
            stage.folder.rename(place)
            disk.sync(builds)
            return place
        if _whole(place, stage.files):
            return place
    raise OSError(f"{builds} holds a hundred damaged copies of one site")


def _whole(place: Path, files: dict[str, str]) -> bool:
    """Tell whether a folder holds these files and no others."""
    found = {
        path.relative_to(place).as_posix(): path
        for path in place.rglob("*")
        if path.is_symlink() or path.is_file()
    }
    return found.keys() == files.keys() and all(
        not path.is_symlink() and hashlib.sha256(path.read_bytes()).hexdigest() == files[name]
        for name, path in found.items()
    )


def _swap(link: Path, place: Path) -> None:
    target = f"{BUILDS}/{place.name}"
    if link.is_symlink() and str(link.readlink()) == target:
        return
    fresh = link.with_name(f"{BUILDS}-link-{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target, target_is_directory=True)
    fresh.replace(link)
    disk.sync(link.parent)


def _keep(builds: Path, place: Path, before: Path | None) -> None:
    """Remove all but the site and the one before it, which somebody may be reading."""
    last = "" if before is None else before.name
    others = [one for one in builds.iterdir() if one != place and not _is_stage(one)]
    others.sort(key=lambda one: (one.name == last, one.stat().st_mtime, one.name))
    for old in others[:-1]:
        disk.remove(old)


def _sweep(builds: Path) -> None:
    """Remove what killed runs left."""
    for stage in builds.iterdir():
        if _is_stage(stage) and not _alive(stage.name.removeprefix(_STAGE).split("-")[0]):
            disk.remove(stage)
    for link in builds.parent.glob(f"{BUILDS}-link-*"):
        if not _alive(link.name.rpartition("-")[2]):
            link.unlink(missing_ok=True)


def _is_stage(folder: Path) -> bool:
    return folder.name.startswith(_STAGE)


def _alive(number: str) -> bool:
    """Tell whether a process is there; one that is this process left nothing behind."""
    try:
        os.kill(int(number), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return int(number) != os.getpid()


def _open_to_readers(folder: Path) -> None:
    """Let whoever serves the site go into its folders, whatever this process keeps to itself."""
    for path in (folder, *folder.rglob("*")):
        if path.is_dir():
            path.chmod(0o755)
