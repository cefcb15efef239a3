"""The proof in a PDF: what a page's digest holds on to, and what a hostile file cannot do."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.errors import DataError
from reportgen.render import digests, pdfobjects, proof
from reportgen.render.fonts import FontSet
from reportgen.render.gates import check_pdf
from reportgen.render.pdf import DocumentInfo, write_pdf
from reportgen.render.proof import PasswordNeededError, look, page_digests, with_manifest

if TYPE_CHECKING:
    from conftest import Build

MOMENT = datetime(2026, 1, 6, 7, 30, tzinfo=UTC)
MANIFEST = b'{"format": 1}\n'
SIGNATURE = b"untrusted comment: ...\n"
STYLE = "@page{size:A4}body{font:14px/1.7 var(--serif)}section{break-before:page}"
PAGE = f"""<!doctype html><html lang="en"><head><title>Assessment</title><style>{STYLE}</style>
</head><body><h1>Assessment</h1><p>Reserves fell to 2.87 trillion.</p>
<p><a href="https://example.org/a">source</a>, <a href="#two">below</a></p>
<img src="chart:a.svg" alt="Reserves" style="opacity:.6"><img src="chart:b.jpg" alt="Logo">
<section id="two"><h2>Two</h2><p style="opacity:.5">The second page.</p></section></body></html>"""
DRAWING = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 40"><rect width="90" height="9"/>'
    b'<g opacity=".4"><text x="10" y="20" style="font-family:\'Noto Sans\'">-5%</text></g></svg>'
)
PICTURE = b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDR"
    "ENDg8QEBEQCgwSExIQEw8QEBD/yQALCAABAAEBAREA/8wABgAQEAX/2gAIAQEAAD8A0s8g/9k="
)
"""One grey point, as JPEG."""


@pytest.fixture(scope="module")
def bare() -> bytes:
    """A report of two pages with a drawing, a picture and links, before its proof."""
    resources = {"chart:a.svg": DRAWING, "chart:b.jpg": PICTURE}
    return write_pdf(PAGE, resources, FontSet.for_language("en"), DocumentInfo(MOMENT))


@pytest.fixture(scope="module")
def bound(bare: bytes) -> bytes:
    """The same with proof and signature."""
    return with_manifest(bare, MANIFEST, MOMENT, SIGNATURE)


Change = Callable[[pikepdf.Pdf], object]


def _changed(pdf: bytes, change: Change, **saving: Any) -> bytes:
    result = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as opened:
        change(opened)
        opened.save(result, **saving)
    return result.getvalue()


def _qpdf(pdf: bytes, folder: Path, *words: str) -> bytes:
    (folder / "in.pdf").write_bytes(pdf)
    subprocess.run(["qpdf", *words, folder / "in.pdf", folder / "out.pdf"], check=True)
    return (folder / "out.pdf").read_bytes()


# -- attaching ------------------------------------------------------------------------------


def test_what_is_attached_is_read_again(bare: bytes, bound: bytes) -> None:
    """Manifest and signature, byte for byte; a file without them has none."""
    seen = look(bound)
    assert (seen.manifest, seen.signature) == (MANIFEST, SIGNATURE)
    assert (seen.stamps, seen.active) == ((), ())
    assert proof.attached(bound) == MANIFEST
    assert proof.attached(bare) is None
    assert look(with_manifest(bare, MANIFEST, MOMENT)).signature is None


def test_attaching_changes_no_page(bare: bytes, bound: bytes) -> None:
    """The digests taken before are those found after; each page has one of its own."""
    assert page_digests(bound) == look(bound).pages == page_digests(bare)
    assert len(set(page_digests(bare))) == 2


def test_other_readers_find_the_attachment(bound: bytes, tmp_path: Path) -> None:
    """Under its name in both ways of writing it, tied to the document as a supplement."""
    (tmp_path / "report.pdf").write_bytes(bound)
    done = subprocess.run(
        ["qpdf", "--show-attachment=manifest.json", "report.pdf"],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    assert done.stdout == MANIFEST
    with pikepdf.open(BytesIO(bound)) as pdf:
        files = list(pdf.Root.AF)
        assert [str(one.UF) for one in files] == ["manifest.json", "manifest.json.minisig"]
        assert all(one.F == one.UF and one.AFRelationship == "/Supplement" for one in files)


def test_the_same_bytes_in_another_process(bare: bytes, bound: bytes, tmp_path: Path) -> None:
    """Nothing of the clock or of the process enters the file."""
    (tmp_path / "bare.pdf").write_bytes(bare)
    script = (
        "import sys; from datetime import UTC, datetime; from pathlib import Path\n"
        "from reportgen.render.proof import with_manifest\n"
        f"done = with_manifest(Path(sys.argv[1]).read_bytes(), {MANIFEST!r},\n"
        f"    datetime(2026, 1, 6, 7, 30, tzinfo=UTC), {SIGNATURE!r})\n"
        "sys.stdout.buffer.write(done)\n"
    )
    words = [sys.executable, "-c", script, str(tmp_path / "bare.pdf")]
    done = subprocess.run(words, capture_output=True, check=True)
    assert hashlib.sha256(done.stdout).hexdigest() == hashlib.sha256(bound).hexdigest()


def test_a_report_passes_its_gates_with_the_proof(built: Build) -> None:
    """Fonts, tags, outline and links are as before, it still says it is PDF/UA, and it is sound."""
    before = built.file("zh", "pdf").read_bytes()
    after = with_manifest(before, MANIFEST, MOMENT, SIGNATURE)
    assert check_pdf(after, "zh", FontSet.for_language("zh").expected_names) == []
    assert page_digests(after) == page_digests(before)
    with pikepdf.open(BytesIO(after)) as pdf:
        assert not pdf.check_pdf_syntax()
        assert b"pdfuaid:part" in pdf.Root.Metadata.read_bytes()
        assert pdf.pdf_version == "1.7"


def test_a_second_proof_is_refused(bare: bytes, bound: bytes) -> None:
    """A file is bound once, before anything is drawn over it."""
    for late in (bound, _changed(bare, _stamp)):
        with pytest.raises(DataError, match="before its manifest"):
            with_manifest(late, MANIFEST, MOMENT)


# -- what leaves a page what it is ----------------------------------------------------------


def _stamp(pdf: pikepdf.Pdf) -> None:
    """Stamp every page as a personal copy is: text of an own font, from the resources of a page."""
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1)
    font.BaseFont = pikepdf.Name.Helvetica
    for page in pdf.pages:
        name = page.add_resource(pdf.make_indirect(font), pikepdf.Name.Font)
        page.contents_add(b"q", prepend=True)
        page.contents_add(f"Q BT {name} 9 Tf 20 20 Td (Copy for A. B.) Tj ET".encode())


def _overlay(pdf: pikepdf.Pdf) -> None:
    """Lay another document's page over every page, as the library does it."""
    other = pikepdf.new()
    other.add_blank_page(page_size=(200, 200))
    other.pages[0].contents_add(b"0.9 g 10 10 80 20 re f")
    for page in pdf.pages:
        page.add_overlay(other.pages[0], None)


def test_a_stamp_leaves_the_page_and_is_told(bound: bytes) -> None:
    """Text over a page; a page that only saves and restores the state of drawing is not stamped."""
    seen = look(_changed(bound, _stamp))
    assert seen.pages == look(bound).pages
    assert [(one.page, one.paints) for one in seen.stamps] == [(1, False), (2, False)]
    only = look(_changed(bound, lambda pdf: pdf.pages[0].contents_add(b"q Q")))
    assert only.stamps == ()


def test_a_stamp_that_paints_is_told(bound: bytes) -> None:
    """Under an area or a picture a figure can be hidden."""
    seen = look(_changed(bound, _overlay))
    assert seen.pages == look(bound).pages
    assert [(one.page, one.paints) for one in seen.stamps] == [(1, True), (2, True)]
    packed = look(_changed(bound, _odd_stamp))
    assert packed.stamps == (digests.Stamp(2, paints=True),)


def _odd_stamp(pdf: pikepdf.Pdf) -> None:
    stream = pdf.make_stream(b"")
    stream.write(b"\x01Q\n", filter=pikepdf.Name.RunLengthDecode)
    pdf.pages[1].contents_add(stream)


def test_a_password_leaves_the_page(bound: bytes) -> None:
    """AES with 256 bits, with a stamp under it; without the password nothing is read."""
    guard = pikepdf.Encryption(owner="owner", user="reader", R=6)
    copy = _changed(bound, _stamp, encryption=guard)
    assert look(copy, "reader").pages == look(bound).pages
    assert look(copy, "owner").manifest == MANIFEST
    with pytest.raises(PasswordNeededError, match="protected by a password") as caught:
        look(copy)
    assert (caught.value.exit_code, caught.value.hint) == (65, "Give it with --password.")
    with pytest.raises(PasswordNeededError, match="the one given does not open it"):
        look(copy, "guess")


def test_one_that_only_its_owner_may_change_needs_no_password(bound: bytes) -> None:
    """Every reader opens it, and so does the program."""
    copy = _changed(bound, lambda pdf: None, encryption=pikepdf.Encryption(owner="o", R=6))
    assert look(copy).pages == look(bound).pages


@pytest.mark.parametrize(
    "words",
    [
        ("--linearize",),
        ("--object-streams=disable", "--stream-data=uncompress"),
        ("--qdf",),
        ("--recompress-flate", "--compression-level=1", "--preserve-unreferenced"),
        ("--encrypt", "", "owner", "256", "--"),
    ],
    ids=" ".join,
)
def test_another_program_saves_the_page_as_it_is(
    bound: bytes, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """Renumbered, packed otherwise or not at all, ordered for the web: the same pages."""
    copy = _qpdf(bound, tmp_path, *words)
    assert copy != bound
    assert look(copy).pages == look(bound).pages
    assert look(copy).manifest == MANIFEST


def test_stamped_then_saved_then_protected(bound: bytes, tmp_path: Path) -> None:
    """All of it together is still a copy."""
    copy = _qpdf(_changed(bound, _stamp), tmp_path, "--linearize", "--object-streams=disable")
    guard = pikepdf.Encryption(owner="o", user="u", R=6)
    assert look(_changed(copy, _overlay, encryption=guard), "u").pages == look(bound).pages


# -- what makes it another page -------------------------------------------------------------


def _first(pdf: pikepdf.Pdf, kind: str, subtype: str) -> Any:
    for item in pdf.objects:
        holder = isinstance(item, pikepdf.Dictionary | pikepdf.Stream)
        if holder and item.get(kind) == subtype:
            return item
    raise AssertionError(subtype)


def _other_text(pdf: pikepdf.Pdf) -> None:
    content = pdf.pages[0].obj.Contents
    data = content.read_bytes()
    assert b" Tf" in data
    content.write(data.replace(b" Tf", b" Tf 3 Ts", 1))


def _other_picture(pdf: pikepdf.Pdf) -> None:
    picture = _first(pdf, "/Subtype", "/Image")
    raw = bytearray(picture.read_raw_bytes())
    raw[-4] ^= 1
    picture.write(bytes(raw), filter=picture.get("/Filter"))


def _other_drawing(pdf: pikepdf.Pdf) -> None:
    forms = [
        one
        for one in pdf.objects
        if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Form"
    ]
    for form in forms:
        form.write(form.read_bytes() + b" ")


def _other_font(pdf: pikepdf.Pdf) -> None:
    for font in pdf.pages[0].Resources.Font.values():
        descriptor = font.DescendantFonts[0].FontDescriptor
        key = "/FontFile2" if "/FontFile2" in descriptor else "/FontFile3"
        raw = bytearray(descriptor[key].read_bytes())
        raw[-1] ^= 1
        descriptor[key].write(bytes(raw))


def _other_letters(pdf: pikepdf.Pdf) -> None:
    for font in pdf.pages[0].Resources.Font.values():
        font.ToUnicode.write(font.ToUnicode.read_bytes().replace(b"0032", b"0033"))


def _other_widths(pdf: pikepdf.Pdf) -> None:
    for font in pdf.pages[0].Resources.Font.values():
        font.DescendantFonts[0].DW = 900


def _other_address(pdf: pikepdf.Pdf) -> None:
    for link in pdf.pages[0].Annots:
        if "/A" in link and "/URI" in link.A:
            link.A.URI = pikepdf.String("https://example.org/b")


def _note(pdf: pikepdf.Pdf) -> None:
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.FreeText)
    note.Rect = pikepdf.Array([0, 0, 90, 90])
    pdf.pages[0].Annots.append(pdf.make_indirect(note))


def _other_opacity(pdf: pikepdf.Pdf) -> None:
    for state in pdf.pages[0].Resources.ExtGState.values():
        state["/ca"] = 0


def _cut(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].cropbox = pikepdf.Array([0, 0, 300, 300])


def _other_colours(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].Resources.ColorSpace = pikepdf.Dictionary(DefaultRGB=pikepdf.Name.DeviceGray)


def _hidden_under(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].contents_add(b"0 0 0 0 re W n", prepend=True)


def _hidden_under_a_guard(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].contents_add(b"0 0 0 0 re W n", prepend=True)
    pdf.pages[0].contents_add(b"q", prepend=True)


def _external(pdf: pikepdf.Pdf) -> None:
    _first(pdf, "/Subtype", "/Image").F = pikepdf.String("other.jpg")


CHANGES = (
    _other_text,
    _other_picture,
    _other_drawing,
    _other_font,
    _other_letters,
    _other_widths,
    _other_address,
    _note,
    _other_opacity,
    _cut,
    _other_colours,
    _hidden_under,
    _hidden_under_a_guard,
    _external,
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__.strip("_"))
def test_a_page_that_looks_or_reads_otherwise_is_another(bound: bytes, change: Change) -> None:
    """Any word, picture, drawing, font, link, box or colour; the stamp on it hides nothing."""
    before = look(bound).pages
    assert look(_changed(bound, change)).pages[0] != before[0]

    def both(pdf: pikepdf.Pdf) -> None:
        change(pdf)
        _stamp(pdf)

    assert look(_changed(bound, both)).pages[0] != before[0]


def test_a_changed_page_does_not_change_the_others(bound: bytes) -> None:
    """So the pages that are not the edition's can be named; lost and swapped ones show too."""
    before = look(bound).pages
    assert look(_changed(bound, _other_text)).pages[1] == before[1]
    assert look(_changed(bound, lambda pdf: pdf.pages.reverse())).pages[0] != before[0]


def test_what_would_act_on_its_own_is_told(bound: bytes) -> None:
    """Scripts, actions and forms; no edition has any."""

    def add(pdf: pikepdf.Pdf) -> None:
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        pdf.Root.OpenAction = script
        pdf.Root.Names.JavaScript = pikepdf.Dictionary(Names=pikepdf.Array(["a", script]))
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([]))

    assert look(_changed(bound, add)).active == ("action", "script", "form")


# -- hostile files --------------------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_refused_or_read(bound: bytes, data: st.DataObject) -> None:
    """Cut anywhere, changed anywhere: an answer or a sentence, and never anything else."""
    changed = bytearray(bound)
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(changed)) | st.just(len(changed)))
    try:
        look(bytes(changed[:cut]))
    except DataError:
        return


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", b"<html></html>", b"\0" * 5_000])
def test_what_is_no_pdf_is_said_to_be_none(content: bytes) -> None:
    """In one sentence."""
    with pytest.raises(DataError, match="no PDF, or a damaged one") as said:
        look(content)
    assert " at 0x" not in said.value.message


def _hostile(name: str, pdf: pikepdf.Pdf) -> None:
    page, blank = pdf.pages[0], b" " * 30_000_000
    if name == "content bomb":
        page.obj.Contents = pdf.make_stream(blank)
    elif name == "picture bomb":
        _first(pdf, "/Subtype", "/Image").write(blank)
    elif name == "attachment bomb":
        pdf.attachments["manifest.json"].get_file().obj.write(blank)
    elif name == "two manifests":
        pdf.attachments["other"] = pdf.attachments["manifest.json"]
    elif name == "deep":
        inner = pdf.make_indirect(pikepdf.Dictionary())
        for _ in range(3_000):
            inner = pdf.make_indirect(pikepdf.Dictionary(Next=inner))
        page.obj.Group = inner
    elif name == "form in itself":
        form = pdf.make_stream(b"/Again Do", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form)
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Again=form))
        page.obj.Contents = pdf.make_stream(b"/Again Do")
    elif name == "links no list":
        page.obj.Annots = pikepdf.Array([pikepdf.Name.Link, 5])


@pytest.mark.parametrize(
    "name",
    [
        "content bomb",
        "picture bomb",
        "attachment bomb",
        "two manifests",
        "deep",
        "form in itself",
        "links no list",
    ],
)
def test_a_hostile_file_is_refused(bound: bytes, name: str) -> None:
    """More inside than any report has, nested without end, twice the same: a sentence, quickly."""
    hostile = _changed(bound, lambda pdf: _hostile(name, pdf), compress_streams=True)
    assert len(hostile) < 1_000_000
    with pytest.raises(DataError):
        look(hostile)


def test_drawings_that_multiply_are_counted(bound: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each form draws two that draw two …: the work is limited, not only the depth."""
    monkeypatch.setattr(pdfobjects, "MOST_OBJECTS", 20_000)

    def multiply(pdf: pikepdf.Pdf) -> None:
        forms = pikepdf.Dictionary()
        for level in range(40):
            for side in "ab":
                content = f"/a{level + 1} Do /b{level + 1} Do".encode()
                forms[f"/{side}{level}"] = pdf.make_stream(content, Subtype=pikepdf.Name.Form)
        pdf.pages[0].obj.Resources = pikepdf.Dictionary(XObject=forms)
        pdf.pages[0].obj.Contents = pdf.make_stream(b"/a0 Do")

    with pytest.raises(DataError, match="more than any report"):
        look(_changed(bound, multiply))
