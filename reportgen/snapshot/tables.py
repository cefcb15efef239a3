"""The two tables of a snapshot as text and back: observations and events."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

import msgspec
import numpy as np

from reportgen.errors import DataError
from reportgen.series import Days
from reportgen.snapshot.records import Event, Numbers, SeriesData

OBSERVATION_COLUMNS = "date,value,released"
EVENT_COLUMNS = tuple(Event.__struct_fields__)


def observations(data: SeriesData) -> str:
    """Return the observations as CSV: day, value in its shortest exact form, day published."""
    rows = zip(
        np.datetime_as_string(data.dates),
        data.numbers.tolist(),
        np.datetime_as_string(data.released),
        strict=True,
    )
    body = "".join(f"{day},{number!r},{released}\n" for day, number, released in rows)
    return f"{OBSERVATION_COLUMNS}\n{body}"


def parse_observations(text: str, where: str) -> tuple[Days, Numbers, Days]:
    """Return days, values and days of publication.

    Raises:
        DataError: a header, row, day or number that cannot be understood; names file and line.
    """
    lines = text.splitlines()
    if not lines or lines[0] != OBSERVATION_COLUMNS:
        raise DataError(f"{where}: the first line must be {OBSERVATION_COLUMNS}.")
    rows = [line.split(",") for line in lines[1:]]
    for number, row in enumerate(rows, start=2):
        if len(row) != 3:
            raise DataError(f"{where}, line {number}: three fields are expected.")
    return (
        _days([row[0] for row in rows], where),
        _numbers([row[1] for row in rows], where),
        _days([row[2] for row in rows], where),
    )


def events(entries: Iterable[Event]) -> str:
    """Return the events as CSV."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, EVENT_COLUMNS, lineterminator="\n")
    writer.writeheader()
    for event in entries:
        writer.writerow({key: _text(value) for key, value in _plain(event).items()})
    return stream.getvalue()


def parse_events(text: str, where: str) -> tuple[Event, ...]:
    """Return the events of a CSV table; ``DataError`` names file and line."""
    reader = csv.DictReader(io.StringIO(text))
    if tuple(reader.fieldnames or ()) != EVENT_COLUMNS:
        raise DataError(f"{where}: the first line must be {','.join(EVENT_COLUMNS)}.")
    found = []
    for number, row in enumerate(reader, start=2):
        given = {key: cell for key, cell in row.items() if cell}
        try:
            found.append(msgspec.convert(given, Event, strict=False))
        except msgspec.ValidationError as problem:
            raise DataError(f"{where}, line {number}: {problem}.") from None
    return tuple(found)


def _plain(event: Event) -> dict[str, object]:
    plain: dict[str, object] = msgspec.to_builtins(event)
    return plain


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value)
    return "" if value is None else str(value)


def _days(texts: list[str], where: str) -> Days:
    try:
        return np.array(texts, dtype="datetime64[D]")
    except ValueError as problem:
        raise DataError(f"{where}: a day cannot be read: {problem}.") from None


def _numbers(texts: list[str], where: str) -> Numbers:
    try:
        return np.array(texts, dtype=np.float64)
    except ValueError:
        line, text = next((n, text) for n, text in enumerate(texts, start=2) if not _number(text))
        raise DataError(f"{where}, line {line}: {text!r} is not a number.") from None


def _number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
