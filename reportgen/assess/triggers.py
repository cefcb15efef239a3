"""The watched figures: where each stands against its threshold, and how often that is reached."""

from __future__ import annotations

from collections.abc import Mapping

from reportgen.assess import watched
from reportgen.assess.capex import combined
from reportgen.assess.desk import Desk
from reportgen.assess.eras import existed
from reportgen.assess.events import events_between
from reportgen.assess.matrix_findings import BASE_RATES, REPORTS, chance_of
from reportgen.assess.matrix_rows import VIX_WEEKLY, cut_chance
from reportgen.assess.trigger_desk import TriggerDesk, frequencies, make_trigger
from reportgen.assess.watched import INDEX, SPREAD
from reportgen.facts import Day, Range
from reportgen.facts.outlook import HitChance, Trigger, TriggerCode
from reportgen.models.capex import COMPANIES
from reportgen.models.guard import day_of

NEEDED: Mapping[TriggerCode, tuple[str, ...]] = {
    "skew": ("skew",),
    "vix": (VIX_WEEKLY,),
    "capex": tuple(f"{company}_capex" for company in COMPANIES),
    "sofr_iorb": ("sofr", "iorb"),
    "high_yield": (SPREAD,),
}
"""Series without which a trigger is not watched."""


def triggers(study: TriggerDesk) -> tuple[Trigger, ...]:
    """Return the triggers whose series are there, in the order of the table."""
    rows = (_usdjpy, _skew, _vix, _capex, _sofr, _high_yield, _average)
    found = (row(study) for row in rows)
    return tuple(one for one in found if one is not None)


def missing(study: TriggerDesk) -> tuple[TriggerCode, ...]:
    """Return the codes of triggers that lack a series which was published by then."""
    desk = study.desk
    held: dict[TriggerCode, bool] = {
        "usdjpy": study.carry is not None,
        "skew": desk.has("skew"),
        "vix": desk.has(VIX_WEEKLY),
        "capex": combined(study.capex) is not None,
        "sofr_iorb": desk.has("sofr", "iorb"),
        "high_yield": desk.has(SPREAD),
    }
    return tuple(code for code, there in held.items() if not there and _could_be(desk, code))


def _could_be(desk: Desk, code: TriggerCode) -> bool:
    """Tell whether every series of a trigger was published at the as-of date."""
    return all(existed(series, desk.as_of) for series in NEEDED.get(code, ()))


# -- by model -------------------------------------------------------------------------------


def _usdjpy(study: TriggerDesk) -> Trigger | None:
    """Return the house's level of USD/JPY, or the next round one below the rate."""
    carry, found = study.carry, watched.against_level(study.desk)
    touch = None if carry is None else carry.touch("trigger") or carry.touch("round")
    if touch is None or found is None:
        return None
    known = {one.code: one for one in touch.chances}
    chances = tuple(
        HitChance(
            code,
            known[code].by,
            known[code].probability,
            known[code].interval,
            known[code].base_rate,
            None,
        )
        for code, _ in study.ends()
        if code in known
    )
    return make_trigger(study.desk, found, chances, "model")


def _capex(study: TriggerDesk) -> Trigger | None:
    """Return the sum of spending below which the next quarter would count as a cut."""
    desk, capex = study.desk, combined(study.capex)
    if capex is None:
        return None
    chances = []
    for code, by in study.ends():
        seasons = len(events_between(desk, desk.as_of, by.day, REPORTS))
        if seasons:
            found = cut_chance(desk, capex, seasons)
            bounds = found.interval or Range(found.probability, found.probability)
            chances.append(HitChance(code, by, found.probability, bounds, None, found.cases))
    total = watched.against_cut(capex)
    return make_trigger(desk, total, tuple(chances), "base_rate", since=capex.falls.since)


def _average(study: TriggerDesk) -> Trigger:
    """Return the 200-day average, taken as the level at which it stands on the as-of date."""
    from reportgen.models.path_tables import level_estimate
    from reportgen.models.trigger_frequency import move_frequency

    desk, closes = study.desk, study.desk.values(INDEX)
    against = watched.against_average(desk)
    level = against.threshold.value
    change = level / float(closes.iloc[-1]) - 1.0
    chances = []
    for code, by in study.ends() if change < 0 else ():
        days = study.steps(code, weekly=False)
        found = level_estimate(study.simulation.run, level, days).estimate
        past = move_frequency(closes, change, days)
        bounds = Range(
            chance_of(desk, found.low, "M1", INDEX),
            chance_of(desk, found.high, "M1", INDEX),
        )
        base = None if past is None else chance_of(desk, past.share, BASE_RATES, INDEX)
        point = chance_of(desk, found.point, "M1", INDEX)
        chances.append(HitChance(code, by, point, bounds, base, None))
    return make_trigger(desk, against, tuple(chances), "model")


# -- by frequency ---------------------------------------------------------------------------


def _skew(study: TriggerDesk) -> Trigger | None:
    """Return the house's level of SKEW, by daily readings: its level has shifted over decades."""
    desk, found = study.desk, watched.against_house(study.desk)
    if found is None:
        return None
    chances = frequencies(study, desk.values("skew"), found, "skew", weekly=False)
    return make_trigger(desk, found, chances, "base_rate", since=first_day(desk, "skew"))


def _vix(study: TriggerDesk) -> Trigger | None:
    """Return the level of the VIX, by the last reading of each week."""
    desk, found = study.desk, watched.against_stress(study.desk)
    if found is None:
        return None
    chances = frequencies(study, desk.values(VIX_WEEKLY), found, VIX_WEEKLY, weekly=True)
    return make_trigger(desk, found, chances, "base_rate", since=first_day(desk, VIX_WEEKLY))


def _sofr(study: TriggerDesk) -> Trigger | None:
    """Return SOFR over interest on reserves against the bound of the liquidity tests."""
    desk, found = study.desk, watched.against_tail(study.desk)
    if found is None:
        return None
    over = watched.over_reserves(desk)
    since = desk.computed_day(day_of(over.index[0]), BASE_RATES, "sofr", "iorb")
    chances = frequencies(study, over.rename("sofr"), found, "sofr", weekly=False)
    return make_trigger(desk, found, chances, "base_rate", since=since)


def _high_yield(study: TriggerDesk) -> Trigger | None:
    """Return the widening of the high-yield spread over a month that counts as credit stress."""
    desk, found = study.desk, watched.against_widening(study.desk)
    if found is None:
        return None
    chances = frequencies(study, watched.widening(desk), found, SPREAD, weekly=False)
    return make_trigger(desk, found, chances, "base_rate", since=first_day(desk, SPREAD))


def first_day(desk: Desk, series: str) -> Day:
    """Return the first day of a history behind a base rate."""
    return desk.computed_day(day_of(desk.values(series).index[0]), BASE_RATES, series)
