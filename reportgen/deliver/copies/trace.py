"""Whose copy is this? From a file, a page of it, or what somebody reads from a picture of one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from reportgen.deliver import tables
from reportgen.deliver.copies.findings import Finding, findings
from reportgen.deliver.copies.mark import CODE, REFERENCE
from reportgen.errors import DataError, UsageError

if TYPE_CHECKING:
    from reportgen.deliver.database import Database

_CHUNK = 500
_SURE = ("identity", "description", "metadata", "page", "section")
"""Where a code nobody here made is told of; sixteen figures on a page may be anything."""


@dataclass(frozen=True)
class Trail:
    """Whom a copy was made for, and what says so.

    Args:
        mailing: with which it went, ``2026-01``.
        client: id.
        organisation: its name, where it still is in the book; else empty.
        address: of the contact.
        language: of the report.
        form: ``pdf`` or ``html``; empty where only the reference of the mail is known.
        at: when it was made; ``None`` likewise.
        exact: whether the file is, byte for byte, the one that was made.
        findings: the marks of this copy in the file.
    """

    mailing: str
    client: str
    organisation: str
    address: str
    language: str
    form: str
    at: datetime | None
    exact: bool
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Traced:
    """What a file was found to be.

    Args:
        trails: the copies it comes from; several where pages of several were put together.
        unknown: marks of copies that are not on record here.
        whole: whether the whole file was read; not where it is encrypted and no password given.
    """

    trails: tuple[Trail, ...]
    unknown: tuple[str, ...]
    whole: bool


def trace(content: bytes, database: Database, password: str = "") -> Traced:
    """Tell which client's copy a file is, or comes from.

    Args:
        content: of the file; anybody's.
        database: with the copies that were made.
        password: opens an encrypted PDF.

    Raises:
        PasswordNeededError: without its password nothing can be told of it.
        DataError: it is damaged, or larger inside than any report.
    """
    found, whole = findings(content, password)
    digest = hashlib.sha256(content).hexdigest()
    with database.reading() as connection:
        return _traced(connection, found, digest, whole=whole)


def trace_mark(text: str, database: Database) -> Traced:
    """Tell whose copy bears a code or a reference, as somebody read it from a page.

    Raises:
        UsageError: it is neither.
    """
    text = text.strip().lower()
    if REFERENCE.fullmatch(text):
        found = Finding("line", text)
    elif CODE.fullmatch(text):
        found = Finding("code", text)
    else:
        raise UsageError(
            f"{text[:80]!r} is neither a file nor the mark of a copy.",
            "The mark stands at the head of each page: 2026-01/7f3a9c01d2e4.",
        )
    with database.reading() as connection:
        traced = _traced(connection, (found,), "", whole=True)
    return traced if traced.trails else Traced((), (text,), whole=True)


def refuse(traced: Traced, what: str) -> None:
    """Fail where no client was found.

    Args:
        traced: what was found.
        what: the file or mark asked about.

    Raises:
        DataError: nobody's copy.
    """
    if traced.trails:
        return
    if traced.unknown:
        raise DataError(
            f"{what} is marked, and no copy with that mark is on record here: "
            f"{', '.join(traced.unknown[:5])}.",
            "It may have been made from another output folder or database.",
        )
    raise DataError(
        f"{what} bears no mark of a copy.",
        "It is an edition's own file, or its marks were taken out; a picture of a page has only "
        "the printed line: give the mark in it, 2026-01/7f3a9c01d2e4, in the place of the file.",
    )


def _traced(
    connection: Connection, found: tuple[Finding, ...], digest: str, *, whole: bool
) -> Traced:
    values = {one.value for one in found}
    made = _made(connection, values, digest)
    mails = _mails(connection, values)
    rows: dict[tuple[str, ...], tuple[Any, list[Finding]]] = {}
    for one in found:
        row = made.get(one.value) or mails.get(one.value)
        if row is not None:
            rows.setdefault(_key(row), (row, []))[1].append(one)
    for row in made.values():  # known by its bytes alone
        rows.setdefault(_key(row), (row, []))
    # a reference is forgotten with its mailing, a code is not
    sure = _SURE if rows else (*_SURE, "line")
    known = {**mails, **made}
    unknown = dict.fromkeys(
        one.value for one in found if one.value not in known and one.place in sure
    )
    names = _organisations(connection, {row.client for row, _ in rows.values()})
    trails = tuple(_trail(row, said, made, names, digest) for row, said in rows.values())
    return Traced(trails, tuple(unknown), whole)


def _key(row: Any) -> tuple[str, ...]:
    """What a copy and the mail it goes with have in common."""
    return (row.mailing, row.client, row.address, row.language)


def _trail(
    row: Any, said: list[Finding], made: Mapping[str, Any], names: Mapping[str, str], digest: str
) -> Trail:
    copies = [one for one in made.values() if _key(one) == _key(row)]
    exact = next((one for one in copies if one.sha256 == digest), None)
    best = exact or (copies[0] if copies else None)
    return Trail(
        mailing=row.mailing,
        client=row.client,
        organisation=names.get(row.client, ""),
        address=row.address,
        language=row.language,
        form=best.format if best is not None else "",
        at=best.at if best is not None else None,
        exact=exact is not None,
        findings=tuple(said),
    )


def _made(connection: Connection, values: Iterable[str], digest: str) -> dict[str, Any]:
    """Return the copies with one of these codes, or these bytes, by their code."""
    table = tables.copy
    found: dict[str, Any] = {}
    for part in _chunks(values):
        chosen = select(table).where(table.c.code.in_(part))
        found |= {row.code: row for row in connection.execute(chosen)}
    same = select(table).where(table.c.sha256 == digest)
    return found | {row.code: row for row in connection.execute(same)}


def _mails(connection: Connection, values: Iterable[str]) -> dict[str, Any]:
    """Return the deliveries with one of these references."""
    table = tables.delivery
    columns = [table.c[name] for name in ("reference", "mailing", "client", "address", "language")]
    found: dict[str, Any] = {}
    for part in _chunks(values):
        chosen = select(*columns).where(table.c.reference.in_(part))
        found |= {row.reference: row for row in connection.execute(chosen)}
    return found


def _organisations(connection: Connection, clients: Iterable[str]) -> dict[str, str]:
    table = tables.client
    found: dict[str, str] = {}
    for part in _chunks(clients):
        chosen = select(table.c.id, table.c.organisation).where(table.c.id.in_(part))
        found |= {row.id: row.organisation for row in connection.execute(chosen)}
    return found


def _chunks(values: Iterable[str]) -> Iterable[list[str]]:
    given = sorted(values)
    return (given[start : start + _CHUNK] for start in range(0, len(given), _CHUNK))
