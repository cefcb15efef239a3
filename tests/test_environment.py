"""The environments of all languages and days share what is compiled, and nothing else."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from reportgen.facts import Computed, Quantity, Unit
from reportgen.i18n import Formatter, load_catalogue
from reportgen.i18n.environment import environment
from reportgen.i18n.language import language_of
from reportgen.resources import locales_folder

if TYPE_CHECKING:
    from pathlib import Path

    from jinja2 import Environment

NAME = "part.txt.j2"


def _made(folder: Path, code: str, on: date | None = None) -> Environment:
    language = language_of(code)
    words = load_catalogue(locales_folder(), language)
    return environment(folder, words, Formatter(language, words), on)


def test_a_constant_is_printed_by_the_filters_of_each_language(tmp_path: Path) -> None:
    """One template, compiled for English first: names and figures are those of the language."""
    (tmp_path / NAME).write_text('{{ "US dollar in yen"|name }} {{ q|q }} {{ _("Data") }}')
    said = {
        code: _made(tmp_path, code)
        .get_template(NAME)
        .render(q=Quantity(1.5, Unit.PERCENT, Computed("M1")))
        for code in ("en", "zh", "ja")
    }
    assert said["en"].startswith("US dollar in yen")
    assert said["zh"].startswith("美元兑日元")
    assert said["ja"].startswith("ドル円")


def test_a_filter_of_another_environment_is_never_kept(tmp_path: Path) -> None:
    """Even a filter that asks for nothing is called as the page is written, not before."""
    (tmp_path / NAME).write_text(
        '{{ "x"|own }}{{ ("x"|own) ~ "y" }}{% if "x"|own == "a" %}z{% endif %}'
    )
    for word, text in (("a", "aayz"), ("b", "bby")):
        env = _made(tmp_path, "en")
        env.filters["own"] = lambda _, word=word: word
        assert env.get_template(NAME).render() == text


def test_terms_are_those_of_the_day(tmp_path: Path) -> None:
    """The same template in two editions: each has the terms of its own day."""
    (tmp_path / NAME).write_text('{{ _("Flash crash") }}')
    for on, term in ((date(2010, 5, 5), "Ten-day fall"), (date(2010, 5, 6), "Flash crash")):
        assert _made(tmp_path, "en", on).get_template(NAME).render() == term


@pytest.mark.parametrize("code", ["en", "zh"])
def test_a_changed_template_is_compiled_again(tmp_path: Path, code: str) -> None:
    """What is compiled belongs to a source, not to a name."""
    for text in ("one", "two"):
        (tmp_path / NAME).write_text(text)
        assert _made(tmp_path, code).get_template(NAME).render() == text
