"""Reconcile: what the relay's log says of a message in doubt, and what becomes of it."""

from __future__ import annotations

import bz2
import gzip
import json
import os
import smtplib
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import postfix
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from mailings import NAME, events, opened, planned, rows
from sqlalchemy import update

from reportgen.deliver.database import Database
from reportgen.deliver.outbox import Outbox
from reportgen.deliver.reconcile import Doubt, Finding, Known, PostfixLog, reconcile
from reportgen.deliver.reconcile.listed import listed
from reportgen.deliver.reconcile.postfix import moment, read
from reportgen.deliver.sending.ledger import note
from reportgen.deliver.tables import delivery
from reportgen.errors import DiskError, MissingInputError

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
DOT = NOW - timedelta(minutes=5)
MESSAGE = "<rg1.aa@house.example>"
SMTPD, CLEANUP, QMGR = "postfix/smtpd[11]", "postfix/cleanup[12]", "postfix/qmgr[13]"

CONNECT = f"{SMTPD}: connect from unknown[127.0.0.1]"
CLIENT = f"{SMTPD}: 4F1A2B3C: client=unknown[127.0.0.1]"
HEADER = f"{CLEANUP}: 4F1A2B3C: message-id={MESSAGE}"
QUEUED = f"{QMGR}: 4F1A2B3C: from=<b+x@house.example>, size=9, nrcpt=1 (queue active)"
LOST = f"{SMTPD}: lost connection after DATA (9 bytes) from unknown[127.0.0.1]"
GONE = f"{SMTPD}: disconnect from unknown[127.0.0.1] ehlo=1 mail=1 rcpt=1 data=0/1 commands=3/4"
NEXT = f"{SMTPD}: 5A1A2B3C: client=unknown[127.0.0.1]"
REMOVED = f"{QMGR}: 4F1A2B3C: removed"


def _log(*said: str) -> list[bytes]:
    """Return lines of a log, one a second from the dot on."""
    stamps = ((DOT + timedelta(seconds=second)) for second in range(len(said)))
    return [
        f"{at:%b %e %H:%M:%S} relay {one}\n".encode() for at, one in zip(stamps, said, strict=True)
    ]


def _verdict(*said: str) -> str | None:
    found = read(_log(*said), [MESSAGE], NOW, UTC).findings.get(MESSAGE)
    return found.verdict if found else None


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ((CONNECT, CLIENT, HEADER, QUEUED, GONE), "accepted"),
        ((CONNECT, CLIENT, HEADER, GONE, QUEUED), "accepted"),
        ((CONNECT, CLIENT, HEADER, QUEUED, REMOVED, LOST, GONE), "accepted"),
        ((CONNECT, CLIENT, HEADER, LOST, GONE), "not_accepted"),
        ((CONNECT, CLIENT, LOST, GONE, HEADER), "not_accepted"),
        ((CONNECT, CLIENT, HEADER, NEXT), "not_accepted"),
        ((CONNECT, CLIENT, HEADER), "pending"),
        ((HEADER,), "pending"),
        ((CONNECT, CLIENT), None),
        (
            (CONNECT, CLIENT, HEADER, "postfix/master[9]: daemon started -- version 3.7"),
            "not_accepted",
        ),
        (
            (
                CLIENT,
                HEADER,
                "postfix/master[9]: warning: process /usr/lib/smtpd pid 11 killed by signal 9",
            ),
            "not_accepted",
        ),
        ((CLIENT, HEADER, f"{CLEANUP}: 4F1A2B3C: hold: header Subject: x", GONE), "unclear"),
        ((CLIENT, f"{SMTPD}: 4F1A2B3C: discard: RCPT from x", HEADER, GONE), "unclear"),
        ((CLIENT, HEADER, f"{CLEANUP}: 4F1A2B3C: milter-hold: END-OF-MESSAGE", GONE), "unclear"),
        # an id that is used again belongs to another message
        (
            (CLIENT, HEADER, LOST, GONE, CLIENT, HEADER.replace("aa@", "bb@"), QUEUED),
            "not_accepted",
        ),
        # of another instance, and of a session between whose lines others stand
        ((CLIENT, HEADER, QUEUED.replace("postfix/", "postfix-out/"), LOST, GONE), "not_accepted"),
        ((CLIENT, HEADER, GONE.replace("[11]", "[19]")), "pending"),
        ((CLIENT.replace("postfix/", "postfix/submission/"), HEADER, QUEUED), "accepted"),
        # sent twice: taken once is taken; a second try that is still under way is not settled
        (
            (
                CLIENT,
                HEADER,
                GONE,
                *(one.replace("4F1", "777") for one in (CLIENT, HEADER, QUEUED)),
            ),
            "accepted",
        ),
        (
            (
                CLIENT,
                HEADER,
                QUEUED,
                GONE,
                *(one.replace("4F1", "777") for one in (CLIENT, HEADER)),
            ),
            "accepted",
        ),
        (
            (CLIENT, HEADER, GONE, *(one.replace("4F1", "777") for one in (CLIENT, HEADER))),
            "pending",
        ),
    ],
)
def test_what_postfix_writes(said: tuple[str, ...], verdict: str | None) -> None:
    """A message is taken when it came into the queue, and not when its session ended before."""
    assert _verdict(*said) == verdict


@pytest.mark.parametrize(
    ("line", "at"),
    [
        ("Jan  5 08:55:00 relay postfix/x", datetime(2026, 1, 5, 8, 55, tzinfo=UTC)),
        ("Dec 31 23:59:60 relay postfix/x", datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("Feb 29 01:00:00 relay postfix/x", datetime(2024, 2, 29, 1, tzinfo=UTC)),
        ("2026-01-05T16:55:00.250000+08:00 relay", datetime(2026, 1, 5, 8, 55, 0, 250_000, UTC)),
        ("2026-01-05T08:55:00Z relay", datetime(2026, 1, 5, 8, 55, tzinfo=UTC)),
        ("2026-01-05 08:55:00,5+0000 relay", datetime(2026, 1, 5, 8, 55, 0, 500_000, UTC)),
        ("2026-13-05T08:55:00Z relay", None),
        ("Feb 31 01:00:00 relay", None),
        ("Abc 31 01:00:00 relay", None),
        ("relay postfix", None),
    ],
)
def test_stamps(line: str, at: datetime | None) -> None:
    """Stamps with and without a year and a zone are understood, others are none."""
    assert moment(line.encode(), NOW, UTC) == at


def test_a_stamp_without_a_zone_is_of_this_machine() -> None:
    """A stamp without a zone is local time."""
    found = moment(b"Jan  5 16:55:00 relay", NOW, timezone(timedelta(hours=8)))
    assert found == datetime(2026, 1, 5, 8, 55, tzinfo=UTC)


OTHER = "<rg1.bb@house.example>"
DOUBT = Doubt(1, MESSAGE, DOT + timedelta(seconds=3), DOT + timedelta(seconds=4))
KNOWN = Known(OTHER, DOT + timedelta(seconds=5))
TAKEN = [one.replace("aa@", "bb@").replace("4F1", "888") for one in (CLIENT, HEADER, QUEUED)]


@pytest.mark.parametrize(
    ("said", "known", "verdict"),
    [
        ((CONNECT, *TAKEN, GONE), [KNOWN], "not_accepted"),
        ((CONNECT, *TAKEN, GONE), [], "unclear"),  # nothing shows that it is the relay's
        ((CONNECT, GONE), [KNOWN], "unclear"),  # it is not
        ((CONNECT, *TAKEN, GONE), [KNOWN, Known("<rg1.cc@house.example>", KNOWN.at)], "unclear"),
        ((), [KNOWN], "unclear"),
    ],
)
def test_silence_proves_something_only_in_the_right_log(
    said: tuple[str, ...], known: list[Known], verdict: str
) -> None:
    """A log without the message proves that it was not taken only with all that was taken."""
    assert PostfixLog(_log(*said), NOW, UTC).probe([DOUBT], known)[MESSAGE].verdict == verdict


@pytest.mark.parametrize("shift", [timedelta(minutes=-2), timedelta(minutes=2)])
def test_silence_of_another_time_proves_nothing(shift: timedelta) -> None:
    """A log that ends before the message, or begins after it, says nothing by its silence."""
    begun = DOT + shift
    doubt = Doubt(1, MESSAGE, begun, begun)
    found = PostfixLog(_log(CONNECT, *TAKEN, GONE), NOW, UTC).probe([doubt], [KNOWN])
    assert found[MESSAGE].verdict == ("unclear" if shift < timedelta(0) else "pending")


def test_older_logs_are_read_too(tmp_path: Path) -> None:
    """Logs that were put away are read, packed or not, oldest first; other files are not."""
    log = tmp_path / "mail.log"
    first, second, third = _log(CONNECT, CLIENT), _log(HEADER), _log(QUEUED)
    (tmp_path / "mail.log.2.gz").write_bytes(gzip.compress(b"".join(first)))
    (tmp_path / "mail.log-20260105.bz2").write_bytes(bz2.compress(b"".join(second)))
    log.write_bytes(b"".join(third))
    (tmp_path / "mail.logger").write_bytes(b"\0" * 10)
    (tmp_path / "mail.log.1.gz").write_bytes(b"damaged, but too old to matter")
    for name, age in (
        ("mail.log.1.gz", 90_000),
        ("mail.log.2.gz", 20),
        ("mail.log-20260105.bz2", 10),
    ):
        then = DOT.timestamp() - age
        os.utime(tmp_path / name, (then, then))
    found = PostfixLog(log, NOW, UTC).probe([DOUBT], [])
    assert found[MESSAGE] == Finding("accepted", "the log has it in the queue", "4F1A2B3C")


def test_a_log_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    """A missing log and a damaged one are errors, never silence."""
    with pytest.raises(MissingInputError, match=r"mail\.log: there is no such log"):
        PostfixLog(tmp_path / "mail.log", NOW, UTC).probe([DOUBT], [])
    (tmp_path / "mail.log.1.gz").write_bytes(gzip.compress(os.urandom(9_000))[:5_000])
    (tmp_path / "mail.log").write_bytes(b"")
    with pytest.raises(DiskError, match="it is damaged"):
        PostfixLog(tmp_path / "mail.log", NOW, UTC).probe([DOUBT], [])


def test_the_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``journal`` is what systemd keeps; without it, or when it fails, that is said."""
    stamp = f"{DOT:%Y-%m-%dT%H:%M:%S}.123456+0000"
    lines = "".join(f"{stamp} relay {one}\n" for one in (CLIENT, HEADER, QUEUED))
    program = tmp_path / "journalctl"
    program.write_text(f"#!/bin/sh\ncat <<'END'\n{lines}END\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    asked = PostfixLog(Path("journal"), NOW, UTC)
    assert asked.probe([DOUBT], [])[MESSAGE].verdict == "accepted"
    program.write_text("#!/bin/sh\nexit 1\n")
    with pytest.raises(DiskError, match="journalctl ended with 1"):
        asked.probe([DOUBT], [])
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    with pytest.raises(MissingInputError, match="no journal"):
        asked.probe([DOUBT], [])


def test_the_journal_is_no_path(tmp_path: Path) -> None:
    """In the configuration a log is a path beside the file, and ``journal`` is not."""
    from reportgen.config import load

    for written, meant in (("journal", "journal"), ("mail.log", str(tmp_path / "mail.log"))):
        path = tmp_path / "reportgen.toml"
        path.write_text(f'[delivery]\nrelay_log = "{written}"\n')
        assert load(path, {}).delivery.relay_log == meant


@pytest.mark.parametrize(
    ("lines", "complete", "known", "verdict"),
    [
        (["rg1.aa@house.example\r"], False, [], "accepted"),
        (["mail 1 <rg1.aa@house.example> delivered"], False, [], "accepted"),
        (["<rg1.bb@house.example>"], False, [KNOWN], "unclear"),
        (["<rg1.bb@house.example>"], True, [KNOWN], "not_accepted"),
        ([""], True, [KNOWN], "unclear"),
    ],
)
def test_a_list_of_ids(lines: list[str], complete: bool, known: list[Known], verdict: str) -> None:  # noqa: FBT001 - a row of the table
    """What a list has was taken; what it has not was not, if it is complete and shown to be."""
    found = listed(lines, complete=complete).probe([DOUBT], known)
    assert found[MESSAGE].verdict == verdict


class _Says:
    """A source that says the same of every message."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding

    def probe(self, doubts: Sequence[Doubt], known: Sequence[Known]) -> Mapping[str, Finding]:
        """Say it."""
        return {one.message_id: self.finding for one in doubts}


@pytest.fixture
def ledger(tmp_path: Path) -> Database:
    """A mailing to four clients: sent, in doubt, held for doubt, held for something else."""
    database = opened(tmp_path)
    planned(database, Outbox(tmp_path), 4)
    states = [("sent", ""), ("unknown", ""), ("held", "in doubt twice"), ("held", "too large")]
    with database.writing() as connection:
        for number, (state, reason) in enumerate(states):
            connection.execute(
                update(delivery)
                .where(delivery.c.position == number)
                .values(state=state, reason=reason, attempts=1, sent_at=DOT, doubts=number)
            )
            note(connection, number + 1, 1, DOT, "dot")
            note(connection, number + 1, 1, DOT + timedelta(seconds=60), "in_doubt")
    return database


def _states(database: Database) -> list[tuple[str, int]]:
    return [(row.state, row.doubts) for row in rows(database)]


def test_what_was_taken_is_sent(ledger: Database) -> None:
    """Rows in doubt that were taken are sent, with the relay's name for them; nothing else is."""
    done = reconcile(ledger, NAME, _Says(Finding("accepted", "seen", "4F1")), NOW, 15.0)
    assert _states(ledger) == [("sent", 0), ("sent", 0), ("sent", 1), ("held", 3)]
    assert [row.relay_id for row in rows(ledger)] == [None, "4F1", "4F1", None]
    assert (done.decided, done.ready_at) == (2, None)
    assert events(ledger, 2) == ["dot", "in_doubt", "reconciled"]
    assert reconcile(ledger, NAME, _Says(Finding("accepted", "seen")), NOW, 15.0).rows == ()


def test_what_was_not_taken_is_sent_again_once_that_has_settled(ledger: Database) -> None:
    """Not taken counts only some time after the connection, and after the relay, ended."""
    says = _Says(Finding("not_accepted", "not there", since=DOT + timedelta(seconds=100)))
    early = reconcile(ledger, NAME, says, DOT + timedelta(seconds=114), 15.0)
    assert (early.count("waiting"), early.decided) == (2, 0)
    assert early.ready_at == DOT + timedelta(seconds=115)
    assert _states(ledger)[1] == ("unknown", 1)
    done = reconcile(ledger, NAME, says, early.ready_at, 15.0)
    assert done.count("not_accepted") == 2
    assert _states(ledger)[1:] == [("queued", 0), ("queued", 1), ("held", 3)]


def test_a_relay_that_is_still_at_it_is_waited_for(ledger: Database) -> None:
    """A relay still receiving is asked again, for a time; then its silence is no answer."""
    says, begun = _Says(Finding("pending", "still at it")), DOT + timedelta(seconds=60)
    early = reconcile(ledger, NAME, says, begun + timedelta(seconds=299), 15.0)
    assert early.ready_at == begun + timedelta(seconds=314)
    late = reconcile(ledger, NAME, says, begun + timedelta(seconds=300), 15.0)
    assert (late.count("unclear"), late.ready_at) == (2, None)


def test_a_relay_from_the_future_holds_nobody_up(ledger: Database) -> None:
    """A log whose clock is hours ahead does not keep what was not taken for hours."""
    says = _Says(Finding("not_accepted", "not there", since=NOW + timedelta(hours=8)))
    assert reconcile(ledger, NAME, says, NOW, 15.0).count("not_accepted") == 2


def test_what_is_unclear_stays(ledger: Database) -> None:
    """A source that cannot tell changes nothing."""
    before = _states(ledger)
    done = reconcile(ledger, NAME, _Says(Finding("unclear", "no idea")), NOW, 15.0)
    assert (done.count("unclear"), _states(ledger)) == (2, before)


def test_the_command(ledger: Database, tmp_path: Path) -> None:
    """``deliver reconcile`` takes ids from stdin, and ends with 75 while something is in doubt."""
    from reportgen.cli.deliver_reconcile import reconcile as command

    taken = rows(ledger)[1].message_id
    arguments = ["--stdin-ids", "--output", str(tmp_path)]
    done = CliRunner().invoke(command, arguments, input=f"{taken}\n")
    assert done.exit_code == 75, done.output
    assert "2 in doubt" in done.output
    assert [state for state, _ in _states(ledger)] == ["sent", "sent", "held", "held"]
    taken = rows(ledger)[2].message_id
    done = CliRunner().invoke(command, [*arguments, "--json"], input=f"{taken}\n")
    assert (done.exit_code, '"accepted": 1' in done.output) == (0, True)
    assert CliRunner().invoke(command, arguments).output == "Nothing is in doubt.\n"


def test_the_command_reads_a_log(ledger: Database, tmp_path: Path) -> None:
    """``--log`` takes a file, or lines on stdin; a mailing nobody planned is an error."""
    from reportgen.cli.deliver_reconcile import reconcile as command

    said = (CLIENT, HEADER.replace(MESSAGE, rows(ledger)[1].message_id), QUEUED, GONE)
    log = b"".join(_log(*said))
    where = ["--output", str(tmp_path), "--json"]
    done = CliRunner().invoke(command, [NAME, "--log", "-", *where], input=log)
    found = json.loads(done.stdout)[NAME]
    assert (done.exit_code, found["accepted"], found["unclear"]) == (75, 1, 1)
    (tmp_path / "mail.log").write_bytes(
        log.replace(*(row.message_id.encode() for row in rows(ledger)[1:3]))
    )
    done = CliRunner().invoke(command, ["--log", str(tmp_path / "mail.log"), *where])
    assert (done.exit_code, json.loads(done.stdout)[NAME]["accepted"]) == (0, 1)
    assert CliRunner().invoke(command, ["2031-01", "--stdin-ids", *where]).exit_code == 66
    assert CliRunner().invoke(command, where).exit_code == 64


def test_a_real_postfix(tmp_path: Path) -> None:
    """What a real Postfix took although nobody heard it is found, and so is what it never took."""
    names = {one: f"<rg1.{one}@house.example>" for one in ("heard", "taken", "cut", "never")}
    with postfix.running(tmp_path) as relay:
        with smtplib.SMTP("127.0.0.1", relay.port) as talk:
            talk.sendmail("b@house.example", ["a@ok.example"], _message(names["heard"]))
        heard = datetime.now(UTC)
        for name, end in (("taken", b"\r\n.\r\n"), ("cut", b"")):
            _hang_up(relay.port, _message(names[name]) + end)
        time.sleep(0.5)  # silence proves something once the log has gone on
        with smtplib.SMTP("127.0.0.1", relay.port) as talk:
            talk.sendmail("b@house.example", ["a@ok.example"], _message("<next@house.example>"))
        relay.settled()
    now = datetime.now(UTC)
    later = heard + timedelta(seconds=2.2)  # by which the two clocks may differ
    doubts = [Doubt(1, one, later, now) for one in names.values()]
    zone = now.astimezone().tzinfo
    assert zone is not None
    known = [Known(names["heard"], later)]
    found = PostfixLog(tmp_path / "mail.log", now, zone).probe(doubts, known)
    assert {name: found[id].verdict for name, id in names.items()} == {
        "heard": "accepted",
        "taken": "accepted",
        "cut": "not_accepted",
        "never": "not_accepted",
    }


def _message(message_id: str) -> bytes:
    return f"Message-ID: {message_id}\r\nSubject: x\r\n\r\n".encode() + b"text\r\n" * 20


def _hang_up(port: int, raw: bytes) -> None:
    """Send so much of a message and close the connection without hearing the answer."""
    talk = smtplib.SMTP("127.0.0.1", port)
    talk.ehlo()
    talk.mail("b@house.example")
    talk.rcpt("a@ok.example")
    talk.docmd("DATA")
    talk.send(raw)
    talk.close()


_WORD = st.sampled_from(
    [
        b"postfix/",
        b"smtpd",
        b"cleanup",
        b"qmgr",
        b"[11]",
        b": ",
        b"4F1A2B3C",
        b"message-id=",
        MESSAGE.encode(),
        b"client=",
        b"removed",
        b"disconnect from ",
        b"Jan  5 08:55:00 ",
        b"\xff",
        b" ",
    ]
)
_LINES = st.lists(st.lists(_WORD | st.binary(max_size=8), max_size=9).map(b"".join), max_size=12)


@settings(max_examples=100, deadline=None)
@given(_LINES)
def test_any_log_can_be_read(lines: list[bytes]) -> None:
    """No line of a log, however damaged, breaks the reading; a verdict comes from known words."""
    for finding in read(lines, [MESSAGE], NOW, UTC).findings.values():
        assert finding.verdict in ("accepted", "not_accepted", "pending", "unclear")


@pytest.mark.long
@settings(max_examples=20_000, deadline=2_000)
@given(_LINES)
def test_any_log_can_be_read_long(lines: list[bytes]) -> None:
    """As above, with many more."""
    read(lines, [MESSAGE], NOW, UTC)
