"""What the tests of the sources share: a door with prepared answers, and short ways to ask."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import numpy as np
import pytest

from reportgen.series import NEW_YORK, Endpoint
from reportgen.sources import SOURCES
from reportgen.sources.base import Answer, Observations, Request, Scope, SourceError

SCOPE = Scope(date(2025, 12, 5), datetime(2025, 12, 8, 23, 59, tzinfo=NEW_YORK))
RETRIEVED = datetime(2025, 12, 9, 12, 0, tzinfo=UTC)


@dataclass
class PreparedDoor:
    """Gives the prepared answers in their order and keeps what it was asked for."""

    prepared: list[bytes | SourceError]
    asked: list[Request] = field(default_factory=list)

    def get(self, request: Request) -> Answer:
        """Return the next body, or raise the next error."""
        self.asked.append(request)
        body = self.prepared[len(self.asked) - 1]
        if isinstance(body, SourceError):
            raise body
        return Answer(request.source, request.path, 200, body, RETRIEVED)


def endpoint(name: str, identity: str, field: str = "", first: date | None = None) -> Endpoint:
    """Return an endpoint as the catalogue would have it."""
    return Endpoint(name=name, id=identity, field=field, first=first)


def parsed(asked: Endpoint, *bodies: bytes) -> Observations:
    """Return what the source of an endpoint reads in bodies."""
    return SOURCES[asked.name].parse(bodies, asked, SCOPE)


def pairs(found: Observations) -> list[tuple[str, float]]:
    """Return days and values as plain Python."""
    return list(zip(map(str, found.dates), found.numbers.tolist(), strict=True))


def fault(asked: Endpoint, *bodies: bytes) -> str:
    """Return the fault a source finds in bodies."""
    with pytest.raises(SourceError) as caught:
        parsed(asked, *bodies)
    assert caught.value.source == asked.name
    assert caught.value.message
    return caught.value.fault


def read_or_refused(asked: Endpoint, *bodies: bytes) -> list[tuple[str, float]]:
    """Return the finite numbers on real days that bodies hold; nothing where they are refused."""
    try:
        found = parsed(asked, *bodies)
    except SourceError:
        return []
    assert found.numbers.size == found.dates.size > 0
    assert np.isfinite(found.numbers).all()
    assert not np.isnat(found.dates).any()
    assert all(isinstance(day, date) for day in found.dates.tolist())
    return pairs(found)
