"""Sentences of months unlike December 2025: what they say, and of which day."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from reportgen.facts import Unit
from reportgen.facts.back import SeriesNote
from reportgen.i18n import LANGUAGES, Formatter, load_catalogue
from reportgen.i18n.environment import environment
from reportgen.i18n.language import language_of
from reportgen.render.report import Brand, Counter, Outline, Page
from reportgen.resources import locales_folder, templates_folder

if TYPE_CHECKING:
    from reportgen.facts import Quantity
    from reportgen.facts.assessment import Assessment

CODES = tuple(one.code for one in LANGUAGES)


def rendered(template: str, facts: Assessment, code: str = "en") -> str:
    """Return the text of a template in a language."""
    language = language_of(code)
    words = load_catalogue(locales_folder(), language)
    env = environment(templates_folder(), words, Formatter(language, words))
    html = env.from_string(template).render(
        a=facts,
        charts={},
        page=Page(medium="pdf", brand=Brand("A house")),
        medium="pdf",
        outline=Outline(),
        counter=Counter(),
    )
    assert not words.missing
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


def section(name: str) -> str:
    """Return a template that is one section."""
    return f'{{% include "sections/{name}.html.j2" %}}'


def aged(facts: Assessment, *series: str) -> Assessment:
    """Return the assessment with some series stale."""
    rows = tuple(
        replace(row, state="stale" if row.code in series else "fresh") for row in facts.back.series
    )
    return replace(facts, back=replace(facts.back, series=rows))


def with_value(figure: Quantity, value: float) -> Quantity:
    """Return a figure with another value."""
    return replace(figure, value=value)


# -- stale figures ---------------------------------------------------------------------------

HEADING = """{% from "macros/dated.html.j2" import dated with context %}
{{ dated("X", ("vix", "cape")) }}"""

SAID = {
    "en": "X (as of 5 December 2025)",
    "zh": "X（截至2025年12月5日）",
    "ja": "X（2025年12月5日時点）",
}


@pytest.mark.parametrize("code", CODES)
def test_a_heading_on_stale_figures_names_their_day(assessment: Assessment, code: str) -> None:
    """What a stale series bears out is said of its last day, and of nothing fresher."""
    assert rendered(HEADING, aged(assessment, "vix"), code).strip() == SAID[code]
    assert rendered(HEADING, aged(assessment), code).strip() == "X"


def test_a_heading_names_the_older_of_two_days(assessment: Assessment) -> None:
    """Of two stale series the older one counts; a monthly one names its month."""
    text = rendered(HEADING, aged(assessment, "vix", "cape"))
    assert text.strip() == "X (as of November 2025)"


def test_no_source_line_is_younger_than_the_figures(assessment: Assessment) -> None:
    """In an edition of a later day the source lines keep the newest day observed."""
    later = assessment.edition.as_of.day.replace(year=2026)
    edition = replace(assessment.edition, as_of=replace(assessment.edition.as_of, day=later))
    template = """{% from "macros/evidence.html.j2" import sources with context %}
    {{ sources(("Nasdaq",), a.edition.as_of) }} {{ sources(("Cboe",), a.edition.as_of.day) }}"""
    text = rendered(template, replace(assessment, edition=edition))
    assert text.count("As of 5 December 2025.") == 2


# -- sentences by state ----------------------------------------------------------------------


def test_a_trade_that_costs_is_not_said_to_pay(assessment: Assessment) -> None:
    """With the dollar rate below the yen rate the trade earns nothing."""
    carry = assessment.carry
    assert carry is not None
    costs = replace(carry, differential=with_value(carry.differential, -0.01), state="narrowing")
    text = rendered(section("22_carry"), replace(assessment, carry=costs))
    assert "The yen carry trade earns nothing, without an unwinding" in text
    assert "pays less" not in text


def test_what_is_missing_for_the_debt_limit_is_named(assessment: Assessment) -> None:
    """With debt and cash at hand it is the limit that is not known."""
    text = rendered(section("51_debt_limit"), replace(assessment, fiscal=None))
    assert "Total federal debt stood at" in text
    assert "Which limit applied to it" in text


def test_a_retracement_already_passed_is_said_to_be(assessment: Assessment) -> None:
    """An index below the last retracement has given back more than that."""
    low = replace(assessment.market, close=with_value(assessment.market.close, 10_000.0))
    text = rendered(section("61_levels"), replace(assessment, market=low))
    assert "has thus given back more than 61.8% of it" in text


def test_a_lower_close_after_the_sell_off_is_told(assessment: Assessment) -> None:
    """The low of 23 March 2020 came later than 21 trading days after the peak, and is named."""
    fall = assessment.review.fall
    size = replace(fall.size, value=-30.1, unit=Unit.PERCENT)
    lower = replace(
        fall, lowest=with_value(fall.trough, 6860.67), lowest_day=fall.trough_day, whole=size
    )
    facts = replace(assessment, review=replace(assessment.review, fall=lower))
    text = rendered(section("86_review_fall"), facts)
    assert "The Composite fell by 30.1%" in text
    assert "A lower close came later than the 21 trading days" in text
    assert "at the low of the Composite" not in text


def test_revised_series_are_no_figures_of_the_day(assessment: Assessment) -> None:
    """Where a series shows later revisions, it is not said that nothing later was used."""
    row = assessment.back.series[0]
    plain = rendered(section("back_data"), assessment)
    assert "and nothing later" in plain
    note = SeriesNote("as_revised", last=assessment.edition.as_of.day)
    rows = (replace(row, notes=(note,)), *assessment.back.series[1:])
    facts = replace(assessment, back=replace(assessment.back, series=rows))
    assert "and nothing later" not in rendered(section("back_data"), facts)
