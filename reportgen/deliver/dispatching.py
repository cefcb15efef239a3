"""A mailing sent with the settings of the house: relay, pace and log of the relay together."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.deliver.outbox import Outbox
from reportgen.deliver.reconcile import reconcile, relay_probe
from reportgen.deliver.sending.alone import alone, beside
from reportgen.deliver.sending.ballast import Ballast
from reportgen.deliver.sending.breaker import Breaker
from reportgen.deliver.sending.ledger import Ledger
from reportgen.deliver.sending.pace import Pace
from reportgen.deliver.sending.rules import rules_of
from reportgen.deliver.sending.run import Manner, Outcome, send
from reportgen.deliver.sending.worker import At, Connection, Crew
from reportgen.deliver.smtp.session import Session
from reportgen.errors import ConfigError
from reportgen.relay import RefusedError, security

if TYPE_CHECKING:
    from reportgen.config import Settings
    from reportgen.deliver.database import Database
    from reportgen.secret import Secret


@dataclass(frozen=True)
class Dispatch:
    """What a mailing is sent with.

    Args:
        settings: relay, pace, what is done about doubt, output folder.
        database: the ledger, open.
        password: of the relay; ``None`` for no login.
        mask: blots secrets out of what the relay says.
        clock: the moment; aware.
        tell: log of the run: an event and its fields.
        stop: set when the run shall end after the messages in flight.
        resume: whether a paused mailing is taken up again.
        join: whether other runs, on this machine or others, work on the same mailing.
        at: told of each point a message passes.
    """

    settings: Settings
    database: Database
    password: Secret | None
    mask: Callable[[str], str]
    clock: Callable[[], datetime]
    tell: Callable[..., None]
    stop: threading.Event
    resume: bool = False
    join: bool = False
    at: At = lambda point: None

    @property
    def output(self) -> Path:
        """The output folder."""
        return Path(self.settings.build.output)


def dispatch(order: Dispatch, mailing: str, approved: Callable[[], None]) -> Outcome:
    """Send what is due of a mailing.

    Args:
        order: with what.
        mailing: its name.
        approved: raises when the mailing is not approved as it now is, and takes out who is
            suppressed by now; asked under the lock, again when the relay's log has decided.

    Raises:
        ConfigError: no relay is set, or not how it can be used.
        LockedError: another run is at work, or the mailing is paused.
        ApprovalMissingError: it is not approved.
        ReportgenError: as ``sending.run.send``.
    """
    _refuse_settings(order)
    with _held(order, mailing):
        approved()
        return send(_crew(order, mailing), _manner(order, mailing, approved))


def _refuse_settings(order: Dispatch) -> None:
    """Refuse what no relay can make good, before it is tried again and again."""
    if not order.settings.smtp.host:
        raise ConfigError("smtp.host is not set: there is no relay to deliver through.")
    try:
        security(order.settings.smtp, order.password)
    except RefusedError as problem:
        raise ConfigError(str(problem)) from None


def _held(order: Dispatch, mailing: str) -> AbstractContextManager[None]:
    if order.join:
        return beside(order.database, mailing)
    return alone(order.database, order.output, mailing)


def _crew(order: Dispatch, mailing: str) -> Crew:
    delivery = order.settings.delivery
    outbox = Outbox(order.output)

    def connect() -> Connection:
        return Session(order.settings.smtp, delivery, order.password, order.mask)

    return Crew(
        ledger=Ledger(order.database, mailing, rules_of(delivery), order.clock),
        outbox=outbox,
        connect=connect,
        pace=Pace(delivery.per_minute, delivery.domain_per_minute),
        breaker=Breaker(),
        ballast=Ballast(outbox.folder),
        per_connection=delivery.per_connection,
        tell=order.tell,
        stop=order.stop,
        at=order.at,
    )


def _manner(order: Dispatch, mailing: str, approved: Callable[[], None]) -> Manner:
    delivery = order.settings.delivery

    def looked_up() -> int:
        decided = look_up(order, mailing)
        if decided:  # what is in the queue again may be to somebody who is suppressed by now
            approved()
        return decided

    return Manner(
        connections=delivery.connections,
        canary_wait=delivery.canary_wait,
        resume=order.resume,
        beside_others=order.join,
        look_up=looked_up,
    )


def look_up(order: Dispatch, mailing: str) -> int:
    """Ask the relay's log about messages in doubt, waiting until it can be trusted to be whole.

    Returns:
        How many are no longer in doubt; 0 where there is nobody to ask.
    """
    delivery = order.settings.delivery
    if not delivery.on_unknown.startswith("reconcile"):
        return 0
    decided = 0
    while True:
        now = order.clock()
        probe = relay_probe(order.settings, now)
        if probe is None:
            return decided
        found = reconcile(order.database, mailing, probe, now, delivery.settle)
        decided += found.decided
        if found.ready_at is None:
            return decided
        if order.stop.wait(max(0.05, (found.ready_at - now).total_seconds())):
            return decided
