"""A snapshot on disk: a folder with ``snapshot.json``, ``events.csv`` and ``observations/``.

``snapshot.json`` names every other file with its sha256; the snapshot's own hash is the sha256 of
``snapshot.json``. All files are canonical: the same content gives the same bytes everywhere.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import msgspec

from reportgen.disk import sync, sync_tree
from reportgen.errors import CannotCreateError, DataError, DiskError, MissingInputError
from reportgen.series import NEW_YORK, ReleaseRule
from reportgen.snapshot import tables
from reportgen.snapshot.content import Snapshot
from reportgen.snapshot.records import Note, Part, SeriesData

FORMAT = 1
HEAD = "snapshot.json"
EVENTS = "events.csv"


class _Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    publisher: str
    publisher_id: str
    unit: str
    retrieved: str
    release: ReleaseRule
    sha256: str
    parts: tuple[Part, ...] = ()
    notes: tuple[Note, ...] = ()


class _Head(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: int
    as_of: date
    known_at: datetime
    events: str
    series: dict[str, _Entry]


def digest(files: Mapping[str, bytes]) -> str:
    """Return the sha256 of a snapshot's canonical content, in hex."""
    return _sha256(files[HEAD])


def write(snapshot: Snapshot, folder: Path) -> None:
    """Write a snapshot as a folder, whole or not at all.

    Only what the snapshot may show is written. A folder that holds the same snapshot already is
    left as it is.

    Raises:
        CannotCreateError: the folder exists with other content, or cannot be created.
        DiskError: writing failed half-way; nothing is left behind.
    """
    files = snapshot.cut(snapshot.as_of, snapshot.known_at).files
    if folder.exists():
        if _same(folder, files[HEAD]):
            return
        raise CannotCreateError(f"{folder}: already exists, and a snapshot is never overwritten.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as problem:
        raise CannotCreateError(f"{folder}: cannot be created ({problem.strerror}).") from None
    try:
        _fill(draft, files)
        draft.rename(folder)
        sync(folder.parent)
    except OSError as problem:
        if _same(folder, files[HEAD]):  # another run wrote the same meanwhile
            return
        raise DiskError(f"{folder}: writing failed ({problem.strerror}).") from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def read(folder: Path) -> Snapshot:
    """Return the snapshot in a folder, every file checked against its sha256.

    Raises:
        MissingInputError: there is no snapshot, or a file it names is missing.
        DataError: a file was changed or cannot be understood, or a series is unsound; the
            sentence names file and series.
    """
    head = _head(folder)
    events = tables.parse_events(_checked(folder, EVENTS, head.events), f"{folder.name}/{EVENTS}")
    series = {name: _series(folder, name, entry) for name, entry in head.series.items()}
    try:
        snapshot = Snapshot(head.as_of, head.known_at, series, events)
    except DataError as problem:
        raise DataError(f"{folder / HEAD}: {problem.message}", problem.hint) from None
    _refuse_unseen(folder, snapshot)
    return snapshot


def verify(folder: Path) -> str:
    """Check a snapshot on disk as ``read`` does, and that no file was slipped in.

    Returns:
        the hash of the snapshot.

    Raises:
        MissingInputError, DataError: as ``read``; also for a file ``snapshot.json`` does not name
            and for a ``snapshot.json`` that is not canonical.
    """
    snapshot = read(folder)
    expected = snapshot.files
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    for stranger in sorted(found - set(expected)):
        raise DataError(f"{folder / stranger}: this file is not named in {HEAD}.")
    if (folder / HEAD).read_bytes() != expected[HEAD]:
        raise DataError(f"{folder / HEAD}: is not in its canonical form; it was edited by hand.")
    return snapshot.hash


def seal(folder: Path) -> str:
    """Take figures edited by hand into a snapshot: check them, write hashes and canonical files.

    Returns:
        the new hash of the snapshot.

    Raises:
        MissingInputError, DataError: as ``read``, but for the hashes; nothing is changed then.
        DiskError: writing failed; running it again mends the folder.
    """
    head = _head(folder)
    replace = msgspec.structs.replace
    entries = {
        name: replace(entry, sha256=_sha256(_bytes(folder / _name(name))))
        for name, entry in head.series.items()
    }
    events = tables.parse_events(
        _checked(folder, EVENTS, _sha256(_bytes(folder / EVENTS))), f"{folder.name}/{EVENTS}"
    )
    series = {name: _series(folder, name, entry) for name, entry in entries.items()}
    snapshot = Snapshot(head.as_of, head.known_at, series, events)
    _refuse_unseen(folder, snapshot)
    try:
        for name, content in snapshot.files.items():
            part = folder / f"{name}.part"
            part.write_bytes(content)
            part.replace(folder / name)
    except OSError as problem:
        raise DiskError(f"{folder}: writing failed ({problem.strerror}).") from None
    return snapshot.hash


def canonical(snapshot: Snapshot) -> dict[str, bytes]:
    """Return every file of a snapshot by its name in the folder."""
    files = {
        _name(name): tables.observations(data).encode() for name, data in snapshot.series.items()
    }
    files[EVENTS] = tables.events(snapshot.events).encode()
    head = _Head(
        format=FORMAT,
        as_of=snapshot.as_of,
        known_at=snapshot.known_at,
        events=_sha256(files[EVENTS]),
        series={name: _entry(data, files) for name, data in snapshot.series.items()},
    )
    plain = msgspec.to_builtins(head)
    text = json.dumps(plain, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    files[HEAD] = f"{text}\n".encode()
    return files


def _entry(data: SeriesData, files: Mapping[str, bytes]) -> _Entry:
    return _Entry(
        publisher=data.publisher,
        publisher_id=data.publisher_id,
        unit=data.unit,
        retrieved=data.retrieved,
        release=data.release,
        sha256=_sha256(files[_name(data.id)]),
        parts=data.parts,
        notes=data.notes,
    )


def _series(folder: Path, name: str, entry: _Entry) -> SeriesData:
    where = f"{folder.name}/{_name(name)}"
    text = _checked(folder, _name(name), entry.sha256)
    dates, numbers, released = tables.parse_observations(text, where)
    return SeriesData(
        id=name,
        publisher=entry.publisher,
        publisher_id=entry.publisher_id,
        unit=entry.unit,
        retrieved=entry.retrieved,
        release=entry.release,
        dates=dates,
        numbers=numbers,
        released=released,
        parts=entry.parts,
        notes=entry.notes,
    )


def _head(folder: Path) -> _Head:
    path = folder / HEAD
    try:
        head = msgspec.json.decode(_bytes(path), type=_Head)
    except msgspec.DecodeError as problem:
        raise DataError(f"{path}: this is not a snapshot: {problem}.") from None
    if head.format != FORMAT:
        raise DataError(f"{path}: format {head.format} is not known; this program reads {FORMAT}.")
    if head.known_at.tzinfo is None:
        raise DataError(f"{path}: the moment known_at has no time zone.")
    return msgspec.structs.replace(head, known_at=head.known_at.astimezone(NEW_YORK))


def _checked(folder: Path, name: str, sha256: str) -> str:
    content = _bytes(folder / name)
    if _sha256(content) != sha256:
        raise DataError(
            f"{folder / name}: was changed after the snapshot was written; its sha256 is not the "
            f"one in {HEAD}."
        )
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise DataError(f"{folder / name}: is not UTF-8 text.") from None


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise MissingInputError(f"{path}: there is no such file.") from None
    except OSError as problem:
        raise MissingInputError(f"{path}: cannot be read ({problem.strerror}).") from None


def _refuse_unseen(folder: Path, snapshot: Snapshot) -> None:
    """A snapshot on disk holds nothing it may not show: what is not there cannot leak."""
    for name, data in snapshot.series.items():
        if data.visible(snapshot.as_of, snapshot.known_at) is not data:
            raise DataError(
                f"{folder / _name(name)}: series {name} holds observations after "
                f"{snapshot.as_of} or not yet published at {snapshot.known_at:%Y-%m-%d %H:%M}."
            )


def _fill(draft: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        path = draft / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    sync_tree(draft)
    draft.chmod(0o755)


def _same(folder: Path, head: bytes) -> bool:
    path = folder / HEAD
    return path.is_file() and path.read_bytes() == head


def _name(series: str) -> str:
    return f"observations/{series}.csv"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
