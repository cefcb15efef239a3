"""The editions in the archive: which there are, in which order, and what took whose place."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from reportgen.archive.folders import MANIFEST
from reportgen.archive.manifest import EditionHead, Manifest, decode, edition_name
from reportgen.disk import content_of
from reportgen.errors import DataError, DiskError, MissingInputError, UsageError

FOLDER = "editions"
"""Where editions stand in the output folder."""

_NAME = re.compile(r"([0-9]{4}-(?:0[1-9]|1[0-2]))(?:-r([2-9]|[1-9][0-9]))?")


@dataclass(frozen=True)
class Edition:
    """An edition in the archive; whether its files are as they were is ``sealing.intact``'s.

    Args:
        folder: where it stands.
        manifest: what its ``manifest.json`` says.
    """

    folder: Path
    manifest: Manifest

    @property
    def head(self) -> EditionHead:
        """What it is, and what it was made from and with."""
        return self.manifest.edition

    @property
    def name(self) -> str:
        """``2026-01``, or ``2026-01-r2``."""
        return self.head.name

    @property
    def sha256(self) -> str:
        """Of its manifest, by which the next edition names it."""
        return hashlib.sha256(content_of(self.folder / MANIFEST)).hexdigest()


def editions(output: Path) -> tuple[Edition, ...]:
    """Return every edition, by period and revision.

    Raises:
        DataError: a folder that has the name of an edition is none.
    """
    return tuple(_load(output, *parts) for parts in _there(output))


def find(output: Path, name: str) -> Edition:
    """Return an edition by its name.

    Raises:
        UsageError: no edition can have that name.
        MissingInputError: there is no such edition.
        DataError: its manifest cannot be understood.
    """
    parts = parts_of(name)
    if parts not in _there(output):
        known = [edition_name(*one) for one in _there(output)]
        hint = f"The newest is {known[-1]}." if known else "There is none yet."
        raise MissingInputError(f"There is no edition {name} in {output / FOLDER}.", hint)
    return _load(output, *parts)


def latest(output: Path, period: str) -> Edition | None:
    """Return the last revision of a month's edition."""
    found = [parts for parts in _there(output) if parts[0] == period]
    return _load(output, *found[-1]) if found else None


def previous(output: Path, period: str) -> Edition | None:
    """Return the last revision of the newest edition of an earlier month."""
    found = [parts for parts in _there(output) if parts[0] < period]
    return _load(output, *found[-1]) if found else None


def next_revision(output: Path, period: str) -> int:
    """Return the number the next edition of a month has: 1 for its first.

    Raises:
        DataError: a month has had a hundred.
    """
    found = [revision for name, revision in _there(output) if name == period]
    following = max(found, default=0) + 1
    if following > 99:
        raise DataError(f"{period} has been revised 98 times; there is no name for another.")
    return following


def superseded_by(edition: Edition, among: Iterable[Edition]) -> Edition | None:
    """Return the edition that stands in the place of this one; ``None`` when it is the last."""
    head = edition.head
    later = [
        one for one in among if one.head.period == head.period and one.head.revision > head.revision
    ]
    return max(later, key=lambda one: one.head.revision, default=None)


def parts_of(name: str) -> tuple[str, int]:
    """Return the period and the revision in the name of an edition.

    Raises:
        UsageError: no edition can have that name.
    """
    found = _parts(name)
    if found is None:
        raise UsageError(
            f"{name!r} is no name of an edition.", "Write it as 2026-01, a revision as 2026-01-r2."
        )
    return found


def load(folder: Path) -> Edition:
    """Return the edition in a folder, wherever it stands.

    Raises:
        MissingInputError: there is no manifest in it.
        DataError: the manifest cannot be understood.
        DiskError: it cannot be read.
    """
    path = folder / MANIFEST
    return Edition(folder, decode(content_of(path), str(path)))


def _there(output: Path) -> list[tuple[str, int]]:
    """Return period and revision of every folder with the name of an edition, in order."""
    try:
        names = [path.name for path in (output / FOLDER).iterdir()]
    except FileNotFoundError:
        return []
    except OSError as problem:
        raise DiskError(f"{output / FOLDER} cannot be read: {problem.strerror}.") from None
    return sorted(parts for parts in map(_parts, names) if parts is not None)


def _parts(name: str) -> tuple[str, int] | None:
    found = _NAME.fullmatch(name)
    return (found[1], int(found[2] or 1)) if found else None


def _load(output: Path, period: str, revision: int) -> Edition:
    name = edition_name(period, revision)
    try:
        found = load(output / FOLDER / name)
    except (MissingInputError, DataError) as problem:
        problem.hint = problem.hint or (
            f"The folder of edition {name} is damaged: bring it back from a copy. Until then "
            "nothing is published."
        )
        raise
    if found.name != name:
        raise DataError(f"{found.folder / MANIFEST}: is of edition {found.name}, not of {name}.")
    return found
