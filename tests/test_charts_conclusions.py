"""Charts of conclusions and review: drawn in every language, nothing cut, whatever is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from desks import without_events
from markets import calm
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from msgspec.structs import replace

from reportgen.charts.gallery import CHARTS
from reportgen.charts.pen import Pen, house_style, use_faces
from reportgen.i18n import LANGUAGES, Formatter, Language, load_catalogue
from reportgen.i18n.environment import environment
from reportgen.render.fonts import FontSet
from reportgen.resources import locales_folder, templates_folder

if TYPE_CHECKING:
    from typing import Any

    from matplotlib.figure import Figure

    from reportgen.facts import Chart
    from reportgen.facts.assessment import Assessment
    from reportgen.house import HouseView
    from reportgen.snapshot import Snapshot

OWN = ("calendar", "cross_asset", "correlation")
EDGE = 1.0
"""Points by which a label may stand over the edge."""


@dataclass(frozen=True)
class Hand:
    """Draws an assessment's charts in one language."""

    env: Any
    pen: Pen

    def draw(self, chart: Chart, assessment: Assessment) -> Figure:
        """Return the drawing; its title, subtitle and alternative text must say something."""
        template = self.env.get_template(f"charts/{chart.code}.txt.j2")
        words = template.make_module({"a": assessment, "chart": chart})
        assert all(str(getattr(words, name)).strip() for name in ("title", "subtitle", "alt"))
        for line in chart.lines:
            assert str(getattr(words, line.code)).strip()
        with house_style(self.pen.family, chart.code):
            figure = CHARTS[chart.code](chart, words, self.pen)
            FigureCanvasAgg(figure).draw()
        return figure


def hand(language: Language) -> Hand:
    """Return the hand of a language."""
    catalogue = load_catalogue(locales_folder(), language)
    formatter = Formatter(language, catalogue)
    fonts = FontSet.for_language(language.code)
    use_faces(str(face.path) for face in (*fonts.sans, *fonts.symbols))
    env = environment(templates_folder(), catalogue, formatter)
    return Hand(env, Pen(formatter, fonts.sans_stack))


def texts(figure: Figure) -> list[Text]:
    """Return labels, heads and the ticks of vertical axes that are drawn."""
    found: list[Text] = []
    for axes in (one for one in figure.axes if one.get_visible()):
        low, high = sorted(axes.get_ylim())
        ticks = zip(axes.get_yticks(), axes.get_yticklabels(), strict=True)
        head = axes.get_title(loc="left")
        found += [one for one in axes.findobj(Text) if one.get_text() == head]
        found += [*axes.texts, *(one for place, one in ticks if low <= place <= high)]
    return [one for one in found if one.get_text().strip()]


def cut(figure: Figure) -> list[str]:
    """Return the texts that leave the drawing."""
    slack = EDGE * figure.dpi / 72
    width, height = figure.bbox.width + slack, figure.bbox.height + slack
    return [
        one.get_text()
        for one in texts(figure)
        for box in (one.get_window_extent(),)
        if box.x0 < -slack or box.y0 < -slack or box.x1 > width or box.y1 > height
    ]


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.code)
def test_no_label_is_cut(assessment: Assessment, language: Language) -> None:
    """Every chart of December 2025 keeps all its letters inside, in each language."""
    drawing = hand(language)
    faults = {code: cut(drawing.draw(assessment.charts[code], assessment)) for code in OWN}
    assert faults == {code: [] for code in OWN}


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.code)
def test_names_of_markets_do_not_meet_their_values(
    assessment: Assessment, language: Language
) -> None:
    """In each panel the name stands clear above last value and change."""
    figure = hand(language).draw(assessment.charts["cross_asset"], assessment)
    for axes in figure.axes:
        head = axes.title if axes.get_title() else axes._left_title  # type: ignore[attr-defined]
        base = head.get_window_extent().y0
        assert all(one.get_window_extent().y0 < base for one in axes.texts)


def test_the_calendar_does_without_layers(assessment: Assessment) -> None:
    """Without shares by month the events stand alone, and no share is spoken of."""
    probabilities = replace(assessment.probabilities, layers=None)
    timing = replace(assessment.outlook.timing, state="unknown")
    alone = replace(
        assessment,
        probabilities=probabilities,
        outlook=replace(assessment.outlook, timing=timing),
    )
    whole = assessment.charts["calendar"]
    lines = tuple(one for one in whole.lines if one.code not in ("share", "low", "high", "even"))
    figure = hand(LANGUAGES[-1]).draw(replace(whole, lines=lines), alone)
    assert len(figure.axes) == 1


def test_fewer_markets_leave_no_empty_panel(
    snapshot: Snapshot, house: HouseView, assessment: Assessment
) -> None:
    """Ten panels are drawn for ten markets; the two that remain are not shown."""
    chart = assessment.charts["cross_asset"]
    ten = replace(chart, lines=chart.lines[:10], marks=chart.marks[:10])
    figure = hand(LANGUAGES[-1]).draw(ten, assessment)
    assert sum(axes.get_visible() for axes in figure.axes) == 10


def test_a_short_history_shortens_no_other_panel(assessment: Assessment) -> None:
    """The panels share their days: those of the longest line, though the last one is short."""
    chart = assessment.charts["cross_asset"]
    last = chart.lines[-1]
    kept = len(last.y) // 4
    short = replace(last, y=tuple(None if n < 3 * kept else y for n, y in enumerate(last.y)))
    cut = replace(last, x=last.x[3 * kept :], y=last.y[3 * kept :])
    whole = hand(LANGUAGES[-1]).draw(chart, assessment).axes[0].get_xlim()
    for one in (short, cut):
        drawn = replace(chart, lines=(*chart.lines[:-1], one))
        figure = hand(LANGUAGES[-1]).draw(drawn, assessment)
        assert figure.axes[0].get_xlim() == pytest.approx(whole)


def test_a_calm_month_draws_the_markets_without_a_session(
    snapshot: Snapshot, house: HouseView, assessment: Assessment
) -> None:
    """No session is marked, and the subtitle does not name one."""
    from desks import desk_of

    from reportgen.assess.review import review, study
    from reportgen.assess.review_charts import review_charts

    by = study(desk_of(without_events(calm(snapshot), "nasdaq_sell_off"), house))
    month = review(by)
    (chart,) = review_charts(by, month.facts, month.together)
    drawing = hand(LANGUAGES[-1])
    drawing.draw(chart, replace(assessment, review=month.facts))
    words = drawing.env.get_template("charts/cross_asset.txt.j2").make_module(
        {"a": replace(assessment, review=month.facts), "chart": chart}
    )
    assert "session" not in str(words.subtitle)
