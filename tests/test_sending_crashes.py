"""Killed anywhere, stopped, or started twice: nobody is lost, and every second copy was flagged."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

import pytest
from mailings import NAME, dots_without_flag, events, opened, planned, rows, unflagged
from senders import Plan
from sinks import Sink, running

from reportgen.deliver.database import Database
from reportgen.deliver.outbox import Outbox
from reportgen.deliver.sending.status import standing

SENDERS = Path(__file__).with_name("senders.py")
TABLE = [
    # point, copies each client may have got, whether the journal has to flag a doubt
    ("claim", 1, False),
    ("claimed", 1, False),
    ("assembled", 1, False),
    ("connected", 1, False),
    ("mail", 1, False),
    ("rcpt", 1, False),
    ("data", 1, False),
    ("mid_body", 1, False),
    ("body", 1, False),
    ("dot_before", 1, True),
    ("dot_sent", 2, True),
    ("replied", 2, True),
    ("answered", 2, True),
    ("finished", 1, False),
]
"""Section 1.2's table of crash points; at the dot the relay may or may not have taken it."""


class Listening(Protocol):
    """A relay somewhere on this machine."""

    @property
    def port(self) -> int:
        """Where it listens."""
        ...


def carried_out(jobs: Sequence[tuple[Path, Listening, Plan]]) -> list[dict[str, Any]]:
    """Send each mailing under its plan of disturbances; return how the runs ended."""
    told = [
        {"folder": str(folder), "port": sink.port, "plan": asdict(plan)}
        for folder, sink, plan in jobs
    ]
    done = subprocess.run(
        [sys.executable, str(SENDERS), json.dumps(told)],
        capture_output=True,
        text=True,
        timeout=3_000,
        cwd=SENDERS.parent.parent,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def disturbed(folder: Path, sink: Sink, plan: Plan) -> dict[str, Any]:
    """Send the mailing in a folder under a plan of disturbances; return how the runs ended."""
    return carried_out([(folder, sink, plan)])[0]


def check(database: Database, sink: Sink, count: int) -> tuple[int, int]:
    """Check every promise; return second copies and rows that were in doubt."""
    now = standing(database, NAME)
    assert now.adds_up
    assert now.left == 0
    assert now.rows == count
    for row in rows(database):
        if row.state == "sent":
            assert sink.taken[row.address] >= 1, f"{row.address} is lost"
        else:
            assert (row.state, row.reason) == ("held", "in doubt twice")
        assert sink.taken[row.address] <= 2, "more than one extra copy"
        assert not dots_without_flag(events(database, row.id))
    assert not unflagged(database, sink.taken)
    assert all(len(one) == 1 for one in sink.hashes.values()), "two copies differ"
    copies = sum(sink.taken.values()) - len(sink.taken)
    return copies, sum(row.doubts > 0 for row in rows(database))


def made(folder: Path, count: int, size: int) -> Database:
    """Plan a mailing of so many messages of so many bytes."""
    database = opened(folder)
    planned(database, Outbox(folder), count, size)
    return database


@pytest.mark.parametrize(("kills", "count", "size"), [(24, 60, 20_000)])
def test_killed_at_random_nobody_is_lost(tmp_path: Path, kills: int, count: int, size: int) -> None:
    """SIGKILL at random: all get it, at most one extra copy each, every one flagged before."""
    database = made(tmp_path, count, size)
    with running() as sink:
        result = disturbed(tmp_path, sink, Plan(kills=kills, how="point", longest=40))
        copies, _ = check(database, sink, count)
    assert result["codes"].count(-9) >= kills // 2
    assert copies <= result["codes"].count(-9)


def test_each_crash_point_leaves_what_the_table_says(tmp_path: Path) -> None:
    """A kill at each named point, of the first, a middle and the last client, ends as specified."""
    with ExitStack() as sinks:
        jobs = []
        for point, _, _ in TABLE:
            for number in (1, 2, 3):
                folder = tmp_path / f"{point}-{number}"
                made(folder, 3, 2_000).close()
                plan = Plan(kills=1, how="nth", longest=number, point=point)
                jobs.append((folder, sinks.enter_context(running()), plan))
        results = carried_out(jobs)
        for (folder, sink, plan), result in zip(jobs, results, strict=True):
            _, copies, flagged = next(one for one in TABLE if one[0] == plan.point)
            database = opened(folder)
            extra, doubts = check(database, sink, 3)
            database.close()
            assert (result["codes"], result["last"]) == ([-9], 0), folder.name
            assert extra <= copies - 1, folder.name
            assert (doubts > 0) == flagged, folder.name


def test_stopped_in_order_there_is_no_doubt(tmp_path: Path) -> None:
    """SIGTERM at random moments: nobody lost, no second copy, nothing ever in doubt."""
    database = made(tmp_path, 60, 20_000)
    with running(delay=0.01) as sink:
        result = disturbed(tmp_path, sink, Plan(kills=8, how="term", longest=0.2, connections=4))
        copies, doubts = check(database, sink, 60)
    assert -9 not in result["codes"]
    assert (copies, doubts) == (0, 0)


def test_of_two_runs_at_once_one_waits_its_turn(tmp_path: Path) -> None:
    """Two runs that begin together: one sends, the other ends with 75; no second copy."""
    database = made(tmp_path, 20, 2_000)
    with running(delay=0.01) as sink:
        result = disturbed(tmp_path, sink, Plan(kills=1, how="twice", connections=2))
        copies, doubts = check(database, sink, 20)
    assert result["codes"] == [0, 75]
    assert (copies, doubts) == (0, 0)


# -- the full figures -------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.parametrize(("connections", "bound"), [(1, 1), (8, 8)])
def test_two_hundred_kills(tmp_path: Path, connections: int, bound: int) -> None:
    """500 clients, 1 MB each, 200 kills: 0 lost, 0 unflagged, copies within the bound."""
    kills = told = copies = 0
    seed = 0
    while kills < 200:
        seed += 1
        folder = tmp_path / str(seed)
        database = made(folder, 500, 1_000_000)
        with running() as sink:
            plan = Plan(kills=200, how="kill", longest=0.4, connections=connections, seed=seed)
            result = disturbed(folder, sink, plan)
            extra, doubts = check(database, sink, 500)
        killed = Counter(result["codes"])[-9]
        assert extra <= bound * killed
        kills, copies, told = kills + killed, copies + extra, told + doubts
        database.close()
    sys.stderr.write(f"{connections}: {kills} kills, {copies} copies, {told} in doubt\n")


@pytest.mark.long
def test_a_hundred_orderly_stops(tmp_path: Path) -> None:
    """SIGTERM a hundred times: 0 lost, 0 copies, 0 in doubt."""
    stops = seed = 0
    while stops < 100:
        seed += 1
        folder = tmp_path / str(seed)
        database = made(folder, 300, 100_000)
        with running(delay=0.005) as sink:
            plan = Plan(kills=60, how="term", longest=0.5, connections=4, seed=seed)
            result = disturbed(folder, sink, plan)
            assert check(database, sink, 300) == (0, 0)
        stops += result["codes"].count(75)
        database.close()


@pytest.mark.long
def test_fifty_times_two_runs_at_once(tmp_path: Path) -> None:
    """Two runs at once, fifty times: no second copy."""
    for number in range(50):
        folder = tmp_path / str(number)
        database = made(folder, 20, 2_000)
        with running(delay=0.002) as sink:
            result = disturbed(folder, sink, Plan(kills=1, how="twice", connections=2))
            assert check(database, sink, 20) == (0, 0)
        assert result["codes"] == [0, 75]
        database.close()
