"""What the spending has to earn, and what its end would cost the index."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from reportgen.assess.assumptions import assumed_by_method, assumed_range_by_method
from reportgen.assess.desk import Desk
from reportgen.facts import Quantity, Range, Unit
from reportgen.facts.capex import Assumptions, Chain, PassThrough, RequiredRevenue
from reportgen.models import capex_economics as economics
from reportgen.models.capex import SPEC, CapexResult
from reportgen.models.capex_economics import CapexSettings
from reportgen.models.known import known

BEAR, CORRECTION = -20.0, -10.0


def settings_of(desk: Desk) -> CapexSettings:
    """Return the model's settings; what the house view does not state keeps its own value."""
    usual = CapexSettings()
    changes: dict[str, Any] = {}
    life, shocks = desk.maybe_range("ai.asset_life"), desk.maybe_range("ai.semiconductors")
    cost, margin = desk.maybe("ai.cost_of_capital"), desk.maybe("ai.gross_margin")
    if life is not None:
        ends = life.low.value, life.high.value
        changes |= {"life": sum(ends) / 2.0, "life_range": ends}
    if cost is not None:
        share = cost.value / 100.0
        changes |= {"cost": share, "cost_range": _moved(usual.cost_range, usual.cost, share)}
    if margin is not None:
        share = margin.value / 100.0
        changes |= {
            "margin": share,
            "margin_range": _moved(usual.margin_range, usual.margin, share),
        }
    if shocks is not None:
        changes["shocks"] = (shocks.high.value, shocks.low.value)
    return replace(usual, **changes)


def _moved(bounds: tuple[float, float], old: float, new: float) -> tuple[float, float]:
    """Return the bounds with their middle moved, inside 1 % and 100 %."""
    low, high = (min(1.0, max(0.01, bound + new - old)) for bound in bounds)
    return low, high


def assumptions(desk: Desk, settings: CapexSettings) -> Assumptions:
    """Return what the required revenue rests on, as the report prints it."""

    def percent_range(bounds: tuple[float, float]) -> Range:
        return assumed_range_by_method(desk, (100.0 * bounds[0], 100.0 * bounds[1]), Unit.PERCENT)

    def stated(entry: str, value: float) -> Quantity:
        return desk.maybe(entry) or assumed_by_method(desk, 100.0 * value, Unit.PERCENT)

    return Assumptions(
        life=assumed_by_method(desk, settings.life, Unit.YEARS),
        life_range=desk.maybe_range("ai.asset_life")
        or assumed_range_by_method(desk, settings.life_range, Unit.YEARS),
        cost=stated("ai.cost_of_capital", settings.cost),
        cost_range=percent_range(settings.cost_range),
        margin=stated("ai.gross_margin", settings.margin),
        margin_range=percent_range(settings.margin_range),
    )


def required(
    desk: Desk, found: CapexResult, settings: CapexSettings
) -> tuple[RequiredRevenue, ...]:
    """Return the revenue required on the spending filed, annualised, and stated by the house."""
    house = desk.maybe("ai.capex")
    rows = [
        _required(desk, "four_quarters", found.required),
        _required(desk, "annualised", found.required_annualised),
    ]
    if house is not None:
        needed = economics.required_range(house.value / 1e9, settings)
        rows.append(_required(desk, "house", needed, house))
    return tuple(rows)


def _required(
    desk: Desk,
    code: Literal["four_quarters", "annualised", "house"],
    needed: economics.Required,
    stated: Quantity | None = None,
) -> RequiredRevenue:
    def dollars(billions: float) -> Quantity:
        return desk.computed(1e9 * billions, Unit.USD, SPEC)

    return RequiredRevenue(
        code=code,
        capex=stated or dollars(needed.capex),
        revenue=dollars(needed.central),
        bounds=Range(dollars(needed.low), dollars(needed.high)),
    )


def chain(desk: Desk, found: CapexResult, settings: CapexSettings) -> Chain | None:
    """Return what falls of semiconductor shares would be for the index by themselves.

    ``None`` before it was measured how much of them the index follows.
    """
    if not known("pass_through", desk.as_of):
        return None
    mild, hard = found.pass_through[0], found.pass_through[-1]
    shocks = (_passed(desk, "mild", mild), _passed(desk, "hard", hard))
    return Chain(
        size=_size(hard.central),
        passed_on=assumed_by_method(desk, settings.beta, Unit.RATIO),
        shocks=shocks,
        bear_shock=desk.computed(BEAR / settings.beta, Unit.PERCENT, SPEC),
        stated=desk.maybe_range("ai.semiconductors"),
    )


def _passed(desk: Desk, code: Literal["mild", "hard"], row: economics.PassThrough) -> PassThrough:
    def percents(value: float) -> Quantity:
        return desk.computed(value, Unit.PERCENT, SPEC)

    stated = assumed_by_method(desk, row.shock, Unit.PERCENT)
    return PassThrough(
        code=code,
        shock=stated,
        index=percents(row.central),
        bounds=Range(percents(row.high), percents(row.low)),
    )


def _size(move: float) -> Literal["pullback", "correction", "bear"]:
    if move <= BEAR:
        return "bear"
    return "correction" if move <= CORRECTION else "pullback"
