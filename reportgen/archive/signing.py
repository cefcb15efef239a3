"""Signatures that the ordinary ``minisign -V`` checks: Ed25519 over BLAKE2b-512.

A signature file has four lines: a comment nobody vouches for, the signature of the file, a
comment that is vouched for, and the signature of signature and comment together
(https://jedisct1.github.io/minisign/, "Signature format").
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

from reportgen.errors import ConfigError, DataError, MissingInputError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from reportgen.secret import Secret

_UNTRUSTED = b"untrusted comment: "
_TRUSTED = b"trusted comment: "
_KEY = b"Ed"
_HASHED = b"ED"
_PLAIN = b"\0\0"
_SECRET_SIZE = 158
_LONGEST = 4096
"""Bytes of a signature file at most; comments are a line each."""


class SigningKey:
    """A secret key, which shows nothing of itself but its public number.

    Args:
        number: by which its public key is known, eight bytes.
        key: the key.
    """

    __slots__ = ("_key", "number")

    def __init__(self, number: bytes, key: Ed25519PrivateKey) -> None:
        self.number = number
        self._key = key

    def __repr__(self) -> str:
        """Return its public number."""
        return f"SigningKey({written(self.number)})"

    def sign(self, data: bytes) -> bytes:
        """Return the 64 bytes of the signature."""
        return self._key.sign(data)


@dataclass(frozen=True)
class PublicKey:
    """A public key.

    Args:
        number: eight bytes, the same as the secret key's.
        key: 32 bytes.
    """

    number: bytes
    key: bytes


@dataclass(frozen=True)
class Signed:
    """A signature that is good.

    Args:
        key: number of the key, as minisign writes it.
        comment: what the signer said with it.
    """

    key: str
    comment: str


def signing_key(secret: Secret) -> SigningKey:
    """Return the key in a secret: a file made by ``minisign -G -W``, or its second line.

    Raises:
        ConfigError: it is no such key, or it is protected by a password.
        MissingInputError: the library that signs is not installed.
    """
    raw = _decoded(_last_line(secret.reveal()))
    if raw is None or len(raw) != _SECRET_SIZE or raw[:2] != _KEY:
        raise ConfigError(
            "REPORTGEN_SIGNING_KEY is no secret key of minisign.", "Make one with minisign -G -W."
        )
    if raw[2:4] != _PLAIN:
        raise ConfigError(
            "REPORTGEN_SIGNING_KEY is protected by a password, which a run nobody watches cannot "
            "type.",
            "Make a key without one with minisign -G -W and guard its file.",
        )
    number, seed, public = raw[54:62], raw[62:94], raw[94:126]
    key = _ed25519().Ed25519PrivateKey.from_private_bytes(seed)
    if key.public_key().public_bytes_raw() != public:
        raise ConfigError("REPORTGEN_SIGNING_KEY is damaged: its two halves do not fit.")
    return SigningKey(number, key)


def public_key(text: str) -> PublicKey:
    """Return the public key in the line ``minisign -G`` prints, or in its file.

    Raises:
        ConfigError: it is none.
    """
    raw = _decoded(_last_line(text))
    if raw is None or len(raw) != 42 or raw[:2] != _KEY:
        raise ConfigError(
            f"{text.strip()[:60]!r} is no public key of minisign.",
            "It is a line of 56 characters that begins with RW.",
        )
    return PublicKey(raw[2:10], raw[10:])


def sign(data: bytes, key: SigningKey, comment: str) -> bytes:
    """Return the signature file of some bytes; the same bytes and comment give the same file.

    Args:
        data: what is signed.
        key: with which.
        comment: one line that is signed too.
    """
    signature = key.sign(hashlib.blake2b(data, digest_size=64).digest())
    trusted = comment.encode()
    lines = (
        _UNTRUSTED + f"signature from reportgen, key {written(key.number)}".encode(),
        base64.b64encode(_HASHED + key.number + signature),
        _TRUSTED + trusted,
        base64.b64encode(key.sign(signature + trusted)),
    )
    return b"\n".join(lines) + b"\n"


def key_of(signature: bytes) -> str:
    """Return the number of the key a signature file says it was made with.

    Raises:
        DataError: it is no signature.
    """
    return written(_read(signature).number)


def check(data: bytes, signature: bytes, keys: Sequence[PublicKey]) -> Signed:
    """Return who signed, when a signature is good.

    Args:
        data: what was signed.
        signature: the signature file.
        keys: those that are trusted.

    Raises:
        DataError: it is no signature, is made with another key, or is not good.
        MissingInputError: the library that checks is not installed.
    """
    found = _read(signature)
    known = [key for key in keys if key.number == found.number]
    if not known:
        raise DataError(
            f"It is signed with the key {written(found.number)}, which is none of those trusted."
        )
    hashed = hashlib.blake2b(data, digest_size=64).digest()
    for key in known:
        if _is_good(key, found.signature, hashed) and _is_good(
            key, found.whole, found.signature + found.comment
        ):
            return Signed(written(key.number), found.comment.decode("utf-8", "replace"))
    raise DataError(
        f"The signature with the key {written(found.number)} is not good: what was signed, or the "
        "signature, was changed."
    )


def written(number: bytes) -> str:
    """Return the number of a key as minisign writes it."""
    return f"{int.from_bytes(number, 'little'):X}"


@dataclass(frozen=True)
class _Parts:
    number: bytes
    signature: bytes
    comment: bytes
    whole: bytes


def _read(signature: bytes) -> _Parts:
    lines = signature[: _LONGEST + 1].split(b"\n")
    if len(signature) > _LONGEST or len(lines) not in (4, 5) or lines[4:] not in ([], [b""]):
        raise DataError("The signature has not the four lines of one.")
    first, whole = _decoded(lines[1]), _decoded(lines[3])
    if first is None or whole is None or len(first) != 74 or len(whole) != 64:
        raise DataError("The signature is damaged.")
    if not lines[0].startswith(_UNTRUSTED) or not lines[2].startswith(_TRUSTED):
        raise DataError("The signature is damaged.")
    if first[:2] != _HASHED:
        raise DataError("The signature is of a kind this program does not check.")
    return _Parts(first[2:10], first[10:], lines[2].removeprefix(_TRUSTED), whole)


def _is_good(key: PublicKey, signature: bytes, data: bytes) -> bool:
    ed25519 = _ed25519()
    from cryptography.exceptions import InvalidSignature

    try:
        ed25519.Ed25519PublicKey.from_public_bytes(key.key).verify(signature, data)
    except InvalidSignature:
        return False
    return True


def _last_line(text: str) -> bytes:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1].encode() if lines else b""


def _decoded(line: bytes) -> bytes | None:
    """Return what a line of base64 stands for; ``None`` unless it is the one way to write it."""
    try:
        raw = base64.b64decode(line, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if base64.b64encode(raw) == line else None


def _ed25519() -> ModuleType:
    """Return the module that signs; it is looked for when first needed."""
    try:
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError:
        raise MissingInputError(
            "Signatures need the library cryptography.",
            "Install it with pip install 'reportgen[sign]'.",
        ) from None
    return ed25519
