"""The catalogues: complete, up to date, and as a proof-reader of each language would have them."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from reportgen.i18n import extraction, proofreading
from reportgen.i18n.extraction import LANGUAGES_WITH_CATALOGUE, extract_template
from reportgen.i18n.language import language_of
from reportgen.i18n.proofreading import ending, faults, source_faults
from reportgen.i18n.spaces import closed_up
from reportgen.resources import locales_folder


@pytest.fixture(scope="module")
def template() -> Catalog:
    """Every message of the program."""
    return extract_template()


def test_nothing_is_wrong_with_the_catalogues() -> None:
    """Every message is translated, not fuzzy, used, of equal placeholders, proof-read, by terms."""
    found = extraction.check()
    assert not found, "\n".join(found[:40])


def test_every_source_of_words_is_read(template: Catalog) -> None:
    """Messages come from templates, unit patterns, names of series, and names in bundled data."""
    assert template.get("Nasdaq risk assessment") is not None
    assert template.get("{n} yen") is not None
    assert template.get("Nasdaq Composite") is not None
    assert template.get("Ray Dalio") is not None
    assert template.get("house") is None


def test_refreshing_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On catalogues that are up to date a refresh writes back the same bytes."""
    before = {}
    for path in sorted(locales_folder().rglob("*.po*")):
        copy = tmp_path / path.relative_to(locales_folder())
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
        before[copy] = path.read_bytes()
    monkeypatch.setattr(extraction, "locales_folder", lambda: tmp_path)
    extraction.refresh()
    assert {copy: copy.read_bytes() for copy in before} == before


def test_a_new_message_is_reported_and_then_entered(
    template: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message the catalogue lacks is a fault; an update enters it without guessing."""
    monkeypatch.setattr(extraction, "locales_folder", lambda: tmp_path)
    small = Catalog(charset="utf-8", fuzzy=False)
    small.add("A word", locations=[("templates/x.j2", 1)])
    zh = language_of("zh")
    extraction.update(small, "zh", {("", "A word"): "一词"})
    assert not list(extraction.problems(small, zh))
    small.add("A words", locations=[("templates/x.j2", 2)])
    assert list(extraction.problems(small, zh)) == ["zh: 'A words' is not in the catalogue"]
    extraction.update(small, "zh")
    assert list(extraction.problems(small, zh)) == ["zh: 'A words' is not translated"]


def test_a_message_that_is_gone_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A translation whose message no source holds any longer is a fault."""
    monkeypatch.setattr(extraction, "locales_folder", lambda: tmp_path)
    small = Catalog(charset="utf-8", fuzzy=False)
    small.add("A word", locations=[("templates/x.j2", 1)])
    extraction.update(small, "ja", {("", "A word"): "語"})
    empty = Catalog(charset="utf-8", fuzzy=False)
    (fault,) = extraction.problems(empty, language_of("ja"))
    assert "no longer used" in fault


def test_every_language_has_its_catalogue() -> None:
    """Chinese and Japanese have a catalogue; English is the text of the messages."""
    assert [language.code for language in LANGUAGES_WITH_CATALOGUE] == ["zh", "ja"]


# -- the proof-reader ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "fault"),
    [
        ("收盘,回落", "zh", "half-width sign"),
        ("收盘(回落)", "zh", "half-width sign"),
        ("収支:黒字", "ja", "half-width sign"),
        ("2025 年", "zh", "typed space"),
        ("收于 %(close)s点", "zh", "typed space"),
        ("指数 は上昇", "ja", "typed space"),
        ("回落， 然后", "zh", "space beside"),
        ("上涨５点", "zh", "full-width digit"),
        ("「回落」", "zh", "quotes with"),
        ("“下落”", "ja", "quotes with"),
        ("总資产", "zh", "another script"),
        ("债務", "ja", "another script"),
        ("近期回落", "zh", "uses '近期'"),
        ("下落しました。ます。", "ja", "である調"),
        ("两  次", "zh", "doubled spaces"),
    ],
)
def test_the_proof_reader_sees(text: str, code: str, fault: str) -> None:
    """Signs, spaces, scripts and phrases that a page in the language must not have."""
    english = "It closed at %(close)s" if "%(close)s" in text else "It fell"
    found = list(faults(english, text, code, interpolated=True))
    assert any(fault in one for one in found), found


@pytest.mark.parametrize(
    ("source", "text", "code"),
    [
        ("It fell by %(n)s, then rose.", "先跌%(n)s，后涨。", "zh"),
        ("Close (%(day)s): %(close)s.", "終値（%(day)s）：%(close)s。", "ja"),
        ("S&P 500, VIX", "标普500、VIX", "zh"),
        ("Fall of 20%%", "下跌20%%", "zh"),
        ("<b>One</b> word", "一<b>词</b>", "zh"),
        ("by 23:59 New York time.", "纽约时间23:59前。", "zh"),
        (", ", "、", "zh"),
    ],
)
def test_the_proof_reader_passes(source: str, text: str, code: str) -> None:
    """Well-set text is left alone: clock times, tags, placeholders, doubled per cent signs."""
    assert not list(faults(source, text, code, interpolated=True))


@pytest.mark.parametrize(
    ("source", "text", "fault"),
    [
        ("Up %(n)s", "上涨%(m)s", "other placeholders"),
        ("Up <b>far</b>", "大涨", "other tags"),
        ("Up 20%%", "上涨20%", "single %"),
        ("It rose.", "上涨", "ends otherwise"),
        ("Does it rise?", "上涨。", "ends otherwise"),
        ("It rose", "上涨。", "ends otherwise"),
    ],
)
def test_a_translation_has_the_form_of_its_source(source: str, text: str, fault: str) -> None:
    """Placeholders, tags and the kind of the last sign are those of the English text."""
    assert any(fault in one for one in faults(source, text, "zh", interpolated=True))


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("End.", "."),
        ("结束。）", "."),
        ("“End.”", "."),
        ("终：", ":"),
        ("<b>终！</b>", "!"),
        ("终", ""),
    ],
)
def test_endings_are_compared_by_kind(text: str, sign: str) -> None:
    """A full stop is a full stop in every script, inside a bracket or a tag too."""
    assert ending(text) == sign


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("It rose today.", "give the date"),
        ("annualised", "American spelling"),
        ("two  spaces", "doubled spaces"),
        ("上涨", "another script"),
        ("a 20% fall", "single %"),
    ],
)
def test_english_messages_are_proof_read_too(text: str, fault: str) -> None:
    """The source language is held to American spelling, to dates, and to doubled per cents."""
    assert any(fault in one for one in source_faults(text, interpolated=True))


def test_names_of_placeholders_are_not_read() -> None:
    """The spelling rules hold for what a reader sees, not for the names of placeholders."""
    assert not list(source_faults("Volatility of %(realised)s", interpolated=True))


def test_avoided_phrases_have_a_reason() -> None:
    """Each phrase of the list names its language and why it is avoided."""
    assert {phrase.language for phrase in proofreading.avoided()} == {"en", "zh", "ja"}
    assert all(phrase.text and phrase.reason for phrase in proofreading.avoided())


def test_sentences_of_chinese_and_japanese_close_up() -> None:
    """The line break between two sentences of a template leaves no gap behind a full-width mark."""
    assert closed_up("回落。\n  然后（a）\n<b>涨</b>") == "回落。然后（a）<b>涨</b>"
    assert closed_up("It fell. \nIt rose.") == "It fell. \nIt rose."
