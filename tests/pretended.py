"""Time that passes only by sleeping."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

from reportgen.sources.manners import World

NOON = datetime(2025, 12, 8, 12, tzinfo=UTC)


@dataclass
class Pretended:
    """Time that passes only by sleeping, and remembers how long."""

    seconds: float = 100.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        """Let the time pass."""
        self.slept.append(seconds)
        self.seconds += seconds

    def world(self) -> World:
        """Return a world that lives by this time."""
        return World(lambda: self.seconds, lambda: NOON, self.sleep, Random(1))
