"""All charts of an assessment, drawn in one language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from reportgen.charts import (
    calendar,
    cape,
    capex,
    carry,
    correlation,
    cross_asset,
    debt,
    drawdowns,
    events,
    explosive,
    fan,
    funding,
    hedging,
    index,
    inflation,
    layers,
    liquidity,
    policy_rates,
    reliability,
    runup,
    term_structure,
    tornado,
    vix_skew,
)
from reportgen.charts.pen import Draw, Pen, house_style, themed, to_svg
from reportgen.facts import Abscissa, Chart, Line, Quantity

if TYPE_CHECKING:
    from jinja2 import Environment

    from reportgen.facts.assessment import Assessment
    from reportgen.i18n import Formatter

CHARTS: Mapping[str, Draw] = MappingProxyType(
    {
        "index": index.draw,
        "liquidity": liquidity.draw,
        "funding": funding.draw,
        "policy_rates": policy_rates.draw,
        "carry": carry.draw,
        "inflation": inflation.draw,
        "capex": capex.draw,
        "cape": cape.draw,
        "runup": runup.draw,
        "explosive": explosive.draw,
        "hedging": hedging.draw,
        "vix_skew": vix_skew.draw,
        "term_structure": term_structure.draw,
        "debt": debt.draw,
        "fan": fan.draw,
        "events": events.draw,
        "drawdowns": drawdowns.draw,
        "layers": layers.draw,
        "tornado": tornado.draw,
        "calendar": calendar.draw,
        "cross_asset": cross_asset.draw,
        "correlation": correlation.draw,
        "reliability": reliability.draw,
    }
)
"""Every chart the report knows, in the order of its appearance."""


TABLE_ROWS = 60
"""A longer run of values is thinned evenly, its last value kept, in the table on screen."""


@dataclass(frozen=True)
class Table:
    """Figures behind a chart, as text: heads of the value columns; rows start with the place."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class DrawnChart:
    """A chart ready for the page.

    Args:
        code: name of the chart.
        svg: the drawing; its text is in the language.
        words: the names its words template exports: ``title``, ``subtitle``, ``alt``, labels.
        data: what was drawn, for the table in the HTML edition.
    """

    code: str
    svg: bytes
    words: Any
    data: Chart

    @property
    def inline(self) -> Markup:
        """The drawing for a page that changes colours by itself (light and dark)."""
        return Markup(themed(self.svg.decode()))

    def tables(self, formatter: Formatter) -> list[Table]:
        """Return the figures behind the chart, one table for lines that share their places."""
        groups: dict[tuple[Abscissa, ...], list[Line]] = {}
        for line in self.data.lines:
            groups.setdefault(line.x, []).append(line)
        return [self._table(places, lines, formatter) for places, lines in groups.items()]

    def _table(
        self, places: tuple[Abscissa, ...], lines: list[Line], formatter: Formatter
    ) -> Table:
        heads = tuple(str(getattr(self.words, line.code)) for line in lines)
        step = -(-len(places) // TABLE_ROWS)
        chosen = range((len(places) - 1) % step, len(places), step)
        rows = tuple(
            (self._place(places[i], formatter), *(_cell(line, i, formatter) for line in lines))
            for i in chosen
        )
        return Table(heads, rows)

    def _place(self, place: Abscissa, formatter: Formatter) -> str:
        if self.data.axis == "date":
            return formatter.day(date.fromisoformat(str(place)), "brief")
        if self.data.axis == "month":
            return formatter.day(date.fromisoformat(str(place)), "month")
        if self.data.axis == "category":
            return str(getattr(self.words, str(place)))
        return formatter.number(float(place), 0 if float(place).is_integer() else 2)


def draw_all(assessment: Assessment, env: Environment, pen: Pen) -> dict[str, DrawnChart]:
    """Draw every chart that the assessment holds data for."""
    return {
        code: _draw(assessment.charts[code], draw, assessment, env, pen)
        for code, draw in CHARTS.items()
        if code in assessment.charts
    }


def _draw(
    chart: Chart, draw: Draw, assessment: Assessment, env: Environment, pen: Pen
) -> DrawnChart:
    template = env.get_template(f"charts/{chart.code}.txt.j2")
    words = template.make_module({"a": assessment, "chart": chart})
    with house_style(pen.family, chart.code):
        svg = to_svg(draw(chart, words, pen), chart.code)
    return DrawnChart(chart.code, svg, words, chart)


def _cell(line: Line, index: int, formatter: Formatter) -> str:
    value = line.y[index]
    return (
        ""
        if value is None
        else formatter.quantity(Quantity(value, line.unit, line.origin), short=True)
    )
