"""Reading what came over the wire: text, tables, JSON, days and numbers, with no surprise in them.

Everything here is pure and raises a ``SourceError`` for whatever is not as it must be.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from typing import Any, NoReturn

from reportgen.sources.base import SourceError

NOT_STATED = frozenset({"", "."})
"""How FRED writes a value it does not have; today the first, until 2024 the second."""

MISSING = NOT_STATED | {"NaN", "nan", "NAN", "null", "NULL", "None", "N/A", "n/a"}
"""Every usual way to write that there is no value."""

_MARKUP = re.compile(rb"<(!doctype\s+html|!--|(html|head|body|title|meta|script|div|p|h1)[\s>/])")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_ISO_DAY = re.compile(r"[12][0-9]{3}-[01][0-9]-[0-3][0-9]")
_US_DAY = re.compile(r"([01]?[0-9])/([0-3]?[0-9])/([12][0-9]{3})")
_LONGEST_LITERAL = len("false")
_LONGEST_QUOTE = 160


def looks_like_html(body: bytes) -> bool:
    """Return whether a body is a web page, whatever its status and content type say."""
    head = body[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return _MARKUP.match(head) is not None or (head.startswith(b"<?xml") and b"<html" in head)


def looks_like_archive(body: bytes) -> bool:
    """Return whether a body is a ZIP."""
    return body.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def text(body: bytes, source: str) -> str:
    """Return a body as text, without a byte order mark.

    Raises:
        SourceError: ``empty``, ``html``, ``archive``, ``truncated`` inside a character, or
            ``unreadable`` for what is not UTF-8.
    """
    if not body.strip():
        raise SourceError(source, "empty", f"{source}: the answer is empty.")
    if looks_like_html(body):
        raise SourceError(source, "html", f"{source}: the answer is a web page.")
    if looks_like_archive(body):
        raise SourceError(source, "archive", f"{source}: the answer is a ZIP archive.")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            truncated(source)
        raise SourceError(source, "unreadable", f"{source}: the answer is not UTF-8.") from None


def table(content: str, source: str) -> tuple[list[str], list[list[str]]]:
    """Return the header and the rows of a CSV, blank lines left out.

    Raises:
        SourceError: ``unreadable`` for what is no CSV, ``empty`` where there is not even a
            header.
    """
    try:
        lines = [row for row in csv.reader(io.StringIO(content, newline="")) if row]
    except csv.Error:
        raise SourceError(source, "unreadable", f"{source}: the answer is not a CSV.") from None
    if not lines:
        raise SourceError(source, "empty", f"{source}: the answer is empty.")
    return lines[0], lines[1:]


def even(header: list[str], rows: list[list[str]], source: str) -> None:
    """Make sure every row is as long as the header.

    Raises:
        SourceError: ``truncated`` where the last row is too short, else ``unreadable``.
    """
    width = len(header)
    uneven = [position for position, row in enumerate(rows) if len(row) != width]
    if not uneven:
        return
    if uneven == [len(rows) - 1] and len(rows[-1]) < width:
        truncated(source)
    raise SourceError(
        source, "unreadable", f"{source}: row {uneven[0] + 1} has a field too many or too few."
    )


def column(header: list[str], name: str, source: str) -> int:
    """Return the position of a column; ``header`` where it is missing or there twice."""
    if header.count(name) != 1:
        raise SourceError(source, "header", f"{source}: the answer has no column {name}.")
    return header.index(name)


def document(body: bytes, source: str) -> Any:
    """Return what a JSON body holds.

    Raises:
        SourceError: as ``text``; ``not_a_number`` for a bare NaN or Infinity, ``truncated`` for a
            document that stops before its end, ``unreadable`` for any other.
    """
    content = text(body, source)

    def refuse(constant: str) -> NoReturn:
        raise SourceError(source, "not_a_number", f"{source}: the answer holds {constant}.")

    try:
        return json.loads(content, parse_constant=refuse)
    except json.JSONDecodeError as error:
        if content.lstrip()[:1] in ("{", "[") and _at_the_end(error):
            truncated(source)
        raise SourceError(source, "unreadable", f"{source}: the answer is not JSON.") from None
    except (ValueError, RecursionError):
        raise SourceError(source, "unreadable", f"{source}: the answer is not JSON.") from None


def member(table: object, name: str, source: str) -> Any:
    """Return a member of a JSON object; ``header`` where it has none of that name."""
    if not isinstance(table, dict) or name not in table:
        raise SourceError(source, "header", f"{source}: the answer has no field {name}.")
    return table[name]


def items(value: object, what: str, source: str) -> list[Any]:
    """Return a JSON array; ``unreadable`` for anything else."""
    if not isinstance(value, list):
        raise SourceError(source, "unreadable", f"{source}: {what} is not a list.")
    return value


def number(value: object, source: str, missing: frozenset[str] = frozenset()) -> float | None:
    """Return a finite number, or ``None`` for what stands for a missing one.

    Args:
        value: a decimal as text, or a JSON number; JSON's null is always missing.
        source: name of the source.
        missing: the texts by which this publisher says that there is no value.

    Raises:
        SourceError: ``not_a_number`` for anything else, NaN and infinity included.
    """
    if value is None:
        return None
    if isinstance(value, str):
        trimmed = value.strip(" \t\r")
        if trimmed in missing:
            return None
        read = float(trimmed) if _DECIMAL.fullmatch(trimmed) else math.nan
    else:
        read = _plain(value)
    if not math.isfinite(read):
        raise SourceError(source, "not_a_number", f"{source}: {quoted(value)} is not a number.")
    return read


def iso_day(value: object, source: str) -> str:
    """Return a day written as ``YYYY-MM-DD``; ``unreadable`` for anything else.

    Only the form is looked at: ``observations`` refuses the thirtieth of February.
    """
    if isinstance(value, str) and _ISO_DAY.fullmatch(value):
        return value
    raise SourceError(source, "unreadable", f"{source}: {quoted(value)} is not a day.")


def us_day(value: str, source: str) -> str:
    """Return the ISO form of a day written as ``MM/DD/YYYY``; ``unreadable`` for anything else."""
    found = _US_DAY.fullmatch(value)
    if found is None:
        raise SourceError(source, "unreadable", f"{source}: {quoted(value)} is not a day.")
    month, day, year = found.groups()
    return f"{year}-{month:0>2}-{day:0>2}"


def quoted(value: object) -> str:
    """Return a value as it may stand in an error: short and printable."""
    shown = value if isinstance(value, str) else repr(type(value).__name__)
    return "".join(c if c.isprintable() else "?" for c in shown[:_LONGEST_QUOTE]) or "''"


def truncated(source: str) -> NoReturn:
    """Say that a body ends in the middle."""
    raise SourceError(source, "truncated", f"{source}: the answer ends in the middle.")


def _plain(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.nan


def _at_the_end(error: json.JSONDecodeError) -> bool:
    """Return whether a JSON document was well until it stopped."""
    if error.msg.startswith("Unterminated string"):
        return True
    return error.msg != "Extra data" and error.pos >= len(error.doc) - _LONGEST_LITERAL
