"""Tables of words: CSV files with a head that is as it must be."""

from __future__ import annotations

import csv
from pathlib import Path

from reportgen.errors import ConfigError, MissingInputError


def read_table(path: Path, head: tuple[str, ...]) -> tuple[dict[str, str], ...]:
    """Return the rows of a file by the names of its columns, in its order.

    Raises:
        MissingInputError: there is no such file.
        ConfigError: the head is another one.
    """
    if not path.is_file():
        raise MissingInputError(f"{path}: there is no such file.")
    with path.open(encoding="utf-8", newline="") as source:
        rows = csv.DictReader(source)
        if tuple(rows.fieldnames or ()) != head:
            raise ConfigError(f"{path.name}: the head must be {','.join(head)}.")
        return tuple(rows)
