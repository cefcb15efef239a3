"""The rows of the risk matrix: for each risk a documented trigger, its chance and its impact.

The impact is the median move of the Nasdaq Composite over the four weeks in which the trigger
came. A risk whose trigger holds on the as-of date is in force and has no chance.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from reportgen.assess.capex import combined
from reportgen.assess.desk import Desk, percent
from reportgen.assess.eras import AI_SPENDING, SAME_DAY_OPTIONS
from reportgen.assess.eras import TARIFFS as FIRST_TARIFFS
from reportgen.assess.matrix_carry import yen_carry
from reportgen.assess.matrix_findings import (
    BASE_RATES,
    INDEX,
    INDEX_WEEKLY,
    Finding,
    Row,
    Sources,
    chance_of,
    dates_of,
    impact_of,
    make_chance,
    seasons_ahead,
    weeks_ahead,
)
from reportgen.facts import Quantity, Range, Unit
from reportgen.facts.matrix import Chance, Impact, RiskCode
from reportgen.models.conditional_moves import moves_when, worst_around
from reportgen.models.layer_inputs import STRESS_VIX

if TYPE_CHECKING:
    from reportgen.facts.capex import Capex
    from reportgen.models.trigger_frequency import HitFrequency

VIX_WEEKLY = "vix_weekly"
CAPEX = "M7"

CRUNCHES = (date(2011, 8, 2), date(2013, 10, 17), date(2023, 6, 5))
"""Days that the Treasury had named, in 2011, 2013 and 2023, as those on which its money would run
out; each was met by a law within days."""

TARIFFS = (
    date(2018, 3, 22),
    date(2019, 5, 5),
    date(2019, 8, 1),
    date(2025, 2, 1),
    date(2025, 4, 2),
    date(2025, 10, 10),
)
"""Announcements of tariffs on all or most goods of the largest trading partners: on China
(memorandum of 22 March 2018; 5 May and 1 August 2019; 10 October 2025), on Canada, Mexico and
China (orders of 1 February 2025), on nearly all countries (order of 2 April 2025)."""


# -- spending on AI -------------------------------------------------------------------------


def ai_air_pocket(desk: Desk, sources: Sources) -> Finding | None:
    """Return the risk that the companies' combined spending is cut in a reporting season."""
    capex = combined(sources.capex)
    if capex is None or capex.chain is None:
        return None
    mild, hard = capex.chain.mild, capex.chain.hard
    seasons = seasons_ahead(desk, desk.window_end)
    count = desk.computed(1, Unit.COUNT, CAPEX)
    return Finding(
        code="ai_air_pocket",
        trigger=Quantity(-capex.cut_size.value, Unit.PERCENT, capex.cut_size.origin),
        chance=None if capex.state == "cut" else cut_chance(desk, capex, seasons),
        impact=Impact(
            move=mild.index,
            grade="negligible",
            median=mild.index,
            worse=hard.index,
            worse_kind="assumption",
            worse_day=None,
            usual=None,
            after=None,
            cases=count,
            episodes=count,
            since=None,
        ),
        confidence="judgement",
        dates=dates_of(desk, "ai_air_pocket"),
    )


def cut_chance(desk: Desk, capex: Capex, seasons: int) -> Chance:
    """Return P(a cut of the sum on the quarter in at least one of the seasons)."""
    from reportgen.models.trigger_frequency import season_frequency

    cuts, quarters, first = spending_cuts(desk, capex)
    found = season_frequency(cuts, quarters, seasons)
    names = tuple(f"{one.code}_capex" for one in capex.companies)
    return make_chance(
        chance_of(desk, found.point, CAPEX, *names),
        interval=Range(
            chance_of(desk, found.low, CAPEX, *names),
            chance_of(desk, found.high, CAPEX, *names),
        ),
        cases=desk.computed(quarters, Unit.COUNT, CAPEX, *names),
        hits=desk.computed(cuts, Unit.COUNT, CAPEX, *names),
        since=desk.computed_day(first, CAPEX, *names),
    )


def spending_cuts(desk: Desk, capex: Capex) -> tuple[int, int, date]:
    """Return cuts of the combined spending, quarters compared, and the first of these."""
    import pandas as pd

    columns = {one.code: desk.values(f"{one.code}_capex") for one in capex.companies}
    change = pd.DataFrame(columns).dropna().sum(axis=1).pct_change().dropna()
    cuts = int((percent(1.0) * change < -capex.cut_size.value).sum())
    return cuts, len(change), pd.Timestamp(change.index[0]).date()


# -- volatility -----------------------------------------------------------------------------


def zero_dte_gamma(desk: Desk, sources: Sources) -> Finding | None:
    """Return the risk of a volatile market in which hedging of same-day options amplifies."""
    return _volatile(desk, "zero_dte_gamma") if desk.as_of >= SAME_DAY_OPTIONS else None


def volatility(desk: Desk, sources: Sources) -> Finding | None:
    """Return the same risk for the time before same-day options."""
    return _volatile(desk, "volatility") if desk.as_of < SAME_DAY_OPTIONS else None


def _volatile(desk: Desk, code: RiskCode) -> Finding | None:
    from reportgen.models.trigger_frequency import hit_frequency

    if not desk.has(VIX_WEEKLY, INDEX_WEEKLY):
        return None
    vix, bound = desk.values(VIX_WEEKLY), vix_threshold(desk)
    found = moves_when(desk.values(INDEX_WEEKLY), vix >= bound.value, first_only=True)
    past = hit_frequency(vix, bound.value, "above", weeks_ahead(desk))
    is_open = float(vix.iloc[-1]) < bound.value
    if found is None or (is_open and past is None):
        return None
    return Finding(
        code=code,
        trigger=bound,
        chance=frequency_chance(desk, past, VIX_WEEKLY) if past and is_open else None,
        impact=impact_of(desk, found, VIX_WEEKLY),
        confidence="data_backed",
        dates=dates_of(desk, code),
    )


def vix_threshold(desk: Desk) -> Quantity:
    """Return the house's threshold for the VIX, or that of the layer model."""
    stated = desk.maybe("trigger.vix")
    return stated or desk.computed(STRESS_VIX, Unit.INDEX, "M2", VIX_WEEKLY)


def frequency_chance(desk: Desk, found: HitFrequency, series: str) -> Chance:
    """Return a frequency of past windows as a chance."""
    return make_chance(
        chance_of(desk, found.share, BASE_RATES, series),
        interval=Range(
            chance_of(desk, found.low, BASE_RATES, series),
            chance_of(desk, found.high, BASE_RATES, series),
        ),
        base_rate=chance_of(desk, found.overall, BASE_RATES, series),
        cases=desk.computed(found.windows, Unit.COUNT, BASE_RATES, series),
        since=desk.computed_day(found.start, BASE_RATES, series),
    )


# -- debt limit and tariffs -----------------------------------------------------------------


def debt_limit(desk: Desk, sources: Sources) -> Finding | None:
    """Return the risk that the Treasury's money runs out within the window."""
    if sources.fiscal is None:
        return None
    found = worst_around(desk.values(INDEX), _past(desk, CRUNCHES))
    if found is None:
        return None
    return Finding(
        code="debt_limit",
        trigger=None,
        chance=make_chance(sources.fiscal.x_date.in_window),
        impact=impact_of(desk, found, INDEX, worst_case=True),
        confidence="judgement",
        dates=dates_of(desk, "debt_limit"),
    )


def tariffs(desk: Desk, sources: Sources) -> Finding | None:
    """Return the tariffs in force; ``None`` when nobody states that they are."""
    if not (_stated_in_force(desk) or desk.holds("fiscal.china_tariff")):
        return None
    found = worst_around(desk.values(INDEX), _past(desk, TARIFFS))
    if found is None:
        return None
    return Finding(
        code="tariffs",
        trigger=None,
        chance=None,
        impact=impact_of(desk, found, INDEX, worst_case=True),
        confidence="judgement",
        dates=dates_of(desk, "tariffs"),
    )


def _past(desk: Desk, days: tuple[date, ...]) -> tuple[date, ...]:
    return tuple(day for day in days if day <= desk.as_of)


def _stated_in_force(desk: Desk) -> bool:
    entry = "matrix.tariffs"
    if desk.house is None or not desk.holds(entry):
        return False
    return desk.house.get(entry).probability == "in_force"


ROWS: Mapping[RiskCode, Row] = {
    "yen_carry": yen_carry,
    "ai_air_pocket": ai_air_pocket,
    "zero_dte_gamma": zero_dte_gamma,
    "volatility": volatility,
    "debt_limit": debt_limit,
    "tariffs": tariffs,
}
"""The rows in the order of the matrix."""


def known(desk: Desk, code: RiskCode) -> bool:
    """Tell whether a risk was one at the as-of date, so that its absence can be named."""
    if code == "volatility":
        return desk.as_of < SAME_DAY_OPTIONS
    return desk.as_of >= SINCE.get(code, date.min)


SINCE: Mapping[RiskCode, date] = {
    "ai_air_pocket": AI_SPENDING,
    "zero_dte_gamma": SAME_DAY_OPTIONS,
    "tariffs": FIRST_TARIFFS,
}
"""Days before which a risk had no name."""
