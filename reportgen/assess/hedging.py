"""Hedging of same-day options, and its chart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from reportgen.assess.assumptions import assumed_by_method, note_of
from reportgen.assess.desk import Desk
from reportgen.assess.eras import SAME_DAY_OPTIONS
from reportgen.facts import Assumed, Chart, Day, Line, Mark, Quantity, Range, Unit
from reportgen.facts.hedging import (
    Book,
    DepthCase,
    Ending,
    Evidence,
    Flow,
    Halt,
    Hedging,
    Quote,
)
from reportgen.models import gamma as model
from reportgen.models.gamma import SPEC, GammaResult, GammaSettings, Scenario
from reportgen.models.known import known
from reportgen.models.market_impact import DepthSettings, Impact, calm_volume

INDEX, VIX = "sp500", "vix"
SHOCK = -3.0
"""The fall, per cent, that is followed to its end in the table."""
LEFT = "left_institution_2024"
"""Note of the house view on an author who has left the house he wrote for."""


STUDIES: Mapping[Evidence, date] = {
    "cboe_2023": date(2023, 9, 8),
    "dim_eraker_vilkov": date(2023, 11, 30),
}
"""Evidence against amplification, and when it appeared."""


@dataclass(frozen=True)
class HedgingDesk:
    """The desk with the model's answer, computed once for section and chart."""

    desk: Desk
    settings: GammaSettings
    result: GammaResult

    def computed(self, value: float, unit: Unit) -> Quantity:
        """Return a figure of the model."""
        return self.desk.computed(value, unit, SPEC, INDEX, VIX)

    def dollars(self, billions: float) -> Quantity:
        """Return an amount the model gives in billions of dollars."""
        return self.computed(1e9 * billions, Unit.USD)

    def assumed(self, value: float, unit: Unit) -> Quantity:
        """Return an assumption of the method."""
        return assumed_by_method(self.desk, value, unit)


def study(desk: Desk) -> HedgingDesk | None:
    """Run the model on the as-of closes, with the quoted flow where one is stated.

    ``None`` where ``absence`` says why.
    """
    if absence(desk):
        return None
    quoted = desk.maybe("options.hedging_flow")
    close, vix = float(desk.values(INDEX).iloc[-1]), float(desk.values(VIX).iloc[-1])
    usual = GammaSettings(depth=DepthSettings(volume=calm_volume(close)))
    settings = usual if quoted is None else replace(usual, flow=quoted.value / 1e9)
    return HedgingDesk(desk, settings, model.evaluate(close, vix, settings))


def absence(desk: Desk) -> Literal["", "not_yet", "no_estimate", "no_series"]:
    """Return why hedging is not studied; empty when it is.

    ``not_yet`` before options expired on every trading day, ``no_estimate`` before anybody had
    said how much their hedging could sell.
    """
    if desk.as_of < SAME_DAY_OPTIONS:
        return "not_yet"
    if not known("hedging_flow", desk.as_of):
        return "no_estimate"
    return "" if desk.has(INDEX, VIX) else "no_series"


def hedging(studied: HedgingDesk | None) -> Hedging | None:
    """Return flows, endings and the assumptions they stand on; ``None`` when not studied."""
    if studied is None:
        return None
    desk, found, given = studied.desk, studied.result, studied.settings
    quoted = _quote(desk, "options.hedging_flow")
    flash = given.depth.flash
    return Hedging(
        regime=found.regime,
        stability=found.stability,
        vix=desk.observed(VIX),
        close=desk.observed(INDEX),
        evidence=_evidence(desk.as_of),
        strained_from=studied.assumed(given.strained_from, Unit.INDEX),
        stressed_from=studied.assumed(given.stressed_from, Unit.INDEX),
        share_before=_quote(desk, "options.zero_dte_share_2023"),
        share=_quote(desk, "options.zero_dte_share"),
        quoted=quoted,
        quoted_fall=desk.maybe_range("options.hedging_move"),
        left=quoted is not None and _has_left(desk),
        flow=studied.assumed(1e9 * given.flow, Unit.USD) if quoted is None else quoted.figure,
        needed=Range(studied.dollars(found.needed_low), studied.dollars(found.needed_high)),
        shock=studied.assumed(SHOCK, Unit.PERCENT),
        flash_flow=studied.assumed(1e9 * flash.flow, Unit.USD),
        flash_fall=studied.assumed(-flash.fall, Unit.PERCENT),
        flash_predicted=studied.computed(-found.flash_predicted, Unit.PERCENT),
        flash_multiple=studied.computed(found.flash_multiplier, Unit.RATIO),
        volume=studied.assumed(1e9 * given.depth.volume, Unit.USD),
        stress_factor=studied.assumed(given.depth.stress_volatility, Unit.RATIO),
        depths=tuple(_depth(studied, row) for row in found.impacts),
        most_gamma=studied.dollars(max(row.gamma for row in found.scenarios)),
        books=tuple(_book(studied, row) for row in found.scenarios),
        halts=tuple(
            Halt(
                code=f"level{row.level}",
                level=row.level,
                fall=studied.computed(-row.fall, Unit.PERCENT),
                price=studied.computed(row.price, Unit.POINTS),
            )
            for row in found.breakers
        ),
    )


def _evidence(day: date) -> tuple[Evidence, ...]:
    """Return the studies against amplification that had appeared by a day."""
    return tuple(code for code, appeared in STUDIES.items() if appeared <= day)


def _quote(desk: Desk, entry: str) -> Quote | None:
    figure = desk.maybe(entry)
    if figure is None or not isinstance(figure.origin, Assumed):
        return None
    return Quote(figure, figure.origin.by, Day(figure.origin.stated, figure.origin))


def _has_left(desk: Desk) -> bool:
    """Tell whether the author of the quoted flow had left his house by the as-of date."""
    noted = note_of(desk, "options.hedging_flow") == LEFT
    return noted and known("hedging_author_left", desk.as_of)


def _depth(studied: HedgingDesk, row: Impact) -> DepthCase:
    ends = [
        part.move
        for book in studied.result.scenarios
        for part in book.responses
        if part.depth == row.code and part.shock == SHOCK
    ]
    low, high = (studied.computed(end, Unit.PERCENT) for end in (min(ends), max(ends)))
    return DepthCase(
        code=row.code,
        move=studied.computed(row.move, Unit.PERCENT),
        critical=studied.dollars(row.critical_gamma),
        endings=Range(low, high),
    )


def _book(studied: HedgingDesk, row: Scenario) -> Book:
    beyond = {part.depth: part.amplification is None for part in row.feedback}
    return Book(
        code=row.inventory.code,
        notional=studied.assumed(1e9 * row.inventory.notional, Unit.USD),
        effect=_effect(row.gamma),
        gamma=studied.dollars(row.gamma),
        flows=tuple(
            Flow(f"fall{abs(move):.0f}", studied.assumed(move, Unit.PERCENT), studied.dollars(flow))
            for move, flow in zip(studied.result.moves, row.flows, strict=True)
        ),
        endings=tuple(
            Ending(
                code=part.depth,
                move=studied.computed(part.move, Unit.PERCENT),
                breaker=part.breaker,
                beyond=beyond[part.depth],
            )
            for part in row.responses
            if part.shock == SHOCK
        ),
    )


def _effect(gamma: float) -> Literal["amplifies", "none", "dampens"]:
    if gamma == 0.0:
        return "none"
    return "amplifies" if gamma > 0.0 else "dampens"


def hedging_charts(studied: HedgingDesk | None) -> tuple[Chart, ...]:
    """Return the flow by move of the index, one line for each assumed inventory."""
    if studied is None:
        return ()
    desk, found = studied.desk, studied.result
    by_model = desk.by_model(SPEC, INDEX, VIX)
    lines = tuple(
        Line(
            row.inventory.code,
            Unit.USD,
            by_model,
            found.grid,
            tuple(round(1e9 * flow, 0) for flow in row.profile),
        )
        for row in found.scenarios
    )
    quoted = desk.maybe("options.hedging_flow")
    sold = () if quoted is None else (Mark("quoted", replace_value(quoted, -quoted.value)),)
    return (
        Chart(
            code="hedging",
            axis="number",
            lines=lines,
            marks=sold,
            as_of=desk.origin(VIX).on,
            sources=(desk.origin(VIX).publisher, SPEC.id),
        ),
    )


def replace_value(figure: Quantity, value: float) -> Quantity:
    """Return the figure with another value, its origin kept."""
    return Quantity(value, figure.unit, figure.origin)
