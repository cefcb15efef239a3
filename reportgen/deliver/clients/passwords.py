"""The passwords of clients whose copies are encrypted; agreed with them, never mailed.

They come from ``REPORTGEN_PDF_PASSWORDS`` or, better, from the file that
``REPORTGEN_PDF_PASSWORDS_FILE`` names: a line for each client, its id, a space and the password.
Lines that begin with ``#`` are notes.
"""

from __future__ import annotations

import stringprep
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
            short, too long or holds signs that cannot be typed or that readers of PDF take
            differently. The sentence names the line only.
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
    return fault_of(password)


def fault_of(password: str) -> str:
    """Return why a password may not open a file everywhere, a sentence; empty where it does.

    Some readers bring what is typed into another form before they compare it (SASLprep, RFC 4013),
    others do not; a password that form would change opens the file in some of them only.
    """
    if len(password) < SHORTEST or len(password.encode("utf-8", "replace")) > LONGEST:
        return f"A password has at least {SHORTEST} signs and at most {LONGEST} bytes."
    if any(unicodedata.category(sign)[0] == "C" for sign in password):
        return "The password holds a sign that cannot be typed."
    if unicodedata.normalize("NFKC", password) != password or any(map(_is_unsure, password)):
        return (
            "The password holds a sign that some PDF readers change before they compare it, such "
            "as a full-width letter."
        )
    return ""


def _is_unsure(sign: str) -> bool:
    return any(table(sign) for table in _CHANGED_OR_REFUSED)


_CHANGED_OR_REFUSED = (
    stringprep.in_table_a1,
    stringprep.in_table_b1,
    stringprep.in_table_c12,
    stringprep.in_table_c21_c22,
    stringprep.in_table_c3,
    stringprep.in_table_c4,
    stringprep.in_table_c5,
    stringprep.in_table_c6,
    stringprep.in_table_c7,
    stringprep.in_table_c8,
    stringprep.in_table_c9,
)
"""Tables of RFC 3454 that SASLprep maps from or prohibits."""
