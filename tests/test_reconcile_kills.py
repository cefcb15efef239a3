"""Killed while it sends through a real Postfix: by its log nobody is lost and nobody has two."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import postfix
import pytest
from mailings import NAME, events, opened, planned, rows
from senders import Plan
from sqlalchemy import select
from test_sending_crashes import carried_out

from reportgen.deliver.database import Database
from reportgen.deliver.outbox import Outbox
from reportgen.deliver.sending.status import standing
from reportgen.deliver.tables import journal


def _taken(relay: postfix.Postfix) -> Counter[str]:
    """Return how many copies Postfix has for each recipient."""
    log = relay.log.read_bytes()
    return Counter(re.findall(r": to=<([^>]+)>", log.decode()))


def _check(folder: Path, count: int, size: int, plan: Plan) -> tuple[int, int, int]:
    """Send under kills and check that each has one copy; return kills, doubts, and not taken."""
    database = opened(folder)
    planned(database, Outbox(folder), count, size)
    with postfix.running(folder, keep=False) as relay:
        log = str(relay.log)
        result = carried_out([(folder, relay, replace(plan, relay_log=log))])[0]
        relay.settled()
        taken = _taken(relay)
    now = standing(database, NAME)
    assert (result["last"], now.adds_up, now.left) == (0, True, 0)
    found = rows(database)
    assert {row.state for row in found} == {"sent"}
    assert {row.address: taken[row.address] for row in found if taken[row.address] != 1} == {}
    noted = Counter(event for row in found for event in events(database, row.id))
    assert noted["reconciled"] == noted["in_doubt"]
    assert noted["resend"] == 0
    proven = Counter(_verdicts(database))
    database.close()
    return result["codes"].count(-9), noted["in_doubt"], proven["not_accepted"]


def _verdicts(database: Database) -> list[str]:
    """Return what the log said of each doubt."""
    query = select(journal.c.detail).where(journal.c.event == "reconciled")
    with database.reading() as connection:
        return [one.partition(":")[0] for one in connection.scalars(query)]


@pytest.mark.parametrize(
    ("point", "connections", "proven"), [("dot_before", 1, 2), ("dot_sent", 4, 0)]
)
def test_by_the_relays_log_nobody_has_two(
    tmp_path: Path, point: str, connections: int, proven: int
) -> None:
    """SIGKILL before and after the dot, with Postfix's log: 0 lost, 0 copies too many."""
    plan = Plan(kills=2, how="point", longest=4, point=point, connections=connections)
    kills, doubts, not_taken = _check(tmp_path, 12, 20_000, plan)
    assert (kills, doubts >= 2) == (2, True)
    assert not_taken >= proven
