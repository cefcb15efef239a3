"""What may go: made or fetched again at will, and not used for as long as ``[retention]`` says.

Looks into five folders of the output folder and nowhere else. Editions, the ledger, the state of
runs under way and the answers that last held a series are in none of them or are passed over.
What is beside a running build is safe by its age: nothing goes that was touched within a day.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from reportgen import disk
from reportgen.errors import ReportgenError

if TYPE_CHECKING:
    from reportgen.config.publishing import Retention

Kind = Literal["cache", "draft", "rehearsal", "snapshot", "run report", "answer", "leftover"]
LEFTOVER = timedelta(days=2)
"""Hidden folders older than this were left by runs that were killed; no write takes a day."""

USED = "was used just now"
_SHA256 = re.compile(rb"\b[0-9a-f]{64}\b")


@dataclass(frozen=True)
class Old:
    """Something that may go.

    Args:
        path: file or folder.
        size: bytes that become free.
        used: seconds since the epoch at which it was last written or read.
    """

    kind: Kind
    path: Path
    size: int
    used: float


@dataclass(frozen=True)
class Tidied:
    """What went, and what could not go with the reason."""

    removed: tuple[Old, ...]
    kept: tuple[tuple[Old, str], ...]


def find(output: Path, retention: Retention, now: datetime) -> tuple[Old, ...]:
    """Return what may go, by kind and name; touches nothing.

    Args:
        output: the output folder.
        retention: how long is kept what.
        now: the moment; aware.
    """

    def before(days: int) -> float:
        return (now - timedelta(days=days)).timestamp()

    drafts, snapshots = before(retention.drafts_days), before(retention.snapshots_days)
    found = (
        *_files("cache", output / "cache", before(retention.cache_days)),
        *_folders("draft", output / "drafts", drafts),
        *_folders("rehearsal", output / "rehearsals", drafts),
        *_snapshots(output, snapshots),
        *_runs(output / "runs", before(retention.runs_days)),
        *_answers(output / "store", snapshots),
        *_leftovers(output, (now - LEFTOVER).timestamp()),
    )
    return tuple(sorted(found, key=lambda one: (one.kind, str(one.path))))


def remove(found: Iterable[Old]) -> Tidied:
    """Remove what was found, unless it was used meanwhile; one that cannot go stops no other."""
    removed, kept = [], []
    for one in found:
        problem = _gone(one)
        if problem:
            kept.append((one, problem))
        else:
            removed.append(one)
    return Tidied(tuple(removed), tuple(kept))


def _gone(one: Old) -> str:
    """Remove one thing, a folder at one blow for who reads it; return why not, or nothing."""
    try:
        if _used(one.path) > one.used:
            return USED
        if one.path.is_dir() and not one.path.is_symlink():
            aside = one.path.with_name(f".{one.path.name.lstrip('.')}-gone")
            one.path.rename(aside)
            disk.remove(aside)
        else:
            one.path.unlink()
    except OSError as problem:
        return problem.strerror or str(problem)
    except ReportgenError as problem:
        return problem.message
    return ""


# -- what is looked at ----------------------------------------------------------------------


def _files(kind: Kind, folder: Path, limit: float) -> Iterator[Old]:
    """Return the files below a folder that nobody used since; names only, links are not entered."""
    for path in _below(folder):
        if (path.is_symlink() or path.is_file()) and (used := _used(path)) < limit:
            yield Old(kind, path, _size(path), used)


def _folders(kind: Kind, folder: Path, limit: float) -> Iterator[Old]:
    for path in _inside(folder):
        if not path.name.startswith(".") and (used := _used(path)) < limit:
            yield Old(kind, path, _size(path), used)


def _snapshots(output: Path, limit: float) -> Iterator[Old]:
    """Return old snapshots, but the newest one and those a run under way names."""
    found = list(_folders("snapshot", output / "snapshots", limit))
    newest = max((path.name for path in _inside(output / "snapshots")), default="")
    named = b"".join(_content(path) for path in (output / "publishing").glob("*.json"))
    for one in found:
        tag = one.path.name.rpartition("-")[2].encode()
        if one.path.name != newest and tag not in named:
            yield one


def _runs(folder: Path, limit: float) -> Iterator[Old]:
    """Return old reports and logs, but the newest report."""
    names = [path.name for path in _inside(folder) if path.suffix == ".json"]
    newest = max(names, default="").removesuffix(".json")
    for one in _files("run report", folder, limit):
        if not one.path.name.startswith(".") and one.path.stem != newest:
            yield one


def _answers(folder: Path, limit: float) -> Iterator[Old]:
    """Return bodies that no answer, and no last good answer of a series, refers to any more."""
    entries = [*_below(folder / "answers"), *_below(folder / "good")]
    needed = {sha256.decode() for entry in entries for sha256 in _SHA256.findall(_content(entry))}
    for one in _files("answer", folder / "bodies", limit):
        if one.path.name.partition(".")[0] not in needed:
            yield one


def _leftovers(output: Path, limit: float) -> Iterator[Old]:
    """Return what killed runs left beside drafts and snapshots."""
    for folder in ("drafts", "snapshots", "rehearsals"):
        for path in _inside(output / folder):
            if path.name.startswith(".") and (used := _used(path)) < limit:
                yield Old("leftover", path, _size(path), used)


# -- the disk -------------------------------------------------------------------------------


def _inside(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:  # not there, or not ours to read
        return []


def _below(folder: Path) -> Iterator[Path]:
    """Return everything below a folder, whatever vanishes meanwhile; links are not followed."""
    for path in _inside(folder):
        if path.is_dir() and not path.is_symlink():
            yield from _below(path)
        else:
            yield path


def _used(path: Path) -> float:
    """Return when it, or anything in it, was last written or, if a file, read."""
    try:
        own = path.lstat()
    except FileNotFoundError:
        return float("inf")
    if not path.is_dir() or path.is_symlink():
        return max(own.st_mtime, own.st_atime)
    return max((own.st_mtime, *(_written(one) for one in _below(path))))


def _written(path: Path) -> float:
    try:
        return path.lstat().st_mtime
    except FileNotFoundError:
        return float("inf")


def _size(path: Path) -> int:
    """Return the bytes that become free; a file with another name beside this one frees none."""
    inside = _below(path) if path.is_dir() and not path.is_symlink() else iter((path,))
    return sum(_freed(one) for one in inside)


def _freed(path: Path) -> int:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return 0
    return found.st_size if stat.S_ISREG(found.st_mode) and found.st_nlink == 1 else 0


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
