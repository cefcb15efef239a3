"""Personal copies: the name on every page, nobody else's anywhere, the report as it was."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import uharfbuzz as hb
from fontTools.cffLib import CFFFontSet
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st
from reports import MANIFEST, page_of, pdf_of

from reportgen.deliver.copies import Base, Mark, copy, encrypted, html_copy, prepare
from reportgen.deliver.copies.faces import Faces
from reportgen.deliver.copies.mark import code_in
from reportgen.deliver.copies.reading import PageReader
from reportgen.deliver.copies.shaping import shaped
from reportgen.deliver.copies.stamp import SIDE, SMALLEST, stamp
from reportgen.errors import DataError
from reportgen.render.fonts import FontSet
from reportgen.render.gates import check_html, check_pdf
from reportgen.render.proof import look
from reportgen.secret import Secret

LANGUAGES = ("zh", "ja", "en")
NAMES = (
    "三菱ＵＦＪ銀行",
    "株式会社髙島屋",
    "司马懿资产管理",
    "國泰世華銀行",
    "한국투자증권",
    "Zürich-Bank",
    "Γιώργος Παπαδόπουλος",
    "Газпромбанк",
    "Ngân hàng Việt Nam",
    "بنك الكويت الوطني",
    "בנק לאומי 1902 לישראל",
    "ธนาคารกสิกรไทย",
    "भारतीय स्टेट बैंक",
    "O'Neill (UK) \\ <Acme> & 100% {{7*7}}",
)
WIDTH = 595.28


def mark_of(number: int, name: str) -> Mark:
    """Return the mark of a client: its digits are those of no other."""
    code = f"{number:x}" * 16
    return Mark(name, code[:16], f"2026-01/{code[:12]}")


MARKS = tuple(mark_of(number, name) for number, name in enumerate(NAMES, start=1))


@cache
def report(language: str) -> bytes:
    """A small report."""
    return pdf_of(language)


@cache
def base(language: str) -> Base:
    """The same, prepared."""
    return prepare(report(language))


@cache
def copies(language: str) -> tuple[bytes, ...]:
    """Copies for every client, from one base."""
    return tuple(copy(base(language), one) for one in MARKS)


def _opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(pdf))


def _stamp_fonts(pdf: pikepdf.Pdf) -> list[Any]:
    fonts = pdf.pages[0].resources.Font
    found = {one.DescendantFonts[0].objgen: one for key, one in fonts.items() if "CopyFace" in key}
    return list(found.values())


def _letters(font: Any) -> dict[int, str]:
    pairs = re.findall(rb"^<(\w{4})> <(\w+)>$", font.ToUnicode.read_bytes(), re.MULTILINE)
    found = {int(code, 16): bytes.fromhex(text.decode()) for code, text in pairs}
    found.pop(0, None)  # the range of all codes is written likewise
    return {code: text.decode("utf-16-be") for code, text in found.items()}


# -- the report stays ------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_stay_as_published(language: str) -> None:
    """Each page keeps its digest, the manifest stays, the stamp is told and hides nothing."""
    before, after = look(report(language)), look(copies(language)[0])
    assert after.pages == before.pages
    assert after.manifest == before.manifest == MANIFEST
    assert [(one.page, one.paints) for one in after.stamps] == [(1, False), (2, False)]
    assert after.active == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_copy_stays_accessible(language: str) -> None:
    """The gates on tags, language, descriptions and outline stay open; the stamp is an artifact."""
    names = FontSet.for_language(language).expected_names
    same_face = MARKS[1] if language != "en" else MARKS[5]
    made = copy(base(language), same_face)
    assert check_pdf(report(language), language, names) == []
    assert check_pdf(made, language, names) == []
    with _opened(made) as pdf:
        for page in pdf.pages:
            steps = pikepdf.parse_content_stream(page.obj.Contents[-1])
            depth = 0
            for step in steps:
                operator = str(step.operator)
                depth += {"BDC": 1, "EMC": -1}.get(operator, 0)
                if operator == "BDC":
                    assert step.operands[0] == "/Artifact"
                assert depth == 1 or operator in ("Q", "EMC")


def test_other_programs_find_nothing_wrong(tmp_path: Path) -> None:
    """Qpdf and poppler read a copy without a complaint; it has one revision and one end."""
    path = tmp_path / "copy.pdf"
    for made in (copies("zh")[0], copies("en")[9]):
        path.write_bytes(made)
        assert made.count(b"%%EOF") == made.count(b"startxref") == 1
        done = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=True)
        assert "No syntax or stream encoding errors" in done.stdout
        told = subprocess.run(["pdffonts", path], capture_output=True, text=True, check=True)
        assert told.stderr == ""


def test_text_and_name_are_found_by_another_reader(tmp_path: Path) -> None:
    """A search in poppler finds the client's name and the reference on each page, in any script."""
    path = tmp_path / "copy.pdf"
    for made, mark in zip(copies("en"), MARKS, strict=True):
        path.write_bytes(made)
        said = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True)
        assert said.stderr == ""
        pages = said.stdout.split("\f")[:2]
        for page in pages:
            assert mark.reference in page
            assert mark.code in page
            if mark.organisation[0] not in "بבธभ":  # what poppler makes of those is its own order
                assert mark.organisation in page.replace("\n", " ")


# -- the same bytes, nobody else's -------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_copy_does_not_depend_on_those_before(language: str) -> None:
    """Made first from a fresh base or after all others, a client's copy is the same bytes."""
    fresh = prepare(report(language))
    for made, mark in reversed(list(zip(copies(language), MARKS, strict=True))):
        assert copy(fresh, mark) == made


def test_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    """A process with another seed of hashes makes the same copy."""
    (tmp_path / "report.pdf").write_bytes(report("ja"))
    program = (
        "import sys; from pathlib import Path\n"
        "from reportgen.deliver.copies import Mark, copy, prepare\n"
        f"base = prepare(Path({str(tmp_path / 'report.pdf')!r}).read_bytes())\n"
        f"mark = Mark({NAMES[9]!r}, {'a' * 16!r}, '2026-01/{'a' * 12}')\n"
        "sys.stdout.buffer.write(copy(base, mark))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=True,
        env={"PYTHONHASHSEED": "7", "PATH": "/usr/bin:/bin", "PYTHONPATH": ":".join(sys.path)},
    )
    assert done.stdout == copy(base("ja"), mark_of(10, NAMES[9]))


def _everything_in(pdf: bytes) -> Iterator[bytes]:
    """Yield a file's bytes, every stream unpacked, and every string."""
    yield pdf
    with _opened(pdf) as opened:
        for item in opened.objects:
            if isinstance(item, pikepdf.Stream):
                yield item.read_bytes()
            if isinstance(item, pikepdf.Dictionary):
                yield from (bytes(one) for one in item.values() if isinstance(one, pikepdf.String))


def _forms(mark: Mark) -> Iterator[bytes]:
    """Yield the forms in which a client could be in a file."""
    name = mark.organisation
    for text in (name, name[::-1], mark.code, mark.reference):
        for form in (text.encode(), text.encode("utf-16-be"), text.encode("utf-16-le")):
            yield from (form, form.hex().encode(), form.hex().upper().encode())


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_copy_holds_anything_of_another(language: str) -> None:
    """No name, code or reference of any other client is in a copy, in twelve forms of each."""
    inside = [b"\n".join(_everything_in(made)) for made in copies(language)]
    for number, content in enumerate(inside):
        for other, mark in enumerate(MARKS):
            found = [form for form in _forms(mark) if form in content]
            assert bool(found) is (number == other), (MARKS[number], mark, found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_faces_hold_no_foreign_letters(language: str) -> None:
    """The faces of a stamp have the glyphs of its own line and code, and no other (S9)."""
    for made, mark in zip(copies(language), MARKS, strict=True):
        line = base(language).words.line(mark)
        own = set(line) | set(mark.code)
        with _opened(made) as pdf:
            fonts = _stamp_fonts(pdf)
            told = [_letters(font) for font in fonts]
            assert set("".join("".join(one.values()) for one in told)) <= own
            held = sum(len(_glyphs_in(font)) for font in fonts)
        drawn = stamp(mark, base(language).words, base(language).faces, WIDTH)
        glyphs = {
            (id(run.opened), glyph.number)
            for part in (drawn.line, drawn.code)
            for run in part.runs
            for glyph in run.glyphs
        }
        assert held == len(glyphs) + len(fonts)  # the glyph for what is missing stands in each


def _glyphs_in(font: Any) -> set[str]:
    """Return the glyphs of a face; without those that others are put together from."""
    descriptor = font.DescendantFonts[0].FontDescriptor
    if "/FontFile3" in descriptor:
        cut = CFFFontSet()
        cut.decompile(BytesIO(descriptor.FontFile3.read_bytes()), None)
        return set(cut[0].charset)
    whole = TTFont(BytesIO(descriptor.FontFile2.read_bytes()))
    names, table = whole.getGlyphOrder(), whole["glyf"]
    shown = {names[code] for code in _letters(font)} | {names[0]}
    parts = {part for name in names for part in table[name].getComponentNames(table)}
    return set(names) - (parts - shown)


def test_every_glyph_is_the_letter_it_stands_for() -> None:
    """What is drawn in the cut face is the outline of that letter in the whole face."""
    faces = Faces("zh")
    for made, mark in ((copies("zh")[1], MARKS[1]), (copies("en")[6], MARKS[6])):
        with _opened(made) as pdf:
            for font in _stamp_fonts(pdf):
                assert _outlines_agree(font, faces, mark), mark


def _outlines_agree(font: Any, faces: Faces, mark: Mark) -> bool:
    descriptor = font.DescendantFonts[0].FontDescriptor
    letters = _letters(font)
    assert set("".join(letters.values())) >= set(mark.organisation[:1])
    if "/FontFile3" in descriptor:
        cut = CFFFontSet()
        cut.decompile(BytesIO(descriptor.FontFile3.read_bytes()), None)
        there = {int(one.removeprefix("cid")) for one in cut[0].charset[1:]}
        whole = faces.for_letters(mark.organisation[:1])[0].font()
        return all(
            code in there and whole.get_nominal_glyph(ord(letter)) == code
            for code, letter in letters.items()
        )
    small = hb.Font(hb.Face(descriptor.FontFile2.read_bytes()))
    whole = Faces("en").for_letters("a")[0].font()
    return all(
        _outline(small, code) == _outline(whole, whole.get_nominal_glyph(ord(letter)))
        for code, letter in letters.items()
    )


def _outline(font: hb.Font, glyph: int) -> list[tuple[Any, ...]]:
    steps: list[tuple[Any, ...]] = []
    drawing = hb.DrawFuncs()
    drawing.set_move_to_func(lambda x, y, _: steps.append(("M", x, y)))
    drawing.set_line_to_func(lambda x, y, _: steps.append(("L", x, y)))
    drawing.set_quadratic_to_func(lambda a, b, x, y, _: steps.append(("Q", a, b, x, y)))
    drawing.set_cubic_to_func(lambda a, b, c, d, x, y, _: steps.append(("C", a, b, c, d, x, y)))
    font.draw_glyph(glyph, drawing, None)
    return steps


# -- names -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "sign"),
    [("Acme 🚀 Capital", "U+1F680"), ("☎️ Bank", "U+FE0F"), ("Bank \U00012000", "U+12000")],
)
def test_what_no_face_has_is_refused_by_name(name: str, sign: str) -> None:
    """A pictogram, or a letter no face has, is named; it is never left out or drawn as a box."""
    with pytest.raises(DataError, match=sign.replace("+", r"\+")):
        copy(base("en"), mark_of(1, name))


@pytest.mark.parametrize(
    "name", ["", "  ", "a\nb", "a\x00", "a\u202eb", "\ud800", "a\u2028b", "a\u200bb"]
)
def test_what_is_no_name_is_refused(name: str) -> None:
    """A name that is empty, or holds controls, turned directions or halves of signs, is refused."""
    with pytest.raises(DataError, match="cannot be printed"):
        mark_of(1, name)


@pytest.mark.parametrize(
    "code", ["", "7F3A9C01D2E45B6A", "7f3a", "7f3a9c01d2e45b6a0", "(7f3a9c01d2e45b)"]
)
def test_what_is_no_code_is_refused(code: str) -> None:
    """Nothing but sixteen digits gets into the drawing as a code; likewise with references."""
    with pytest.raises(DataError):
        Mark("Acme", code, "2026-01/7f3a9c01d2e4")
    with pytest.raises(DataError):
        Mark("Acme", "7f3a9c01d2e45b6a", f"2026-01/{code}")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "name", ["中国国际金融股份有限公司" * 16, "Vermögensverwaltung & Co. " * 7 + "KG"]
)
def test_a_long_name_is_cut_and_the_reference_is_not(language: str, name: str) -> None:
    """The line stays between the margins and legible; what does not fit is marked as left out."""
    drawn = stamp(mark_of(3, name), base(language).words, base(language).faces, WIDTH)
    assert drawn.size >= SMALLEST - 0.001
    assert drawn.line.width * drawn.size / 1000 <= WIDTH - 2 * SIDE + 0.001
    assert "…" in drawn.line.text
    assert f"2026-01/{'3' * 12}" in drawn.line.text


def test_a_letter_is_not_parted_from_its_marks() -> None:
    """Where a name is cut, a letter keeps the vowel and tone above it or goes with them."""
    syllable = "ที่"  # a letter and two marks
    for more in range(3):
        name = "a" * more + syllable * 300
        drawn = stamp(mark_of(3, name), base("en").words, base("en").faces, WIDTH)
        before = drawn.line.text.partition("…")[0]
        assert before.endswith(syllable)
        assert before.count(syllable) < 300


def test_what_is_read_leftward_is_drawn_so() -> None:
    """Hebrew letters stand from right to left, the figures among them from left to right."""
    line = shaped("A אב 12 גד B", Faces("en"))
    drawn = [glyph.letters for run in line.runs for glyph in run.glyphs]
    assert "".join(drawn) == "A " + "דג 12 בא" + " B"


def test_accents_typed_apart_stay_on_their_letters() -> None:
    """A letter and its combining mark are set in one face, also where the face comes late."""
    line = shaped("Zu\u0308rich ก\u0e34น", Faces("zh"))
    told = "".join(glyph.letters for run in line.runs for glyph in run.glyphs)
    assert told == line.text
    for run in line.runs:
        assert all(glyph.number for glyph in run.glyphs)


def test_copies_may_be_made_side_by_side() -> None:
    """Several threads that share a base make the copies that one makes."""
    with ThreadPoolExecutor(4) as pool:
        made = tuple(pool.map(lambda mark: copy(base("ja"), mark), MARKS * 2))
    assert made == copies("ja") * 2


def _any_name(name: str) -> None:
    try:
        made = copy(base("en"), mark_of(1, name))
    except DataError:
        return
    seen = look(made)
    assert seen.pages == look(report("en")).pages
    assert not any(stamp.paints for stamp in seen.stamps)


NAMED = st.text(min_size=1, max_size=40) | st.text(
    st.sampled_from("aé漢カ한אبก\u0e31\u0301\u200d\u093f र।(«）12 -&<%{\\"), min_size=1, max_size=80
)


@settings(max_examples=120, deadline=None)
@given(name=NAMED)
def test_a_name_is_set_or_refused(name: str) -> None:
    """Whatever a name holds: the copy keeps its pages, or the name is refused with a sentence."""
    _any_name(name)


@pytest.mark.long
@settings(max_examples=5_000, deadline=None)
@given(name=NAMED)
def test_any_name_is_set_or_refused(name: str) -> None:
    """Likewise with 5,000 others."""
    _any_name(name)


# -- what is copied ------------------------------------------------------------------------------


def test_a_copy_is_not_copied_again() -> None:
    """A copy, an encrypted file and what is no edition are refused; the sentence says which."""
    with pytest.raises(DataError, match="client's copy"):
        prepare(copies("zh")[0])
    with pytest.raises(DataError, match="encrypted"):
        prepare(encrypted(report("en"), Secret("correct horse")))
    with pytest.raises(DataError, match="damaged"):
        prepare(b"%PDF-1.7\nnothing")
    blank = BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(blank)
    with pytest.raises(DataError, match="no edition's"):
        prepare(blank.getvalue())


def test_the_identity_of_a_file_is_recognised_alone() -> None:
    """The identity gives the code back; that of any other file gives none."""
    assert code_in(MARKS[0].identity) == MARKS[0].code
    assert code_in(bytes(16)) == code_in(b"short") == ""
    with _opened(copies("zh")[0]) as pdf:
        assert bytes(pdf.trailer.ID[0]) == MARKS[0].identity


# -- pages ---------------------------------------------------------------------------------------


def test_the_page_bears_name_and_mark() -> None:
    """The name stands above and below as text and never as markup; the page stays whole."""
    page = page_of("en").encode()
    mark = MARKS[-1]
    made = html_copy(page, mark, "en")
    assert made == html_copy(page, mark, "en")
    text = made.decode()
    assert text.count("&lt;Acme&gt; &amp; 100% {{7*7}}") == 2
    assert "<Acme>" not in text
    assert text.count(mark.reference) == 2
    assert text.count(mark.code) == 2  # head and section
    assert check_html(text) == check_html(page.decode())
    for language in LANGUAGES:
        assert mark.reference in html_copy(page_of(language).encode(), mark, language).decode()
    with pytest.raises(DataError):
        html_copy(made, mark, "en")
    with pytest.raises(DataError):
        html_copy(b"<html></html>", mark, "en")


def test_a_page_leads_to_no_report_that_is_not_there() -> None:
    """The reports in other languages stand beside an edition's page, not beside a copy of it."""
    page = page_of("en").replace(
        "<main>", '<nav class="languages"><a href="2025-12.zh.html">中文</a>\n</nav>\n<main>'
    )
    assert b"zh.html" not in html_copy(page.encode(), MARKS[0], "en")


def test_a_stamp_is_read_back_as_it_was_set() -> None:
    """The text of a page ends with the line and the code; the artifact holds the code."""
    for made, mark in zip(copies("zh"), MARKS, strict=True):
        if mark.organisation[0] in "بבธभ":
            continue
        with _opened(made) as pdf:
            written = PageReader().read(pdf.pages[1])
        line = base("zh").words.line(mark)
        assert written.text.endswith(f"{line}\n{mark.code}\n")
        assert written.marks == (mark.code, mark.code)
