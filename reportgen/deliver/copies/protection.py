"""Encrypting a copy with the client's password: AES-256, as PDF 2.0 has it (revision 6)."""

from __future__ import annotations

import secrets
import stringprep
import unicodedata
from io import BytesIO
from typing import TYPE_CHECKING

import pikepdf

from reportgen.deliver.clients.passwords import LONGEST, SHORTEST
from reportgen.errors import DataError

if TYPE_CHECKING:
    from reportgen.secret import Secret

_ALLOWED = pikepdf.Permissions(
    accessibility=True,
    extract=True,
    print_lowres=True,
    print_highres=True,
    modify_annotation=False,
    modify_assembly=False,
    modify_form=False,
    modify_other=False,
)
"""The client reads, prints and copies from it, and has it read aloud; it is not changed."""


def encrypted(pdf: bytes, password: Secret) -> bytes:
    """Return a copy that opens with its password alone; everything in it stays.

    The bytes are others each time: the salts are drawn by chance.

    Args:
        pdf: a copy.
        password: agreed with the client; sent to nobody.

    Raises:
        DataError: a reader could not be sure to take the password as it was meant, or the file is
            no PDF, or encrypted already.
    """
    refuse(password)
    result = BytesIO()
    protection = pikepdf.Encryption(
        owner=secrets.token_urlsafe(32),  # nobody's: who opens the file is its reader
        user=password.reveal(),
        R=6,
        allow=_ALLOWED,
        aes=True,
        metadata=True,
    )
    try:
        with pikepdf.open(BytesIO(pdf)) as opened:
            opened.save(
                result,
                encryption=protection,
                # in streams, as names of fonts and entries are not encrypted by themselves
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
                recompress_flate=False,
            )
    except pikepdf.PasswordError:
        raise DataError("The PDF is encrypted already.") from None
    except pikepdf.PdfError as problem:
        raise DataError(f"The PDF cannot be encrypted: it is damaged ({problem}).") from None
    return result.getvalue()


def refuse(password: Secret) -> None:
    """Refuse a password that does not open the file everywhere.

    Some readers bring what is typed into another form before they compare it (SASLprep, RFC 4013),
    others do not; a password that form would change opens the file in some of them only.

    Raises:
        DataError: it is too short, too long, or would be changed. It is not shown.
    """
    text = password.reveal()
    if len(text) < SHORTEST or len(text.encode("utf-8", "surrogatepass")) > LONGEST:
        raise DataError(f"A password has at least {SHORTEST} signs and at most {LONGEST} bytes.")
    if unicodedata.normalize("NFKC", text) != text or any(map(_is_unsure, text)):
        raise DataError(
            "The password holds signs that some PDF readers change before they compare it.",
            "Full-width letters, accents typed as signs of their own and invisible signs are such.",
        )


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
