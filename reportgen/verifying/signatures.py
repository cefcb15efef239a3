"""Whether what is signed is signed well, for what keys there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from reportgen.archive import signing
from reportgen.archive.signing import PublicKey
from reportgen.errors import DataError

State = Literal["good", "bad", "unsigned", "unchecked"]


@dataclass(frozen=True)
class Signature:
    """What became of checking a signature.

    Args:
        state: ``unchecked`` when there is one and no public key to check it with.
        key: number of the key it is made with; empty where there is none.
        said: one sentence.
    """

    state: State
    key: str
    said: str


def checked(data: bytes, signature: bytes | None, keys: Sequence[PublicKey]) -> Signature:
    """Check a signature with the keys there are.

    Args:
        data: what is signed.
        signature: the signature file; ``None`` when there is none.
        keys: those that are trusted.
    """
    if signature is None:
        return Signature("unsigned", "", "It is not signed.")
    try:
        number = signing.key_of(signature)
        if not keys:
            return Signature(
                "unchecked",
                number,
                f"It is signed with the key {number}; no public key is set to check it with.",
            )
        found = signing.check(data, signature, keys)
    except DataError as problem:
        return Signature("bad", "", problem.message)
    return Signature("good", found.key, f"Signature good, by the key {found.key}: {found.comment}.")
