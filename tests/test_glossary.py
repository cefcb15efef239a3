"""The glossary: how it is read, how its terms are found, and what a translation must hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from reportgen.errors import ConfigError, MissingInputError
from reportgen.i18n.glossary import (
    HEAD,
    LANGUAGES,
    glossary,
    glossary_faults,
    read_glossary,
    term_in,
    terms_in,
)

ROW = "crash,崩盘,,崩溃,崩盤,,,暴落,急落,,"


def _file(folder: Path, *rows: str, head: str = ",".join(HEAD)) -> Path:
    path = folder / "glossary.csv"
    path.write_text("\n".join((head, *rows)) + "\n", encoding="utf-8")
    return path


def test_a_row_gives_term_allowed_and_forbidden_wordings(tmp_path: Path) -> None:
    """Each language has the term, further wordings a text may use, and ones it must not."""
    (term,) = read_glossary(_file(tmp_path, ROW))
    assert term.english == "crash"
    assert term.renderings["zh"].never == ("崩溃",)
    assert term.renderings["ja"].also == ("急落",)
    assert term.renderings["ja"].found_in("相場は急落した")


@pytest.mark.parametrize(
    ("rows", "head", "fault"),
    [
        ((ROW,), "en,zh", "the head must be"),
        ((ROW, ROW), ",".join(HEAD), "stands there twice"),
        (("crash,,,,崩盤,,,暴落,,,",), ",".join(HEAD), "nothing in column zh"),
    ],
)
def test_a_malformed_glossary_is_refused(
    tmp_path: Path, rows: tuple[str, ...], head: str, fault: str
) -> None:
    """A foreign head, a repeated term and an empty cell each end with a sentence saying so."""
    with pytest.raises(ConfigError, match=fault):
        read_glossary(_file(tmp_path, *rows, head=head))


def test_a_missing_glossary_is_named(tmp_path: Path) -> None:
    """Without the file the message names it."""
    with pytest.raises(MissingInputError, match=r"glossary\.csv"):
        read_glossary(tmp_path / "glossary.csv")


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("The yen carry trade unwinds.", ["yen carry trade", "unwind"]),
        ("Two flash crashes and a debt-limit law", ["flash crash", "debt limit"]),
        ("X-dates differ from limit dates", ["X-date", "limit date"]),
        ("the rate of %(drawdown)s", []),
        ("risk-neutral probabilities", ["risk-neutral probability"]),
        ("an optional skewed view", []),
    ],
)
def test_terms_are_found_as_words(text: str, terms: list[str]) -> None:
    """Plurals and hyphens count, placeholders and parts of words do not, the longest term wins."""
    assert [term.english for term in terms_in(text)] == terms


def test_a_translation_must_use_the_term() -> None:
    """A translation by another word is reported with the term it lacks."""
    assert not list(glossary_faults("A flash crash.", "一次闪崩。", "zh"))
    (fault,) = glossary_faults("A flash crash.", "一次暴跌。", "zh")
    assert "闪崩" in fault


def test_a_forbidden_wording_is_reported_anywhere() -> None:
    """A forbidden wording is a fault even where the English text has no such term."""
    (fault,) = glossary_faults("It fell.", "闪电崩盘。", "zh")
    assert "闪电崩盘" in fault


@pytest.mark.parametrize("code", ["zh", "ja"])
def test_the_country_has_one_name(code: str) -> None:
    """Japan is 日本 in Chinese and Japanese and nothing else."""
    assert term_in(code, "Japan") == "日本"
    other = {"zh": "日方利率", "ja": "ジャパンの金利"}[code]
    assert any("日本" in fault for fault in glossary_faults("Japan", other, code))


def test_terms_are_printed_as_the_house_has_them() -> None:
    """What the report prints is the glossary's term; English is the term itself."""
    assert term_in("zh", "X-date") == "X日"
    assert term_in("ja", "reserve balance") == "準備預金残高"
    assert term_in("en", "drawdown") == "drawdown"
    with pytest.raises(ConfigError, match="no term"):
        term_in("zh", "nothing of the kind")


def test_no_term_forbids_itself() -> None:
    """No allowed wording of any term holds a wording that another term forbids."""
    for code in LANGUAGES:
        allowed = [
            wording
            for term in glossary()
            for wording in (term.renderings[code].term, *term.renderings[code].also)
        ]
        forbidden = {never for term in glossary() for never in term.renderings[code].never}
        assert not [word for word in allowed if any(never in word for never in forbidden)]
