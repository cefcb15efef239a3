"""Sending: each row ends in the state that what happened allows, and nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from mailings import (
    IMMEDIATE,
    NAME,
    TAKEN,
    Clock,
    Relay,
    crew_for,
    events,
    opened,
    planned,
    rows,
    unflagged,
)
from sqlalchemy import select, update

from reportgen.config.delivery import Delivery
from reportgen.deliver.database import Database
from reportgen.deliver.outbox import Outbox
from reportgen.deliver.sending.ledger import Ledger
from reportgen.deliver.sending.pace import Pace
from reportgen.deliver.sending.recovery import recover
from reportgen.deliver.sending.resolve import resolve
from reportgen.deliver.sending.rules import rules_of
from reportgen.deliver.sending.run import Manner, Outcome, send
from reportgen.deliver.sending.status import standing
from reportgen.deliver.sending.worker import Crew
from reportgen.deliver.smtp.answer import Answer
from reportgen.deliver.tables import delivery, mailing
from reportgen.errors import LockedError, MissingInputError, ReportgenError, UsageError

ONE = Manner(connections=1, canary_wait=0.0)
LATER = Answer("deferred", 451, "4.7.1", "451 4.7.1 try later")
NO = Answer("refused", 550, "5.1.1", "550 5.1.1 no such user")
POLICY = Answer("refused", 550, "5.7.1", "550 5.7.1 blocked", scope="relay")
DOUBT = Answer("in_doubt", text="connection lost", usable=False)
CUT = Answer("not_sent", text="connection lost", usable=False)


class House:
    """A ledger with a mailing, a relay and a clock."""

    def __init__(self, folder: Path, count: int = 6, canary: int = 0) -> None:
        self.database: Database = opened(folder)
        self.outbox = Outbox(folder)
        self.clock = Clock()
        self.relay = Relay()
        planned(self.database, self.outbox, count, canary=canary)

    def crew(self, **changes: object) -> Crew:
        """Return a crew for a run."""
        return crew_for(
            self.database,
            self.outbox,
            self.relay.connection,
            clock=self.clock,
            **changes,  # type: ignore[arg-type]
        )

    def send(self, manner: Manner = ONE, **changes: object) -> Outcome:
        """Run once."""
        return send(self.crew(**changes), manner)

    def queue(self) -> Ledger:
        """Put everything into the queue, as a run does first, and return the ledger."""
        with self.database.writing() as connection:
            connection.execute(update(delivery).values(state="queued"))
        return self.crew().ledger

    def states(self) -> list[str]:
        """Return the state of each row."""
        return [row.state for row in rows(self.database)]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Give a house with six clients."""
    made = House(tmp_path)
    yield made
    made.database.close()


def test_everybody_gets_one_copy_and_the_status_adds_up(house: House) -> None:
    """A quiet run sends each message once, writes the relay's words down and is done."""
    outcome = house.send()
    assert outcome.end == "done"
    assert set(house.relay.taken.values()) == {1}
    assert len(house.relay.taken) == 6
    assert outcome.standing.states == {"sent": 6}
    assert outcome.standing.adds_up
    row = rows(house.database)[0]
    assert (row.code, row.relay_id, row.reply) == (250, "4ABC", TAKEN.text)
    assert events(house.database, row.id) == ["claimed", "dot", "sent"]
    assert house.send().end == "done"
    assert set(house.relay.taken.values()) == {1}


def test_several_connections_send_each_message_once(tmp_path: Path) -> None:
    """Four workers share the queue; no message is sent twice."""
    house = House(tmp_path, count=60)
    assert house.send(Manner(connections=4, canary_wait=0.0)).end == "done"
    assert set(house.relay.taken.values()) == {1}
    assert len(house.relay.taken) == 60


@pytest.mark.parametrize(
    ("answer", "state", "event"),
    [
        (LATER, "deferred", "deferred"),
        (NO, "failed", "refused"),
        (POLICY, "queued", "not_accepted"),
        (DOUBT, "unknown", "in_doubt"),
        (CUT, "sent", "not_accepted"),
    ],
)
def test_an_answer_decides_the_state(house: House, answer: Answer, state: str, event: str) -> None:
    """Later, no, a policy, doubt and a lost connection each leave the row where they should.

    A connection lost before the dot is made again in the same run.
    """
    house.relay.script = [answer]
    house.send(rules=rules_of(Delivery()))
    row = rows(house.database)[0]
    assert row.state == state
    assert event in events(house.database, row.id)


def test_later_is_tried_again_with_growing_pauses_and_given_up_in_the_end(house: House) -> None:
    """Minutes of 5, 15, 60, 240 and 720 lie between the attempts; after 48 hours it has failed."""
    house.relay.script = [LATER] + [TAKEN] * 5
    rules = rules_of(Delivery())
    waited = []
    assert house.send(rules=rules).end == "waiting"
    for _ in range(40):
        row = rows(house.database)[0]
        if row.state != "deferred":
            break
        waited.append(round((row.next_at - house.clock.moment).total_seconds() / 60))
        house.clock.moment = row.next_at
        house.relay.script = [LATER]
        outcome = house.send(rules=rules)
    assert waited[:6] == [5, 15, 60, 240, 720, 720]
    assert rows(house.database)[0].state == "failed"
    assert events(house.database, rows(house.database)[0].id)[-1] == "given_up"
    assert outcome.end == "done"


def test_a_message_in_doubt_goes_out_once_more_and_then_a_person_decides(house: House) -> None:
    """One resend, byte for byte the same and flagged before; the second doubt is held."""
    house.relay.script = [DOUBT]
    rules = rules_of(Delivery())
    assert house.send(rules=rules).end == "waiting"
    assert house.send(rules=rules).end == "waiting"
    assert house.relay.taken["c00000@client.test"] == 1
    house.clock.forward(minutes=10)
    house.relay.script = [DOUBT]
    assert house.send(rules=rules).end == "done"
    row = rows(house.database)[0]
    assert (row.state, row.reason, row.doubts) == ("held", "in doubt twice", 2)
    assert house.relay.taken["c00000@client.test"] == 2
    assert len(house.relay.bytes_of["c00000@client.test"]) == 1
    told = events(house.database, row.id)
    assert told == ["claimed", "dot", "in_doubt", "resend", "dot", "in_doubt"]
    assert not unflagged(house.database, house.relay.taken)


def test_in_doubt_a_house_that_says_hold_sends_no_second_copy(house: House) -> None:
    """With ``on_unknown = hold`` a person decides at once."""
    house.relay.script = [DOUBT]
    assert house.send(rules=rules_of(Delivery(on_unknown="hold"))).end == "done"
    assert rows(house.database)[0].state == "held"
    assert house.relay.taken["c00000@client.test"] == 1


def test_doubt_goes_to_the_back_of_the_queue(house: House) -> None:
    """What is in doubt is sent again only after everybody else, even when it is due at once."""
    order: list[str] = []
    real = house.relay.take

    def take(to: str, raw: bytes) -> None:
        order.append(to)
        real(to, raw)

    house.relay.take = take  # type: ignore[method-assign]
    house.relay.script = [DOUBT]
    house.send(rules=IMMEDIATE)
    assert order[0] == order[-1] == "c00000@client.test"


def test_a_late_worker_is_fenced_off(house: House) -> None:
    """Who was stopped longer than his lease finds the token gone before the dot."""
    ledger = house.queue()
    job = ledger.claim()
    assert job is not None
    assert recover(ledger) == (1, 0)
    assert not ledger.fence(job)
    again = ledger.claim()
    assert again is not None
    assert again.id == job.id
    assert not ledger.fence(job)
    assert ledger.fence(again)


def test_a_late_answer_that_it_was_taken_holds_the_second_copy_back(house: House) -> None:
    """The relay's 250 counts whenever it comes; the resend finds its fence closed."""
    ledger = house.queue()
    job = ledger.claim()
    assert job is not None
    assert ledger.fence(job)
    assert recover(ledger) == (0, 1)
    with house.database.writing() as connection:
        connection.execute(update(delivery).where(delivery.c.id > 1).values(state="sent"))
    second = ledger.claim("doubtful")
    assert second is not None
    assert second.id == job.id
    assert second.resend
    assert ledger.finish(job, TAKEN) == "sent"
    assert not ledger.fence(second)
    assert ledger.finish(second, CUT) == "late"
    assert rows(house.database)[0].state == "sent"


def test_a_lease_is_respected_beside_other_runs(house: House) -> None:
    """Where several runs work together only what nobody can be at work on is taken back."""
    ledger = house.queue()
    assert ledger.claim() is not None
    assert recover(ledger, expired_only=True) == (0, 0)
    house.clock.moment += ledger.rules.lease
    house.clock.forward(seconds=1)
    assert recover(ledger, expired_only=True) == (1, 0)


@pytest.mark.parametrize("answer", [POLICY, Answer("refused", 535, "5.7.8", "535", scope="relay")])
def test_the_breaker_stops_on_the_first_refusal_of_the_relay(house: House, answer: Answer) -> None:
    """A relay that refuses us is not asked again; resumed, the rest goes out once."""
    house.relay.script = [TAKEN, answer]
    outcome = house.send()
    assert outcome.end == "paused"
    assert "refuses" in outcome.reason
    assert house.relay.attempts == 2
    assert outcome.standing.state == "paused"
    with pytest.raises(LockedError, match="paused"):
        house.send()
    assert house.send(replace(ONE, resume=True)).end == "done"
    assert set(house.relay.taken.values()) == {1}
    assert len(house.relay.taken) == 6


def test_the_breaker_stops_a_server_that_turns_at_message_30(tmp_path: Path) -> None:
    """At most thirty and the connections and four attempts reach a relay that begins to refuse."""
    house = House(tmp_path, count=120)
    house.relay.script = [TAKEN] * 29 + [POLICY] * 100
    assert house.send(Manner(connections=4, canary_wait=0.0)).end == "paused"
    assert house.relay.attempts <= 30 + 4 + 4
    house.relay.script = []
    assert house.send(Manner(connections=4, canary_wait=0.0, resume=True)).end == "done"
    assert set(house.relay.taken.values()) == {1}
    assert len(house.relay.taken) == 120


def test_the_breaker_stops_after_five_in_a_row_and_at_five_percent(tmp_path: Path) -> None:
    """Five attempts without success in a row, or too many refusals, stop a run."""
    house = House(tmp_path / "row", count=60)
    house.relay.script = [LATER] * 60
    assert house.send(rules=rules_of(Delivery())).end == "paused"
    assert house.relay.attempts == 5
    other = House(tmp_path / "share", count=60)
    other.relay.script = [NO if number % 10 == 9 else TAKEN for number in range(60)]
    outcome = other.send()
    assert outcome.end == "paused"
    assert other.relay.attempts == 20
    assert "2 of 20" in outcome.reason


def test_a_relay_that_cannot_be_reached_costs_no_message(house: House) -> None:
    """Nothing is claimed without a connection, and the next run sends all."""
    house.relay.trouble = Answer("not_sent", text="connection refused", scope="relay", usable=False)
    outcome = house.send()
    assert outcome.end == "unreachable"
    assert house.states() == ["queued"] * 6
    assert all(not events(house.database, row.id) for row in rows(house.database))
    house.relay.trouble = None
    assert house.send().end == "done"


def test_canaries_go_first_and_a_refused_one_stops_the_rest(tmp_path: Path) -> None:
    """When one of the first is not taken nobody else gets anything until a person says so."""
    house = House(tmp_path, count=8, canary=3)
    house.relay.script = [TAKEN, NO]
    outcome = house.send(Manner(connections=4, canary_wait=0.0))
    assert outcome.end == "paused"
    assert house.states()[3:] == ["queued"] * 5
    assert house.send(Manner(connections=4, canary_wait=0.0, resume=True)).end == "done"
    assert house.states() == ["sent", "failed"] + ["sent"] * 6


def test_stopped_in_an_orderly_way_leaves_no_doubt(tmp_path: Path) -> None:
    """The message in flight is finished; the rest waits in the queue."""
    house = House(tmp_path, count=30)
    crew = house.crew()
    real = house.relay.take

    def take(to: str, raw: bytes) -> None:
        real(to, raw)
        if len(house.relay.taken) == 7:
            crew.stop.set()

    house.relay.take = take  # type: ignore[method-assign]
    outcome = send(crew, Manner(connections=3, canary_wait=0.0))
    assert outcome.end == "stopped"
    assert outcome.standing.doubted == 0
    assert "sending" not in outcome.standing.states
    assert 7 <= outcome.standing.states["sent"] <= 9
    assert house.send().end == "done"
    assert set(house.relay.taken.values()) == {1}


def test_a_message_that_is_not_what_was_approved_is_held(house: House) -> None:
    """A file that was changed in the outbox is not sent; a person decides."""
    for path in house.outbox.folder.rglob("*"):
        if path.is_file() and path.name != "ballast":
            path.chmod(0o600)
            path.write_bytes(b"changed")
    house.outbox = Outbox(house.outbox.folder.parent)
    assert house.send().end == "done"
    assert house.states() == ["held"] * 6
    assert not house.relay.taken


def test_rows_that_are_missing_are_found_before_anything_is_sent(house: House) -> None:
    """A list that does not add up is refused with 70."""
    with house.database.writing() as connection:
        connection.execute(update(mailing).values(recipients=7))
    with pytest.raises(ReportgenError, match="planned for 7 recipients") as refused:
        house.send()
    assert refused.value.exit_code == 70
    assert not house.relay.taken


def test_a_person_decides_what_is_held(house: House) -> None:
    """Accepted counts as sent; not accepted goes out again; both say who decided."""
    house.relay.script = [DOUBT]
    house.send(rules=rules_of(Delivery(on_unknown="hold")))
    row = rows(house.database)[0]
    assert resolve(house.database, row.reference, "accepted", "Li", house.clock()) == row.reference
    assert rows(house.database)[0].state == "sent"
    with pytest.raises(UsageError, match="is sent"):
        resolve(house.database, row.reference, "not_accepted", "Li", house.clock())
    with pytest.raises(MissingInputError, match="no delivery"):
        resolve(house.database, "2026-01/ffff", "accepted", "Li", house.clock())


def test_a_resolved_message_opens_its_mailing_again(house: House) -> None:
    """What a person says was not taken is sent by the next run."""
    house.relay.script = [DOUBT]
    house.relay.doubt_taken = False
    assert house.send(rules=rules_of(Delivery(on_unknown="hold"))).end == "done"
    row = rows(house.database)[0]
    resolve(house.database, str(row.id), "not_accepted", "Li", house.clock())
    assert standing(house.database, NAME).state == "sending"
    assert house.send().end == "done"
    assert house.relay.taken["c00000@client.test"] == 1


def test_the_journal_cannot_be_rewritten(house: House) -> None:
    """Neither changing nor removing a line of the journal is possible."""
    from reportgen.deliver.tables import journal
    from reportgen.errors import DataError

    house.send()
    with house.database.reading() as connection:
        before = connection.execute(select(journal)).all()
    for change in (update(journal).values(event="sent"), journal.delete()):
        with pytest.raises(DataError, match="only added to"), house.database.writing() as there:
            there.execute(change)
    with house.database.reading() as connection:
        assert connection.execute(select(journal)).all() == before


def test_the_pace_is_kept_in_any_minute() -> None:
    """No more messages than allowed go in a minute, whenever it begins."""
    now = [0.0]
    pace = Pace(10, 3, tick=lambda: now[0])
    sent: list[float] = []
    for _ in range(400):
        if pace.wait() == 0.0:
            sent.append(now[0])
        now[0] += 0.5
    assert len(sent) == 40
    assert all(sent[at + 10] - sent[at] >= 60 for at in range(len(sent) - 10))
    for _ in range(3):
        pace.count("a.test")
    pace.count("b.test")
    assert pace.resting() == ("a.test",)
    now[0] += 61
    assert pace.resting() == ()


def test_a_domain_that_had_its_share_waits_and_the_others_go_on(house: House) -> None:
    """Only messages to other domains are taken meanwhile."""
    with house.database.writing() as connection:
        connection.execute(update(delivery).where(delivery.c.id <= 3).values(address="x@rest.test"))
    job = house.queue().claim(resting=("rest.test",))
    assert job is not None
    assert job.domain == "client.test"


def test_beside_others_their_canaries_are_waited_for(tmp_path: Path) -> None:
    """A run that joins and finds the first message with another one waits, and stops nobody."""
    house = House(tmp_path, count=4, canary=1)
    ledger = house.queue()
    theirs = ledger.claim("canary")
    assert theirs is not None
    crew = house.crew()
    stop = threading.Timer(0.7, lambda: (ledger.fence(theirs), ledger.finish(theirs, TAKEN)))
    stop.start()
    outcome = send(crew, Manner(connections=1, canary_wait=0.0, beside_others=True))
    stop.join()
    assert outcome.end == "done"
    assert house.relay.taken.total() == 3
