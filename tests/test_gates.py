"""The gates: a sound document passes, each fault is named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from reportgen.render.fonts import FontSet
from reportgen.render.gates import check_html, check_pdf, count_pages
from reportgen.render.pdf import DocumentInfo, write_pdf

STYLE = "@page{size:A4}body{font-family:var(--sans)}h2{break-before:page;bookmark-level:1}"
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
DOCUMENT = f"""<!doctype html><html lang="en"><head><title>Risk</title><style>{STYLE}</style>
</head><body><p>Cover</p><p><a href="#a">One</a> <a href="https://example.org/">two</a></p>
<h2 id="a">Level</h2><p>The index closed at 23,578.</p>
<img src="chart:a.svg" alt="A square"></body></html>"""
PAGE = """<!doctype html><html lang="en"><head><title>Risk</title><style>p{color:red}</style>
</head><body><h1 id="a">Risk</h1><p><a href="#a">up</a> <a href="other.zh.html">zh</a></p>
<img src="data:image/png;base64,AA==" alt="A dot">MORE</body></html>"""


@pytest.fixture(scope="module")
def fonts() -> FontSet:
    """The faces of English."""
    return FontSet.for_language("en")


@pytest.fixture(scope="module")
def sound(fonts: FontSet) -> bytes:
    """A document of two pages without fault."""
    info = DocumentInfo(datetime(2025, 12, 7, tzinfo=UTC))
    return write_pdf(DOCUMENT, {"chart:a.svg": DRAWING}, fonts, info)


def test_a_sound_document_passes(sound: bytes, fonts: FontSet, tmp_path: Path) -> None:
    """Nothing is found wrong, in bytes or in a file; its pages are counted."""
    path = tmp_path / "a.pdf"
    path.write_bytes(sound)
    assert check_pdf(sound, "en", fonts.expected_names) == []
    assert check_pdf(path, "en", fonts.expected_names) == []
    assert count_pages(sound) == count_pages(path) == 2


def _first_font(pdf: pikepdf.Pdf) -> Any:
    return next(iter(pdf.pages[0].Resources.Font.values()))


def _rename(pdf: pikepdf.Pdf) -> None:
    _first_font(pdf).BaseFont = pikepdf.Name("/NotoSansCJKjp-Regular")


def _take_font_out(pdf: pikepdf.Pdf) -> None:
    del _first_font(pdf).DescendantFonts[0].FontDescriptor["/FontFile2"]


def _make_letter(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].MediaBox = pikepdf.Array([0, 0, 612, 792])


def _lose_language(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Lang = pikepdf.String("ja")


def _lose_title(pdf: pikepdf.Pdf) -> None:
    del pdf.docinfo["/Title"]


def _lose_tags(pdf: pikepdf.Pdf) -> None:
    del pdf.Root["/StructTreeRoot"]


def _lose_mark(pdf: pikepdf.Pdf) -> None:
    del pdf.Root["/MarkInfo"]


def _lose_description(pdf: pikepdf.Pdf) -> None:
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/Figure":
            del item["/Alt"]


def _lose_outline(pdf: pikepdf.Pdf) -> None:
    del pdf.Root["/Outlines"]


def _lose_targets(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.Names["/Dests"]


def _run_program(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Annots[0].A = pikepdf.Dictionary(S=pikepdf.Name("/Launch"))


def _link_to_file(pdf: pikepdf.Pdf) -> None:
    for annotation in pdf.pages[0].Annots:
        if "/A" in annotation and "/URI" in annotation.A:
            annotation.A.URI = pikepdf.String("file:///etc/hostname")


def _lose_meaning(pdf: pikepdf.Pdf) -> None:
    _first_font(pdf).ToUnicode = pdf.make_stream(b"endcodespacerange")


def _empty_page(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Contents = pdf.make_stream(b"")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (_rename, "NotoSansCJKjp-Regular is not one of the intended faces"),
        (_rename, "is not a subset"),
        (_take_font_out, "is not embedded"),
        (_make_letter, "page 1 is 612 by 792 points, not A4"),
        (_lose_language, "its language is 'ja', not 'en'"),
        (_lose_title, "no title"),
        (_lose_tags, "no structure tree"),
        (_lose_mark, "not tagged"),
        (_lose_description, "a figure has no description"),
        (_lose_outline, "no outline"),
        (_lose_targets, "page 1: a link leads to 'a', which is not in the document"),
        (_run_program, "an action /Launch is no link"),
        (_link_to_file, "a link leads to 'file:///etc/hostname'"),
        (_lose_meaning, "glyphs that are missing or unreadable"),
        (_empty_page, "page 1 is empty"),
    ],
)
def test_each_fault_of_a_pdf_is_named(
    sound: bytes, fonts: FontSet, damage: Callable[[pikepdf.Pdf], None], said: str
) -> None:
    """One fault, one sentence that says what and where."""
    damaged = BytesIO()
    with pikepdf.open(BytesIO(sound)) as pdf:
        damage(pdf)
        pdf.save(damaged)
    problems = check_pdf(damaged.getvalue(), "en", fonts.expected_names)
    assert any(said in problem for problem in problems), problems


def test_a_document_in_the_wrong_faces_is_stopped(sound: bytes) -> None:
    """English faces in a document that should have Chinese ones."""
    chinese = FontSet.for_language("zh").expected_names
    assert any("NotoSans-Regular" in problem for problem in check_pdf(sound, "en", chinese))


def test_a_space_between_ideographs_is_found() -> None:
    """A line end in a catalogue becomes a space that Chinese does not write; English does."""
    chinese = FontSet.for_language("zh")
    html = DOCUMENT.replace('lang="en"', 'lang="zh-Hans"').replace("Cover", "概率 为28% 左右")
    info = DocumentInfo(datetime(2025, 12, 7, tzinfo=UTC))
    pdf = write_pdf(html, {"chart:a.svg": DRAWING}, chinese, info)
    problems = check_pdf(pdf, "zh", chinese.expected_names)
    assert problems == ["page 1 has a space inside '率 为'"]


def test_a_sound_page_passes() -> None:
    """One file, everything inside, links to other editions allowed."""
    assert check_html(PAGE.replace("MORE", "")) == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("<script>1</script>", "a script"),
        ('<p onclick="a()">x</p>', "the script onclick"),
        ('<img src="a.png" alt="x">', "would fetch 'a.png'"),
        ('<img src="data:," alt="">', "no description"),
        ('<link rel="stylesheet" href="https://example.org/a.css">', "https://example.org/a.css"),
        ("<style>@import 'a.css';</style>", "a style would fetch 'a.css'"),
        ('<p style="background:url(a.png)">x</p>', "a style would fetch 'a.png'"),
        ('<svg><image href="https://example.org/a.png"/></svg>', "https://example.org/a.png"),
        ('<p id="a">twice</p>', "the id 'a' stands 2 times"),
        ('<a href="#b">x</a>', "#b, which is not in the page"),
        ('<svg><use xlink:href="#c"/></svg>', "#c, which is not in the page"),
        ("<p>\ufffd</p>", "U+FFFD"),
    ],
)
def test_each_fault_of_a_page_is_named(more: str, said: str) -> None:
    """Scripts, things to fetch, dead links, double ids, lost characters."""
    problems = check_html(PAGE.replace("MORE", more))
    assert any(said in problem for problem in problems), problems


def test_a_page_says_its_language_and_title() -> None:
    """Without them neither a screen reader nor a browser's tab knows what it is."""
    problems = check_html("<html><body><p>x</p></body></html>")
    assert problems == ["the page does not say its language", "the page has no title"]
