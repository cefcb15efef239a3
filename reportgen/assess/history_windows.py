"""What each history window of the paths alone says about the next twelve months."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportgen.assess.desk import Desk, percent
from reportgen.assess.simulation import HORIZONS, INDEX, Simulation
from reportgen.facts import Day, Quantity, Unit
from reportgen.facts.probabilities import HistoryWindow

if TYPE_CHECKING:
    from reportgen.models.path_events import WindowRun

CODES = {
    "5y": "y5",
    "10y": "y10",
    "20y": "y20",
    "all": "all",
    "10y-vix": "y10_vix",
    "all-vix": "all_vix",
}


def history_windows(desk: Desk, simulation: Simulation) -> tuple[HistoryWindow, ...]:
    """Return the windows of the run, shortest first; one too long for the history is not there."""
    found = {run.window.id: run for run in simulation.run.windows}
    return tuple(_window(desk, simulation, found[name]) for name in CODES if name in found)


def _window(desk: Desk, simulation: Simulation, run: WindowRun) -> HistoryWindow:
    days = desk.values(INDEX).index
    length = run.window.returns
    first = days[0] if length is None else days[max(-length - 1, -len(days))]
    return HistoryWindow(
        code=CODES[run.window.id],  # type: ignore[arg-type]
        first=Day(first.date(), desk.origin(INDEX, first.date())),
        pooled=run.window.pooled,
        volatility=desk.computed(percent(run.annual_volatility), Unit.PERCENT, "M1", INDEX),
        flash=_chance(desk, run, "F1"),
        bear=None if simulation.run.start.in_bear else _chance(desk, run, "B1"),
    )


def _chance(desk: Desk, run: WindowRun, event: str) -> Quantity:
    from reportgen.models.events import happened_by

    share = happened_by(run.summary.first_day[event], HORIZONS[-1]).mean()
    return desk.computed(float(share), Unit.PROBABILITY, "M1", INDEX)
