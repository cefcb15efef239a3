"""Unsubscribing: a POST does, a GET only shows a page, and nobody learns anything."""

from __future__ import annotations

import http.client
import io
import os
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from wsgiref.validate import validator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mailings import opened, planned, rows
from sqlalchemy import update

from reportgen.deliver.clients.suppression import find
from reportgen.deliver.database import Database
from reportgen.deliver.keys import Key, delivery_key
from reportgen.deliver.message.identity import unsubscribe_token
from reportgen.deliver.outbox import Outbox
from reportgen.deliver.tables import delivery, suppression
from reportgen.deliver.unsubscribe import (
    EVERY,
    LARGEST,
    STALE,
    STRANGERS,
    Application,
    Directory,
    Page,
    Recipient,
    recipients,
)
from reportgen.deliver.unsubscribe_pages import pages
from reportgen.deliver.unsubscribe_server import serving
from reportgen.errors import LockedError

NOW = datetime(2026, 1, 6, 9, tzinfo=UTC)
Writer = Callable[[bytes], object]
CLICK = b"List-Unsubscribe=One-Click"
FORM = (
    b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
)


@dataclass
class Said:
    """An answer."""

    status: int
    headers: dict[str, str]
    body: str


@dataclass
class Door:
    """The page, and those behind it.

    Args:
        app: the application.
        database, key: of the house.
    """

    app: Application
    database: Database
    key: Key

    def token(self, of: int = 0) -> str:
        """Return a recipient's token."""
        return unsubscribe_token(self.key, rows(self.database)[of].address)

    def ask(self, method: str, path: str, body: bytes = b"", **more: Any) -> Said:
        """Ask, through a referee who sees that both sides keep to the rules of WSGI."""
        found: list[Any] = []
        environ = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SERVER_NAME": "house.example",
            "SERVER_PORT": "443",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "https",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            **more,
        }

        def start(
            status: str, headers: list[tuple[str, str]], _: object = None
        ) -> Callable[..., Any]:
            found.extend((int(status[:3]), dict(headers)))
            return lambda data: None

        if "CONTENT_LENGTH" in more:  # the referee would not let a wrong one pass
            text = b"".join(self.app(environ, start)).decode()
        else:
            parts = validator(self.app)(environ, start)
            text = b"".join(parts).decode()
            parts.close()  # type: ignore[attr-defined]
        return Said(found[0], found[1], text)

    def reasons(self) -> list[str]:
        """Return why each recipient is suppressed; empty for who is not."""
        wanted = (find(self.database, self.key, row.address) for row in rows(self.database))
        return [one.reason if one else "" for one in wanted]


@pytest.fixture(scope="module")
def all_pages() -> Any:
    """The pages, in every language."""
    return pages("Reportgen <Research>", ("zh", "ja", "en"))


@pytest.fixture
def door(tmp_path: Path, all_pages: Any) -> Iterator[Door]:
    """The page of a house with three recipients, the second of whom reads Japanese."""
    database, key = opened(tmp_path), delivery_key(tmp_path, {})
    planned(database, Outbox(tmp_path), 3)
    with database.writing() as connection:
        connection.execute(update(delivery).where(delivery.c.position == 1).values(language="ja"))
    directory = Directory(lambda: recipients(database, key), lambda: 0.0)
    yield Door(Application(database, key, all_pages, directory, lambda: NOW), database, key)
    database.close()


def test_a_get_changes_nothing(door: Door) -> None:
    """GET and HEAD, which filters of mail send to every link, unsubscribe nobody."""
    for method in ("GET", "HEAD"):
        said = door.ask(method, f"/u/{door.token()}")
        assert said.status == 200
    assert door.reasons() == ["", "", ""]
    assert said.body == ""
    assert int(said.headers["Content-Length"]) > 1_000


@pytest.mark.parametrize("body", [CLICK, FORM, CLICK.lower()], ids=["form", "parts", "lower"])
def test_one_post_unsubscribes(door: Door, body: bytes) -> None:
    """One POST suppresses the address, as a form or in parts (RFC 8058), and only this one."""
    said = door.ask("POST", f"/u/{door.token(2)}", body)
    assert (said.status, door.reasons()) == (200, ["", "", "unsubscribed"])
    assert door.ask("POST", f"/u/{door.token(2)}/", body).status == 200
    with door.database.reading() as connection:
        assert len(connection.execute(suppression.select()).all()) == 1


def test_the_page_is_in_the_language_of_the_client(door: Door) -> None:
    """Who gets the report in Japanese is asked and told in Japanese, others in their language."""
    asked = door.ask("GET", f"/u/{door.token(1)}").body
    assert ('lang="ja"' in asked, "配信を停止する" in asked) == (True, True)
    assert '<form method="post">' in asked
    assert "You are unsubscribed" in door.ask("POST", f"/u/{door.token(0)}", CLICK).body


def test_the_page_gives_nothing_away(door: Door) -> None:
    """Nothing of a request or of the client stands on a page, and it is nowhere kept or framed."""
    row = rows(door.database)[0]
    tokens = (door.token(), "0" * 32, "<script>alert(1)</script>", "../../etc/passwd")
    for token in tokens:
        for method in ("GET", "POST", "PUT"):
            said = door.ask(method, f"/u/{token}", CLICK, QUERY_STRING="x=<b>", HTTP_HOST="<i>")
            shown = said.body + str(said.headers)
            for part in (token, row.address, row.client, "<b>", "<i>"):
                assert part not in shown
            assert said.headers["Cache-Control"] == "no-store"
            assert "frame-ancestors 'none'" in said.headers["Content-Security-Policy"]
    assert "Reportgen &lt;Research&gt;" in said.body


def test_the_page_needs_nothing_from_elsewhere(all_pages: Any) -> None:
    """Pages hold no script and load nothing; what strangers see is in every language."""
    for (language, _), page in all_pages.items():
        text = page.body.decode()
        assert not re.search(r"<script|https?://|url\(|\son\w+=", text)
        if language == EVERY:
            assert re.findall(r'<section lang="([\w-]+)"', text) == ["zh-Hans", "ja", "en"]


@pytest.mark.parametrize(
    ("method", "path", "body", "more", "status"),
    [
        ("POST", "/u/{token}", b"", {}, 400),
        ("POST", "/u/{token}", b"List-Unsubscribe=No", {}, 400),
        ("POST", "/u/{token}", CLICK, {"CONTENT_LENGTH": ""}, 411),
        ("POST", "/u/{token}", CLICK, {"CONTENT_LENGTH": "-1"}, 411),
        ("POST", "/u/{token}", CLICK, {"CONTENT_LENGTH": str(LARGEST + 1)}, 413),
        ("POST", "/u/{token}", CLICK, {"CONTENT_LENGTH": "9" * 5_000}, 413),
        ("POST", "/u/" + "0" * 32, CLICK, {}, 404),
        ("GET", "/u/" + "0" * 32, b"", {}, 404),
        ("GET", "/", b"", {}, 404),
        ("GET", "/u/{token}" + "0", b"", {}, 404),
        ("GET", "/u/" + "é" * 3_000, b"", {}, 404),
        ("DELETE", "/u/{token}", CLICK, {}, 405),
        ("OPTIONS", "/u/{token}", b"", {}, 405),
    ],
)
def test_what_is_no_click_changes_nothing(
    door: Door, method: str, path: str, body: bytes, more: dict[str, str], status: int
) -> None:
    """Requests that are no click are refused by their fault, and nobody is unsubscribed."""
    said = door.ask(method, path.replace("{token}", door.token()), body, **more)
    assert (said.status, door.reasons()) == (status, ["", "", ""])
    assert status != 405 or said.headers["Allow"] == "GET, HEAD, POST"


def test_guessing_keeps_nobody_from_unsubscribing(door: Door) -> None:
    """Who tries tokens is soon turned away, and who has one still gets through."""
    answers = {door.ask("GET", f"/u/{number:032x}").status for number in range(STRANGERS + 5)}
    assert answers == {404, 429}
    assert door.ask("POST", f"/u/{door.token()}", CLICK).status == 200


def test_new_clients_are_found() -> None:
    """A client who was planned after the start is found once the look-up is no longer fresh."""
    known, moment = {"a": Recipient("a@b.example", "en")}, [0.0]
    directory = Directory(lambda: dict(known), lambda: moment[0])
    assert directory.find("a") is not None
    known["b"] = Recipient("b@b.example", "en")
    assert directory.find("b") is None
    moment[0] = STALE
    assert directory.find("b") == known["b"]


def test_a_database_that_cannot_be_reached(door: Door) -> None:
    """When it cannot be written down, the client is told to come back, not that it is done."""

    def locked() -> dict[str, Recipient]:
        raise LockedError("held")

    happened: list[str] = []
    app = Application(
        door.database,
        door.key,
        door.app.pages,
        Directory(locked, lambda: 0.0),
        lambda: NOW,
        happened.append,
    )
    said = Door(app, door.database, door.key).ask("POST", f"/u/{door.token()}", CLICK)
    assert (said.status, said.headers["Retry-After"], happened) == (503, "60", ["failed"])


def test_the_server(door: Door, capfd: pytest.CaptureFixture[str]) -> None:
    """The server answers over HTTP, and writes nothing of who asked."""
    with serving(door.app, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            line = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
            line.request("POST", f"/u/{door.token()}", CLICK)
            assert line.getresponse().status == 200
            line.close()
            with pytest.raises(LockedError, match="cannot be listened on"):
                serving(door.app, "127.0.0.1", server.server_port).__enter__()
        finally:
            server.shutdown()
            thread.join()
    assert door.reasons()[0] == "unsubscribed"
    assert capfd.readouterr() == ("", "")


def test_the_application_for_other_servers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``reportgen.cli.bounces:application()`` is the page with the settings of the house."""
    from reportgen.cli.bounces import application

    monkeypatch.setitem(os.environ, "REPORTGEN_BUILD__OUTPUT", str(tmp_path))
    app = application()
    assert Door(app, app.database, app.key).ask("GET", "/u/" + "0" * 32).status == 404
    app.database.close()


_PAGES = {(EVERY, name): Page(b"x", "") for name in ("unknown", "wrong", "later")}


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60), st.text(max_size=300), st.text(max_size=20), st.binary(max_size=60))
def test_any_request_has_an_answer(method: str, path: str, length: str, body: bytes) -> None:
    """Whatever is asked, there is an answer."""
    directory = Directory(dict, lambda: 0.0)
    app = Application(None, None, _PAGES, directory, lambda: NOW)  # type: ignore[arg-type]
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "CONTENT_LENGTH": length}
    said: list[str] = []
    app(environ | {"wsgi.input": io.BytesIO(body)}, lambda status, headers: said.append(status))
    assert said[0][:3] in ("404", "405", "429")
