"""The back matter: model cards, the data appendix, what others said."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from reportgen.facts.quantity import Day, Quantity, Range
from reportgen.facts.record import Record


class ModelCard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a model declares about itself; its words stand in the templates under ``code``.

    Args:
        code: the model's number, ``M4``.
        version: as the model states it.
        inputs: English message ids of the names of the series the model reads.
        lacking: those of them that the snapshot does not hold.
        references: publications, as cited.
    """

    code: str
    version: str
    inputs: tuple[str, ...]
    lacking: tuple[str, ...]
    references: tuple[str, ...]


class SeriesNote(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was repaired in a series or cannot be vouched for; words by ``code``."""

    code: str
    first: date | None = None
    last: date | None = None
    count: int | None = None


class SeriesPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stretch of a joined series and where it comes from."""

    first: date
    last: date
    publisher: str
    publisher_id: str


class SeriesRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One series as the assessment saw it.

    Args:
        code: our id of the series.
        name: English message id of its name.
        publisher: the institution.
        publisher_id: the institution's name for the series.
        frequency: how often it is observed.
        state: ``stale`` when the last observation is older than allowed.
        first: first day of observation.
        count: number of observations.
        last: last value.
        observed: the day the last value describes.
        released: the day it was published.
        age: calendar days from that day to the as-of date.
        allowed: age beyond which the series is stale.
        licence: code of the licence note.
        reason: code of what held later observations up; empty when nothing is known to have.
        notes: what was repaired, left out or cannot be vouched for.
        parts: the stretches of a joined series; empty for a series of one piece.
    """

    code: str
    name: str
    publisher: str
    publisher_id: str
    frequency: Literal["daily", "weekly", "monthly", "quarterly"]
    state: Literal["fresh", "stale"]
    first: date
    count: int
    last: Quantity
    observed: Day
    released: date
    age: Quantity
    allowed: Quantity
    licence: str
    reason: str = ""
    notes: tuple[SeriesNote, ...] = ()
    parts: tuple[SeriesPart, ...] = ()


class Alarm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An important series a reader must know to be old or absent before reading on.

    Args:
        code: our id of the series.
        name: English message id of its name.
        frequency: how often it is observed.
        state: ``stale`` or ``missing``.
        observed: the day of its last observation; ``None`` where it is missing.
    """

    code: str
    name: str
    frequency: Literal["daily", "weekly", "monthly", "quarterly"]
    state: Literal["stale", "missing"]
    observed: Day | None = None


class Quotation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A figure somebody else has stated, as the house view holds it; words by ``code``.

    Args:
        code: dotted name of the entry.
        figure: what was said, as a range (equal bounds for a single figure).
        by: who said it.
        stated: when.
        valid_until: until when the house lets it stand; ``None`` without an end.
        note: code of what a reader should know of it; empty when there is nothing.
    """

    code: str
    figure: Range
    by: str
    stated: date
    valid_until: date | None
    note: str = ""


class Back(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything behind the sections.

    Args:
        record: the forecast record.
        cards: the models by number, in order.
        series: every series of the snapshot, in the order of the catalogue.
        missing: names of the catalogue's series the snapshot lacks though they were published.
        stale: how many series are stale.
        not_yet: codes of series and subjects that did not exist at the as-of date, and of
            figures of the method that could not be known.
        alarms: the important ones among the stale and the missing, in the order of the catalogue.
        quotations: figures of others that the house view holds, in order of their date.
    """

    record: Record
    cards: dict[str, ModelCard]
    series: tuple[SeriesRow, ...]
    missing: tuple[str, ...]
    stale: int
    not_yet: tuple[str, ...]
    alarms: tuple[Alarm, ...] = ()
    quotations: tuple[Quotation, ...] = ()
