"""Send a mailing in several processes at once, which are killed or stopped, until it is done.

Usage: fleet.py JSON, an object with ``folder``, ``port`` and ``orders``, the fields of ``Orders``.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec
from mailings import NAME, wall
from senders import Plan, at_point, in_child, settings_for

from reportgen.config import Settings
from reportgen.deliver.database import open_database
from reportgen.deliver.dispatching import Dispatch, dispatch
from reportgen.deliver.sending.ledger import Ledger
from reportgen.deliver.sending.status import standing

LIVES = 2_000
"""Processes after which a mailing that is not done never will be."""


@dataclass(frozen=True)
class Orders:
    """What the fleet does and what is done to it.

    Args:
        database: address in PostgreSQL.
        processes: at the same time.
        connections: of each.
        kills: processes killed with SIGKILL, each at a random point of a message.
        stops: processes stopped before a dot, until another has sent their message.
        longest: points until a kill.
        lease: seconds for which a message is one process's.
        fenced: whether the ledger is asked before the dot; without it the danger shows.
        seed: of the random moments.
    """

    database: str
    processes: int = 4
    connections: int = 2
    kills: int = 0
    stops: int = 0
    longest: int = 40
    lease: float = 3.0
    fenced: bool = True
    seed: int = 1


def _settings(folder: Path, port: int, orders: Orders) -> Settings:
    plan = Plan(connections=orders.connections, database=orders.database)
    settings = settings_for(folder, port, plan)
    each = orders.lease / 3  # the lease is as long as the longest talk with the relay
    quick = msgspec.structs.replace(settings.delivery, command_timeout=each, final_timeout=each)
    return msgspec.structs.replace(settings, delivery=quick)


def _run(settings: Settings, orders: Orders, at: Callable[[str], None]) -> int:
    import threading

    if not orders.fenced:
        Ledger.fence = lambda self, job: True  # type: ignore[method-assign]
    order = Dispatch(
        settings=settings,
        database=open_database(settings, os.environ),
        password=None,
        mask=str,
        clock=wall,
        tell=lambda event, **fields: None,
        stop=threading.Event(),
        resume=True,
        join=True,
        at=at,
    )
    return 0 if dispatch(order, NAME, lambda: None).end == "done" else 75


def _stopper() -> Callable[[str], None]:
    """Stop the process when its first message has gone but for its dot."""
    met: list[str] = []

    def at(point: str) -> None:
        if point == "body" and not met:
            met.append(point)
            os.kill(os.getpid(), signal.SIGSTOP)

    return at


class Fleet:
    """The processes and what happens to them."""

    def __init__(self, folder: Path, port: int, orders: Orders) -> None:
        self._settings = _settings(folder, port, orders)
        self._orders = orders
        self._chance = random.Random(orders.seed)
        self._alive: list[int] = []
        self._lives = 0
        self._doomed = 0
        self.kills = 0
        self.stops = 0

    def run(self) -> None:
        """Disturb until the orders are carried out; then until everything is in its last state."""
        while self.stops < self._orders.stops:
            self._stop()
        while self._left():
            self._reap()
            self._crew()
            time.sleep(0.05)
        while self._alive:
            self._reap(0)

    def _left(self) -> int:
        database = open_database(self._settings, os.environ)
        try:
            return standing(database, NAME).left
        finally:
            database.close()

    def _reap(self, how: int = os.WNOHANG) -> None:
        """Forget those that have ended, and count those that were killed."""
        ends = [(one, os.waitpid(one, how)) for one in self._alive]
        self._alive = [one for one, (ended, _) in ends if not ended]
        self.kills += sum(
            os.waitstatus_to_exitcode(status) == -signal.SIGKILL for _, (_, status) in ends
        )

    def _crew(self) -> None:
        """Put new processes in the place of those that have ended; first those to be killed."""
        while len(self._alive) < self._orders.processes:
            if self._doomed == self._orders.kills:
                if self.kills < self._doomed and self._alive:
                    return  # nobody sends what those that are to be killed would send
                self._alive.append(self._begin(lambda point: None))
                continue
            self._doomed += 1
            number = self._chance.randint(1, self._orders.longest)
            self._alive.append(self._begin(at_point("", number, signal.SIGKILL)))

    def _begin(self, at: Callable[[str], None]) -> int:
        self._lives += 1
        if self._lives > LIVES:
            raise RuntimeError("the mailing does not come to its end")
        return in_child(lambda: _run(self._settings, self._orders, at))

    def _stop(self) -> None:
        """Stop one before its dot, have another one send its message, and let it go on."""
        child = self._begin(_stopper())
        if not os.WIFSTOPPED(os.waitpid(child, os.WUNTRACED)[1]):
            raise RuntimeError("there was nothing left to send")
        time.sleep(self._orders.lease + 0.2)
        os.waitpid(self._begin(lambda point: None), 0)
        os.kill(child, signal.SIGCONT)
        os.waitpid(child, 0)
        self.stops += 1


def main(text: str) -> None:
    """Carry out the orders and write what was done as JSON."""
    told = json.loads(text)
    fleet = Fleet(Path(told["folder"]), told["port"], Orders(**told["orders"]))
    fleet.run()
    sys.stdout.write(json.dumps({"kills": fleet.kills, "stops": fleet.stops}))


if __name__ == "__main__":
    main(*sys.argv[1:])
