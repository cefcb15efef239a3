"""Dated events: what happened, what is scheduled, what custom leads one to expect."""

from __future__ import annotations

from typing import Literal

import msgspec

from reportgen.facts.quantity import Day, Quantity


class DatedEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An event with its day; its words are chosen by ``event`` (``macros/events.html.j2``).

    Args:
        event: stable name of what happens, for example ``fomc_decision``.
        kind: ``market``, ``policy``, ``fiscal``, ``company`` or ``politics``.
        status: ``fact``, ``scheduled`` (a published calendar) or ``expected`` (custom).
        day: when; its origin names the institution that says so.
        figure: the figure the event carries, where it carries one.
    """

    event: str
    kind: Literal["market", "policy", "fiscal", "company", "politics"]
    status: Literal["fact", "scheduled", "expected"]
    day: Day
    figure: Quantity | None = None
