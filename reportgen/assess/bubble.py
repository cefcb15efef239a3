"""Valuation and run-up beside the year 2000, and the two charts that go with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

import pandas as pd

from reportgen.assess import exuberance
from reportgen.assess.desk import Desk, percent
from reportgen.assess.exuberance import Findings
from reportgen.assess.lines import dated_line
from reportgen.facts import Chart, Day, Line, Mark, Quantity, Unit
from reportgen.facts.bubble import Aftermath, Bubble, FirstPassage, RunUp, ThenAndNow
from reportgen.models import bubble as model
from reportgen.models.bubble import SPEC, BubbleInputs, BubbleResult, Comparison, Trajectory
from reportgen.models.guard import day_of

CAPE, INDEX_WEEKLY, VIX_WEEKLY = "cape", "nasdaq_composite_weekly", "vix_weekly"
INDEX, LARGE_CAPS = "nasdaq_composite", "sp500"
NEEDED = (CAPE, INDEX_WEEKLY)
NEAR = 0.8
"""Share of the figure of 2000 from which a measure is called near it."""
TROUGH_BY = date(2003, 12, 31)
"""The low after the record of 2000 is looked for up to here."""
READINGS = {"cape": CAPE, "vix": VIX_WEEKLY}
"""Measures that are the reading of a series on a day."""
UNITS = {"cape": Unit.INDEX, "vix": Unit.INDEX, "vix_year": Unit.INDEX}
"""Units of the comparisons; those not here are in per cent."""
RUN_UP = ("rise_one_year", "rise_five_years", "above_average", "lead_one_year")


@dataclass(frozen=True)
class BubbleDesk:
    """The desk with the model's answer, computed once for section and charts."""

    desk: Desk
    result: BubbleResult
    tests: Findings

    @property
    def held(self) -> tuple[str, ...]:
        """The series the model has read."""
        return tuple(name for name in (*NEEDED, VIX_WEEKLY) if self.desk.has(name))

    def computed(self, value: float, unit: Unit, *inputs: str) -> Quantity:
        """Return a figure of the model."""
        return self.desk.computed(value, unit, SPEC, *(inputs or self.held))

    def day(self, day: date, *inputs: str) -> Day:
        """Return a day of the model."""
        return self.desk.computed_day(day, SPEC, *(inputs or self.held))


def study(desk: Desk) -> BubbleDesk | None:
    """Run the model; ``None`` when one of its series is missing."""
    if not desk.has(*NEEDED):
        return None
    cape, index = (desk.values(name) for name in NEEDED)
    vix = desk.values(VIX_WEEKLY) if desk.has(VIX_WEEKLY) else None
    return BubbleDesk(desk, model.evaluate(BubbleInputs(cape, index, vix)), exuberance.study(desk))


def bubble(studied: BubbleDesk | None) -> Bubble | None:
    """Return the comparison with 2000; ``None`` when it could not be made."""
    if studied is None:
        return None
    desk, found, computed = studied.desk, studied.result, studied.computed
    rows = tuple(_rows(studied))
    quoted = desk.maybe("bubble.share_of_peak")
    return Bubble(
        likeness=_likeness(found.percent_of_peak, rows),
        beyond=found.percent_of_peak >= 100.0,
        state=found.state,
        cape=_ratio(desk.observed(CAPE)),
        cape_day=desk.observed_day(CAPE),
        peak=computed(found.peak, Unit.INDEX, CAPE),
        peak_day=studied.day(model.CAPE_PEAK_DAY, CAPE),
        share_of_peak=computed(found.percent_of_peak, Unit.PERCENT, CAPE),
        near_from=computed(NEAR * found.peak, Unit.INDEX, CAPE),
        near_rise=_near_rise(studied, rows),
        percentile=computed(found.percentile, Unit.PROBABILITY, CAPE),
        since=studied.day(found.start, CAPE),
        months=computed(found.months, Unit.COUNT, CAPE),
        months_higher=computed(found.months_higher, Unit.COUNT, CAPE),
        median=computed(float(desk.values(CAPE).median()), Unit.INDEX, CAPE),
        first_passage=_first_passage(studied),
        rows=rows,
        short="comparison_short" in found.diagnostics,
        run_up=_run_up(studied),
        aftermath=_aftermath(studied),
        gauge=exuberance.gauge(desk, found.gauge),
        missing=found.gauge.missing,
        exuberance=exuberance.exuberance(desk, studied.tests),
        quoted=quoted,
        quoted_day=None if quoted is None else _stated(quoted),
    )


def _ratio(observed: Quantity) -> Quantity:
    """Return the ratio as the gauge it is printed as."""
    return Quantity(observed.value, Unit.INDEX, observed.origin)


def _stated(quoted: Quantity) -> Day | None:
    stated = getattr(quoted.origin, "stated", None)
    return None if stated is None else Day(stated, quoted.origin)


# -- then and now ----------------------------------------------------------------------------


def _rows(studied: BubbleDesk) -> Iterator[ThenAndNow]:
    found = list(studied.result.comparisons)
    lead = _lead(studied.desk)
    if lead is not None:
        last_rise = max(i for i, row in enumerate(found) if not row.code.startswith("vix"))
        found.insert(last_rise + 1, lead)
    for row in found:
        unit = UNITS.get(row.code, Unit.PERCENT)
        unit = Unit.PERCENTAGE_POINTS if row.code == "lead_one_year" else unit
        yield ThenAndNow(
            code=row.code,
            then=_measure(studied, row.code, row.then, row.day_then, unit),
            now=_measure(studied, row.code, row.now, row.day_now, unit),
            day_then=studied.day(row.day_then),
            day_now=studied.day(row.day_now),
            likeness=likeness(row.then, row.now),
        )


def _measure(studied: BubbleDesk, code: str, value: float, day: date, unit: Unit) -> Quantity:
    """Return a measure of a day; what a series shows on that day is observed, not computed."""
    series = READINGS.get(code)
    if series is None:
        return studied.computed(value, unit)
    known = studied.desk.values(series).loc[: pd.Timestamp(day)]
    if known.empty or float(known.iloc[-1]) != value:
        return studied.computed(value, unit)
    return Quantity(value, unit, studied.desk.origin(series, day))


def _lead(desk: Desk) -> Comparison | None:
    """Return the index's rise over a year beyond the S&P 500's, in points; ``None`` without."""
    if not desk.has(INDEX, LARGE_CAPS):
        return None
    pair = pd.DataFrame({"index": desk.values(INDEX), "large": desk.values(LARGE_CAPS)}).dropna()
    rises = 100.0 * (pair / pair.shift(252) - 1.0).dropna()
    lead = rises["index"] - rises["large"]
    before = lead.loc[: pd.Timestamp(model.PEAK_WEEK)]
    if before.empty:
        return None
    days = day_of(before.index[-1]), day_of(lead.index[-1])
    return Comparison("lead_one_year", float(before.iloc[-1]), float(lead.iloc[-1]), *days)


def likeness(then: float, now: float) -> Literal["beyond", "near", "apart"]:
    """Return how a measure of now compares with that of 2000; a bound belongs to the higher."""
    if then <= 0.0 or now < NEAR * then:
        return "apart"
    return "beyond" if now >= then else "near"


def _likeness(
    share_of_peak: float, rows: tuple[ThenAndNow, ...]
) -> Literal["both", "valuation", "run_up", "neither"]:
    measured = [row.likeness != "apart" for row in rows if row.code in RUN_UP]
    alike = sum(measured) * 2 > len(measured)
    if share_of_peak >= percent(NEAR):
        return "both" if alike else "valuation"
    return "run_up" if alike else "neither"


def _near_rise(studied: BubbleDesk, rows: tuple[ThenAndNow, ...]) -> Quantity | None:
    found = next((row for row in rows if row.code == "rise_one_year"), None)
    if found is None:
        return None
    return studied.computed(NEAR * found.then.value, Unit.PERCENT, INDEX_WEEKLY)


def _first_passage(studied: BubbleDesk) -> FirstPassage | None:
    """Return when the ratio first stood this high before its record, and what still came."""
    desk, now = studied.desk, studied.result.cape
    before = desk.values(CAPE).loc[: pd.Timestamp(model.CAPE_PEAK_DAY)]
    reached = before[before >= now]
    if reached.empty or before.iloc[0] >= now:
        return None
    month, top = reached.index[0], pd.Timestamp(model.PEAK_WEEK)
    closes = desk.values(INDEX_WEEKLY)
    rise = closes.loc[:top].iloc[-1] / closes.loc[:month].iloc[-1] - 1.0
    months = (top.year - month.year) * 12 + top.month - month.month
    return FirstPassage(
        month=studied.day(day_of(month), CAPE),
        top=studied.day(model.PEAK_WEEK, INDEX_WEEKLY),
        months=studied.computed(months, Unit.MONTHS),
        rise=studied.computed(percent(float(rise)), Unit.PERCENT),
    )


def _run_up(studied: BubbleDesk) -> RunUp:
    then, now = studied.result.trajectories
    weeks = len(now.values) - 1
    earlier = then.values[min(weeks, len(then.values) - 1)]
    top = max(then.values)

    def weekly(value: float, unit: Unit) -> Quantity:
        return studied.computed(value, unit, INDEX_WEEKLY)

    return RunUp(
        start=studied.day(now.days[0], INDEX_WEEKLY),
        ahead="above" if now.values[-1] >= earlier else "below",
        weeks=weekly(weeks, Unit.WEEKS),
        now=weekly(now.values[-1], Unit.INDEX),
        then=weekly(earlier, Unit.INDEX),
        peak_then=weekly(top, Unit.INDEX),
        peak_week=weekly(then.values.index(top), Unit.WEEKS),
    )


def _aftermath(studied: BubbleDesk) -> Aftermath | None:
    """Return record and low of the closes around 2000; ``None`` when they are not covered."""
    desk = studied.desk
    closes = desk.values(INDEX).loc["1999-06" : str(TROUGH_BY)] if desk.has(INDEX) else None
    if closes is None or closes.empty or day_of(closes.idxmax()) > model.PEAK_WEEK:
        return None
    top = day_of(closes.idxmax())
    bottom = day_of(closes.loc[str(top) :].idxmin())
    peak, low = desk.observed(INDEX, top), desk.observed(INDEX, bottom)
    return Aftermath(
        peak=peak,
        peak_day=Day(top, peak.origin),
        low=low,
        low_day=Day(bottom, low.origin),
        fall=studied.computed(percent(low.value / peak.value - 1.0), Unit.PERCENT, INDEX),
    )


# -- charts ----------------------------------------------------------------------------------


def bubble_charts(studied: BubbleDesk | None) -> tuple[Chart, ...]:
    """Return the ratio, the two runs and the test; nothing when there is no comparison."""
    if studied is None:
        return ()
    tests = exuberance.explosive_chart(studied.desk, studied.tests)
    return (_cape_chart(studied), _run_up_chart(studied), *tests)


def _cape_chart(studied: BubbleDesk) -> Chart:
    desk, found = studied.desk, studied.result
    values = desk.values(CAPE)
    return Chart(
        code="cape",
        axis="date",
        lines=(dated_line("cape", values, Unit.INDEX, desk.origin(CAPE)),),
        marks=(
            Mark(
                "peak",
                studied.computed(found.peak, Unit.INDEX, CAPE),
                model.CAPE_PEAK_DAY.isoformat(),
            ),
            Mark("median", studied.computed(float(values.median()), Unit.INDEX, CAPE)),
            Mark("last", _ratio(desk.observed(CAPE)), found.day.isoformat()),
        ),
        as_of=found.day,
        sources=(desk.origin(CAPE).publisher, SPEC.id),
    )


def _run_up_chart(studied: BubbleDesk) -> Chart:
    desk = studied.desk
    by_model = desk.by_model(SPEC, INDEX_WEEKLY)

    def line(part: Trajectory) -> Line:
        places = tuple(float(week) for week in part.weeks)
        return Line(
            part.code, Unit.INDEX, by_model, places, tuple(round(one, 4) for one in part.values)
        )

    return Chart(
        code="runup",
        axis="number",
        lines=tuple(line(part) for part in studied.result.trajectories),
        as_of=desk.origin(INDEX_WEEKLY).on,
        sources=(desk.origin(INDEX_WEEKLY).publisher, SPEC.id),
    )
