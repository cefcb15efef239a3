"""A message as it is kept until it is sent: its own bytes, and names of files in the outbox."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass

import msgspec

from reportgen.deliver.outbox import Blob, Outbox
from reportgen.errors import DataError


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="text"):
    """Bytes that stand in the message as they are."""

    content: bytes


Piece = Text | Blob
_LARGEST = 20_000_000


@dataclass(frozen=True)
class FrozenMessage:
    """A whole message.

    Args:
        pieces: its bytes in order; a blob stands for the base64 of a file.
        sha256: of all its bytes.
        size: bytes, without the dot that ends it on the wire.
        shared: sha256 of the files other messages have too.
    """

    pieces: tuple[Piece, ...]
    sha256: str
    size: int
    shared: frozenset[str] = frozenset()

    def assemble(self, outbox: Outbox) -> bytes:
        """Return the message's bytes, the same at every attempt.

        Raises:
            DataError: a file is gone or changed: the message is not what was approved.
            DiskError: a file cannot be read.
        """
        raw = b"".join(
            one.content
            if isinstance(one, Text)
            else outbox.encoded(one, shared=one.sha256 in self.shared)
            for one in self.pieces
        )
        if hashlib.sha256(raw).hexdigest() != self.sha256:
            raise DataError("A message is not what was approved.")
        return raw

    def encode(self) -> bytes:
        """Return it as it is kept in the database."""
        return zlib.compress(
            msgspec.msgpack.encode((self.pieces, self.sha256, self.size, sorted(self.shared)))
        )

    @property
    def blobs(self) -> tuple[Blob, ...]:
        """The files it needs."""
        return tuple(one for one in self.pieces if isinstance(one, Blob))


def decode(kept: bytes) -> FrozenMessage:
    """Return a message that was kept.

    Raises:
        DataError: it is not as it was written.
    """
    try:
        unpacked = zlib.decompressobj().decompress(kept, _LARGEST)
        pieces, sha256, size, shared = msgspec.msgpack.decode(
            unpacked, type=tuple[tuple[Piece, ...], str, int, tuple[str, ...]]
        )
    except (zlib.error, msgspec.DecodeError):
        raise DataError("A message in the delivery database is damaged.") from None
    return FrozenMessage(pieces, sha256, size, frozenset(shared))
