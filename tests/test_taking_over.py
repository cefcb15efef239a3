"""What another run or another ledger left: nothing of it goes out twice without being known."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from mailings import (
    BEGIN,
    IMMEDIATE,
    NAME,
    Clock,
    Relay,
    crew_for,
    events,
    opened,
    planned,
    rows,
    unflagged,
)
from sqlalchemy import select

from reportgen.archive import lock
from reportgen.cli import main
from reportgen.deliver.database import Database
from reportgen.deliver.outbox import FOLDER, Outbox
from reportgen.deliver.reconcile import reconcile
from reportgen.deliver.reconcile.listed import Listed
from reportgen.deliver.sending.ledger import Ledger
from reportgen.deliver.sending.run import Manner, send
from reportgen.deliver.sending.status import is_over
from reportgen.deliver.sending.taking_over import PERHAPS, doubt_what_is_due, take_back
from reportgen.deliver.tables import journal, mailing

MANNER = Manner(connections=1, canary_wait=0.0)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Database]:
    """The ledger of a mailing to four clients."""
    database = opened(tmp_path / "one")
    planned(database, Outbox(tmp_path / "one"), 4)
    yield database
    database.close()


def _mailing(database: Database) -> Any:
    with database.reading() as connection:
        return connection.execute(select(mailing)).one()


def _send(database: Database, output: Path, relay: Relay, clock: Clock) -> None:
    send(crew_for(database, Outbox(output), relay.connection, clock=clock), MANNER)


def test_a_backup_sends_nothing_twice_unknown(ledger: Database, tmp_path: Path) -> None:
    """What was sent after the backup goes out again only once, and is told of in the journal."""
    clock, relay = Clock(), Relay()
    shutil.copytree(tmp_path / "one", tmp_path / "backup")
    _send(ledger, tmp_path / "one", relay, clock)
    backup = opened(tmp_path / "backup")
    assert doubt_what_is_due(backup, IMMEDIATE, clock()) == 4
    _send(backup, tmp_path / "backup", relay, clock)
    assert set(relay.taken.values()) == {2}
    assert unflagged(backup, relay.taken) == []
    assert [one.doubts for one in rows(backup)] == [1] * 4
    backup.close()


def test_a_backup_asks_whoever_knows(ledger: Database, tmp_path: Path) -> None:
    """What the relay took since is sent, and the rest goes out: nobody gets two, nobody none."""
    clock, relay = Clock(), Relay()
    taken = [one.message_id for one in rows(ledger)[:3]]
    assert doubt_what_is_due(ledger, IMMEDIATE, clock()) == 4
    found = reconcile(ledger, NAME, Listed(frozenset(taken), complete=True), clock(), 0.0)
    assert (found.count("accepted"), found.count("not_accepted")) == (3, 1)
    _send(ledger, tmp_path / "one", relay, clock)
    assert list(relay.taken) == [rows(ledger)[3].address]
    assert {one.state for one in rows(ledger)} == {"sent"}
    assert not any(one.doubts for one in rows(ledger))


def test_what_was_held_opens_its_mailing_again(ledger: Database, tmp_path: Path) -> None:
    """A mailing that was done is so no more once the log has put a message into its queue."""
    clock, relay = Clock(), Relay()
    hold = replace(IMMEDIATE, resends=False)
    assert doubt_what_is_due(ledger, hold, clock()) == 4
    _send(ledger, tmp_path / "one", relay, clock)
    assert not relay.taken
    assert _mailing(ledger).state == "done"
    assert not is_over(ledger, NAME)
    reconcile(ledger, NAME, Listed(frozenset(), complete=True), clock(), 0.0)
    assert _mailing(ledger).state == "sending"
    assert not is_over(ledger, NAME)
    _send(ledger, tmp_path / "one", relay, clock)
    assert set(relay.taken.values()) == {1}
    assert is_over(ledger, NAME)


def test_a_log_has_to_reach_back_to_the_backup(ledger: Database) -> None:
    """The doubt begins with the last moment the ledger knows of, not with its adoption."""
    later = BEGIN + timedelta(days=3)
    doubt_what_is_due(ledger, IMMEDIATE, later)
    with ledger.reading() as connection:
        found = select(journal.c.at).where(journal.c.event == PERHAPS)
        assert set(connection.scalars(found)) == {BEGIN}
    head = _mailing(ledger)
    assert (head.state, head.started_at) == ("sending", later)


def test_what_is_over_stays(ledger: Database, tmp_path: Path) -> None:
    """Of a mailing that is done nothing comes into doubt."""
    clock = Clock()
    _send(ledger, tmp_path / "one", Relay(), clock)
    assert doubt_what_is_due(ledger, IMMEDIATE, clock()) == 0
    assert {one.state for one in rows(ledger)} == {"sent"}


def test_a_dead_run_is_taken_back_and_a_live_one_is_not(ledger: Database, tmp_path: Path) -> None:
    """Who looks into the log first finds what was at its dot in doubt; beside a run nothing."""
    book = Ledger(ledger, NAME, IMMEDIATE, lambda: datetime.now(UTC))
    with ledger.writing() as connection:
        connection.exec_driver_sql("UPDATE delivery SET state = 'queued'")
    job, claimed = book.claim(), book.claim()
    assert job is not None
    assert claimed is not None
    assert book.fence(job)
    with lock.held(tmp_path / "one" / FOLDER, 0.0):
        take_back(ledger, tmp_path / "one", IMMEDIATE, book.clock)
    assert [one.state for one in rows(ledger)][:2] == ["sending", "sending"]
    take_back(ledger, tmp_path / "one", IMMEDIATE, book.clock)
    assert [one.state for one in rows(ledger)][:2] == ["unknown", "queued"]
    assert events(ledger, job.id) == ["claimed", "dot", "in_doubt"]


def test_adopt_names_who_says_so_and_what_is_in_doubt(ledger: Database, tmp_path: Path) -> None:
    """An empty name is refused (64); what may have been sent is counted, or waived."""
    command = ["deliver", "adopt", "--i-am-the-only-copy", "--output", str(tmp_path / "one")]
    environ = {"XDG_STATE_HOME": str(tmp_path / "state"), "REPORTGEN_MACHINE": "two"}

    def adopted(*words: str) -> tuple[int, str]:
        found = CliRunner().invoke(main, [*command, *words], env=environ)
        return found.exit_code, found.output

    assert adopted("--by", " ")[0] == 64
    assert adopted("--by", "Li", "--nothing-sent-since") == (
        0,
        "This machine delivers from now on.\n",
    )
    assert {one.state for one in rows(ledger)} == {"planned"}
    code, said = adopted("--by", "Li")
    assert code == 0
    assert "4 messages may have been sent since, and are in doubt." in said
    assert {one.state for one in rows(ledger)} == {"unknown"}
