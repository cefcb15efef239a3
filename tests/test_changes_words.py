"""What changed, in words: the block in the summary and the notice of a correction."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

import msgspec
import pytest

from reportgen.assess import headlines, with_changes, with_corrections
from reportgen.assess.changes import Earlier, Run, changes
from reportgen.facts.changes import CAUSES, CorrectionFact
from reportgen.i18n import LANGUAGES, Formatter, load_catalogue
from reportgen.i18n.environment import environment
from reportgen.i18n.language import language_of
from reportgen.render.headline_words import HeadlineWords
from reportgen.render.report import Brand, Counter, Outline, Page
from reportgen.resources import locales_folder, templates_folder

if TYPE_CHECKING:
    from jinja2 import Environment

    from reportgen.facts.assessment import Assessment
    from reportgen.facts.changes import Cause
    from reportgen.facts.headlines import Headline
    from reportgen.i18n import Catalogue

CODES = tuple(one.code for one in LANGUAGES)
BLOCK = '{% from "sections/11_changes.html.j2" import since_last with context %}{{ since_last() }}'
COVER = '{% set edition_month = "M" %}{% include "front/cover.html.j2" %}'
LIST = '{% include "sections/back_corrections.html.j2" %}'
HOSTILE = '<img src=x onerror="alert(1)"> & {{ 7 * 7 }}'


@cache
def language_desk(code: str) -> tuple[Catalogue, Environment]:
    """Return words and templates of a language, read once."""
    language = language_of(code)
    words = load_catalogue(locales_folder(), language)
    return words, environment(templates_folder(), words, Formatter(language, words))


def rendered(template: str, facts: Assessment, code: str = "en") -> str:
    """Return a template in a language, marked up."""
    words, env = language_desk(code)
    html = env.from_string(template).render(
        a=facts,
        charts={},
        page=Page(medium="pdf", brand=Brand("A house")),
        medium="pdf",
        outline=Outline(),
        counter=Counter(),
    )
    assert not words.missing
    return html


def text_of(html: str) -> str:
    """Return the text of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


def moved(found: tuple[Headline, ...], **values: float | str | None) -> tuple[Headline, ...]:
    """Return headlines with other figures or states; ``None`` takes one away."""
    fields = {
        one.code: {"state": values[one.code]}
        if one.kind == "grade"
        else {"value": values[one.code]}
        for one in found
        if one.code in values
    }
    return tuple(
        msgspec.structs.replace(one, **fields.get(one.code, {}))
        for one in found
        if values.get(one.code, 0) is not None
    )


def since(
    facts: Assessment, before: tuple[Headline, ...], *between: Run, period: str = "2025-11"
) -> Assessment:
    """Return the December edition with what changed since an earlier one."""
    earlier = Earlier(period, period, date(2025, 11, 3), date(2026, 10, 31), before)
    runs = [*between, Run(("new_data",), headlines(facts))]
    return with_changes(facts, changes(earlier, runs, facts.edition.period))


@pytest.mark.parametrize("code", CODES)
def test_nothing_is_said_without_an_earlier_edition(assessment: Assessment, code: str) -> None:
    """A first edition and a draft have no such block."""
    assert text_of(rendered(BLOCK, assessment, code)).strip() == ""


@pytest.mark.parametrize("code", CODES)
def test_every_kind_of_change_has_words(assessment: Assessment, code: str) -> None:
    """Figures, ranges, states, what came and what went, in one table and its sentences."""
    now = headlines(assessment)
    before = moved(
        now, flash=0.2, close=20000.0, verdict="above", usdjpy=None, risk_debt_limit="high"
    )
    gone = msgspec.structs.replace(now[1], code="severe_21x")
    model = moved(before, flash=0.25)
    views = tuple(
        msgspec.structs.replace(one, high=0.5) if one.code == "house_flash" else one
        for one in model
    )
    found = since(
        assessment, (*before, gone), Run(("model",), (*model, gone)), Run(("house",), views)
    )
    html = rendered(BLOCK, found, code)
    told, words = text_of(html), HeadlineWords(code)
    for one in ("flash", "close", "verdict", "risk_debt_limit", "house_flash", "usdjpy"):
        assert words.name(one) in told
    heads = [words.cause(cause) for cause in ("new_data", "model", "house")]
    assert all(head in told for head in heads)
    assert words.cause("revised_data") not in re.sub(r"<figcaption.*?</figcaption>", "", html)


@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize("code", CODES)
def test_the_lead_names_the_change_and_its_cause(
    assessment: Assessment, code: str, cause: Cause
) -> None:
    """Whichever cause it is, alone or with another."""
    now = headlines(assessment)
    before = moved(now, flash=0.2)
    alone = since(assessment, before, Run((cause,), now))
    other: Cause = "model" if cause == "new_data" else "new_data"
    both = since(assessment, before, Run((other,), moved(now, flash=0.3)), Run((cause,), now))
    first, second = (text_of(rendered(BLOCK, one, code)) for one in (alone, both))
    assert first != second
    assert HeadlineWords(code).name("flash") in first


def test_the_lead_is_a_sentence_on_what_moved_most(assessment: Assessment) -> None:
    """A probability first, a rating when none moved, and that nothing moved when it is so."""
    now = headlines(assessment)
    flash = assessment.probabilities.event("flash").at("window").probability
    up = text_of(rendered(BLOCK, since(assessment, moved(now, flash=0.01, severe_21=0.5))))
    assert f"Flash crash, in the window: up from 1% to {100 * flash.value:.0f}% since the" in up
    assert "new data and the passing of a month" in up
    rating = text_of(rendered(BLOCK, since(assessment, moved(now, risk_yen_carry="critical"))))
    assert "rating of one risk has changed: Yen carry, from critical to" in rating
    still = text_of(rendered(BLOCK, since(assessment, now, period="2025-09")))
    assert "No probability and no rating among the headlines has changed" in still
    assert f"Unchanged in print: {len(now)} headlines." in still
    late = since(assessment, moved(now, flash=0.01), period="2025-09")
    assert "the passing of 3 months" in text_of(rendered(BLOCK, late))


def test_parts_that_cannot_be_told_apart_are_a_dash(assessment: Assessment) -> None:
    """And the note below the table says what the dash means."""
    now = headlines(assessment)
    joint = Run(("model", "revised_data"), moved(now, flash=0.4))
    html = rendered(BLOCK, since(assessment, moved(now, flash=0.2), joint))
    row = re.search(r"<tr[^>]*><th[^>]*>Flash crash, in the window.*?</tr>", html)
    assert row is not None
    assert row[0].count("–</td>") == 2
    assert "A dash stands where" in text_of(html)


# -- corrections ------------------------------------------------------------------------------


def corrected(facts: Assessment, reason: str) -> Assessment:
    """Return the edition as its second revision."""
    told = CorrectionFact(
        "2025-12", 2, date(2025, 12, 9), date(2025, 12, 7), {"en": reason, "zh": reason}
    )
    old = msgspec.structs.replace(told, period="2025-11")
    return with_corrections(facts, 2, (told, old))


@pytest.mark.parametrize("code", CODES)
def test_a_revision_says_on_its_first_page_why(assessment: Assessment, code: str) -> None:
    """With its number, its reason and the day of the edition it replaces."""
    found = corrected(assessment, "The VIX was misprinted.")
    cover, listed = (rendered(one, found, code) for one in (COVER, LIST))
    assert "The VIX was misprinted." in text_of(cover)
    assert "box-correction" in cover
    assert text_of(listed).count("The VIX was misprinted.") == 2
    assert ('lang="en"' in cover) == (code == "ja")
    assert "box-correction" not in rendered(COVER, with_corrections(found, 1, ()), code)
    assert text_of(rendered(LIST, assessment, code)).strip() == ""


@pytest.mark.parametrize("code", CODES)
def test_paper_lists_the_newest_corrections(assessment: Assessment, code: str) -> None:
    """And says how many more there are; the list cannot grow over the last page."""
    day = date(2025, 1, 1)
    many = [
        CorrectionFact(f"2025-{one:02d}", 2, day, day, {"en": f"R{one}."}) for one in range(1, 9)
    ]
    found = with_corrections(assessment, 1, many)
    told = text_of(rendered(LIST, found, code))
    assert "R8." in told
    assert "R2." not in told
    assert "HTML" in told


def test_a_reason_is_text_whatever_it_holds(assessment: Assessment) -> None:
    """The operator's words are no markup and no template."""
    found = corrected(assessment, HOSTILE)
    for template in (COVER, LIST):
        html = rendered(template, found)
        assert "&lt;img src=x onerror=&#34;alert(1)&#34;&gt; &amp; {{ 7 * 7 }}" in html
        assert "<img" not in html


def test_a_revision_has_a_name_of_its_own(assessment: Assessment) -> None:
    """Its files bear it; those of the first edition are named as ever."""
    from reportgen.render.edition import file_name

    found = corrected(assessment, "A reason.")
    assert file_name(found.edition.name, "zh", "pdf") == "nasdaq-risk-assessment-2025-12-r2.zh.pdf"
    assert file_name(assessment.edition.name, "zh", "pdf").endswith("-2025-12.zh.pdf")
