"""The published figures a statement is decided on: complete, or not yet."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from reportgen.record.rows import Evidence, Reading
from reportgen.record.sessions import sessions_between
from reportgen.series import spec

if TYPE_CHECKING:
    from reportgen.snapshot import Snapshot

Day = date
NEAR = timedelta(days=10)
"""The value "on" a day may be so old: a week of holidays, or a weekly series."""
PATIENCE = timedelta(days=92)
"""A series that has not come so long after a statement's last day has stopped."""
CADENCE = {"weekly": timedelta(days=6)}
"""A weekly series has nothing to come before a day so soon after its last observation."""
COMPLETE = 0.95
"""Share of the trading days that a series of daily closes must hold to prove that nothing came."""

NOT_YET = "not_published_yet"
STOPPED = "series_stopped"
NO_START = "no_value_at_start"
NO_END = "no_value_at_end"
GAPS = "gaps_in_series"


@dataclass(frozen=True)
class Undecided:
    """Why a statement is not decided.

    Args:
        reason: a code.
        final: whether no later figures will decide it.
    """

    reason: str
    final: bool = False


@dataclass(frozen=True, eq=False)
class Stretch:
    """The observations of a series for one statement.

    Args:
        series: id.
        before: those up to the start, the start's own last.
        inside: those after the start, up to the last day or to where the figures end.
        complete: whether the figures reach the last day.
    """

    series: str
    before: pd.Series[float]
    inside: pd.Series[float]
    complete: bool

    @property
    def start(self) -> Reading:
        """The observation the event is measured from."""
        return reading("start", self.before, -1)

    @property
    def end(self) -> Reading:
        """The last observation of the days."""
        return reading("end", self.inside, -1)

    def evidence(self, *readings: Reading, memory: int = 1) -> Evidence:
        """Return the figures behind a decision.

        Args:
            readings: the ones that decide.
            memory: how many observations up to the start were looked at.
        """
        used = pd.concat([self.before.iloc[-memory:], self.inside])
        days = used.index.to_numpy().astype("datetime64[D]").astype("<i8")
        content = days.tobytes() + used.to_numpy(dtype="<f8").tobytes()
        return Evidence(
            series=self.series,
            first=_day(used.index[0]),
            last=_day(used.index[-1]),
            count=len(used),
            sha256=hashlib.sha256(content).hexdigest(),
            readings=readings,
        )


def stretch(snapshot: Snapshot, series: str, start: Day, end: Day) -> Stretch | Undecided:
    """Return what the snapshot shows of a series around a statement's days.

    Args:
        snapshot: never asked for more than its own two dates allow.
        series: id of the series.
        start: the day before the first that counts.
        end: the last that counts.
    """
    if not snapshot.has(series):
        return _stopped(snapshot, end)
    values = snapshot.values(series)
    if _day(values.index[-1]) < start:  # a window that has not begun, or a series that is late
        return _stopped(snapshot, end)
    before = values[values.index <= pd.Timestamp(start)]
    if before.empty or start - _day(before.index[-1]) > NEAR:
        return Undecided(NO_START, final=True)
    inside = values[(values.index > pd.Timestamp(start)) & (values.index <= pd.Timestamp(end))]
    reached = _day(values.index[-1]) >= end - CADENCE.get(spec(series).frequency, timedelta())
    return Stretch(series, before, inside, reached)


def at_end(found: Stretch, snapshot: Snapshot, end: Day) -> Undecided | None:
    """Return why the last day's value is not known; ``None`` when it is."""
    if not found.complete:
        return _stopped(snapshot, end)
    if found.inside.empty or end - _day(found.inside.index[-1]) > NEAR:
        return Undecided(NO_END, final=True)
    return None


def throughout(found: Stretch, snapshot: Snapshot, start: Day, end: Day) -> Undecided | None:
    """Return why it is not known that nothing came on any day; ``None`` when it is."""
    open_ = at_end(found, snapshot, end)
    known = spec(found.series)
    if open_ is not None or (known.calendar, known.frequency) != ("XNYS", "daily"):
        return open_
    expected = len(sessions_between(start, end))
    return Undecided(GAPS, final=True) if len(found.inside) < COMPLETE * expected else None


def reading(role: str, values: pd.Series[float], position: int) -> Reading:
    """Return one observation with its role."""
    return Reading(role, _day(values.index[position]), float(values.iloc[position]))


def logs(values: pd.Series[float]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return natural logarithms as a plain array."""
    return np.log(values.to_numpy(dtype=np.float64))


def _stopped(snapshot: Snapshot, end: Day) -> Undecided:
    stopped = snapshot.as_of > end + PATIENCE
    return Undecided(STOPPED if stopped else NOT_YET, final=stopped)


def _day(stamp: object) -> Day:
    found: Day = pd.Timestamp(stamp).date()  # type: ignore[arg-type]
    return found
