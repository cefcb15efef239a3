"""Rows of the forecast record: scores and decided statements as quantities."""

from __future__ import annotations

from collections.abc import Sequence

from reportgen.assess.desk import SERIES_UNITS
from reportgen.facts import Computed, Day, Quantity, Unit
from reportgen.facts.record import (
    DistributionScore,
    Judged,
    JudgedEvent,
    ProbabilityScore,
    TailTest,
)
from reportgen.record import distributions, scoreboard
from reportgen.record.events import (
    DateIn,
    Decision,
    Drawdown,
    Event,
    Fall,
    Move,
    Touch,
    series_of,
)
from reportgen.record.history import Account
from reportgen.record.scoreboard import ALL
from reportgen.scores import ConditionalCoverage
from reportgen.series import spec

MOST = 10
"""Decided statements the report prints one by one."""
DEBT = "federal_debt"


BY_RECORD = Computed("record")


def computed(value: float, unit: Unit, origin: Computed = BY_RECORD) -> Quantity:
    """Return a figure of the record."""
    return Quantity(float(value), unit, origin)


def count(value: int) -> Quantity:
    """Return a number of statements."""
    return computed(value, Unit.COUNT)


def share(value: float) -> Quantity:
    """Return a probability or a share."""
    return computed(value, Unit.PROBABILITY)


def ratio(value: float) -> Quantity:
    """Return a score."""
    return computed(value, Unit.RATIO)


def _maybe(value: float | None) -> Quantity | None:
    return None if value is None else ratio(value)


def _horizon(days: int) -> Quantity | None:
    return None if days == ALL else computed(days, Unit.TRADING_DAYS)


def score(
    found: scoreboard.ProbabilityScore, early: scoreboard.ProbabilityScore
) -> ProbabilityScore:
    """Return a row of probabilities.

    Args:
        found: scores of what is due.
        early: the same forecaster and horizon with early hits.
    """
    return ProbabilityScore(
        code=_code(found.forecaster, found.horizon),
        forecaster=found.forecaster,
        horizon=_horizon(found.horizon),
        statements=count(found.statements),
        came=count(found.events),
        stated=share(found.mean),
        share=share(found.share),
        brier=ratio(found.brier),
        log=ratio(found.log),
        base_brier=_maybe(found.base_brier),
        skill=_maybe(found.skill),
        early_skill=_maybe(early.skill),
    )


def distribution(found: distributions.DistributionScore) -> DistributionScore:
    """Return a row of distributions."""
    return DistributionScore(
        code=_code(found.forecaster, found.horizon),
        forecaster=found.forecaster,
        horizon=_horizon(found.horizon),
        statements=count(found.statements),
        skill=_maybe(found.skill),
        wide=share(found.wide),
        narrow=share(found.narrow),
        stated_wide=share(found.stated_wide),
        stated_narrow=share(found.stated_narrow),
        p_value=ratio(found.coverage.test.p_value),
        cells=tuple(share(number / found.statements) for number in found.pit.counts),
        stated_cells=tuple(share(number / found.statements) for number in found.pit.expected),
    )


def tail_test(found: ConditionalCoverage | None) -> TailTest | None:
    """Return how often the lowest quantile was broken, if there is a case."""
    if found is None:
        return None
    whole, apart = found.unconditional, found.independence
    return TailTest(
        values=count(whole.days),
        breaks=count(whole.violations),
        stated=share(whole.stated),
        p_value=ratio(whole.test.p_value),
        independence=None if apart is None else ratio(apart.p_value),
    )


def _code(forecaster: str, horizon: int) -> str:
    return f"{forecaster}_{'all' if horizon == ALL else horizon}"


# -- decided statements -----------------------------------------------------------------------


def judged(found: Sequence[Account]) -> tuple[Judged, ...]:
    """Return the decided statements that cost most, worst first."""
    worst = sorted(found, key=lambda one: (-_brier(one), one.statement.id))[:MOST]
    return tuple(_judged(one, place) for place, one in enumerate(worst, start=1))


def _brier(one: Account) -> float:
    return one.resolution.scores.brier or 0.0 if one.resolution else 0.0


def _judged(one: Account, place: int) -> Judged:
    stated = one.statement
    base = stated.climatology_p
    series = series_of(stated.event)[0]
    return Judged(
        code=f"judged_{place}",
        event=_kind(stated.event),
        series=series,
        name=spec(series).name,
        level=_level(stated.event),
        days=_days(stated.event),
        stated_on=Day(stated.as_of, BY_RECORD),
        end=Day(stated.horizon_end, BY_RECORD),
        probability=share(stated.p or 0.0),
        base_rate=None if base is None else share(base),
        came=one.resolution is not None and bool(one.resolution.outcome),
        brier=ratio(_brier(one)),
    )


def _kind(event: Event) -> JudgedEvent:
    if isinstance(event, Fall):
        return "fall"
    if isinstance(event, Drawdown):
        return "drawdown"
    if isinstance(event, Decision):
        return event.move
    if isinstance(event, Move):
        return "net_liquidity"
    if isinstance(event, DateIn):
        return "x_date"
    if isinstance(event, Touch) and event.series == DEBT:
        return "debt_limit"
    return "at_or_below" if getattr(event, "side", "below") == "below" else "at_or_above"


def _level(event: Event) -> Quantity | None:
    if isinstance(event, Fall | Drawdown):
        return computed(100.0 * event.depth, Unit.PERCENT)
    if isinstance(event, Touch):
        unit, factor = SERIES_UNITS[spec(event.series).unit]
        return computed(event.level * factor, unit)
    return None


def _days(event: Event) -> Quantity | None:
    if isinstance(event, Fall):
        return computed(event.days, Unit.TRADING_DAYS)
    return None
