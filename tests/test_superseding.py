"""A corrected edition is not sent on; who still waits for it gets the correction, and only that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from plans import Office, client_of, edition_of, office_in
from sqlalchemy import select

from reportgen.deliver.planning.approval import approve
from reportgen.deliver.planning.readiness import make_ready
from reportgen.deliver.tables import mailing
from reportgen.errors import ApprovalMissingError

FIRST, SECOND = "2026-01", "2026-01-r2"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Give a house whose first mailing was stopped after one of three, and a correction."""
    made = office_in(tmp_path)
    made.clients(*(client_of(name) for name in ("acme", "beta", "gamma")))
    made.plan(FIRST)
    approve(made.desk, FIRST, "Li Na")
    made.sent(FIRST, states=("sent", "queued", "deferred"), state="paused")
    edition_of(made.output, SECOND)
    yield made
    made.database.close()


def _state(office: Office, name: str) -> str | None:
    with office.database.reading() as connection:
        return connection.scalar(select(mailing.c.state).where(mailing.c.name == name))


def test_the_first_is_not_sent_on(office: Office) -> None:
    """With its correction in the archive nothing more of it leaves, whoever approved it."""
    with pytest.raises(ApprovalMissingError, match="a correction has taken the edition's place"):
        make_ready(office.desk, FIRST)


def test_who_got_it_and_who_waits_for_it_get_the_correction(office: Office) -> None:
    """Nobody on the first list is forgotten by the second."""
    planned = office.plan(SECOND)
    assert planned.kind == "correction"
    assert [one.client for one in office.rows(SECOND)] == ["acme", "beta", "gamma"]


def test_when_the_correction_goes_the_first_is_closed(office: Office) -> None:
    """Whoever waited for it is taken out with the reason, and its status is complete."""
    office.plan(SECOND)
    approve(office.desk, SECOND, "Li Na")
    make_ready(office.desk, SECOND)
    states = [(one.state, one.reason) for one in office.rows(FIRST)]
    waited = ("suppressed", f"superseded by {SECOND}")
    assert states == [("sent", ""), waited, waited]
    assert _state(office, FIRST) == "done"
    assert all(one.state == "planned" for one in office.rows(SECOND))


def test_what_is_in_doubt_there_stays_for_a_person(office: Office) -> None:
    """A message the relay may have taken is not called suppressed."""
    office.sent(FIRST, states=("sent", "unknown", "queued"), state="paused")
    office.plan(SECOND)
    approve(office.desk, SECOND, "Li Na")
    make_ready(office.desk, SECOND)
    assert [one.state for one in office.rows(FIRST)] == ["sent", "unknown", "suppressed"]
    assert _state(office, FIRST) == "paused"
