"""Levels measured from the as-of close: distance, P(touch), place against the house's zone."""

from __future__ import annotations

from dataclasses import dataclass

from reportgen.assess.desk import Desk, percent
from reportgen.assess.simulation import INDEX, Simulation
from reportgen.facts import Origin, Quantity, Range, Unit
from reportgen.facts.levels import PriceLevel
from reportgen.models.levels import SPEC

ZONE = "level.floor_zone"


@dataclass(frozen=True)
class Surveyor:
    """Measures levels from the as-of close."""

    desk: Desk
    simulation: Simulation

    @property
    def close(self) -> float:
        """The as-of close."""
        return self.simulation.run.start.close

    @property
    def zone(self) -> Range | None:
        """The house's floor zone."""
        return self.desk.maybe_range(ZONE)

    def points(self, value: float, *inputs: str) -> Quantity:
        """Return index points the model computed."""
        return self.desk.computed(value, Unit.POINTS, SPEC, *inputs)

    def change(self, value: float, *inputs: str) -> Quantity:
        """Return a change, given as a ratio, in per cent."""
        return self.desk.computed(percent(value), Unit.PERCENT, SPEC, *inputs)

    def by_model(self, code: str, level: float, *inputs: str) -> PriceLevel:
        """Return a level that the model computed."""
        return self.place(code, level, self.desk.by_model(SPEC, *inputs))

    def stated(self, code: str, entry: str) -> PriceLevel | None:
        """Return a level of the house view, ``None`` when there is none."""
        found = self.desk.maybe(entry)
        return None if found is None else self.place(code, found.value, found.origin)

    def place(self, code: str, level: float, origin: Origin) -> PriceLevel:
        """Return a level with distance and P(touch)."""
        point, low, high = self._touch(level)
        zone = self.zone
        return PriceLevel(
            code=code,
            level=Quantity(level, Unit.POINTS, origin),
            distance=self.change(level / self.close - 1.0),
            touch=self._chance(point),
            touch_interval=Range(self._chance(low), self._chance(high)),
            reached=level >= self.close,
            in_zone=None if zone is None else zone.low.value <= level <= zone.high.value,
        )

    def _touch(self, level: float) -> tuple[float, float, float]:
        """Return P(touch), lowest and highest estimate; a level above the close is reached."""
        from reportgen.models.path_tables import level_estimate

        if level >= self.close:
            return 1.0, 1.0, 1.0
        found = level_estimate(self.simulation.run, level, self.simulation.window_days).estimate
        return found.point, found.low, found.high

    def _chance(self, value: float) -> Quantity:
        return self.desk.computed(value, Unit.PROBABILITY, "M1", INDEX)
