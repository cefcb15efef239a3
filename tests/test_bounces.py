"""Returned mail: each message counts once, only with a mark nobody else can make, by its class."""

from __future__ import annotations

import io
import json
import signal
import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import postfix
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from mailings import NAME, events, opened, planned, rows
from returned import SAMPLES, filled
from sqlalchemy import func, select, update

from reportgen.cli.bounces import bounces
from reportgen.deliver.bounces import Ingested, ingest, meaning, messages, read
from reportgen.deliver.clients.suppression import find
from reportgen.deliver.database import Database
from reportgen.deliver.keys import Key, delivery_key
from reportgen.deliver.message.identity import bounce_address, unsubscribe_token
from reportgen.deliver.outbox import Outbox
from reportgen.deliver.tables import bounce, delivery, mailing
from reportgen.errors import MissingInputError

NOW = datetime(2026, 1, 6, 9, tzinfo=UTC)
MAILBOX = "bounces@house.example"


@dataclass
class House:
    """A house that has sent a mailing.

    Args:
        folder: its output.
        database, key: its own.
    """

    folder: Path
    database: Database
    key: Key

    def bounced(self, name: str, of: int = 0, **instead: str) -> bytes:
        """Return a sample about a delivery."""
        row = rows(self.database)[of]
        token = row.message_id[5:45]
        values = {
            "bounce": bounce_address(self.key, MAILBOX, token),
            "id": row.message_id,
            "to": row.address,
            "token": token,
            **instead,
        }
        return filled(name, **values)

    def ingest(self, *raw: bytes) -> Ingested:
        """Take messages in."""
        return ingest(self.database, self.key, raw, NOW)

    def fates(self) -> list[str]:
        """Return what became of each delivery."""
        return [row.fate for row in rows(self.database)]

    def reason(self, of: int = 0) -> str:
        """Return why a recipient is suppressed; empty for one who is not."""
        found = find(self.database, self.key, rows(self.database)[of].address)
        return found.reason if found else ""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A house whose mailing to three clients was taken by the relay."""
    database = opened(tmp_path)
    planned(database, Outbox(tmp_path), 3)
    with database.writing() as connection:
        connection.execute(update(delivery).values(state="sent", sent_at=NOW, attempts=1))
    yield House(tmp_path, database, delivery_key(tmp_path, {}))
    database.close()


@pytest.mark.parametrize("name", SAMPLES)
def test_samples(name: str) -> None:
    """Notices of many servers are understood; the words of our own message are never the server's.

    Forty messages written by us in the manner of Postfix, Exchange, Gmail, Exim, qmail, sendmail
    and of Chinese and Japanese providers.
    """
    token, sample = "a" * 40, SAMPLES[name]
    places = {"id": f"<rg1.{token}@house.example>", "to": "wang@client.test", "token": token}
    mark = f"{token[:16]}-{token[:12]}"
    found = read(filled(name, bounce=f"bounces+{mark}@house.example", **places))
    if not sample.meaning:
        assert found is None
        return
    assert found is not None
    assert (meaning(found), found.status) == (sample.meaning, sample.status)
    assert (found.marks, set(found.tokens) <= {token}) == ((mark,), True)
    assert "wang@" not in found.words
    assert found.words.isprintable()


FATES = {
    "hard": ("bounced_hard", "hard_bounce"),
    "soft": ("bounced_soft", ""),
    "policy": ("bounced_soft", ""),
    "complaint": ("complained", "complaint"),
    "delivered": ("delivered", ""),
    "delayed": ("", ""),
    "relayed": ("", ""),
}


@pytest.mark.parametrize(
    "name",
    [
        "postfix, no such user",
        "exchange, mailbox full",
        "gmail, unauthenticated",
        "complaint",
        "postfix, delivered",
        "postfix, still trying",
        "postfix, relayed",
    ],
)
def test_what_a_notice_does(house: House, name: str) -> None:
    """Gone and complaints are suppressed at once; full once, policy, and delays never are."""
    done = house.ingest(house.bounced(name, of=1))
    fate, reason = FATES[SAMPLES[name].meaning]
    assert (house.fates(), house.reason(1), house.reason(0)) == (["", fate, ""], reason, "")
    assert [(one.client, one.mailing) for one in done.rows] == [("client-00001", NAME)]
    assert events(house.database, 2) == ["returned"]


def test_policy_is_never_suppressed(house: House) -> None:
    """However often mail is refused for what it is, the recipient stays on the list."""
    names = [name for name, one in SAMPLES.items() if one.meaning == "policy"]
    assert len(names) >= 6
    house.ingest(*(house.bounced(name) for name in names))
    assert house.reason() == ""


def test_each_counts_once(house: House) -> None:
    """Reading a mailbox twice changes nothing, and says so."""
    raw = house.bounced("postfix, no such user")
    assert house.ingest(raw, raw).again == 1
    again = house.ingest(raw)
    assert (again.rows, again.again) == ((), 1)
    with house.database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(bounce)) == 1
    assert events(house.database, 1) == ["returned"]


@pytest.mark.parametrize("name", ["postfix, no such user", "complaint", "qmail, no mailbox"])
def test_a_forged_mark_counts_for_nothing(house: House, name: str) -> None:
    """A notice with a mark not made with our key, and with no id of ours, suppresses nobody."""
    token = rows(house.database)[0].message_id[5:45]
    stranger = bounce_address(delivery_key(house.folder / "other", {}), MAILBOX, token)
    identity = f"<rg1.{'0' * 40}@example.org>"
    done = house.ingest(house.bounced(name, bounce=stranger, id=identity, token="0" * 40))
    assert (done.rows, done.strange) == ((), 1)
    assert (house.fates(), house.reason()) == (["", "", ""], "")


@pytest.mark.parametrize(
    "kept",
    [{"bounce": "x@y.example", "token": ""}, {"bounce": "x@y.example", "id": "<1@ses.example>"}],
)
def test_ids_count_where_there_is_no_mark(house: House, kept: dict[str, str]) -> None:
    """Our Message-ID is enough, and where a relay gives its own, our header is."""
    assert house.ingest(house.bounced("postfix, no such user", of=2, **kept)).count("hard") == 1
    assert house.fates() == ["", "", "bounced_hard"]


def test_the_graver_fate_stays(house: House) -> None:
    """A complaint stays a complaint, whatever is reported after it."""
    for name in ("complaint", "postfix, delivered", "postfix, given up"):
        house.ingest(house.bounced(name))
    assert house.fates()[0] == "complained"


def _earlier(house: House, name: str, days: int) -> None:
    """Write an earlier edition to the first client, sent so many days before."""
    with house.database.writing() as connection:
        head = dict(connection.execute(select(mailing)).mappings().first() or {})
        connection.execute(mailing.insert(), [{**head, "name": name, "edition": name}])
        row = dict(connection.execute(select(delivery)).mappings().first() or {})
        del row["id"]
        token = house.key.token("delivery", name)
        changed = {
            "mailing": name,
            "message_id": f"<rg1.{token}@example.org>",
            "reference": f"{name}/{token[:12]}",
            "sent_at": NOW - timedelta(days=days),
            "fate": "",
        }
        connection.execute(delivery.insert(), [{**row, **changed}])


def test_three_editions_in_a_row_that_do_not_get_through(house: House) -> None:
    """A full mailbox is suppressed after the third edition in a row, not the second."""
    _earlier(house, "2025-12", 30)
    _earlier(house, "2025-11", 60)
    with house.database.reading() as connection:
        own = "2026-01", "2025-12", "2025-11"
        tokens = [
            str(connection.scalar(select(delivery.c.message_id).where(delivery.c.mailing == one)))[
                5:45
            ]
            for one in own
        ]
    raw = [
        house.bounced(
            "exchange, mailbox full",
            bounce=bounce_address(house.key, MAILBOX, token),
            id=f"<{name}@x>",
            token="",
        )
        for name, token in zip(own, tokens, strict=True)
    ]
    house.ingest(raw[0], raw[2])
    assert house.reason() == ""
    done = house.ingest(raw[1])
    assert (house.reason(), done.rows[0].suppressed) == ("soft_bounces", "soft_bounces")


@pytest.mark.parametrize(
    ("state", "reason", "after"),
    [("unknown", "", "sent"), ("held", "in doubt twice", "sent"), ("held", "too large", "held")],
)
def test_what_comes_back_was_taken(house: House, state: str, reason: str, after: str) -> None:
    """Mail about a message in doubt shows that the relay took it: no second copy is sent."""
    with house.database.writing() as connection:
        connection.execute(update(delivery).values(state=state, reason=reason, doubts=1))
    house.ingest(house.bounced("postfix, delivered"))
    assert [row.state for row in rows(house.database)] == [after, state, state]


def test_a_trial_says_nothing_of_clients(house: House) -> None:
    """A trial mailing that comes back suppresses nobody."""
    with house.database.writing() as connection:
        connection.execute(update(mailing).values(kind="test"))
    house.ingest(house.bounced("postfix, no such user"))
    assert (house.fates()[0], house.reason()) == ("bounced_hard", "")


def test_a_mail_unsubscribes(house: House) -> None:
    """A mail whose subject is the recipient's token unsubscribes; with another it does not."""
    token = unsubscribe_token(house.key, rows(house.database)[1].address)
    mail = f"From: a@b.example\nTo: leave@house.example\nSubject: {token}\n\n"
    done = house.ingest(mail.encode(), mail.replace(token, "0" * 32).encode())
    assert (done.count("unsubscribe"), done.strange) == (1, 1)
    assert (house.reason(1), house.reason(0)) == ("unsubscribed", "")


def test_mailboxes(house: House, tmp_path: Path) -> None:
    """A maildir, a folder, an mbox, a file and a pipe give the messages as they stand there."""
    first, second = (house.bounced(name) for name in ("postfix, no such user", "qmail, quota"))
    second = second.replace(b"Hi. This", b"From here on\n>From there\n\nHi. This")
    quoted = second.replace(b"From here", b">From here").replace(b">From there", b">>From there")
    maildir, mbox = tmp_path / "box", tmp_path / "mbox"
    for folder, raw in (("new", first), ("cur", second)):
        (maildir / folder).mkdir(parents=True)
        (maildir / folder / "1.x").write_bytes(raw)
    (maildir / "tmp").mkdir()
    (maildir / "tmp" / "half").write_bytes(b"half a message")
    mbox.write_bytes(b"From a Mon\n" + first + b"\nFrom b Tue\n" + quoted + b"\n")
    nothing = io.BytesIO()
    for box in (maildir, mbox):
        kinds = [read(raw) for raw in messages(box, nothing)]
        assert sorted(meaning(one) for one in kinds if one) == ["hard", "soft"]
    assert list(messages(mbox, nothing))[1].rstrip() == second.rstrip()
    assert list(messages(maildir / "new", nothing)) == [first]
    assert list(messages(maildir / "new" / "1.x", nothing)) == [first]
    assert list(messages(Path("-"), io.BytesIO(first))) == [first]
    assert list(messages(Path("-"), nothing)) == []
    with pytest.raises(MissingInputError, match="there is no such mailbox"):
        list(messages(tmp_path / "none", nothing))


def test_the_command(house: House) -> None:
    """``bounces ingest`` counts what it found without naming anybody; 65 for the house's faults."""
    raw = house.bounced("postfix, no such user")
    arguments = ["ingest", "-", "--output", str(house.folder), "--json"]
    done = CliRunner().invoke(bounces, arguments, input=raw)
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert (found["new"], found["messages"][0]["suppressed"]) == (1, "hard_bounce")
    assert "c00000@" not in done.output
    raw = house.bounced("gmail, unauthenticated")
    done = CliRunner().invoke(bounces, arguments[:-1], input=raw)
    assert done.exit_code == 65
    assert "refused for what we are or send" in done.output
    assert CliRunner().invoke(bounces, arguments[:-1], input=raw).exit_code == 0


def test_a_real_postfix(house: House, tmp_path: Path) -> None:
    """What a real Postfix returns finds its delivery: gone, full and refused, each by its class."""
    sent = dict(enumerate((postfix.GONE, postfix.FULL, postfix.POLICY)))
    with postfix.running(tmp_path) as relay:
        with smtplib.SMTP("127.0.0.1", relay.port) as talk:
            for of, domain in sent.items():
                row = rows(house.database)[of]
                sender = bounce_address(house.key, MAILBOX, row.message_id[5:45])
                text = f"Message-ID: {row.message_id}\nSubject: x\n\ntext\n"
                talk.sendmail(sender, [f"a@{domain}"], text)
        relay.settled()
        back = relay.messages()
    done = house.ingest(*back)
    assert sorted(one.meaning for one in done.rows) == ["hard", "policy", "soft"]
    assert {one.client: one.status for one in done.rows} == {
        "client-00000": "5.1.1",
        "client-00001": "5.2.2",
        "client-00002": "5.7.1",
    }
    assert house.fates() == ["bounced_hard", "bounced_soft", "bounced_soft"]
    assert [house.reason(of) for of in sent] == ["hard_bounce", "", ""]


_PIECES = st.sampled_from(
    [piece for one in SAMPLES.values() for piece in one.text.splitlines(keepends=True)]
    + [
        "\n",
        "--=_b1\n",
        "--=_b1--\n",
        "Content-Type: message/rfc822\n\n",
        "Content-Type: x;y*1*=z\n",
    ]
    + ["Content-Type: multipart/mixed; boundary=a\n\n--a\n", "Subject: =?x?b?=?=\n", "\0", "\x85"]
)
_MAIL = st.lists(_PIECES.map(str.encode) | st.binary(max_size=30), max_size=40).map(b"".join)


def _holds(raw: bytes) -> None:
    found = read(raw)
    if found is not None:
        meaning(found)
        assert found.words.isprintable()


@settings(max_examples=150, deadline=2_000)
@given(_MAIL)
def test_any_mail_can_be_read(raw: bytes) -> None:
    """Whatever a stranger sends, reading it ends, soon, with a notice or without."""
    _holds(raw)


@pytest.mark.long
@settings(max_examples=40_000, deadline=2_000)
@given(_MAIL)
def test_any_mail_can_be_read_long(raw: bytes) -> None:
    """As above, with many more."""
    _holds(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"".join(
            b"Content-Type: multipart/x; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(2_000)
        ),
        b"Content-Type: message/rfc822\n\n" * 3_000,
        b"From: MAILER-DAEMON@x.example\nSubject: failure notice\n\n" + b"<" * 4_000_000,
        b"From: MAILER-DAEMON@x.example\nContent-Type: text/html\nSubject: failure notice\n\n"
        + b"<style>" * 200_000,
        b"Subject: " + b"=?utf-8?q?=41?= " * 50_000 + b"\nFrom: postmaster@x.example\n\n",
        b"Return-Path: <>\nFrom: a@x.example\n\n" + b"<a@b.example>: 550 user unknown\n" * 100_000,
        b"A" * 9_000_000,
        b"X-A: b\n" * 500_000,
    ],
    ids=["parts", "messages", "signs", "tags", "words", "lines", "long", "fields"],
)
def test_a_bomb_ends_soon(raw: bytes) -> None:
    """Mail made to be endless is read as far as needed and no further."""
    signal.signal(signal.SIGPROF, signal.SIG_DFL)  # ends the test run, rather than never
    signal.setitimer(signal.ITIMER_PROF, 30)
    try:
        _holds(raw)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
