"""Mails in eight languages, byte for byte as they stand in ``golden/``.

``python tests/test_message_golden.py`` writes the files again; look at what changed before it is
committed.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path

import pytest
from mails import PDF, PNG, head, read_by_python

from reportgen.deliver.message.letter import File, Head, Letter
from reportgen.deliver.message.reading import verify
from reportgen.deliver.message.writer import compose
from reportgen.deliver.outbox import Outbox

FOLDER = Path(__file__).parent / "golden"


@dataclass(frozen=True)
class Sample:
    """A short mail in a language.

    Args:
        language: its code.
        house: name in From.
        subject: its subject.
        text: its text, in paragraphs.
        file: name of its attachment.
        direction: in which it is read.
    """

    language: str
    house: str
    subject: str
    text: tuple[str, ...]
    file: str
    direction: str = "ltr"


SAMPLES = (
    Sample(
        "zh",
        "海纳风险研究",
        "纳斯达克风险评估 2026年1月",
        (
            "王先生：",
            "本月结论为“偏高”：十二个月内下跌两成的概率为 31%（历史频率 22%）。",
            "参考编号 2026-01/7f3a9c01。",
        ),
        "纳斯达克风险评估 2026年1月.pdf",
    ),
    Sample(
        "zh-Hant",
        "海納風險研究",
        "那斯達克風險評估 2026年1月",
        (
            "王先生您好：",
            "本月結論為「偏高」：十二個月內下跌兩成的機率為 31%（歷史頻率 22%）。",
            "參考編號 2026-01/7f3a9c01。",
        ),
        "那斯達克風險評估 2026年1月.pdf",
    ),
    Sample(
        "ja",
        "リスク研究所",
        "ナスダック・リスク評価 2026年1月号",
        (
            "株式会社髙島屋　御中",
            "今月の判定は「やや高い」です。12か月以内に2割下落する確率は31％（過去の頻度は22％）です。",
            "照会番号 2026-01/7f3a9c01",
        ),
        "ナスダック・リスク評価 2026年1月号.pdf",
    ),
    Sample(
        "ko",
        "리스크 연구소",
        "나스닥 위험 평가 2026년 1월",
        (
            "김 과장님께",
            "이달의 결론은 ‘다소 높음’입니다. "
            "12개월 안에 20% 하락할 확률은 31%(과거 빈도 22%)입니다.",
            "참조 2026-01/7f3a9c01",
        ),
        "나스닥 위험 평가 2026년 1월.pdf",
    ),
    Sample(
        "ar",
        "دار أبحاث المخاطر",
        "تقييم مخاطر ناسداك – يناير 2026",
        (
            "السيد أحمد المحترم،",
            "خلاصة هذا الشهر: «مرتفع». "
            "احتمال هبوط بنسبة 20% خلال 12 شهرًا هو 31% (المعدل التاريخي 22%).",
            "المرجع 2026-01/7f3a9c01",
        ),
        "تقييم مخاطر ناسداك يناير 2026.pdf",
        "rtl",
    ),
    Sample(
        "he",
        "בית המחקר לסיכונים",
        "הערכת סיכוני נאסד״ק – ינואר 2026",
        (
            "לכבוד גב׳ כהן,",
            "מסקנת החודש: „גבוה”. ההסתברות לירידה של 20% בתוך 12 חודשים היא 31% (שכיחות בעבר 22%).",
            "סימוכין 2026-01/7f3a9c01",
        ),
        "הערכת סיכוני נאסדק ינואר 2026.pdf",
        "rtl",
    ),
    Sample(
        "th",
        "สำนักวิจัยความเสี่ยง",
        "การประเมินความเสี่ยงแนสแด็ก มกราคม 2569",
        (
            "เรียน คุณสมชาย",
            "ข้อสรุปของเดือนนี้คือ “ค่อนข้างสูง” "
            "ความน่าจะเป็นที่ดัชนีจะลดลง 20% ภายใน 12 เดือนคือ 31% (ความถี่ในอดีต 22%)",
            "อ้างอิง 2026-01/7f3a9c01",
        ),
        "การประเมินความเสี่ยงแนสแด็ก มกราคม 2569.pdf",
    ),
    Sample(
        "en",
        "Haina Risk Research",
        "Nasdaq Risk Assessment, January 2026",
        (
            "Dear Ms O’Neill,",
            "This month’s verdict is “elevated”: the odds of a fall of a fifth within 12 months "
            "are 31% (base rate 22%).",
            "Reference 2026-01/7f3a9c01",
        ),
        "Nasdaq Risk Assessment, January 2026.pdf",
    ),
)
LANGUAGES = [sample.language for sample in SAMPLES]


def meant(sample: Sample, outbox: Outbox) -> tuple[Head, Letter]:
    """Return what a sample is to be."""
    said = "\n".join(f"<p>{line}</p>" for line in sample.text)
    page = (
        f'<!doctype html>\n<html lang="{sample.language}" dir="{sample.direction}">\n'
        f'<body>\n{said}\n<img src="cid:chart" alt="">\n</body>\n</html>\n'
    )
    made = Letter(
        sample.subject,
        "\n\n".join(sample.text) + "\n",
        page,
        (File("chart.png", "image/png", outbox.put(PNG[:200]), "chart"),),
        (File(sample.file, "application/pdf", outbox.put(PDF[:300]), shared=False),),
    )
    return head(language=sample.language, sender_name=sample.house), made


class Directions(HTMLParser):
    """Reads language, direction and text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.root: dict[str, str | None] = {}
        self.said: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what the root says."""
        if tag == "html":
            self.root = dict(attrs)

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self.said += [data.strip()] if data.strip() else []


@pytest.mark.parametrize("sample", SAMPLES, ids=LANGUAGES)
def test_the_bytes_are_those_that_were_looked_at(sample: Sample, tmp_path: Path) -> None:
    """M3: the message is the golden one to the byte, and passes as what was meant."""
    outbox = Outbox(tmp_path)
    golden = (FOLDER / f"{sample.language}.eml").read_bytes()
    assert compose(*meant(sample, outbox), outbox).assemble(outbox) == golden
    verify(golden, *meant(sample, outbox))


@pytest.mark.parametrize("sample", SAMPLES, ids=LANGUAGES)
def test_a_reader_finds_language_direction_and_text(sample: Sample) -> None:
    """M3: the golden file, read by Python, has the sample's words, names and direction."""
    golden = (FOLDER / f"{sample.language}.eml").read_bytes()
    read = read_by_python(golden)
    assert (read.sender_name, read.subject) == (sample.house, sample.subject)
    assert read.files == (sample.file,)
    text, page = (one.replace("\r\n", "\n") for one in read.texts)
    assert tuple(text.rstrip("\n").split("\n\n")) == sample.text
    shown = Directions(page)
    assert shown.root == {"lang": sample.language, "dir": sample.direction}
    assert tuple(shown.said) == sample.text
    message = message_from_bytes(golden, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert message["Content-Language"] == sample.language
    body = message.get_body(("plain",))
    assert body is not None
    assert body.get_content_charset() == "utf-8"


def test_every_line_of_a_header_is_ascii_and_short() -> None:
    """M3: encoded words stand one a line, within 76 signs (RFC 2047), whatever the script."""
    for language in LANGUAGES:
        golden = (FOLDER / f"{language}.eml").read_bytes()
        lines = golden.decode("ascii").split("\r\n")
        words = [line for line in lines if "=?utf-8?B?" in line]
        assert words or language == "en"
        assert max(map(len, words), default=0) <= 76
        assert max(map(len, lines)) <= 998


def main() -> None:
    """Write the golden files."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        outbox = Outbox(Path(folder))
        for sample in SAMPLES:
            raw = compose(*meant(sample, outbox), outbox).assemble(outbox)
            (FOLDER / f"{sample.language}.eml").write_bytes(raw)


if __name__ == "__main__":
    main()
