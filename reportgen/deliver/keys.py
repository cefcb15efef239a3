"""The house's delivery key: from it follow the identities and marks nobody else can make.

It is ``REPORTGEN_DELIVERY_KEY`` or the file ``delivery.key`` in the output folder, made at first
use. Whoever has it can forge unsubscribe tokens and bounce addresses, and nothing else.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path

from reportgen.disk import sync
from reportgen.errors import CannotCreateError, ConfigError
from reportgen.secret import DELIVERY_KEY, Secret, secret

FILE = "delivery.key"
SHORTEST = 32
"""Signs of a key; the file has 64, from the system's source of chance."""


class Key:
    """Derives tokens; the same key, purpose and parts give the same token for ever.

    Args:
        material: the key itself.
    """

    __slots__ = ("_material",)

    def __init__(self, material: Secret) -> None:
        self._material = material

    def __repr__(self) -> str:
        """Return a placeholder."""
        return "Key(…)"

    def token(self, purpose: str, *parts: str, length: int = 40) -> str:
        """Return a token of hexadecimal digits.

        Args:
            purpose: what it is for; tokens of two purposes have nothing to do with each other.
            parts: what it is of, none holding a NUL.
            length: digits, at most 64.
        """
        text = "\0".join((purpose, *parts)).encode()
        key = self._material.reveal().encode()
        return hmac.new(key, text, hashlib.sha256).hexdigest()[:length]

    def is_token(self, given: str, purpose: str, *parts: str, length: int = 40) -> bool:
        """Tell whether a token is the right one, in a time that does not depend on it."""
        right = self.token(purpose, *parts, length=length)
        return hmac.compare_digest(given.encode("utf-8", "replace"), right.encode())

    @property
    def fingerprint(self) -> str:
        """Tells keys apart without giving anything of them away."""
        return self.token("fingerprint", length=16)


def delivery_key(output: Path, environ: Mapping[str, str]) -> Key:
    """Return the house's key; the first time, make it.

    Args:
        output: the output folder.
        environ: the environment.

    Raises:
        ConfigError: the key is too short, or others can read its file.
        CannotCreateError: the file cannot be made.
    """
    given = secret(DELIVERY_KEY, environ)
    if given is None:
        given = _from(output / FILE)
    if len(given.reveal()) < SHORTEST:
        raise ConfigError(f"{DELIVERY_KEY} has fewer than {SHORTEST} signs.")
    return Key(given)


def _from(path: Path) -> Secret:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _make(path)
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii").strip()
    except OSError as problem:
        raise CannotCreateError(f"{path}: {problem.strerror}.") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError(f"{path} can be read by others than its owner.", f"Run chmod 600 {path}")
    return Secret(text)


def _make(path: Path) -> None:
    """Make the file with a fresh key; of two processes that try at once one wins."""
    if path.exists():
        return
    draft = path.with_name(f".{path.name}-{os.getpid()}-{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_hex(32).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
        sync(path.parent)  # a database bound to a key that a loss of power undid would be lost too
    except FileExistsError:
        return
    finally:
        draft.unlink(missing_ok=True)
