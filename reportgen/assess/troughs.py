"""The trough beyond the window, and drawn towards the levels of the trade: both for display."""

from __future__ import annotations

from reportgen.assess.simulation import INDEX
from reportgen.assess.surveyor import Surveyor
from reportgen.facts import Range, Unit
from reportgen.facts.levels import DrawnTrough, LongTrough, PriceLevel
from reportgen.models.levels import SPEC


def later(survey: Surveyor) -> LongTrough | None:
    """Return the trough of the bear markets of the window, followed for two years."""
    from reportgen.models.long_trough import MONTHS, PATHS, long_trough

    simulation, desk = survey.simulation, survey.desk
    days = simulation.window_days
    if days > MONTHS * 21:
        return None
    found = long_trough(simulation.run, days, paths=min(PATHS, desk.paths))
    if found is None:
        return None
    points = dict(zip(found.probabilities, found.closes, strict=True))
    return LongTrough(
        months=desk.computed(MONTHS, Unit.MONTHS, SPEC, INDEX),
        median=survey.points(points[0.50], INDEX),
        quartiles=Range(survey.points(points[0.25], INDEX), survey.points(points[0.75], INDEX)),
    )


def drawn(survey: Surveyor, levels: tuple[PriceLevel, ...]) -> DrawnTrough | None:
    """Return the median trough when the levels of the methods are given their display weight.

    Args:
        survey: the paths.
        levels: levels on observed closes, below the close or not.
    """
    from reportgen.models.level_density import DISPLAY_WEIGHT, level_density
    from reportgen.models.path_shapes import pooled_troughs

    troughs = pooled_troughs(survey.simulation.run, survey.simulation.window_days)
    if troughs.size < 2 or troughs.min() == troughs.max():
        return None
    found = level_density(troughs, tuple(one.level.value for one in levels))
    if found.diagnostics:
        return None
    weight = survey.desk.computed(100.0 * DISPLAY_WEIGHT, Unit.PERCENT, SPEC)
    return DrawnTrough(weight, survey.points(found.quantile(0.5)))
