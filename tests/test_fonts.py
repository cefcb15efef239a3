"""Faces: exactly the named family, exactly the needed characters, or a clear refusal."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
import uharfbuzz as hb
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

from reportgen.errors import DataError, MissingInputError, UsageError
from reportgen.render.characters import shown_characters
from reportgen.render.fonts import FontSet, font_face_css, stack_css, woff2
from reportgen.render.typefaces import Family, faces_in, find_face

NAMES = {
    "zh": {"NotoSansCJKsc", "NotoSerifCJKsc"},
    "zh-Hant": {"NotoSansCJKtc", "NotoSerifCJKtc"},
    "ja": {"NotoSansCJKjp", "NotoSerifCJKjp"},
    "en": {"NotoSans", "NotoSerif", "NotoSansMath", "NotoSansSymbols2"},
}


@pytest.fixture(scope="module")
def chinese() -> FontSet:
    """The faces of Simplified Chinese."""
    return FontSet.for_language("zh")


@pytest.fixture(scope="module")
def english() -> FontSet:
    """The faces of English."""
    return FontSet.for_language("en")


def _covered(data: bytes) -> set[str]:
    return set(map(chr, hb.Face(data).unicodes))


@pytest.mark.parametrize("language", NAMES)
def test_every_language_has_its_own_families_and_no_other(language: str) -> None:
    """Chinese is never set in Japanese forms: the PostScript names are those of the language."""
    fonts = FontSet.for_language(language)
    assert {name.split("-")[0] for name in fonts.expected_names} == NAMES[language]
    assert [face.weight for face in fonts.sans[:2]] == [400, 700]


def test_a_language_without_families_is_refused() -> None:
    """A language nobody named families for is a mistake of use, not a fallback."""
    with pytest.raises(UsageError, match="'ko'"):
        FontSet.for_language("ko")


def test_a_missing_family_names_itself_and_its_package(tmp_path: Path) -> None:
    """The sentence names the family and the folder, the hint the Debian package."""
    with pytest.raises(MissingInputError, match="Noto Sans CJK SC") as caught:
        FontSet.for_language("zh", folder=tmp_path)
    assert str(tmp_path) in caught.value.message
    assert "fonts-noto-cjk" in caught.value.hint


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """A folder that is not there is not an empty one."""
    with pytest.raises(MissingInputError, match="nowhere"):
        FontSet.for_language("zh", folder=tmp_path / "nowhere")


def test_faces_are_found_in_a_folder_by_what_their_tables_say(
    tmp_path: Path, english: FontSet
) -> None:
    """The name of a file does not matter, and files that are no fonts do no harm."""
    for number, face in enumerate((*english.sans, *english.serif, *english.symbols)):
        (tmp_path / f"{number}.ttf").symlink_to(face.path)
    (tmp_path / "note.ttf").write_text("no font")
    found = FontSet.for_language("en", folder=tmp_path)
    assert found.expected_names == english.expected_names
    assert all(face.path.parent == tmp_path for face in found.sans)


def test_without_fontconfig_the_known_folders_are_searched(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, english: FontSet
) -> None:
    """A machine without ``fc-list`` still finds a family by its files."""
    monkeypatch.setattr("shutil.which", lambda _: None)
    monkeypatch.setattr("reportgen.render.typefaces.KNOWN_FOLDERS", (tmp_path,))
    (tmp_path / "NotoSans-Regular.ttf").symlink_to(english.sans[0].path)
    family = Family(("Noto Sans",), "fonts-noto-core")
    assert find_face(family, 400, italic=False).path.parent == tmp_path


def test_a_cut_face_holds_what_was_asked_and_nothing_else(chinese: FontSet) -> None:
    """One small file a face: the characters asked for, no second file of the same triple."""
    files = chinese.cut("市场风险 12%")
    assert [file.name for file in files] == [
        face.postscript for face in (*chinese.sans, *chinese.serif)
    ]
    assert len({(f.face.family, f.face.weight, f.face.italic) for f in files}) == len(files)
    for file in files:
        assert _covered(file.data) == set("市场风险 12%")
        assert len(file.data) < 20_000


def test_cutting_twice_gives_the_same_bytes(chinese: FontSet) -> None:
    """The same characters in any order give the same fonts, also compressed for the screen."""
    first, second = chinese.cut("概率为28%"), chinese.cut("%82为率概")
    assert first == second
    assert woff2(first[0]) == woff2(second[0])


def test_a_character_without_glyph_is_named_with_its_face(chinese: FontSet) -> None:
    """A missing glyph fails the build and says which character and face (SC has no rupee sign)."""
    with pytest.raises(DataError, match=r"NotoSansCJKsc-Regular has no glyph for '₹' \(U\+20B9\)"):
        chinese.cut("价格₹100")


def test_symbol_faces_come_only_when_needed(english: FontSet) -> None:
    """Noto Sans has no minus sign and no black circle: the named symbol faces bring just these."""
    plain = english.cut("risk")
    signed = english.cut("risk −5 ●")
    assert {file.name for file in signed} - {file.name for file in plain} == {
        "NotoSansMath-Regular",
        "NotoSansSymbols2-Regular",
    }
    symbols = {file.name: _covered(file.data) - {" "} for file in signed[-2:]}
    assert symbols == {"NotoSansMath-Regular": {"−"}, "NotoSansSymbols2-Regular": {"●"}}


def test_the_screen_gets_no_serif(chinese: FontSet) -> None:
    """Two files instead of four for the HTML edition."""
    assert [file.name for file in chinese.cut("风险", serif=False)] == [
        "NotoSansCJKsc-Regular",
        "NotoSansCJKsc-Bold",
    ]


def test_the_features_the_page_uses_survive(chinese: FontSet) -> None:
    """Half-width marks and kerning stay; vertical forms and other languages' forms go."""
    font = TTFont(BytesIO(chinese.cut("——，“A”V")[0].data))
    tags = {
        record.FeatureTag
        for table in ("GSUB", "GPOS")
        for record in font[table].table.FeatureList.FeatureRecord
    }
    assert {"halt", "palt", "kern"} <= tags
    assert not tags & {"vert", "vrt2", "vkrn", "locl"}


def test_a_variable_face_is_cut_at_the_weight(tmp_path: Path) -> None:
    """Where a family comes as one variable file, each weight becomes a static face."""
    _variable_font(tmp_path / "Sample[wght].ttf")
    family = Family(("Sample",), "no-package")
    bold = find_face(family, 700, italic=False, folder=tmp_path)
    fonts = FontSet("en", (bold,), (), ())
    (file,) = fonts.cut("A")
    face = hb.Face(file.data)
    assert bold.postscript == "Sample-Bold"
    assert "fvar" not in face.table_tags
    assert hb.Font(face).get_glyph_h_advance(1) == 700


def _variable_font(path: Path) -> None:
    """A face of one letter that is 400 units wide at weight 400 and 700 at 700."""

    def square(width: int) -> TTGlyphPen:
        pen = TTGlyphPen(None)
        pen.moveTo((0, 0))
        for point in ((0, 500), (width, 500), (width, 0)):
            pen.lineTo(point)
        pen.closePath()
        return pen

    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "A"])
    builder.setupCharacterMap({ord("A"): "A"})
    builder.setupGlyf({".notdef": square(100).glyph(), "A": square(400).glyph()})
    builder.setupHorizontalMetrics({".notdef": (100, 0), "A": (400, 0)})
    builder.setupHorizontalHeader()
    builder.setupNameTable({"familyName": "Sample", "styleName": "Regular", "psName": "Sample-R"})
    builder.setupFvar([("wght", 400, 400, 700, "Weight")], [])
    wider = [(0, 0), (0, 0), (300, 0), (300, 0), (0, 0), (300, 0), (0, 0), (0, 0)]
    from fontTools.ttLib.tables.TupleVariation import TupleVariation

    builder.setupGvar({".notdef": [], "A": [TupleVariation({"wght": (0, 1, 1)}, wider)]})
    builder.setupOS2(usWeightClass=400)
    builder.setupPost()
    builder.save(path)


def test_a_file_that_is_no_font_has_no_faces(tmp_path: Path) -> None:
    """Reading the faces of a text file gives none."""
    path = tmp_path / "a.ttf"
    path.write_text("nothing")
    assert list(faces_in(path)) == []


def test_the_style_sheet_names_each_face_and_no_generic_family(english: FontSet) -> None:
    """One rule a face; the stacks end with named families, never with ``serif``."""
    css = font_face_css(english.cut("a −"), lambda file: f"url({file.name})")
    assert css.count("@font-face") == 7
    assert '"Noto Serif";font-weight:400;font-style:italic;src:url(NotoSerif-Italic)' in css
    assert stack_css(english).endswith(
        '--serif:"Noto Serif","Noto Sans Math","Noto Sans Symbols2"}'
    )


def test_every_character_that_can_be_shown_is_found() -> None:
    """Text, entities, generated content and the text of drawings; not markup, scripts, comments."""
    document = (
        "<html lang='zh'><style>p::after{content:'甲'}</style><script>乙</script>"
        "<!-- 丙 --><p class='丁'>风&#38505;<br>险&nbsp;\u200b</p></html>"
    )
    found = shown_characters(document, [b"<svg><text x='1'>\xe5\x9b\xbe &lt;</text></svg>"])
    assert {"甲", "风", "险", "图", "<"} <= found
    assert not found & {"乙", "丙", "丁", "\u200b"}


def test_foreign_words_are_left_to_the_readers_fonts_on_the_screen() -> None:
    """A link named in another language needs no face of ours on the screen, but does in the PDF."""
    document = '<html lang="en"><p>a <a lang="zh-Hans">中文<b>版</b></a> β</p><p>γ</html>'
    on_screen = shown_characters(document, foreign=False)
    assert not on_screen & set("中文版")
    assert {"β", "γ"} <= on_screen
    assert set("中文版") <= shown_characters(document)
