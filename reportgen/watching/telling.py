"""Who is told of a trigger, and the book kept about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

import msgspec

from reportgen.facts import Computed, Quantity
from reportgen.operations import texts
from reportgen.operations.mail import Told, tell
from reportgen.operations.masking import Mask
from reportgen.operations.relay import Untold
from reportgen.watching.memory import Alarm, Notes
from reportgen.watching.memory import Telling as Progress

if TYPE_CHECKING:
    from reportgen.config import Settings
    from reportgen.secret import Secret


@dataclass(frozen=True)
class News:
    """What is to be told.

    Args:
        alarms: the triggers that fired, in the order of the table.
        repeat: whether some of it may have been told before.
    """

    alarms: tuple[Alarm, ...]
    repeat: bool


class Listener(Protocol):
    """Somebody who wants to know; clients who asked are another one.

    ``name`` stands in the memory: under it is remembered what was told.
    """

    @property
    def name(self) -> str:
        """Name in the memory."""
        ...

    def tell(self, news: News) -> Told | Untold:
        """Tell; failures are values."""
        ...


@dataclass(frozen=True)
class Operators:
    """The operator, by mail.

    Args:
        settings: relay and address.
        password: of the relay.
        mask: blots out secrets.
        now: the moment; aware.
    """

    settings: Settings
    password: Secret | None
    mask: Mask
    now: datetime

    @property
    def name(self) -> str:
        """Name in the memory."""
        return "operator"

    def tell(self, news: News) -> Told | Untold:
        """Send one mail with all of it."""
        return tell(
            self.settings.smtp,
            self.settings.operator,
            self.password,
            subject(news),
            text(news),
            now=self.now,
            mask=self.mask,
        )


def subject(news: News) -> str:
    """Return the line by which the mail is recognised."""
    return texts.line("watch_subject", **_values(news))


def text(news: News) -> str:
    """Return the mail."""
    return texts.text("watch", **_values(news))


def _values(news: News) -> dict[str, object]:
    rows = [{"alarm": one, **figures(one)} for one in news.alarms]
    return {"rows": rows, "repeat": news.repeat}


def figures(alarm: Alarm) -> dict[str, Quantity]:
    """Return value and threshold as the report prints them."""
    origin = Computed("watch")
    return {
        "value": Quantity(alarm.value, alarm.unit, origin),
        "threshold": Quantity(alarm.threshold, alarm.unit, origin),
    }


def tell_all(
    notes: Notes, listeners: Sequence[Listener], keep: Callable[[Notes], None]
) -> tuple[Notes, dict[str, Told | Untold]]:
    """Tell every listener what it has not heard; keep the memory before and after each message.

    Args:
        notes: with the alarms that are still to be told, kept already.
        listeners: in turn; one that cannot be told stops no other.
        keep: puts the memory on the disk.

    Returns:
        The memory afterwards, and what came of each listener that was due.
    """
    outcomes: dict[str, Told | Untold] = {}
    for listener in listeners:
        due = tuple(one for one in notes.alarms if one.told.get(listener.name, "due") != "done")
        if not due:
            continue
        repeat = any(one.told.get(listener.name) == "begun" for one in due)
        notes = _marked(notes, due, listener.name, "begun")
        keep(notes)
        said = listener.tell(News(due, repeat))
        outcomes[listener.name] = said
        notes = _marked(notes, due, listener.name, _after(said, repeat=repeat))
        keep(notes)
    return _without_done(notes, listeners, keep), outcomes


def _after(said: Told | Untold, *, repeat: bool) -> Progress:
    """Return how far a listener is; where nobody is to be told, that is done too."""
    if isinstance(said, Told) or said.kind == "unset":
        return "done"
    return "begun" if said.doubtful or repeat else "due"


def _marked(notes: Notes, which: Iterable[Alarm], name: str, state: Progress) -> Notes:
    chosen = {(one.code, one.seen) for one in which}
    alarms = tuple(
        msgspec.structs.replace(one, told={**one.told, name: state})
        if (one.code, one.seen) in chosen
        else one
        for one in notes.alarms
    )
    return msgspec.structs.replace(notes, alarms=alarms)


def _without_done(
    notes: Notes, listeners: Sequence[Listener], keep: Callable[[Notes], None]
) -> Notes:
    """Drop what every listener has heard."""
    names = [one.name for one in listeners]
    left = tuple(
        one for one in notes.alarms if any(one.told.get(name, "due") != "done" for name in names)
    )
    if len(left) == len(notes.alarms):
        return notes
    notes = msgspec.structs.replace(notes, alarms=left)
    keep(notes)
    return notes
