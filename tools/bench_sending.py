"""Time sending against the standard library, in CPU and in messages a second, to ``smtp-sink``.

The yardstick is the plain loop: build an ``EmailMessage`` with a report of a megabyte for each
client and hand it to ``smtplib``. Ours is the whole way of a message: composed, read again and
written into the ledger when it is planned; claimed, assembled, hashed, sent up to its dot, fenced,
ended and written down when it is sent. ``smtplib`` with ready bytes is what the network costs. All
run in turn in one process, several rounds; the figures are medians. Needs Postfix's ``smtp-sink``.
"""

from __future__ import annotations

import shutil
import smtplib
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from bench_message import CHART, HEAD, NAME, PAGE, REPORT, SUBJECT, TEXT, naive

from reportgen.config import Settings
from reportgen.config.delivery import Delivery
from reportgen.config.publishing import Smtp
from reportgen.config.report import Build
from reportgen.deliver.database import Database, open_database
from reportgen.deliver.dispatching import Dispatch, dispatch
from reportgen.deliver.message.letter import File, Letter
from reportgen.deliver.message.writer import compose
from reportgen.deliver.outbox import Outbox
from reportgen.deliver.tables import delivery, mailing

MESSAGES, ROUNDS = 80, 5
MAILING = "2026-01"


@dataclass(frozen=True)
class Cost:
    """What one message took: milliseconds of CPU and of time."""

    cpu: float
    wall: float


def cost(work: Callable[[], object]) -> Cost:
    """Return what a message took of work that does all of them."""
    cpu, wall = time.process_time(), time.perf_counter()
    work()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return Cost(1_000 * cpu / MESSAGES, 1_000 * wall / MESSAGES)


@contextmanager
def sink() -> Iterator[int]:
    """Run a relay that throws everything away; give its port."""
    program = shutil.which("smtp-sink") or "/usr/sbin/smtp-sink"
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    with subprocess.Popen([program, "-u", "nobody", f"127.0.0.1:{port}", "100"]) as running:
        try:
            _wait_for(port)
            yield port
        finally:
            running.terminate()


def _wait_for(port: int) -> None:
    for _ in range(500):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.01)
        else:
            return
    raise SystemExit("smtp-sink does not answer")


def plain(port: int, message: Callable[[], bytes]) -> None:
    """Hand over all messages with the library alone."""
    with smtplib.SMTP("127.0.0.1", port, "house.example") as relay:
        for number in range(MESSAGES):
            relay.sendmail(HEAD.sender, f"c{number}@client.example", message())


class House:
    """A mailing in a folder of its own.

    Args:
        folder: of it.
        port: of the relay.
        connections: to it.
        personal: whether each client has a report of his own.
    """

    def __init__(self, folder: Path, port: int, connections: int, *, personal: bool) -> None:
        self._outbox = Outbox(folder)
        self._files = [
            File(NAME, "application/pdf", self._outbox.put(content), shared=not personal)
            for content in (_reports() if personal else (REPORT,))
        ]
        self._chart = (File("chart.png", "image/png", self._outbox.put(CHART), "chart"),)
        self._settings = Settings(
            build=Build(output=str(folder)),
            smtp=Smtp(host="127.0.0.1", port=port, tls="none", sender=HEAD.sender),
            delivery=Delivery(connections=connections, per_minute=0, canary_wait=0.0),
        )
        self._database: Database = open_database(self._settings, {})

    def plan(self) -> None:
        """Compose all messages and write them into the ledger."""
        rows = [self._row(number) for number in range(MESSAGES)]
        with self._database.writing() as connection:
            connection.execute(mailing.insert(), [_mailing()])
            connection.execute(delivery.insert(), rows)

    def send(self) -> None:
        """Send them."""
        order = Dispatch(
            settings=self._settings,
            database=self._database,
            password=None,
            mask=str,
            clock=lambda: datetime.now(UTC),
            tell=lambda event, **fields: None,
            stop=threading.Event(),
        )
        outcome = dispatch(order, MAILING, lambda: None)
        if outcome.standing.states != {"sent": MESSAGES}:
            raise SystemExit(f"not all was sent: {outcome}")
        self._database.close()

    def _row(self, number: int) -> dict[str, object]:
        token = f"{number:040x}"[::-1]
        head = replace(
            HEAD,
            to=f"c{number}@client.example",
            token=token,
            message_id=f"<rg1.{token}@house.example>",
        )
        report = self._files[number % len(self._files)]
        letter = Letter(SUBJECT, TEXT, PAGE, self._chart, (report,))
        message = compose(head, letter, self._outbox)
        return {
            "mailing": MAILING,
            "position": number,
            "client": f"client-{number}",
            "address": head.to,
            "language": "zh",
            "channel": "mail",
            "canary": False,
            "state": "planned",
            "message_id": head.message_id,
            "reference": f"{MAILING}/{token[:12]}",
            "envelope_from": HEAD.sender,
            "eml_sha256": message.sha256,
            "size": message.size,
            "message": message.encode(),
        }


def _reports() -> Iterator[bytes]:
    for number in range(MESSAGES):
        yield number.to_bytes(4, "big") + REPORT[4:]


def _mailing() -> dict[str, object]:
    digests = ("manifest", "recipients", "messages", "words", "settings")
    return {
        "name": MAILING,
        "kind": "edition",
        "edition": MAILING,
        **{f"{one}_sha256": "0" * 64 for one in digests},
        "recipients": MESSAGES,
        "state": "approved",
        "planned_at": HEAD.date,
        "planned_by": "bench",
    }


def one_round(port: int) -> dict[str, Cost]:
    """Send everything in every way once."""
    ready = naive()
    found = {
        "EmailMessage and smtplib": cost(lambda: plain(port, naive)),
        "smtplib, bytes ready": cost(lambda: plain(port, lambda: ready)),
    }
    for personal in (False, True):
        for connections in (1, 4):
            with tempfile.TemporaryDirectory() as folder:
                house = House(Path(folder), port, connections, personal=personal)
                kind = f"{'personal' if personal else 'shared'} report"
                found[f"{kind}, planned"] = cost(house.plan)
                found[f"{kind}, sent, {connections} at a time"] = cost(house.send)
    return found


def main() -> None:
    """Print what a message takes and its ratio to the yardstick."""
    with sink() as port:
        rounds = [one_round(port) for _ in range(ROUNDS)]
    names = rounds[0]
    cpu = {name: statistics.median(one[name].cpu for one in rounds) for name in names}
    wall = {name: statistics.median(one[name].wall for one in rounds) for name in names}
    yardstick = cpu["EmailMessage and smtplib"]
    size = len(naive())
    sys.stdout.write(
        f"{MESSAGES} messages of {size:,} bytes to smtp-sink, {ROUNDS} rounds, medians\n"
    )
    for name in names:
        sys.stdout.write(
            f"  {name:34} CPU {cpu[name]:6.2f} ms  {cpu[name] / yardstick:5.2f}"
            f"  {1_000 / wall[name]:5.0f} a second\n"
        )
    for kind in ("shared", "personal"):
        whole = cpu[f"{kind} report, planned"] + cpu[f"{kind} report, sent, 1 at a time"]
        sys.stdout.write(
            f"  {f'{kind} report, all of it':34} CPU {whole:6.2f} ms  {whole / yardstick:5.2f}\n"
        )


if __name__ == "__main__":
    main()
