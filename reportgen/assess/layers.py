"""The layers: which weaknesses may be open in which month, and what that says about timing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from reportgen.assess.desk import Desk
from reportgen.assess.layer_rows import MONTHS, Rows, layer_rows, measured, missing_inputs
from reportgen.facts import Computed, Quantity, Range, Unit
from reportgen.facts.layers import (
    AbsentLayer,
    Evidence,
    LayerMonth,
    Layers,
    StatedMonths,
    TornadoBar,
)
from reportgen.models.layers import FEWEST, LAYERS, SPEC

if TYPE_CHECKING:
    from reportgen.assess.debt import DebtDesk
    from reportgen.assess.simulation import Simulation
    from reportgen.models.layer_evidence import RiskRatio
    from reportgen.models.layer_sensitivity import LayerInputs, ShareCredibility

WINDOWS = {
    "spring": "window.spring",
    "autumn": "window.autumn",
    "flash_crash": "window.flash_crash",
}
"""Months the house view names as dangerous, by the name they have in the facts."""
NOTHING = 0.0005
"""A tornado bar narrower than this, in probability, would be printed as nothing."""


@dataclass(frozen=True)
class LayerStudy:
    """The layer model's answer, or the inputs without which there is none.

    ``missing`` is ``record`` alone before the end of the history on which the effects were
    measured, ``flash`` alone when there is no probability to divide, else what the layers
    lack, fewer than two being left.
    """

    layers: Layers | None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class LayerDesk:
    """The desk with ways to figures of the layer model."""

    desk: Desk

    def chance(self, value: float) -> Quantity:
        """Return a probability."""
        return self.desk.computed(value, Unit.PROBABILITY, SPEC)

    def count(self, value: int) -> Quantity:
        """Return a whole number."""
        return self.desk.computed(value, Unit.COUNT, SPEC)

    def between(self, low: float, high: float) -> Range:
        """Return a range of probabilities, the lower one first."""
        first, second = sorted((low, high))
        return Range(self.chance(first), self.chance(second))


def layers(
    desk: Desk,
    simulation: Simulation,
    debt: DebtDesk | None,
    total: Quantity,
    spread: Range,
) -> LayerStudy:
    """Divide the twelve-month probability of F1 among its months, by the layers there are.

    Args:
        desk: the desk.
        simulation: the paths, for their trading days.
        debt: the debt-limit model's answer.
        total: probability of F1 over twelve months.
        spread: its range across history windows.
    """
    if not measured(desk):
        return LayerStudy(None, ("record",))
    if not 0.0 < total.value < 1.0:
        return LayerStudy(None, ("flash",))
    missing = missing_inputs(desk, simulation, debt)
    there = tuple(layer for layer in LAYERS if layer not in missing)
    if len(there) < FEWEST:
        return LayerStudy(None, tuple(name for names in missing.values() for name in names))
    rows = layer_rows(desk, simulation, debt, there)
    absent = tuple(AbsentLayer(layer, names) for layer, names in missing.items())  # type: ignore[arg-type]
    return LayerStudy(_study(LayerDesk(desk), rows, absent, total, spread))


def _study(
    by: LayerDesk, rows: Rows, absent: tuple[AbsentLayer, ...], total: Quantity, spread: Range
) -> Layers:
    from reportgen.models.layer_evidence import MONTHS as STUDIED
    from reportgen.models.layer_evidence import ONSETS, RISK_RATIOS, layer_effects
    from reportgen.models.layer_sensitivity import LayerInputs, share_credibility
    from reportgen.models.layers import allocate
    from reportgen.models.spec import generator

    inputs = LayerInputs(
        breach=rows.stacked("middle"),
        breach_low=rows.stacked("low"),
        breach_high=rows.stacked("high"),
        target=total.value,
        target_low=spread.low.value,
        target_high=spread.high.value,
        effects=layer_effects(layers=rows.layers),
    )
    result = allocate(inputs.breach, inputs.target, inputs.parameters)
    drawn = share_credibility(inputs, generator(by.desk.as_of, SPEC))
    months = _months(by, rows, result.shares.tolist(), drawn)
    low, high = (int(pick(result.shares)) for pick in (np.argmin, np.argmax))
    state: Literal["even", "peaked"] = "peaked" if any(drawn.flagged) else "even"
    return Layers(
        state=state,
        months=months,
        even_share=by.chance(1.0 / MONTHS),
        lowest=months[low].share,
        lowest_month=months[low].month,
        highest=months[high].share,
        highest_month=months[high].month,
        layers=rows.layers,  # type: ignore[arg-type]
        absent=absent,
        all_open=by.chance(result.all_open),
        three_or_more=None if result.three_open is None else by.chance(result.three_open),
        total=total,
        draws=by.count(drawn.draws),
        evidence=tuple(_evidence(by, ratio) for ratio in RISK_RATIOS),
        onsets=by.count(ONSETS),
        studied=by.count(STUDIED),
        cuts=None if rows.record is None else by.count(rows.record.cuts),
        quarters=None if rows.record is None else by.count(rows.record.n),
        tornado=_tornado(by, inputs),
        stated=_stated(by, months),
    )


def _months(
    by: LayerDesk, rows: Rows, shares: list[float], drawn: ShareCredibility
) -> tuple[LayerMonth, ...]:
    return tuple(
        LayerMonth(
            code=f"m{number + 1:02}",
            month=by.desk.computed_day(month, SPEC),
            share=by.chance(shares[number]),
            spread=by.between(drawn.low[number], drawn.high[number]),
            elevated=by.chance(drawn.elevated[number]),
            credible=drawn.flagged[number],
            **{layer: by.chance(float(row.middle[number])) for layer, row in rows.rows.items()},
        )
        for number, month in enumerate(rows.months)
    )


def _evidence(by: LayerDesk, ratio: RiskRatio) -> Evidence:
    reading: Literal["above", "open", "below"] = "open"
    if ratio.low > 1.0:
        reading = "above"
    elif ratio.high < 1.0:
        reading = "below"
    origin = Computed(SPEC.id, ("nasdaq_composite", "usdjpy", "vix"))

    def times(value: float) -> Quantity:
        return Quantity(value, Unit.RATIO, origin)

    return Evidence(
        code=ratio.condition,
        ratio=times(ratio.ratio),
        interval=Range(times(ratio.low), times(ratio.high)),
        reading=reading,
        layer=ratio.layer or "",  # type: ignore[arg-type]
    )


def _tornado(by: LayerDesk, inputs: LayerInputs) -> tuple[TornadoBar, ...]:
    from reportgen.models.layer_sensitivity import tornado

    return tuple(
        TornadoBar(
            code=bar.input.replace(":", "_"),
            ends=by.between(bar.low, bar.high),
            width=by.desk.computed(100.0 * bar.width, Unit.PERCENTAGE_POINTS, SPEC),
        )
        for bar in tornado(inputs)
        if bar.width >= NOTHING
    )


def _stated(by: LayerDesk, months: tuple[LayerMonth, ...]) -> tuple[StatedMonths, ...]:
    """Return the months of the house view that lie wholly within the twelve."""
    found = []
    for code, entry in WINDOWS.items():
        if not by.desk.holds(entry):
            continue
        start, end = by.desk.assumed_days(entry)
        inside = [one for one in months if start.day.replace(day=1) <= one.month.day <= end.day]
        whole = 12 * (end.day.year - start.day.year) + end.day.month - start.day.month + 1
        if len(inside) != whole:
            continue
        share = by.chance(sum(one.share.value for one in inside))
        even = by.chance(len(inside) / MONTHS)
        found.append(StatedMonths(code, start, end, share, even))
    return tuple(found)
