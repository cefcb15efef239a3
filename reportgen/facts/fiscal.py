"""The debt limit: room left, and two dates as distributions; tariffs and rebates beside them."""

from __future__ import annotations

from typing import Literal

import msgspec

from reportgen.facts.events import DatedEvent
from reportgen.facts.policy import PolicyOdds
from reportgen.facts.quantity import Day, Quantity


class DateForecast(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A day as a distribution.

    Args:
        code: ``limit_date`` (debt reaches the limit) or ``x_date`` (the money is gone).
        place: whether the middle day lies ``inside`` the forecast window or ``outside``.
        early: first day by which a tenth of the probability has come; ``None`` beyond the
            simulated years; ``middle`` and ``late`` likewise for half and nine tenths.
        in_window: probability that the day comes within the forecast window.
    """

    code: Literal["limit_date", "x_date"]
    place: Literal["inside", "outside"]
    early: Day | None
    middle: Day | None
    late: Day | None
    in_window: Quantity


class HouseWindow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The days the house names for the X-date, and what the model makes of them.

    ``verdict``: ``contradicted`` when the model gives those days less than one in twenty,
    ``supported`` from one in four on, ``uncertain`` between.
    """

    verdict: Literal["contradicted", "uncertain", "supported"]
    start: Day
    end: Day
    probability: Quantity
    months_early: Quantity | None


class Borrowing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What has been borrowed since the limit was last raised.

    ``refill`` is the part that only rebuilt the Treasury's cash; ``None`` without that account.
    """

    since: Day
    increase: Quantity
    refill: Quantity | None
    refill_share: Quantity | None


class Rebate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a tariff rebate would do to the dates.

    ``law`` is the enacted rebate, if the list of events holds one; ``days_sooner`` is how many
    days earlier the limit comes for each ``step`` of borrowed money.
    """

    law: DatedEvent | None
    step: Quantity
    days_sooner: Quantity


class CutQuotation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The market's chance of a rate cut as quoted, and the change in rates it stood for."""

    quoted: Quantity
    stated: Day
    implied: Quantity
    earlier: Quantity | None
    earlier_implied: Quantity | None


class Fiscal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The fiscal side.

    Args:
        debt: total public debt; ``subject`` the part under the limit.
        need: borrowing need of a year; ``need_month`` a twelfth of it.
        measures: extraordinary measures that can be used at once; ``measures_june`` those that
            arise on 30 June only.
        need_for_window: need of a year at which cash, room and the measures at hand would be gone
            by the window's end; ``need_multiple`` is that over ``need``.
        congress: whether the middle limit date falls to the present Congress or to the one that
            the next election chooses; ``unknown`` without either date.
    """

    debt: Quantity
    debt_day: Day
    subject: Quantity
    limit: Quantity
    limit_law: Day
    room: Quantity
    used: Quantity
    cash: Quantity
    cash_day: Day
    need: Quantity
    need_from: Day
    need_to: Day
    measures: Quantity
    measures_june: Quantity
    at_limit: bool
    limit_date: DateForecast
    x_date: DateForecast
    house_window: HouseWindow | None
    borrowing: Borrowing | None
    need_for_window: Quantity
    need_multiple: Quantity
    rebate: Rebate
    election: DatedEvent | None
    congress: Literal["present", "next", "unknown"]
    budget_act: DatedEvent | None
    simulated_to: Day
    paths: Quantity


class PolicyOutlook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Tariffs and the Federal Reserve's path as others state them; a part not stated is ``None``.

    Args:
        china_tariff: effective rate on imports from China.
        fed_path: lower end of the policy rate's path over the forecast window.
        fed_rate: the last change of the policy rate, with its upper end.
        to_path: from the effective federal funds rate to that end; ``steps`` counts it in cuts.
        meetings: decisions scheduled after the as-of date and within the window.
        cut: the quoted chance of a cut at the next decision.
        odds: what prices hold of the coming meetings; ``None`` without futures and bills.
    """

    china_tariff: Quantity | None
    fed_path: Quantity | None
    to_path: Quantity | None
    fed_rate: DatedEvent | None
    steps: Quantity | None
    meetings: Quantity
    cut: CutQuotation | None
    next_decision: DatedEvent | None
    odds: PolicyOdds | None = None
