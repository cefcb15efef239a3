"""The two charts of the carry trade: rates with USD/JPY, and pay with positions."""

from __future__ import annotations

import pandas as pd

from reportgen.assess.boj_rate import policy_line
from reportgen.assess.carry import PAIR, YEN, CarryDesk
from reportgen.assess.carry_levels import levels
from reportgen.assess.carry_record import LONG, SHORT, net_history
from reportgen.assess.desk import Desk
from reportgen.assess.lines import dated_line, weekly
from reportgen.facts import Chart, Line, Mark, Unit
from reportgen.models.carry import SPEC

FIRST = "2018-04"
"""The secured overnight rate, the dollar leg of the differential, is published since then."""
CHART_YEARS = 10
"""Years of the charts on federal funds, which reach much further back."""


def _first(studied: CarryDesk) -> str:
    """Return the first month of the charts."""
    if studied.dollar == "sofr":
        return FIRST
    return f"{studied.desk.as_of.year - CHART_YEARS}-01"


def carry_charts(studied: CarryDesk | None) -> tuple[Chart, ...]:
    """Return both charts; nothing when the trade could not be studied."""
    if studied is None:
        return ()
    return (_rates_chart(studied), _pay_chart(studied))


def _rates_chart(studied: CarryDesk) -> Chart:
    desk, found, leg, first = studied.desk, studied.result, studied.dollar, _first(studied)
    dollar, yen, pair = (desk.values(series)[first:] for series in (leg, YEN, PAIR))
    apart = _points(found.differential_history)[first:]
    by_model = desk.by_model(SPEC, leg, YEN)
    lines = [
        dated_line("dollar", weekly(dollar), Unit.PERCENT, desk.origin(leg)),
        dated_line("yen", yen, Unit.PERCENT, desk.origin(YEN)),
        dated_line("differential", apart, Unit.PERCENTAGE_POINTS, by_model),
        dated_line("usdjpy", weekly(pair), Unit.YEN_PER_DOLLAR, desk.origin(PAIR)),
        *policy_line(desk, first),
        *_house_line(desk, leg),
    ]
    marks = [Mark(code, level) for code, level in levels(desk) if code != "round"]
    terminal = desk.maybe_range("rates.boj_terminal")
    if terminal is not None:
        end = desk.window_end.isoformat()
        ends = (("terminal_low", terminal.low), ("terminal_high", terminal.high))
        marks += [Mark(code, rate, end) for code, rate in ends]
    return Chart(
        code="policy_rates",
        axis="date",
        lines=tuple(lines),
        marks=tuple(marks),
        as_of=desk.as_of,
        sources=("Federal Reserve Bank of New York", "OECD", "Bank of Japan", "Federal Reserve"),
    )


def _house_line(desk: Desk, leg: str) -> tuple[Line, ...]:
    """Return the dollar rate's path as the house assumes it; nothing without that view."""
    fed = desk.maybe("rates.fed_2026")
    if fed is None:
        return ()
    start = desk.observed(leg)
    days = (desk.as_of.isoformat(), desk.window_end.isoformat())
    return (Line("dollar_house", Unit.PERCENT, fed.origin, days, (start.value, fed.value)),)


def _pay_chart(studied: CarryDesk) -> Chart:
    desk, found = studied.desk, studied.result
    ratio = _points(found.history)
    first = _first(studied)
    lines = [dated_line("ratio", ratio[first:], Unit.RATIO, desk.by_model(SPEC, *studied.needed))]
    if desk.has(LONG, SHORT):
        net = net_history(desk)[first:]
        lines.append(dated_line("net", net, Unit.CONTRACTS, desk.by_model(SPEC, LONG, SHORT)))
    quartile = studied.computed(float(ratio.quantile(0.25)), Unit.RATIO)
    return Chart(
        code="carry",
        axis="date",
        lines=tuple(lines),
        marks=(Mark("quartile", quartile),),
        as_of=desk.as_of,
        sources=("Federal Reserve", "Federal Reserve Bank of New York", "OECD", "CFTC", SPEC.id),
    )


def _points(history: tuple[tuple[object, float], ...]) -> pd.Series[float]:
    days = pd.DatetimeIndex([str(day) for day, _ in history])
    return pd.Series([value for _, value in history], index=days)
