"""Statements, rows and small snapshots for the tests of the record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import numpy as np

from reportgen.record.events import Event, Touch, Value
from reportgen.record.history import Account, accounts
from reportgen.record.ledger import Row
from reportgen.record.resolving import scores
from reportgen.record.rows import Entry, Issued, Resolution, Resolved
from reportgen.record.sessions import sessions_between
from reportgen.record.statement import Quantiles, Statement, statement
from reportgen.record.verdict import Decided
from reportgen.series import spec
from reportgen.snapshot import Snapshot, series_data
from reportgen.snapshot.content import default_known_at

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
AS_OF = date(2024, 1, 2)
END = date(2024, 2, 1)
HASH = "0" * 64
TOUCH = Touch("nasdaq_composite", 900.0, "below")
LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9)


def stated(event: Event = TOUCH, p: float | None = 0.2, **more: Any) -> Statement:
    """Return a model's statement of January 2024 over 21 trading days."""
    fields: dict[str, Any] = {
        "edition": "2024-01",
        "issued_at": datetime(2024, 1, 3, 23, 59, tzinfo=UTC),
        "as_of": AS_OF,
        "forecaster": "model",
        "model": "M1",
        "config_hash": HASH,
        "data_hash": HASH,
        "start": AS_OF,
        "horizon_end": END,
        "horizon": 21,
    }
    if isinstance(event, Value):
        p = None
    return statement(event=event, p=p, **(fields | more))


def quantiles(*values: float) -> Quantiles:
    """Return five quantiles at the levels of the report."""
    return Quantiles(LEVELS, values)


def rows(*entries: Entry, written: datetime = NOW) -> tuple[Row, ...]:
    """Return entries as rows of a ledger."""
    return tuple(Row(number, written, one) for number, one in enumerate(entries, start=1))


def account(one: Statement, *, came: bool | None = None, value: float | None = None) -> Account:
    """Return a statement that was decided on its last day."""
    decided = Decided(one.horizon_end, came, value, ())
    found = Resolution(
        as_of=one.horizon_end,
        data_hash=HASH,
        state="decided",
        day=one.horizon_end,
        outcome=came,
        value=value,
        scores=scores(one, decided),
    )
    (result,) = accounts(rows(Issued(one), Resolved(one.id, found)))
    return result


def trading_days(first: date, count: int) -> tuple[date, ...]:
    """Return the first trading days of New York on or after a day."""
    found = sessions_between(date.fromordinal(first.toordinal() - 1), date(first.year + 3, 12, 31))
    return found[:count]


def market(
    values: Sequence[float],
    days: Sequence[date],
    series: str = "nasdaq_composite",
    as_of: date | None = None,
) -> Snapshot:
    """Return a snapshot of one series, everything published in time."""
    data = series_data(
        spec(series),
        np.array(days, dtype="datetime64[D]"),
        np.asarray(values, dtype=np.float64),
        retrieved="test",
    )
    last = as_of or days[-1]
    return Snapshot(as_of=last, known_at=default_known_at(last), series={series: data})
