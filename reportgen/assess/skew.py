"""SKEW beside VIX, and its chart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from reportgen.assess.desk import Desk
from reportgen.assess.lines import dated_line
from reportgen.assess.skew_record import buckets, fall_record, mapped, precursor, share_from
from reportgen.facts import Chart, Mark, Quantity, Range, Unit
from reportgen.facts.skew import Place, Skew, SkewView
from reportgen.models import skew as model
from reportgen.models.skew import SPEC, SkewInputs, SkewResult
from reportgen.models.skew_history import Rank, SkewSettings, percentile, usual_range
from reportgen.models.skew_precursor import flash_outcomes

SKEW, VIX, SKEW_WEEKLY, VIX_WEEKLY = "skew", "vix", "skew_weekly", "vix_weekly"
INDEX, COMPOSITE = "sp500", "nasdaq_composite"
NEEDED = (SKEW, VIX, SKEW_WEEKLY, VIX_WEEKLY, INDEX)
HIGH_FROM = 140.0
"""An edge of the model's buckets; some three tenths of the daily readings lie above it."""
RECENT_YEARS = 7
"""Whole years before the present one in the recent history of SKEW."""
RECENT = 21
"""Trading days over which the stated range of SKEW is checked."""


@dataclass(frozen=True)
class SkewDesk:
    """The desk with the model's answer, computed once for section and chart."""

    desk: Desk
    settings: SkewSettings
    result: SkewResult

    def computed(self, value: float, unit: Unit, *inputs: str) -> Quantity:
        """Return a figure of the model."""
        return self.desk.computed(value, unit, SPEC, *(inputs or NEEDED))

    def chance(self, value: float, *inputs: str) -> Quantity:
        """Return a probability or share, 0 to 1."""
        return self.computed(value, Unit.PROBABILITY, *inputs)

    def place(self, rank: Rank, series: str) -> Place:
        """Return a rank as quantities."""
        since = self.desk.computed_day(rank.start, SPEC, series)
        return Place(self.chance(rank.share, series), since)


def study(desk: Desk) -> SkewDesk | None:
    """Run the model; ``None`` when one of its series is missing."""
    if not desk.has(*NEEDED):
        return None
    since = date(desk.as_of.year - RECENT_YEARS, 1, 1)
    readings = desk.values(SKEW)
    settings = usual_range(readings.loc[since.isoformat() :], SkewSettings(recent_since=since))
    outcomes = flash_outcomes(desk.values(COMPOSITE)) if desk.has(COMPOSITE) else None
    skew, vix, skew_weekly, vix_weekly, closes = (desk.values(name) for name in NEEDED)
    inputs = SkewInputs(skew, vix, skew_weekly, vix_weekly, closes, outcomes)
    return SkewDesk(desk, settings, model.evaluate(inputs, settings))


def skew(studied: SkewDesk | None) -> Skew | None:
    """Return reading, table, bounds and record; ``None`` when SKEW is not there."""
    if studied is None:
        return None
    desk, found, given = studied.desk, studied.result, studied.settings
    chance, computed = studied.chance, studied.computed
    return Skew(
        state=found.state,
        diverging=found.diverging,
        vix_low=found.vix < given.calm_vix,
        validity=found.validity,
        skew=desk.observed(SKEW),
        skew_day=desk.observed_day(SKEW),
        vix=desk.observed(VIX, found.day),
        calm_vix=computed(given.calm_vix, Unit.INDEX),
        high_skew=computed(given.high, Unit.INDEX),
        table=chance(found.table_two, SKEW),
        table_three=chance(found.table_three, SKEW),
        normal=chance(found.normal_two),
        one_mode=chance(found.unimodal_bound),
        one_mode_at=computed(found.unimodal_at, Unit.INDEX),
        any_law=chance(found.cantelli_bound),
        any_law_at=computed(found.cantelli_at, Unit.INDEX),
        negative_mass=chance(found.negative_mass, SKEW),
        skew_long=studied.place(found.rank_long, SKEW_WEEKLY),
        skew_recent=studied.place(found.rank_recent, SKEW),
        vix_long=_vix_place(studied, VIX_WEEKLY),
        vix_recent=_vix_place(studied, VIX),
        alert=computed(given.alert, Unit.INDEX),
        alert_share=chance(found.alert_share, SKEW),
        daily=fall_record(desk, "daily", found.record_daily),
        weekly=fall_record(desk, "weekly", found.record_weekly),
        high_from=computed(HIGH_FROM, Unit.INDEX),
        high_share=share_from(desk, found.record_daily, HIGH_FROM, above=True),
        other_share=share_from(desk, found.record_daily, HIGH_FROM, above=False),
        buckets=buckets(desk, found),
        precursor=precursor(desk, found.precursor, given),
        mapped=mapped(desk, given),
        house=_view(studied),
    )


def _vix_place(studied: SkewDesk, series: str) -> Place:
    """Return VIX's rank over the same spans as SKEW's."""
    values = studied.desk.values(series)
    start = studied.result.rank_recent.start if series == VIX else studied.result.rank_long.start
    history = values.loc[start.isoformat() : studied.result.day.isoformat()]
    return studied.place(percentile(history, studied.result.vix, series), series)


def _view(studied: SkewDesk) -> SkewView | None:
    """Return what the house says beside what the table gives; ``None`` without its range."""
    desk = studied.desk
    levels = desk.maybe_range("skew.stated_range")
    if levels is None:
        return None
    days = desk.values(SKEW).iloc[-RECENT:]
    inside = days.between(levels.low.value, levels.high.value).mean()
    low, high = (studied.computed(end, Unit.INDEX, SKEW) for end in (days.min(), days.max()))
    return SkewView(
        levels=levels,
        seen=Range(low, high),
        inside=studied.chance(float(inside), SKEW),
        tail=_as_chance(desk.maybe("skew.stated_tail")),
        table=studied.chance(model.table_probability(levels.high.value)),
        normal=_as_chance(desk.maybe("skew.stated_normal_tail")),
        normal_two_sided=studied.chance(2.0 * studied.result.normal_two),
    )


def _as_chance(stated: Quantity | None) -> Quantity | None:
    """Return a stated per cent as the probability it is."""
    if stated is None:
        return None
    return Quantity(stated.value / 100.0, Unit.PROBABILITY, stated.origin)


def skew_chart(studied: SkewDesk | None) -> tuple[Chart, ...]:
    """Return VIX and SKEW week by week with their middles and tails; nothing without SKEW."""
    if studied is None:
        return ()
    desk, found = studied.desk, studied.result
    marks: list[Mark] = []
    for code, series in (("vix", VIX_WEEKLY), ("skew", SKEW_WEEKLY)):
        values = desk.values(series)
        for name, level in (("low", 0.10), ("middle", 0.50), ("high", 0.90)):
            height = studied.computed(float(values.quantile(level)), Unit.INDEX, series)
            marks.append(Mark(f"{code}_{name}", height))
    marks.append(Mark("one_mode", studied.computed(found.unimodal_at, Unit.INDEX)))
    return (
        Chart(
            code="vix_skew",
            axis="date",
            lines=(
                dated_line("vix", desk.values(VIX_WEEKLY), Unit.INDEX, desk.origin(VIX_WEEKLY)),
                dated_line("skew", desk.values(SKEW_WEEKLY), Unit.INDEX, desk.origin(SKEW_WEEKLY)),
            ),
            marks=tuple(marks),
            as_of=found.day,
            sources=(desk.origin(SKEW).publisher, SPEC.id),
        ),
    )
