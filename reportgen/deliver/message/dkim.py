"""DKIM signatures (RFC 6376), for a house whose relay makes none.

They are ``rsa-sha256`` over the header (relaxed) and the body (simple). Each field a reader goes
by is signed once more than it is there, so that none can be added. What is signed is put together
here, since the library for DKIM comes as no wheel; the tests have it verify what this makes.
"""

from __future__ import annotations

import base64
import re
import textwrap
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from reportgen.config.delivery import Delivery
from reportgen.deliver.message.header import Field
from reportgen.errors import ConfigError, MissingInputError
from reportgen.secret import DKIM_KEY, Secret, secret

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

NAME = "DKIM-Signature"
_WIDTH = 72
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
        MissingInputError: the library for keys is not installed.
    """

    def __init__(self, selector: str, domain: str, key: Secret) -> None:
        self._selector = selector
        self._domain = domain
        self._key = _parsed(key)

    def field(self, found: tuple[Field, ...], body_sha256: bytes) -> Field:
        """Return the field ``DKIM-Signature``.

        Args:
            found: the fields that follow it; the moment of signing is their ``Date``.
            body_sha256: of everything after the header, which ends with one line end: what
                "simple" makes of such a body is the body itself.
        """
        moment = int(parsedate_to_datetime(dict(found)["Date"]).timestamp())
        names = textwrap.wrap(" : ".join(_signed(found)), _WIDTH, break_on_hyphens=False)
        folded = "\r\n ".join(names)
        unsigned = (
            f"v=1; a=rsa-sha256; c=relaxed/simple; d={self._domain};\r\n"
            f" s={self._selector}; t={moment};\r\n"
            f" h={folded};\r\n"
            f" bh={base64.b64encode(body_sha256).decode()};\r\n b="
        )
        text = "".join(_relaxed(name, value) for name, value in found)
        text += _relaxed(NAME, unsigned).removesuffix("\r\n")
        signature = base64.b64encode(self._signature(text.encode("ascii"))).decode()
        lines = [signature[at : at + _WIDTH] for at in range(0, len(signature), _WIDTH)]
        return NAME, unsigned + "\r\n ".join(lines)

    def _signature(self, text: bytes) -> bytes:
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        return self._key.sign(text, PKCS1v15(), SHA256())


def dkim_signer(settings: Delivery, sender: str, environ: Mapping[str, str]) -> Dkim | None:
    """Return the house's signer, or ``None`` where the relay signs.

    Args:
        settings: ``[delivery]``.
        sender: address in From.
        environ: the environment.

    Raises:
        ConfigError: there is a selector and no key, or the key is none, or others can read it.
        MissingInputError: the library for keys is not installed.
    """
    if not settings.dkim_selector:
        return None
    key = secret(DKIM_KEY, environ)
    if key is None:
        raise ConfigError(f"[delivery] dkim_selector is set, but {DKIM_KEY} is not.")
    return Dkim(settings.dkim_selector, sender.rpartition("@")[2], key)


def _signed(found: tuple[Field, ...]) -> tuple[str, ...]:
    """Return the names a signature covers, in order.

    Each field is there once: its first mention stands for it, any further one for its absence.
    """
    return (*(name.lower() for name, _ in found), *ONCE_MORE)


def _relaxed(name: str, value: str) -> str:
    """Return a field as "relaxed" has it (RFC 6376, section 3.4.2)."""
    told = re.sub(r"[ \t\r\n]+", " ", value).strip(" ")
    return f"{name.lower()}:{told}\r\n"


def _parsed(key: Secret) -> RSAPrivateKey:
    try:
        from cryptography.hazmat.primitives.asymmetric import rsa
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ImportError:
        raise MissingInputError(
            "DKIM signatures need the library cryptography.",
            "Install it with pip install 'reportgen[dkim]'.",
        ) from None
    text = "\n".join(line.strip() for line in key.reveal().strip().splitlines())
    try:
        parsed = load_pem_private_key(text.encode("ascii"), None)
    except Exception:
        # What a key that is none raises depends on where it stops being one; the key itself
        # must not show in a traceback.
        raise ConfigError(f"{DKIM_KEY} is not an RSA key in PEM.") from None
    if not isinstance(parsed, rsa.RSAPrivateKey):
        raise ConfigError(f"{DKIM_KEY} is not an RSA key in PEM.")
    if parsed.key_size < SMALLEST_KEY:
        raise ConfigError(f"{DKIM_KEY} has {parsed.key_size} bits; {SMALLEST_KEY} are the fewest.")
    return parsed
