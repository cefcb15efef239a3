"""A desk on bundled figures, whole, bent, or with parts taken away."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reportgen.assess.desk import Desk

if TYPE_CHECKING:
    from reportgen.house import HouseView
    from reportgen.snapshot import Snapshot

WINDOW_END = date(2026, 11, 30)
PATHS = 2_000
TILT = """
[tilt.{event}]
value = {shift}
unit = "log_odds"
by = "house"
stated = 2025-12-07
valid_until = 2026-11-30
"""
"""A shift in log odds as a house view states it."""


def desk_of(
    snapshot: Snapshot, house: HouseView | None = None, window_end: date = WINDOW_END
) -> Desk:
    """Return a desk with few paths."""
    return Desk(snapshot, house, window_end, PATHS)


def tilted(folder: Path, **shifts: float) -> HouseView:
    """Return the bundled house view with a shift in log odds for some events, read from a file."""
    from reportgen import bundled
    from reportgen.house import read

    text = (bundled.FOLDER / "house" / "2025-12.toml").read_text(encoding="utf-8")
    path = folder / "view.toml"
    added = "".join(TILT.format(event=event, shift=shift) for event, shift in shifts.items())
    path.write_text(text + added, encoding="utf-8")
    return read(path)


def lacking(snapshot: Snapshot, *series: str) -> Snapshot:
    """Return the snapshot without some series."""
    kept = {name: data for name, data in snapshot.series.items() if name not in series}
    return replace(snapshot, series=kept)


def without_events(snapshot: Snapshot, *codes: str) -> Snapshot:
    """Return the snapshot without the events of those codes."""
    kept = tuple(event for event in snapshot.events if event.code not in codes)
    return replace(snapshot, events=kept)


def without_day(snapshot: Snapshot, series: str, *days: str) -> Snapshot:
    """Return the snapshot with the observations of some days gone from a series."""
    data = snapshot.data(series)
    kept = ~np.isin(data.dates, np.array(days, dtype="datetime64[D]"))
    changed = replace(
        data, dates=data.dates[kept], numbers=data.numbers[kept], released=data.released[kept]
    )
    return snapshot.with_series(changed)
