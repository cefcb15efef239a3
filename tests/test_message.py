"""A mail: one recipient, everything derived, its size known, nothing of any other client in it."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from mails import MOMENT, PDF, PNG, TOKEN, head, letter, read_by_python

from reportgen.deliver.keys import Key
from reportgen.deliver.message.frozen import decode
from reportgen.deliver.message.identity import identity
from reportgen.deliver.message.letter import File
from reportgen.deliver.message.parts import boundary
from reportgen.deliver.message.reading import expected_names, verify
from reportgen.deliver.message.writer import compose, size
from reportgen.deliver.outbox import Outbox
from reportgen.errors import DataError
from reportgen.secret import Secret


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    """An outbox."""
    return Outbox(tmp_path)


def test_the_mail_says_what_was_meant_to_a_reader_others_wrote(outbox: Outbox) -> None:
    """Python's reader finds subject, names, both texts and both files, and no defect."""
    raw = compose(head(), letter(outbox), outbox).assemble(outbox)
    read = read_by_python(raw)
    assert (read.sender_name, read.sender) == ("风险研究所", "news@house.example")
    assert read.subject == "纳斯达克风险评估 2026年1月"
    assert read.files == ("纳斯达克风险评估 2026年1月.pdf", "assessment.zh.html")
    assert read.contents == (PDF, b"<p>\xe5\x81\x8f</p>")
    assert [one.replace("\r\n", "\n") for one in read.texts] == [
        letter(outbox).text,
        letter(outbox).html,
    ]


def test_the_layout_is_that_which_mail_programs_expect(outbox: Outbox) -> None:
    """Text before page, the page with its picture, the reports beside both (RFC 2046, 2387)."""
    raw = compose(head(), letter(outbox), outbox).assemble(outbox)
    message = message_from_bytes(raw, policy=policy.default)
    assert [
        (part.get_content_type(), part.get_content_disposition()) for part in message.walk()
    ] == [
        ("multipart/mixed", None),
        ("multipart/alternative", None),
        ("text/plain", None),
        ("multipart/related", None),
        ("text/html", None),
        ("image/png", "inline"),
        ("application/pdf", "attachment"),
        ("text/html", "attachment"),
    ]
    picture = next(part for part in message.walk() if part["Content-ID"])
    assert picture["Content-ID"] == "<chart>"
    assert picture.get_payload(decode=True) == PNG


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        (
            {"attachments": ()},
            ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"],
        ),
        (
            {"pictures": (), "html": "<p>no picture</p>"},
            [
                *("multipart/mixed", "multipart/alternative", "text/plain", "text/html"),
                *("application/pdf", "text/html"),
            ],
        ),
        (
            {"attachments": (), "pictures": (), "html": "<p>no picture</p>"},
            ["multipart/alternative", "text/plain", "text/html"],
        ),
    ],
)
def test_no_part_holds_only_one(
    changes: dict[str, object], kinds: list[str], outbox: Outbox
) -> None:
    """A letter with a link in the place of reports, or without a picture, has no empty shell."""
    raw = compose(head(), letter(outbox, **changes), outbox).assemble(outbox)
    message = message_from_bytes(raw, policy=policy.default)
    assert [part.get_content_type() for part in message.walk()] == kinds


def test_a_second_copy_is_the_same_bytes(outbox: Outbox, tmp_path: Path) -> None:
    """Composed again, or kept and assembled later by another process, the bytes are the same."""
    once = compose(head(), letter(outbox), outbox)
    again = compose(head(), letter(outbox), outbox)
    later = decode(once.encode()).assemble(Outbox(tmp_path))
    assert once.assemble(outbox) == again.assemble(outbox) == later
    assert once.sha256 == again.sha256


def test_dates_identities_and_boundaries_are_derived(outbox: Outbox) -> None:
    """The date is that of the plan in its zone; another delivery has other boundaries."""
    raw = compose(head(), letter(outbox), outbox).assemble(outbox)
    assert b"\r\nDate: Mon, 05 Jan 2026 07:30:15 +0800\r\n" in raw
    assert f"\r\nMessage-ID: <rg1.{TOKEN}@house.example>\r\n".encode() in raw
    assert f"\r\nX-Reportgen-Delivery: {TOKEN}\r\n".encode() in raw
    marks = {boundary(token, level) for token in (TOKEN, "0" * 40) for level in (1, 2, 3)}
    assert len(marks) == 6
    assert not any(one.startswith(other) for one in marks for other in marks - {one})


def test_what_the_header_holds_is_settled(outbox: Outbox) -> None:
    """Exactly our fields, each once, in our order; those a house does not use are left out."""
    full = message_from_bytes(compose(head(), letter(outbox), outbox).assemble(outbox))
    assert full.keys() == [*expected_names(head())]
    assert full["Auto-Submitted"] == "auto-generated"
    assert full["X-Auto-Response-Suppress"] == "All"
    assert full["Reply-To"] == "answers@house.example"
    assert "X-Mailer" not in full
    bare = head(reply_to="", unsubscribe_url="", unsubscribe_mail="", feedback_id="")
    assert message_from_bytes(compose(bare, letter(outbox), outbox).assemble(outbox)).keys() == [
        *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"),
        *("X-Auto-Response-Suppress", "Content-Language", "X-Reportgen-Delivery"),
        *("MIME-Version", "Content-Type"),
    ]


def test_old_mail_programs_find_the_name_of_a_file(outbox: Outbox) -> None:
    """Outlook and QQ Mail read ``name`` in encoded words; the others RFC 2231, in one piece."""
    name = "纳斯达克风险评估" * 7 + ".pdf"
    file = File(name, "application/pdf", outbox.put(PDF))
    raw = compose(head(), letter(outbox, attachments=(file,)), outbox).assemble(outbox)
    assert raw.count(b"filename*=utf-8''%E7") == 1
    assert b"filename*0" not in raw
    assert b';\r\n name="=?utf-8?B?' in raw
    assert read_by_python(raw).files == (name,)


class TestUnsubscribing:
    """``List-Unsubscribe`` (RFC 2369, RFC 8058)."""

    def written(self, outbox: Outbox, **changes: str) -> dict[str, str]:
        """Return the lines of the header by their names; none of ours are folded."""
        raw = compose(head(**changes), letter(outbox), outbox).assemble(outbox)
        lines = raw[: raw.index(b"\r\n\r\n")].decode().split("\r\n")
        return dict(line.split(": ", 1) for line in lines if line.startswith("List-"))

    @pytest.mark.parametrize("length", [40, 77, 120, 200])
    def test_it_stands_on_one_line_unencoded(self, outbox: Outbox, length: int) -> None:
        """However long the address is, up to 200 signs, a receiver reads it as it was given."""
        url = "https://house.example/u/".ljust(length, "a")
        mail = "leave@house.example?subject=".ljust(length - 7, "b")
        lines = self.written(outbox, unsubscribe_url=url, unsubscribe_mail=mail)
        assert lines == {
            "List-Unsubscribe": f"<{url}>, <mailto:{mail}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }

    def test_one_click_is_said_only_of_an_https_address(self, outbox: Outbox) -> None:
        """With a mail address alone there is nothing to click; with neither there is no field."""
        assert self.written(outbox, unsubscribe_url="") == {
            "List-Unsubscribe": f"<mailto:leave@house.example?subject={'ab' * 16}>"
        }
        assert self.written(outbox, unsubscribe_url="", unsubscribe_mail="") == {}

    @pytest.mark.parametrize(
        "url",
        [
            "https://house.example/u/".ljust(201, "a"),
            "http://house.example/u/1",
            "https://house.example/u/1>, <mailto:other@house.example",
            "https://house.example/u/1 2",
            "https://house.example/u/1\r\n2",
            "https://名.example/u/1",
            "https://house.example/u/名",
            "https://wang@house.example/",
            "=?utf-8?q?https://house.example/?=",
        ],
    )
    def test_any_other_address_is_refused(self, outbox: Outbox, url: str) -> None:
        """Too long, not https, with anything in it that would need encoding or end the field."""
        with pytest.raises(DataError, match="unsubscribe address"):
            self.written(outbox, unsubscribe_url=url)

    @pytest.mark.parametrize(
        "mail",
        ["leave", "a@b.example>", "a@b.example?subject=x y", "a@b.example?", "a%0d@b.example"],
    )
    def test_any_other_mail_address_is_refused(self, outbox: Outbox, mail: str) -> None:
        """A mail address that is none, or says more in an address than it seems to."""
        with pytest.raises(DataError, match="unsubscribe address"):
            self.written(outbox, unsubscribe_mail=mail)


class TestSize:
    """The size on the wire is known before anything is composed."""

    def test_predicted_is_actual(self, outbox: Outbox) -> None:
        """For 100 letters with files, names, texts and addresses of any length."""
        chance = random.Random(6)
        for _ in range(100):
            files = tuple(
                File(
                    "报" * chance.randrange(1, 50) + f"{number}.pdf",
                    "application/pdf",
                    outbox.put(chance.randbytes(chance.randrange(1, 9_000))),
                    shared=chance.random() < 0.5,
                )
                for number in range(chance.randrange(3))
            )
            made = letter(
                outbox,
                subject="险" * chance.randrange(1, 200),
                text="句。\n" * chance.randrange(1, 400),
                attachments=files,
            )
            who = head(to=f"{'w' * chance.randrange(1, 60)}@client.example")
            message = compose(who, made, outbox)
            assert size(who, made) == message.size == len(message.assemble(outbox))

    def test_no_file_is_read_for_it(self, tmp_path: Path) -> None:
        """It follows from the sizes of the files: they may be missing."""
        made = letter(Outbox(tmp_path / "one"))
        assert size(head(), made) > 0
        with pytest.raises(DataError, match="gone"):
            compose(head(), made, Outbox(tmp_path / "other"))

    def test_no_line_begins_with_a_dot(self, outbox: Outbox) -> None:
        """SMTP doubles a dot that begins a line; there is none, so that the size does not grow."""
        made = letter(outbox, text=".\n" * 500, html='.\n.\n<img src="cid:chart">')
        assert b"\r\n." not in compose(head(), made, outbox).assemble(outbox)


class TestOneRecipient:
    """Each message has one address and nothing of anybody else."""

    def test_two_hundred_clients_find_nothing_of_each_other(self, outbox: Outbox) -> None:
        """No name, address, token, reference or file of a client is in another's message."""
        key = Key(Secret("k" * 64))
        known: list[tuple[str, ...]] = []
        messages: list[str] = []
        for number in range(200):
            address, organisation = (
                f"desk{number:03}@client{number:03}.example",
                f"客户{number:03}号",
            )
            found = identity(key, "2026-01", f"client-{number:03}", address, "zh", "house.example")
            own = f"%PDF for {organisation}".encode()
            made = letter(
                outbox,
                text=f"{organisation}：\n{found.reference}\n",
                html=f'<p>{organisation} {found.reference}</p><img src="cid:chart">',
                attachments=(File("r.pdf", "application/pdf", outbox.put(own), shared=False),),
            )
            who = head(to=address, message_id=found.message_id, token=found.token)
            raw = compose(who, made, outbox).assemble(outbox)
            read = read_by_python(raw)
            assert (read.to, read.cc, read.bcc) == ((address,), (), ())
            said = b"".join(read.contents).decode()
            messages.append("\n".join((raw.decode("ascii"), *read.texts, said)))
            known.append((address, organisation, found.token, found.reference))
        for mine, message in enumerate(messages):
            assert all(text in message for text in known[mine])
            others = (text for other, texts in enumerate(known) if other != mine for text in texts)
            assert not any(text in message for text in others)

    @pytest.mark.parametrize(
        "to",
        [
            "a@client.example, b@client.example",
            "a@client.example;b@client.example",
            "A <a@client.example>",
            "group: a@client.example;",
            "a@client.example\r\nCc: b@client.example",
            "a@client.example ",
            '"a, b"@client.example',
            "a@b@client.example",
            "@client.example",
            "a@",
            "a@client..example",
            "a@-client.example",
            ".a@client.example",
            "a@client.example\x00",
            "ä@client.example",
            "a@ä.example",
            "=?utf-8?q?a?=@client.example",
            "a" * 65 + "@client.example",
            "a@" + "b" * 60 + ".c" * 120,
        ],
    )
    def test_anything_but_one_plain_address_is_refused(self, outbox: Outbox, to: str) -> None:
        """Two addresses, a name, a group, a comment: what a relay might read as more than one."""
        for field in ("to", "sender", "reply_to"):
            with pytest.raises(DataError, match="not a plain mail address"):
                compose(head(**{field: to}), letter(outbox), outbox)


class TestRefusals:
    """What cannot be sent as it is meant is refused when it is planned."""

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"text": ""}, "empty"),
            ({"text": "a\x00b"}, "U\\+0000"),
            ({"text": "a\rb"}, "U\\+000D"),
            ({"text": "a\x85b"}, "U\\+0085"),
            ({"html": "\ud800"}, "do not fit"),
            ({"html": '<img src="cid:other">'}, "do not fit"),
            ({"html": "<p>the picture is not shown</p>"}, "do not fit"),
            ({"html": '<img src="cid:chart">\ud800'}, "half a character"),
            ({"subject": ""}, "empty"),
            ({"subject": " x"}, "space"),
            ({"subject": "x" * 201}, "201 characters"),
        ],
    )
    def test_letters(self, outbox: Outbox, changes: dict[str, str], reason: str) -> None:
        """A text that is empty or holds a control sign; a page whose pictures are not there."""
        with pytest.raises(DataError, match=reason):
            compose(head(), letter(outbox, **changes), outbox)

    @pytest.mark.parametrize(
        ("name", "kind"),
        [
            ("../../etc/passwd.pdf", "application/pdf"),
            ("a\\b.pdf", "application/pdf"),
            ("C:a.pdf", "application/pdf"),
            ('a".pdf', "application/pdf"),
            (".a.pdf", "application/pdf"),
            ("a.pdf.exe", "application/pdf"),
            ("gnp\u202efdp.pdf", "application/pdf"),
            ("a" * 57 + ".pdf", "application/pdf"),
            ("a.exe", "application/x-msdownload"),
            ("a.pdf\r\nX: y", "application/pdf"),
        ],
    )
    def test_files(self, outbox: Outbox, name: str, kind: str) -> None:
        """A name with a path, a hidden ending, a reversed one; a kind we do not send."""
        file = File(name, kind, outbox.put(PDF))
        with pytest.raises(DataError, match="file"):
            compose(head(), letter(outbox, attachments=(file,)), outbox)

    def test_pictures(self, outbox: Outbox) -> None:
        """A picture of a kind that mail programs do not show, or that could run something."""
        picture = File("chart.svg", "image/svg+xml", outbox.put(b"<svg/>"), "chart")
        with pytest.raises(DataError, match="picture"):
            compose(head(), letter(outbox, pictures=(picture,)), outbox)

    def test_files_that_cannot_be_told_apart(self, outbox: Outbox) -> None:
        """Two files of one name overwrite each other where they are saved; an empty one is none."""
        file = File("a.pdf", "application/pdf", outbox.put(PDF))
        other = replace(file, name="A.pdf")
        with pytest.raises(DataError, match="same name"):
            compose(head(), letter(outbox, attachments=(file, other)), outbox)
        nothing = replace(file, blob=outbox.put(b""))
        with pytest.raises(DataError, match="empty"):
            compose(head(), letter(outbox, attachments=(nothing,)), outbox)

    def test_moments(self, outbox: Outbox) -> None:
        """A moment without its zone is none."""
        with pytest.raises(DataError, match="zone"):
            compose(head(date=MOMENT.replace(tzinfo=None)), letter(outbox), outbox)
        raw = compose(head(date=datetime(2026, 1, 5, tzinfo=UTC)), letter(outbox), outbox)
        assert b"Date: Mon, 05 Jan 2026 00:00:00 +0000\r\n" in raw.assemble(outbox)

    def test_a_changed_report(self, outbox: Outbox) -> None:
        """A file that changed in the outbox after it was planned is not sent."""
        made = letter(outbox)
        message = compose(head(), made, outbox)
        path = outbox.path(made.attachments[0].blob)
        path.write_bytes(PDF + b" ")
        with pytest.raises(DataError, match="not what was put there"):
            message.assemble(outbox)

    def test_a_message_is_verified_whole_without_the_outbox(self, outbox: Outbox) -> None:
        """What was composed passes; with another letter's report it does not."""
        raw = compose(head(), letter(outbox), outbox).assemble(outbox)
        verify(raw, head(), letter(outbox))
        other = File("assessment.zh.html", "text/html", outbox.put(b"<p>other</p>"))
        files = (letter(outbox).attachments[0], other)
        with pytest.raises(DataError, match="a file differs"):
            verify(raw, head(), letter(outbox, attachments=files))
