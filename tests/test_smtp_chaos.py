"""Over a line that delays, cuts, resets and corrupts, nobody is lost and no copy is a surprise."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from chaos import BadLine
from faultserver import FaultServer
from mailings import IMMEDIATE, crew_for, lost, opened, planned, rows, unflagged
from relays import certificate

from reportgen.config.delivery import Delivery
from reportgen.config.publishing import Smtp
from reportgen.deliver.database import Database
from reportgen.deliver.outbox import Outbox
from reportgen.deliver.sending.run import Manner, send
from reportgen.deliver.smtp.session import Session

HASTY = Delivery(connect_timeout=3, command_timeout=3, final_timeout=3)


def sent_over(folder: Path, smtp: Smtp, count: int) -> Database:
    """Send a mailing in as many runs as it takes, and return its ledger."""
    database, outbox = opened(folder), Outbox(folder)
    planned(database, outbox, count, size=40_000)
    for _ in range(count):
        crew = crew_for(database, outbox, lambda: Session(smtp, HASTY, None, str), rules=IMMEDIATE)
        if send(crew, Manner(connections=4, canary_wait=0.0, resume=True)).end == "done":
            return database
    raise AssertionError("it never ends")


@pytest.mark.parametrize(
    ("count", "rate"), [(25, 0.07), pytest.param(1_000, 0.05, marks=pytest.mark.long)]
)
def test_a_bad_line_loses_nobody(tmp_path: Path, count: int, rate: float) -> None:
    """Over TLS a corrupt byte is a broken line, never another answer or another message."""
    made = certificate(tmp_path)
    with FaultServer(made) as server, BadLine(server.port, rate) as line:
        smtp = server.settings(port=line.port)
        database = sent_over(tmp_path / "out", smtp, count)
    copies = Counter(one.recipient for one in server.taken)
    assert sum(line.happened.values()) > count / 4
    assert lost(database, copies) == []
    assert unflagged(database, copies) == []
    assert {row.state for row in rows(database)} <= {"sent", "held"}
    assert max(copies.values()) <= 2
    assert len({one.raw for one in server.taken}) == len(copies)
    database.close()
