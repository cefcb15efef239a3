"""A ledger that was copied or brought back from a backup does not deliver on its own (D16)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import postgres
import pytest
from msgspec.structs import replace

from reportgen.config import Settings
from reportgen.deliver import instance
from reportgen.deliver.database import FILE, Database, open_database
from reportgen.deliver.keys import Key
from reportgen.errors import ApprovalMissingError, ConfigError
from reportgen.secret import Secret

KEY = Key(Secret("0123456789abcdef" * 4))
NOW = datetime(2025, 12, 9, 12, tzinfo=UTC)


@pytest.fixture
def here(tmp_path: Path) -> dict[str, str]:
    """The environment of one machine with a memory of its own."""
    return {"REPORTGEN_MACHINE": "one", "XDG_STATE_HOME": str(tmp_path / "state")}


def _opened(output: Path, address: str = "") -> Database:
    plain = Settings()
    settings = replace(
        plain,
        build=replace(plain.build, output=str(output)),
        delivery=replace(plain.delivery, database=address),
    )
    return open_database(settings, {"REPORTGEN_DATABASE_PASSWORD": postgres.PASSWORD})


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Database]:
    """The ledger of a project."""
    database = _opened(tmp_path / "project")
    yield database
    database.close()


def _copied(ledger: Database, folder: Path) -> Database:
    """Copy the project's folder while nobody writes."""
    ledger.close()
    shutil.copytree(Path(ledger.where).parent, folder)
    return _opened(folder)


def test_a_ledger_delivers_again_and_again(ledger: Database, here: dict[str, str]) -> None:
    """On its own machine it is never in the way, with a memory or without."""
    for environ in (here, here, {"REPORTGEN_MACHINE": "one"}, here):
        instance.check(ledger, KEY, environ)


def test_a_copy_on_another_machine_is_refused(
    ledger: Database, here: dict[str, str], tmp_path: Path
) -> None:
    """It delivers only after a person has said that it is the only one; exit code 77."""
    instance.check(ledger, KEY, here)
    copy = _copied(ledger, tmp_path / "copy")
    there = {"REPORTGEN_MACHINE": "two", "HOME": str(tmp_path / "home")}
    with pytest.raises(ApprovalMissingError, match="another machine") as refused:
        instance.check(copy, KEY, there)
    assert "reportgen deliver adopt --i-am-the-only-copy" in refused.value.hint
    assert refused.value.exit_code == 77
    instance.adopt(copy, there, "Li", NOW)
    instance.check(copy, KEY, there)
    with pytest.raises(ApprovalMissingError):
        instance.check(copy, KEY, here)
    copy.close()


def test_a_backup_brought_back_is_refused(
    ledger: Database, here: dict[str, str], tmp_path: Path
) -> None:
    """On the same machine too: it does not know what was sent since it was made."""
    instance.check(ledger, KEY, here)
    backup = _copied(ledger, tmp_path / "backup")
    instance.check(ledger, KEY, here)
    with pytest.raises(ApprovalMissingError, match="brought back from a backup"):
        instance.check(backup, KEY, here)
    instance.adopt(backup, here, "Li", NOW)
    instance.check(backup, KEY, here)
    with pytest.raises(ApprovalMissingError):  # now the first one is the one behind
        instance.check(ledger, KEY, here)
    backup.close()


def test_of_two_copies_on_a_machine_one_delivers(
    ledger: Database, here: dict[str, str], tmp_path: Path
) -> None:
    """Whichever begins first goes on; the other is refused."""
    instance.check(ledger, KEY, here)
    copy = _copied(ledger, tmp_path / "copy")
    instance.check(copy, KEY, here)
    with pytest.raises(ApprovalMissingError):
        instance.check(ledger, KEY, here)
    instance.check(copy, KEY, here)
    copy.close()


def test_a_refusal_changes_nothing(ledger: Database, here: dict[str, str]) -> None:
    """The machine it belongs to goes on after another one tried."""
    instance.check(ledger, KEY, here)
    for _ in range(2):
        with pytest.raises(ApprovalMissingError):
            instance.check(ledger, KEY, {**here, "REPORTGEN_MACHINE": "two"})
    instance.check(ledger, KEY, here)


def test_another_key_is_refused(ledger: Database, here: dict[str, str]) -> None:
    """With it nobody who unsubscribed would be found."""
    instance.check(ledger, KEY, here)
    with pytest.raises(ConfigError, match="delivery key"):
        instance.check(ledger, Key(Secret("f" * 64)), here)


def test_a_machine_without_a_name_has_its_number(
    ledger: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is that of the system, not the one a missing or empty file would give to all."""
    numbers = tmp_path / "machine-id"
    monkeypatch.setattr(instance, "MACHINE_IDS", (tmp_path / "none", numbers))
    numbers.write_text("1" * 32 + "\n")
    instance.check(ledger, KEY, {})
    for other in ("2" * 32, "uninitialized", ""):
        numbers.write_text(other)
        with pytest.raises(ApprovalMissingError):
            instance.check(ledger, KEY, {})
    assert b"1" * 32 not in (tmp_path / "project" / FILE).read_bytes()


@postgres.needed
def test_machines_share_a_server_and_not_its_copy(here: dict[str, str], tmp_path: Path) -> None:
    """Any machine may deliver from PostgreSQL; a database filled from a dump of it may not."""
    with postgres.running() as address:
        addresses = (address, postgres.fresh(address))
        shared, copy = (_opened(tmp_path, postgres.of(one, postgres.GUARDED)) for one in addresses)
        machines = [{**here, "REPORTGEN_MACHINE": str(number)} for number in range(8)]
        with ThreadPoolExecutor(8) as pool:  # at the same moment
            list(pool.map(lambda environ: instance.check(shared, KEY, environ), machines))
        with shared.reading() as connection, copy.writing() as other:
            other.exec_driver_sql("DELETE FROM meta")
            for name, value in connection.exec_driver_sql("SELECT name, value FROM meta"):
                other.exec_driver_sql("INSERT INTO meta VALUES (%s, %s)", (name, value))
            counted = connection.exec_driver_sql(
                "SELECT value FROM meta WHERE name = 'generation'"
            ).scalar()
        assert counted == "8"
        with pytest.raises(ApprovalMissingError):
            instance.check(copy, KEY, here)
        for database in (shared, copy):
            database.close()
