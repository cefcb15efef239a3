"""Postfix's log, read for a few messages: which of them it put into its queue.

Postfix writes ``cleanup: ID: message-id=<…>`` when it has read a message's header, makes the
message last, answers 250, and ``qmgr: ID: from=<…> (queue active)`` once the message is in the
queue. A message whose second line is missing was not taken, if the session that brought it is
over; while it is not, nothing is certain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from reportgen.deliver.reconcile.finding import Finding

REMEMBERED = 10_000
"""Messages whose session is over that are remembered, for lines that come a little late."""

_LINE = re.compile(
    rb"(?:^|[ \t])(?P<instance>[\w.-]+)/(?:[\w.-]+/)*(?P<program>smtpd|cleanup|qmgr|master)"
    rb"\[(?P<process>\d+)\]: (?:(?P<queue>[0-9A-Za-z]{5,20}): )?(?P<said>.*)"
)
_ID = re.compile(rb"message-id=(<[^<>\s]+>)")
_ASIDE = re.compile(rb"(?:milter-)?(?:hold|discard): ")
_ENDS = (b"disconnect from ", b"lost connection after ", b"timeout after ")
_KILLED = re.compile(rb"process \S+/smtpd pid (\d+) (?:killed|exit)")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_STAMP = re.compile(
    rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?"
    rb"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d"
)


@dataclass
class _Copy:
    """One try to hand a message over, under its queue id."""

    message_id: bytes
    queue: str
    session: tuple[bytes, bytes] | None
    taken: bool = False
    aside: bool = False
    over: bytes | None = None  # the line that ended the session


@dataclass
class _Seen:
    """What the lines so far tell of the messages asked for."""

    copies: list[_Copy] = field(default_factory=list)
    open: dict[tuple[bytes, bytes], _Copy] = field(default_factory=dict)  # by instance and queue
    receiving: dict[tuple[bytes, bytes], bytes] = field(default_factory=dict)  # by smtpd process
    aside: set[tuple[bytes, bytes]] = field(default_factory=set)
    ended: dict[tuple[bytes, bytes], bytes] = field(default_factory=dict)  # the last few


@dataclass(frozen=True)
class Reading:
    """What a log says.

    Args:
        findings: by Message-ID; a message the log does not mention is not among them.
        first, last: moments of its first and its last line; ``None`` where they have none.
    """

    findings: dict[str, Finding]
    first: datetime | None
    last: datetime | None


def read(lines: Iterable[bytes], wanted: Iterable[str], now: datetime, zone: tzinfo) -> Reading:
    """Read a log for some messages.

    Args:
        lines: of the log, oldest first.
        wanted: their Message-IDs.
        now: the moment, from which the year of a stamp without one follows.
        zone: of stamps that do not name theirs.
    """
    seen, ids = _Seen(), {one.encode() for one in wanted}
    first = last = b""
    for line in lines:
        found = _LINE.search(line)
        if found is None:
            continue
        first, last = first or line, line
        _take(seen, found, ids)
    by_id: dict[str, list[_Copy]] = {}
    for copy in seen.copies:
        by_id.setdefault(copy.message_id.decode(), []).append(copy)
    findings = {message_id: _finding(copies, now, zone) for message_id, copies in by_id.items()}
    return Reading(findings, moment(first, now, zone), moment(last, now, zone))


def _take(seen: _Seen, found: re.Match[bytes], ids: set[bytes]) -> None:
    program = found["program"]
    if program == b"smtpd":
        _smtpd(seen, found)
    elif program == b"cleanup" and found["queue"]:
        _cleanup(seen, found, ids)
    elif program == b"qmgr" and found["queue"]:
        copy = seen.open.get((found["instance"], found["queue"]))
        if copy is not None:  # whatever the queue manager says of it, it is in the queue
            copy.taken = True
            if found["said"].startswith(b"removed"):
                del seen.open[found["instance"], found["queue"]]
    elif program == b"master":
        _master(seen, found)


def _smtpd(seen: _Seen, found: re.Match[bytes]) -> None:
    session = (found["instance"], found["process"])
    said = found["said"]
    if found["queue"] and said.startswith(b"client="):
        _end(seen, session, found.string)
        seen.receiving[session] = found["queue"]
        seen.aside.discard((found["instance"], found["queue"]))
        seen.ended.pop((found["instance"], found["queue"]), None)
    elif found["queue"]:
        _aside(seen, found)
    elif said.startswith(_ENDS):
        _end(seen, session, found.string)


def _cleanup(seen: _Seen, found: re.Match[bytes], ids: set[bytes]) -> None:
    name = (found["instance"], found["queue"])
    written = _ID.match(found["said"])
    if written is None:
        _aside(seen, found)
        return
    seen.open.pop(name, None)  # queue ids are used again
    if written[1] not in ids:
        return
    holders = (one for one, queue in seen.receiving.items() if (one[0], queue) == name)
    copy = _Copy(written[1], name[1].decode(), next(holders, None), aside=name in seen.aside)
    copy.over = seen.ended.get(name)  # its process may have written this line after the end
    seen.copies.append(copy)
    seen.open[name] = copy


def _aside(seen: _Seen, found: re.Match[bytes]) -> None:
    """Remember what a rule of the relay set aside: it was taken, and the queue never tells."""
    if _ASIDE.match(found["said"]):
        name = (found["instance"], found["queue"])
        seen.aside.add(name)
        if name in seen.open:
            seen.open[name].aside = True


def _master(seen: _Seen, found: re.Match[bytes]) -> None:
    killed = _KILLED.search(found["said"])
    if killed is not None:
        _end(seen, (found["instance"], killed[1]), found.string)
    elif b"daemon started" in found["said"]:
        for session in [one for one in seen.receiving if one[0] == found["instance"]]:
            _end(seen, session, found.string)


def _end(seen: _Seen, session: tuple[bytes, bytes], line: bytes) -> None:
    queue = seen.receiving.pop(session, None)
    if queue is None:
        return
    seen.ended[session[0], queue] = line
    if len(seen.ended) > REMEMBERED:
        del seen.ended[next(iter(seen.ended))]
    copy = seen.open.get((session[0], queue))
    if copy is not None and copy.session == session:
        copy.over = line


def _finding(copies: list[_Copy], now: datetime, zone: tzinfo) -> Finding:
    """Return what the tries of one message come to: taken once is taken."""
    for copy in copies:
        if copy.taken:
            return Finding("accepted", "the log has it in the queue", copy.queue)
    for copy in copies:
        if copy.aside:
            words = "a rule of the relay set it aside, and the log does not say whether it took it"
            return Finding("unclear", words, copy.queue)
        if copy.over is None:
            return Finding("pending", "the relay is still receiving it", copy.queue)
    latest = copies[-1]
    since = moment(latest.over or b"", now, zone)
    words = "the log has it received, and never in the queue"
    return Finding("not_accepted", words, latest.queue, since)


def moment(line: bytes, now: datetime, zone: tzinfo) -> datetime | None:
    """Return the moment at the beginning of a line; ``None`` where there is none.

    Args:
        line: ``Nov 21 12:14:33 relay postfix/…`` or ``2026-11-21T12:14:33.123456+00:00 …``.
        now: the moment; a stamp without a year is the last such one before it.
        zone: of a stamp without one.
    """
    found = _STAMP.match(line)
    if found is None:
        return None
    text = found[0].decode("ascii")
    try:
        if text[0].isdigit():
            at = datetime.fromisoformat(text.replace(",", "."))
            return at if at.tzinfo is not None else at.replace(tzinfo=zone)
        return next(_in_years(text, now, zone), None)
    except ValueError:
        return None


def _in_years(text: str, now: datetime, zone: tzinfo) -> Iterator[datetime]:
    """Return the moments a stamp without a year may mean, the latest that is not to come first."""
    month, day, clock = text.split()
    hour, minute, second = map(int, clock.split(":"))
    number = _MONTHS.index(month) + 1
    local = now.astimezone(zone)
    for year in range(local.year + 1, local.year - 4, -1):
        try:
            at = datetime(year, number, int(day), hour, minute, min(second, 59), tzinfo=zone)
        except ValueError:
            if (number, int(day)) != (2, 29):
                raise
            continue
        if at <= now + timedelta(days=1):
            yield at
