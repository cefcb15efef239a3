"""Approval: bound to all a mailing is made of; any change voids it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import postgres
import pytest
from plans import Office, client_of, edition_of, office_in
from sealed import opened
from sqlalchemy import update

from reportgen import resources
from reportgen.archive import editions
from reportgen.deliver.clients import suppression
from reportgen.deliver.clients.client import Client, Contact
from reportgen.deliver.planning import fingerprints, links
from reportgen.deliver.planning.approval import approve, refuse_unless_approved, verdict
from reportgen.deliver.planning.readiness import make_ready, suppress_now
from reportgen.deliver.planning.test_mail import plan_test
from reportgen.deliver.tables import delivery, mailing
from reportgen.errors import (
    ApprovalMissingError,
    LockedError,
    MissingInputError,
    UsageError,
)

NAME = "2026-01"
Change = Callable[[Office], object]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A house with a planned mailing to four clients, each protected in another way."""
    made = office_in(tmp_path, links_url="https://reports.house-firm.cn/links")
    made.clients(*_clients())
    made.plan()
    yield made
    made.database.close()


def _clients() -> tuple[Client, ...]:
    return (
        client_of("acme"),
        client_of("beta", protection="mark"),
        client_of("gamma", protection="link", languages=("zh",)),
    )


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the templates that the program uses in this test."""
    own = tmp_path / "templates"
    shutil.copytree(resources.templates_folder(), own)
    monkeypatch.setattr(fingerprints, "templates_folder", lambda: own)
    return own


def _state(office: Office) -> str:
    from sqlalchemy import select

    with office.database.reading() as connection:
        return str(connection.scalar(select(mailing.c.state).where(mailing.c.name == NAME)))


# -- D18 ------------------------------------------------------------------------------------


def _pdf(office: Office) -> None:
    edition = opened(editions.find(office.output, NAME))
    path = edition.folder / f"nasdaq-risk-assessment-{NAME}.en.pdf"
    content = path.read_bytes()
    path.write_bytes(content[:-1] + b"!")


def _client_list(office: Office) -> None:
    office.clients(*_clients()[:-1])


def _config(office: Office) -> None:
    office.configure(sender_name="B")


def _organisation(office: Office) -> None:
    first, *rest = _clients()
    office.clients(replace(first, organisation="Acme & Söhne."), *rest)


def _contact(office: Office) -> None:
    first, *rest = _clients()
    contacts = (Contact("Desk of acme", "acme@acme-client.com"),)
    office.clients(replace(first, contacts=contacts), *rest)


def _new_client(office: Office) -> None:
    office.clients(*_clients(), client_of("new"))


def _blob(office: Office) -> None:
    for path in (office.output / "outbox").glob("*/*"):
        path.write_bytes(path.read_bytes()[:-1] + b"!")


def _blob_gone(office: Office) -> None:
    next((office.output / "outbox").glob("*/*")).unlink()


def _linked(office: Office) -> None:
    next((office.output / links.FOLDER).glob("*/*")).write_bytes(b"another report")


def _linked_gone(office: Office) -> None:
    shutil.rmtree(office.output / links.FOLDER)


def _message(office: Office) -> None:
    row = office.rows()[0]
    with office.database.writing() as connection:
        here = update(delivery).where(delivery.c.id == row.id)
        connection.execute(here.values(message=row.message[:-1] + b"!"))


def _address(office: Office) -> None:
    with office.database.writing() as connection:
        here = update(delivery).where(delivery.c.client == "acme")
        connection.execute(here.values(address="other@acme-client.cn"))


def _relay(office: Office) -> None:
    office.limit(19_000_000)


@pytest.mark.parametrize(
    ("change", "called"),
    [
        (_pdf, "edition's files"),
        (_client_list, "list of clients"),
        (_config, "configuration"),
        (_organisation, "list of clients"),
        (_contact, "list of clients"),
        (_new_client, "list of clients"),
        (_blob, "messages"),
        (_blob_gone, "messages"),
        (_linked, "messages"),
        (_linked_gone, "messages"),
        (_message, "messages"),
        (_address, "messages"),
        (_relay, "configuration"),
    ],
)
def test_any_change_voids_an_approval(office: Office, change: Change, called: str) -> None:
    """A byte of a PDF, the clients, the configuration or a message: 77 (D18)."""
    _is_void_after(office, change, called)


def test_another_template_voids_an_approval(office: Office, templates: Path) -> None:
    """A byte of one is enough (D18)."""
    office.plan()
    path = templates / "mail" / "words.txt.j2"
    _is_void_after(office, lambda _: path.write_text(path.read_text() + " "), "templates")


def _is_void_after(office: Office, change: Change, called: str) -> None:
    assert approve(office.desk, NAME, "Li Na").holds
    refuse_unless_approved(office.desk, NAME)
    change(office)
    assert not verdict(office.desk, NAME).holds
    with pytest.raises(ApprovalMissingError, match=called) as caught:
        refuse_unless_approved(office.desk, NAME)
    assert caught.value.exit_code == 77
    with pytest.raises(ApprovalMissingError, match=called):
        approve(office.desk, NAME, "Wang Fang")


def test_what_was_approved_before_does_not_count_for_a_new_plan(office: Office) -> None:
    """A change, a new plan: the mailing has to be approved again."""
    approve(office.desk, NAME, "Li Na")
    office.clients(*_clients(), client_of("new"))
    assert office.plan().fresh
    assert _state(office) == "planned"
    with pytest.raises(ApprovalMissingError, match="0 of 1"):
        refuse_unless_approved(office.desk, NAME)


def test_a_change_taken_back_leaves_the_approval(office: Office) -> None:
    """What counts is what is there when it is sent."""
    approve(office.desk, NAME, "Li Na")
    office.configure(sender_name="B")
    assert not verdict(office.desk, NAME).holds
    office.configure(sender_name="")
    assert verdict(office.desk, NAME).holds


# -- who, how many, when --------------------------------------------------------------------


def test_different_people_have_to_approve(office: Office) -> None:
    """The same name in another spelling is the same person."""
    office.configure(approvals=2)
    office.plan()
    for name in ("Li Na", " li  na ", "ＬＩ ＮＡ"):
        assert not approve(office.desk, NAME, name).holds
    assert _state(office) == "planned"
    found = approve(office.desk, NAME, "Wang Fang")
    assert found.holds
    assert found.approved_by == ("Li Na", "Wang Fang")
    assert _state(office) == "approved"


def test_two_who_approve_at_the_same_moment_are_two(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each looked before the other wrote: the second makes the mailing approved all the same."""
    office.configure(approvals=2)
    office.plan()
    before = verdict(office.desk, NAME)
    monkeypatch.setattr("reportgen.deliver.planning.approval.verdict", lambda *_: before)
    assert not approve(office.desk, NAME, "Li Na").holds
    assert not approve(office.desk, NAME, "li na").holds
    assert approve(office.desk, NAME, "Wang Fang").approved_by == ("Li Na", "Wang Fang")
    assert _state(office) == "approved"


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\x1b[2Jb"])
def test_who_approves_has_a_name(office: Office, name: str) -> None:
    """Nobody, and what cannot be printed, does not approve."""
    with pytest.raises(UsageError):
        approve(office.desk, NAME, name)


def test_only_what_was_planned_can_be_approved(office: Office) -> None:
    """There is a sentence for a mailing that is not there, and for one that is done."""
    with pytest.raises(MissingInputError, match="2026-02"):
        approve(office.desk, "2026-02", "Li Na")
    office.sent()
    with pytest.raises(LockedError, match="is done"):
        approve(office.desk, NAME, "Li Na")


def test_automatic_approval_still_holds_to_what_was_planned(office: Office) -> None:
    """With ``auto`` nobody has to say yes, and a change is a change all the same."""
    office.configure(approval="auto")
    office.plan()
    refuse_unless_approved(office.desk, NAME)
    _blob(office)
    with pytest.raises(ApprovalMissingError):
        refuse_unless_approved(office.desk, NAME)


def test_a_mailing_that_became_late_is_not_sent(office: Office) -> None:
    """Approved in time and forgotten: no client gets it weeks later unasked (D16)."""
    approve(office.desk, NAME, "Li Na")
    office.now += timedelta(days=20)
    with pytest.raises(ApprovalMissingError, match="late"):
        refuse_unless_approved(office.desk, NAME)
    office.plan(allowed=frozenset(("late",)), anew=True)
    approve(office.desk, NAME, "Li Na")
    office.now += timedelta(days=2)
    refuse_unless_approved(office.desk, NAME)


def test_a_mailing_that_has_begun_goes_on_however_late(office: Office) -> None:
    """What waits for its last try is not stopped by the calendar."""
    approve(office.desk, NAME, "Li Na")
    office.sent(states=("deferred",), state="sending")
    office.now += timedelta(days=20)
    refuse_unless_approved(office.desk, NAME)


def test_once_begun_a_change_of_the_clients_needs_a_word(office: Office) -> None:
    """Frozen messages may go on after a new approval; damaged ones never."""
    approve(office.desk, NAME, "Li Na")
    office.sent(states=("deferred",) * 3, state="sending")
    office.clients(*_clients(), client_of("new"))
    with pytest.raises(ApprovalMissingError, match="0 of 1"):
        refuse_unless_approved(office.desk, NAME)
    assert approve(office.desk, NAME, "Li Na").changed == ("recipients",)
    refuse_unless_approved(office.desk, NAME)
    _blob(office)
    with pytest.raises(ApprovalMissingError, match="messages"):
        refuse_unless_approved(office.desk, NAME)


def test_files_of_what_was_sent_may_go(office: Office) -> None:
    """The outbox of rows in their last state can be tidied while others wait."""
    approve(office.desk, NAME, "Li Na")
    office.sent(state="sending")
    shutil.rmtree(office.output / "outbox")
    assert verdict(office.desk, NAME).holds


def test_a_correction_is_not_voided_by_what_it_corrects(office: Office) -> None:
    """Its list is of those who got the first when it was planned."""
    office.sent(states=("unknown",))
    edition_of(office.output, "2026-01-r2")
    office.plan("2026-01-r2")
    approve(office.desk, "2026-01-r2", "Li Na")
    office.sent(states=("failed",))
    assert verdict(office.desk, "2026-01-r2").holds
    office.clients(*_clients()[1:])
    assert not verdict(office.desk, "2026-01-r2").holds


def test_a_mailing_to_oneself_needs_no_approval(office: Office) -> None:
    """And its messages are looked at all the same."""
    plan_test(office.desk, editions.find(office.output, NAME), "me@house-firm.cn")
    refuse_unless_approved(office.desk, "test-2026-01-1")
    _blob(office)
    with pytest.raises(ApprovalMissingError):
        refuse_unless_approved(office.desk, "test-2026-01-1")


# -- suppressed meanwhile -------------------------------------------------------------------


def test_who_leaves_after_the_plan_gets_nothing(office: Office) -> None:
    """Needs no new approval; the row says why, and its journal too."""
    approve(office.desk, NAME, "Li Na")
    address, key = "acme@acme-client.cn", office.desk.key
    suppression.suppress(office.database, key, address, "unsubscribed", "", "them", office.now)
    make_ready(office.desk, NAME)
    rows = {one.client: one for one in office.rows()}
    assert (rows["acme"].state, rows["acme"].reason) == ("suppressed", "unsubscribed")
    assert rows["beta"].state == "planned"
    assert suppress_now(office.desk, NAME) == 0
    assert verdict(office.desk, NAME).holds


def test_what_is_in_doubt_is_not_sent_again_to_who_is_suppressed(office: Office) -> None:
    """It is held, for the relay's log or a person; what the log puts into the queue goes."""
    office.sent(states=("unknown", "unknown"), state="sending")
    address, key = "acme@acme-client.cn", office.desk.key
    suppression.suppress(office.database, key, address, "complaint", "", "them", office.now)
    approve(office.desk, NAME, "Li Na")
    make_ready(office.desk, NAME)
    rows = {one.client: one for one in office.rows()}
    assert (rows["acme"].state, rows["beta"].state) == ("held", "unknown")
    assert rows["acme"].reason == "in doubt, and suppressed by now: complaint"
    office.sent(states=("queued", "unknown"), state="sending")
    make_ready(office.desk, NAME)
    assert [one.state for one in office.rows()][:2] == ["suppressed", "unknown"]


def test_what_is_done_needs_no_approval_any_more(office: Office) -> None:
    """Nothing of it leaves, so a later program may send it again: what is held is another thing."""
    office.sent(states=("sent",), state="done")
    make_ready(office.desk, NAME)
    office.sent(states=("held",), state="done")
    with pytest.raises(ApprovalMissingError):
        make_ready(office.desk, NAME)


@pytest.mark.parametrize("state", ["sending", "unknown", "sent", "held", "failed"])
def test_what_may_have_left_is_not_called_suppressed(office: Office, state: str) -> None:
    """A row keeps the state that says what became of it."""
    office.sent(states=(state,), state="sending")
    address, key = "acme@acme-client.cn", office.desk.key
    suppression.suppress(office.database, key, address, "complaint", "", "them", office.now)
    assert suppress_now(office.desk, NAME) == 0
    assert office.rows()[0].state == state


def test_a_verdict_can_be_written_down(office: Office) -> None:
    """For --json."""
    from dataclasses import asdict

    assert json.loads(json.dumps(asdict(verdict(office.desk, NAME))))["approved_by"] == []


@postgres.needed
def test_the_same_on_postgresql(tmp_path: Path) -> None:
    """Plan, approve, plan again and void behave as with a file."""
    with postgres.running() as url:
        office = office_in(tmp_path, database=url, links_url="https://reports.house-firm.cn/links")
        office.clients(*_clients())
        assert office.plan().rows == {"planned": 3}
        assert not office.plan().fresh
        assert approve(office.desk, NAME, "Li Na").holds
        _config(office)
        assert not verdict(office.desk, NAME).holds
        assert office.plan().fresh
        assert not verdict(office.desk, NAME).holds
        office.database.close()
