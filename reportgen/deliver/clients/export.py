"""The address book as a list that spreadsheets open and ``import`` reads back the same."""

from __future__ import annotations

import codecs
import csv
import io
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from reportgen.deliver.clients.client import Client, Contact
from reportgen.deliver.clients.columns import COLUMNS
from reportgen.deliver.clients.formulas import neutral
from reportgen.errors import CannotCreateError, DiskError


def export(clients: Iterable[Client]) -> bytes:
    """Return a list: UTF-8 with its mark, commas, a row for each contact, no formulas."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for client in clients:
        for contact in client.contacts:
            writer.writerow([neutral(cell) for cell in _cells(client, contact)])
    return codecs.BOM_UTF8 + text.getvalue().encode()


def write(path: Path, content: bytes) -> None:
    """Put a list in its place, whole or not at all; only its owner can read it.

    Raises:
        CannotCreateError: nothing can be written there, or something else than a file is there.
        DiskError: the disk is full; the file that was there stays.
    """
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise CannotCreateError(f"{path} is there and is no plain file.", "Write to - instead.")
    try:
        handle, draft = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    except OSError as problem:
        raise CannotCreateError(f"{path} cannot be written ({problem.strerror}).") from None
    try:
        with os.fdopen(handle, "wb") as stream:  # 0600, whatever the umask
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(draft).replace(path)
    except OSError as problem:
        Path(draft).unlink(missing_ok=True)
        raise DiskError(f"{path}: writing failed ({problem.strerror}).") from None


def _cells(client: Client, contact: Contact) -> tuple[str, ...]:
    """Return a row, in the order of the columns."""
    return (
        client.id,
        client.organisation,
        contact.name,
        contact.address,
        " ".join(client.languages),
        " ".join(client.formats),
        client.protection,
        client.active_from.isoformat() if client.active_from else "",
        client.active_to.isoformat() if client.active_to else "",
        "yes" if client.house else "",
    )
