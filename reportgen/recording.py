"""The ledger's path: figures and assessment become statements on record, and are decided.

``build`` makes drafts and only reads the ledger; what is here writes it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reportgen.pipeline import Gathered, Request
    from reportgen.record.booking import Booking
    from reportgen.record.ledger import Ledger


@dataclass(frozen=True)
class Booked:
    """What a run put on record.

    Args:
        path: the ledger.
        as_of: as-of date of the figures.
        booking: what was decided and issued.
        omitted: sentences on what could not be stated.
    """

    path: Path
    as_of: date
    booking: Booking
    omitted: tuple[str, ...] = ()


def resolve(request: Request) -> Booked:
    """Decide the statements on record that the request's figures decide."""
    from reportgen import pipeline
    from reportgen.record import booking
    from reportgen.record.ledger import FILE

    snapshot = pipeline.gather(request).snapshot
    path = request.output / FILE
    return Booked(path, snapshot.as_of, booking.resolve(path, snapshot, request.now))


def issue(request: Request) -> Booked:
    """Decide what has come due, then put the edition's own statements on record."""
    from reportgen import pipeline
    from reportgen.record import booking, issuing
    from reportgen.record.ledger import FILE

    gathered = pipeline.gather(request)
    assessment, _ = pipeline.assessed(request, gathered)
    made = issuing.issue(assessment, gathered.snapshot, config_hash(request, gathered))
    path = request.output / FILE
    booked = booking.issue(path, made, gathered.snapshot, request.now)
    return Booked(path, gathered.snapshot.as_of, booked, made.omitted)


def ahead(
    request: Request, gathered: Gathered, before: Ledger, written: datetime
) -> tuple[bytes, Ledger, tuple[str, ...]]:
    """Make an edition's rows without writing them.

    Args:
        request: what the edition is made from.
        gathered: its figures.
        before: the ledger.
        written: the moment the rows bear; aware.

    Returns:
        the lines for ``ledger.commit``; the ledger as it is with them; sentences on what could
        not be stated.
    """
    from reportgen import pipeline
    from reportgen.record import booking, issuing
    from reportgen.record.ledger import extended

    assessment, _ = pipeline.assessed(request, gathered, before)
    made = issuing.issue(assessment, gathered.snapshot, config_hash(request, gathered))
    entries = booking.planned(before, made, gathered.snapshot).entries
    lines, after = extended(before, entries, written)
    return lines, after, made.omitted


def config_hash(request: Request, gathered: Gathered) -> str:
    """Return the sha256 of the settings that enter an edition's figures: views, dates, size."""
    content = f"{gathered.dates}|{request.paths}|{gathered.house!r}"
    return hashlib.sha256(content.encode()).hexdigest()
