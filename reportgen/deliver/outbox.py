"""The outbox: the files that go with messages, each under the sha256 of its content.

A report that a thousand clients get stands there once. Files are encoded for the wire when they
are sent.
"""

from __future__ import annotations

import hashlib
import struct
from binascii import b2a_base64
from functools import lru_cache
from pathlib import Path
from typing import Annotated

import msgspec

from reportgen.disk import closed, write_whole
from reportgen.errors import DataError, DiskError

FOLDER = "outbox"
LINE = 76
"""Signs of a line of base64 (RFC 2045)."""
_BYTES = LINE // 4 * 3
_LINES = struct.Struct(f"{LINE}s" * 256)
_STEP = _LINES.size // 4 * 3


class Blob(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="blob"):
    """A file in the outbox.

    Args:
        sha256: of its content, and its name.
        size: bytes.
    """

    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    size: Annotated[int, msgspec.Meta(ge=0)]

    @property
    def wire_size(self) -> int:
        """Bytes of it in a message: base64 with its line ends."""
        return wire_size(self.size)


class Outbox:
    """The folder.

    Args:
        output: the output folder.
        keep: how many encoded files are held in memory; reports many clients share.
    """

    def __init__(self, output: Path, keep: int = 12) -> None:
        self.folder = output / FOLDER
        self._encoded = lru_cache(maxsize=keep)(self._encode)

    def put(self, content: bytes) -> Blob:
        """Put a file in, once, and make it last.

        Raises:
            CannotCreateError, DiskError: it cannot be written.
        """
        blob = blob_of(content)
        path = self.path(blob)
        if not path.is_file():
            closed(self.folder)
            closed(path.parent)
            write_whole(path, content, 0o600)
        return blob

    def path(self, blob: Blob) -> Path:
        """Return where a file stands."""
        return self.folder / blob.sha256[:2] / blob.sha256

    def read(self, blob: Blob) -> bytes:
        """Return a file's content.

        Raises:
            DataError: it is gone, or not what was put in.
            DiskError: it cannot be read.
        """
        try:
            content = self.path(blob).read_bytes()
        except FileNotFoundError:
            raise DataError(f"{self.path(blob)} is gone from the outbox.") from None
        except OSError as problem:
            raise DiskError(f"{self.path(blob)} cannot be read: {problem.strerror}.") from None
        if hashlib.sha256(content).hexdigest() != blob.sha256:
            raise DataError(f"{self.path(blob)} is not what was put there.")
        return content

    def encoded(self, blob: Blob, *, shared: bool) -> bytes:
        """Return a file as it stands in a message.

        Args:
            blob: the file.
            shared: whether other messages have it too; it is then held in memory.

        Raises:
            DataError, DiskError: as ``read``.
        """
        return self._encoded(blob) if shared else self._encode(blob)

    def _encode(self, blob: Blob) -> bytes:
        return encoded(self.read(blob))


def blob_of(content: bytes) -> Blob:
    """Return what a file would be in the outbox."""
    return Blob(hashlib.sha256(content).hexdigest(), len(content))


def encoded(content: bytes) -> bytes:
    """Return base64 in lines of 76 signs, each with its CRLF.

    Lines are cut by the hundred, while their text is near the processor: it takes half as long as
    cutting a report as one, and a personal copy is encoded each time it is needed.
    """
    view, wire = memoryview(content), bytearray()
    whole = len(content) // _STEP * _STEP
    for start in range(0, whole, _STEP):
        text = b2a_base64(view[start : start + _STEP], newline=False)
        wire += b"\r\n".join(_LINES.unpack(text)) + b"\r\n"
    text = b2a_base64(view[whole:], newline=False)
    for start in range(0, len(text), LINE):
        wire += text[start : start + LINE] + b"\r\n"
    return bytes(wire)


def wire_size(size: int) -> int:
    """Return the bytes ``encoded`` makes of so many."""
    full, rest = divmod(size, _BYTES)
    return full * (LINE + 2) + (((rest + 2) // 3) * 4 + 2 if rest else 0)
