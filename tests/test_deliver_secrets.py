"""From the list to the last receipt, no secret is written down or shown, in any form (S5)."""

from __future__ import annotations

import base64
import json
import os
import re
import sqlite3
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from faultserver import FaultServer
from plans import CHEAP, client_of, edition_of
from relays import PASSWORD, USER

from reportgen.cli import main
from reportgen.deliver import database as databases
from reportgen.deliver.clients import book
from reportgen.secret import without_secrets

NAME = f"{datetime.now(UTC) - timedelta(days=20):%Y-%m}"
WRONG = "wrong-canary/ä 7f&1"
SECRETS = {
    "REPORTGEN_DELIVERY_KEY": "delivery-canary-" + "0f" * 20,
    "REPORTGEN_PDF_PASSWORDS": "acme pdf-canary-37f1",
    "REPORTGEN_DATABASE_PASSWORD": "database-canary-11",
    "REPORTGEN_SIGNING_KEY": "signing-canary-42",
}
CANARIES = [WRONG, PASSWORD, "pdf-canary-37f1", *SECRETS.values()]


def _forms(text: str) -> Iterator[bytes]:
    """Yield the forms in which software shows a text: five, base64 at each of its places."""
    raw = text.encode()
    yield raw
    yield quote(text, safe="").encode()
    yield raw.hex().encode()
    yield json.dumps(text)[1:-1].encode()
    for place in range(3):
        coded = base64.b64encode(bytes(place) + raw)
        yield coded[4 * (place > 0) : -4].rstrip(b"=")


FORMS = [form for text in CANARIES for form in _forms(text) if len(form) >= 8]
BY_PYTHON = {"ldconfig", "gcc", "cc", "ld", "objdump", "sh"}
"""What Python's own ``ctypes`` starts to find a library; it gets what Python has."""

_WORD = re.compile(rb"[A-Za-z0-9+/\r\n]{24,}={0,2}")


def _shown(content: bytes) -> list[bytes]:
    """Return what of the secrets a file shows, as it is or within its base64."""
    inside = [_decoded(one) for one in _WORD.findall(content)]
    return [form for form in FORMS for place in (content, *inside) if form in place]


def _decoded(word: bytes) -> bytes:
    signs = word.translate(None, b"\r\n=")
    whole = signs[: len(signs) - (len(signs) % 4 == 1)]
    return base64.b64decode(whole + b"=" * (-len(whole) % 4))


@pytest.fixture
def started() -> Iterator[list[tuple[Any, ...]]]:
    """Note which programs are started, with which words and surroundings."""
    seen: list[tuple[Any, ...]] = []
    watching = True

    def hook(event: str, about: tuple[Any, ...]) -> None:
        if watching and event == "subprocess.Popen":
            seen.append((about[1], dict(os.environ) if about[3] is None else dict(about[3])))

    sys.addaudithook(hook)
    yield seen
    watching = False


@pytest.fixture
def relay() -> Iterator[FaultServer]:
    """A relay that answers a wrong login with what it was told."""
    with FaultServer(login=True) as server:
        yield server


def test_no_secret_is_left_anywhere(
    tmp_path: Path,
    relay: FaultServer,
    started: list[tuple[Any, ...]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Files, ledger, previews, messages, logs, errors and what other programs are started with."""
    from reportgen.deliver.planning import craft

    monkeypatch.setattr(craft, "craft_of", lambda settings: CHEAP)
    output, config = tmp_path / "output", tmp_path / "reportgen.toml"
    config.write_text(
        f'build.output = "{output}"\nschedule.late_days = 60\n[smtp]\nhost = "127.0.0.1"\n'
        f'tls = "none"\nsender = "desk@house-of-reports.cn"\nport = {relay.port}\n'
        f'user = "{USER}"\n[delivery]\ncanary = 0\n'
    )
    for name, text in SECRETS.items():
        monkeypatch.setenv(name, text)
    edition_of(output, NAME)
    _put_clients(config)
    said = []

    def run(*words: str, code: int = 0) -> None:
        done = CliRunner().invoke(main, ["--config", str(config), *words])
        said.append(done.output.encode())
        assert done.exit_code == code, done.output

    monkeypatch.setenv("REPORTGEN_SMTP_PASSWORD", WRONG)
    run("deliver", "plan", NAME)
    run("deliver", "preview", NAME, "--all")
    run("deliver", "approve", NAME, "--by", "Li Na")
    run("deliver", "send", NAME, code=75)  # the login is refused, in words that repeat it
    monkeypatch.setenv("REPORTGEN_SMTP_PASSWORD", PASSWORD)
    relay.misbehave("refused at the dot")
    run("deliver", "send", NAME, "--resume", "--log-format", "json")
    run("deliver", "status", NAME, "--json")
    run("doctor", code=CliRunner().invoke(main, ["--config", str(config), "doctor"]).exit_code)
    said += [b"".join(relay_said(one)) for one in relay.taken]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"delivery.sqlite", "index.html"} <= {path.name for path in files}
    for content in (*said, *_cells(output), *(path.read_bytes() for path in files)):
        assert not _shown(content)
    for words, environ in started:
        assert not _shown(" ".join(map(str, words)).encode())
        if Path(str(words[0])).name not in BY_PYTHON:
            assert not _shown("\n".join(f"{k}={v}" for k, v in environ.items()).encode())


def relay_said(one: Any) -> Iterator[bytes]:
    """Yield what a relay got of a message."""
    yield from (one.sender.encode(), one.recipient.encode(), one.raw)


def _put_clients(config: Path) -> None:
    from reportgen.config import load

    database = databases.open_database(load(config, {}), {})
    clients = [client_of("acme", protection="password"), client_of("beta", protection="mark")]
    book.put_all(database, clients, replace=False, now=datetime.now(UTC))
    database.close()


def _cells(output: Path) -> Iterator[bytes]:
    """Yield what stands in the ledger: its text may be split between pages of the file."""
    with sqlite3.connect(output / databases.FILE) as raw:
        yield "\n".join(raw.iterdump()).encode()
    raw.close()


def test_the_search_finds() -> None:
    """Every form, and within base64 of a message, would be noticed; nothing else is."""
    for text in CANARIES:
        for form in (form for form in _forms(text) if len(form) >= 8):
            assert _shown(b"before " + form + b" after")
        assert _shown(base64.encodebytes(b"some words before it: " + text.encode()))
    assert not _shown(b"canary of another house, " + base64.b64encode(b"and nothing besides it"))


def test_programs_do_not_get_what_they_do_not_need() -> None:
    """Their surroundings hold neither a secret nor where secrets lie."""
    environ = {"PATH": "/bin", "CREDENTIALS_DIRECTORY": "/run/x", **SECRETS}
    assert without_secrets(environ) == {"PATH": "/bin"}
