"""Depth of the market as far as it can be measured, and its chart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reportgen.assess.desk import Desk
from reportgen.assess.eras import existed
from reportgen.assess.lines import dated_line, weekly
from reportgen.assess.market import SPEC
from reportgen.facts import Chart, Day, Line, Mark, Quantity, Unit
from reportgen.facts.depth import Depth, Gauge, Inversion, Moves
from reportgen.facts.skew import Place
from reportgen.models import market_strain as model
from reportgen.models.guard import day_of
from reportgen.models.market_strain import StrainGauge, StrainResult, StrainSettings

if TYPE_CHECKING:
    import pandas as pd

INDEX, VIX, VIX3M, VVIX = "sp500", "vix", "vix3m", "vvix"
UNITS = {
    "term": Unit.RATIO,
    "vvix": Unit.INDEX,
    "realised": Unit.PERCENT,
    "premium": Unit.PERCENTAGE_POINTS,
}
SERIES = {
    "term": (VIX, VIX3M),
    "vvix": (VVIX,),
    "realised": (INDEX,),
    "premium": (VIX, INDEX),
}


@dataclass(frozen=True)
class DepthDesk:
    """The desk with the measures, computed once for section and chart."""

    desk: Desk
    settings: StrainSettings
    result: StrainResult

    def computed(self, value: float, unit: Unit, *inputs: str) -> Quantity:
        """Return a figure by plain arithmetic."""
        return self.desk.computed(value, unit, SPEC, *inputs)


def study(desk: Desk) -> DepthDesk | None:
    """Measure strain with the series that are there; ``None`` when nothing can be measured.

    Raises:
        DataError: the S&P 500 has less than a year of closes.
    """

    def held(name: str) -> pd.Series[float] | None:
        return desk.values(name) if desk.has(name) else None

    settings = StrainSettings()
    found = model.evaluate(held(INDEX), held(VIX), held(VIX3M), held(VVIX), settings)
    return DepthDesk(desk, settings, found) if found.gauges else None


def depth(studied: DepthDesk | None) -> Depth | None:
    """Return the gauges and what they add up to; ``None`` when there are none."""
    if studied is None:
        return None
    found = studied.result
    signs = sum(gauge.strained for gauge in found.gauges)
    return Depth(
        state=found.state,
        signs=studied.computed(signs, Unit.COUNT),
        gauges=tuple(_gauge(studied, gauge) for gauge in found.gauges),
        missing=tuple(code for code in found.missing if _could_be(studied.desk, code)),
        inversion=_inversion(studied),
        moves=_moves(studied),
    )


def _gauge(studied: DepthDesk, gauge: StrainGauge) -> Gauge:
    inputs, unit = SERIES[gauge.code], UNITS[gauge.code]
    plain = gauge.code == "vvix"
    return Gauge(
        code=gauge.code,
        value=studied.desk.observed(VVIX)
        if plain
        else studied.computed(gauge.value, unit, *inputs),
        place=Place(
            studied.computed(gauge.rank.share, Unit.PROBABILITY, *inputs),
            studied.desk.computed_day(gauge.rank.start, SPEC, *inputs),
        ),
        threshold=studied.computed(gauge.threshold, unit, *inputs),
        strained=gauge.strained,
    )


def _inversion(studied: DepthDesk) -> Inversion | None:
    found, inputs = studied.result.inverted, SERIES["term"]
    if found is None:
        return None
    return Inversion(
        share=studied.computed(found.share, Unit.PROBABILITY, *inputs),
        since=studied.desk.computed_day(found.start, SPEC, *inputs),
        last=None if found.last is None else studied.desk.computed_day(found.last, SPEC, *inputs),
    )


def _could_be(desk: Desk, code: str) -> bool:
    """Tell whether all series of a gauge were published at the as-of date."""
    return all(existed(name, desk.as_of) for name in SERIES[code])


def _moves(studied: DepthDesk) -> Moves | None:
    found, desk = studied.result.moves, studied.desk
    if found is None:
        return None

    def day(on: object) -> Day:
        return desk.computed_day(day_of(on), SPEC, INDEX)

    return Moves(
        large=studied.computed(studied.settings.large, Unit.PERCENT, INDEX),
        days=studied.computed(found.days, Unit.COUNT, INDEX),
        usual=studied.computed(found.usual, Unit.COUNT, INDEX),
        clustered=studied.computed(found.clustered, Unit.COUNT, INDEX),
        since=day(found.start),
        worst=studied.computed(found.worst, Unit.PERCENT, INDEX),
        worst_day=day(found.worst_day),
        last_large=None if found.last is None else day(found.last),
    )


def depth_chart(studied: DepthDesk | None) -> tuple[Chart, ...]:
    """Return the volatility curve and VVIX week by week; nothing when neither is there."""
    if studied is None:
        return ()
    desk = studied.desk
    lines: list[Line] = []
    marks: list[Mark] = []
    if desk.has(VIX, VIX3M):
        ratio = model.term_ratio(desk.values(VIX), desk.values(VIX3M))
        by_model = desk.by_model(SPEC, VIX, VIX3M)
        lines.append(dated_line("term", _highest(ratio), Unit.RATIO, by_model))
        marks.append(Mark("inverted", studied.computed(1.0, Unit.RATIO, VIX, VIX3M)))
    if desk.has(VVIX):
        lines.append(dated_line("vvix", _highest(desk.values(VVIX)), Unit.INDEX, desk.origin(VVIX)))
        threshold = next(one for one in studied.result.gauges if one.code == "vvix").threshold
        marks.append(Mark("tail", studied.computed(threshold, Unit.INDEX, VVIX)))
    if not lines:
        return ()
    series = VIX if desk.has(VIX) else VVIX
    return (
        Chart(
            code="term_structure",
            axis="date",
            lines=tuple(lines),
            marks=tuple(marks),
            as_of=desk.origin(series).on,
            sources=(desk.origin(series).publisher, SPEC.id),
        ),
    )


def _highest(values: pd.Series[float]) -> pd.Series[float]:
    """Return each week's highest value on its day, and the last one as it is.

    Inversions last days: the last value of the week would hide most of them.
    """
    weeks = values.index.to_series().dt.to_period("W-FRI").to_numpy()
    highest = values.groupby(weeks).idxmax().iloc[:-1]
    chosen = values.loc[highest.to_numpy()]
    last = weekly(values).iloc[-1:]
    return chosen.combine_first(last)
