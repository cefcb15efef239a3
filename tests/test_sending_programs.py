"""Whatever happens in whatever order: nobody is lost, and no second copy is unannounced."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from mailings import (
    NAME,
    TAKEN,
    Clock,
    Relay,
    crew_for,
    dots_without_flag,
    events,
    opened,
    planned,
    rows,
    unflagged,
)

from reportgen.config.delivery import Delivery
from reportgen.deliver.outbox import Outbox
from reportgen.deliver.sending.rules import rules_of
from reportgen.deliver.sending.run import Manner, send
from reportgen.deliver.sending.status import standing
from reportgen.deliver.smtp.answer import Answer
from reportgen.errors import LockedError

ANSWERS = (
    TAKEN,
    Answer("deferred", 451, text="later"),
    Answer("refused", 550, "5.1.1", "no such user"),
    Answer("refused", 550, "5.7.1", "policy", scope="relay"),
    Answer("in_doubt", text="connection lost", usable=False),
    Answer("not_sent", text="connection lost", usable=False),
)
POINTS = ("claimed", "body", "dot_sent", "taken", "answered", "finished")
RULES = rules_of(Delivery(doubt_delay=5.0, retry_after=(5.0,), give_up_hours=1.0))


class Killed(BaseException):
    """The process is gone at this point: nothing after it happens."""


class Deliveries(RuleBasedStateMachine):
    """A small mailing under every kind of trouble, against a relay that remembers."""

    @initialize(count=st.integers(1, 4), canary=st.integers(0, 2))
    def begin(self, count: int, canary: int) -> None:
        """Plan a mailing."""
        self.folder = tempfile.TemporaryDirectory(dir=_shm())
        self.database = opened(Path(self.folder.name))
        self.outbox = Outbox(Path(self.folder.name))
        self.clock = Clock()
        self.relay = Relay()
        self.count = count
        planned(self.database, self.outbox, count, size=10, canary=canary)

    @rule(answers=st.lists(st.sampled_from(ANSWERS), max_size=4), taken=st.booleans())
    def run(self, answers: list[Answer], *, taken: bool) -> None:
        """Run with a relay that answers in some way."""
        self._run(answers, taken=taken)

    @rule(
        answers=st.lists(st.sampled_from(ANSWERS), max_size=3),
        taken=st.booleans(),
        point=st.sampled_from(POINTS),
        number=st.integers(1, 3),
    )
    def crash(self, answers: list[Answer], *, taken: bool, point: str, number: int) -> None:
        """Die at a point of some message; the relay has what it has."""
        self._run(answers, taken=taken, at=_killer(point, number))

    @rule(minutes=st.sampled_from([1, 5, 30, 90]))
    def wait(self, minutes: int) -> None:
        """Let time go by."""
        self.clock.forward(minutes=minutes)

    @rule()
    def unreachable(self) -> None:
        """Run while the relay cannot be reached."""
        self.relay.trouble = Answer("not_sent", text="refused", scope="relay", usable=False)
        self._run([], taken=False)
        self.relay.trouble = None

    @invariant()
    @precondition(lambda self: hasattr(self, "relay"))
    def nobody_is_lost_and_no_copy_is_unannounced(self) -> None:
        """Each row is there; sent means taken; a second copy was announced before."""
        now = standing(self.database, NAME)
        assert now.adds_up
        assert now.rows == self.count
        for row in rows(self.database):
            if row.state == "sent":
                assert self.relay.taken[row.address] >= 1
            assert self.relay.taken[row.address] <= 2
            assert not dots_without_flag(events(self.database, row.id))
        assert not unflagged(self.database, self.relay.taken)
        assert all(len(one) == 1 for one in self.relay.bytes_of.values())

    def teardown(self) -> None:
        """In the end, with a relay that takes all, every row comes to its last state."""
        if not hasattr(self, "relay"):
            return
        for _ in range(4):
            self.clock.forward(hours=2)
            self._run([], taken=True)
        assert standing(self.database, NAME).left == 0
        self.nobody_is_lost_and_no_copy_is_unannounced()
        self.database.close()
        self.folder.cleanup()

    def _run(
        self,
        answers: list[Answer],
        *,
        taken: bool,
        at: Callable[[str], None] = lambda point: None,
    ) -> None:
        self.relay.script, self.relay.doubt_taken = list(answers), taken
        crew = crew_for(
            self.database,
            self.outbox,
            self.relay.connection,
            clock=self.clock,
            rules=RULES,
            at=at,
        )
        try:
            send(crew, Manner(connections=1, canary_wait=0.0, resume=True))
        except (Killed, LockedError):
            self.outbox.folder.joinpath("ballast").unlink(missing_ok=True)
        finally:
            self.relay.script = []


def _killer(point: str, number: int) -> Callable[[str], None]:
    """Die when a point is passed for the nth time; from then on every point is after death."""
    passed = [0]

    def at(name: str) -> None:
        passed[0] += name == point
        if passed[0] >= number:
            raise Killed

    return at


def _shm() -> str | None:
    """Return a folder in memory where there is one: the programs are many."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def test_programs_of_trouble() -> None:
    """Twenty-five programs of runs, crashes, refusals and waiting keep every promise."""
    _programs(25, derandomized=True)


@pytest.mark.long
def test_five_thousand_programs_of_trouble() -> None:
    """Likewise five thousand."""
    _programs(5_000, derandomized=False)


def _programs(count: int, *, derandomized: bool) -> None:
    run_state_machine_as_test(
        Deliveries,
        settings=settings(
            max_examples=count,
            stateful_step_count=12,
            deadline=None,
            database=None,
            derandomize=derandomized,
            phases=(Phase.generate,),  # shrinking a program takes longer than reading it
            suppress_health_check=list(HealthCheck),
        ),
    )
