"""An edition is carried to its clients by the same ticks that made it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from faultserver import Fault, FaultServer, Point
from plans import CHEAP, client_of, edition_of
from sinks import Sink, running
from sqlalchemy import update

from reportgen.cli import main
from reportgen.deliver import database as databases
from reportgen.deliver import dispatching
from reportgen.deliver.clients import book
from reportgen.deliver.sending.worker import Crew
from reportgen.deliver.tables import mailing
from reportgen.publishing import mailings, tick

NAME = f"{datetime.now(UTC) - timedelta(days=20):%Y-%m}"
"""Of an edition that is not late, whenever the test runs."""


class House:
    """A house with an edition, three clients and a relay."""

    def __init__(self, folder: Path, sink: Sink | FaultServer, approval: str) -> None:
        self.output = folder / "output"
        self.config = folder / "reportgen.toml"
        self.config.write_text(
            f'build.output = "{self.output}"\nschedule.late_days = 60\n'
            '[smtp]\nhost = "127.0.0.1"\ntls = "none"\nsender = "desk@house-of-reports.cn"\n'
            f"port = {sink.port}\n"
            f'[delivery]\napproval = "{approval}"\ncanary = 0\n'
        )
        edition_of(self.output, NAME)
        clients = [client_of(name, languages=("zh",)) for name in ("acme", "beta", "gamma")]
        database = self.database()
        book.put_all(database, clients, replace=False, now=datetime.now(UTC))
        database.close()

    def database(self) -> databases.Database:
        """Open the ledger."""
        from reportgen.config import load

        return databases.open_database(load(self.config, {}), {})

    def run(self, *words: str) -> Result:
        """Run a command."""
        return CliRunner().invoke(main, ["--config", str(self.config), *words])


@pytest.fixture
def sink(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Sink]:
    """Give a relay; nothing else is due, and words cost nothing."""
    from reportgen.deliver.planning import craft

    def idle(*_: Any) -> tick.Task:
        return tick.Task("nothing", "", None)

    monkeypatch.setattr(tick, "task", idle)
    monkeypatch.setattr(craft, "craft_of", lambda settings: CHEAP)
    monkeypatch.setattr(dispatching, "Crew", partial(Crew, backoff=(0.0,)))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with running() as found:
        yield found


def test_a_tick_waits_for_a_person_and_goes_on_after_the_yes(tmp_path: Path, sink: Sink) -> None:
    """Planned by one tick, told that it awaits approval, sent by the tick after ``approve``."""
    house = House(tmp_path, sink, "required")
    mailings.ask(house.output, NAME)
    first = house.run("run-due", "--json")
    assert first.exit_code == 0, first.output
    assert "awaits approval" in json.loads(first.stdout)["deliveries"][0]
    assert not sink.taken
    assert house.run("deliver", "approve", NAME, "--by", "Li Na").exit_code == 0
    second = house.run("run-due")
    assert f"Edition {NAME} is delivered." in second.stdout
    assert sorted(sink.taken) == [f"{one}@{one}-client.cn" for one in ("acme", "beta", "gamma")]
    assert mailings.asked(house.output) == ()
    assert "Nothing is due" in house.run("run-due").stdout
    assert set(sink.taken.values()) == {1}


def test_the_stage_without_network_plans_and_the_other_sends(tmp_path: Path, sink: Sink) -> None:
    """Divided into stages, building composes and delivering sends."""
    house = House(tmp_path, sink, "auto")
    mailings.ask(house.output, NAME)
    assert "Nothing is due" in house.run("run-due", "--stage", "gather").stdout
    assert f"Edition {NAME} is planned." in house.run("run-due", "--stage", "build").stdout
    assert not sink.taken
    assert "is delivered" in house.run("run-due", "--stage", "deliver").stdout
    assert set(sink.taken.values()) == {1}


def test_a_list_changed_after_the_yes_needs_another(tmp_path: Path, sink: Sink) -> None:
    """A client more voids the approval; the tick plans anew and waits."""
    house = House(tmp_path, sink, "required")
    mailings.ask(house.output, NAME)
    house.run("run-due")
    assert house.run("deliver", "approve", NAME, "--by", "Li Na").exit_code == 0
    database = house.database()
    book.put(database, client_of("delta"), datetime.now(UTC))
    database.close()
    assert "awaits approval" in house.run("run-due").stdout
    assert not sink.taken


def test_with_nobody_to_deliver_to_the_edition_is_not_asked_for_again(
    tmp_path: Path, sink: Sink
) -> None:
    """A house without clients is told so once."""
    house = House(tmp_path, sink, "auto")
    database = house.database()
    for one in book.all(database):
        book.remove(database, one.id)
    database.close()
    mailings.ask(house.output, NAME)
    assert "there are no clients" in house.run("run-due").stdout
    assert mailings.asked(house.output) == ()


def test_sending_by_hand_waits_for_the_yes_too(tmp_path: Path, sink: Sink) -> None:
    """``deliver send`` ends with 77 before the yes; after it the status adds up."""
    house = House(tmp_path, sink, "required")
    assert house.run("deliver", "plan", NAME).exit_code == 0
    refused = house.run("deliver", "send", NAME)
    assert refused.exit_code == 77
    assert "is not approved" in refused.output
    assert house.run("deliver", "approve", "--by", "Li Na").exit_code == 0
    assert house.run("deliver", "send").exit_code == 0
    told = json.loads(house.run("deliver", "status", "--json").stdout)
    assert (told["states"], told["adds_up"], told["left"]) == ({"sent": 3}, True, 0)


def test_a_relay_that_is_gone_costs_nothing(tmp_path: Path, sink: Sink) -> None:
    """69, every message in the queue; with the relay back the next run sends all."""
    house = House(tmp_path, sink, "auto")
    good = house.config.read_text()
    house.config.write_text(good.replace(f"port = {sink.port}", "port = 9"))
    assert house.run("deliver", "plan", NAME).exit_code == 0
    gone = house.run("deliver", "send", NAME)
    assert gone.exit_code == 69, gone.output
    assert "3 queued" in gone.output
    house.config.write_text(good)
    assert house.run("deliver", "send", NAME).exit_code == 0
    assert set(sink.taken.values()) == {1}


def test_publish_deliver_publishes_and_says_what_is_to_be_approved(
    tmp_path: Path, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The edition is out; 77 names the approval; after it a tick sends."""
    from reportgen.archive.editions import find
    from reportgen.publishing import publish
    from reportgen.publishing.order import Outcome

    house = House(tmp_path, sink, "required")

    def published(*_: Any) -> Outcome:
        return Outcome(find(house.output, NAME), fresh=True)

    monkeypatch.setattr(publish, "publish", published)
    found = house.run("publish", "--period", NAME, "--deliver", "--data", "bundled")
    assert found.exit_code == 77, found.output
    assert f"Published edition {NAME}" in found.output
    assert f"reportgen deliver approve {NAME} --by NAME" in found.output
    assert house.run("deliver", "approve", NAME, "--by", "Li Na").exit_code == 0
    assert "is delivered" in house.run("run-due").stdout
    assert set(sink.taken.values()) == {1}


@dataclass
class Turning(FaultServer):
    """A relay that has enough at the thirtieth message.

    Args:
        at: from then on at this point ...
        says: ... it says this.
        turned: until it thinks better of it.
        refused: how often it said so.
    """

    at: Point = "mail"
    says: bytes = b""
    turned: bool = True
    refused: int = 0

    def fault(self, point: Point) -> Fault | None:
        """Return the refusal."""
        if not self.turned or point != self.at or len(self.taken) < 29:
            return None
        self.refused += 1
        return Fault(point, self.says, "goes on")


@pytest.mark.usefixtures("sink")
@pytest.mark.parametrize(
    ("at", "says"), [("mail", b"535 5.7.8 log in\r\n"), ("dot", b"550 5.7.1 blocked\r\n")]
)
def test_a_relay_that_turns_at_message_30(tmp_path: Path, at: Point, says: bytes) -> None:
    """At most 30 and 4 connections and 4 messages are tried; 75; resumed, each has one (D17)."""
    with Turning(at=at, says=says) as relay:
        house = House(tmp_path, relay, "auto")
        house.config.write_text(f"{house.config.read_text()}connections = 4\n")
        database = house.database()
        several = [client_of(f"c{number}", languages=("zh",)) for number in range(70)]
        book.put_all(database, several, replace=True, now=datetime.now(UTC))
        database.close()
        assert house.run("deliver", "plan", NAME).exit_code == 0
        for _ in range(2):  # it stays so until somebody has looked
            paused = house.run("deliver", "send", NAME)
            assert (paused.exit_code, "is paused" in paused.output) == (75, True)
            assert 1 <= relay.refused <= 4  # what was under way, and nothing after it
        assert len(relay.taken) + relay.refused <= 30 + 4 + 4
        relay.turned = False
        assert house.run("deliver", "send", NAME, "--resume").exit_code == 0
    assert sorted(one.recipient for one in relay.taken) == sorted(
        one.contacts[0].address for one in several
    )


def test_a_copy_of_the_project_sends_nothing(
    tmp_path: Path, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On another machine 77, by hand and by a tick, until it is said to be the only one (D16)."""
    house = House(tmp_path, sink, "auto")
    monkeypatch.setenv("REPORTGEN_MACHINE", "one")
    database = house.database()
    book.put_all(database, [client_of("acme", languages=("zh",))], replace=True, now=_now())
    assert house.run("deliver", "plan", NAME).exit_code == 0
    assert house.run("deliver", "send", NAME).exit_code == 0
    database.close()
    edition_of(house.output, f"{NAME}-r2")
    mailings.ask(house.output, f"{NAME}-r2")
    monkeypatch.setenv("REPORTGEN_MACHINE", "two")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "other"))
    assert house.run("deliver", "plan", f"{NAME}-r2").exit_code == 0
    refused = house.run("deliver", "send")
    assert (refused.exit_code, "another machine" in refused.output) == (77, True)
    assert "another machine" in house.run("run-due").stdout
    assert sum(sink.taken.values()) == 1
    adopted = house.run("deliver", "adopt", "--i-am-the-only-copy", "--by", "Li Na")
    assert adopted.exit_code == 0
    assert house.run("deliver", "send").exit_code != 77


def _now() -> datetime:
    return datetime.now(UTC)


def test_a_mailing_that_is_paused_keeps_no_other_edition_waiting(
    tmp_path: Path, sink: Sink
) -> None:
    """The paused one is told with 75; the next one is delivered by the same tick."""
    house = House(tmp_path, sink, "auto")
    later = f"{datetime.fromisoformat(f'{NAME}-01') + timedelta(days=32):%Y-%m}"
    mailings.ask(house.output, NAME)
    assert house.run("run-due", "--stage", "build").exit_code == 0
    database = house.database()
    with database.writing() as connection:
        connection.execute(update(mailing).values(state="paused", paused="the relay refuses"))
    database.close()
    edition_of(house.output, later)
    mailings.ask(house.output, later)
    found = house.run("run-due")
    assert found.exit_code == 75, found.output
    assert f"Edition {later} is delivered." in found.output
    assert set(sink.taken.values()) == {1}
