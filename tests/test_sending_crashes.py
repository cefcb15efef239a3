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
    # point, copies its client has got in the end, whether the journal has to flag a doubt
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
"""What a kill at each point leaves; once the dot is with the system, the relay has it."""


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
        assert sink.hashes.get(row.address, {row.eml_sha256}) == {row.eml_sha256}, "not as frozen"
    assert not unflagged(database, sink.taken)
    copies = sum(sink.taken.values()) - len(sink.taken)
    return copies, sum(row.doubts > 0 for row in rows(database))


def made(folder: Path, count: int, size: int) -> Database:
    """Plan a mailing of so many messages of so many bytes."""
    database = opened(folder)
    planned(database, Outbox(folder), count, size)
    return database


@pytest.mark.parametrize(("kills", "connections"), [(20, 1), (8, 8)])
def test_killed_at_random_nobody_is_lost(tmp_path: Path, kills: int, connections: int) -> None:
    """SIGKILL at random: all get it, at most one extra copy each, every one flagged before."""
    database = made(tmp_path, 60, 20_000)
    with running() as sink:
        plan = Plan(kills=kills, how="point", longest=40 * connections, connections=connections)
        result = disturbed(tmp_path, sink, plan)
        copies, _ = check(database, sink, 60)
    killed = result["codes"].count(-9)
    assert killed >= kills // 2
    assert copies <= killed * connections


def test_a_second_copy_is_the_same_bytes(tmp_path: Path) -> None:
    """Killed with the relay's yes unread: each of these has two copies of the same bytes (D14)."""
    database = made(tmp_path, 12, 20_000)
    with running() as sink:
        plan = Plan(kills=3, how="nth", longest=2, point="replied")
        assert disturbed(tmp_path, sink, plan)["codes"] == [-9] * 3
        assert check(database, sink, 12) == (3, 3)
    database.close()


def test_a_mark_before_the_message_would_cost_more_copies(tmp_path: Path) -> None:
    """Killed at each point: marked before DATA, as is usual, five get two, and not three (D3)."""
    points = [point for point, _, _ in TABLE][7:]
    with ExitStack() as sinks:
        jobs = []
        for point in points:
            made(tmp_path / point, 2, 2_000).close()
            plan = Plan(kills=1, how="nth", longest=1, point=point, early=True)
            jobs.append((tmp_path / point, sinks.enter_context(running()), plan))
        assert [one["codes"] for one in carried_out(jobs)] == [[-9]] * len(jobs)
        copies = sum(sum(sink.taken.values()) - len(sink.taken) for _, sink, _ in jobs)
    assert (copies, sum(most - 1 for _, most, _ in TABLE)) == (5, 3)


@pytest.mark.parametrize("numbers", [(), pytest.param((1, 2, 3), marks=pytest.mark.long)])
def test_each_crash_point_leaves_what_the_table_says(
    tmp_path: Path, numbers: tuple[int, ...]
) -> None:
    """A kill at each named point, of the first, a middle or the last client, ends as specified."""
    with ExitStack() as sinks:
        jobs = []
        for place, (point, _, _) in enumerate(TABLE):
            for number in numbers or (1 + place % 3,):  # in turn, or at each of them
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
            assert extra == copies - 1, folder.name
            assert (doubts > 0) == flagged, folder.name


def test_stopped_in_order_there_is_no_doubt(tmp_path: Path) -> None:
    """SIGTERM at random moments: nobody lost, no second copy, nothing ever in doubt."""
    database = made(tmp_path, 60, 20_000)
    with running() as sink:
        result = disturbed(tmp_path, sink, Plan(kills=8, how="term", longest=100, connections=4))
        assert check(database, sink, 60) == (0, 0)
    assert set(result["codes"]) <= {0, 75}
    assert result["codes"].count(75) >= 4
    database.close()


def test_of_two_runs_at_once_one_waits_its_turn(tmp_path: Path) -> None:
    """Two runs that begin together: one sends, the other ends with 75; no second copy."""
    _two_at_once(tmp_path, 3)


def _two_at_once(folder: Path, times: int) -> None:
    with ExitStack() as sinks:
        plan = Plan(kills=1, how="twice", connections=2)
        folders = [folder / str(number) for number in range(times)]
        databases = [made(one, 10, 2_000) for one in folders]
        relays = [sinks.enter_context(running()) for _ in folders]
        results = carried_out(
            [(one, sink, plan) for one, sink in zip(folders, relays, strict=True)]
        )
        for database, sink in zip(databases, relays, strict=True):
            assert check(database, sink, 10) == (0, 0)
            database.close()
    assert [one["codes"] for one in results] == [[0, 75]] * times


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
            plan = Plan(kills=200, how="kill", longest=0.1, connections=connections, seed=seed)
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
            plan = Plan(kills=60, how="term", longest=150, connections=4, seed=seed)
            result = disturbed(folder, sink, plan)
            assert check(database, sink, 300) == (0, 0)
        stops += result["codes"].count(75)
        database.close()


@pytest.mark.long
def test_fifty_times_two_runs_at_once(tmp_path: Path) -> None:
    """Two runs at once, fifty times: no second copy."""
    _two_at_once(tmp_path, 50)


@pytest.mark.long
def test_killed_at_random_points_a_quarter_fewer_get_two(tmp_path: Path) -> None:
    """500 clients, 1 MB each, 200 kills at random points: a quarter fewer copies at least (D3).

    Points, not seconds, are drawn from: how long a relay takes from its dot to its yes is the
    relay's, and the same with either mark.
    """
    copies = {}
    for early in (False, True):
        database = made(tmp_path / str(early), 500, 1_000_000)
        with running() as sink:
            plan = Plan(kills=200, how="point", longest=40, early=early)
            result = disturbed(tmp_path / str(early), sink, plan)
            copies[early] = sum(sink.taken.values()) - len(sink.taken)
        assert (result["codes"], result["last"]) == ([-9] * 200, 0)
        database.close()
    sys.stderr.write(f"200 kills: {copies[False]} copies, marked before DATA {copies[True]}\n")
    assert copies[False] <= 0.75 * copies[True]
