"""What is shown before a message leaves, and that no message holds anything of another client."""

from __future__ import annotations

import re
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from letters import edition_of as whole_edition
from plans import NOW, Office, client_of, office_in, read

from reportgen.deliver.clients.client import Contact
from reportgen.deliver.message.identity import copy_code, unsubscribe_token
from reportgen.deliver.planning import links
from reportgen.deliver.planning.craft import craft_of
from reportgen.deliver.planning.desk import Desk
from reportgen.deliver.planning.plan import Order, plan
from reportgen.deliver.planning.preview import preview
from reportgen.errors import DataError, MissingInputError, UsageError
from reportgen.facts.assessment import Assessment
from reportgen.secret import Secret

NAME = "2026-01"
HOSTILE = "{{7*7}} {% raw %} <script>alert(1)</script> \"&' Ltd"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """A house with an edition, links and returned mail."""
    made = office_in(
        tmp_path / "output",
        links_url="https://reports.house-firm.cn/links",
        bounces="bounces@house-firm.cn",
        unsubscribe_url="https://reports.house-firm.cn/leave",
    )
    yield made
    made.database.close()


def _files(folder: Path, ending: str) -> list[str]:
    return sorted(one.name for one in folder.glob(f"*.{ending}"))


def test_the_preview_is_of_the_very_bytes(office: Office, tmp_path: Path) -> None:
    """Each ``.eml`` is the message that will be sent; only its owner can read any of it."""
    office.clients(client_of("acme", languages=("zh", "en")), client_of("beta", protection="mark"))
    office.plan()
    target = tmp_path / "shown" / "here"
    found = preview(office.desk, NAME, target, everything=True)
    assert (found.messages, found.rows) == (3, 3)
    assert [(target / one).read_bytes() for one in _files(target, "eml")] == office.messages()
    assert _files(target, "eml")[0] == "00001-acme-zh.eml"
    assert stat.S_IMODE(target.stat().st_mode) == 0o700
    assert {stat.S_IMODE(one.stat().st_mode) for one in target.iterdir()} == {0o600}


def test_by_default_one_of_each_sort_is_shown(office: Office, tmp_path: Path) -> None:
    """The first of each language and protection; all stand on the page."""
    office.clients(
        *(client_of(f"c{place}", languages=("zh", "ja")) for place in range(3)),
        *(client_of(f"m{place}", protection="mark", languages=("zh",)) for place in range(3)),
    )
    office.plan()
    found = preview(office.desk, NAME, tmp_path / "shown")
    assert (found.messages, found.rows) == (3, 9)
    assert _files(found.folder, "txt") == ["00001-c0-zh.txt", "00002-c0-ja.txt", "00007-m0-zh.txt"]
    page = found.index.read_text()
    assert page.count("<tr>") == 10
    assert "cid:" not in (found.folder / "00001-c0-zh.html").read_text()
    again = preview(office.desk, NAME, tmp_path / "shown", client="m2")
    assert again.messages == 1
    assert _files(again.folder, "eml") == ["00009-m2-zh.eml"]


def test_a_name_is_never_a_template_or_markup(office: Office, tmp_path: Path) -> None:
    """What a client is called comes out as it is called, and as text on the page."""
    office.clients(client_of("acme", organisation=HOSTILE, contacts=(Contact(HOSTILE, "a@b.cn"),)))
    office.plan()
    found = preview(office.desk, NAME, tmp_path / "shown")
    assert HOSTILE in (found.folder / "00001-acme-en.txt").read_text()
    page = found.index.read_text()
    assert "<script>" not in page
    assert "default-src 'none'" in page


def test_another_folder_is_not_touched(office: Office, tmp_path: Path) -> None:
    """A folder that holds something else than a preview stays as it is."""
    office.clients(client_of("acme"))
    office.plan()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "index.html").write_text("<p>Mine</p>")
    with pytest.raises(UsageError, match="something else"):
        preview(office.desk, NAME, tmp_path / "mine")
    assert (tmp_path / "mine" / "index.html").read_text() == "<p>Mine</p>"


def test_what_cannot_be_shown_is_said(office: Office, tmp_path: Path) -> None:
    """No such mailing, no such client, a message that is not what was planned."""
    office.clients(client_of("acme"))
    office.plan()
    for name, client in (("2026-02", ""), (NAME, "beta")):
        with pytest.raises(MissingInputError):
            preview(office.desk, name, tmp_path / "shown", client=client)
    for one in (office.output / "outbox").glob("*/*"):
        one.write_bytes(b"!")
    with pytest.raises(DataError):
        preview(office.desk, NAME, tmp_path / "shown")
    assert not (tmp_path / "shown").exists()


_HEARD: list[str] = []
_HEARING: list[bool] = []


def _hear(event: str, args: tuple[Any, ...]) -> None:
    if _HEARING and event.startswith(("socket.", "subprocess.", "os.system", "os.exec")):
        _HEARD.append(event)


@contextmanager
def _listening() -> Iterator[list[str]]:
    """Give the list of sockets and processes that are made meanwhile."""
    sys.addaudithook(_hear)
    _HEARD.clear()
    _HEARING.append(True)
    try:
        yield _HEARD
    finally:
        _HEARING.clear()


def test_planning_and_looking_open_no_connection(office: Office, tmp_path: Path) -> None:
    """No socket is made and no process started before anything is sent."""
    office.clients(client_of("acme", protection="link"), client_of("beta", protection="mark"))
    with _listening() as heard:
        office.plan()
        preview(office.desk, NAME, tmp_path / "shown", everything=True)
    assert heard == []


def _tokens(office: Office, row: Any) -> tuple[str, ...]:
    """Return everything that stands for a recipient in a message."""
    key, who = office.desk.key, (row.client, row.address, row.language)
    return (
        row.reference.rpartition("/")[2],
        unsubscribe_token(key, row.address),
        copy_code(key, NAME, *who),
        links.token(key, NAME, who),
    )


def test_no_message_holds_anything_of_another_client(office: Office) -> None:
    """200 clients: one address in To, none in copy; no name, address, mark of another (M7)."""
    clients = [
        client_of(
            f"qz{number:04}-client",
            organisation=f"Qz{number:04} 资本 & Söhne",
            contacts=(Contact(f"Qz{number:04} 王", f"qz{number:04}@firm{number}.cn"),),
            protection=("none", "mark", "password", "link")[number % 4],
            languages=(("zh", "ja", "en")[number % 3],),
        )
        for number in range(200)
    ]
    office.passwords = {one.id: Secret(f"{one.id} password") for one in clients}
    office.clients(*clients)
    office.plan()
    rows = office.rows()
    owners = {token[:12]: row.client for row in rows for token in _tokens(office, row)}
    assert len(owners) == 800
    for row, raw in zip(rows, office.messages(), strict=True):
        message, text, attached = read(raw)
        assert [one.addr_spec for one in message["To"].addresses] == [row.address]
        assert message["Cc"] is None
        assert message["Bcc"] is None
        page = message.get_body(("html",))
        assert page is not None
        heads = "\n".join(f"{name}: {value}" for name, value in message.items())
        said = "\n".join((heads, text, str(page.get_content())))
        said += "".join(one.decode("utf-8", "replace") for one in attached) + row.envelope_from
        named = set(re.findall(r"[Qq]z(\d{4})", said))
        assert named == {row.client[2:6]}
        runs = {run[:12] for run in re.findall("[0-9a-f]{12,}", said)}
        assert {owners[one] for one in runs if one in owners} == {row.client}
        assert "password" not in said.lower()


def test_with_the_words_and_copies_of_the_house(
    tmp_path: Path, assessment: Assessment, built: Any
) -> None:
    """From the December edition: letters in the client's language, a mark in each copy."""
    forms = [("zh", "pdf"), ("zh", "html"), ("ja", "pdf")]
    reports = {built.file(*one).name: built.file(*one).read_bytes() for one in forms}
    office = office_in(tmp_path, links_url="https://reports.house-firm.cn/links")
    edition = whole_edition(tmp_path, assessment, reports)
    office.clients(
        client_of("acme", languages=("zh",), protection="mark", formats=("pdf", "html")),
        client_of("beta", languages=("ja",), protection="password", organisation="三菱ＵＦＪ"),
    )
    office.now = NOW.replace(year=2025, month=12, day=9)
    office.passwords = {"beta": Secret("correct horse battery")}
    made = office.desk
    craft = craft_of(office.settings)
    desk = Desk(made.settings, made.database, made.key, made.now, craft, made.passwords)
    assert plan(desk, edition, Order(by="x")).rows == {"planned": 2}
    office.database.close()
    (acme, text, files), (beta, other, locked) = map(read, office.messages("2025-12"))
    assert "纳斯达克" in acme["Subject"]
    assert "ナスダック" in beta["Subject"]
    assert "Acme & Söhne" in text + str(files[1].decode())
    assert len(files) == 2
    assert files[0][:5] == locked[0][:5] == b"%PDF-"
    assert b"/Encrypt" in locked[0]
    assert "correct horse" not in other
