"""Charts of AI spending, valuation and microstructure: drawn in every language, nothing cut."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest
from desks import desk_of, lacking
from markets import bent, slide, stressed
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from reportgen.assess.fragility import fragility
from reportgen.charts.gallery import CHARTS
from reportgen.charts.pen import Pen, house_style, use_faces
from reportgen.facts import keyed
from reportgen.i18n import LANGUAGES, Formatter, Language, load_catalogue
from reportgen.i18n.environment import environment
from reportgen.models.capex import COMPANIES
from reportgen.render.fonts import FontSet
from reportgen.resources import locales_folder, templates_folder

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from reportgen.facts import Chart
    from reportgen.house import HouseView
    from reportgen.snapshot import Snapshot

OWN = ("capex", "cape", "runup", "explosive", "hedging", "vix_skew", "term_structure")
EDGE, TOUCH = 1.0, 2.5
"""Points by which a label may stand over the edge, and by which two may overlap."""


@dataclass(frozen=True)
class Parts:
    """The parts of an assessment that these charts name."""

    capex: Any
    bubble: Any
    microstructure: Any


def drawn(snapshot: Snapshot, house: HouseView | None, language: Language) -> dict[str, Figure]:
    """Return this part's charts of a snapshot, drawn in a language."""
    parts = fragility(desk_of(snapshot, house))
    facts = Parts(
        capex=keyed(parts.capex, "capex"),
        bubble=keyed(parts.bubble, "bubble"),
        microstructure=keyed(parts.microstructure, "microstructure"),
    )
    catalogue = load_catalogue(locales_folder(), language)
    formatter = Formatter(language, catalogue)
    env = environment(templates_folder(), catalogue, formatter)
    fonts = FontSet.for_language(language.code)
    use_faces(str(face.path) for face in (*fonts.sans, *fonts.symbols))
    pen = Pen(formatter, fonts.sans_stack)
    return {chart.code: _drawn(chart, facts, env, pen) for chart in parts.charts}


def _drawn(chart: Chart, facts: Any, env: Any, pen: Pen) -> Figure:
    words = env.get_template(f"charts/{chart.code}.txt.j2").make_module(
        {"a": facts, "chart": chart}
    )
    for name in ("title", "subtitle", "alt"):
        assert str(getattr(words, name)).strip()
    with house_style(pen.family, chart.code):
        figure = CHARTS[chart.code](chart, words, pen)
        FigureCanvasAgg(figure).draw()
    return figure


def labels(axes: Axes) -> list[Text]:
    """Return the labels of a panel and its head."""
    head = axes.get_title(loc="left")
    heads = [one for one in axes.findobj(Text) if one.get_text() == head]
    return [one for one in (*axes.texts, *heads) if one.get_text()]


def cut(figure: Figure) -> list[str]:
    """Return the labels that leave the drawing."""
    width, height = figure.bbox.width, figure.bbox.height
    slack = EDGE * figure.dpi / 72
    found = []
    for text in (one for axes in figure.axes for one in labels(axes)):
        box = text.get_window_extent()
        inside = box.x0 >= -slack and box.y0 >= -slack
        if not (inside and box.x1 <= width + slack and box.y1 <= height + slack):
            found.append(text.get_text())
    return found


def touching(figure: Figure) -> list[tuple[str, str]]:
    """Return pairs of labels of a panel that lie on one another."""
    found = []
    for axes in figure.axes:
        for one, other in combinations(labels(axes), 2):
            shared = Bbox.intersection(one.get_window_extent(), other.get_window_extent())
            if shared is not None and min(shared.width, shared.height) > TOUCH * figure.dpi / 72:
                found.append((one.get_text(), other.get_text()))
    return found


def faults(figures: dict[str, Figure]) -> dict[str, list[Any]]:
    """Return what is cut or collides, by chart."""
    found: dict[str, list[Any]] = {
        code: [*cut(figure), *touching(figure)] for code, figure in figures.items()
    }
    return {code: wrong for code, wrong in found.items() if wrong}


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.code)
def test_no_label_is_cut(snapshot: Snapshot, house: HouseView, language: Language) -> None:
    """Every chart of December 2025 keeps all its letters inside, in each language."""
    figures = drawn(snapshot, house, language)
    assert tuple(figures) == OWN
    assert faults(figures) == {}


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.code)
def test_other_markets_are_drawn(snapshot: Snapshot, language: Language) -> None:
    """A sell-off with a cut of spending and no house view is drawn without cut labels."""
    falling = bent(stressed(snapshot), {f"{name}_capex": slide(-0.3, 1) for name in COMPANIES})
    figures = drawn(falling, None, language)
    assert faults(figures) == {}


def test_charts_without_a_series_are_smaller_or_absent(snapshot: Snapshot) -> None:
    """Without VVIX one panel is left; without SKEW and CAPE their charts are not drawn."""
    language = LANGUAGES[0]
    whole = drawn(snapshot, None, language)
    part = drawn(lacking(snapshot, "vvix", "skew", "cape"), None, language)
    assert tuple(part) == ("capex", "hedging", "term_structure")
    assert len(part["term_structure"].axes) < len(whole["term_structure"].axes)
