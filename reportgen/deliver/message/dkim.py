"""DKIM signatures (RFC 6376), for a house whose relay makes none.

They are ``rsa-sha256`` over the header (relaxed) and the body (simple). Each field a reader goes
by is signed once more than it is there, so that none can be added.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from types import ModuleType
from typing import Any

from reportgen.config.delivery import Delivery
from reportgen.deliver.message.header import Field, written
from reportgen.errors import ConfigError, MissingInputError
from reportgen.secret import DKIM_KEY, Secret, secret

NAME = "DKIM-Signature"
SMALLEST_KEY = 1024
"""Bits a signer has to use (RFC 8301, section 3.2)."""

ONCE_MORE = (
    "from",
    "to",
    "cc",
    "subject",
    "date",
    "message-id",
    "reply-to",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "mime-version",
    "content-type",
)
"""Fields signed as often as they are there and once more; one that is not there cannot be added."""


class Dkim:
    """Signs for a domain; the same message has the same signature.

    Args:
        selector: under which the public key stands in the domain's DNS.
        domain: of the sender's address.
        key: the private key, RSA in PEM.

    Raises:
        ConfigError: the key is none, or too short.
        MissingInputError: dkimpy is not installed.
    """

    def __init__(self, selector: str, domain: str, key: Secret) -> None:
        self._library = _dkimpy()
        self._selector = selector.encode("ascii")
        self._domain = domain.encode("ascii")
        self._key = self._parsed(key)

    def field(self, found: tuple[Field, ...], body_sha256: bytes) -> Field:
        """Return the field ``DKIM-Signature``.

        Args:
            found: the fields that follow it; the moment of signing is their ``Date``.
            body_sha256: of everything after the header, which ends with one line end: what
                "simple" makes of such a body is the body itself.
        """
        signer = self._library.DKIM(written(found).encode("ascii") + b"\r\n")
        signer.hasher = self._library.HASH_ALGORITHMS[b"rsa-sha256"]
        policy = self._library.CanonicalizationPolicy.from_c_value(b"relaxed/simple")
        names = _signed(found)
        moment = int(parsedate_to_datetime(dict(found)["Date"]).timestamp())
        parts = [
            (b"v", b"1"),
            (b"a", b"rsa-sha256"),
            (b"c", b"relaxed/simple"),
            (b"d", self._domain),
            (b"s", self._selector),
            (b"t", str(moment).encode()),
            (b"h", b" : ".join(names)),
            (b"bh", base64.b64encode(body_sha256)),
            (b"b", b"0" * 60),
        ]
        value: bytes = signer.gen_header(parts, names, policy, NAME.encode(), self._key)
        return NAME, value.decode("ascii").strip()

    def _parsed(self, key: Secret) -> Mapping[str, Any]:
        text = "\n".join(line.strip() for line in key.reveal().strip().splitlines())
        try:
            parsed: Mapping[str, Any] = self._library.parse_pem_private_key(text.encode("ascii"))
            bits = parsed["modulus"].bit_length()
        except Exception:
            # What a key that is none raises depends on where it stops being one; the key itself
            # must not show in a traceback.
            raise ConfigError(f"{DKIM_KEY} is not an RSA key in PEM.") from None
        if bits < SMALLEST_KEY:
            raise ConfigError(f"{DKIM_KEY} has {bits} bits; {SMALLEST_KEY} are the fewest.")
        return parsed


def dkim_signer(settings: Delivery, sender: str, environ: Mapping[str, str]) -> Dkim | None:
    """Return the house's signer, or ``None`` where the relay signs.

    Args:
        settings: ``[delivery]``.
        sender: address in From.
        environ: the environment.

    Raises:
        ConfigError: there is a selector and no key, or the key is none, or others can read it.
        MissingInputError: dkimpy is not installed.
    """
    if not settings.dkim_selector:
        return None
    key = secret(DKIM_KEY, environ)
    if key is None:
        raise ConfigError(f"[delivery] dkim_selector is set, but {DKIM_KEY} is not.")
    return Dkim(settings.dkim_selector, sender.rpartition("@")[2], key)


def _signed(found: tuple[Field, ...]) -> tuple[bytes, ...]:
    """Return the names a signature covers, in order."""
    there = [name.lower() for name, _ in found]
    return tuple(name.encode() for name in (*there, *ONCE_MORE))


def _dkimpy() -> ModuleType:
    """Return the library; it is looked for when first needed."""
    try:
        import dkim
    except ImportError:
        raise MissingInputError(
            "DKIM signatures need the library dkimpy.",
            "Install it with pip install 'reportgen[dkim]'.",
        ) from None
    return dkim  # type: ignore[no-any-return]
