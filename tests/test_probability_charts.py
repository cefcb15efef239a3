"""The charts of the probabilities, drawn: what they show, what they leave out, what they label."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from desks import desk_of
from markets import stressed
from msgspec.structs import replace

from reportgen.charts import draw_all
from reportgen.charts.pen import Pen, use_faces
from reportgen.i18n import Formatter, load_catalogue
from reportgen.i18n.environment import environment
from reportgen.i18n.language import language_of
from reportgen.render.fonts import FontSet
from reportgen.resources import locales_folder, templates_folder

if TYPE_CHECKING:
    from reportgen.charts import DrawnChart
    from reportgen.facts.assessment import Assessment
    from reportgen.house import HouseView
    from reportgen.snapshot import Snapshot

CODES = ("index", "fan", "events", "drawdowns", "layers", "tornado")


def drawn(assessment: Assessment, code: str) -> dict[str, DrawnChart]:
    """Return the charts of an assessment in a language."""
    language = language_of(code)
    catalogue = load_catalogue(locales_folder(), language)
    formatter = Formatter(language, catalogue)
    fonts = FontSet.for_language(code, folder=None)
    use_faces(str(face.path) for face in (*fonts.sans, *fonts.symbols))
    env = environment(templates_folder(), catalogue, formatter)
    chosen = {code: assessment.charts[code] for code in CODES if code in assessment.charts}
    return draw_all(replace(assessment, charts=chosen), env, Pen(formatter, fonts.sans_stack))


def labels(chart: DrawnChart) -> list[str]:
    """Return the texts of a drawing."""
    return re.findall(r"<text[^>]*>([^<]*)</text>", chart.svg.decode())


@pytest.fixture(scope="module")
def english(assessment: Assessment) -> dict[str, DrawnChart]:
    """The charts of the bundled figures in English."""
    return drawn(assessment, "en")


@pytest.fixture(scope="module")
def fallen(snapshot: Snapshot, house: HouseView) -> dict[str, DrawnChart]:
    """The charts of a market in a bear market."""
    from reportgen.assess import assess
    from reportgen.period import edition_dates

    figures = stressed(snapshot)
    paths = desk_of(figures).paths
    return drawn(assess(figures, house, edition_dates(figures.as_of), paths), "en")


TEXT = re.compile(
    r'<text style="font-size: ([\d.]+)px;([^"]*)"(?: x="([-\d.]+)" y="[-\d.]+")?'
    r"[^>]*?(?:translate\(([-\d.]+) [-\d.]+\))?[^>]*>([^<]*)<"
)
LATIN, SLACK = 0.54, 3.0
"""Width of a Latin letter or figure in ems, on average; points a text may seem to stand out."""


def spans(svg: str) -> list[tuple[str, float, float]]:
    """Return each text of a drawing with the places where it begins and ends, about."""
    found = []
    for size, style, x, moved, text in TEXT.findall(svg):
        if not (x or moved):  # a label of two lines has its place in a group
            continue
        ems = sum(1.0 if ord(letter) > 0x2E80 else LATIN for letter in text)
        wide, start = float(size) * ems, float(x or moved)
        if "anchor: middle" in style:
            start -= wide / 2
        elif "anchor: end" in style:
            start -= wide
        found.append((text, start, start + wide))
    return found


@pytest.mark.parametrize("language", ["zh", "ja", "en"])
@pytest.mark.parametrize("code", CODES)
def test_no_label_is_cut(assessment: Assessment, code: str, language: str) -> None:
    """Every text begins and ends inside the drawing, in every language."""
    svg = drawn(assessment, language)[code].svg.decode()
    box = re.search(r'viewBox="0 0 ([\d.]+)', svg)
    assert box is not None
    texts = spans(svg)
    assert len(texts) > 5
    edge = float(box[1]) + SLACK
    assert [text for text, start, end in texts if start < -SLACK or end > edge] == []


@pytest.mark.parametrize("code", ["index", "fan"])
def test_labels_at_the_edge_keep_their_distance(english: dict[str, DrawnChart], code: str) -> None:
    """Labels behind the lines stand at least nine points apart, so none covers another."""
    found = re.findall(r'<text[^>]* x="([\d.]+)" y="([\d.]+)"', english[code].svg.decode())
    edge = max(float(x) for x, _ in found)
    heights = sorted(float(y) for x, y in found if float(x) == edge)
    assert len(heights) > 4
    assert min(high - low for low, high in pairwise(heights)) >= 9.0


def test_the_fan_names_each_level_with_its_probability(english: dict[str, DrawnChart]) -> None:
    """The house's levels and the median trough carry P(touch) in per cent."""
    found = [text for text in labels(english["fan"]) if text.endswith("%") and ": " in text]
    assert len(found) == 4
    assert any(text.startswith("House main level 15,200: ") for text in found)


def test_the_events_chart_has_a_panel_an_event(english: dict[str, DrawnChart]) -> None:
    """Flash, bear and severe each name model, base rate and house view."""
    texts = labels(english["events"])
    assert sum(text.startswith("Model ") for text in texts) == 3
    assert sum(text.startswith("House ") for text in texts) == 3


def test_what_holds_already_has_no_panel(fallen: dict[str, DrawnChart]) -> None:
    """In a bear market its onset is not drawn."""
    texts = labels(fallen["events"])
    assert not any(text.startswith("B1") for text in texts)
    assert any(text.startswith("F1") for text in texts)


def test_the_layer_table_prints_each_probability(
    english: dict[str, DrawnChart], assessment: Assessment
) -> None:
    """Four layers by twelve months stand in the drawing as whole per cents."""
    found = assessment.probabilities.layers
    assert found is not None
    printed = [text for text in labels(english["layers"]) if text.isdigit()]
    assert len(printed) >= 48
    assert printed.count("45") == sum(
        one.ai is not None and one.ai.value > 0 for one in found.months
    )


def test_months_are_printed_as_months(english: dict[str, DrawnChart]) -> None:
    """The table behind the layers names months, not first days."""
    formatter = Formatter(language_of("en"), load_catalogue(locales_folder(), language_of("en")))
    table = english["layers"].tables(formatter)[0]
    assert [row[0] for row in table.rows][:2] == ["December 2025", "January 2026"]
