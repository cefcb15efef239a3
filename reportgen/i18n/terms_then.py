"""Terms as they were on a day: before a word was current, texts use another one for the thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from reportgen.errors import ConfigError
from reportgen.i18n.tables import read_table
from reportgen.resources import locales_folder

FILE = "terms_then.csv"
HEAD = ("current_from", "language", "term", "earlier", "reason")
"""Columns: first day of the term, language, the term, what stands in its place before, why."""


@dataclass(frozen=True)
class Former:
    """A term, the day it became current, and what is said in its place before that day."""

    current_from: date
    language: str
    term: str
    earlier: str


@cache
def former_terms() -> tuple[Former, ...]:
    """Return the terms of ``locales/terms_then.csv``."""
    return read_former_terms(locales_folder() / FILE)


def read_former_terms(path: Path) -> tuple[Former, ...]:
    """Return the terms of a file, in its order.

    Raises:
        MissingInputError: there is no such file.
        ConfigError: the head is another one, a cell is empty, or a day is none.
    """
    return tuple(_former(row, path.name) for row in read_table(path, HEAD))


def _former(row: dict[str, str], name: str) -> Former:
    if not all(row[column] for column in HEAD):
        raise ConfigError(f"{name}: the term {row['term']!r} lacks a cell.")
    try:
        first = date.fromisoformat(row["current_from"])
    except ValueError:
        raise ConfigError(f"{name}: {row['current_from']!r} is not a day.") from None
    return Former(first, row["language"], row["term"], row["earlier"])


def wording(code: str, on: date) -> Callable[[str], str]:
    """Return the function that puts a text of one language into the terms of a day."""
    changed = [one for one in former_terms() if one.language == code and on < one.current_from]

    def then(text: str) -> str:
        for one in changed:
            text = text.replace(one.term, one.earlier)
        return text

    return then
