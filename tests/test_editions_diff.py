"""Two editions held against each other: headlines with causes, figures by name, sentences."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from sealed import head_of, stage_of

from reportgen.archive import sealing
from reportgen.assess.changes import Earlier, Run, changes
from reportgen.cli import main
from reportgen.facts import Unit
from reportgen.facts.headlines import FILE, Headline, Headlines, to_json
from reportgen.publishing.differing import figures, sentences

REPORT = "nasdaq-risk-assessment-{name}.en.html"
PAGE = """<html><head><title>5 May</title></head><body><section><h2>Levels</h2>
<p>The close is <data data-key="close" value="{close}">{close}</data>. {more}</p>
<table><tr><td>{close}</td></tr></table></section></body></html>"""


def headlines(name: str, value: float, rating: str) -> Headlines:
    """Return an edition with a probability and a rating."""
    month = int(name[5:7])
    return Headlines(
        name=name,
        period=name,
        revision=1,
        as_of=date(2026, month, 5),
        dated=date(2026, month, 5),
        window_end=date(2026, 12, 31),
        state="in_line",
        verdict={"en": "In line."},
        headlines=(
            Headline(code="flash", kind="probability", unit=Unit.PROBABILITY, value=value),
            Headline(code="risk_tariffs", kind="grade", unit=Unit.PROBABILITY, state=rating),
        ),
    )


FIRST, SECOND = headlines("2026-01", 0.30, "medium"), headlines("2026-02", 0.36, "high")


def figure(key: str, value: float, unit: str = "percent") -> dict[str, Any]:
    """Return a figure as an assessment holds it."""
    return {"key": key, "value": value, "unit": unit, "origin": {"type": "computed"}}


def put(output: Path, told: Headlines, close: float, more: str, **assessment: Any) -> None:
    """Put a small edition with headlines, figures and a page into the archive."""
    content = {"market": {"close": figure("market.close", close, "points")}, **assessment}
    files = {
        FILE: to_json(told),
        "assessment.json": json.dumps(content).encode(),
        REPORT.format(name=told.name): PAGE.format(close=close, more=more).encode(),
    }
    stage = stage_of(output, told.name, **files)
    sealing.seal(stage, head_of(told.name))
    sealing.place(stage, output, told.name)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive of two months; the second has printed what changed and why."""
    before = Earlier("2026-01", "2026-01", FIRST.as_of, FIRST.window_end, FIRST.headlines)
    model = (SECOND.headlines[0], FIRST.headlines[1])
    runs = [Run(("model",), model), Run(("new_data",), SECOND.headlines)]
    stored = msgspec.to_builtins(changes(before, runs, "2026-02"))
    put(tmp_path, FIRST, 23000.5, "It may fall.")
    put(tmp_path, SECOND, 23578.1, "It may rise.", changes=stored, later={"field": 1})
    return tmp_path


def diff(output: Path, *arguments: str) -> Any:
    """Run the command."""
    return CliRunner().invoke(main, ["editions", "diff", *arguments, "--output", str(output)])


def test_every_changed_headline_is_named_with_its_cause(archive: Path) -> None:
    """From what the later edition printed, though this program cannot read its assessment."""
    found = diff(archive, "2026-01", "2026-02")
    assert found.exit_code == 0, found.output
    assert "Flash crash, in the window: 30% → 36% (+6); model" in found.output
    assert "Rating: Tariffs: medium → high; new data" in found.output
    assert "market: 1 of 1" in found.output
    assert "close: 23000.5 points → 23578.1 points" in found.output
    assert "- It may fall." in found.output
    assert "+ It may rise." in found.output
    assert "The close is" not in found.output


def test_a_program_reads_the_same_as_json(archive: Path) -> None:
    """With every cause and figure by name."""
    told = json.loads(diff(archive, "2026-01", "2026-02", "--json").output)
    flash, rating = told["headlines"]
    assert told["causes"] == "stored"
    assert (flash["before"], flash["after"], flash["change"]) == (0.30, 0.36, 6.0)
    assert flash["steps"] == [{"causes": ["model"], "change": 6.0}]
    assert (rating["kind"], rating["before"], rating["after"]) == ("grade", "medium", "high")
    assert told["figures"][0]["changed"][0]["key"] == "market.close"
    assert told["sentences"][0]["after"] == ["It may rise."]


def test_without_inputs_the_causes_are_unknown_and_said_to_be(archive: Path) -> None:
    """An edition whose inputs this program cannot read is compared all the same."""
    put(archive, headlines("2026-03", 0.40, "high"), 23000.5, "It may rise.")
    found = diff(archive, "2026-01", "2026-03")
    assert found.exit_code == 0, found.output
    assert "30% → 40% (+10); cause unknown" in found.output
    assert "The causes are not known: " in found.output


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ("2026-02", "2026-01", "Name the earlier edition first"),
        ("2026-01", "2026-01", "compared with itself"),
    ],
)
def test_two_editions_are_named_in_their_order(
    archive: Path, first: str, second: str, words: str
) -> None:
    """The earlier one first."""
    found = diff(archive, first, second)
    assert found.exit_code == 64
    assert words in found.output


def test_a_changed_edition_is_not_compared(archive: Path) -> None:
    """What an edition said is read from files as they were sealed, or not at all."""
    path = archive / "editions" / "2026-01" / FILE
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"0.3", b"0.2"))
    found = diff(archive, "2026-01", "2026-02")
    assert found.exit_code == 65
    assert "headlines.json is changed" in found.output


def test_a_language_that_was_not_written_is_named(archive: Path) -> None:
    """The rest is compared."""
    found = diff(archive, "2026-01", "2026-02", "--lang", "ja")
    assert found.exit_code == 0, found.output
    assert "has no nasdaq-risk-assessment-2026-01.ja.html" in found.output
    assert "フラッシュクラッシュ" in found.output


# -- figures ----------------------------------------------------------------------------------


def test_figures_are_compared_by_name() -> None:
    """The largest change of a section comes first; charts and changes repeat others."""
    before = {
        "market": [figure("market.a", 1.0), figure("market.b", 10.0), figure("market.c", 1.0)],
        "edition": {"as_of": {"key": "edition.as_of", "day": "2026-01-05", "origin": {}}},
        "charts": {"x": figure("charts.x", 1.0)},
    }
    after = {
        "market": [figure("market.a", 1.1), figure("market.b", 20.0), figure("market.d", 1.0)],
        "edition": {"as_of": {"key": "edition.as_of", "day": "2026-02-05", "origin": {}}},
        "charts": {"x": figure("charts.x", 2.0)},
    }
    found = figures.compared(json.dumps(before).encode(), json.dumps(after).encode())
    market, edition = {one.name: one for one in found}.values()
    assert [one.key for one in market.largest] == ["market.b", "market.a"]
    assert (market.added, market.gone, market.same) == (1, 1, 0)
    assert edition.changed[0].after.value == "2026-02-05"


# -- sentences --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "<p>It fell by <data>−1.5%</data> on 5 May 2026.</p>",
            "<p>It fell by +2% on 12 June.</p>",
        ),
        (
            "<p>概率为<data>28%</data>。日期为2026年5月1日。</p>",
            "<p>概率为9%。日期为2026年12月11日。</p>",
        ),
        ("<p>Between <data>1</data> and 2.</p>", "<p>Between 1,000.5 and <data>3</data>.</p>"),
    ],
)
def test_another_figure_is_no_other_sentence(before: str, after: str) -> None:
    """Nor is another date."""
    assert sentences.compared(before, after) == ()


def test_a_changed_sentence_is_told_with_its_heading() -> None:
    """As it was printed, and no other sentence of its paragraph."""
    before = "<h3>Risk</h3><p>It rose by 1.5%. <b>Reserves</b> are ample.</p>"
    after = "<h3>Risk</h3><p>It rose by 2%. Reserves are scarce.</p><li>New.</li>"
    (found,) = sentences.compared(before, after)
    assert found.heading == "Risk"
    assert found.before == ("Reserves are ample.",)
    assert found.after == ("Reserves are scarce.", "New.")


def test_sentences_end_where_the_language_ends_them() -> None:
    """A decimal point, an abbreviation within a figure and a closing bracket do not end one."""
    text = "<p>若“跌”。（见下。）准备金充裕。</p><p>It is 1.5% (U.S. data). Then it rose.</p>"
    found = [one.text for one in sentences.sentences_in(text)]
    assert found[:3] == ["若“跌”。", "（见下。）", "准备金充裕。"]
    assert found[-1] == "Then it rose."


def test_what_is_not_running_text_is_left_out() -> None:
    """Scripts, drawings, tables and folded figures are no sentences."""
    text = "<script>x.</script><svg><text>y.</text></svg><details><p>z.</p></details><p>Text.</p>"
    assert [one.text for one in sentences.sentences_in(text)] == ["Text."]
