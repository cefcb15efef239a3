"""What an answer of the relay makes of a delivery: a decision, carried out by the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from reportgen.deliver.smtp.answer import Answer

if TYPE_CHECKING:
    from reportgen.config.delivery import Delivery

MOST_COPIES_IN_DOUBT = 1
"""How often a message in doubt is sent once more; after that a person decides."""


@dataclass(frozen=True)
class Rules:
    """How long is waited, and what is done about doubt.

    Args:
        doubt_delay: until a message in doubt is sent once more.
        resends: whether it is; else it is held.
        retry_after: until the next attempt, by the number of those before.
        give_up: after the first attempt.
        lease: for which a worker has a message to itself where others work beside it; longer
            than any talk with the relay.
    """

    doubt_delay: timedelta
    resends: bool
    retry_after: tuple[timedelta, ...]
    give_up: timedelta
    lease: timedelta


def rules_of(delivery: Delivery) -> Rules:
    """Return the rules of the configuration."""
    return Rules(
        doubt_delay=timedelta(minutes=delivery.doubt_delay),
        resends=delivery.on_unknown.endswith("resend"),
        retry_after=tuple(timedelta(minutes=one) for one in delivery.retry_after),
        give_up=timedelta(hours=delivery.give_up_hours),
        lease=timedelta(seconds=delivery.final_timeout + 2 * delivery.command_timeout),
    )


@dataclass(frozen=True)
class Attempt:
    """What has been tried so far.

    Args:
        number: of this attempt, from 1.
        doubts: how often the message has been in doubt before.
        first: moment of the first attempt.
    """

    number: int
    doubts: int
    first: datetime


@dataclass(frozen=True)
class Change:
    """What becomes of a delivery.

    Args:
        state: its new state.
        event: for the journal.
        next_at: when it is due again; ``None`` for at once, or never.
        reason: why it failed or is held; empty otherwise.
        doubted: whether it is in doubt once more.
    """

    state: str
    event: str
    next_at: datetime | None = None
    reason: str = ""
    doubted: bool = False


def after(answer: Answer, attempt: Attempt, rules: Rules, now: datetime) -> Change:
    """Return what an answer makes of a delivery.

    A refusal that lies with the relay, the login or a policy says nothing of the recipient: the
    message stays in the queue, and the run stops.
    """
    if answer.kind == "accepted":
        return Change("sent", "sent")
    if answer.kind == "in_doubt":
        return in_doubt(attempt.doubts, rules, now)
    if answer.kind == "not_sent" or (answer.kind == "refused" and answer.scope == "relay"):
        return Change("queued", "not_accepted")
    if answer.kind == "refused":
        return Change("failed", "refused", reason=answer.text)
    if now - attempt.first >= rules.give_up:
        return Change("failed", "given_up", reason=answer.text)
    return Change("deferred", "deferred", next_at=now + _pause(attempt.number, rules))


def in_doubt(before: int, rules: Rules, now: datetime) -> Change:
    """Return what becomes of a message that may have been taken.

    Args:
        before: how often it was in doubt already.
        rules: whether and when it is sent once more.
        now: the moment.
    """
    if before >= MOST_COPIES_IN_DOUBT:
        return Change("held", "in_doubt", reason="in doubt twice", doubted=True)
    if not rules.resends:
        return Change("held", "in_doubt", reason="in doubt", doubted=True)
    return Change("unknown", "in_doubt", next_at=now + rules.doubt_delay, doubted=True)


def _pause(number: int, rules: Rules) -> timedelta:
    if not rules.retry_after:
        return timedelta(hours=1)
    return rules.retry_after[min(number, len(rules.retry_after)) - 1]
