"""The delivery database: the same on SQLite and PostgreSQL, never half written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import postgres
import pytest
from msgspec.structs import replace
from sqlalchemy import func, insert, select, text, update

from reportgen.config import Settings
from reportgen.deliver import embedded, tables
from reportgen.deliver.database import FILE, Database, open_database
from reportgen.errors import ConfigError, DataError, DiskError, LockedError, ReportgenError

NOW = datetime(2025, 12, 9, 21, 5, 59, 123456, timezone(timedelta(hours=9)))
SECRET = {"REPORTGEN_DATABASE_PASSWORD": postgres.PASSWORD}


def _settings(output: Path, address: str = "") -> Settings:
    plain = Settings()
    return replace(
        plain,
        build=replace(plain.build, output=str(output)),
        delivery=replace(plain.delivery, database=address),
    )


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """A running PostgreSQL."""
    with postgres.running() as address:
        yield address


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=postgres.needed)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings that name a database that is not there yet, or is empty."""
    if request.param == "sqlite":
        return _settings(tmp_path)
    return _settings(tmp_path, postgres.fresh(request.getfixturevalue("cluster")))


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """A new database, open."""
    opened = open_database(settings, {})
    yield opened
    opened.close()


def _mailing(**changed: Any) -> dict[str, Any]:
    digests = ("manifest", "recipients", "messages", "words", "settings")
    return {
        "name": "2025-12",
        "kind": "edition",
        "edition": "2025-12",
        **{f"{name}_sha256": "0" * 64 for name in digests},
        "recipients": 0,
        "state": "planned",
        "planned_at": NOW,
        "planned_by": "王小明",
        **changed,
    }


def _client(name: str = "acme", **changed: Any) -> dict[str, Any]:
    return {
        "id": name,
        "organisation": "株式会社髙島屋 – Zürich ✓",
        "languages": "zh,ja",
        "formats": "pdf",
        "protection": "mark",
        "changed": NOW,
        **changed,
    }


def _put(database: Database, table: Any, *rows: dict[str, Any]) -> None:
    with database.writing() as connection:
        connection.execute(insert(table), list(rows))


def _do(database: Database, *statements: Any) -> None:
    with database.writing() as connection:
        for statement in statements:
            connection.execute(statement)


def test_a_second_opening_finds_what_the_first_made(settings: Settings) -> None:
    """The tables, the version and the number of the instance are made once and kept."""
    seen = []
    for _ in range(2):
        database = open_database(settings, {})
        with database.reading() as connection:
            seen.append({row.name: row.value for row in connection.execute(select(tables.meta))})
        database.close()
    assert seen[0] == seen[1]
    assert seen[0]["schema"] == str(tables.VERSION)
    assert len(seen[0]["instance"]) == 32


def test_who_opens_a_new_database_at_the_same_moment_finds_it_whole(settings: Settings) -> None:
    """Six that open it at once make one set of tables with one instance, and none of them fails."""

    def instance(_: int) -> str:
        database = open_database(settings, {})
        with database.reading() as connection:
            wanted = select(tables.meta.c.value).where(tables.meta.c.name == "instance")
            found = str(connection.scalars(wanted).one())
        database.close()
        return found

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(instance, range(6)))) == 1


def test_values_come_back_as_they_went_in(database: Database) -> None:
    """Text of any script, moments of any zone, days, bytes, flags and nothing at all."""
    client = _client(active_from=date(2025, 1, 31), active_to=None, house=True)
    _put(database, tables.client, client)
    _put(database, tables.mailing, _mailing())
    row = _delivery(
        message=bytes(range(256)), reply="250 2.0.0 Ok: ありがとう\r\n'; DROP TABLE x --"
    )
    _put(database, tables.delivery, row)
    with database.reading() as connection:
        kept = connection.execute(select(tables.client)).one()._asdict()
        sent = connection.execute(select(tables.delivery)).one()._asdict()
    assert kept == client
    assert kept["changed"].tzinfo is UTC
    assert {name: sent[name] for name in row} == row
    assert sent["lease_until"] is None
    assert (sent["attempts"], sent["canary"], sent["fate"]) == (0, False, "")


def _delivery(**changed: Any) -> dict[str, Any]:
    return {
        "mailing": "2025-12",
        "position": 1,
        "client": "acme",
        "address": "wang@example.cn",
        "language": "zh",
        "state": "planned",
        "message_id": "<1@example.com>",
        "reference": "1",
        "envelope_from": "b@example.com",
        "eml_sha256": "0" * 64,
        "size": 3,
        "message": b"",
        **changed,
    }


def test_moments_sort_as_they_are(database: Database) -> None:
    """An earlier moment written in another zone comes first, and comparing finds it."""
    moments = [NOW, NOW.astimezone(UTC) - timedelta(microseconds=1), NOW + timedelta(hours=1)]
    rows = [
        {"delivery": number, "attempt": 1, "at": at, "event": "claimed"}
        for number, at in enumerate(moments)
    ]
    _put(database, tables.journal, *rows)
    with database.reading() as connection:
        ordered = select(tables.journal.c.delivery).order_by(tables.journal.c.at)
        assert connection.scalars(ordered).all() == [1, 0, 2]
        before = select(tables.journal.c.delivery).where(tables.journal.c.at < NOW)
        assert connection.scalars(before).all() == [1]


def test_a_block_that_fails_leaves_nothing(database: Database) -> None:
    """What was written before the failure is gone, and the connection can be used again."""
    with pytest.raises(DataError):
        _put(database, tables.client, _client(), _client("other", organisation=None))
    with database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.client)) == 0


def test_who_reads_sees_one_state(database: Database) -> None:
    """What another writes meanwhile does not show between two looks of one reading."""
    counted = select(func.count()).select_from(tables.client)
    with database.reading() as connection:
        before = connection.scalar(counted)
        _put(database, tables.client, _client())
        assert connection.scalar(counted) == before
    with database.reading() as connection:
        assert connection.scalar(counted) == 1


def test_nothing_is_lost_between_two_who_write(database: Database) -> None:
    """Four threads that each read a row and write it back twenty-five times add up to a hundred."""
    _put(database, tables.meta, {"name": "count", "value": "0"})
    row = tables.meta.c.name == "count"

    def add(_: int) -> None:
        for _ in range(25):
            with database.writing() as connection:
                wanted = select(tables.meta.c.value).where(row).with_for_update()
                found = int(connection.scalars(wanted).one())
                connection.execute(update(tables.meta).where(row).values(value=str(found + 1)))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(4)))
    with database.reading() as connection:
        assert connection.scalar(select(tables.meta.c.value).where(row)) == "100"


def test_the_journal_is_only_added_to(database: Database) -> None:
    """Changing or removing a line is refused by the database itself, and nothing changes."""
    _put(database, tables.journal, {"delivery": 1, "attempt": 1, "at": NOW, "event": "dot"})
    for change in (tables.journal.update().values(event="sent"), tables.journal.delete()):
        with pytest.raises(DataError, match="the journal is only added to"):
            _do(database, change)
    with database.reading() as connection:
        assert connection.scalars(select(tables.journal.c.event)).all() == ["dot"]


def test_rows_that_make_no_sense_are_refused(database: Database) -> None:
    """Both databases keep what the tables say of values and of what belongs together."""
    _put(database, tables.mailing, _mailing(name="there"))
    senseless = [
        (tables.client, _client(protection="magic")),
        (tables.contact, {"client": "nobody", "position": 1, "name": "x", "address": "a@b.cn"}),
        (tables.delivery, _delivery(mailing="2099-01")),
        (tables.delivery, _delivery(mailing="there", state="lost")),
        (tables.delivery, _delivery(mailing="there", phase="half")),
        (tables.delivery, _delivery(mailing="there", language=None)),
    ]
    for table, row in senseless:
        with pytest.raises(DataError) as refused:
            _put(database, table, row)
        assert "wang" not in refused.value.message


def test_a_client_is_written_to_once(database: Database) -> None:
    """A second row for the same mailing, client, address and language is refused."""
    _put(database, tables.mailing, _mailing())
    _put(database, tables.delivery, _delivery(address="full@busy.example"))
    again = _delivery(address="full@busy.example", message_id="<2@example.com>", reference="2")
    with pytest.raises(DataError) as refused:
        _put(database, tables.delivery, again)
    assert "busy" not in refused.value.message


def test_contacts_go_with_their_client(database: Database) -> None:
    """Who is removed leaves no address behind."""
    _put(database, tables.client, _client())
    row = {"client": "acme", "position": 1, "name": "王", "address": "wang@example.cn"}
    _put(database, tables.contact, row)
    with database.writing() as connection:
        connection.execute(tables.client.delete())
    with database.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(tables.contact)) == 0


def test_another_version_is_refused(settings: Settings, database: Database) -> None:
    """A database of a version this program does not know is neither read nor changed."""
    with database.writing() as connection:
        schema = tables.meta.c.name == "schema"
        connection.execute(update(tables.meta).where(schema).values(value="99"))
    with pytest.raises(DataError, match="is of version 99"):
        open_database(settings, {})


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """It is named, and stays as it was."""
    path = tmp_path / FILE
    path.write_bytes(b"%PDF-1.7 " * 500)
    with pytest.raises(DataError, match=FILE):
        open_database(_settings(tmp_path), {})
    assert path.read_bytes() == b"%PDF-1.7 " * 500


def test_a_folder_of_a_network_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite is not opened where its locks cannot be relied on."""
    monkeypatch.setattr(embedded, "_file_system", lambda path: 0x6969)  # NFS
    with pytest.raises(ConfigError, match="network"):
        open_database(_settings(tmp_path), {})


def test_a_held_file_is_a_reason_to_try_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who cannot write in time is told that another process holds the file."""
    monkeypatch.setattr(embedded, "BUSY", 50)
    database = open_database(_settings(tmp_path), {})
    other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LockedError, match="held by another process"):
        _put(database, tables.client, _client())
    other.execute("ROLLBACK")
    other.close()
    _put(database, tables.client, _client())
    database.close()


def test_a_full_disk_is_named_and_nothing_is_half_written(tmp_path: Path) -> None:
    """A commit without room fails as a whole; with room the same row goes in, and all is sound."""
    database = open_database(_settings(tmp_path), {})
    row = _client(organisation="x" * 200_000)
    with pytest.raises(DiskError, match="disk is full"):
        _do(database, text("PRAGMA max_page_count = 40"), insert(tables.client).values(row))
    with database.writing() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 100000")
        assert connection.scalar(select(func.count()).select_from(tables.client)) == 0
        connection.execute(insert(tables.client), [row])
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    database.close()


@postgres.needed
def test_the_password_comes_from_the_environment(cluster: str, tmp_path: Path) -> None:
    """It opens the database and shows nowhere."""
    address = postgres.of(postgres.fresh(cluster), postgres.GUARDED)
    database = open_database(_settings(tmp_path, address), SECRET)
    _put(database, tables.client, _client())
    shown = f"{database} {database!r} {database.where} {database.engine!r}"
    assert "canary" not in shown
    assert postgres.GUARDED in database.where
    database.close()


@postgres.needed
@pytest.mark.parametrize("environ", [{}, {"REPORTGEN_DATABASE_PASSWORD": "wrong-canary"}])
def test_a_wrong_password_is_told_without_it(
    cluster: str, tmp_path: Path, environ: dict[str, str]
) -> None:
    """The sentence names the database and not the password."""
    address = postgres.of(postgres.fresh(cluster), postgres.GUARDED)
    with pytest.raises(ReportgenError) as refused:
        open_database(_settings(tmp_path, address), environ)
    assert postgres.GUARDED in refused.value.message
    assert "canary" not in f"{refused.value.message}{refused.value.hint}"


@postgres.needed
def test_a_server_that_is_gone_is_a_reason_to_try_later(tmp_path: Path) -> None:
    """Who cannot be reached is named."""
    address = f"postgresql://tester@/none?host={tmp_path}"
    with pytest.raises(LockedError, match="cannot be reached"):
        open_database(_settings(tmp_path, address), {})


@postgres.needed
def test_a_connection_the_server_cut_is_made_again(cluster: str, tmp_path: Path) -> None:
    """Between two transactions a broken connection is replaced without a word."""
    database = open_database(_settings(tmp_path, postgres.fresh(cluster)), {})
    with database.reading() as connection:
        own = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
    beside = open_database(_settings(tmp_path, cluster), {})
    with beside.reading() as other:
        assert other.exec_driver_sql(f"SELECT pg_terminate_backend({own})").scalar()
    beside.close()
    _put(database, tables.client, _client())
    database.close()


def test_an_address_with_a_password_is_refused(tmp_path: Path) -> None:
    """The project's file is no place for it, and the sentence does not repeat it."""
    with pytest.raises(ConfigError) as refused:
        open_database(_settings(tmp_path, "postgresql://me:canary@host/name"), {})
    assert "canary" not in f"{refused.value.message}{refused.value.hint}"
