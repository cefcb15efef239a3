"""Small reports in each language, as publishing leaves them, for tests of what clients get."""

from __future__ import annotations

from datetime import UTC, datetime

from reportgen.i18n.language import language_of
from reportgen.render.fonts import FontSet
from reportgen.render.pdf import DocumentInfo, write_pdf
from reportgen.render.proof import with_manifest

MOMENT = datetime(2026, 1, 6, 7, 30, tzinfo=UTC)
MANIFEST = b'{"format": 1}\n'
SAID = {
    "zh": ("风险评估", "准备金降至2.87万亿美元。", "第二页。"),
    "ja": ("リスク評価", "準備預金は2.87兆ドルに減った。", "二ページ目。"),
    "en": ("Risk assessment", "Reserves fell to 2.87 trillion.", "The second page."),
}
DRAWING = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 40"><rect width="90" height="9"/>'
    b'<g opacity=".4"><path d="M0 20L90 30" stroke="#123"/></g></svg>'
)
STYLE = "@page{size:A4}body{font:14px/1.7 var(--serif)}section{break-before:page}"


def page_of(language: str) -> str:
    """Return a report as a page, with the places in which an edition's has its parts."""
    title, first, second = SAID[language]
    return (
        f'<!doctype html><html lang="{language_of(language).tag}"><head><title>{title}</title>'
        f'<style>{STYLE}</style>\n</head><body><main><header class="cover"><h1>{title}</h1>'
        f"</header><p>{first}</p>"
        f'<img src="chart:a.svg" alt="{title}"><section class="section" id="two"><h2>{title}</h2>'
        f"<p>{second}</p></section></main></body></html>"
    )


def pdf_of(language: str) -> bytes:
    """Return a report of two pages with its manifest."""
    fonts = FontSet.for_language(language)
    made = write_pdf(
        page_of(language), {"chart:a.svg": DRAWING}, fonts, DocumentInfo(MOMENT, SAID[language][0])
    )
    return with_manifest(made, MANIFEST, MOMENT)
