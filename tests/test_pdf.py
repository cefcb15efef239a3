"""From HTML to PDF: the same bytes again, the right glyphs, nothing silent."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import uharfbuzz as hb

from reportgen.errors import DataError
from reportgen.render.fonts import FontSet
from reportgen.render.pdf import AttachedFile, DocumentInfo, write_pdf
from reportgen.render.pdftext import fonts_of, page_texts

ROOT = Path(__file__).parents[1]
NEW_YORK = timezone(timedelta(hours=-5))
INFO = DocumentInfo(datetime(2025, 12, 7, 7, 30, tzinfo=NEW_YORK), "风险", ("纳斯达克", "风险"))
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 40"><text x="10" y="20" '
    "style=\"font-family:'Noto Sans CJK SC';font-size:12px\">准备金−5%</text></svg>"
).encode()
STYLE = "@page{size:A4}h2{font-family:var(--sans)}p{font:14px/1.7 var(--serif)}"
PAGE = f"""<!doctype html><html lang="zh-Hans"><head><title>纳斯达克风险评估</title>
<meta name="author" content="研究部"><style>{STYLE}</style></head><body><h2 id="a">一</h2>
<p style="width:300px;text-align:justify">准备金余额为2.87万亿美元，比六个月前少了4,300亿美元，
相当于总资产的11.6%，（“接近稀缺”）只差一步。</p><p><a href="#a">1</a></p>
<img src="chart:a.svg" alt="准备金">MORE</body></html>"""


@pytest.fixture(scope="module")
def fonts() -> FontSet:
    """The faces of Simplified Chinese."""
    return FontSet.for_language("zh")


@pytest.fixture(scope="module")
def finished(fonts: FontSet) -> bytes:
    """A small document with a drawing and two attached files."""
    files = (
        AttachedFile("assessment.json", b"{}", "数据"),
        AttachedFile("house.toml", b"", "观点", "Source"),
    )
    return write_pdf(PAGE.replace("MORE", ""), {"chart:a.svg": DRAWING}, fonts, INFO, files)


def _write(fonts: FontSet, more: str) -> bytes:
    return write_pdf(PAGE.replace("MORE", more), {"chart:a.svg": DRAWING}, fonts, INFO)


def test_only_the_cut_faces_are_in_the_document(finished: bytes, fonts: FontSet) -> None:
    """Embedded, subset, by their PostScript names - the drawing's text among them."""
    with pikepdf.open(BytesIO(finished)) as pdf:
        found = fonts_of(pdf)
    assert all(font.embedded for font in found)
    assert {font.name.split("+")[1] for font in found} <= fonts.expected_names
    assert {"NotoSerifCJKsc-Regular", "NotoSansCJKsc-Regular"} <= {
        font.name.split("+")[1] for font in found
    }


def test_text_can_be_read_also_in_drawings(finished: bytes) -> None:
    """What a reader's program extracts is the text, with nothing between figure and unit."""
    with pikepdf.open(BytesIO(finished)) as pdf:
        text = "".join(page_texts(pdf)[0].split())
    assert "准备金余额为2.87万亿美元，比六个月前少了4,300亿美元，" in text
    assert "准备金−5%" in text


def test_every_glyph_drawn_is_the_character_it_stands_for(finished: bytes, fonts: FontSet) -> None:
    """The glyph numbers in the PDF are those of the cut face: no wrong character under right text.

    With two files under one family WeasyPrint draws other glyphs than the text says; text
    extraction does not notice, this does.
    """
    text = PAGE + "准备金−5%·•\u2010" + "".join(map(chr, range(0x20, 0x7F)))
    files = {file.name: hb.Font(hb.Face(file.data)) for file in fonts.cut(set(text) - {"\n"})}
    compared = 0
    with pikepdf.open(BytesIO(finished)) as pdf:
        for font in fonts_of(pdf):
            cut = files[font.name.split("+")[1]]
            embedded = hb.Font(hb.Face(_font_program(pdf, font.name)))
            for glyph, letter in font.letters.items():
                wanted = cut.get_nominal_glyph(ord(letter))
                if letter.isalnum():
                    assert _outline(embedded, glyph) == _outline(cut, wanted) != [], letter
                    compared += 1
    assert compared > 40


def _outline(font: Any, glyph: int) -> list[Any]:
    from fontTools.pens.recordingPen import RecordingPen

    pen = RecordingPen()
    font.draw_glyph_with_pen(glyph, pen)
    return list(pen.value)


def _font_program(pdf: pikepdf.Pdf, name: str) -> bytes:
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and str(item.get("/FontName", "")) == f"/{name}":
            key = "/FontFile3" if "/FontFile3" in item else "/FontFile2"
            return bytes(item[key].read_bytes())
    raise AssertionError(name)


def test_drawn_lines_are_as_wide_as_they_were_laid_out(finished: bytes) -> None:
    """Advances and adjustments of a justified line add up to the column: 300 px are 225 points."""
    with pikepdf.open(BytesIO(finished)) as pdf:
        widths = [width for width in _line_widths(pdf) if width > 200]
    assert len(widths) >= 2
    assert widths == pytest.approx([225.0] * len(widths), abs=0.1)


def _line_widths(pdf: pikepdf.Pdf) -> list[float]:
    """The advance of each text line, points, from glyph widths and adjustments."""
    page = pdf.pages[0]
    widths: dict[int, float] = {}
    size, total, lines = 0.0, 0.0, []
    for instruction in pikepdf.parse_content_stream(page, "Tf TJ ET"):
        operands, operator = instruction.operands, str(instruction.operator)
        if operator == "Tf":
            font = page.Resources.Font[str(operands[0])].DescendantFonts[0]
            size, widths = float(operands[1]), _glyph_widths(font.W)
        elif operator == "ET":
            lines.append(total * 0.75)
            total = 0.0
        else:
            for item in chain.from_iterable(operands):
                if isinstance(item, pikepdf.String):
                    codes = bytes(item)
                    for place in range(0, len(codes), 2):
                        total += widths[int.from_bytes(codes[place : place + 2], "big")] * size
                else:
                    total -= float(item) / 1000 * size
    return lines


def _glyph_widths(array: Any) -> dict[int, float]:
    items, widths = list(array), {}
    for first, advances in zip(items[::2], items[1::2], strict=True):
        for offset, advance in enumerate(advances):
            widths[int(first) + offset] = float(advance) / 1000
    return widths


def test_the_document_says_what_it_is(finished: bytes) -> None:
    """Title, author, subject, keywords, language and the edition's own dates; tagged, PDF/UA."""
    with pikepdf.open(BytesIO(finished)) as pdf:
        info = {key: str(value) for key, value in pdf.docinfo.items()}
        assert info["/Title"] == "纳斯达克风险评估"
        assert info["/Author"] == "研究部"
        assert info["/Subject"] == "风险"
        assert info["/Keywords"] == "纳斯达克, 风险"
        assert info["/CreationDate"] == info["/ModDate"] == "D:20251207073000-05'00"
        assert str(pdf.Root.Lang) == "zh-Hans"
        assert bool(pdf.Root.MarkInfo.Marked)
        assert b"pdfuaid" in pdf.Root.Metadata.read_bytes()


def test_attached_files_keep_name_relation_and_date(finished: bytes) -> None:
    """Each is listed with its relationship; its dates are the edition's, in universal time."""
    with pikepdf.open(BytesIO(finished)) as pdf:
        assert set(pdf.attachments) == {"assessment.json", "house.toml"}
        relations = [str(item.AFRelationship) for item in pdf.Root.AF]
        dates = {str(item.EF.F.Params.CreationDate) for item in pdf.Root.AF}
    assert relations == ["/Data", "/Source"]
    assert dates == {"D:20251207123000Z"}


def test_the_same_document_gives_the_same_bytes_in_every_process() -> None:
    """Two processes with different hash seeds write the same file."""
    script = (
        "import hashlib, tests.test_pdf as t;"
        "f = t.FontSet.for_language('zh');"
        "print(hashlib.sha256(t._write(f, '')).hexdigest())"
    )
    hashes = [
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert hashes[0] == hashes[1] != ""


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ('<img src="https://example.org/a.png" alt="x">', "https://example.org/a.png"),
        ('<img src="file:///etc/hostname" alt="x">', "file:///etc/hostname"),
        ('<img src="chart:b.svg" alt="x">', "chart:b.svg"),
        ('<link rel="stylesheet" href="https://example.org/a.css">', "https://example.org/a.css"),
        ("<style>p{colour:red}</style>", "colour"),
        ('<a href="#nowhere">2</a>', "nowhere"),
        ('<p id="a">2</p>', "'a'"),
        ('<img src="chart:a.svg">', "chart:a.svg"),
        ("<p>₹</p>", "₹"),
        ('<img src="relative.png" alt="x">', "relative.png"),
    ],
)
def test_nothing_goes_wrong_silently(fonts: FontSet, more: str, named: str) -> None:
    """A foreign address, broken style, dead link, double id, missing description or glyph fails."""
    with pytest.raises(DataError) as caught:
        _write(fonts, more)
    assert named in caught.value.message


def test_spaces_of_other_widths_need_no_glyph(fonts: FontSet) -> None:
    """Thin and narrow spaces, which locale data puts into dates and units, are set without one."""
    with pikepdf.open(BytesIO(_write(fonts, "<p>1\u20092\u202f3\u30004</p>"))) as pdf:
        assert "1234" in "".join(page_texts(pdf)[0].split())


def test_the_environment_is_left_as_it_was(fonts: FontSet, monkeypatch: pytest.MonkeyPatch) -> None:
    """The isolation from system fonts and clock ends with the document."""
    monkeypatch.setenv("FONTCONFIG_FILE", "/some/fonts.conf")
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    _write(fonts, "")
    assert os.environ["FONTCONFIG_FILE"] == "/some/fonts.conf"
    assert "SOURCE_DATE_EPOCH" not in os.environ
