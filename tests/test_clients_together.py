"""The address book and the suppression list where several machines change them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import msgspec
import postgres

from reportgen.config import Settings
from reportgen.deliver.clients import book, suppression
from reportgen.deliver.clients.client import Client, Contact
from reportgen.deliver.database import open_database
from reportgen.deliver.keys import Key
from reportgen.secret import Secret

NOW = datetime(2025, 12, 9, 12, tzinfo=UTC)
KEY = Key(Secret("k" * 64))


def _clients(first: int, last: int) -> list[Client]:
    return [
        Client(f"c{n:03}", f"银行 {n}", (Contact("王", f"w{n}@b.cn"),), ("zh",))
        for n in range(first, last)
    ]


@postgres.needed
def test_changes_at_the_same_time_wait_for_one_another() -> None:
    """Overlapping lists and one address suppressed by eight at once: all of it once, no error."""
    with postgres.running() as url:
        delivery = msgspec.structs.replace(Settings().delivery, database=url)
        database = open_database(msgspec.structs.replace(Settings(), delivery=delivery), {})

        def change(turn: int) -> None:
            wanted = _clients(turn * 10, turn * 10 + 20)
            book.put_all(database, wanted, replace=False, now=NOW)
            suppression.suppress(database, KEY, "a@b.cn", "complaint", "", f"machine {turn}", NOW)

        with ThreadPoolExecutor(8) as machines:
            list(machines.map(change, range(8)))
        assert list(book.all(database)) == _clients(0, 90)
        assert len(suppression.listed(database)) == 1
        assert suppression.find(database, KEY, "A@b.cn") is not None
        assert len(book.put_all(database, _clients(0, 5), replace=True, now=NOW).removed) == 85
        database.close()
