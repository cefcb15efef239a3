"""Each fault of a relay, once and twice, leaves the row in the one state that is true of it."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from faultserver import FAULTS, Fault, FaultServer
from mailings import IMMEDIATE, crew_for, lost, opened, planned, rows, unflagged
from relays import PASSWORD, Certificate, certificate
from test_smtp_session import PATIENT, patience

from reportgen.config.delivery import Delivery
from reportgen.config.publishing import Smtp
from reportgen.deliver.database import Database
from reportgen.deliver.outbox import Outbox
from reportgen.deliver.sending.run import Manner, Outcome, send
from reportgen.deliver.smtp.session import Session
from reportgen.secret import Secret

DOUBT = ("sent", "held")
AGAIN = ("sent", "sent")
NEVER = ("failed", "failed")
STOPPED = ("queued", "queued")

STATES = {
    **dict.fromkeys(FAULTS, AGAIN),
    **dict.fromkeys(
        ["refused at RCPT", "refused at DATA", "refused in the message", "refused at the dot"],
        NEVER,
    ),
    **dict.fromkeys(
        ["closed house", "sender refused", "policy at RCPT", "policy at the dot"], STOPPED
    ),
    **dict.fromkeys(
        [
            "stall in the message",
            "drop before it is taken",
            "drop after it is taken",
            "reset after it is taken",
            "stall after it is taken",
            "garbage at the dot",
            "half an answer at the dot",
            "half a code at the dot",
            "part of an answer at the dot",
            "two codes at the dot",
            "a code too long at the dot",
            "go on at the dot",
            "endless answer at the dot",
        ],
        DOUBT,
    ),
}
"""The state at the end of a run after the fault came once, and after it came twice.

Later, and not sent: sent by the same run, which waits for nothing here; never: failed. A relay
that wants none of it: still queued, the run stopped. Doubt: one more copy, then a person decides.
"""


class House:
    """A mailing to one client and the runs that send it."""

    def __init__(
        self,
        folder: Path,
        smtp: Smtp,
        delivery: Delivery = PATIENT,
        password: Secret | None = None,
    ) -> None:
        self.database: Database = opened(folder)
        self._outbox = Outbox(folder)
        self._smtp, self._delivery, self._password = smtp, delivery, password
        planned(self.database, self._outbox, 1, size=20_000)

    def send(self, server: FaultServer | None = None) -> Outcome:
        """Run once; a relay that is given has done its wrong before the dot may leave."""

        def connect() -> Session:
            return Session(self._smtp, self._delivery, self._password, str)

        def at(point: str) -> None:
            if point == "body" and server is not None:
                server.quiet.wait(10)

        crew = crew_for(self.database, self._outbox, connect, rules=IMMEDIATE, at=at)
        return send(crew, Manner(connections=1, canary_wait=0.0, resume=True))

    @property
    def state(self) -> str:
        """The state of the one row."""
        (row,) = rows(self.database)
        return str(row.state)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate, once."""
    return certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as found:
        yield Path(found)


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_leaves_the_row_in_its_state(folder: Path, fault: str, times: int) -> None:
    """Nobody is lost, every second copy was flagged before it left, there is at most one."""
    with FaultServer() as server:
        house = House(folder, server.settings(), patience(fault))
        server.misbehave(fault, times)
        house.send(server)
        assert house.state == STATES[fault][times - 1]
        copies = Counter(one.recipient for one in server.taken)
        assert lost(house.database, copies) == []
        assert unflagged(house.database, copies) == []
        assert sum(copies.values()) <= 2
        assert len({one.raw for one in server.taken}) <= 1
        if house.state == "queued":
            server.misbehave(fault, 0)
            house.send()
            assert house.state == "sent"
            assert len(server.taken) == 1
        house.database.close()


def _secured(made: Certificate) -> dict[str, tuple[FaultServer, dict[str, object], str]]:
    """Return relays with what is wrong with the way to them, and the state they leave."""
    return {
        "nobody vouches for it": (FaultServer(made), {"ca_file": ""}, "queued"),
        "handshake": (FaultServer(made), {}, "queued"),
        "wrong password": (FaultServer(made, login=True), {}, "queued"),
        "too small": (FaultServer(limit=100), {}, "failed"),
        "unknown name": (FaultServer(), {"host": "relay.invalid"}, "queued"),
    }


@pytest.mark.parametrize(
    "wrong",
    ["nobody vouches for it", "handshake", "wrong password", "too small", "unknown name"],
)
def test_a_relay_that_cannot_be_used_costs_nobody_the_mail(
    folder: Path, made: Certificate, wrong: str
) -> None:
    """Certificate, handshake, login and name stop the run; what is too large for it fails."""
    server, changes, state = _secured(made)[wrong]
    with server:
        if wrong == "handshake":
            server.misbehave(Fault("starttls", b"220 go ahead\r\nnot TLS at all\r\n"), 9)
        house = House(folder, server.settings(**changes), password=Secret("not-" + PASSWORD))
        outcome = house.send()
        assert house.state == state
        assert outcome.end == ("done" if state == "failed" else outcome.end)
        assert outcome.end in ("done", "paused", "unreachable")
        assert server.taken == []
        house.database.close()
