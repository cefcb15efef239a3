"""What must never be read in a log, a run report or a mail: secrets whole, addresses half."""

from __future__ import annotations

import base64
import json
import quopri
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

from reportgen.secret import Secret

HIDDEN = "[secret]"
SHORTEST = 4
"""A shorter text is no secret; to blot it out would blot out half of every line."""

_SIGNS = r"[^\s@<>()\[\]\"',;:=/\\]"
# A token is entered at its first sign only, so that a long one without @ costs one pass.
_ADDRESS = re.compile(
    rf"(?<!{_SIGNS})({_SIGNS}){_SIGNS}*+@([A-Za-z0-9])[A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)*\.(\w+)"
)
_LOGIN = re.compile(r"(?<=//)[^\s/@]+@")


class Mask:
    """Blots out secrets in every form in which software shows them, and shortens addresses.

    Args:
        secrets: of this run; ``None`` for one that is not set.
    """

    def __init__(self, secrets: Iterable[Secret | None] = ()) -> None:
        texts = [part for one in secrets if one is not None for part in _parts(one.reveal())]
        forms = {form for text in texts if len(text) >= SHORTEST for form in _forms(text)}
        longest_first = sorted(forms, key=lambda form: (-len(form), form))
        alternatives = "|".join(re.escape(form) for form in longest_first)
        self._secrets = re.compile(alternatives, re.IGNORECASE) if forms else None

    def __call__(self, text: str) -> str:
        """Return the text as it may be shown."""
        return _ADDRESS.sub(r"\1***@\2***.\3", _LOGIN.sub("", self.secrets(text)))

    def secrets(self, text: str) -> str:
        """Return the text without secrets, but with whole addresses: for a mail."""
        return text if self._secrets is None else self._secrets.sub(HIDDEN, text)

    def __repr__(self) -> str:
        """Return a placeholder: the patterns hold the secrets."""
        return "Mask(…)"


def _parts(text: str) -> Iterator[str]:
    """Return a secret, its lines, and of an address what follows the host: logs show it alone."""
    yield text
    yield from text.split()
    if "://" in text:
        yield text.split("://", 1)[1].partition("/")[2]


def _forms(text: str) -> Iterator[str]:
    """Return a text as it is, and as URLs, mails, JSON and dumps have it."""
    data = text.encode()
    yield text
    yield quote(text, safe="")
    yield quote_plus(text)
    yield quote(text)
    yield quopri.encodestring(data).decode().replace("=\n", "")
    yield quopri.encodestring(data, quotetabs=True, header=True).decode().replace("=\n", "")
    yield data.hex()
    yield data.hex(" ")
    yield json.dumps(text)[1:-1]
    yield repr(text)[1:-1]
    yield repr(data)[2:-1]
    yield from _in_base64(data)


def _in_base64(data: bytes) -> Iterator[str]:
    """Return the part of its base64 forms that does not depend on what stands around it.

    A login sends a name and the password as one text, so the password begins anywhere in a group
    of three bytes.
    """
    for before in range(3):
        padded = base64.b64encode(bytes(before) + data).decode().rstrip("=")
        first = -(-before * 8 // 6)
        last = (before + len(data)) * 8 // 6
        core = padded[first:last]
        if len(core) >= SHORTEST:
            yield core
            yield core.replace("+", "-").replace("/", "_")
