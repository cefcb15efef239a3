"""The gate of probabilities: none stands alone, in no language; each lack is named."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import pytest

from reportgen.facts.files import from_json
from reportgen.facts.keys import figures
from reportgen.i18n import LANGUAGES, Formatter, language_of, load_catalogue
from reportgen.i18n.environment import environment
from reportgen.render.flowtext import columns, read_page
from reportgen.render.probabilitygate import (
    TWO_LINES,
    Wording,
    check_probabilities,
    wording_of,
)
from reportgen.resources import locales_folder, templates_folder

if TYPE_CHECKING:
    from conftest import Build

CODES = tuple(one.code for one in LANGUAGES)
STEM = "probabilities.events.flash.forecasts.d252"
FLASH = f'<data data-key="{STEM}.probability" value="52 probability">52%</data>'
RANGE = f'<data data-key="{STEM}.interval" value="38 64 probability">38–64%</data>'
BASE = f'<data data-key="{STEM}.base_rates.all.rate" value="56 probability">56%</data>'
SOUND = f"F1 over twelve months: {FLASH} (80% interval {RANGE}), base rate {BASE}."
FAR = "word " * (TWO_LINES // 5 + 1)


@cache
def words(code: str = "en") -> Wording:
    """Return the words of a language."""
    catalogue = load_catalogue(locales_folder(), language_of(code))
    formatter = Formatter(language_of(code), catalogue)
    return wording_of(environment(templates_folder(), catalogue, formatter))


def problems_of(body: str) -> list[str]:
    """Return what the gate says of an English page."""
    return check_probabilities(f"<html><body>{body}</body></html>", words())


def test_a_probability_with_all_it_needs_passes() -> None:
    """Definition, horizon, base rate and interval beside the figure open the gate."""
    assert problems_of(f"<p>{SOUND}</p>") == []


@pytest.mark.parametrize(
    ("removed", "lack"),
    [
        ("F1", "definition"),
        ("twelve months", "horizon"),
        (BASE, "base rate"),
        (RANGE, "interval"),
    ],
)
def test_each_lack_is_named_with_the_figure(removed: str, lack: str) -> None:
    """Whatever of the four is taken away, the gate names the figure and what it lacks."""
    found = problems_of(f"<p>{SOUND.replace(removed, 'x')}</p>")
    assert len(found) == 1
    assert f"{STEM}.probability stands without its {lack} in" in found[0]


def test_what_it_needs_may_stand_in_the_paragraph_beside_it() -> None:
    """Two lines are counted over the ends of paragraphs."""
    assert problems_of(f"<p>F1, twelve months: {FLASH}.</p><p>{RANGE}, {BASE}</p>") == []


@pytest.mark.parametrize(
    "between",
    [
        FAR,
        "</p><table><tr><td>1</td></tr></table><p>",
        '</p><figure id="figure-x"><p>1</p></figure><p>',
        '</p></section><section id="b"><p>',
    ],
)
def test_what_stands_farther_off_is_missed(between: str) -> None:
    """More than two lines, a table, a chart or a section between is too far."""
    found = problems_of(f"<section><p>{SOUND.replace(BASE, between + BASE)}</p></section>")
    assert [one.partition(" in ")[0] for one in found] == [
        f"{STEM}.probability stands without its base rate"
    ]


def test_an_ideograph_takes_two_columns() -> None:
    """Two lines hold half as many ideographs as letters."""
    assert columns("F1の") == 4
    body = SOUND.replace(BASE, "概" * (TWO_LINES // 2 - 20) + BASE)
    assert problems_of(f"<p>{body}</p>") == []
    body = SOUND.replace(BASE, "概" * (TWO_LINES // 2) + BASE)
    assert len(problems_of(f"<p>{body}</p>")) == 1


def test_the_cover_is_seen_at_once() -> None:
    """On the cover distance does not count; what is on no part of it still does."""
    body = SOUND.replace(BASE, f"{FAR}<br>{BASE}")
    cover = f'<header class="cover"><p>{body}</p></header>'
    assert problems_of(cover) == []
    assert len(problems_of(cover.replace(BASE, ""))) == 1


def test_the_interval_of_another_horizon_does_not_count() -> None:
    """Keys are compared by event and horizon, not by what the words say."""
    found = problems_of(f"<p>{SOUND.replace(f'{STEM}.interval', f'{STEM[:-4]}d126.interval')}</p>")
    assert "without its interval" in found[0]


def test_other_probabilities_have_what_the_assessment_holds_for_them() -> None:
    """A touch or trigger stands with its interval and base rate, where there are any."""
    touch = '<data data-key="levels.a.touch" value="7 probability">7%</data>'
    page = f'<p>{touch} (<data data-key="levels.a.touch_interval" value="2 9 x">2–9%</data>)</p>'
    known = {"levels.a.touch", "levels.a.touch_interval.low", "levels.a.touch_interval.high"}
    assert check_probabilities(page, words(), known) == []
    assert check_probabilities(f"<p>{touch}</p>", words(), {"levels.a.touch"}) == []
    found = check_probabilities(f"<p>{touch}</p>", words(), {*known, "levels.a.base_rate"})
    assert found == ["levels.a.touch stands without its base rate and interval in '7%'"]


TABLE = """<figure class="table" id="table-a"><figcaption><p>12 months CAPTION</p></figcaption>
<table>
<thead><tr><th>Event</th><th>Model</th></tr></thead><tbody>
<tr class="group"><th scope="rowgroup">F1: a fall</th></tr>
<tr><th scope="row">all</th><td>FIGURE</td><td>RANGE</td><td>BASE</td></tr></tbody></table></figure>
<figure class="table" id="table-b"><table><tr><td>RANGE</td><td>BASE</td></tr></table></figure>"""


def _table(caption: str = "", range_: str = RANGE, base: str = BASE) -> str:
    """Return a page with a table of the figure and one of its evidence."""
    first, second = TABLE.split('<figure class="table" id="table-b">')
    first = first.replace("RANGE", range_).replace("BASE", base).replace("CAPTION", caption)
    second = second.replace("RANGE", RANGE).replace("BASE", BASE)
    return first.replace("FIGURE", FLASH) + '<figure class="table" id="table-b">' + second


def test_a_row_holds_its_evidence_or_the_caption_leads_to_it() -> None:
    """Base rate and interval are in the row, or in the table the caption links to."""
    link = '<a href="#table-b">Table 2</a>'
    assert problems_of(_table()) == []
    assert problems_of(_table(caption=link, range_="", base="")) == []
    assert problems_of(_table(range_="", base="")) == [
        f"{STEM}.probability stands without its base rate and interval in table table-a"
    ]
    assert len(problems_of(_table(caption=link.replace("-b", "-c"), range_=""))) == 1


def test_event_and_horizon_of_a_row_are_in_its_headings() -> None:
    """Without the group's heading or the caption's horizon the row is refused."""
    assert "its definition in" in problems_of(_table().replace("F1", "x"))[0]
    assert "its horizon in" in problems_of(_table().replace("12 months", "x"))[0]


def test_a_figure_read_from_prices_has_its_label() -> None:
    """Risk-neutral figures say so in themselves; those of a table of an index in their block."""
    option = '<p><data data-key="a.touch" value="18 risk_neutral">18%</data></p>'
    skew = '<p>By<data data-key="microstructure.skew.table" value="15 probability">15%</data>{}</p>'
    assert problems_of(option) == [
        "a.touch stands without the label risk-neutral in '18%'",
    ]
    assert problems_of(option.replace("18%", "18% (risk-neutral)")) == []
    assert "without the label risk-neutral" in problems_of(skew.format(""))[0]
    assert problems_of(skew.format(", risk-neutral")) == []


def test_nothing_below_a_half_is_called_a_base_case() -> None:
    """The words stand beside a probability from a half up, or where they are denied."""
    stated = '<p>{} base case at <data data-key="a.b" value="45 probability">45%</data>.</p>'
    assert problems_of(stated.format("The")) == ["a.b is below a half and called a base case"]
    assert problems_of(stated.format("This is no")) == []
    assert problems_of(stated.format("The").replace("45", "55")) == []


def test_drawings_and_folded_tables_are_not_read() -> None:
    """What a reader does not see as text is no running text."""
    assert problems_of(f"<details><p>{FLASH}</p></details><svg><text>{FLASH}</text></svg>") == []


def _known(built: Build) -> set[str]:
    """Return the keys of every figure of the built report's assessment."""
    facts = from_json((built.folder / "assessment.json").read_bytes())
    return {one.key for one in figures(facts)}


@pytest.mark.parametrize("code", CODES)
def test_no_probability_of_the_report_stands_alone(built: Build, code: str) -> None:
    """The finished report passes, and the gate had something to read in text and tables."""
    html = built.file(code, "html").read_text()
    assert check_probabilities(html, words(code), _known(built)) == []
    page = read_page(html)
    told = [one.key for passage in page.passages for one in passage.figures]
    assert sum(key.endswith(".probability") and ".events." in key for key in told) >= 15
    assert {"table-headline", "table-horizons", "table-variants"} <= page.tables.keys()


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("part", ["interval", "base_rates.all.rate"])
def test_evidence_taken_from_the_report_is_missed(built: Build, code: str, part: str) -> None:
    """Without the marks of an interval or base rate the gate names the bear market's figure."""
    stem = "probabilities.events.bear.forecasts.window"
    html = built.file(code, "html").read_text()
    without = re.sub(rf'data-key="{re.escape(f"{stem}.{part}")}"', 'data-key="x"', html)
    lack = "interval" if part == "interval" else "base rate"
    found = [one for one in check_probabilities(without, words(code)) if one.startswith(stem)]
    assert len(found) >= 3
    assert all(f"stands without its {lack} in" in one for one in found)


@pytest.mark.parametrize("code", CODES)
def test_every_event_and_horizon_has_its_words(code: str) -> None:
    """Each language knows every event with a forecast, every horizon and the labels."""
    known = words(code)
    assert known.events.keys() == {"flash", "swift", "slide", "bear", "severe"}
    assert known.horizons.keys() == {"d21", "d63", "d126", "d252", "window"}
    assert known.labels.keys() == {"risk_neutral", "base_case", "denied"}
    assert all(all(group) for group in known.events.values())
