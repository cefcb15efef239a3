"""The mark of a personal copy: whose it is, and the forms in which a file carries it.

The code is derived from the house's key and says nothing to anybody else. Three of its forms hold
a check besides, so that a number of another program is never taken for one.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass

from reportgen.errors import DataError

CODE = re.compile(r"(?<![0-9a-f])[0-9a-f]{16}(?![0-9a-f])")
REFERENCE = re.compile(r"(?<![0-9A-Za-z+-])([0-9a-z][0-9a-z.+-]{3,26}/[0-9a-f]{12})(?![0-9A-Za-z])")
JOINERS = "\u200c\u200d"
"""Not drawn, and part of how some names are written."""
_CHECK = b"reportgen copy "


@dataclass(frozen=True)
class Mark:
    """Whose copy it is.

    Args:
        organisation: the client's name, printed on every page; one line in any script.
        code: the hidden mark, 16 hexadecimal digits, from ``identity.copy_code``.
        reference: of the mail it goes with, printed too, ``2026-01/7f3a9c01d2e4``.

    Raises:
        DataError: one of them is not of that form.
    """

    organisation: str
    code: str
    reference: str

    def __post_init__(self) -> None:
        if not CODE.fullmatch(self.code):
            raise DataError(
                f"{self.code!r} is no code of a copy: it has to be 16 digits of 0-9a-f."
            )
        if not REFERENCE.fullmatch(self.reference):
            raise DataError(f"{self.reference!r} is no reference of a mail.")
        if not self.organisation.strip() or any(map(_unprintable, self.organisation)):
            raise DataError(f"The name {self.organisation!r} cannot be printed on a copy.")

    @property
    def identity(self) -> bytes:
        """The code with its check, 16 bytes: the identity of the file."""
        return identity_of(self.code)


def identity_of(code: str) -> bytes:
    """Return what a file is known by: the code and eight bytes that check it."""
    return bytes.fromhex(code) + hashlib.sha256(_CHECK + code.encode()).digest()[:8]


def code_in(identity: bytes) -> str:
    """Return the code in the identity of a file; empty where it is not one of ours."""
    code = identity[:8].hex()
    return code if identity == identity_of(code) else ""


def _unprintable(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "CZ" and sign not in (" ", "\u3000", *JOINERS)
