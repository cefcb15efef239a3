"""Charts of the market review: markets side by side, and their correlations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from reportgen.assess.lines import dated_line
from reportgen.assess.review_desk import INDEX, ReviewDesk
from reportgen.facts import Band, Chart, Line, Mark, Unit
from reportgen.facts.review import Review

if TYPE_CHECKING:
    from reportgen.models.contagion import ContagionResult

DAYS = 126
"""Trading days shown of each market: half a year."""


def review_charts(by: ReviewDesk, review: Review, now: ContagionResult | None) -> tuple[Chart, ...]:
    """Return the markets side by side and, after a sell-off, their correlations."""
    charts = [_markets(by, review)]
    if now is not None and review.state == "sell_off":
        charts.append(_correlations(by, now))
    return tuple(charts)


def _markets(by: ReviewDesk, review: Review) -> Chart:
    """Return half a year of each market on the index's trading days, with the month's change."""
    days = by.desk.values(INDEX).index[-DAYS:]
    lines = []
    for one in by.markets:
        values = one.values.reindex(one.values.index.union(days)).ffill().reindex(days)
        unit = by.desk.observed(one.asset.code).unit
        origin = by.desk.origin(one.asset.code)
        lines.append(dated_line(one.asset.code, values, unit, origin))
    session = review.fall.session.day.isoformat()
    bands = (Band("session", session, session),) if review.state == "sell_off" else ()
    names = dict.fromkeys(by.desk.snapshot.data(one.asset.code).publisher for one in by.markets)
    return Chart(
        code="cross_asset",
        axis="date",
        lines=tuple(lines),
        marks=tuple(Mark(row.code, row.change_month) for row in review.rows),
        bands=bands,
        as_of=by.desk.as_of,
        sources=tuple(names),
    )


def _correlations(by: ReviewDesk, now: ContagionResult) -> Chart:
    """Return the matrix row by row: the short window below the diagonal, the long one above."""
    codes, by_model = now.short.codes, by.desk.by_model("M11", *now.short.codes)
    lines = []
    for row, code in enumerate(codes):
        values = tuple(
            None
            if row == column
            else round((now.short if column < row else now.long).values[row][column], 4)
            for column in range(len(codes))
        )
        lines.append(Line(code, Unit.RATIO, by_model, codes, values))
    return Chart(
        code="correlation",
        axis="category",
        lines=tuple(lines),
        as_of=pd.Timestamp(by.desk.as_of).date(),
        sources=("M11",),
    )
