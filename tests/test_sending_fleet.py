"""Several processes on one mailing in PostgreSQL: killed or stopped, nobody is lost (D5, D9)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import asdict
from pathlib import Path

import postgres
import pytest
from fleet import Orders
from mailings import events, planned, rows, unflagged
from senders import Plan, settings_for
from sinks import Sink, running
from test_sending_crashes import TABLE, carried_out, check

from reportgen.deliver.database import Database, open_database
from reportgen.deliver.outbox import Outbox

FLEET = Path(__file__).with_name("fleet.py")
AT_THE_DOT = ("body", "dot_before", "dot_sent", "finished")
pytestmark = postgres.needed


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """A running PostgreSQL."""
    with postgres.running() as address:
        yield address


def _mailing(folder: Path, address: str, count: int, size: int = 2_000) -> tuple[str, Database]:
    """Plan a mailing in a database of its own; return its address, and the database open."""
    folder.mkdir(exist_ok=True)
    own = postgres.fresh(address)
    database = open_database(settings_for(folder, 25, Plan(database=own)), {})
    planned(database, Outbox(folder), count, size)
    return own, database


def _sent(folder: Path, sink: Sink, orders: Orders) -> dict[str, int]:
    """Have a fleet send the mailing; return what was done to it."""
    told = {"folder": str(folder), "port": sink.port, "orders": asdict(orders)}
    done = subprocess.run(
        [sys.executable, str(FLEET), json.dumps(told)],
        capture_output=True,
        text=True,
        timeout=3_000,
        cwd=FLEET.parent.parent,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    found: dict[str, int] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("kills", "count"), [(6, 50), pytest.param(200, 1_500, marks=pytest.mark.long)]
)
def test_a_fleet_loses_nobody(cluster: str, tmp_path: Path, kills: int, count: int) -> None:
    """Four processes, killed at random: 0 lost, every second copy flagged, one at most a client."""
    address, database = _mailing(tmp_path, cluster, count)
    with running() as sink:
        done = _sent(tmp_path, sink, Orders(address, kills=kills))
        copies, doubts = check(database, sink, count)
    database.close()
    assert done["kills"] == kills
    assert copies <= 2 * kills
    sys.stderr.write(f"{kills} kills, {copies} copies, {doubts} in doubt\n")


@pytest.mark.parametrize("times", [1, pytest.param(7, marks=pytest.mark.long)])
def test_who_was_stopped_and_is_late_hangs_up(cluster: str, tmp_path: Path, times: int) -> None:
    """Stopped before its dot for longer than its lease: its message goes once, by another."""
    for number in range(times):
        folder = tmp_path / str(number)
        address, database = _mailing(folder, cluster, 12)
        with running() as sink:
            done = _sent(folder, sink, Orders(address, stops=1, connections=1, lease=4.0))
            assert check(database, sink, 12) == (0, 0)
        database.close()
        assert done["stops"] == 1


def test_without_the_fence_there_would_be_a_copy_nobody_knows_of(
    cluster: str, tmp_path: Path
) -> None:
    """The same with the fence taken away: it is the fence that the promise rests on."""
    address, database = _mailing(tmp_path, cluster, 12)
    with running() as sink:
        orders = Orders(address, stops=1, connections=1, lease=4.0, fenced=False)
        _sent(tmp_path, sink, orders)
        assert unflagged(database, sink.taken)
    database.close()


@pytest.mark.parametrize(
    "points",
    [AT_THE_DOT, pytest.param([point for point, _, _ in TABLE], marks=pytest.mark.long)],
    ids=["at the dot", "all"],
)
def test_each_crash_point_is_the_same_in_postgresql(
    cluster: str, tmp_path: Path, points: Sequence[str]
) -> None:
    """A kill at each named point, of the first, a middle and the last client, as in SQLite."""
    numbers = (2,) if len(points) < len(TABLE) else (1, 2, 3)
    with ExitStack() as sinks:
        jobs, ledgers = [], []
        for point in points:
            for number in numbers:
                folder = tmp_path / f"{point}-{number}"
                address, database = _mailing(folder, cluster, 3)
                plan = Plan(kills=1, how="nth", longest=number, point=point, database=address)
                jobs.append((folder, sinks.enter_context(running()), plan))
                ledgers.append(database)
        results = carried_out(jobs)
        for (folder, sink, plan), database, result in zip(jobs, ledgers, results, strict=True):
            _, most, flagged = next(one for one in TABLE if one[0] == plan.point)
            extra, doubts = check(database, sink, 3)
            database.close()
            assert (result["codes"], result["last"]) == ([-9], 0), folder.name
            assert extra == most - 1, folder.name
            assert (doubts > 0) == flagged, folder.name


def test_two_claims_at_once_are_of_two_messages(cluster: str, tmp_path: Path) -> None:
    """Eight connections in four processes, nobody disturbed: each message is claimed once."""
    address, database = _mailing(tmp_path, cluster, 30)
    with closing(database), running() as sink:
        _sent(tmp_path, sink, Orders(address, lease=90.0))  # longer than any machine is slow
        assert check(database, sink, 30) == (0, 0)
        for row in rows(database):
            assert events(database, row.id) == ["claimed", "dot", "sent"]
