"""Encrypting a copy with the client's password: AES-256, as PDF 2.0 has it (revision 6)."""

from __future__ import annotations

import secrets
from io import BytesIO
from typing import TYPE_CHECKING

import pikepdf

from reportgen.deliver.clients.passwords import fault_of
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
    fault = fault_of(password.reveal())
    if fault:
        raise DataError(fault)
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
