"""Composing a mail: its bytes, all derived, proven and frozen."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Protocol

from reportgen.deliver.message.frozen import FrozenMessage, Piece, Text
from reportgen.deliver.message.header import Field, fields, written
from reportgen.deliver.message.letter import Head, Letter
from reportgen.deliver.message.parts import content
from reportgen.deliver.message.reading import verify, verify_pieces
from reportgen.deliver.outbox import Outbox


class Signer(Protocol):
    """Signs messages; the same message has the same signature."""

    def field(self, found: tuple[Field, ...], body_sha256: bytes) -> Field:
        """Return the field ``DKIM-Signature``.

        Args:
            found: the fields that follow it.
            body_sha256: of everything after the header, 32 bytes.
        """


def compose(
    head: Head, letter: Letter, outbox: Outbox, signer: Signer | None = None
) -> FrozenMessage:
    """Return a message whose bytes were read again and found to be what was meant.

    Date, Message-ID, boundaries and signature follow from the arguments: composing again gives
    the same bytes.

    Args:
        head: who writes to whom.
        letter: what is said.
        outbox: holds the letter's files.
        signer: where the relay does not sign.

    Raises:
        DataError: a value may not stand in a mail, or a file is gone or changed.
        DiskError: a file cannot be read.
    """
    files = letter.pictures + letter.attachments
    bodies = {one.blob.sha256: outbox.encoded(one.blob, shared=one.shared) for one in files}
    pieces = _pieces(head, letter, signer, bodies)
    if signer is None:
        verify_pieces(pieces, bodies, head, letter)
    else:
        verify(b"".join(_wire(one, bodies) for one in pieces), head, letter)
    shared = frozenset(one.blob.sha256 for one in files if one.shared)
    length = sum(len(_wire(one, bodies)) for one in pieces)
    return FrozenMessage(pieces, _sha256(pieces, bodies).hex(), length, shared)


def size(head: Head, letter: Letter, signer: Signer | None = None) -> int:
    """Return the bytes a message will have on the wire, without the dot that ends it.

    No file is read; every line of a body is base64, so that none begins with a dot.

    Raises:
        DataError: a value may not stand in a mail.
    """
    pieces = _pieces(head, letter, signer, None)
    return sum(len(one.content) if isinstance(one, Text) else one.wire_size for one in pieces)


def _pieces(
    head: Head, letter: Letter, signer: Signer | None, bodies: Mapping[str, bytes] | None
) -> tuple[Piece, ...]:
    """Return header and content; without the files' bodies the signature is one of its length."""
    first, *rest = content(letter, head.token)
    assert isinstance(first, Text)  # the content begins with its Content-Type
    kind, _, start = first.content.partition(b"\r\n\r\n")
    name, _, value = kind.decode("ascii").partition(": ")
    found = (*fields(head, letter.subject), (name, value))
    body = (Text(start), *rest)
    if signer is not None:
        found = (signer.field(found, _sha256(body, bodies)), *found)
    return (Text(written(found).encode("ascii") + b"\r\n" + start), *rest)


def _sha256(body: tuple[Piece, ...], bodies: Mapping[str, bytes] | None) -> bytes:
    digest = hashlib.sha256()
    for one in body if bodies is not None else ():
        digest.update(_wire(one, bodies or {}))
    return digest.digest()


def _wire(piece: Piece, bodies: Mapping[str, bytes]) -> bytes:
    return piece.content if isinstance(piece, Text) else bodies[piece.sha256]
