"""Other markets than that of December 2025: the bundled figures, bent at their end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from reportgen.snapshot import Snapshot

Numbers = NDArray[np.float64]
Bend = Callable[[Numbers], Numbers]


def bent(snapshot: Snapshot, bends: dict[str, Bend]) -> Snapshot:
    """Return the snapshot with the numbers of some series changed."""
    changed = []
    for name, bend in bends.items():
        data = snapshot.data(name)
        changed.append(replace(data, numbers=bend(data.numbers.copy())))
    return snapshot.with_series(*changed)


def slide(share: float, days: int) -> Bend:
    """Multiply the last ``days`` values so that they end ``share`` above where they were."""

    def bend(numbers: Numbers) -> Numbers:
        steps = np.arange(1, days + 1) / days
        numbers[-days:] = numbers[-days:] * (1 + share) ** steps
        return numbers

    return bend


def lead_to(level: float, days: int) -> Bend:
    """Replace the last ``days`` values by an even way to ``level``."""

    def bend(numbers: Numbers) -> Numbers:
        start = numbers[-days - 1]
        numbers[-days:] = start + (level - start) * np.arange(1, days + 1) / days
        return numbers

    return bend


def shifted(amount: float, days: int) -> Bend:
    """Add ``amount`` to the last ``days`` values."""

    def bend(numbers: Numbers) -> Numbers:
        numbers[-days:] += amount
        return numbers

    return bend


def stressed(snapshot: Snapshot) -> Snapshot:
    """A sell-off: the index a third lower, fear, a strong yen, dear overnight money."""
    return bent(
        snapshot,
        {
            "nasdaq_composite": slide(-0.33, 30),
            "nasdaq_composite_weekly": slide(-0.33, 6),
            "nasdaq_100": slide(-0.34, 30),
            "sp500": slide(-0.27, 30),
            "nikkei_225": slide(-0.25, 25),
            "hang_seng": slide(-0.2, 25),
            "bitcoin": slide(-0.45, 40),
            "ether": slide(-0.5, 40),
            "vix": lead_to(46.0, 20),
            "vix_weekly": lead_to(46.0, 4),
            "vix3m": lead_to(38.0, 20),
            "vvix": lead_to(150.0, 20),
            "skew": lead_to(118.0, 20),
            "skew_weekly": lead_to(118.0, 4),
            "usdjpy": lead_to(138.0, 20),
            "usdjpy_weekly": lead_to(138.0, 4),
            "high_yield_oas": lead_to(7.5, 20),
            "sofr": shifted(0.3, 60),
            "reserve_balances": slide(-0.2, 10),
        },
    )


def calm(snapshot: Snapshot) -> Snapshot:
    """A quiet market: the index at a record, little fear, plenty of reserves, cheap money."""
    return bent(
        snapshot,
        {
            "nasdaq_composite": slide(0.06, 40),
            "nasdaq_composite_weekly": slide(0.06, 8),
            "nasdaq_100": slide(0.06, 40),
            "sp500": slide(0.06, 40),
            "bitcoin": slide(0.6, 60),
            "ether": slide(0.6, 60),
            "vix": lead_to(11.4, 60),
            "vix_weekly": lead_to(11.4, 12),
            "vix3m": lead_to(14.8, 60),
            "vvix": lead_to(78.0, 60),
            "skew": lead_to(119.0, 60),
            "skew_weekly": lead_to(119.0, 12),
            "high_yield_oas": lead_to(2.6, 30),
            "sofr": shifted(-0.12, 130),
            "effr": shifted(-0.05, 130),
            "reserve_balances": slide(0.35, 40),
        },
    )
