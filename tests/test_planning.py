"""Planning a mailing: who gets it, what keeps it from being made, what it is made of."""

from __future__ import annotations

import itertools
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from plans import NOW, Office, client_of, edition_of, office_in, read
from sealed import opened
from sqlalchemy import func, select

from reportgen.archive import editions
from reportgen.deliver.clients import suppression
from reportgen.deliver.clients.client import Contact
from reportgen.deliver.database import Database
from reportgen.deliver.message.frozen import decode
from reportgen.deliver.planning import links
from reportgen.deliver.planning.guards import GuardedError
from reportgen.deliver.planning.test_mail import plan_test
from reportgen.deliver.tables import approval, copy, journal, mailing
from reportgen.errors import ConfigError, DiskError, LockedError, UsageError
from reportgen.secret import Secret


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A house with an edition, with links and returned mail."""
    made = office_in(
        tmp_path,
        links_url="https://reports.house-firm.cn/links",
        bounces="bounces@house-firm.cn",
        unsubscribe_url="https://reports.house-firm.cn/leave",
        unsubscribe_mail="leave@house-firm.cn",
    )
    yield made
    made.database.close()


def _problems(office: Office, name: str = "2026-01", **order: Any) -> list[str]:
    with pytest.raises(GuardedError) as caught:
        office.plan(name, **order)
    return [one.code for one in caught.value.problems]


def _count(database: Database, table: Any) -> int:
    with database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


# -- who gets it ----------------------------------------------------------------------------


def test_a_message_for_each_contact_and_language(office: Office) -> None:
    """One row for each contact and language, the house first and as canary, one address each."""
    two = (Contact("A", "a@acme-client.cn"), Contact("B", "b@acme-client.cn"))
    office.configure(canary=2)
    office.clients(
        client_of("acme", contacts=two, languages=("zh", "ja")),
        client_of("own", house=True),
        client_of("gone", active_to=date(2026, 1, 5)),
        client_of("later", active_from=date(2026, 1, 7)),
    )
    assert office.plan().rows == {"planned": 5}
    rows = office.rows()
    assert [(one.client, one.address[0], one.language) for one in rows] == [
        ("own", "o", "en"),
        ("acme", "a", "zh"),
        ("acme", "a", "ja"),
        ("acme", "b", "zh"),
        ("acme", "b", "ja"),
    ]
    assert [one.canary for one in rows] == [True, True, False, False, False]
    assert len({one.message_id for one in rows}) == len({one.reference for one in rows}) == 5


def test_days_are_those_of_the_house(office: Office) -> None:
    """Whether somebody is a client is decided by the calendar where the house is."""
    office.clients(client_of("acme", active_from=date(2026, 1, 6)))
    office.now = NOW.replace(day=5, hour=20)  # four in the morning of the 6th in Shanghai
    assert office.plan().rows == {"planned": 1}


def test_whom_nothing_is_sent_to_stays_on_the_list(office: Office) -> None:
    """A suppressed address has a row with the reason and no message, and is no canary."""
    office.configure(canary=1)
    office.clients(client_of("acme"), client_of("beta"))
    address = "acme@acme-client.cn"
    key = office.desk.key
    suppression.suppress(office.database, key, address, "complaint", "", "Li Na", NOW)
    assert office.plan().rows == {"suppressed": 1, "planned": 1}
    first, second = office.rows()
    assert (first.state, first.reason, first.size, first.canary) == (
        "suppressed",
        "complaint",
        0,
        False,
    )
    assert second.canary


def test_a_correction_goes_to_those_who_may_have_the_first(office: Office) -> None:
    """Sent, in doubt and under way count as having it; failed and suppressed do not."""
    states = ("sent", "unknown", "sending", "failed", "suppressed", "held")
    office.clients(*(client_of(f"c{place}") for place in range(len(states))))
    office.plan()
    office.sent(states=states)
    edition_of(office.output, "2026-01-r2")
    office.clients(*(client_of(f"c{place}") for place in (0, 1, 3, 4, 5)), client_of("new"))
    found = office.plan("2026-01-r2")
    assert found.kind == "correction"
    assert [one.client for one in office.rows("2026-01-r2")] == ["c0", "c1"]
    assert found.left == ("c2",)


def test_a_correction_follows_a_client(office: Office) -> None:
    """Who has another address or language by now gets it there; the first still counts."""
    office.clients(*(client_of(name, languages=("en",)) for name in ("acme", "beta", "core")))
    office.plan()
    office.sent(states=("sent", "sent", "sent"))
    edition_of(office.output, "2026-01-r2")
    moved = Contact("Desk of acme", "new@acme-client.cn")
    office.clients(
        client_of("acme", contacts=(moved,)),
        client_of("beta", languages=("zh", "ja")),
        client_of("core", languages=("en", "zh")),
    )
    found = office.plan("2026-01-r2")
    assert (found.kind, found.left) == ("correction", ())
    rows = [(one.client, one.address, one.language) for one in office.rows("2026-01-r2")]
    assert rows == [
        ("acme", "new@acme-client.cn", "en"),
        ("beta", "beta@beta-client.cn", "zh"),
        ("beta", "beta@beta-client.cn", "ja"),
        ("core", "core@core-client.cn", "en"),
    ]


def test_a_correction_can_go_to_everybody(office: Office) -> None:
    """Where it is asked for, or nobody had the first, a revision is an edition like others."""
    edition_of(office.output, "2026-01-r2")
    office.clients(client_of("acme"))
    assert office.plan("2026-01-r2").kind == "edition"
    office.sent("2026-01-r2")
    edition_of(office.output, "2026-01-r3")
    office.clients(client_of("acme"), client_of("new"))
    assert office.plan("2026-01-r3").rows == {"planned": 1}
    assert office.plan("2026-01-r3", everybody=True, anew=True).rows == {"planned": 2}


# -- what keeps it from being made ----------------------------------------------------------


def test_everything_wrong_is_told_at_once(office: Office) -> None:
    """Late, missing files, addresses two clients have or nobody has, missing passwords."""
    office.configure(links_url="")
    office.clients(
        client_of("acme", languages=("zh-Hant",)),
        client_of("beta", protection="password", formats=("pdf", "html")),
        client_of("gamma", protection="link"),
        client_of("delta", contacts=(Contact("", "acme@acme-client.cn"),)),
        client_of("nobody", contacts=(Contact("", "x@mail.example.com"),)),
    )
    office.now = NOW + timedelta(days=30)
    assert sorted(_problems(office)) == [
        "late",
        "link",
        "missing",
        "password",
        "password",
        "shared",
        "test-domains",
    ]
    assert _count(office.database, mailing) == 0


def test_only_what_may_be_meant_can_be_allowed(office: Office) -> None:
    """--allow helps against age, numbers and test domains, and against nothing else (D16)."""
    office.clients(client_of("acme"))
    office.now = NOW + timedelta(days=11)
    assert _problems(office) == ["late"]
    assert _problems(office, allowed=frozenset(("count", "test-domains"))) == ["late"]
    assert office.plan(allowed=frozenset(("late",))).rows == {"planned": 1}
    office.clients(client_of("acme", languages=("zh-Hant",)))
    allowed = frozenset(("late", "missing", "edition"))
    assert _problems(office, allowed=allowed) == ["missing"]


def test_a_damaged_edition_is_not_delivered(office: Office) -> None:
    """A changed file, one too many, and a missing one are each named."""
    office.clients(client_of("acme"))
    edition = opened(editions.find(office.output, "2026-01"))
    with (edition.folder / "nasdaq-risk-assessment-2026-01.en.pdf").open("ab") as file:
        file.write(b"!")
    (edition.folder / "more.txt").write_text("more")
    (edition.folder / "run.json").unlink()
    assert _problems(office) == ["edition"] * 3


def test_an_edition_that_was_corrected_is_not_delivered(office: Office) -> None:
    """The newest revision is."""
    office.clients(client_of("acme"))
    edition_of(office.output, "2026-01-r2")
    assert _problems(office) == ["superseded"]


def test_an_edition_of_another_month_is_not_delivered(office: Office) -> None:
    """The month it is named by has to be that of the day printed on it, and of its headlines."""
    office.clients(client_of("acme"))
    edition_of(office.output, "2025-11", dated=date(2025, 12, 5))
    assert _problems(office, "2025-11", allowed=frozenset(("late",))) == ["month", "month"]


@pytest.mark.parametrize(("now", "refused"), [(10, False), (12, False), (13, True), (7, True)])
def test_numbers_far_from_the_last_edition_need_a_word(
    office: Office, now: int, *, refused: bool
) -> None:
    """A fifth more or fewer is usual; more is asked about (boundary included)."""
    edition_of(office.output, "2025-12")
    office.clients(*(client_of(f"c{place}") for place in range(10)))
    office.plan("2025-12", allowed=frozenset(("late",)))
    office.sent("2025-12")
    office.clients(*(client_of(f"c{place}") for place in range(now)))
    if refused:
        assert _problems(office) == ["count"]
        office.plan(allowed=frozenset(("count",)))
    else:
        office.plan()
    assert len(office.rows()) == now


def test_the_same_address_is_the_same_in_capitals(office: Office) -> None:
    """Two clients may share an address only where the house says so."""
    office.clients(
        client_of("acme"), client_of("beta", contacts=(Contact("", "ACME@acme-client.cn"),))
    )
    assert _problems(office) == ["shared"]
    office.configure(shared_addresses=True)
    assert office.plan().rows == {"planned": 2}


def test_without_a_sender_nothing_is_planned(office: Office) -> None:
    """The sentence names the setting."""
    office.configure(sender="")
    office.clients(client_of("acme"))
    with pytest.raises(ConfigError, match="no sender's address"):
        office.plan()


def test_nobody_to_deliver_to(office: Office) -> None:
    """An empty list is a mistake, and so is one on which all are suppressed."""
    assert _problems(office) == ["nobody"]


def test_a_full_disk_is_seen_before_it_is_full(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Personal copies need room; without it nothing is begun."""
    office.clients(client_of("acme", protection="mark"))
    usage = type("Usage", (), {"free": 1_000_000})
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage)
    with pytest.raises(DiskError, match="are free"):
        office.plan()


def test_every_message_that_cannot_be_made_is_named(office: Office) -> None:
    """What a name cannot be printed for is told for all clients together; nothing is written."""
    office.clients(
        client_of("acme", contacts=(Contact("", "acme@acme-client.cn"),)),
        client_of("bad1", protection="password"),
        client_of("bad2", protection="password"),
    )
    office.passwords = {"bad1": Secret("x" * 9), "bad2": Secret("y" * 9)}

    def refuse(pdf: bytes, password: Secret) -> bytes:
        from reportgen.errors import DataError

        raise DataError("No.")

    broken = replace(office.desk, craft=replace(office.desk.craft, encrypted=refuse))
    from reportgen.deliver.planning.plan import Order, plan

    with pytest.raises(GuardedError) as caught:
        plan(broken, editions.find(office.output, "2026-01"), Order(by="x"))
    assert [one.sentence for one in caught.value.problems] == ["bad1: No.", "bad2: No."]
    assert _count(office.database, mailing) == 0


# -- what it is made of ---------------------------------------------------------------------


def test_protection_decides_what_a_client_gets(office: Office) -> None:
    """None: the edition's file, shared. Mark and password: one's own. Link: nothing attached."""
    office.clients(
        *(client_of(one, protection=one) for one in ("none", "mark", "password", "link"))
    )
    office.passwords = {"password": Secret("correct horse")}
    office.plan()
    rows = {one.client: one for one in office.rows()}
    plain = (
        editions.find(office.output, "2026-01").folder / "nasdaq-risk-assessment-2026-01.en.pdf"
    ).read_bytes()
    outbox = office.desk.outbox
    got = {name: read(decode(row.message).assemble(outbox))[2] for name, row in rows.items()}
    assert got["none"] == [plain]
    assert got["mark"][0].startswith(plain)
    assert len(got["mark"][0]) > len(plain)
    assert b"Mark" not in got["password"][0]
    assert got["link"] == []
    with office.database.reading() as connection:
        copies = connection.execute(select(copy).order_by(copy.c.client)).all()
    assert [one.client for one in copies] == ["link", "mark", "password"]
    assert len({one.code for one in copies}) == 3


def test_each_format_of_a_copy_has_a_mark_of_its_own(office: Office) -> None:
    """PDF and page of one client are two copies."""
    office.clients(client_of("acme", protection="mark", formats=("pdf", "html")))
    office.plan()
    with office.database.reading() as connection:
        found = connection.execute(select(copy.c.format, copy.c.code)).all()
    assert sorted(one.format for one in found) == ["html", "pdf"]
    assert len({one.code for one in found}) == 2


def test_a_message_that_is_too_large_becomes_a_link_or_is_held(office: Office) -> None:
    """At the limit it is sent; a byte above it there is a link, or it is held (M8)."""
    edition_of(office.output, "2026-02", size=40_000)
    office.now = NOW.replace(month=2)
    office.clients(client_of("acme"))
    office.plan("2026-02")
    size = office.rows("2026-02")[0].size
    office.limit(size)
    office.plan("2026-02")
    assert (office.rows("2026-02")[0].state, office.rows("2026-02")[0].size) == ("planned", size)
    office.limit(size - 1)
    office.plan("2026-02")
    row = office.rows("2026-02")[0]
    assert row.state == "planned"
    assert row.size < 10_000
    (linked,) = (office.output / links.FOLDER).glob("*/*.pdf")
    assert linked.read_bytes() == b"en pdf " * 40_000
    office.configure(links_url="")
    office.plan("2026-02")
    row = office.rows("2026-02")[0]
    assert row.state == "held"
    assert "larger" in row.reason


def test_the_size_that_was_planned_is_the_size_of_the_bytes(office: Office) -> None:
    """For every message, whatever goes with it (M8)."""
    kinds = itertools.product(("none", "mark", "link"), ("zh", "ja", "en"), (1, 2))
    forms = {1: ("pdf",), 2: ("pdf", "html")}
    office.clients(
        *(
            client_of(f"c{place}", protection=kind, languages=(language,), formats=forms[count])
            for place, (kind, language, count) in enumerate(kinds)
        )
    )
    office.plan()
    assert [one.size for one in office.rows()] == [len(one) for one in office.messages()]


def test_who_writes_and_where_answers_go(office: Office) -> None:
    """Sender, names, answers, returned mail and the ways to leave are those of the settings."""
    office.configure(sender_name="研究部", reply_to="desk@house-firm.cn")
    office.clients(client_of("acme"))
    office.plan()
    found, _, _ = read(office.messages()[0])
    assert found["From"].addresses[0].display_name == "研究部"
    assert found["From"].addresses[0].addr_spec == "news@house-firm.cn"
    assert found["Reply-To"] == "desk@house-firm.cn"
    assert "https://reports.house-firm.cn/leave/" in found["List-Unsubscribe"]
    assert "mailto:leave@house-firm.cn" in found["List-Unsubscribe"]
    envelope = office.rows()[0].envelope_from
    assert envelope.startswith("bounces+")
    assert envelope.endswith("@house-firm.cn")
    office.configure(bounces="")
    office.plan()
    assert office.rows()[0].envelope_from == "news@house-firm.cn"


def test_links_lead_to_files_nobody_can_guess(office: Office) -> None:
    """Each recipient has a token of 40 digits of its own, named in no other's mail."""
    office.clients(*(client_of(f"c{place}", protection="link") for place in range(3)))
    office.plan()
    folders = sorted((office.output / links.FOLDER).iterdir())
    assert len(folders) == 3
    assert all(len(one.name) == 40 for one in folders)
    for one in folders:
        assert stat.S_IMODE(one.stat().st_mode) == 0o750
        (file,) = one.iterdir()
        assert stat.S_IMODE(file.stat().st_mode) == 0o640
    texts = [read(one)[1] for one in office.messages()]
    for one in folders:
        assert sum(f"links/{one.name}/" in text for text in texts) == 1


def test_links_end(office: Office) -> None:
    """After their days they go; those of a plan that was replaced go too, and no others."""
    import os

    office.clients(client_of("acme", protection="link"), client_of("beta", protection="link"))
    office.plan()
    office.clients(client_of("acme", protection="link"))
    office.plan()
    folder = office.output / links.FOLDER
    assert links.sweep(office.desk) == 0  # made today
    for one in folder.iterdir():
        os.utime(one, (NOW.timestamp() - 90_000,) * 2)
    (folder / "robots.txt").write_text("")
    assert links.sweep(office.desk) == 1
    office.now = NOW + timedelta(days=62)
    assert links.sweep(office.desk) == 1
    assert [one.name for one in folder.iterdir()] == ["robots.txt"]


# -- again ----------------------------------------------------------------------------------


def test_planning_again_leaves_a_plan_that_holds(office: Office) -> None:
    """The same messages stay, with their moment; after a change a new plan takes their place."""
    office.clients(client_of("acme"))
    first = office.plan()
    before = office.messages()
    office.now += timedelta(hours=5)
    again = office.plan()
    assert (again.fresh, again.digest) == (False, first.digest)
    assert office.messages() == before
    office.clients(client_of("acme"), client_of("beta"))
    assert office.plan().fresh
    assert len(office.rows()) == 2
    assert _count(office.database, mailing) == 1


def test_the_same_plan_has_the_same_bytes(office: Office) -> None:
    """Of the same clients at the same moment, down to the last byte."""
    office.clients(client_of("acme", protection="mark"), client_of("beta", languages=("ja",)))
    first = office.plan()
    before = office.messages()
    assert office.plan(anew=True).digest == first.digest
    assert office.messages() == before


def test_what_has_begun_is_not_planned_again(office: Office) -> None:
    """Not while it is sent, paused or done."""
    office.clients(client_of("acme"))
    office.plan()
    for state in ("sending", "paused", "done"):
        office.sent(state=state)
        with pytest.raises(LockedError, match="has begun"):
            office.plan(anew=True)


def test_planning_writes_nothing_into_the_journal(office: Office) -> None:
    """The journal is of what happened to deliveries; numbers of replaced rows may be used again."""
    office.clients(client_of("acme"))
    office.plan()
    office.plan(anew=True)
    assert _count(office.database, journal) == 0
    assert _count(office.database, approval) == 0


# -- to oneself -----------------------------------------------------------------------------


def test_a_test_goes_to_the_house_alone(office: Office) -> None:
    """Addresses of the sender's, the operator's and the house's own domains, and no others."""
    edition = editions.find(office.output, "2026-01")
    office.clients(
        client_of("acme", languages=("zh", "ja"), protection="mark"),
        client_of("own", house=True, contacts=(Contact("", "x@own-house.cn"),)),
    )
    with pytest.raises(UsageError, match="not an address of the house"):
        plan_test(office.desk, edition, "me@acme-client.cn")
    first = plan_test(office.desk, edition, "me@house-firm.cn")
    second = plan_test(office.desk, edition, "me@own-house.cn", client="acme", languages=("ja",))
    assert (first.name, first.rows) == ("test-2026-01-1", {"planned": 3})
    assert (second.name, second.rows) == ("test-2026-01-2", {"planned": 1})
    (row,) = office.rows("test-2026-01-2")
    assert (row.client, row.address, row.language) == ("acme", "me@own-house.cn", "ja")
    raw = decode(row.message).assemble(office.desk.outbox)
    assert b"acme@acme-client.cn" not in raw
    found, _, _ = read(raw)
    assert found["Subject"].startswith("[test]")
    assert found["To"] == "me@own-house.cn"


def test_a_test_can_be_of_an_old_edition(office: Office) -> None:
    """Its age and what took its place matter to clients only; its files have to be whole."""
    office.clients(client_of("acme"))
    edition_of(office.output, "2026-01-r2")
    office.now = NOW + timedelta(days=300)
    edition = opened(editions.find(office.output, "2026-01"))
    assert plan_test(office.desk, edition, "me@house-firm.cn").rows == {"planned": 3}
    (edition.folder / "run.json").write_text("!")
    with pytest.raises(GuardedError):
        plan_test(office.desk, edition, "me@house-firm.cn")
