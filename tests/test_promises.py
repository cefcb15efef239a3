"""What the house promises of a finished report, checked on the finished files."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from pages import figures_of, on_paper, screen_tables, squeezed, text_of

from reportgen.i18n import LANGUAGES

if TYPE_CHECKING:
    from conftest import Build

CODES = tuple(one.code for one in LANGUAGES)
FACES = {
    "zh": r"NotoS(ans|erif)CJKsc-(Regular|Bold)",
    "ja": r"NotoS(ans|erif)CJKjp-(Regular|Bold)",
    "en": r"NotoS(ans|erif)(-(Regular|Bold|Italic)|Math-Regular|Symbols2-Regular)",
}


def _assessed(built: Build) -> dict[str, Any]:
    """Return every figure of the assessment by key."""
    found: dict[str, Any] = {}

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if node.get("key") and "origin" in node:
                found[node["key"]] = node
            for part in node.values():
                walk(part)
        elif isinstance(node, list):
            for part in node:
                walk(part)

    walk(json.loads((built.folder / "assessment.json").read_text()))
    return found


def test_every_language_prints_the_same_figures(built: Build) -> None:
    """Key by key, the same figures with the same values stand in every language."""
    printed = {
        code: {
            key: {value for value, _ in pairs}
            for key, pairs in figures_of(built.file(code, "html").read_text()).items()
        }
        for code in CODES
    }
    assert printed["zh"].keys() == printed["ja"].keys() == printed["en"].keys()
    assert len(printed["en"]) > 250
    assert printed["zh"] == printed["ja"] == printed["en"]


@pytest.mark.parametrize("code", CODES)
def test_every_figure_of_the_page_can_be_read_from_the_pdf(built: Build, code: str) -> None:
    """Each figure, as its language prints it, is in the text that a reader's program extracts.

    Tables that stand on screen only are left out; which they are is a test of its own.
    """
    text = squeezed(text_of(built.file(code, "pdf")))
    lost = [
        (key, shown)
        for key, pairs in figures_of(on_paper(built.file(code, "html").read_text())).items()
        for _, shown in pairs
        if squeezed(shown) not in text
    ]
    assert lost == []


@pytest.mark.parametrize("code", CODES)
def test_named_tables_stand_on_screen_only(built: Build, code: str) -> None:
    """Detail behind a figure or paragraph that stands on paper; nothing else is cut."""
    assert screen_tables(built.file(code, "html").read_text()) == (
        "table-pool",
        "table-cross-checks",
        "table-outcomes",
        "table-evidence",
        "table-troughs",
        "table-trend",
        "table-leads",
    )


@pytest.mark.parametrize("code", CODES)
def test_every_printed_figure_has_its_origin_in_the_assessment(built: Build, code: str) -> None:
    """Nothing is printed that the assessment does not hold with an origin."""
    assessed = _assessed(built)
    for key in figures_of(built.file(code, "html").read_text()):
        parts = [key] if key in assessed else [f"{key}.low", f"{key}.high"]
        for part in parts:
            assert assessed[part]["origin"]["type"] in {"observed", "computed", "assumed"}


@pytest.mark.parametrize("code", CODES)
def test_only_the_intended_faces_embedded_and_subset(built: Build, code: str) -> None:
    """Simplified faces in Chinese, Japanese ones in Japanese, and no fallback."""
    listed = subprocess.run(
        ["pdffonts", str(built.file(code, "pdf"))], check=True, capture_output=True, text=True
    ).stdout.splitlines()[2:]
    assert listed
    for line in listed:
        name = line.split()[0]
        assert re.fullmatch(rf"[A-Z]{{6}}\+{FACES[code]}", name), name
        embedded, subset = line.split()[-5:-3]
        assert (embedded, subset) == ("yes", "yes"), line


@pytest.mark.parametrize("code", CODES)
def test_no_replacement_character_and_no_other_name_for_japan(built: Build, code: str) -> None:
    """No U+FFFD; Japan is 日本 in Chinese and Japanese and Japan in English."""
    text = text_of(built.file(code, "pdf"))
    assert "\N{REPLACEMENT CHARACTER}" not in text
    if code == "en":
        assert "日" not in text
    else:
        assert "Japan" not in text


@pytest.mark.parametrize("code", CODES)
def test_the_report_has_eighteen_to_thirty_pages(built: Build, code: str) -> None:
    """A4 throughout, within the length the house allows."""
    info = subprocess.run(
        ["pdfinfo", str(built.file(code, "pdf"))], check=True, capture_output=True, text=True
    ).stdout
    pages = int(re.search(r"Pages:\s+(\d+)", info)[1])  # type: ignore[index]
    assert 18 <= pages <= 30
    assert "A4" in info


@pytest.mark.parametrize("code", CODES)
def test_the_pdf_is_sound(built: Build, code: str) -> None:
    """The checker of another program finds nothing to complain of."""
    assert shutil.which("qpdf"), "qpdf is needed for this test"
    done = subprocess.run(
        ["qpdf", "--check", str(built.file(code, "pdf"))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


KNOWN = {
    # Retracements of 10,300 -> 24,000 and the valuation level: arithmetic on the house's inputs.
    "levels.house_fibonacci.house_fibonacci_382.level": (18766.6, "18,766.6"),
    "levels.house_fibonacci.house_fibonacci_500.level": (17150.0, "17,150.0"),
    "levels.house_fibonacci.house_fibonacci_618.level": (15533.4, "15,533.4"),
    "levels.valuation.stated.level": (15107.14, "15,107"),
    # Averages on observed closes (MODELS, section M3).
    "levels.average_200_week": (15642.83, "15,643"),
    "levels.average_projected": (17301.71, "17,302"),
    "levels.average_50_month": (15657.27, "15,657"),
    # Observed: close and drawdown of 5 December 2025.
    "market.close": (23578.13, "23,578.13"),
    "market.drawdown": (-1.587, "1.6%"),
}


@pytest.mark.parametrize("key", KNOWN)
def test_known_figures_stand_in_the_report_with_their_origin(built: Build, key: str) -> None:
    """The figures whose values are known beforehand come out of the models and are printed."""
    value, shown = KNOWN[key]
    figure = _assessed(built)[key]
    assert figure["value"] == pytest.approx(value, abs=0.01)
    for code in CODES:
        printed = figures_of(built.file(code, "html").read_text())[key]
        assert any(shown in text for _, text in printed), (code, printed)


def test_the_skew_table_gives_fifteen_and_a_half_per_cent(built: Build) -> None:
    """SKEW 148.83 reads as 15.5 % in the exchange's own table, printed beside its bounds."""
    for code in CODES:
        assert "15.5%" in built.file(code, "html").read_text()
    tables = [one for key, one in _assessed(built).items() if key.startswith("microstructure.")]
    assert any(abs(one.get("value", 0) - 0.1548) < 0.0002 for one in tables)


def test_at_least_fourteen_charts_in_every_language(built: Build) -> None:
    """Charts are vector files in the report's language, text kept as text."""
    for code in CODES:
        charts = list((built.folder / "charts").glob(f"*.{code}.svg"))
        assert len(charts) >= 14
        assert all("<text" in chart.read_text() for chart in charts)
