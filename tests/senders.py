"""Send a mailing in processes that are killed, stopped or started twice, until it is done.

Each run is a process of its own, forked from this one so that nothing is loaded twice. What the
relay got is known to the relay, which runs elsewhere.

Usage: senders.py JSON, a list of objects with ``folder``, ``port`` and ``plan``, the fields of
``Plan``.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from mailings import NAME, wall

from reportgen.config import Settings
from reportgen.config.delivery import Delivery
from reportgen.config.publishing import Smtp
from reportgen.deliver import dispatching
from reportgen.deliver.database import open_database
from reportgen.deliver.dispatching import Dispatch, dispatch
from reportgen.deliver.smtp import session
from reportgen.deliver.smtp.answer import Answer
from reportgen.deliver.smtp.session import Session
from reportgen.errors import ReportgenError


@dataclass(frozen=True)
class Plan:
    """What is done to the runs.

    Args:
        kills: runs that are killed, before one that is left alone.
        how: ``kill`` with SIGKILL a random time after the first message is begun; ``point`` with
            SIGKILL when a random number of points is passed, ``nth`` at just that one; ``term``
            with SIGTERM at a random point; ``twice``: two runs begin together, so many times.
        longest: seconds, or points, within which it happens.
        connections: to the relay.
        seed: of the random moments.
        point: kill only at this point; empty for any.
        database: address in PostgreSQL; empty for the file.
        relay_log: the relay's log, to look up what is in doubt; empty for none.
        early: whether the ledger is asked before DATA, as is usual, and not before the dot.
    """

    kills: int = 0
    how: str = "kill"
    longest: float = 0.1
    connections: int = 1
    seed: int = 1
    point: str = ""
    database: str = ""
    relay_log: str = ""
    early: bool = False


class EarlySession(Session):
    """A connection as others make it: marked before the message, which goes with its dot."""

    def deliver(
        self,
        envelope_from: str,
        to: str,
        raw: bytes,
        fence: Callable[[], bool],
        at: Callable[[str], None] = lambda point: None,
    ) -> Answer:
        """Hand a message over."""
        allowed: list[bool] = []

        def marked(point: str) -> None:
            if point == "body" and self._line is not None:
                self._line.send(b".\r\n")
            at(point)
            if point == "rcpt":
                allowed.append(fence())

        return super().deliver(envelope_from, to, raw, lambda: allowed[0], marked)

    def _sent(self, part: memoryview) -> Answer | None:
        return super()._sent(part) if part else None  # by then the answer may have come


def settings_for(folder: Path, port: int, plan: Plan) -> Settings:
    """Return settings by which what waits is due at once."""
    settings = Settings(
        smtp=Smtp(host="127.0.0.1", port=port, tls="none", sender="sender@example.org"),
        delivery=Delivery(
            connections=plan.connections,
            doubt_delay=0.0,
            per_minute=0,
            canary_wait=0.0,
            settle=0.6,
            on_unknown="reconcile,resend" if plan.relay_log else "resend",
            relay_log=plan.relay_log,
            database=plan.database,
        ),
    )
    build = msgspec.structs.replace(settings.build, output=str(folder))
    return msgspec.structs.replace(settings, build=build)


def run_once(
    settings: Settings, at: Callable[[str], None] = lambda point: None, *, orderly: bool = False
) -> int:
    """Send in this process; return 0 when all is done, 75 when some is left."""
    stop = threading.Event()
    if orderly:
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
    order = Dispatch(
        settings=settings,
        database=open_database(settings, os.environ),
        password=None,
        mask=str,
        clock=wall,
        tell=lambda event, **fields: None,
        stop=stop,
        resume=True,
        at=at,
    )
    return 0 if dispatch(order, NAME, lambda: None).end == "done" else 75


def in_child(run: Callable[[], int]) -> int:
    """Start a run in a forked process; return its number."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = run()
        except ReportgenError as problem:
            code = problem.exit_code
            if code != 75:
                sys.stderr.write(f"{problem.message}\n")
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return child


def ended(child: int) -> int:
    """Wait for a process; return its exit code, negative for a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def disturbed(settings: Settings, plan: Plan, chance: random.Random) -> int:
    """Run once and have it die, or be stopped, somewhere; return how it ended."""
    if plan.how == "kill":
        return _killed(settings, chance.uniform(0.0, plan.longest))
    last = int(plan.longest)
    orderly = plan.how == "term"
    sent = signal.SIGTERM if orderly else signal.SIGKILL
    at = at_point(plan.point, last if plan.how == "nth" else chance.randint(1, last), sent)
    return ended(in_child(lambda: run_once(settings, at, orderly=orderly)))


def _killed(settings: Settings, after: float) -> int:
    """Kill a run so many seconds after it has begun its first message."""
    heard, told = os.pipe()
    at = _once("claimed", lambda: os.write(told, b"!"))
    child = in_child(lambda: run_once(settings, at))
    os.close(told)
    os.read(heard, 1)  # or its end, where there is nothing to send
    os.close(heard)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    return ended(child)


def _once(point: str, act: Callable[[], object]) -> Callable[[str], None]:
    """Do something when a point is passed for the first time."""
    lock, done = threading.Lock(), [False]

    def at(name: str) -> None:
        with lock:
            if name == point and not done[0]:
                done[0] = True
                act()

    return at


def at_point(point: str, number: int, sent: signal.Signals) -> Callable[[str], None]:
    """Send this process a signal when it passes a point, or any, for the nth time."""
    lock, passed = threading.Lock(), [0]

    def at(name: str) -> None:
        with lock:
            passed[0] += point in ("", name)
            if passed[0] == number:
                os.kill(os.getpid(), sent)
                if sent == signal.SIGKILL:
                    time.sleep(60)

    return at


def twice(settings: Settings) -> list[int]:
    """Start two runs together; return how they ended, in order.

    Whoever comes to its first message waits until the other is gone, so that both are surely
    there at the same time.
    """
    gone = [os.pipe() for _ in range(2)]

    def run(own: int) -> int:
        os.close(gone[1 - own][1])
        wait = partial(select.select, [gone[1 - own][0]], [], [], 30)
        return run_once(settings, _once("claimed", wait))

    children = [in_child(partial(run, own)) for own in range(2)]
    for pipe in gone:
        os.close(pipe[1])
    codes = sorted(ended(one) for one in children)
    for pipe in gone:
        os.close(pipe[0])
    return codes


def carried_out(folder: str, port: int, plan: Plan) -> dict[str, Any]:
    """Disturb, then let one run end; return the exit codes."""
    settings = settings_for(Path(folder), port, plan)
    if plan.early:
        dispatching.Session = EarlySession  # type: ignore[attr-defined]
        session.DOT = b""  # it has gone by then
    chance = random.Random(plan.seed)
    open_database(settings, os.environ).close()
    codes: list[int] = []
    for _ in range(plan.kills):
        codes += twice(settings) if plan.how == "twice" else [disturbed(settings, plan, chance)]
        if plan.how != "twice" and codes[-1] == 0:
            break
    return {"codes": codes, "last": ended(in_child(lambda: run_once(settings)))}


def main(text: str) -> None:
    """Carry out each of the plans and write how their runs ended as JSON."""
    plans = [(one["folder"], one["port"], Plan(**one["plan"])) for one in json.loads(text)]
    sys.stdout.write(json.dumps([carried_out(*one) for one in plans]))


if __name__ == "__main__":
    main(*sys.argv[1:])
