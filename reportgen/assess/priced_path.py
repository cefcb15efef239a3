"""The differential of policy rates as prices hold it: the Fed's path less Japan's."""

from __future__ import annotations

from datetime import date, timedelta

from reportgen.assess.boj_rate import RATE as YEN_POLICY
from reportgen.assess.desk import Desk
from reportgen.assess.events import events_between
from reportgen.assess.policy_odds import policy_odds
from reportgen.errors import DataError
from reportgen.facts import Unit
from reportgen.facts.carry import PricedPath
from reportgen.models.carry import SPEC

YEN = "japan_3m_rate"


def priced_path(desk: Desk) -> PricedPath | None:
    """Return the differential after the last meeting that prices tell of.

    ``None`` without odds of the Fed's meetings, without the Bank of Japan's policy rate and its
    three-month rate, or where these are too short.
    """
    odds = policy_odds(desk)
    if odds is None or not desk.has(YEN, YEN_POLICY):
        return None
    from reportgen.models.rate_differential import differential_path, hike_chance

    ahead = events_between(desk, desk.as_of + timedelta(days=1), date.max, "boj_decision")
    meetings = tuple(one.day.day for one in ahead)
    rate, steps = odds.present.value, []
    for one in odds.meetings:
        rate += one.expected.value / 100.0
        steps.append((one.day.day, rate))
    policy = desk.values(YEN_POLICY)
    try:
        found = hike_chance(desk.values(YEN), policy, meetings, desk.as_of)
        path = differential_path(
            tuple(steps), float(policy.iloc[-1]), found.chance, meetings, desk.as_of
        )
    except DataError:
        return None
    end, inputs = path[-1], (YEN, YEN_POLICY, "effr")

    return PricedPath(
        basis=odds.basis,
        day=desk.computed_day(end.day, "events"),
        dollar=desk.computed(end.dollar, Unit.PERCENT, SPEC, *inputs),
        yen=desk.computed(end.yen, Unit.PERCENT, SPEC, *inputs),
        differential=desk.computed(end.expected, Unit.PERCENTAGE_POINTS, SPEC, *inputs),
        deviation=desk.computed(end.deviation, Unit.PERCENTAGE_POINTS, SPEC, *inputs),
        chance=desk.computed(found.chance, Unit.PROBABILITY, SPEC, *inputs),
    )
