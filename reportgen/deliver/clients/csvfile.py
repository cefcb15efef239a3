"""Lists of clients as spreadsheets write them: from bytes to rows with known columns."""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from reportgen.deliver.clients.columns import COLUMNS, REQUIRED, column_of
from reportgen.deliver.clients.decoding import Decoded, decode
from reportgen.deliver.clients.formulas import restored
from reportgen.errors import DataError, UsageError

MOST_BYTES = 20_000_000
MOST_ROWS = 100_000
MOST_COLUMNS = 64
MOST_CELL = 128 * 1024
"""Signs; the reader of the standard library refuses longer ones by itself."""
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}

_DIRECTIVE = re.compile(r"sep=([,;\t])\r?\n", re.IGNORECASE)
"""A first line with which a spreadsheet names the separator."""


@dataclass(frozen=True)
class BadRow:
    """What is wrong with a row.

    Args:
        line: of the file, from 1; the one on which the row begins.
        column: name of the column; empty for the whole row.
        reason: one sentence without the value, which may be an address.
    """

    line: int
    column: str
    reason: str


@dataclass(frozen=True)
class Row:
    """A row with something in it.

    Args:
        line: on which it begins.
        cells: by column; only the columns the file has.
    """

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Listing:
    """A file, read.

    Args:
        decoded: its text and encoding.
        separator: between its cells.
        columns: it has, in its order.
        rows: those that could be read.
        bad: those that could not.
    """

    decoded: Decoded
    separator: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    bad: tuple[BadRow, ...]


def read(content: bytes, encoding: str | None = None, ignored: Collection[str] = ()) -> Listing:
    """Return the rows of a file.

    Args:
        content: its bytes.
        encoding: the one it was said to have; ``None`` to conclude it.
        ignored: headers of columns that are left out.

    Raises:
        UsageError: the encoding is unknown, or a column to leave out is not there.
        DataError: it is too large, is not text, or its first line does not name the columns.
    """
    if len(content) > MOST_BYTES:
        raise DataError(f"The list has more than {MOST_BYTES // 1_000_000} MB.")
    decoded = decode(content, encoding, _known_headers)
    directive = _DIRECTIVE.match(decoded.text)
    separator = directive[1] if directive else _separator(decoded.text)
    skipped = directive.end() if directive else 0
    lines = _lines(decoded.text[skipped:], separator, 1 if directive else 0)
    header = next((one for one in lines if isinstance(one, BadRow) or any(one[1])), None)
    if header is None or isinstance(header, BadRow):
        raise DataError("The list does not begin with a line that names its columns.")
    columns = _columns(header[1], ignored, separator)
    rows, bad = _sorted_out(lines, columns)
    return Listing(decoded, separator, tuple(one for one in columns if one), rows, bad)


_Line = tuple[int, list[str]]


def _lines(text: str, separator: str, before: int) -> Iterator[_Line | BadRow]:
    """Give each row with the line on which it begins; one that is no row is told."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    while True:
        line = before + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as problem:
            yield BadRow(line, "", _csv_reason(problem))
        else:
            yield line, [one.strip() for one in cells]


def _csv_reason(problem: csv.Error) -> str:
    if "field larger" in str(problem):
        return f"A cell has more than {MOST_CELL} signs."
    return "A quotation mark is opened and not closed, or stands where none can."


def _known_headers(line: str) -> int:
    """Return how many headers of a line are known and not ASCII, which shows its encoding."""
    cells = re.split("[,;\t ]", line)
    return sum(column_of(one.strip('"')) is not None and not one.isascii() for one in cells)


def _separator(text: str) -> str:
    """Return the separator with which most columns of the first line are known."""
    first = next((one for one in text.splitlines() if one.strip()), "")
    known = {
        one: sum(column_of(cell.strip(' "')) is not None for cell in first.split(one))
        for one in SEPARATORS
    }
    return max(known, key=lambda one: known[one])


def _columns(header: list[str], ignored: Collection[str], separator: str) -> tuple[str | None, ...]:
    """Return the column each header names, ``None`` for one that is left out.

    Raises:
        DataError: a column is unknown, missing or there twice.
        UsageError: a column to be left out is not there.
    """
    if len(header) > MOST_COLUMNS:
        raise DataError(f"The list has more than {MOST_COLUMNS} columns.")
    absent = sorted(set(ignored) - set(header))
    if absent:
        raise UsageError(f"The list has no column {_shown(absent[0])}.")
    found = tuple(None if one in ignored or not one else column_of(one) for one in header)
    if not any(found):
        raise DataError(
            f"The first line names no column that is known, separated by {SEPARATORS[separator]}.",
            f"It has to name at least {', '.join(REQUIRED)}.",
        )
    _refuse_unknown(header, found, ignored)
    _refuse_twice(found)
    missing = [one for one in REQUIRED if one not in found]
    if missing:
        raise DataError(f"The list has no column {' and no column '.join(missing)}.")
    return found


def _refuse_unknown(
    header: list[str], found: tuple[str | None, ...], ignored: Collection[str]
) -> None:
    unknown = [
        name
        for name, column in zip(header, found, strict=True)
        if column is None and name and name not in ignored
    ]
    if not unknown:
        return
    near = {one: difflib.get_close_matches(one.lower(), COLUMNS, n=1) for one in unknown}
    meant = [f"If {_shown(one)} is {two[0]}, call it so. " for one, two in near.items() if two]
    left_out = " ".join(f"--ignore {_shown(one)}" for one in unknown)
    raise DataError(
        f"Not known: the column {' and the column '.join(map(_shown, unknown))}.",
        f"{''.join(meant)}To leave out: {left_out}",
    )


def _refuse_twice(found: tuple[str | None, ...]) -> None:
    named = [one for one in found if one]
    twice = sorted({one for one in named if named.count(one) > 1})
    if twice:
        raise DataError(f"The list has the column {twice[0]} twice.")


def _shown(name: str) -> str:
    """Return a header as a terminal can show it."""
    return f'"{"".join(sign for sign in name if sign.isprintable())[:40]}"'


def _sorted_out(
    lines: Iterator[_Line | BadRow], columns: tuple[str | None, ...]
) -> tuple[tuple[Row, ...], tuple[BadRow, ...]]:
    rows: list[Row] = []
    bad: list[BadRow] = []
    for one in lines:
        if isinstance(one, BadRow):
            bad.append(one)
        elif any(one[1]):
            found = _row(*one, columns)
            (rows if isinstance(found, Row) else bad).append(found)  # type: ignore[arg-type]
        if len(rows) + len(bad) > MOST_ROWS:
            raise DataError(f"The list has more than {MOST_ROWS} rows.")
    return tuple(rows), tuple(bad)


def _row(line: int, cells: list[str], columns: tuple[str | None, ...]) -> Row | BadRow:
    """Return a row; spreadsheets leave out empty cells at its end."""
    beyond = [place for place, cell in enumerate(cells) if cell and place >= len(columns)]
    if beyond:
        return BadRow(
            line, "", f"It has {beyond[-1] + 1} cells, and the list {len(columns)} columns."
        )
    padded = cells + [""] * (len(columns) - len(cells))
    named = zip(columns, padded, strict=False)
    return Row(line, {column: restored(cell) for column, cell in named if column})
