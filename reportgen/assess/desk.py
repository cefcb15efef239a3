"""The desk: everything a section of the assessment is written from.

Sections take the desk, call models with plain numbers and turn results into quantities with
unit and origin. No section reads a file or knows another section's inner workings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from reportgen.assess.eras import published
from reportgen.errors import DataError
from reportgen.facts import Assumed, Computed, Day, Observed, Origin, Quantity, Range, Unit
from reportgen.models.spec import ModelSpec

if TYPE_CHECKING:
    import pandas as pd

    from reportgen.house import HouseEntry, HouseView
    from reportgen.snapshot import Observation, Snapshot

SERIES_UNITS: Mapping[str, tuple[Unit, float]] = {
    "index_points": (Unit.POINTS, 1.0),
    "points": (Unit.POINTS, 1.0),
    "ratio": (Unit.RATIO, 1.0),
    "log_odds": (Unit.RATIO, 1.0),
    "index": (Unit.INDEX, 1.0),
    "usd": (Unit.USD_PRICE, 1.0),
    "usd_per_ounce": (Unit.USD_PRICE, 1.0),
    "yen_per_usd": (Unit.YEN_PER_DOLLAR, 1.0),
    "percent": (Unit.PERCENT, 1.0),
    "percentage_points": (Unit.PERCENTAGE_POINTS, 1.0),
    "usd_million": (Unit.USD, 1e6),
    "usd_billion": (Unit.USD, 1e9),
    "usd_trillion": (Unit.USD, 1e12),
    "contracts": (Unit.CONTRACTS, 1.0),
}
"""Units of series and house figures: the report's unit and the factor into its scale."""


@dataclass(frozen=True)
class Desk:
    """Snapshot, house view and the edition's dates, with short ways to quantities.

    Args:
        snapshot: the figures, already cut at as-of date and ``known_at``.
        house: the edition's stated views; ``None`` when there are none.
        window_end: last day of the forecast window.
        paths: number of simulated paths a window.
    """

    snapshot: Snapshot
    house: HouseView | None
    window_end: date
    paths: int

    @property
    def as_of(self) -> date:
        """Last day an observation may carry."""
        return self.snapshot.as_of

    # -- observed ---------------------------------------------------------------------------

    def has(self, *series: str) -> bool:
        """Tell whether every series has a visible observation and was published by then."""
        return all(self.snapshot.has(one) and published(one, self.as_of) for one in series)

    def values(self, series: str) -> pd.Series[float]:
        """Return the visible observations of a series in the publisher's unit."""
        return self.snapshot.values(series)

    def observed(self, series: str, on: date | None = None) -> Quantity:
        """Return the last observation, or the last one on or before ``on``."""
        found = self._observation(series, on)
        unit, factor = SERIES_UNITS[self.snapshot.data(series).unit]
        return Quantity(found.value * factor, unit, self.origin(series, on))

    def observed_day(self, series: str, on: date | None = None) -> Day:
        """Return the day of that observation."""
        origin = self.origin(series, on)
        return Day(origin.on, origin)

    def origin(self, series: str, on: date | None = None) -> Observed:
        """Return the origin of that observation: series, publisher, day."""
        found = self._observation(series, on)
        return Observed(series, self.snapshot.data(series).publisher, found.date)

    def _observation(self, series: str, on: date | None) -> Observation:
        return self.snapshot.last(series) if on is None else self.snapshot.before(series, on)

    def maybe_observed(self, series: str) -> Quantity | None:
        """Return the last observation, or ``None`` without one."""
        return self.observed(series) if self.has(series) else None

    # -- computed ---------------------------------------------------------------------------

    def computed(self, value: float, unit: Unit, model: ModelSpec | str, *inputs: str) -> Quantity:
        """Return a model's figure; without ``inputs`` the model's own inputs are named."""
        try:
            return Quantity(float(value), unit, self.by_model(model, *inputs))
        except ValueError as problem:
            name = model if isinstance(model, str) else model.id
            raise DataError(f"Model {name} returned a figure that is {problem}.") from None

    def computed_day(self, day: date, model: ModelSpec | str, *inputs: str) -> Day:
        """Return a model's date."""
        return Day(day, self.by_model(model, *inputs))

    def by_model(self, model: ModelSpec | str, *inputs: str) -> Computed:
        """Return the origin of a model's figure."""
        if isinstance(model, str):
            return Computed(model, inputs)
        return Computed(model.id, inputs or model.inputs)

    # -- assumed ----------------------------------------------------------------------------

    def holds(self, *entries: str) -> bool:
        """Tell whether the house view has every one of the entries, unexpired."""
        house = self.house
        return house is not None and all(
            house.has(one) and not house.get(one).expired(self.as_of) for one in entries
        )

    def assumed(self, entry: str) -> Quantity:
        """Return the single value of an entry of the house view."""
        found = self._entry(entry)
        unit, factor = _house_unit(found)
        return Quantity(found.number * factor, unit, _stated(found))

    def assumed_range(self, entry: str) -> Range:
        """Return the bounds of an entry of the house view; a single value as equal bounds."""
        found = self._entry(entry)
        unit, factor = _house_unit(found)
        low, high = found.bounds if found.value is None else (found.value, found.value)
        origin = _stated(found)
        return Range(Quantity(low * factor, unit, origin), Quantity(high * factor, unit, origin))

    def assumed_days(self, entry: str) -> tuple[Day, Day]:
        """Return the first and last day of an entry that names a window."""
        found = self._entry(entry)
        if found.start is None or found.end is None:
            raise DataError(f"The house view's {entry} names no window of days.")
        origin = _stated(found)
        return Day(found.start, origin), Day(found.end, origin)

    def maybe(self, entry: str) -> Quantity | None:
        """Return the single value of an entry, or ``None`` when it is absent or expired."""
        return self.assumed(entry) if self.holds(entry) else None

    def maybe_range(self, entry: str) -> Range | None:
        """Return the bounds of an entry, or ``None`` when it is absent or expired."""
        return self.assumed_range(entry) if self.holds(entry) else None

    def _entry(self, entry: str) -> HouseEntry:
        if self.house is None:
            raise DataError(f"There is no house view, but its entry {entry} is needed.")
        return self.house.get(entry)


def percent(ratio: float) -> float:
    """Turn a ratio into per cent."""
    return 100.0 * ratio


def _stated(entry: HouseEntry) -> Origin:
    return Assumed(entry.by, entry.stated, entry.valid_until, entry.source)


def _house_unit(entry: HouseEntry) -> tuple[Unit, float]:
    if entry.unit == "probability" or entry.id.startswith("probability."):
        return Unit.PROBABILITY, 0.01
    if entry.unit in SERIES_UNITS:
        return SERIES_UNITS[entry.unit]
    return Unit(entry.unit), 1.0
