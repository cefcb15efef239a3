"""How markets hang together: what the models of spillover and lead find, as facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from reportgen.assess.review_desk import INDEX, SECOND, ReviewDesk
from reportgen.facts import Quantity, Unit
from reportgen.facts.ties import Joint, Leader, LeadLag, LeadYear, Spillover, Ties
from reportgen.models import lead_lag, spillover
from reportgen.models.correlation import correlation_matrix
from reportgen.models.event_cross_check import cross_check
from reportgen.models.lead_lag import Lead, LeadLagResult, LeadLagSettings, LeadLagYear

if TYPE_CHECKING:
    from reportgen.models.assets import AssetSeries
    from reportgen.models.event_study import AbnormalReturn

OTHER = "bitcoin"
"""The market that is said to lead."""
FEWEST_MARKETS = 3
QUARTER = 0.25
CLEAR = 0.05
RULE = LeadLagSettings()


def ties(by: ReviewDesk) -> Ties | None:
    """Return spillover and lead up to the end of the month; ``None`` without either."""
    series = {one.asset.code: one for one in by.cut(by.end)}
    spread, lead = _spillover(by, series), _lead(by, series)
    return None if spread is None and lead is None else Ties(spread, lead)


# -- spillover ------------------------------------------------------------------------------


def _spillover(by: ReviewDesk, series: dict[str, AssetSeries]) -> Spillover | None:
    """Return the spillover of the markets there are; ``None`` with fewer than three."""
    codes = spillover.SPEC.inputs
    held = tuple(series[one] for one in codes if one in series)
    year = spillover.SpilloverSettings().window
    if len(held) < FEWEST_MARKETS or len(spillover.common_moves(held)) < year:
        return None
    found = spillover.evaluate(held)
    ranged = "history_short" not in found.diagnostics
    giver = max(found.directions, key=lambda one: one.net)
    receiver = min(found.directions, key=lambda one: one.net)

    def share(value: float, unit: Unit = Unit.PERCENT) -> Quantity:
        return by.desk.computed(value, unit, spillover.SPEC, *found.codes)

    return Spillover(
        state=_place(found.history) if ranged else "usual",
        total=share(found.total),
        day=by.desk.computed_day(found.day, spillover.SPEC, *found.codes),
        low=share(found.low) if ranged else None,
        mean=share(found.mean) if ranged else None,
        high=share(found.high) if ranged else None,
        since=by.desk.computed_day(found.since, spillover.SPEC, *found.codes),
        markets=found.codes,
        missing=tuple(one for one in codes if one not in series),
        horizon=share(spillover.SpilloverSettings().horizon, Unit.TRADING_DAYS),
        year=share(year, Unit.TRADING_DAYS),
        giver=giver.code,
        given=share(giver.net, Unit.PERCENTAGE_POINTS),
        receiver=receiver.code,
        received=share(-receiver.net, Unit.PERCENTAGE_POINTS),
    )


def _place(history: tuple[float, ...]) -> Literal["high", "usual", "low"]:
    """Return in which part of its history the last total lies."""
    below = sum(one < history[-1] for one in history) / len(history)
    if below >= 1.0 - QUARTER:
        return "high"
    return "low" if below < QUARTER else "usual"


# -- who moves first ------------------------------------------------------------------------


def _lead(by: ReviewDesk, series: dict[str, AssetSeries]) -> LeadLag | None:
    """Return whether the index or Bitcoin moves first; ``None`` without a year of both."""
    if INDEX not in series or OTHER not in series:
        return None
    pair = series[INDEX], series[OTHER]
    if len(pair[0].values[pair[1].values.index[0] :]) <= RULE.year + 1:
        return None
    found = lead_lag.evaluate(*pair)
    weighted = correlation_matrix(pair, 0).values[0][1]
    agreed = [one.agreed for one in found.years]
    return LeadLag(
        index=INDEX,
        other=OTHER,
        leader=_side(found.leader),
        years=tuple(_year(by, one) for one in found.years),
        index_years=_of_pair(by, agreed.count("first"), Unit.COUNT),
        other_years=_of_pair(by, agreed.count("second"), Unit.COUNT),
        needed=_of_pair(by, RULE.stable, Unit.COUNT),
        level=_of_pair(by, 100.0 * RULE.level, Unit.PERCENT),
        tie=_of_pair(by, weighted),
        later=_later(found),
    )


def _year(by: ReviewDesk, found: LeadLagYear) -> LeadYear:
    """Return one year as facts."""
    index, other = _values(by, found.first), _values(by, found.second)
    return LeadYear(
        start=by.desk.computed_day(found.start, lead_lag.SPEC),
        end=by.desk.computed_day(found.end, lead_lag.SPEC),
        same_day=_of_pair(by, found.same_day),
        index_next=index[0],
        index_rotation=index[1],
        index_granger=index[2],
        other_next=other[0],
        other_rotation=other[1],
        other_granger=other[2],
        agreed=_side(found.agreed),
    )


def _values(by: ReviewDesk, lead: Lead) -> tuple[Quantity, Quantity, Quantity]:
    """Return a side's correlation with the other's next day, and both p values."""
    found = (_of_pair(by, value) for value in (lead.next_day, lead.p, lead.granger))
    return next(found), next(found), next(found)


def _of_pair(by: ReviewDesk, value: float, unit: Unit = Unit.RATIO) -> Quantity:
    """Return a figure of the pair."""
    return by.desk.computed(value, unit, lead_lag.SPEC)


def _side(side: lead_lag.Side | None) -> Leader:
    """Return the side by its part in the report."""
    return "none" if side is None else "index" if side == "first" else "other"


def _later(found: LeadLagResult) -> Leader:
    """Return whose day ends later."""
    if "second_closes_later" in found.diagnostics:
        return "other"
    return "index" if "first_closes_later" in found.diagnostics else "none"


# -- the markets of an event together -------------------------------------------------------


def joint(by: ReviewDesk, moves: tuple[AbnormalReturn, ...]) -> Joint | None:
    """Return the markets' reaction taken together; ``None`` with fewer than three prices.

    The Nasdaq-100 is left out: beside the Composite it would be counted twice.
    """
    used = tuple(one for one in moves if one.code != SECOND)
    found = cross_check(used)
    if found is None:
        return None
    codes = tuple(one.code for one in used)
    return Joint(
        markets=by.computed(found.markets, Unit.COUNT, *codes),
        mean=by.computed(found.mean_score, Unit.RATIO, *codes),
        statistic=by.computed(found.statistic, Unit.RATIO, *codes),
        p=by.computed(found.p, Unit.PROBABILITY, *codes),
        clear=found.p < CLEAR,
        weaker=found.mean_score < 0,
    )
