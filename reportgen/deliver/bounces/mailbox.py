"""Where returned mail is kept: a maildir, a folder of files, an mbox, one message, or a pipe."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from reportgen.errors import DiskError, MissingInputError

LONGEST = 8_000_000
"""Bytes of a message that are read; what follows is left out."""
_FROM = b"From "


def messages(path: Path, stdin: BinaryIO) -> Iterator[bytes]:
    """Return the messages of a mailbox, each as it stands there; nothing is changed.

    Args:
        path: a maildir, another folder with a message in each file, a file that is an mbox or a
            message, or ``-``.
        stdin: read for ``-``: a message, or an mbox.

    Raises:
        MissingInputError: it is not there.
        DiskError: it cannot be read.
    """
    if str(path) == "-":
        yield from _of_stream(stdin)
        return
    if not path.exists():
        raise MissingInputError(f"{path}: there is no such mailbox.")
    for one in _files(path):
        try:
            with one.open("rb") as stream:
                yield from _of_stream(stream)
        except FileNotFoundError:
            continue  # a mail reader has moved it since
        except OSError as problem:
            raise DiskError(f"{one} cannot be read: {problem.strerror}.") from None


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    try:
        maildir = [path / name for name in ("new", "cur") if (path / name).is_dir()]
        folders = maildir or [path]
        found = [one for folder in folders for one in folder.iterdir() if one.is_file()]
    except OSError as problem:
        raise DiskError(f"{path} cannot be read: {problem.strerror}.") from None
    return sorted(one for one in found if not one.name.startswith("."))


def _of_stream(stream: BinaryIO) -> Iterator[bytes]:
    """Return the messages of an mbox; of another file, the one it is."""
    first = stream.readline(LONGEST)
    if not first.startswith(_FROM):
        whole = (first + stream.read(LONGEST))[:LONGEST]
        if whole.strip():
            yield whole
        return
    kept: list[bytes] = []
    size, empty = 0, False
    while line := stream.readline(LONGEST):
        if empty and line.startswith(_FROM):
            yield b"".join(kept)
            kept, size, empty = [], 0, False
            continue
        empty = not line.strip()
        if size < LONGEST:
            kept.append(line[1:] if line.startswith(b">") and _quoted(line) else line)
            size += len(line)
    if kept:
        yield b"".join(kept)


def _quoted(line: bytes) -> bool:
    return line.lstrip(b">").startswith(_FROM)
