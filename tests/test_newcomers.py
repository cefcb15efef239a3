"""Newcomers: who joins after a mailing has begun gets the edition in a further one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from plans import NOW, Office, client_of, edition_of, office_in, read
from sqlalchemy import select

from reportgen.archive.editions import find
from reportgen.deliver.clients import suppression
from reportgen.deliver.clients.client import Contact
from reportgen.deliver.copies.mark import REFERENCE
from reportgen.deliver.copies.trace import trace_mark
from reportgen.deliver.names import planning_of
from reportgen.deliver.planning import links
from reportgen.deliver.planning.approval import approve, refuse_unless_approved, verdict
from reportgen.deliver.planning.guards import GuardedError
from reportgen.deliver.planning.newcomers import next_name, plan_newcomers
from reportgen.deliver.planning.plan import Order, Planned
from reportgen.deliver.planning.test_mail import plan_test
from reportgen.deliver.sending.resolve import resolve
from reportgen.deliver.sending.status import meant, standing
from reportgen.deliver.tables import mailing
from reportgen.errors import ApprovalMissingError, LockedError, MissingInputError

FIRST, SECOND = "2026-01+1", "2026-01+2"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A house that has sent January's edition to two clients."""
    made = office_in(tmp_path, links_url="https://reports.house-firm.cn/links")
    made.clients(client_of("acme"), client_of("beta"))
    made.plan()
    made.sent()
    yield made
    made.database.close()


def _join(office: Office, *more: str, **changes: Any) -> None:
    office.clients(
        client_of("acme"), client_of("beta"), *(client_of(one, **changes) for one in more)
    )


def _plan(office: Office, name: str = "2026-01", **order: Any) -> Planned | None:
    return plan_newcomers(office.desk, find(office.output, name), Order(**{"by": "Li Na", **order}))


def _who(office: Office, name: str = FIRST) -> list[tuple[str, str]]:
    return [(one.client, one.language) for one in office.rows(name)]


# -- who is new -----------------------------------------------------------------------------


def test_who_joined_gets_a_mailing_of_its_own(office: Office) -> None:
    """A new client alone, with identities of the supplement; the edition's mailing stays."""
    before = office.rows()
    _join(office, "gamma", protection="mark")
    found = _plan(office)
    assert found is not None
    assert (found.name, found.kind, found.rows, found.fresh) == (
        FIRST,
        "supplement",
        {"planned": 1},
        True,
    )
    assert _who(office) == [("gamma", "en")]
    assert office.rows() == before
    (row,) = office.rows(FIRST)
    assert row.reference.startswith(f"{FIRST}/")
    message, text, _ = read(office.messages(FIRST)[0])
    assert message["Feedback-ID"] == f"{FIRST}:reportgen"
    assert row.reference in text
    told = standing(office.database, FIRST)
    assert (told.edition, told.state, told.adds_up) == ("2026-01", "planned", True)


def test_the_mark_of_a_supplement_leads_to_its_client(office: Office) -> None:
    """The printed reference, ``2026-01+1/…``, is traced and resolved like others."""
    _join(office, "gamma", protection="mark")
    _plan(office)
    (row,) = office.rows(FIRST)
    (trail,) = trace_mark(row.reference, office.database).trails
    assert (trail.client, trail.mailing) == ("gamma", FIRST)
    office.sent(FIRST, states=["held"])
    assert resolve(office.database, row.reference, "accepted", "Li", NOW) == row.reference
    printed = f"Made for Gamma. 2026-01-r2+12/{'0' * 12} {row.reference}"
    assert REFERENCE.findall(printed) == [f"2026-01-r2+12/{'0' * 12}", row.reference]


def test_a_corrected_address_and_a_further_language_are_new(office: Office) -> None:
    """A row is a client, an address, a language; capitals do not make another address."""
    office.clients(
        client_of("acme", contacts=(Contact("A", "right@acme-client.cn"),)),
        client_of("beta", languages=("en", "ja"), contacts=(Contact("B", "Beta@beta-client.cn"),)),
    )
    assert _plan(office) is not None
    assert _who(office) == [("acme", "en"), ("beta", "ja")]


def test_whoever_was_on_the_list_is_not_new(office: Office) -> None:
    """Failed, suppressed and held rows are settled in their mailing, never by a second one."""
    office.sent(states=("failed", "suppressed"))
    assert _plan(office) is None
    office.sent(states=("held", "queued"), state="paused")
    assert _plan(office) is None


def test_a_test_does_not_count(office: Office) -> None:
    """A mail to the house in a client's place is no copy of the client's."""
    _join(office, "gamma")
    found = plan_test(office.desk, find(office.output, "2026-01"), "me@house-firm.cn")
    office.sent(found.name)
    assert _plan(office) is not None
    assert _who(office) == [("gamma", "en")]


def test_one_after_the_other(office: Office) -> None:
    """A plan not begun is made anew with who joined since; one that has begun has a successor."""
    _join(office, "gamma")
    _plan(office)
    approve(office.desk, FIRST, "Li Na")
    again = _plan(office)
    assert again is not None
    assert not again.fresh
    assert verdict(office.desk, FIRST).holds
    _join(office, "gamma", "delta")
    again = _plan(office)
    assert again is not None
    assert (again.name, again.fresh) == (FIRST, True)
    assert not verdict(office.desk, FIRST).holds
    assert _who(office) == [("delta", "en"), ("gamma", "en")]
    office.sent(FIRST)
    assert _plan(office) is None
    _join(office, "gamma", "delta", "eta")
    assert _plan(office) is not None
    assert _who(office, SECOND) == [("eta", "en")]
    assert next_name(office.database, "2026-01") == SECOND


def test_a_plan_for_nobody_is_withdrawn(office: Office) -> None:
    """When the newcomer has gone, or nothing may be sent to it, there is no supplement."""
    _join(office, "gamma")
    _plan(office)
    _join(office)
    assert _plan(office) is None
    assert office.rows(FIRST) == []
    _join(office, "gamma")
    key = office.desk.key
    address = "gamma@gamma-client.cn"
    suppression.suppress(office.database, key, address, "complaint", "", "Li Na", NOW)
    assert _plan(office) is None
    _join(office, "delta", "gamma")
    found = _plan(office)
    assert found is not None
    assert found.rows == {"planned": 1, "suppressed": 1}


# -- revisions ------------------------------------------------------------------------------


def test_a_correction_goes_to_newcomers_of_the_first_too(office: Office) -> None:
    """Who got the edition as a newcomer gets what corrects it; who joins then, the correction."""
    _join(office, "gamma")
    _plan(office)
    office.sent(FIRST)
    edition_of(office.output, "2026-01-r2")
    _join(office, "gamma", "delta")
    assert office.plan("2026-01-r2").rows == {"planned": 3}
    with pytest.raises(MissingInputError):
        _plan(office, "2026-01-r2")
    office.sent("2026-01-r2")
    with pytest.raises(GuardedError, match="superseded"):
        _plan(office)
    found = _plan(office, "2026-01-r2")
    assert found is not None
    assert found.name == "2026-01-r2+1"
    assert _who(office, found.name) == [("delta", "en")]


def test_who_may_still_get_the_first_is_not_new(office: Office) -> None:
    """What a person has to decide of an earlier revision comes first; then it is corrected."""
    office.sent(states=("sent", "held"), state="sending")
    edition_of(office.output, "2026-01-r2")
    assert office.plan("2026-01-r2").rows == {"planned": 1}
    office.sent("2026-01-r2")
    assert _plan(office, "2026-01-r2") is None
    office.sent()
    assert _plan(office, "2026-01-r2") is not None
    assert _who(office, "2026-01-r2+1") == [("beta", "en")]


# -- what keeps it from being made ----------------------------------------------------------


def test_before_the_mailing_begins_there_are_no_newcomers(tmp_path: Path) -> None:
    """As long as nothing has left, who joins belongs on the edition's own list."""
    office = office_in(tmp_path)
    office.clients(client_of("acme"))
    for _ in range(2):  # neither before it is planned nor before it is sent
        with pytest.raises(MissingInputError) as caught:
            _plan(office)
        assert caught.value.hint.endswith("reportgen deliver plan 2026-01")
        office.plan()
    office.database.close()


def test_how_many_are_new_is_no_matter_how_old_it_is_is_one(office: Office) -> None:
    """The guard of the count is not asked, that of the age is."""
    _join(office, *(f"n{one}" for one in range(9)))
    office.now = NOW + timedelta(days=60)
    with pytest.raises(GuardedError) as caught:
        _plan(office)
    assert [one.code for one in caught.value.problems] == ["late"]
    found = _plan(office, allowed=frozenset({"late"}))
    assert found is not None
    assert found.rows == {"planned": 9}


def test_an_address_of_another_client_is_not_new(office: Office) -> None:
    """A newcomer does not get what goes to the address of one who has the edition."""
    _join(office, "gamma", contacts=(Contact("", "acme@acme-client.cn"),))
    with pytest.raises(GuardedError) as caught:
        _plan(office)
    assert [one.code for one in caught.value.problems] == ["shared"]


def test_once_it_has_begun_it_is_not_planned_again(office: Office) -> None:
    """A supplement that was sent keeps its rows and its approval needs no plan."""
    _join(office, "gamma")
    _plan(office)
    office.sent(FIRST, state="sending", states=["deferred"])
    assert _plan(office) is None
    office.sent(FIRST)
    with pytest.raises(LockedError):
        approve(office.desk, FIRST, "Li Na")


# -- approval -------------------------------------------------------------------------------


def test_a_changed_newcomer_voids_the_approval(office: Office) -> None:
    """Of the list those who are on it count; what to call then is said."""
    _join(office, "gamma")
    _plan(office)
    assert approve(office.desk, FIRST, "Li Na").holds
    _join(office, "gamma", "delta")
    assert verdict(office.desk, FIRST).holds
    _join(office, "gamma", organisation="Gamma KK")
    with pytest.raises(ApprovalMissingError) as caught:
        refuse_unless_approved(office.desk, FIRST)
    assert caught.value.hint.endswith("reportgen deliver plan 2026-01 --newcomers")
    with pytest.raises(MissingInputError) as missing:
        verdict(office.desk, SECOND)
    assert planning_of(SECOND) in missing.value.hint


def test_links_of_a_supplement_are_its_own(office: Office) -> None:
    """A newcomer's folder is kept as long as others', also beside a plan that was replaced."""
    _join(office, "gamma", protection="link")
    _plan(office)
    assert links.sha256(office.desk, FIRST, ("gamma", "gamma@gamma-client.cn", "en"))
    office.now = NOW + timedelta(days=2)
    assert links.sweep(office.desk) == 0


# -- which is meant -------------------------------------------------------------------------


def test_which_mailing_is_meant_where_none_is_named(office: Office) -> None:
    """The last one planned, but of its edition none that is done while another is not."""
    _join(office, "gamma")
    office.now += timedelta(hours=1)
    _plan(office)
    assert meant(office.database) == FIRST
    office.sent(FIRST)
    assert meant(office.database) == FIRST
    office.sent(state="sending", states=["deferred"])
    assert meant(office.database) == "2026-01"
    edition_of(office.output, "2026-02")
    office.now += timedelta(days=31)
    office.plan("2026-02", allowed=frozenset({"count"}))
    assert meant(office.database) == "2026-02"
    with office.database.reading() as connection:
        kinds = connection.scalars(select(mailing.c.kind).order_by(mailing.c.planned_at)).all()
    assert kinds == ["edition", "supplement", "edition"]
