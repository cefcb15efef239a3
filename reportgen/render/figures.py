"""Headlines as quantities, for whatever prints them beside the report: the site, letters.

Everything comes from the ``headlines.json`` of an edition, so that a page about an old edition
needs neither its figures nor the program that made it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from reportgen.facts import Assumed, Computed, Origin, Quantity, Range, Unit
from reportgen.facts.headlines import Headline, Headlines, Kind

KEY = ("flash", "bear", "severe")
"""The probabilities an edition opens with, in the order of their colours."""
RATING = "risk_"
"""Begins the code of a rating."""
WHOLE = frozenset({Unit.POINTS})
"""Units printed without decimals."""

COMPUTED = Computed("")


@dataclass(frozen=True)
class Figure:
    """A headline as it is printed.

    Args:
        code: its name; ``kind`` likewise as in ``Headline``.
        value: the figure; ``None`` of a range or a rating without one.
        interval: around it, or the range itself.
        base: base rate of the same event.
        house: what the house states of it; ``upper_bound`` when that is "less than".
        state: of a rating.
    """

    code: str
    kind: Kind
    value: Quantity | None
    interval: Range | None
    base: Quantity | None
    house: Range | None
    state: str

    @property
    def upper_bound(self) -> bool:
        """Whether the house's view has no lower end."""
        return self.house is not None and self.house.low.value == 0 < self.house.high.value

    @property
    def digits(self) -> int | None:
        """Decimals to print; ``None`` for those of the unit."""
        return 0 if self.value is not None and self.value.unit in WHOLE else None


def figure_of(headlines: Headlines, code: str) -> Figure | None:
    """Return a headline as it is printed; ``None`` where the edition lacks it."""
    found = headlines.find(code)
    return None if found is None else _figure(found, headlines.dated)


def key_figures(headlines: Headlines) -> tuple[Figure, ...]:
    """Return the figures an edition opens with, those it has."""
    found = (figure_of(headlines, code) for code in KEY)
    return tuple(one for one in found if one is not None)


def rated(headlines: Headlines) -> tuple[Figure, ...]:
    """Return the ratings of the risk matrix."""
    return tuple(
        _figure(one, headlines.dated) for one in headlines.headlines if one.code.startswith(RATING)
    )


def _figure(found: Headline, dated: date) -> Figure:
    def range_of(low: float | None, high: float | None, origin: Origin) -> Range | None:
        if high is None:
            return None
        lowest = Quantity(0.0 if low is None else low, found.unit, origin)
        return Range(lowest, Quantity(high, found.unit, origin))

    def quantity(value: float | None) -> Quantity | None:
        return None if value is None else Quantity(value, found.unit, COMPUTED)

    stated = Assumed("house", dated)
    return Figure(
        code=found.code,
        kind=found.kind,
        value=quantity(found.value),
        interval=None if found.low is None else range_of(found.low, found.high, COMPUTED),
        base=quantity(found.base),
        house=range_of(found.house_low, found.house_high, stated),
        state=found.state,
    )
