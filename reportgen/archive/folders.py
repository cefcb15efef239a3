"""Folders of reports: written whole or not at all, with a manifest of every file."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from reportgen.disk import sync, sync_tree
from reportgen.errors import CannotCreateError, DiskError

MANIFEST = "manifest.json"
MANIFEST_FORMAT = 1


def check_writable(folder: Path) -> None:
    """Create ``folder`` where it is missing and make sure that a file can be put into it.

    Raises:
        CannotCreateError: when it cannot.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as problem:
        raise CannotCreateError(
            f"The output folder {folder} cannot be written to: {problem.strerror}.",
            "Name another one with --output.",
        ) from None


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give an empty folder that takes the place of ``target`` when the block ends well.

    When it does not, nothing of it stays and ``target`` is as it was. A folder that an
    earlier run left behind when it was killed is swept away.
    """
    _sweep(target)
    stage = Path(tempfile.mkdtemp(prefix=f".{target.name}-new-{os.getpid()}-", dir=target.parent))
    stage.chmod(0o755)
    try:
        yield stage
        _put_in_place(stage, target)
    except OSError as problem:
        raise DiskError(f"Writing {target} failed: {problem.strerror or problem}.") from problem
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _put_in_place(stage: Path, target: Path) -> None:
    sync_tree(stage)
    old = target.with_name(f".{target.name}-old-{os.getpid()}")
    if target.exists():
        target.rename(old)
    try:
        stage.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise
    sync(target.parent)
    shutil.rmtree(old, ignore_errors=True)


def _sweep(target: Path) -> None:
    """Remove what killed runs left; restore the old folder if one died between two renames."""
    for old in target.parent.glob(f".{target.name}-old-*"):
        if _dead(old):
            if target.exists():
                shutil.rmtree(old, ignore_errors=True)
            else:
                old.rename(target)
    for stage in target.parent.glob(f".{target.name}-new-*"):
        if _dead(stage):
            shutil.rmtree(stage, ignore_errors=True)


def _dead(folder: Path) -> bool:
    """Tell whether the process that made the folder is gone."""
    number = folder.name.split("-new-" if "-new-" in folder.name else "-old-")[1].split("-")[0]
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except (ValueError, PermissionError):
        return False
    return False


def hashes(folder: Path) -> dict[str, str]:
    """Return the sha256 of every file below ``folder`` but the manifest, by relative name."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }


def write_manifest(folder: Path, about: Mapping[str, object]) -> None:
    """Write ``manifest.json``: what the files are, what they were made from and with.

    Args:
        folder: the complete folder.
        about: period, snapshot, versions of program, libraries and fonts.
    """
    import msgspec

    content = {"format": MANIFEST_FORMAT, **about, "files": hashes(folder)}
    encoded = msgspec.json.format(msgspec.json.encode(content, order="sorted"), indent=1)
    (folder / MANIFEST).write_bytes(encoded + b"\n")
