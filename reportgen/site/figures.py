"""What the pages print of the headlines: figures of an edition, and what changed since the last.

Everything comes from the ``headlines.json`` of the editions, so that a page of an old edition
needs neither its figures nor the program that made it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from reportgen.facts import Assumed, Computed, Origin, Quantity, Range, Unit
from reportgen.facts.headlines import Headline, Headlines, Kind
from reportgen.i18n.numbers import rounded
from reportgen.site.chart import Point, Track
from reportgen.site.shelf import Volume

KEY = ("flash", "bear", "severe")
"""The probabilities every page opens with, in the order of their colours."""
COMPARED = (*KEY, "flash_21", "trough_median", "touch_trough_median", "close", "drawdown", "vix")
"""What is compared with the edition before, beside the ratings."""
RATING = "risk_"
"""Begins the code of a rating."""
WHOLE = frozenset({Unit.POINTS})
"""Units printed without decimals on these pages."""

_COMPUTED = Computed("")


@dataclass(frozen=True)
class Figure:
    """A headline as the pages print it.

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


@dataclass(frozen=True)
class Change:
    """A headline in two editions.

    Args:
        before, after: in the earlier and the later one.
        moved: after less before as printed: percentage points of a probability or a per cent,
            per cent of a level, else in the figure's own unit; ``None`` of a rating.
    """

    before: Figure
    after: Figure
    moved: Quantity | None


def figure_of(headlines: Headlines, code: str) -> Figure | None:
    """Return a headline as the pages print it; ``None`` where the edition lacks it."""
    found = headlines.find(code)
    return None if found is None else _figure(found, headlines.dated)


def key_figures(headlines: Headlines) -> tuple[Figure, ...]:
    """Return the figures a page opens with, those the edition has."""
    found = (figure_of(headlines, code) for code in KEY)
    return tuple(one for one in found if one is not None)


def _figure(found: Headline, dated: date) -> Figure:
    def range_of(low: float | None, high: float | None, origin: Origin) -> Range | None:
        if high is None:
            return None
        lowest = Quantity(0.0 if low is None else low, found.unit, origin)
        return Range(lowest, Quantity(high, found.unit, origin))

    def quantity(value: float | None) -> Quantity | None:
        return None if value is None else Quantity(value, found.unit, _COMPUTED)

    stated = Assumed("house", dated)
    return Figure(
        code=found.code,
        kind=found.kind,
        value=quantity(found.value),
        interval=None if found.low is None else range_of(found.low, found.high, _COMPUTED),
        base=quantity(found.base),
        house=range_of(found.house_low, found.house_high, stated),
        state=found.state,
    )


def changes(before: Headlines, after: Headlines) -> tuple[Change, ...]:
    """Return how the compared figures moved between two editions, those both have."""
    return tuple(_changes(before, after, COMPARED))


def ratings(before: Headlines, after: Headlines) -> tuple[Change, ...]:
    """Return the ratings that changed between two editions."""
    codes = [one.code for one in after.headlines if one.code.startswith(RATING)]
    found = _changes(before, after, codes)
    return tuple(one for one in found if one.before.state != one.after.state)


def _changes(before: Headlines, after: Headlines, codes: Sequence[str]) -> Iterator[Change]:
    for code in codes:
        old, new = figure_of(before, code), figure_of(after, code)
        if old is None or new is None:
            continue
        if new.kind == "grade":
            yield Change(old, new, None)
        elif old.value is not None and new.value is not None and old.value.unit == new.value.unit:
            yield Change(old, new, _moved(old.value, new.value, new.digits))


def _moved(before: Quantity, after: Quantity, digits: int | None) -> Quantity:
    """Return the difference of the printed figures, so that a reader who subtracts agrees."""
    unit = after.unit
    if unit is Unit.POINTS and before.value:
        return Quantity(100 * (after.value / before.value - 1), Unit.PERCENT, _COMPUTED)
    difference = float(rounded(after, digits) - rounded(before, digits))
    if unit in (Unit.PROBABILITY, Unit.RISK_NEUTRAL, Unit.PERCENT):
        unit = Unit.PERCENTAGE_POINTS
    return Quantity(difference, unit, _COMPUTED)


def tracks(volumes: Sequence[Volume]) -> tuple[Track, ...]:
    """Return the key probabilities over editions, oldest first; those that have a point."""
    ordered = sorted(volumes, key=lambda volume: volume.headlines.as_of)
    found = (
        Track(code, tuple(_point(volume.headlines, code) for volume in ordered)) for code in KEY
    )
    return tuple(track for track in found if any(track.points))


def _point(headlines: Headlines, code: str) -> Point | None:
    found = headlines.find(code)
    if found is None or found.value is None:
        return None
    per_cent = [None if one is None else 100 * one for one in (found.low, found.high, found.base)]
    return Point(headlines.as_of, 100 * found.value, *per_cent)
