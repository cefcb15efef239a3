"""The page's parts: every macro and style in both media, without a word or colour of their own."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import jinja2
import pikepdf
import pytest
from markupsafe import Markup

from reportgen.render.fonts import FontSet
from reportgen.render.gates import check_html, check_pdf
from reportgen.render.pdf import DocumentInfo, write_pdf
from reportgen.render.pdftext import page_texts
from reportgen.render.report import Outline
from reportgen.render.screen import finish_html
from reportgen.resources import templates_folder

DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 380 190">'
    '<rect width="380" height="190" fill="var(--tint, #eef3f7)"/></svg>'
)
TEMPLATE = """
{% from "macros/layout.html.j2" import cover, contents, section, subsection, side, key_figures,
   key_figure, figure, figure_pair, table_frame, box, cards, card, heat_map, glossary, origin, num,
   note with context %}
<!doctype html><html lang="{{ tag }}"><head><title>{{ t }}</title>
<meta name="viewport" content="width=device-width"><style>{{ css }}</style></head>
<body class="medium-{{ medium }}"><p class="running-title">{{ t }}</p>
<p class="running-edition">{{ t }}</p>
<p class="running-pages"><span class="page-number"></span>/<span class="page-count"></span></p>
{% macro table() %}<table><thead><tr><th scope="col">{{ t }}</th><th scope="col" class="number">
{{ t }}</th></tr></thead><tbody>{% for _ in range(rows) %}<tr><th scope="row">{{ t }}</th>
<td class="number">28%{{ origin("computed", t) }}</td></tr>{% endfor %}</tbody></table>
{% endmacro %}
{% call cover(t, t, text, t, t, subtitle=t, window=t, languages=t) %}
{% call key_figures() %}{{ key_figure(t, "28%", t, origin("assumed", t), size="large") }}
{% endcall %}{{ heat_map(t, t, t, [t] * 5, matrix, size="mini") }}{% endcall %}
{% set body %}
{% call section("one", "1", t) %}<p class="lead">{{ text }}</p>
{% call subsection("one-one", "1.1", t, t) %}<p>{{ text }}{{ note(t) }}</p>
{% call side() %}<p>{{ t }}</p>{% endcall %}<p>{{ text }} {{ num("28%") }}</p>
{% call figure("a", t, t, t, t, t, svg=drawing, data_label=t) %}{{ table() }}{% endcall %}
{% call figure_pair() %}{% for name in ("b", "c") %}
{% call figure(name, t, t, t, t, t, svg=drawing, size="half") %}{% endcall %}{% endfor %}
{% endcall %}{% call table_frame("t", t, t, t, t) %}{{ table() }}{% endcall %}
{% for kind in ("definition", "correction", "stale", "analyst", "method") %}
{% call box(kind, t) %}<p>{{ text }}</p>{% endcall %}{% endfor %}
{{ heat_map(t, t, t, [t] * 5, matrix) }}
{% call cards() %}{{ card("m1", "M1", t, [(t, text)]) }}{% endcall %}
{{ glossary([(t, text)]) }}
<table><tr><th scope="row">{{ t }}</th><td>{{ "0123456789" * 12 }}</td></tr></table>
{% endcall %}{% endcall %}
{% endset %}
{{ contents(t, outline.entries) }}<main>{{ body }}</main></body></html>
"""
TEXTS = {
    "zh": ("zh-Hans", "市场风险", "准备金余额为2.87万亿美元，比六个月前少了4,300亿美元。" * 6),
    "ja": ("ja", "市場リスク", "準備預金残高は2兆8,700億ドルで、半年前より4,300億ドル少ない。" * 6),
    "en": ("en", "Market risk", "Reserves stood at $2.87 trillion, $430 billion less. " * 6),
}


@cache
def _fonts(language: str) -> FontSet:
    return FontSet.for_language(language)


def _render(language: str, medium: str, rows: int = 4, **changes: Any) -> str:
    folder = templates_folder()
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.do"],
        autoescape=False,
    )
    own = "page.css" if medium == "pdf" else "screen.css"
    css = "".join((folder / "css" / name).read_text() for name in ("common.css", own))
    tag, words, text = TEXTS[language]
    cells = [{"level": level, "grade": str(level), "risks": []} for level in range(1, 6)]
    given = {
        "t": words,
        "text": text,
        "tag": tag,
        "css": css,
        "medium": medium,
        "rows": rows,
        "drawing": DRAWING,
        "matrix": [{"label": words, "cells": cells}] * 5,
        "outline": Outline(),
    }
    return environment.from_string(TEMPLATE.strip()).render({**given, **changes})


def _pdf(language: str, **changes: Any) -> bytes:
    charts = {f"chart:{name}.svg": DRAWING.replace("var(--tint, #eef3f7)", "#eef3f7").encode()
              for name in "abc"}  # fmt: skip
    info = DocumentInfo(datetime(2025, 12, 7, tzinfo=UTC))
    return write_pdf(_render(language, "pdf", **changes), charts, _fonts(language), info)


@pytest.mark.parametrize("language", TEXTS)
def test_every_part_stands_in_print(language: str) -> None:
    """All macros and print styles together: no complaint of WeasyPrint, every gate open."""
    assert check_pdf(_pdf(language), language, _fonts(language).expected_names) == []


@pytest.mark.parametrize("language", TEXTS)
def test_every_part_stands_on_the_screen(language: str) -> None:
    """One file with its fonts inside, nothing to fetch, no dead link."""
    html = finish_html(_render(language, "html"), _fonts(language))
    assert check_html(html) == []
    assert "data:font/woff2;base64," in html


def test_the_macros_hold_no_words() -> None:
    """With every text taken away no letter is left: words come from the caller alone."""
    blank = {"t": "", "text": "", "drawing": "", "css": ""}
    html = _render("en", "html", **blank, matrix=[], rows=0)
    body = html[html.index("<body") :]
    assert re.sub(r"<[^>]*>|28%|M1|[\d./●◆○\s]", "", body) == ""


def test_a_long_table_repeats_its_head() -> None:
    """A table of several pages has its head on each of them."""
    with pikepdf.open(BytesIO(_pdf("en", rows=160))) as pdf:
        texts = page_texts(pdf)
    rows = [text for text in texts if text.count("28%") > 10]
    assert len(rows) >= 3
    for text in rows:
        # One in each row, two in the head, two in the running head and foot.
        assert text.count("Market risk\n") >= text.count("28%") + 4


def test_a_short_table_stays_whole() -> None:
    """Tables of up to twelve rows are not broken, wherever on the page they come."""
    for lines in (30, 34, 38):
        filler = "Reserves stood still. " * 4 * lines
        with pikepdf.open(BytesIO(_pdf("en", rows=9, text=filler))) as pdf:
            counts = [text.count("28%") for text in page_texts(pdf)]
        assert all(count in (0, 1, 2, 9, 10, 11) for count in counts), counts


def test_headings_may_hold_marked_up_figures() -> None:
    """A figure's markup in a finding stays in the heading and out of labels and descriptions."""
    finding = Markup('Trough of <data value="18225">18,225</data>')
    html = _render("en", "html", t=finding)
    assert 'data-label="1.1 Trough of 18,225"' in html
    assert '<h3 data-label="1.1 Trough of 18,225">Trough of <data value="18225">' in html


def test_a_telephone_never_scrolls_sideways(tmp_path: Path) -> None:
    """At 360 px the page is as wide as the screen: tables and drawings scroll inside themselves."""
    chromium = pytest.importorskip("playwright.sync_api")
    path = tmp_path / "page.html"
    path.write_text(finish_html(_render("zh", "html"), _fonts("zh")), encoding="utf-8")
    with chromium.sync_playwright() as player:
        browser = player.chromium.launch(executable_path=_browser(), args=["--no-sandbox"])
        for scheme in ("light", "dark"):
            page = browser.new_page(viewport={"width": 360, "height": 700}, color_scheme=scheme)
            page.goto(path.as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") == 360
            assert page.evaluate("document.fonts.check('16px \"Noto Sans CJK SC\"')")
        browser.close()


def _browser() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("there is no Chromium on this machine")
    return found
