"""Tariffs and the Federal Reserve's path as others state them."""

from __future__ import annotations

from datetime import timedelta

from reportgen.assess.desk import Desk
from reportgen.assess.events import FED_CHANGES, events_between, last_move, next_decision
from reportgen.assess.policy_odds import policy_odds
from reportgen.facts import Assumed, Day, Quantity, Unit
from reportgen.facts.events import DatedEvent
from reportgen.facts.fiscal import CutQuotation, PolicyOutlook

CUT_POINTS = 25.0
"""The usual size of a change of the policy rate, basis points."""


def policy_outlook(desk: Desk) -> PolicyOutlook:
    """Return what is stated of tariffs and of the Federal Reserve's path."""
    path, rate = desk.maybe("rates.fed_2026"), last_move(desk, "fomc_decision", *FED_CHANGES)
    distance = None
    if path is not None and desk.has("effr"):
        gap = path.value - desk.observed("effr").value
        distance = desk.computed(gap, Unit.PERCENTAGE_POINTS, "M0", "effr", "rates.fed_2026")
    return PolicyOutlook(
        china_tariff=desk.maybe("fiscal.china_tariff"),
        fed_path=path,
        to_path=distance,
        fed_rate=rate,
        steps=_steps(desk, distance),
        meetings=desk.computed(len(_decisions(desk)), Unit.COUNT, "M0", "events"),
        cut=_cut(desk),
        next_decision=next_decision(desk, "fomc_decision"),
        odds=policy_odds(desk),
    )


def _steps(desk: Desk, distance: Quantity | None) -> Quantity | None:
    if distance is None or distance.value >= 0:
        return None
    return desk.computed(-100.0 * distance.value / CUT_POINTS, Unit.RATIO, "M0", "effr")


def _decisions(desk: Desk) -> tuple[DatedEvent, ...]:
    ahead = desk.as_of + timedelta(days=1)
    return events_between(desk, ahead, desk.window_end, "fomc_decision")


def _cut(desk: Desk) -> CutQuotation | None:
    quoted = desk.maybe("probability.december_cut")
    if quoted is None:
        return None
    earlier = desk.maybe("probability.december_cut_month_earlier")
    return CutQuotation(
        quoted=quoted,
        stated=_stated(quoted),
        implied=_implied(desk, quoted),
        earlier=earlier,
        earlier_implied=None if earlier is None else _implied(desk, earlier),
    )


def _stated(quoted: Quantity) -> Day:
    origin = quoted.origin
    if not isinstance(origin, Assumed):
        raise TypeError(f"a quotation is assumed, not {origin}")
    return Day(origin.stated, origin)


def _implied(desk: Desk, chance: Quantity) -> Quantity:
    return desk.computed(
        -CUT_POINTS * chance.value, Unit.BASIS_POINTS, "M0", "probability.december_cut"
    )
