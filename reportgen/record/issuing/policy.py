"""Statements of policy: the debt limit, and decisions on rates where somebody names a chance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from reportgen.facts import Assumed
from reportgen.record.events import DateIn, Decision, RateMove, Touch
from reportgen.record.issuing.desk import Chance, IssueDesk

if TYPE_CHECKING:
    from reportgen.facts.fiscal import Fiscal
    from reportgen.record.statement import Statement

DEBT = "federal_debt"
X_DATE = "x_date"
MILLION = 1e6
AT_LIMIT = 1_000.0
"""Millions: the Treasury stops a few dozen of them below the limit, and totals are rounded."""
FED_RATE = "effr"
MEETINGS = 2
RATE_PATH = "M10"
BASIS = {"futures": "risk_neutral", "bills": "proxy"}
"""What is said of odds, by the prices they are read from."""


def debt_limit(desk: IssueDesk) -> Iterator[Statement]:
    """Yield whether debt reaches the limit, and whether the money runs out, within the window."""
    fiscal = desk.assessment.fiscal
    if fiscal is None:
        return
    if not fiscal.at_limit:
        reached = Chance(fiscal.limit_date.in_window.value)
        event = Touch(DEBT, bound(fiscal), "above")
        yield from desk.pair("M9", event, desk.window_end, reached)
    gone = Chance(fiscal.x_date.in_window.value)
    yield from desk.pair("M9", DateIn(X_DATE, DEBT, bound(fiscal)), desk.window_end, gone)


def bound(fiscal: Fiscal) -> float:
    """Return the total debt, in millions, at which the part under the limit reaches it."""
    exempt = fiscal.debt.value - fiscal.subject.value
    return round((fiscal.limit.value + exempt) / MILLION - AT_LIMIT, 0)


def meetings(desk: IssueDesk) -> Iterator[Statement]:
    """Yield what prices hold of the Federal Reserve's next two meetings: cut, hold, raise."""
    odds = desk.assessment.policy.odds
    for one in odds.meetings[:MEETINGS] if odds else ():
        chances: dict[RateMove, float] = {
            "cut": one.cut.value,
            "hold": one.hold.value,
            "raise": one.hike.value,
        }
        for move, chance in chances.items():
            yield desk.made(
                "market",
                RATE_PATH,
                Decision(FED_RATE, one.day.day, move),
                one.day.day,
                p=min(max(chance, 0.0), 1.0),
                diagnostics=(BASIS[odds.basis],),  # type: ignore[union-attr]
            )


def quoted(desk: IssueDesk) -> Iterator[Statement]:
    """Yield the quoted chance of a cut at the Federal Reserve's next decision."""
    policy = desk.assessment.policy
    if policy.cut is None or policy.next_decision is None:
        return
    origin = policy.cut.quoted.origin
    if isinstance(origin, Assumed):
        yield desk.made(
            "quoted",
            origin.by,
            Decision(FED_RATE, policy.next_decision.day.day, "cut"),
            policy.next_decision.day.day,
            edition=f"{origin.stated:%Y-%m}",
            p=policy.cut.quoted.value,
        )
