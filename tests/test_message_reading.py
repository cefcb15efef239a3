"""Reading a message again: nothing can be added to it, taken from it or changed unnoticed."""

from __future__ import annotations

import base64
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mails import head, letter

from reportgen.deliver.message.letter import File
from reportgen.deliver.message.reading import verify, verify_pieces
from reportgen.deliver.message.scan import scan
from reportgen.deliver.message.writer import compose
from reportgen.deliver.outbox import Blob, Outbox, encoded, wire_size
from reportgen.errors import DataError

CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "a Bcc": lambda raw: raw.replace(b"Subject:", b"Bcc: a@b.example\r\nSubject:", 1),
    "a second To": lambda raw: raw.replace(b"Subject:", b"To: a@b.example\r\nSubject:", 1),
    "a second subject": lambda raw: raw.replace(b"Date:", b"Subject: x\r\nDate:", 1),
    "a second address": lambda raw: raw.replace(b"client.example", b"client.example, a@b.c", 1),
    "a field before all": lambda raw: b"X-Other: x\r\n" + raw,
    "a field in a part": lambda raw: raw.replace(b"Content-ID:", b"X-Other: x\r\nContent-ID:", 1),
    "two fields swapped": lambda raw: re.sub(
        rb"(To: [^\r]*\r\n)(Subject: [^\r]*\r\n)", rb"\2\1", raw, count=1
    ),
    "a field missing": lambda raw: re.sub(rb"Auto-Submitted: [^\r]*\r\n", b"", raw),
    "a bare line feed": lambda raw: raw.replace(b"\r\n", b"\n", 1),
    "a bare return": lambda raw: raw.replace(b"Subject: ", b"Subject: \r", 1),
    "a folded address": lambda raw: raw.replace(b"To: wang@", b"To: wang\r\n @", 1),
    "a fold of blanks": lambda raw: raw.replace(b"Reply-To: ", b"Reply-To: \r\n  ", 1),
    "eight bits": lambda raw: raw.replace(b"client", b"cl\xc3\xafent", 1),
    "a NUL": lambda raw: raw.replace(b"client", b"cli\x00ent", 1),
    "a long line": lambda raw: raw.replace(
        b"X-Auto", b"X-Long: " + b"a" * 1_000 + b"\r\nX-Auto", 1
    ),
    "a preamble": lambda raw: raw.replace(b"\r\n\r\n--", b"\r\n\r\nhello\r\n--", 1),
    "an epilogue": lambda raw: raw + b"hello\r\n",
    "no last boundary": lambda raw: raw[: raw.rindex(b"--=_rg")],
    "the last line cut": lambda raw: raw[:-2],
    "a part twice": lambda raw: raw + raw[raw.rindex(b"Content-Type") :],
    "text after base64": lambda raw: re.sub(
        rb"(\r\n\r\n[A-Za-z0-9+/]+)", rb"\1\r\nhello!", raw, count=1
    ),
    "a dot alone": lambda raw: raw.replace(b"\r\n--=_rg", b"\r\n.\r\n--=_rg", 1),
    "a shorter line": lambda raw: re.sub(
        rb"([A-Za-z0-9+/]{72})([A-Za-z0-9+/]{4})\r", rb"\1\r\n\2\r", raw, count=1
    ),
    "a word decoded twice": lambda raw: raw.replace(b"auto-generated", b"=?utf-8?B?eA==?=", 1),
    "another charset": lambda raw: raw.replace(b"=?utf-8?B?", b"=?gb18030?B?", 1),
    "quoted-printable": lambda raw: raw.replace(b"Encoding: base64", b"Encoding: 8bit", 1),
    "another file name": lambda raw: raw.replace(b"assessment.zh.html", b"assessment.zh.htmm", 1),
    "shown in the mail": lambda raw: raw.replace(b"attachment;", b"inline;", 1),
    "another boundary": lambda raw: raw.replace(b"=_rg_", b"=_rh_"),
}
"""What could go wrong on the way to the bytes; the boundaries' name alone is allowed to differ."""


@pytest.fixture(scope="module")
def outbox(tmp_path_factory: pytest.TempPathFactory) -> Outbox:
    """An outbox."""
    return Outbox(tmp_path_factory.mktemp("reading"))


@pytest.fixture(scope="module")
def raw(outbox: Outbox) -> bytes:
    """A message with everything in it."""
    return compose(head(), letter(outbox), outbox).assemble(outbox)


@pytest.mark.parametrize("change", [name for name in CHANGES if name != "another boundary"])
def test_no_change_passes(change: str, raw: bytes, outbox: Outbox) -> None:
    """A message changed in a way a reader would see, or a relay stumble over, is not kept."""
    changed = CHANGES[change](raw)
    assert changed != raw
    with pytest.raises(DataError, match="read again"):
        verify(changed, head(), letter(outbox))


def test_boundaries_are_free(raw: bytes, outbox: Outbox) -> None:
    """How parts are told apart says nothing: the reader knows nothing of how they are named."""
    verify(CHANGES["another boundary"](raw), head(), letter(outbox))


def test_no_single_byte_passes(raw: bytes, outbox: Outbox) -> None:
    """No byte of the message can be changed, left out or doubled; tried at 1,500 places."""
    chance = random.Random(1)
    interesting = [
        place for place in range(len(raw)) if place < 2_500 or raw[place] in b"\r\n-=<>;"
    ]
    for place in chance.sample(interesting, 1_500):
        other = chance.choice([one for one in b"\r\n aA0=.:-<>@\x00\xff" if one != raw[place]])
        changed = bytes([other])
        for instead in (changed, b"", raw[place : place + 1] * 2):
            whole = raw[:place] + instead + raw[place + 1 :]
            with pytest.raises(DataError, match="read again"):
                verify(whole, head(), letter(outbox))


@pytest.mark.parametrize(
    "changes",
    [
        {"to": "other@client.example"},
        {"sender": "other@house.example"},
        {"sender_name": "研究院"},
        {"reply_to": ""},
        {"token": "0" * 40},
        {"language": "ja"},
        {"message_id": "<rg1.0@house.example>"},
        {"unsubscribe_url": ""},
        {"unsubscribe_mail": ""},
        {"feedback_id": "other"},
    ],
)
def test_another_head_does_not_pass(changes: dict[str, str], raw: bytes, outbox: Outbox) -> None:
    """A message is compared with what was meant, not only with itself."""
    with pytest.raises(DataError, match="not the one that was meant"):
        verify(raw, head(**changes), letter(outbox))


@pytest.mark.parametrize("changes", [{"subject": "x"}, {"text": "x"}, {"html": "x"}])
def test_another_letter_does_not_pass(changes: dict[str, str], raw: bytes, outbox: Outbox) -> None:
    """Likewise what is said."""
    with pytest.raises(DataError, match="not the one that was meant"):
        verify(raw, head(), letter(outbox, **changes))


@settings(max_examples=200, deadline=None, database=None, derandomize=True)
@given(st.binary(max_size=400))
def test_any_bytes(some: bytes) -> None:
    """Whatever the bytes, they are read or refused with a sentence; nothing else is raised."""
    try:
        scan(some)
        scan(b'Content-Type: multipart/mixed;\r\n boundary="aaaaaaaa"\r\n\r\n' + some)
    except DataError:
        pass


def test_a_large_message_is_read_whole(tmp_path: Path) -> None:
    """A report of a million bytes is compared to its last byte."""
    outbox = Outbox(tmp_path)
    report = File("r.pdf", "application/pdf", outbox.put(random.Random(2).randbytes(1_000_001)))
    made = letter(outbox, attachments=(report,))
    raw = compose(head(), made, outbox).assemble(outbox)
    verify(raw, head(), made)
    place = raw.rindex(b"=\r\n") - 2
    with pytest.raises(DataError, match="read again"):
        verify(raw[:place] + b"A" + raw[place + 1 :], head(), made)


class TestPieces:
    """Reading a message by its pieces, when it is composed."""

    def test_the_right_file_stands_in_the_right_place(self, outbox: Outbox) -> None:
        """Two files that changed places, or another in the place of one, are seen by their hash."""
        made = letter(outbox)
        pieces = compose(head(), made, outbox).pieces
        blobs = [one for one in pieces if isinstance(one, Blob)]
        bodies = {one.sha256: outbox.encoded(one, shared=True) for one in blobs}
        verify_pieces(pieces, bodies, head(), made)
        turned = {blobs[0]: blobs[1], blobs[1]: blobs[0]}
        swapped = tuple(turned.get(one, one) if isinstance(one, Blob) else one for one in pieces)
        with pytest.raises(DataError, match="a file differs"):
            verify_pieces(swapped, bodies, head(), made)

    @pytest.mark.parametrize(
        "change",
        [
            lambda body: body[:-2],
            lambda body: body + b"hello\r\n",
            lambda body: body.replace(b"\r\n", b"\n", 1),
            lambda body: b"\r\n" + body,
            lambda body: b"--=_rg\r\n" + body,
            lambda body: b".\r\n" + body,
            lambda body: body[:20] + b"=" + body[21:],
        ],
    )
    def test_a_file_that_is_not_base64(
        self, change: Callable[[bytes], bytes], outbox: Outbox
    ) -> None:
        """What stands for a file on the wire cannot end a part, a line or the message."""
        made = letter(outbox)
        pieces = compose(head(), made, outbox).pieces
        bodies = {
            one.sha256: change(outbox.encoded(one, shared=True))
            for one in pieces
            if isinstance(one, Blob)
        }
        with pytest.raises(DataError, match="not base64"):
            verify_pieces(pieces, bodies, head(), made)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 56, 57, 58, 14_591, 14_592, 14_593, 29_184, 40_001])
def test_files_are_encoded_as_the_standard_library_does(size: int) -> None:
    """Lines of 76 signs (RFC 2045), around the sizes at which ours cuts in blocks."""
    content = random.Random(size).randbytes(size)
    wire = encoded(content)
    assert wire == base64.encodebytes(content).replace(b"\n", b"\r\n")
    assert len(wire) == wire_size(size)
