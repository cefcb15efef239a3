"""Deciding events that may come on any day: falls, drawdowns, levels reached.

An event that has come is decided on the day it came; that it did not come, only when the
figures reach the statement's last day.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from reportgen.models.events import (
    NEVER,
    DrawdownEvent,
    FallEvent,
    drawdown_from,
    first_drawdown,
    first_fall,
    log_bound,
)
from reportgen.record.events import Drawdown, Fall, Touch
from reportgen.record.observed import Stretch, Undecided, logs, reading
from reportgen.record.rows import Reading
from reportgen.record.verdict import Case, Decided, Verdict

HELD_BEFORE = "held_before_start"


def fall(event: Fall, case: Case) -> Verdict:
    """Decide a fast fall."""
    found = case.of(event.series)
    if isinstance(found, Undecided):
        return found
    line = pd.concat([found.before.iloc[-1:], found.inside])
    if len(line) < 2:
        return case.never(found)
    column = logs(line)[:, None]
    first = int(first_fall(column, FallEvent("", event.depth, event.days))[0])
    if first == NEVER:
        return case.never(found, found.start, _lowest(line))
    window = line.iloc[max(0, first - event.days) : first + 1]
    return _came(found, line, first, reading("peak", window, int(window.to_numpy().argmax())))


def drawdown(event: Drawdown, case: Case) -> Verdict:
    """Decide a drawdown; one that held at the start is no onset and is never decided."""
    found = case.of(event.series)
    if isinstance(found, Undecided):
        return found
    memory = found.before.iloc[-event.peak_days - 1 :]
    peak = reading("peak", memory, int(memory.to_numpy().argmax()))
    if np.log(found.start.value / peak.value) <= log_bound(event.depth):
        return Undecided(HELD_BEFORE, final=True)
    line = pd.concat([found.before.iloc[-1:], found.inside])
    if len(line) < 2:
        return case.never(found, memory=len(memory))
    fallen = drawdown_from(logs(line)[:, None], float(np.log(peak.value)))
    first = int(first_drawdown(fallen, DrawdownEvent("", event.depth))[0])
    if first == NEVER:
        return case.never(found, peak, found.start, _lowest(line), memory=len(memory))
    top = line.iloc[: first + 1]
    highest = reading("peak", top, int(top.to_numpy().argmax()))
    best = peak if peak.value >= highest.value else highest
    return _came(found, line, first, best, memory=len(memory))


def touch(event: Touch, case: Case) -> Verdict:
    """Decide whether a level was reached."""
    found = case.of(event.series)
    if isinstance(found, Undecided):
        return found
    values = found.inside.to_numpy()
    hits = np.flatnonzero(values >= event.level if event.side == "above" else values <= event.level)
    if hits.size:
        line = pd.concat([found.before.iloc[-1:], found.inside])
        return _came(found, line, int(hits[0]) + 1, found.start)
    if not values.size:
        return case.never(found)
    far = int(values.argmax() if event.side == "above" else values.argmin())
    return case.never(found, found.start, reading("extreme", found.inside, far))


def _came(
    found: Stretch, line: pd.Series[float], position: int, *readings: Reading, memory: int = 1
) -> Decided:
    """Decide that the event came on a position of the line; nothing later is looked at."""
    hit = reading("hit", line, position)
    seen = Stretch(found.series, found.before, line.iloc[1 : position + 1], found.complete)
    return Decided(hit.date, True, None, (seen.evidence(*readings, hit, memory=memory),))


def _lowest(line: pd.Series[float]) -> Reading:
    return reading("extreme", line, int(line.to_numpy().argmin()))
