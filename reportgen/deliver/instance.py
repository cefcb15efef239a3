"""One ledger, one place it delivers from: a copy or a restored backup does not send on its own.

A copy does not know what the original sends, nor a backup what was sent since. The database holds
the machine it delivers from and counts its runs; the machine remembers, outside the project, how
far it has seen a database count. A database of another machine, or one that counts less than was
seen, is refused until a person says that it is the only one.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select

from reportgen.deliver.clients.suppression import bind
from reportgen.deliver.clients.turns import take_turn
from reportgen.deliver.database import Database
from reportgen.deliver.keys import Key
from reportgen.deliver.tables import meta
from reportgen.disk import write_whole
from reportgen.errors import ApprovalMissingError, ReportgenError

MACHINE = "REPORTGEN_MACHINE"
"""A name that stays, for machines that have none: containers made anew for each run."""

MACHINE_IDS = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
STATE = "XDG_STATE_HOME"
FOLDER = Path("reportgen", "ledgers")
_HINT = (
    "When nothing else delivers from it: reportgen deliver adopt --i-am-the-only-copy --by NAME; "
    "what may have been sent since is then in doubt, and looked up in the relay's log"
)


def check(database: Database, key: Key, environ: Mapping[str, str]) -> None:
    """Begin a run, or refuse because another ledger may be the one in use.

    Where nothing can be kept outside the project, only the machine is compared.

    Args:
        database: the ledger.
        key: the delivery key; the ledger is bound to it.
        environ: names the folder of the machine's memory, and may name the machine.

    Raises:
        ApprovalMissingError: it is another machine's, or older than what this machine has seen.
        ConfigError: it was begun with another key.
    """
    with database.writing() as connection:
        take_turn(connection)  # two runs that begin at once count one after the other
        bind(connection, key)
        known = _known(connection)
        here = _place(connection, database, environ)
        if known.setdefault("machine", here) != here:
            raise ApprovalMissingError(
                f"{database.where} delivers from another machine, or is a copy of one that does.",
                f"{_HINT}. In a container made anew for each run set {MACHINE} to a name.",
            )
        counted = int(known.get("generation", "0"))
        memory = _memory(environ, known["instance"])
        if counted < _remembered(memory):
            raise ApprovalMissingError(
                f"{database.where} is older than what this machine has delivered from: a copy, or "
                "brought back from a backup that does not know what was sent since.",
                f"{_HINT}.",
            )
        _keep(connection, machine=here, generation=str(counted + 1))
    _remember(memory, counted + 1)


def adopt(database: Database, environ: Mapping[str, str], by: str, now: datetime) -> None:
    """Deliver from this machine and this ledger from now on.

    Args:
        database: the ledger.
        environ: as for ``check``.
        by: who says that no other is in use.
        now: when.
    """
    with database.writing() as connection:
        take_turn(connection)  # two runs that begin at once count one after the other
        known = _known(connection)
        memory = _memory(environ, known["instance"])
        counted = max(int(known.get("generation", "0")), _remembered(memory)) + 1
        _keep(
            connection,
            machine=_place(connection, database, environ),
            generation=str(counted),
            adopted=f"{now.isoformat(timespec='seconds')} {by}",
        )
    _remember(memory, counted)


def _known(connection: Connection) -> dict[str, str]:
    return {row.name: row.value for row in connection.execute(select(meta))}


def _keep(connection: Connection, **values: str) -> None:
    for name, value in values.items():
        there = meta.update().where(meta.c.name == name).values(value=value)
        if not connection.execute(there).rowcount:
            connection.execute(meta.insert().values(name=name, value=value))


def _place(connection: Connection, database: Database, environ: Mapping[str, str]) -> str:
    """Return what tells this machine from others; of PostgreSQL, which many use, the server."""
    named = environ.get(MACHINE, "").strip() or _machine()
    if not database.is_file:
        named = str(
            connection.exec_driver_sql(
                "SELECT system_identifier || '/' || oid FROM pg_control_system(), pg_database "
                "WHERE datname = current_database()"
            ).scalar()
        )
    # The number of a machine is nobody else's business; its hash does as well.
    return hashlib.sha256(f"reportgen\0{named}".encode()).hexdigest()[:32]


def _machine() -> str:
    for path in MACHINE_IDS:
        try:
            found = path.read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            continue
        if len(found) >= 32:
            return found
    return platform.node()


def _memory(environ: Mapping[str, str], instance: str) -> Path | None:
    """Return the file outside the project that holds how far a ledger has counted."""
    home = environ.get("HOME", "")
    state = environ.get(STATE, "") or (home and f"{home}/.local/state")
    return Path(state) / FOLDER / instance if Path(state).is_absolute() else None


def _remembered(memory: Path | None) -> int:
    try:
        return int(memory.read_text(encoding="ascii")) if memory else 0
    except (OSError, ValueError):
        return 0


def _remember(memory: Path | None, counted: int) -> None:
    if memory is None or _remembered(memory) >= counted:
        return
    try:
        write_whole(memory, f"{counted}\n".encode())
    except ReportgenError:
        return
