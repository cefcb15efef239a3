"""The back matter: record, model cards, data appendix and figures of others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from desks import tilted

from reportgen.assess.back import back, model_cards, model_specs, quotations, series_row
from reportgen.assess.desk import Desk
from reportgen.models.spec import ModelSpec
from reportgen.period import edition_dates
from reportgen.resources import templates_folder
from reportgen.series import catalogue

if TYPE_CHECKING:
    from reportgen.facts.assessment import Assessment
    from reportgen.house import HouseView
    from reportgen.snapshot import Snapshot

LANGUAGES = ("zh", "ja", "en")


@pytest.fixture(scope="module")
def desk(snapshot: Snapshot, house: HouseView) -> Desk:
    """The desk of December 2025."""
    return _desk(snapshot, house)


def _desk(snapshot: Snapshot, house: HouseView | None) -> Desk:
    return Desk(snapshot, house, edition_dates(snapshot.as_of).window_end, 1_000)


# -- model cards -----------------------------------------------------------------------------


def test_models_stand_in_the_order_of_their_numbers() -> None:
    """M1e follows M1a, M11 follows M9, and none is there twice."""
    codes = [spec.id for spec in model_specs()]
    assert codes[0] == "M0"
    assert codes.index("M9") < codes.index("M11") < codes.index("M14")
    assert len(codes) == len(set(codes))


def test_inputs_that_are_not_there_are_named(desk: Desk) -> None:
    """A card tells inputs the snapshot holds from those it lacks."""
    poor = _desk(desk.snapshot.without("treasury_general_account"), None)
    card = back(poor, edition_dates(poor.as_of)).cards["M9"]
    assert card.inputs == ("Total public debt",)
    assert card.lacking == ("Treasury General Account",)


@pytest.fixture(scope="module")
def everything(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The desk of a house that states a tilt too, so that every model has a card."""
    return _desk(snapshot, tilted(tmp_path_factory.mktemp("house"), flash=0.2))


def test_a_tilt_has_a_card_only_where_it_is_stated(desk: Desk, everything: Desk) -> None:
    """No reader is told of a model of which the edition has no figure."""
    assert set(model_cards(everything)) - set(model_cards(desk)) == {"M1h"}


@pytest.mark.parametrize("spec", model_specs(), ids=lambda spec: spec.id)
def test_inputs_of_a_model_are_series_of_the_catalogue(spec: ModelSpec, everything: Desk) -> None:
    """A card names inputs by the catalogue's ids; the bundled snapshot lacks four of them.

    Inputs that lie in the reader's own folder or nowhere are not missed.
    """
    assert set(spec.inputs) <= set(catalogue())
    card = model_cards(everything)[spec.id]
    needed = {name for name in spec.inputs if not catalogue()[name].optional}
    assert len(card.inputs) + len(card.lacking) == len(needed)
    live_only = ("bank_assets", "boj_policy_rate", "treasury_bill_4w", "treasury_bill_3m")
    assert {catalogue()[name].name for name in live_only} >= set(card.lacking)


def test_models_declare_the_series_behind_their_figures(assessment: Assessment) -> None:
    """No figure names a series as input that its model does not declare."""
    declared = {spec.id: set(spec.inputs) for spec in model_specs()}
    declared["M1"] = declared["M1a"] | declared["M1e"]
    for model, named in _inputs_by_model(msgspec.to_builtins(assessment)):
        assert named & set(catalogue()) <= declared.get(model, set()), model


def _inputs_by_model(found: object) -> Iterator[tuple[str, set[str]]]:
    """Yield the model and the inputs of every computed figure."""
    if isinstance(found, dict):
        if "model" in found and "inputs" in found:
            yield found["model"], set(found["inputs"])
        found = found.values()
    elif not isinstance(found, list | tuple):
        return
    for part in found:
        yield from _inputs_by_model(part)


@pytest.mark.parametrize("spec", model_specs(), ids=lambda spec: spec.id)
def test_every_model_has_a_card(spec: ModelSpec) -> None:
    """The words of a card stand in the templates for every model of the program."""
    words = "".join(
        path.read_text(encoding="utf-8")
        for path in sorted((templates_folder() / "sections").glob("back_cards_*.j2"))
    )
    assert f'model_card("{spec.id}",' in words


# -- data appendix ---------------------------------------------------------------------------


def test_a_series_is_shown_with_value_age_and_origin(desk: Desk) -> None:
    """The appendix prints the last value with its day, its age and its allowed age."""
    row = series_row(desk, "fed_total_assets")
    assert row.last.value == pytest.approx(6_535_781e6)
    assert (row.observed.day, row.released) == (date(2025, 12, 3), date(2025, 12, 4))
    assert (row.age.value, row.allowed.value, row.state) == (2, 9, "fresh")


def test_a_late_series_is_stale_and_says_why(desk: Desk) -> None:
    """The CFTC report held up by the shutdown of autumn 2025 is stale, with the reason."""
    row = series_row(desk, "yen_noncommercial_long")
    assert (row.observed.day, row.state) == (date(2025, 10, 28), "stale")
    assert row.reason == "government_shutdown_2025"
    assert series_row(desk, "vix").reason == ""


def test_joined_series_and_repairs_are_told(desk: Desk) -> None:
    """The parts of a joined series and the findings of the data checks are in the appendix."""
    joined = series_row(desk, "nasdaq_composite").parts
    assert [part.publisher_id for part in joined] == ["arch.data.nasdaq", "NASDAQCOM"]
    assert [note.code for note in series_row(desk, "cpi").notes] == [
        "vintage_restored",
        "never_published",
    ]


def test_series_that_are_not_there_are_listed(desk: Desk) -> None:
    """What the catalogue knows and the snapshot lacks is named, but optional series."""
    poor = _desk(desk.snapshot.without("gold"), None)
    found = back(poor, edition_dates(poor.as_of))
    assert "Gold" in found.missing
    wanted = [one for one in catalogue().values() if not one.optional]
    assert len(found.series) + len(found.missing) == len(wanted)


def test_a_month_without_delays_has_no_stale_series(desk: Desk) -> None:
    """Cut at the end of July 2025, before the shutdown, every series that exists is fresh."""
    earlier = _desk(desk.snapshot.cut(date(2025, 7, 31)), None)
    found = back(earlier, edition_dates(earlier.as_of))
    assert found.stale == sum(row.state == "stale" for row in found.series)
    assert all(row.observed.day <= date(2025, 7, 31) for row in found.series)
    assert all(row.reason == "" for row in found.series if row.state == "fresh")


# -- figures of others -----------------------------------------------------------------------


def test_figures_of_others_carry_name_and_date(desk: Desk) -> None:
    """Quotations are those of the house view that the house did not state itself, oldest first."""
    found = quotations(desk)
    assert found[0].by == "Marko Kolanovic, JPMorgan"
    assert found[0].stated == date(2023, 2, 15)
    assert "house" not in {one.by for one in found}
    assert [one.stated for one in found] == sorted(one.stated for one in found)


def test_without_a_house_view_nobody_is_quoted(desk: Desk) -> None:
    """No house view, no quotations."""
    assert quotations(_desk(desk.snapshot, None)) == ()


# -- the page --------------------------------------------------------------------------------


def _rendered(assessment: Assessment, code: str) -> str:
    """The back matter alone, as text, in a language."""
    import jinja2

    from reportgen.i18n import Formatter, load_catalogue
    from reportgen.i18n.environment import environment
    from reportgen.i18n.language import language_of
    from reportgen.i18n.spaces import closed_up
    from reportgen.render.report import Brand, Counter, Outline, Page
    from reportgen.resources import locales_folder

    language = language_of(code)
    words = load_catalogue(locales_folder(), language)
    env = environment(templates_folder(), words, Formatter(language, words))
    assert isinstance(env.loader, jinja2.BaseLoader)
    page = Page(medium="pdf", brand=Brand("A house"))
    html = env.get_template("sections/back.html.j2").render(
        a=assessment,
        charts={},
        page=page,
        medium="pdf",
        outline=Outline(),
        counter=Counter(),
    )
    assert not words.missing
    return closed_up(html)


def _text(html: str) -> str:
    """The text of HTML, a line a block."""
    blocks = re.sub(r"</(?:p|td|th|li|dd|dt|h\d|figcaption|tr|div)>|<br>", "\n", html)
    return re.sub(r"<[^>]+>", "", blocks)


def _changed(assessment: Assessment, **changes: object) -> Assessment:
    altered = msgspec.structs.replace(assessment.back, **changes)
    return msgspec.structs.replace(assessment, back=altered)


def _lines(text: str) -> Iterator[str]:
    return (line.strip() for line in text.splitlines() if line.strip())


def test_the_record_never_claims_a_score_it_does_not_have(assessment: Assessment) -> None:
    """The first edition says that it is; a later one says that it scores nothing."""
    first = _text(_rendered(assessment, "en"))
    assert "This is the first edition on record." in first
    later = msgspec.structs.replace(assessment.back.record, state="unscored")
    other = _text(_rendered(_changed(assessment, record=later), "en"))
    assert "first edition" not in other
    assert "nothing here should be read as a track record" in other


def test_the_heading_of_the_data_follows_their_age(assessment: Assessment) -> None:
    """Stale series are counted in the heading; without any the heading says so."""
    stale = assessment.back.stale
    total = len(assessment.back.series)
    assert f"{stale} of {total} series are older" in _text(_rendered(assessment, "en"))
    fresh = tuple(
        msgspec.structs.replace(row, state="fresh", reason="") for row in assessment.back.series
    )
    calm = _text(_rendered(_changed(assessment, series=fresh, stale=0), "en"))
    assert f"All {total} series are as fresh" in calm
    assert "shutdown" not in calm


def test_sentences_do_not_run_into_one_another(assessment: Assessment) -> None:
    """In English a space stands between two sentences of a paragraph."""
    for line in _lines(_text(_rendered(assessment, "en"))):
        assert not re.search(r"[a-z0-9)][.;:?!][A-Z][a-z]", line), line


@pytest.mark.parametrize("code", ["zh", "ja"])
def test_no_english_sentence_is_left(assessment: Assessment, code: str) -> None:
    """Chinese and Japanese pages hold English only in names, references and formulas."""
    for line in _lines(_text(_rendered(assessment, code))):
        words = re.findall(r"\b[a-z]{3,}\b", line)
        reference = re.search(r"\(\d{4}\)|[A-Z]\w+ ", line)
        assert len(words) < 6 or reference, line


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_snapshot_can_be_identified(assessment: Assessment, code: str) -> None:
    """The page prints the snapshot's hash and the version of the program."""
    text = _text(_rendered(assessment, code))
    assert assessment.edition.snapshot in text
    assert f"reportgen {assessment.edition.program}" in text


def test_the_house_is_not_mentioned_where_there_is_none(assessment: Assessment) -> None:
    """Without a house view the disclosures do not speak of one and nobody is quoted."""
    edition = msgspec.structs.replace(assessment.edition, house="")
    bare = msgspec.structs.replace(_changed(assessment, quotations=()), edition=edition)
    text = _text(_rendered(bare, "en"))
    assert "stands beside the probabilities of the models" not in text
    assert "Kolanovic" not in text


def test_templates_hold_no_path_of_a_machine() -> None:
    """No template of the back matter names a folder of a machine."""
    for path in sorted(Path(templates_folder() / "sections").glob("back*.j2")):
        assert not re.search(r"/(?:home|work|tmp|usr)/", path.read_text(encoding="utf-8")), path


def test_the_first_page_names_what_is_old(assessment: Assessment) -> None:
    """December 2025: yen positions, prices and unemployment, held up by the shutdown."""
    late = {one.code: one.state for one in assessment.back.alarms}
    assert late == dict.fromkeys(
        ("yen_noncommercial_long", "yen_noncommercial_short", "cpi", "unemployment_rate"), "stale"
    )
