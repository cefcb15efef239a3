"""One connection and the messages that go over it, one after the other."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from reportgen.deliver.outbox import Outbox
from reportgen.deliver.sending.ballast import Ballast
from reportgen.deliver.sending.breaker import Breaker
from reportgen.deliver.sending.ledger import Job, Ledger, Which
from reportgen.deliver.sending.pace import Pace
from reportgen.deliver.smtp.answer import Answer
from reportgen.errors import DataError, DiskError, LockedError, ReportgenError

At = Callable[[str], None]
"""Told of each point a message passes; in the tests a process is killed there."""

SLICE = 0.5
"""Seconds after which a worker that waits looks whether it shall stop."""

RETRIES = (0.0, 0.2, 1.0, 5.0, 20.0)
"""Seconds before each try to write down what the relay said."""


class Connection(Protocol):
    """A talk with the relay."""

    def open(self) -> Answer | None:
        """Connect; ``None`` when all is well."""
        ...

    def deliver(
        self, envelope_from: str, to: str, raw: bytes, fence: Callable[[], bool], at: At
    ) -> Answer:
        """Hand one message over."""
        ...

    def close(self) -> None:
        """Say goodbye."""
        ...


@dataclass
class Crew:
    """What the workers of a run share.

    Args:
        ledger: of the mailing.
        outbox: files of the messages.
        connect: makes a connection that is not open yet.
        pace, breaker, ballast: of the run.
        per_connection: messages after which a connection is closed.
        tell: log of the run: an event and its fields, none of them a name or an address.
        stop: set when the run shall end after the messages in flight.
        at: told of each point.
        backoff: seconds to wait after a connection that could not be made, by how many in a row.
    """

    ledger: Ledger
    outbox: Outbox
    connect: Callable[[], Connection]
    pace: Pace
    breaker: Breaker
    ballast: Ballast
    per_connection: int
    tell: Callable[..., None]
    stop: threading.Event
    at: At = lambda point: None
    backoff: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0)
    problem: ReportgenError | None = None
    crash: BaseException | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def halted(self) -> bool:
        """Whether no further message shall be begun."""
        return self.stop.is_set() or bool(self.breaker.reason) or self.failed

    @property
    def failed(self) -> bool:
        """Whether a worker met something it could not get over."""
        return self.problem is not None or self.crash is not None

    def fail(self, problem: BaseException) -> None:
        """Remember the first thing that went wrong; everybody stops."""
        with self._lock:
            if self.failed:
                return
            if isinstance(problem, ReportgenError):
                self.problem = problem
            else:
                self.crash = problem


def work(crew: Crew, which: Which) -> None:
    """Send what is due until nothing is, or until somebody says stop."""
    try:
        _Worker(crew, which).run()
    except BaseException as problem:  # a thread's own; told by whoever started it
        crew.fail(problem)


class _Worker:
    """A worker: holds at most one connection and at most one message."""

    def __init__(self, crew: Crew, which: Which) -> None:
        self._crew = crew
        self._which = which
        self._connection: Connection | None = None
        self._count = 0
        self._misses = 0

    def run(self) -> None:
        """Send until there is nothing to do."""
        try:
            while not self._crew.halted and self._step():
                pass
        finally:
            self._hang_up()

    def _step(self) -> bool:
        """Send one message, or wait a little; ``False`` when nothing is left to do."""
        crew = self._crew
        pause = crew.pace.wait()
        if pause:
            crew.stop.wait(min(pause, SLICE))
            return True
        if not self._connected():
            crew.pace.give_back()
            return True
        resting = crew.pace.resting()
        crew.at("claim")
        job = crew.ledger.claim(self._which, resting)
        if job is None:
            crew.pace.give_back()
            if resting:
                crew.stop.wait(SLICE)
            return bool(resting)
        crew.pace.count(job.domain)
        crew.at("claimed")
        self._send(job)
        return True

    def _connected(self) -> bool:
        """Have a connection; after a failure wait, longer each time."""
        if self._connection is not None and self._count < self._crew.per_connection:
            return True
        self._hang_up()
        fresh = self._crew.connect()
        trouble = fresh.open()
        if trouble is None:
            self._connection, self._count, self._misses = fresh, 0, 0
            return True
        fresh.close()
        self._crew.breaker.cut_off(trouble)
        self._crew.tell("connection", code=trouble.code, said=trouble.text)
        if not self._crew.halted:
            steps = self._crew.backoff
            self._crew.stop.wait(steps[min(self._misses, len(steps) - 1)])
            self._misses += 1
        return False

    def _send(self, job: Job) -> None:
        crew = self._crew
        try:
            raw = job.message.assemble(crew.outbox)
        except DataError as problem:  # not what was approved: a person decides
            crew.ledger.hold(job, problem.message)
            crew.tell("held", delivery=job.id, reason=problem.message)
            return
        assert self._connection is not None
        crew.at("assembled")
        answer = self._connection.deliver(
            job.envelope_from, job.address, raw, lambda: self._fence(job), crew.at
        )
        self._count += 1
        crew.at("answered")
        state = self._persist(job, answer)
        crew.at("finished")
        if not answer.usable:
            self._hang_up()
        if answer.kind != "not_sent" or not crew.failed:
            crew.breaker.note(answer)
        event = {"delivery": job.id, "state": state, "code": answer.code}
        if state != "sent":
            event["said"] = answer.text
        crew.tell("message", **event)

    def _fence(self, job: Job) -> bool:
        """Have the ledger say that the dot may leave; where it cannot, the dot does not."""
        try:
            return self._crew.ledger.fence(job)
        except ReportgenError as problem:
            if isinstance(problem, DiskError):
                self._crew.ballast.release()
            self._crew.fail(problem)
            return False

    def _persist(self, job: Job, answer: Answer) -> str:
        """Write down what the relay said, if need be with the room of the ballast."""
        for pause in RETRIES:
            self._pause(pause)
            try:
                return self._crew.ledger.finish(job, answer)
            except DiskError as problem:
                self._crew.ballast.release()
                last: ReportgenError = problem
            except LockedError as problem:
                last = problem
            self._crew.at("unwritten")
        self._crew.tell(
            "receipt",
            delivery=job.id,
            message_id=job.message_id,
            kind=answer.kind,
            code=answer.code,
            said=answer.text,
        )
        raise last

    @staticmethod
    def _pause(seconds: float) -> None:
        if seconds:
            threading.Event().wait(seconds)

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
