"""Hostile subjects, names and file names are refused, or read back as given; none injects."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mails import FOREIGN, PDF, head, letter, missing, read_by, read_by_python

from reportgen.deliver.message.letter import File, Head, Letter
from reportgen.deliver.message.reading import expected_names
from reportgen.deliver.message.writer import compose
from reportgen.deliver.outbox import Outbox
from reportgen.errors import DataError

PAYLOADS = (
    "=?utf-8?q?a=0D=0ABcc=3A_evil=40client=2Eexample?=",
    "=?utf-8?b?YQ0KQmNjOiBldmlsQGNsaWVudC5leGFtcGxl?=",
    "=?us-ascii?q?a=0ABcc=3A_evil=40client=2Eexample?=",
    "a\r\nBcc: evil@client.example",
    "a\nBcc: evil@client.example",
    "a\rBcc: evil@client.example",
    "a\r\n\r\n<script>",
    "a\n",
    "a\x85Bcc: evil@client.example",
    "a\u2028Bcc: evil@client.example",
    "a\x0bBcc: evil@client.example\x0c",
)
"""Through the standard library's writer of Python 3.11 the first three become a field of their own
in ``Subject``, other texts and file names, and the line feed at an end ends the header; the others
are what one would try next."""

FIELDS = (
    *("subject", "sender_name", "sender", "to", "reply_to", "message_id", "token", "language"),
    *("feedback_id", "unsubscribe_url", "unsubscribe_mail", "file_name", "content_id"),
)

CHUNKS = st.sampled_from(
    (
        *PAYLOADS,
        *("=?utf-8?B?", "?=", "=?", "\r\n", "\n", "\r", "\r\n ", "\r\n\t", "\x00", "\x7f", "\x9b"),
        *("\u2028", "\u2029", "\u202e", "\u2066", "\u200f", "\ufeff", "\ud800", "\udfff", "\ufffe"),
        *("Bcc: evil@client.example", "<evil@client.example>", ", ", ";", '"', "\\", "(", ")", ":"),
        *("=_rg_", "--", ".", "..", "/", "%0d%0a", "*0*=", "utf-8''", "'", " ", "  ", "\t", "\xa0"),
        *(
            "报告",
            "評価",
            "😀",
            "👨‍👩‍👧",
            "e\u0301",
            "\u0301",
            "שלום",
            "مرحبا",
            "ไทย",
            "𠮷",
            "\u3000",
        ),
        *("plain text", "a", "=20", "_", "?", "=", "\U000e0041", "\U0010ffff", "a" * 70, "险" * 40),
    )
)
HOSTILE = st.one_of(
    st.lists(CHUNKS, min_size=1, max_size=6).map("".join),
    st.text(max_size=30),
    st.text(st.sampled_from(' =?_"\\<>@,;:()a报é'), max_size=20),
)


@dataclass(frozen=True)
class Given:
    """What a client's data would put into a mail."""

    subject: str
    sender_name: str
    file_name: str


def meant(outbox: Outbox, given_: Given) -> tuple[Head, Letter]:
    """Return a head and a letter with it."""
    file = File(given_.file_name + ".pdf", "application/pdf", outbox.put(PDF))
    return head(sender_name=given_.sender_name), letter(
        outbox, subject=given_.subject, attachments=(file,)
    )


def composed(outbox: Outbox, given_: Given) -> bytes | None:
    """Return a message; ``None`` where it is refused."""
    who, made = meant(outbox, given_)
    try:
        return compose(who, made, outbox).assemble(outbox)
    except DataError:
        return None


def holds(outbox: Outbox, given_: Given) -> bool:
    """Tell whether it was taken; then it is what Python reads, in exactly our fields."""
    raw = composed(outbox, given_)
    if raw is None:
        return False
    read = read_by_python(raw)
    assert read.fields == tuple(name.lower() for name in expected_names(head()))
    assert (read.to, read.cc, read.bcc) == (("wang@client.example",), (), ())
    assert (read.subject, read.sender_name) == (given_.subject, given_.sender_name)
    assert read.files == (given_.file_name + ".pdf",)
    assert read.contents == (PDF,)
    return True


@pytest.fixture(scope="module")
def outbox(tmp_path_factory: pytest.TempPathFactory) -> Outbox:
    """An outbox."""
    return Outbox(tmp_path_factory.mktemp("hostile"))


def hostile(outbox: Outbox, examples: int) -> list[Given]:
    """Try so many examples and return those that were taken."""
    taken: list[Given] = []

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.builds(Given, HOSTILE, HOSTILE, HOSTILE), st.integers(0, 7))
    def tried(example: Given, replaced: int) -> None:
        """Refused or as meant; most examples keep a harmless value, so that many are taken."""
        harmless = Given("Risk 风险", "研究所", "report")
        example = Given(
            example.subject if replaced & 1 or not replaced else harmless.subject,
            example.sender_name if replaced & 2 or not replaced else harmless.sender_name,
            example.file_name if replaced & 4 or not replaced else harmless.file_name,
        )
        if holds(outbox, example):
            taken.append(example)

    tried()
    return taken


def test_three_hundred_hostile_letters(outbox: Outbox) -> None:
    """M1, short: what is taken is read back by Python as it was given; nothing is injected."""
    assert len(hostile(outbox, 300)) > 30


@pytest.mark.long
def test_three_thousand_hostile_letters(outbox: Outbox, tmp_path: Path) -> None:
    """M1: likewise 3,000, and every reader of another language that is here agrees."""
    taken = hostile(outbox, 3_000)
    assert len(taken) > 300
    for reader in FOREIGN:
        if not missing(reader):
            agrees(reader, outbox, tmp_path, taken)


@pytest.mark.parametrize("reader", FOREIGN)
def test_readers_in_other_languages(reader: str, outbox: Outbox, tmp_path: Path) -> None:
    """Perl's and Node's readers find the same names, and no field Python does not find."""
    if reason := missing(reader):
        pytest.skip(reason)
    chance = random.Random(3)
    signs = "纳斯达克風險評価リスク위험مخاطرסיכוןเสี่ยงriské😀 -&'()+,!#"
    words = partial(chance.choices, signs)
    texts = ["".join(words(k=chance.randrange(2, 40))).strip() or "a" for _ in range(60)]
    some = [Given(*texts[start : start + 3]) for start in range(0, 60, 3)]
    agrees(reader, outbox, tmp_path, some)


def agrees(reader: str, outbox: Outbox, folder: Path, taken: list[Given]) -> None:
    """Compare a reader with what was meant."""
    messages = [(one, composed(outbox, one)) for one in taken]
    whole = [(one, raw) for one, raw in messages if raw is not None]
    assert whole
    read = read_by(reader, folder, [raw for _, raw in whole])
    for (one, _), found in zip(whole, read, strict=True):
        assert sorted(found.fields) == sorted(name.lower() for name in expected_names(head()))
        assert (found.to, found.cc, found.bcc) == (("wang@client.example",), (), ())
        assert (found.subject, found.sender_name) == (one.subject, one.sender_name)
        assert found.files == (one.file_name + ".pdf",)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_injects_through_the_standard_library_is_refused(
    field: str, payload: str, outbox: Outbox
) -> None:
    """M2: each payload in each field a value can reach: refused, not repaired and not encoded."""
    made = letter(outbox)
    who = head()
    if field == "subject":
        made = letter(outbox, subject=payload)
    elif field == "file_name":
        file = File(payload + ".pdf", "application/pdf", outbox.put(PDF))
        made = letter(outbox, attachments=(file,))
    elif field == "content_id":
        picture = File("chart.png", "image/png", outbox.put(PDF), payload)
        made = letter(outbox, pictures=(picture,))
    else:
        who = head(**{field: payload})
    with pytest.raises(DataError) as refused:
        compose(who, made, outbox)
    assert payload not in refused.value.message
