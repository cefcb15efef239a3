"""The passwords of clients whose copies are encrypted; agreed with them, never mailed.

They come from ``REPORTGEN_PDF_PASSWORDS`` or, better, from the file that
``REPORTGEN_PDF_PASSWORDS_FILE`` names: a line for each client, its id, a space and the password.
Lines that begin with ``#`` are notes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from reportgen.deliver.names import is_safe
from reportgen.errors import ConfigError
from reportgen.secret import PDF_PASSWORDS, Secret, secret

SHORTEST = 8
LONGEST = 127
"""Bytes of a password that PDF readers compare (ISO 32000-2, 7.6.4.3.3)."""


def passwords(environ: Mapping[str, str]) -> Mapping[str, Secret]:
    """Return the passwords by client id; empty where none are set.

    Raises:
        ConfigError: a line is no id and password, names a client twice, or its password is too
            short, too long or holds signs that cannot be typed. The sentence names the line only.
    """
    given = secret(PDF_PASSWORDS, environ)
    found: dict[str, Secret] = {}
    if given is None:
        return found
    for number, line in enumerate(given.reveal().splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        client, *rest = line.split(maxsplit=1)
        password = rest[0].strip() if rest else ""
        reason = _fault(client, password, found)
        if reason:
            raise ConfigError(f"{PDF_PASSWORDS}, line {number}: {reason}")
        found[client] = Secret(password)
    return found


def _fault(client: str, password: str, found: Mapping[str, Secret]) -> str:
    if not is_safe(client):
        return "It does not begin with the id of a client and a space."
    if client in found:
        return "The client has a password already."
    if len(password) < SHORTEST or len(password.encode("utf-8", "replace")) > LONGEST:
        return f"A password has at least {SHORTEST} signs and at most {LONGEST} bytes."
    if any(unicodedata.category(sign)[0] == "C" for sign in password):
        return "The password holds a sign that cannot be typed."
    return ""
