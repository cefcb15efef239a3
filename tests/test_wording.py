"""Letters: text, page, chart and file names of an edition in every language."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Mapping
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from letters import CODES, IMPRINT, edition_of, recipient
from shelves import published

from reportgen.archive.editions import Edition
from reportgen.deliver.outbox import Outbox
from reportgen.deliver.wording import (
    Link,
    Recipient,
    Wording,
    attachment_name,
    edition_letter,
    letter,
)
from reportgen.deliver.wording.columns import WIDTH, columns, held, laid_out, wrapped
from reportgen.deliver.wording.summary import headlines_of
from reportgen.facts.assessment import Assessment
from reportgen.facts.headlines import Headline
from reportgen.i18n.proofreading import faults
from reportgen.render.edition import file_name

CLOSING = "，。、；：？！）」』】》”’％"
HOSTILE = '<script>alert(1)</script> {{ 7 * 7 }} %(x)s & "O\'Neill"'
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
VOID = {"meta", "img", "br", "link"}


class Page(HTMLParser):
    """What a reader meets in a page: its tags, and the text outside style sheets."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.said: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close it; anything else than the last open one is a fault of the page."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note text."""
        if "style" not in self.open and "title" not in self.open:
            self.said.append(data)

    @property
    def text(self) -> str:
        """All of it."""
        return " ".join(self.said)

    def all(self, tag: str) -> list[dict[str, str]]:
        """Return the attributes of every such tag."""
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory, assessment: Assessment) -> Edition:
    """The December edition in an archive."""
    return edition_of(tmp_path_factory.mktemp("letters"), assessment)


@pytest.fixture(scope="module")
def outbox(tmp_path_factory: pytest.TempPathFactory) -> Outbox:
    """An outbox."""
    return Outbox(tmp_path_factory.mktemp("output"))


@pytest.fixture(scope="module")
def wordings(edition: Edition, outbox: Outbox) -> Mapping[str, Wording]:
    """What its letters have in common, by language."""
    return {code: edition_letter(edition, code, outbox, IMPRINT) for code in CODES}


@pytest.fixture
def someone(outbox: Outbox) -> Callable[..., Recipient]:
    """Make a recipient with some fields of its own."""
    return lambda **changes: recipient(outbox, **changes)


def numbers(text: str) -> set[str]:
    """Return every number in a text."""
    return set(NUMBER.findall(text))


def per_cent(value: float) -> str:
    """Return a probability as it is printed in a column of per cent; a small one finer."""
    step = Decimal(1) if value >= 0.0095 else Decimal("0.1")
    return str((100 * Decimal(repr(value))).quantize(step, ROUND_HALF_EVEN))


@pytest.mark.parametrize("code", CODES)
def test_text_and_page_tell_the_same_figures(
    code: str, wordings: Mapping[str, Wording], someone: Callable[..., Recipient]
) -> None:
    """A reader of the plain text misses no figure of the page, and the other way round."""
    written = letter(wordings[code], someone())
    page = Page(written.html)
    alternative = " ".join(one["alt"] for one in page.all("img"))
    assert numbers(written.text) == numbers(page.text + alternative)


@pytest.mark.parametrize("code", CODES)
def test_every_headline_probability_stands_with_interval_and_base_rate(
    code: str, edition: Edition, wordings: Mapping[str, Wording]
) -> None:
    """The figures are those of headlines.json, rounded; none is told without its history."""
    told = headlines_of(edition)
    assert told.verdict[code].replace(" ", "") in wordings[code].text.replace("\n", "").replace(
        " ", ""
    )
    for headline in (told.find(one) for one in ("flash", "bear", "severe")):
        assert headline is not None
        assert _row(headline) <= _rows(wordings[code].text)


def _row(headline: Headline) -> set[tuple[str, ...]]:
    figures = (headline.value, headline.low, headline.high, headline.base)
    return {tuple(per_cent(one or 0.0) for one in figures)}


def _rows(text: str) -> set[tuple[str, ...]]:
    """Return the first four figures behind the name of each row of a table."""
    lines = [re.sub(r"^.*?(?=\s{2,}\d)", "", line) for line in text.splitlines()]
    return {tuple(NUMBER.findall(line)[:4]) for line in lines}


@pytest.mark.parametrize("code", CODES)
def test_the_figures_of_all_languages_are_the_same(
    code: str, wordings: Mapping[str, Wording]
) -> None:
    """The headline table holds the same figures in every language."""
    assert _figures(wordings[code]) == _figures(wordings["en"])


def _figures(wording: Wording) -> list[list[str]]:
    """Return the figures of the headline table, the first of the letter."""
    table = wording.text.split("-" * 20)[2]
    return [
        NUMBER.findall(line)[-6:]
        for line in table.splitlines()
        if line.endswith(tuple("0123456789"))
    ]


@pytest.mark.parametrize("code", CODES)
def test_a_letter_fits_a_terminal(
    code: str, wordings: Mapping[str, Wording], someone: Callable[..., Recipient]
) -> None:
    """Lines are at most 72 columns, begin with no closing sign and end without spaces."""
    text = letter(wordings[code], someone(organisation="三菱ＵＦＪ信託銀行株式会社" * 4)).text
    for line in text.splitlines():
        assert line == line.rstrip()
        assert columns(line) <= WIDTH or line.startswith("  http")
        assert not line.startswith(tuple(CLOSING))
    assert "\t" not in text
    assert "\n\n\n" not in text


@pytest.mark.parametrize("code", CODES)
def test_the_page_fetches_nothing_and_runs_nothing(
    code: str, wordings: Mapping[str, Wording], someone: Callable[..., Recipient]
) -> None:
    """Pictures come with the mail, and there is no script, form, frame or style sheet elsewhere."""
    written = letter(wordings[code], someone())
    page = Page(written.html)
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "link", "iframe", "form", "object"})
    assert {one["src"] for one in page.all("img")} == {
        f"cid:{picture.content_id}" for picture in written.pictures
    }
    assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
    assert not re.search(r"url\(|@import|expression\(", written.html)
    assert page.open == []
    assert len(written.html.encode()) < 60_000  # a large reader cuts what is beyond 102 kB


@pytest.mark.parametrize("code", CODES)
def test_the_page_can_be_heard(
    code: str, wordings: Mapping[str, Wording], someone: Callable[..., Recipient]
) -> None:
    """Language, headings, heads of rows and columns and what a picture shows are marked."""
    written = letter(wordings[code], someone())
    page = Page(written.html)
    tag = wordings[code].language.tag
    assert page.all("html")[0]["lang"] == tag
    assert {"role": "article", "lang": tag}.items() <= page.all("div")[1].items()
    assert all(one["alt"] for one in page.all("img"))
    assert all(one.get("role") == "presentation" or one["aria-label"] for one in page.all("table"))
    assert {one["scope"] for one in page.all("th")} == {"col", "row"}
    assert len(page.all("h1")) == 1
    assert len(page.all("h2")) >= 5


def test_a_letter_is_the_same_each_time(
    edition: Edition, outbox: Outbox, someone: Callable[..., Recipient]
) -> None:
    """Text, page and picture of a letter are the same bytes when they are made again."""
    first, second = (
        letter(edition_letter(edition, "ja", outbox, IMPRINT), someone()) for _ in range(2)
    )
    assert first == second


def test_a_letter_holds_nobody_else(
    wordings: Mapping[str, Wording], someone: Callable[..., Recipient]
) -> None:
    """What is said to one client is not in the letter to the next."""
    one = someone(organisation="司马懿基金", contact="诸葛亮", reference="2025-12/aaaaaaaaaaaa")
    letter(wordings["zh"], one)
    other = letter(wordings["zh"], someone(unsubscribe_url="https://leave.example.com/1"))
    for foreign in ("司马懿", "诸葛", "aaaaaaaaaaaa"):
        assert foreign not in other.text + other.html + other.subject


@pytest.mark.parametrize("code", CODES)
def test_names_are_text(
    code: str, wordings: Mapping[str, Wording], someone: Callable[..., Recipient]
) -> None:
    """Markup, placeholders and phrases of templates in a name reach the reader as they are."""
    written = letter(wordings[code], someone(organisation=HOSTILE, contact=HOSTILE))
    page = Page(written.html)
    assert {tag for tag, _ in page.tags}.isdisjoint({"script"})
    assert "{{ 7 * 7 }}" in page.text
    assert "<script>alert(1)</script>" in page.text
    assert "<script>alert(1)</script>" in written.text
    assert "%(x)s" in written.text


@pytest.mark.parametrize("code", CODES)
def test_protection_is_told_to_whom_it_concerns(
    code: str, wordings: Mapping[str, Wording], someone: Callable[..., Recipient]
) -> None:
    """The name on a copy, the password and the address are spoken of where there is one."""
    base = wordings[code]
    plain, marked, encrypted = (
        letter(base, someone(protection=one)).text for one in ("none", "mark", "password")
    )
    assert plain.count("Zürich-Bank") < marked.count("Zürich-Bank")
    word = {"zh": "密码", "ja": "パスワード", "en": "password"}[code]
    assert word not in marked
    assert word in encrypted


@pytest.mark.parametrize("code", CODES)
def test_a_link_is_told_with_its_last_day(
    code: str, wordings: Mapping[str, Wording], someone: Callable[..., Recipient]
) -> None:
    """Who fetches the report finds its address, name, size and last day in text and page."""
    address = "https://reports.example.com/l/0123456789abcdef/nasdaq-risk-assessment-2025-12.zh.pdf"
    link = Link("報告.pdf", address, 2_345_678, date(2026, 2, 8))
    written = letter(wordings[code], someone(attachments=(), links=(link,), protection="link"))
    day = {"en": "8\N{NO-BREAK SPACE}February 2026"}.get(code, "2026年2月8日")
    page = Page(written.html)
    assert address in [one["href"] for one in page.all("a")]
    for said in (written.text, page.text):
        assert "報告.pdf" in said
        assert "2.3\N{NO-BREAK SPACE}MB" in said
        assert day in said.replace("\n", "")
    assert f"  {address}" in written.text.splitlines()
    assert written.attachments == ()


@pytest.mark.parametrize("code", CODES)
def test_a_letter_tells_how_to_leave(
    code: str, wordings: Mapping[str, Wording], someone: Callable[..., Recipient]
) -> None:
    """By an address, by a mail or by an answer, whichever there is; each letter says one."""
    base = wordings[code]
    page = "https://leave.example.com/0123"
    mail = "mailto:leave@house.example?subject=7f3a"
    by_page = letter(base, someone(unsubscribe_url=page, unsubscribe_mail=mail))
    by_mail = letter(base, someone(unsubscribe_mail=mail))
    by_answer = letter(base, someone())
    assert page in by_page.text
    assert mail in by_mail.text
    assert f'href="{mail}"' in by_mail.html
    endings = {one.text.rpartition("-" * WIDTH)[2] for one in (by_page, by_mail, by_answer)}
    assert len(endings) == 3


@pytest.mark.parametrize("code", CODES)
def test_a_test_is_told_from_the_real_mail(
    code: str, wordings: Mapping[str, Wording], someone: Callable[..., Recipient]
) -> None:
    """A test says so in its subject, before the text and on the page; the real mail does not."""
    word = {"zh": "测试", "ja": "テスト", "en": "Test"}[code]
    real, test = (letter(wordings[code], someone(test=flag)) for flag in (False, True))
    assert word in test.subject
    assert real.subject in test.subject
    assert word not in real.subject
    assert test.text.startswith("*" * WIDTH)
    assert test.text.endswith(real.text)


def test_subject_and_names_of_an_edition(wordings: Mapping[str, Wording]) -> None:
    """Subject and file names are those a reader of the language expects."""
    assert {code: base.phrases["subject"] for code, base in wordings.items()} == {
        "zh": "纳斯达克风险评估｜2025年12月刊｜Reportgen Research",
        "ja": "ナスダック・リスク評価｜2025年12月号｜Reportgen Research",
        "en": "Nasdaq risk assessment, December 2025 | Reportgen Research",
    }
    assert {code: attachment_name(base, "pdf", "localised") for code, base in wordings.items()} == {
        "zh": "纳斯达克风险评估-2025年12月.pdf",
        "ja": "ナスダック・リスク評価-2025年12月号.pdf",
        "en": "Nasdaq risk assessment December 2025.pdf",
    }
    for code, base in wordings.items():
        assert attachment_name(base, "html", "ascii") == file_name("2025-12", code, "html")


@pytest.mark.parametrize("code", CODES)
def test_a_correction_says_what_was_wrong(
    code: str, tmp_path: Path, someone: Callable[..., Recipient]
) -> None:
    """The subject says that it is one, the letter why, in the reader's language where it can."""
    from reportgen.archive.manifest import Correction

    reason = {"en": "Table 12 was <wrong>.", "zh": "表12有误。"}
    correction = Correction(
        corrects="2025-11",
        revision=2,
        replaces=date(2025, 11, 5),
        day=date(2025, 11, 20),
        reason=reason,
    )
    edition = published(tmp_path, "2025-11-r2", correction=correction)
    base = edition_letter(edition, code, Outbox(tmp_path), IMPRINT)
    written = letter(base, someone())
    word = {"zh": "更正", "ja": "訂正", "en": "Correction"}[code]
    told = reason.get(code, reason["en"])
    assert written.subject.startswith(word)
    assert told in written.text
    assert told in Page(written.html).text
    tag = {"zh": "zh-Hans"}.get(code, "en")
    assert tag in [one.get("lang") for one in Page(written.html).all("span")]
    assert len(attachment_name(base, "pdf", "localised")) <= 60


@pytest.mark.parametrize("bear", [0.28, None])
def test_an_edition_of_another_version_has_its_headlines(
    bear: float | None, tmp_path: Path, someone: Callable[..., Recipient]
) -> None:
    """Where the assessment cannot be read, verdict, table, chart and ratings are told all the same.

    In a bear market its onset is not forecast, and has no row.
    """
    edition = published(tmp_path, "2025-11", bear=bear)
    written = letter(edition_letter(edition, "en", Outbox(tmp_path), IMPRINT), someone())
    assert "Flash crash: 10% within 10 days" in written.text
    assert ("Bear market: 20%" in written.text) == (bear is not None)
    assert "Debt limit" in written.text
    assert len(written.pictures) == 1


def test_the_chart_is_sharp_and_the_same_each_time(
    wordings: Mapping[str, Wording], outbox: Outbox
) -> None:
    """It is a PNG of two dots a point."""
    for base in wordings.values():
        content = outbox.read(base.pictures[0].blob)
        assert content.startswith(b"\x89PNG\r\n\x1a\n")
        assert struct.unpack(">I", content[16:20]) == (960,)
        assert len(content) < 150_000


def test_a_letter_is_polite_and_the_report_is_not() -> None:
    """Polite endings are right in what is said to a person, and wrong everywhere else."""
    source, told = "The report is attached.", "レポートを添付いたします。"
    assert not list(faults(source, told, "ja", interpolated=True, context="letter"))
    assert any("ます。" in one for one in faults(source, told, "ja", interpolated=True))
    salutation = {"interpolated": True, "context": "salutation"}
    assert not list(faults("Dear %(name)s:", "%(name)s様", "ja", **salutation))  # type: ignore[arg-type]


@given(st.text(alphabet="ab 中文、。（）「」12,%ーっé\N{NO-BREAK SPACE}", max_size=200))
@settings(max_examples=150, deadline=None)
def test_wrapping_loses_nothing(text: str) -> None:
    """Every sign is kept in its order; a line is too long only where nothing may end it."""
    lines = wrapped(text, 20).split("\n")
    bare: Callable[[str], str] = lambda said: re.sub(r"[ \n]", "", said)  # noqa: E731
    assert bare("".join(lines)) == bare(text)
    assert all(columns(line) <= 20 or not _could_end(line) for line in lines)


def _could_end(line: str) -> bool:
    """Tell whether a line holds a place where another might have begun."""
    from reportgen.deliver.wording.columns import _units

    return len([unit for unit in _units(line.strip()) if unit.strip()]) > 1


def test_a_page_keeps_figures_with_what_they_count() -> None:
    """No line of a page ends between a figure and its unit or in a range; one may with a year."""
    told = "截至2025年12月5日，10个交易日内<5%（3%–8%）"
    assert [one.replace("</span>", "|") for one in held(told).split(_KEPT)] == [
        "截至",
        "2025年|",
        "12月5日，|",
        "10个交易日|内&lt;5%",
        "（3%–8%）|",
    ]
    assert held("Tea & 5% by\N{NO-BREAK SPACE}2026") == "Tea &amp; 5% by\N{NO-BREAK SPACE}2026"


_KEPT = '<span style="white-space:nowrap">'


def test_a_table_stands_in_columns() -> None:
    """Figures end at one column whatever the script; rows of a wide table begin with names."""
    heads, rows = ("事件", "模型"), (("闪崩", "45"), ("Bear", "9"))
    assert laid_out(heads, rows).splitlines() == [
        "----------",
        "事件  模型",
        "----------",
        "闪崩    45",
        "Bear     9",
        "----------",
    ]
    assert laid_out(heads, (("闪崩闪崩闪崩", "45"),), 14).splitlines()[3:5] == [
        "闪崩闪崩闪崩",
        "            45",
    ]
