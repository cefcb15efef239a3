"""Templates find data and words, and no way to anything that acts (S2)."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jinja2
import pytest
from jinja2.exceptions import SecurityError
from markupsafe import escape

from reportgen.facts import Computed, Quantity, Unit
from reportgen.i18n import Formatter, load_catalogue
from reportgen.i18n.environment import environment
from reportgen.i18n.language import language_of
from reportgen.resources import locales_folder
from reportgen.secret import Secret

CANARY = "canary-9f3c"
ATTACKS = (
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ ''['__class__'] }}",
    "{{ ''|attr('__class__') }}",
    "{{ (['']|map(attribute='__class__')|first).mro() }}",
    "{{ ([a]|groupby('__class__')|first).grouper.mro() }}",
    "{{ '{0.__class__.__init__.__globals__}'.format(a) }}",
    "{% set said = '{0.__class__}'.format %}{{ said(a) }}",
    "{{ '{x.__class__}'.format_map({'x': a}) }}",
    "{{ cycler.__init__.__globals__.os.system('touch made') }}",
    "{{ joiner.__init__.__globals__['os'].popen('touch made').read() }}",
    "{{ lipsum.__globals__['os'].system('touch made') }}",
    "{{ namespace.__init__.__globals__.sys.modules.os.system('touch made') }}",
    "{{ self.__init__.__globals__.__builtins__.open('made', 'w') }}",
    "{{ a.__class__.__init__.__globals__ }}",
    "{{ a.__dict__ }}",
    "{{ _.__globals__ }}",
    "{{ term.__closure__ }}",
    "{{ nothing_of_that_name.__init__.__globals__ }}",
    "{% macro m() %}{% endmacro %}{{ m._environment.loader.searchpath }}",
    "{{ dict.mro() }}",
    "{{ dict.fromkeys.__self__.__base__.__subclasses__() }}",
    "{{ [1]|map('string').gi_frame.f_globals }}",
    "{{ module.system('touch made') }}",
    "{{ module['system']('touch made') }}",
    "{{ maker('made', 'w') }}",
    "{{ path.write_text('x') }}",
    "{{ path.read_text() }}",
    "{{ stream.read() }}",
    "{{ secret.reveal() }}",
    "{{ engine.dispose() }}",
    "{% include '/etc/passwd' %}",
    "{% include '../secret.txt' %}",
    "{% import 'os' as os %}{{ os.system('touch made') }}",
    "{{ range(999999999)|list }}",
)


@dataclass(frozen=True)
class Row:
    """A value as templates get them."""

    code: str
    figure: Quantity


class Engine:
    """Something of the program's that acts."""

    def dispose(self) -> None:
        """Leave a trace."""
        Path("made").touch()


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What a careless caller might hand to a template."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret.txt").write_text(CANARY)
    (tmp_path / "templates").mkdir()
    return {
        "a": Row("row", Quantity(0.25, Unit.PROBABILITY, Computed("M1"), "row")),
        "module": sys.modules["os"],
        "maker": Path,
        "path": tmp_path / "secret.txt",
        "stream": _Stream(),
        "secret": Secret(CANARY),
        "engine": Engine(),
    }


class _Stream:
    def read(self) -> str:
        return CANARY


def _ours(folder: Path, text: str) -> jinja2.Template:
    (folder / "page.html.j2").write_text(text, encoding="utf-8")
    language = language_of("zh")
    words = load_catalogue(locales_folder(), language)
    return environment(folder, words, Formatter(language, words)).get_template("page.html.j2")


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_ends_with_an_error(attack: str, given: dict[str, Any], tmp_path: Path) -> None:
    """Nothing of it runs, nothing is printed, and the page is not made."""
    with pytest.raises((jinja2.TemplateError, OverflowError)):
        _ours(tmp_path / "templates", attack).render(given)
    assert not (tmp_path / "made").exists()
    assert (tmp_path / "secret.txt").read_text() == CANARY


def test_the_attacks_are_real(given: dict[str, Any], tmp_path: Path) -> None:
    """Without the sandbox most of them work."""
    worked = 0
    plain = jinja2.Environment(
        loader=jinja2.FileSystemLoader(tmp_path), undefined=jinja2.StrictUndefined
    )
    plain.globals["_"] = plain.globals["term"] = _ours
    for attack in ATTACKS[:-1]:
        if "open(" in attack:  # would leave something open
            continue
        try:
            plain.from_string(attack).render(given)
        except (jinja2.TemplateError, TypeError, AttributeError):
            continue
        worked += 1
    assert worked > 20
    assert (tmp_path / "made").exists()


def test_data_is_read_as_ever(tmp_path: Path, given: dict[str, Any]) -> None:
    """Records, their methods, plain values, lists of the template's own, days and macros."""
    text = (
        "{% macro twice(x) %}{{ x }}{{ x }}{% endmacro %}{% set seen = [] %}"
        "{% do seen.append(twice('b')) %}{% set held = namespace(n=1) %}{% set held.n = 2 %}"
        "{{ a.code.upper() }} {{ seen[0] }} {{ held.n }} {{ day.isoformat() }} "
        "{{ row.items()|list }} {{ dict(x=1).x }} {{ a.figure|q }} {{ '{:.1f}'.format(0.25) }} "
        "{{ format.day(day) }}"
    )
    values = {**given, "day": datetime(2025, 12, 5, tzinfo=UTC).date(), "row": {"k": 1}}
    folder = tmp_path / "templates"
    shown = _ours(folder, text).render(values)
    assert shown.startswith("ROW bb 2 2025-12-05 [(&#39;k&#39;, 1)] 1 ")
    assert "25" in shown
    assert shown.endswith(" 0.2 2025年12月5日")


@pytest.mark.parametrize(
    "text", ["{{ 7*7 }}", "{% include 'secret.txt' %}", "<script>alert(1)</script>", "{{ a.code }}"]
)
def test_values_are_no_templates(text: str, given: dict[str, Any], tmp_path: Path) -> None:
    """What a client or an analyst wrote is printed as it is, escaped and not evaluated."""
    shown = _ours(tmp_path / "templates", "<p>{{ name }}</p>").render(name=text)
    assert shown == f"<p>{escape(text)}</p>"


def test_the_error_says_what_was_refused(given: dict[str, Any], tmp_path: Path) -> None:
    """Who writes a template reads which attribute of what is not for templates."""
    with pytest.raises(SecurityError, match="'read_text' of 'PosixPath' object is unsafe"):
        _ours(tmp_path / "templates", "{{ path.read_text() }}").render(given)
