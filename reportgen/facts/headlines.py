"""The headlines of an edition, small enough to be read by every later version of the program.

``headlines.json`` is what lists, the site and comparisons across versions read: it only ever
gains fields, and what a later version adds is passed over.
"""

from __future__ import annotations

import math
from datetime import date
from typing import Any, Literal

import msgspec

from reportgen.errors import DataError
from reportgen.facts.quantity import Unit

FILE = "headlines.json"
FORMAT = 1
Kind = Literal["probability", "level", "grade", "value"]


class Headline(msgspec.Struct, frozen=True, kw_only=True):
    """One headline.

    Args:
        code: its name in every edition.
        kind: a ``grade`` has a state, the others figures.
        unit: of all its figures; a probability lies between 0 and 1.
        value: the figure; ``None`` for a range or a grade without one.
        low, high: its interval, or the range itself.
        base: base rate of the same event.
        house_low, house_high: what the house states of the same.
        state: of a grade, its code; else empty.

    Raises:
        ValueError: a figure is no finite number.
    """

    code: str
    kind: Kind
    unit: Unit
    value: float | None = None
    low: float | None = None
    high: float | None = None
    base: float | None = None
    house_low: float | None = None
    house_high: float | None = None
    state: str = ""

    def __post_init__(self) -> None:
        """Refuse what is not a number: JSON would turn it into a figure that is missing."""
        figures = (self.value, self.low, self.high, self.base, self.house_low, self.house_high)
        if not all(one is None or math.isfinite(one) for one in figures):
            raise ValueError(f"not a finite number in the headline {self.code}: {figures!r}")


class Headlines(msgspec.Struct, frozen=True, kw_only=True):
    """An edition in short.

    Args:
        name: of the edition, ``2026-01`` or ``2026-01-r2``; ``period`` and ``revision`` its parts.
        as_of: last day any observation carries; ``dated`` the day printed on it.
        window_end: last day of the forecast window.
        state: of the verdict.
        verdict: its sentence by language code.
        headlines: in the order they are told.
        record: the forecast record as ``record.telling.summary`` has it.
        format: of the file.
    """

    name: str
    period: str
    revision: int
    as_of: date
    dated: date
    window_end: date
    state: str
    verdict: dict[str, str]
    headlines: tuple[Headline, ...]
    record: dict[str, Any] = {}
    format: int = FORMAT

    def find(self, code: str) -> Headline | None:
        """Return a headline, ``None`` where the edition lacks it."""
        return next((one for one in self.headlines if one.code == code), None)


def to_json(headlines: Headlines) -> bytes:
    """Return the headlines as indented JSON, the same bytes for the same value."""
    encoded = msgspec.json.encode(headlines, order="deterministic")
    return msgspec.json.format(encoded, indent=1) + b"\n"


def from_json(data: bytes) -> Headlines:
    """Read headlines of any version; ``DataError`` names what is not as it must be."""
    try:
        return msgspec.json.decode(data, type=Headlines)
    except (msgspec.DecodeError, ValueError) as problem:
        raise DataError(f"{FILE} is not as it must be: {problem}.") from None
