"""Statements of the narrative tilt: a forecaster of its own, so that it is scored by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from reportgen.models.narrative_tilt import CLIPPED
from reportgen.record.issuing.desk import TILT, IssueDesk, figures_of
from reportgen.record.issuing.index import EVENTS, chance

if TYPE_CHECKING:
    from reportgen.record.statement import Statement

HORIZON = "d252"


def tilts(desk: IssueDesk) -> Iterator[Statement]:
    """Yield the tilted probability of every event for which the house states a shift."""
    for code, event in EVENTS.items():
        found = desk.assessment.probabilities.event(code)
        if found.tilt is None:
            continue
        model = found.at(HORIZON)
        tilted = replace(
            chance(model),
            p=found.tilt.probability.value,
            low=found.tilt.interval.low.value,
            high=found.tilt.interval.high.value,
        )
        end = desk.after(round(model.trading_days.value))
        codes = (CLIPPED,) if found.tilt.clipped else ()
        yield desk.made("tilt", TILT, event, end, **figures_of(tilted), diagnostics=codes)
