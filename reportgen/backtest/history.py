"""The histories a backtest walks through, and the month ends it stops at."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from reportgen import arch_data
from reportgen.errors import DataError
from reportgen.models import guard
from reportgen.models.conditional_climatology import month_ends
from reportgen.models.path_events import Implied

if TYPE_CHECKING:
    from reportgen.snapshot import Snapshot

INDEX, REFERENCE, VIX, WEEKLY_VIX = "nasdaq_composite", "sp500", "vix", "vix_weekly"
ARCH = {INDEX: "nasdaq", REFERENCE: "sp500"}
"""Data sets of the ``arch`` package by series."""


@dataclass(frozen=True)
class Histories:
    """Daily closes of the index and what the models read beside them.

    Args:
        name: where the closes come from, in a few words.
        closes: of the Nasdaq Composite, points.
        implied: VIX and S&P 500; each may be missing.
    """

    name: str
    closes: pd.Series[float]
    implied: Implied

    @property
    def hash(self) -> str:
        """Return the sha256 of all days and values."""
        digest = hashlib.sha256()
        for values in (
            self.closes,
            self.implied.vix,
            self.implied.weekly_vix,
            self.implied.reference,
        ):
            if values is not None:
                digest.update(values.index.to_numpy("datetime64[D]").astype("int64").tobytes())
                digest.update(np.ascontiguousarray(values, dtype=np.float64).tobytes())
            digest.update(b"|")
        return digest.hexdigest()

    def until(self, day: date) -> Histories:
        """Return what was known on a day: nothing later is left to look at."""
        last = pd.Timestamp(day)

        def cut(values: pd.Series[float] | None) -> pd.Series[float] | None:
            return None if values is None else values[values.index <= last]

        implied = self.implied
        return Histories(
            self.name,
            self.closes[self.closes.index <= last],
            Implied(cut(implied.vix), cut(implied.weekly_vix), cut(implied.reference)),
        )

    def origins(self, first: date | None = None, fewest: int = 1_001) -> tuple[date, ...]:
        """Return the month ends from which a forecast can be made, oldest first.

        Args:
            first: no origin before it.
            fewest: closes a forecast needs.
        """
        days = self.closes.index
        # The last month counts only when it is complete, which its own last day cannot tell.
        positions = month_ends(self.closes)[:-1]
        found = (days[place].date() for place in positions if place + 1 >= fewest)
        return tuple(day for day in found if first is None or day >= first)


def from_snapshot(snapshot: Snapshot) -> Histories:
    """Return the histories of a snapshot; ``DataError`` without the index."""

    def maybe(name: str) -> pd.Series[float] | None:
        return snapshot.values(name) if snapshot.has(name) else None

    closes = guard.positive_series(snapshot.values(INDEX), INDEX, 2)
    return Histories(
        f"snapshot of {snapshot.as_of}",
        closes,
        Implied(maybe(VIX), maybe(WEEKLY_VIX), maybe(REFERENCE)),
    )


def from_arch() -> Histories:
    """Return the closes of 1999 to 2018 that come with the ``arch`` package; no VIX.

    Raises:
        MissingInputError: the data sets are not installed.
    """
    found = {name: _series(name, arch_data.closes(arch_data.content(ARCH[name]))) for name in ARCH}
    return Histories("arch data sets", found[INDEX], Implied(reference=found[REFERENCE]))


def _series(name: str, rows: list[tuple[str, float]]) -> pd.Series[float]:
    if not rows:
        raise DataError(f"The data set of {name} is empty.")
    days: Mapping[pd.Timestamp, float] = {pd.Timestamp(day): close for day, close in rows}
    return guard.positive_series(pd.Series(days, name=name, dtype=float), name, 2)
