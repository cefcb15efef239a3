"""Nothing is told of before it existed: series, subjects, names, risks, studies."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from desks import desk_of, without_events
from pages import prose_of, write_html

from reportgen.assess import eras
from reportgen.assess.back import model_cards
from reportgen.assess.fragility import fragility
from reportgen.assess.matrix import matrix
from reportgen.assess.matrix_findings import Sources, seasons_ahead
from reportgen.assess.review import review, study
from reportgen.errors import ConfigError, MissingInputError
from reportgen.i18n import LANGUAGES, Formatter, load_catalogue
from reportgen.i18n.environment import environment
from reportgen.i18n.names import named_then
from reportgen.i18n.terms_then import HEAD, former_terms, read_former_terms, wording
from reportgen.models.known import KNOWN_FROM, known, unknown
from reportgen.resources import locales_folder, templates_folder

if TYPE_CHECKING:
    from reportgen.facts.matrix import Matrix
    from reportgen.snapshot import Snapshot

SPRING = date(2020, 3, 31)
LATER = ("0DTE", "ChatGPT", "AI air pocket", "artificial", "hyperscaler", "Meta,", "Meta ")
"""Words that no reader of March 2020 had heard, or had heard otherwise."""


def graded(snapshot: Snapshot) -> Matrix:
    """Return the risk matrix without a house view."""
    desk = desk_of(snapshot)
    return matrix(desk, Sources(fragility(desk).capex, None))


def test_an_index_is_not_read_before_its_publication(snapshot: Snapshot) -> None:
    """SKEW has a history from 1990, but was first published on 23 February 2011 (Cboe)."""
    assert not eras.published("skew", date(2011, 2, 22))
    assert eras.published("skew", date(2011, 2, 23))
    assert not eras.existed("sofr", date(2018, 4, 2))
    assert eras.not_yet(snapshot.as_of) == ()
    assert "skew" in eras.not_yet(date(2008, 10, 31))


def test_the_matrix_knows_the_risks_of_its_time(snapshot: Snapshot) -> None:
    """In March 2020 a jump in volatility stands where December 2025 has same-day options."""
    then, now = graded(snapshot.cut(SPRING)), graded(snapshot)
    codes = {one.code for one in then.risks} | set(then.missing)
    assert codes == {"yen_carry", "volatility", "debt_limit", "tariffs"}
    assert {one.code for one in now.risks} | set(now.missing) == {
        "yen_carry",
        "ai_air_pocket",
        "zero_dte_gamma",
        "debt_limit",
        "tariffs",
    }


def test_a_quarter_without_a_listed_season_still_has_one(snapshot: Snapshot) -> None:
    """Companies report every quarter: an unlisted season is no season without a report."""
    bare = desk_of(without_events(snapshot, "hyperscaler_reporting_season"))
    assert seasons_ahead(bare, date(2026, 11, 30)) == 3
    assert seasons_ahead(desk_of(snapshot), date(2026, 11, 30)) == 4


def test_cards_cite_nothing_that_had_not_appeared(snapshot: Snapshot) -> None:
    """The cards of March 2020 name no later work and no model of same-day options."""
    cards = model_cards(desk_of(snapshot.cut(SPRING)))
    assert "M6" not in cards
    cited = " ".join(work for card in cards.values() for work in card.references)
    assert not [year for year in range(2021, 2027) if f"({year})" in cited]
    assert "iorb" not in [name for card in cards.values() for name in card.lacking]


def test_a_list_is_held_against_the_fall_it_was_made_for(snapshot: Snapshot) -> None:
    """The nine explanations of 21 November 2025 are not those of the fall of March 2020."""
    then = review(study(desk_of(snapshot.cut(SPRING)))).facts
    assert then.state == "sell_off"
    assert then.drivers == ()
    assert len(review(study(desk_of(snapshot))).facts.drivers) == 9


@pytest.mark.parametrize(
    ("on", "name"), [(date(2021, 10, 27), "Facebook"), (date(2021, 10, 28), "Meta")]
)
def test_companies_are_called_as_they_were(on: date, name: str) -> None:
    """Facebook became Meta on 28 October 2021."""
    assert named_then("Meta, capital expenditure", on, str).startswith(name)


def test_march_2020_reads_as_march_2020(snapshot: Snapshot) -> None:
    """No word and no year of a later time stands in the edition of March 2020."""
    text = prose_of(
        write_html(snapshot.cut(SPRING), None, 500, ("en",))["en"], without=("back-data",)
    )
    assert not [word for word in LATER if word in text]
    assert not [year for year in range(2022, 2031) if f" {year}" in text]
    assert "house view" not in text.lower()


@pytest.mark.parametrize("lacking", [("vix",), ("vix", "sp500", "nasdaq_100")])
def test_only_the_composite_is_needed(snapshot: Snapshot, lacking: tuple[str, ...]) -> None:
    """Without the VIX, the S&P 500 or the Nasdaq-100 the report is written all the same."""
    assert "</html>" in write_html(snapshot.without(*lacking), None, 500, ("en",))["en"]


# -- figures the method assumes -------------------------------------------------------------


@pytest.mark.parametrize("figure", KNOWN_FROM)
def test_a_figure_is_used_from_its_day_on(snapshot: Snapshot, figure: str) -> None:
    """The day before it is unknown and named among what is not there; on its day it is not."""
    first = KNOWN_FROM[figure]
    before = first - timedelta(days=1)
    assert known(figure, first)
    assert not known(figure, before)
    assert figure in unknown(before)
    assert figure in eras.not_yet(before)
    assert figure not in eras.not_yet(first)
    assert unknown(snapshot.as_of) == ()


@pytest.mark.parametrize(
    ("work", "before", "first"),
    [
        ("Cboe (8 September 2023), Evaluating", date(2023, 9, 7), date(2023, 9, 8)),
        ("Office (2025), Limit, March 2025", date(2025, 3, 30), date(2025, 3, 31)),
        ("Toth et al. (2011), Physical Review X 1", date(2011, 12, 31), date(2012, 1, 1)),
        ("ISO 31000:2018, Risk management", date(2018, 12, 31), date(2019, 1, 1)),
    ],
)
def test_works_are_cited_once_they_had_appeared(work: str, before: date, first: date) -> None:
    """By the day or the month the reference names, else from the next year on."""
    assert not eras.appeared(work, before)
    assert eras.appeared(work, first)


def test_cards_claim_nothing_from_later_studies(snapshot: Snapshot) -> None:
    """Before it was estimated how much hedging sells, no card and no text speaks of it."""
    october = snapshot.cut(date(2022, 10, 31))
    assert "M6" not in model_cards(desk_of(october))
    assert "M6" in model_cards(desk_of(snapshot.cut(date(2023, 2, 15))))
    text = prose_of(write_html(october, None, 500, ("en",))["en"], without=("back-data",))
    later = ("in past tests", "leverage passes", "30 billion", "depth collapsed", "pass-through")
    assert not [words for words in later if words in text]


# -- words of the time ----------------------------------------------------------------------


def said(code: str, on: date, template: str) -> str:
    """Return what a template says in a language on a day."""
    language = next(one for one in LANGUAGES if one.code == code)
    words = load_catalogue(locales_folder(), language)
    env = environment(templates_folder(), words, Formatter(language, words), on)
    return env.from_string(template).render()


@pytest.mark.parametrize(
    ("code", "before", "since"),
    [
        ("en", "Ten-day fall ten-day fall", "Flash crash flash crash"),
        ("zh", "十日急跌 十日急跌", "闪崩 闪崩"),
        ("ja", "10日間の急落 10日間の急落", "フラッシュクラッシュ フラッシュクラッシュ"),
    ],
)
def test_a_word_is_used_from_the_day_it_was_current(code: str, before: str, since: str) -> None:
    """“Flash crash” is a word of 6 May 2010; messages and glossary change on one day."""
    template = '{{ _("Flash crash") }} {{ term("flash crash") }}'
    assert said(code, date(2010, 5, 5), template) == before
    assert said(code, date(2010, 5, 6), template) == since


def test_names_and_long_messages_are_of_the_time_too() -> None:
    """A publisher's name and a term within a sentence, with its figure kept."""
    publisher = '{{ "S&P Dow Jones Indices"|name }}'
    assert said("en", date(2012, 7, 1), publisher) == "Standard & Poor's"
    sentence = "{% trans n=7 %}Hyperscaler capex keeps growing by {{ n }} a year{% endtrans %}"
    assert said("en", date(2020, 3, 31), sentence).startswith(
        "Cloud company capex keeps growing by 7"
    )


def test_every_former_term_is_still_one_of_the_messages() -> None:
    """No row stands for a term that no message has, and none brings its own term back."""
    catalogues = {
        language.code: (
            locales_folder() / language.code / "LC_MESSAGES" / "reportgen.po"
            if language.code != "en"
            else locales_folder() / "reportgen.pot"
        ).read_text(encoding="utf-8")
        for language in LANGUAGES
    }
    for one in former_terms():
        assert one.term in catalogues[one.language], one
        assert one.term not in wording(one.language, date(2000, 1, 1))(one.term)
    assert wording("en", date(2025, 12, 5))("A flash crash by Cboe") == "A flash crash by Cboe"


@pytest.mark.parametrize(
    "text",
    ["a,b\n", f"{','.join(HEAD)}\n2010-05-06,en,x,,why\n", f"{','.join(HEAD)}\nx,en,a,b,c\n"],
)
def test_a_malformed_table_of_terms_is_named(tmp_path: Path, text: str) -> None:
    """Head, empty cells and days are checked; a missing file is one sentence as well."""
    (tmp_path / "terms.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"terms\.csv"):
        read_former_terms(tmp_path / "terms.csv")
    with pytest.raises(MissingInputError):
        read_former_terms(tmp_path / "none.csv")
