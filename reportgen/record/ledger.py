"""The ledger of forecasts: one JSON row a line, appended and never rewritten, chained by hashes.

A line holds the hash of the line before, the row, and the hash of both. A row is on record when
its line is whole: a run that is stopped while it writes leaves at most a piece of a line behind
the last line break, which readers leave out and the next run cuts off. Taking whole rows off
the end leaves a sound chain, so the head (number and hash of the last row) is printed in each
edition.
"""

from __future__ import annotations

import errno
import hashlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import msgspec

from reportgen.disk import sync
from reportgen.errors import CannotCreateError, DataError, DiskError, LockedError
from reportgen.record.rows import Entry
from reportgen.record.statement import Moment, Sha256, canonical

FILE = "forecasts.jsonl"
NOTHING = "0" * 64
"""Stands for the hash before the first row."""
PATIENCE = 30.0
"""Seconds to wait for another run that writes; one takes well under a second."""
_RESTORE = "Restore the file from a copy; no row of it is used until then."


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A row of the ledger.

    Args:
        number: from 1 on, without gaps.
        written: when it was appended; may be long after the statement's own date, and says so.
        entry: what it records.
    """

    number: int
    written: Moment
    entry: Entry


class _Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    previous: Sha256
    row: msgspec.Raw
    sha256: Sha256


@dataclass(frozen=True)
class Ledger:
    """What a ledger holds.

    Args:
        rows: in order.
        hashes: of the rows, each over the one before.
        size: bytes up to the end of the last whole line.
        torn: bytes behind it, of a line that was not finished.
    """

    rows: tuple[Row, ...] = ()
    hashes: tuple[str, ...] = ()
    size: int = 0
    torn: int = 0

    @property
    def head(self) -> str:
        """Hash of the last row; zeros before the first."""
        return self.hashes[-1] if self.hashes else NOTHING


Plan = Callable[[Ledger], Sequence[Entry]]
"""Given what is on record, what to append: asked while nobody else can write."""


def read(path: Path) -> Ledger:
    """Return the ledger in a file, its whole chain checked; an absent file is an empty ledger.

    Raises:
        DataError: a line was changed, removed or put in, or is no row; names the first such line.
        DiskError: the file cannot be read.
    """
    try:
        return parse(path.read_bytes(), path.name)
    except FileNotFoundError:
        return Ledger()
    except OSError as problem:
        raise DiskError(f"{path} cannot be read: {problem.strerror}.") from None


def parse(content: bytes, name: str) -> Ledger:
    """Return the ledger in the bytes of a file; ``DataError`` as ``read``."""
    whole, _, rest = content.rpartition(b"\n")
    lines = whole.split(b"\n") if whole else []
    rows, hashes = [], [NOTHING]
    for number, line in enumerate(lines, start=1):
        row, sha256 = _checked(line, number, hashes[-1], name)
        rows.append(row)
        hashes.append(sha256)
    return Ledger(tuple(rows), tuple(hashes[1:]), len(content) - len(rest), len(rest))


def append(path: Path, plan: Plan, written: datetime) -> Ledger:
    """Append what ``plan`` returns and give the ledger as it then is.

    One run writes at a time. Rows are on the disk when this returns; when it fails, or is
    stopped, the rows before are untouched.

    Args:
        path: the ledger; made, with its folder, when first needed.
        plan: returns what to append, given what is on record.
        written: the moment of writing; aware.

    Raises:
        DataError: the ledger on disk is not sound; nothing is written then.
        LockedError: another run holds it for half a minute.
        CannotCreateError: the file cannot be opened for writing.
        DiskError: writing failed; what was there before is unchanged.
    """
    with _held(path) as file:
        before = parse(_content(file), path.name)
        if before.torn:
            os.ftruncate(file, before.size)
        entries = tuple(plan(before))
        if not entries:
            return replace(before, torn=0)
        lines, after = extended(before, entries, written)
        _write(file, before.size, lines, path)
    return after


def commit(path: Path, base: str, lines: bytes) -> bool:
    """Append lines made by ``extended`` to the ledger they were made for.

    Doing so twice adds nothing.

    Args:
        path: the ledger.
        base: its head when the lines were made.
        lines: what to append.

    Returns:
        whether the lines now stand in the ledger; ``False`` when it has grown otherwise since,
        and nothing is written.

    Raises:
        DataError, LockedError, CannotCreateError, DiskError: as ``append``.
    """
    with _held(path) as file:
        content = _content(file)
        before = parse(content, path.name)
        if lines in content:  # a line holds the hash of the one before, so it stands there alone
            return True
        if before.head != base:
            return False
        if before.torn:
            os.ftruncate(file, before.size)
        _write(file, before.size, lines, path)
    return True


def _checked(line: bytes, number: int, previous: str, name: str) -> tuple[Row, str]:
    """Return the row of a line and its hash; ``DataError`` names the line."""
    try:
        found = msgspec.json.decode(line, type=_Line)
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise DataError(f"{name}, line {number}: this is no row of a ledger ({problem}).") from None
    if found.previous != previous:
        raise DataError(
            f"{name}, line {number}: the chain is broken here; the line before was changed, or "
            "one was removed or put in.",
            _RESTORE,
        )
    raw = bytes(found.row)
    if _hash(previous, raw) != found.sha256 or canonical(found) != line:
        raise DataError(
            f"{name}, line {number}: the row was changed after it was written.", _RESTORE
        )
    try:
        row = msgspec.json.decode(raw, type=Row)
    except (msgspec.DecodeError, ValueError) as problem:
        raise DataError(
            f"{name}, line {number}: the row is not as this program writes it ({problem}).",
            "It may have been written by a newer version.",
        ) from None
    if row.number != number:
        raise DataError(f"{name}, line {number}: the row has the number {row.number}.")
    return row, found.sha256


def _hash(previous: str, row: bytes) -> str:
    return hashlib.sha256(previous.encode() + b"\n" + row).hexdigest()


def extended(before: Ledger, entries: Sequence[Entry], written: datetime) -> tuple[bytes, Ledger]:
    """Return the lines of new rows, and the ledger as it is with them; nothing is written.

    Args:
        before: the ledger.
        entries: what to append.
        written: the moment the rows bear; aware.
    """
    head, lines, rows, hashes = before.head, [], [], []
    for number, entry in enumerate(entries, start=len(before.rows) + 1):
        row = Row(number, written, entry)
        raw = canonical(row)
        sha256 = _hash(head, raw)
        lines.append(canonical(_Line(head, msgspec.Raw(raw), sha256)) + b"\n")
        rows.append(row)
        hashes.append(sha256)
        head = sha256
    joined = b"".join(lines)
    after = Ledger((*before.rows, *rows), (*before.hashes, *hashes), before.size + len(joined))
    return joined, after


# -- the file -------------------------------------------------------------------------------


@contextmanager
def _held(path: Path) -> Iterator[int]:
    """Give the descriptor of the ledger, locked against every other writer.

    The file itself carries the lock: it is never replaced, and a lock dies with its process.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as problem:
        raise CannotCreateError(f"{path} cannot be written to: {problem.strerror}.") from None
    try:
        _lock(file, path)
        yield file
    finally:
        os.close(file)


def _lock(file: int, path: Path) -> None:
    import fcntl

    end = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                raise LockedError(
                    f"Another run writes to {path}.", "Try again when it is done."
                ) from None
            time.sleep(0.05)
        else:
            return


def _content(file: int) -> bytes:
    content = b""
    while part := os.pread(file, 1 << 24, len(content)):
        content += part
    return content


def _write(file: int, at: int, lines: bytes, path: Path) -> None:
    """Write behind the last whole line; on failure cut back to it."""
    try:
        done = 0
        while done < len(lines):
            done += os.pwrite(file, lines[done:], at + done)
        os.fsync(file)
        if at == 0:
            sync(path.parent)
    except OSError as problem:
        os.ftruncate(file, at)
        reason = "the disk is full" if problem.errno == errno.ENOSPC else problem.strerror
        raise DiskError(f"{path}: writing failed ({reason}); it is as it was.") from None
