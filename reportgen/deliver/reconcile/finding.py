"""What can be asked about a message in doubt, and what can be answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

Verdict = Literal["accepted", "not_accepted", "pending", "unclear"]


@dataclass(frozen=True)
class Doubt:
    """A message the relay may or may not have taken.

    Args:
        delivery: its row.
        message_id: with its angle brackets.
        begun: moment at which its last bytes may have left.
        known: moment from which the connection was certainly gone.
    """

    delivery: int
    message_id: str
    begun: datetime
    known: datetime


@dataclass(frozen=True)
class Known:
    """A message the relay has certainly taken, by which a log shows that it is the right one.

    Args:
        message_id: with its angle brackets.
        at: moment of the relay's answer.
    """

    message_id: str
    at: datetime


@dataclass(frozen=True)
class Finding:
    """What the relay knows of a message.

    Args:
        verdict: ``accepted``: it took it. ``not_accepted``: it provably did not. ``pending``: it
            is still at it, or its log is. ``unclear``: this source cannot tell.
        words: why, for a person.
        relay_id: the relay's name for the message.
        since: moment the relay was done with it, as far as known; a ``not_accepted`` counts only
            some time after, as what was taken is written down a little later.
    """

    verdict: Verdict
    words: str
    relay_id: str = ""
    since: datetime | None = None


class Probe(Protocol):
    """Somebody who knows what the relay took: its log, or its programming interface."""

    def probe(self, doubts: Sequence[Doubt], known: Sequence[Known]) -> Mapping[str, Finding]:
        """Return what is known of each message, by Message-ID; one left out is unclear.

        Only ``accepted`` and ``not_accepted`` change anything, so a source that is not certain
        has to say ``unclear``: a wrong ``not_accepted`` is a second copy.

        Args:
            doubts: the messages.
            known: messages the relay took, to try the source on.

        Raises:
            ReportgenError: the source cannot be read.
        """
        ...
