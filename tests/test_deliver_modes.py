"""Whatever the umask, only its owner reads what delivery writes down of clients (S12)."""

from __future__ import annotations

import os
import resource
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from plans import client_of, office_in

from reportgen.cli import main
from reportgen.deliver.clients import book
from reportgen.deliver.clients.export import export, write
from reportgen.deliver.database import sqlite
from reportgen.deliver.keys import delivery_key
from reportgen.deliver.planning.preview import preview
from reportgen.deliver.sending.alone import alone
from reportgen.deliver.sending.ballast import Ballast

SERVED = "links"
"""What a web server gives out, which is in the group of the files."""

MADE_BY_OTHERS = {"editions", "publishing", ".lock"}


@pytest.fixture
def wide_open() -> Iterator[None]:
    """A umask that closes nothing."""
    before = os.umask(0)
    yield
    os.umask(before)


def _modes(folder: Path) -> dict[str, int]:
    return {
        str(path.relative_to(folder)): stat.S_IMODE(path.lstat().st_mode)
        for path in folder.rglob("*")
        if path.relative_to(folder).parts[0] not in MADE_BY_OTHERS
    }


@pytest.mark.usefixtures("wide_open")
def test_nobody_else_reads_what_delivery_writes(tmp_path: Path) -> None:
    """Ledger, key, outbox, preview, export: 0600 and 0700; the files of links for their group."""
    output = tmp_path / "output"
    delivery_key(output, {})
    office = office_in(output, links_url="https://reports.house-firm.cn/links")
    office.clients(client_of("acme", protection="link"), client_of("beta", protection="mark"))
    office.plan()
    preview(office.desk, "2026-01", output / "preview", everything=True)
    ballast = Ballast(output)
    ballast.take()
    write(output / "clients.csv", export(book.all(office.database)))
    modes = _modes(output)
    office.database.close()
    ballast.release()
    folders = {name for name in modes if (output / name).is_dir()}
    ours = {name for name in modes if Path(name).parts[0] != SERVED}
    assert {"delivery.sqlite", "delivery.sqlite-wal", "delivery.key", "outbox", "ballast"} <= ours
    assert not {name: oct(modes[name]) for name in ours & folders if modes[name] != 0o700}
    assert not {name: oct(modes[name]) for name in ours - folders if modes[name] != 0o600}
    served = modes.keys() - ours
    assert {modes[name] for name in served & folders} == {0o750}
    assert {modes[name] for name in served - folders} == {0o640}


@pytest.mark.usefixtures("wide_open")
def test_who_plans_first_closes_the_outbox(tmp_path: Path) -> None:
    """The lock is the first thing in it."""
    database = sqlite(tmp_path / "delivery.sqlite")
    with alone(database, tmp_path, "2026-01"):
        assert _modes(tmp_path)["outbox"] == 0o700
    database.close()


@pytest.mark.usefixtures("wide_open")
def test_a_command_lets_nobody_else_write(tmp_path: Path) -> None:
    """What it makes, the output folder too, is its owner's alone to change; no core is left."""
    output = tmp_path / "made" / "output"
    done = CliRunner().invoke(main, ["clients", "list", "--output", str(output)])
    assert done.exit_code == 0
    found = [tmp_path / "made", *(tmp_path / "made").rglob("*")]
    assert output / "delivery.sqlite" in found
    assert not [path for path in found if path.stat().st_mode & 0o022]
    assert resource.getrlimit(resource.RLIMIT_CORE)[0] == 0
