"""Through a real Postfix whose log can be read: killed anywhere, nobody lost and nobody twice."""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

import postfix
import pytest
from mailings import NAME, opened, planned, rows
from senders import Plan
from test_sending_crashes import carried_out

from reportgen.deliver.outbox import Outbox
from reportgen.deliver.sending.status import standing


def delivered(relay: postfix.Postfix) -> Counter[str]:
    """Return how often each Message-ID came out of the relay."""
    relay.settled()
    found = (re.search(rb"(?mi)^Message-ID: (\S+)", one) for one in relay.messages())
    return Counter(one[1].decode() for one in found if one)


def killed(folder: Path, relay: postfix.Postfix, count: int, size: int, plan: Plan) -> int:
    """Send through Postfix under kills, check that each got just one, and return the kills."""
    folder.mkdir()
    database = opened(folder)
    planned(database, Outbox(folder), count, size)
    before = delivered(relay)
    result = carried_out([(folder, relay, plan)])[0]
    assert result["last"] == 0
    now = standing(database, NAME)
    assert now.states == {"sent": count}
    copies = delivered(relay)
    copies.subtract(before)
    assert {one.message_id for one in rows(database)} == {one for one in copies if copies[one]}
    assert {copies[one.message_id] for one in rows(database)} == {1}
    database.close()
    return int(result["codes"].count(-9))


def test_killed_with_the_log_at_hand_nobody_is_lost_or_gets_two(tmp_path: Path) -> None:
    """What is in doubt is looked up in Postfix's log and not sent again."""
    with postfix.running(tmp_path) as relay:
        plan = Plan(
            kills=8, how="point", longest=60, connections=4, relay_log=str(relay.log), seed=3
        )
        assert killed(tmp_path / "out", relay, 50, 20_000, plan) >= 3


@pytest.mark.long
def test_two_hundred_kills_with_the_log_at_hand(tmp_path: Path) -> None:
    """1,000 clients at a time, 200 kills, four connections: 0 lost, 0 duplicates."""
    kills = seed = 0
    while kills < 200:
        seed += 1
        with postfix.running(tmp_path) as relay:
            plan = Plan(
                kills=200,
                how="kill",
                longest=0.4,
                connections=4,
                relay_log=str(relay.log),
                seed=seed,
            )
            kills += killed(tmp_path / str(seed), relay, 1_000, 20_000, plan)
    sys.stderr.write(f"{kills} kills\n")
