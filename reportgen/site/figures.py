"""What changed between editions, and how their key probabilities ran, for the pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reportgen.facts import Quantity, Unit
from reportgen.facts.headlines import Headlines
from reportgen.i18n.numbers import rounded
from reportgen.render.figures import COMPUTED, KEY, RATING, Figure, figure_of
from reportgen.site.chart import Point, Track
from reportgen.site.shelf import Volume

COMPARED = (*KEY, "flash_21", "trough_median", "touch_trough_median", "close", "drawdown", "vix")
"""What is compared with the edition before, beside the ratings."""


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
        return Quantity(100 * (after.value / before.value - 1), Unit.PERCENT, COMPUTED)
    difference = float(rounded(after, digits) - rounded(before, digits))
    if unit in (Unit.PROBABILITY, Unit.RISK_NEUTRAL, Unit.PERCENT):
        unit = Unit.PERCENTAGE_POINTS
    return Quantity(difference, unit, COMPUTED)


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
