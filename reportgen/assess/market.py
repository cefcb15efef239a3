"""Where the index stands, and its long chart."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal

from reportgen.assess.desk import Desk, percent
from reportgen.assess.lines import dated_line, weekly
from reportgen.facts import Chart, Day, Mark, Quantity, Unit
from reportgen.facts.market import Change, Market
from reportgen.models.spec import ModelSpec

if TYPE_CHECKING:
    import pandas as pd

SPEC = ModelSpec(
    id="M0",
    version="1.0",
    inputs=(
        "nasdaq_composite",
        "sp500",
        "vix",
        "vix3m",
        "vvix",
        "cpi",
        "unemployment_rate",
        "treasury_2y",
        "treasury_10y",
        "effr",
        "nfci",
    ),
    references=(),
)
"""Plain arithmetic on closes: changes, averages, drawdown."""

INDEX = "nasdaq_composite"
STRETCHES = {"day": 1, "week": 5, "month": 21, "year": 252}
AT_YEAR_HIGH = -1e-9
"""A close at the highest of the year, with the record above it, is near a high and no record."""
CHART_YEARS = 10
"""Whole years of the long chart before the as-of year: far enough back for two bear markets."""


def market(desk: Desk) -> Market:
    """Return the state of the index at the as-of close."""
    closes = desk.values(INDEX)
    last = float(closes.iloc[-1])
    record_day = _day_of(closes, int(closes.to_numpy().argmax()))
    drawdown = last / float(closes.max()) - 1
    year = closes.iloc[-STRETCHES["year"] :]
    from_year, old = last / float(year.max()) - 1, record_day < _day_of(year, 0)
    daily, long = _average(closes, 200), _average(weekly(closes), 200)

    def apart(value: float) -> Quantity:
        return desk.computed(percent(value), Unit.PERCENT, SPEC)

    return Market(
        state=_state(drawdown if not old else min(from_year, AT_YEAR_HIGH)),
        trend="above" if last >= daily else "below",
        close=desk.observed(INDEX),
        close_day=desk.observed_day(INDEX),
        record=desk.observed(INDEX, record_day),
        record_day=Day(record_day, desk.origin(INDEX, record_day)),
        drawdown=apart(drawdown),
        record_old=old,
        year_drawdown=apart(from_year),
        changes=_changes(desk, closes),
        average_200_day=desk.computed(daily, Unit.POINTS, SPEC),
        distance_200_day=apart(last / daily - 1),
        average_200_week=desk.computed(long, Unit.POINTS, "M3", INDEX),
        distance_200_week=apart(last / long - 1),
        nasdaq_100=desk.maybe_observed("nasdaq_100"),
        sp500=desk.maybe_observed("sp500"),
        vix=desk.maybe_observed("vix"),
        volatility=desk.computed(_volatility(closes), Unit.PERCENT, SPEC),
    )


def index_chart(desk: Desk, levels: tuple[Mark, ...]) -> Chart:
    """Return closes, both long averages and the drawdown, week by week, with price levels."""
    closes = desk.values(INDEX)
    start = str(desk.as_of.year - CHART_YEARS)
    peak = closes.cummax()
    by_model = desk.by_model(SPEC)
    return Chart(
        code="index",
        axis="date",
        lines=(
            dated_line("close", weekly(closes)[start:], Unit.POINTS, desk.origin(INDEX)),
            dated_line("average_200_day", weekly(_rolling(closes))[start:], Unit.POINTS, by_model),
            dated_line("average_200_week", _rolling(weekly(closes))[start:], Unit.POINTS, by_model),
            dated_line(
                "drawdown", weekly((closes / peak - 1) * 100)[start:], Unit.PERCENT, by_model
            ),
        ),
        marks=(Mark("last", desk.observed(INDEX), _iso(closes.index[-1])), *levels),
        as_of=desk.as_of,
        sources=("Nasdaq", SPEC.id),
    )


def _day_of(values: pd.Series[float], position: int) -> date:
    import pandas as pd

    return pd.DatetimeIndex(values.index)[position].date()


def _state(drawdown: float) -> Literal["record", "near_high", "pullback", "correction", "bear"]:
    if drawdown >= 0.0:
        return "record"
    if drawdown > -0.05:
        return "near_high"
    if drawdown > -0.10:
        return "pullback"
    return "correction" if drawdown > -0.20 else "bear"


def _changes(desk: Desk, closes: pd.Series[float]) -> tuple[Change, ...]:
    last = float(closes.iloc[-1])
    return tuple(
        Change(code, desk.computed(percent(last / closes.iloc[-1 - days] - 1), Unit.PERCENT, SPEC))  # type: ignore[arg-type]
        for code, days in STRETCHES.items()
        if len(closes) > days
    )


def _average(closes: pd.Series[float], span: int) -> float:
    return float(closes.iloc[-span:].mean())


def _rolling(closes: pd.Series[float], span: int = 200) -> pd.Series[float]:
    return closes.rolling(span).mean().dropna()


def _volatility(closes: pd.Series[float], days: int = 21) -> float:
    """Realised volatility of the last ``days`` returns, per cent a year."""
    changes = closes.pct_change().iloc[-days:]
    return float(changes.std() * 252**0.5 * 100)


def _iso(day: date) -> str:
    return day.isoformat()[:10]
