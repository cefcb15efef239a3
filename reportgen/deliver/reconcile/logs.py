"""The relay's log in its files: today's, and those that were put away, packed or not."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import subprocess
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from io import BufferedIOBase
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.config.delivery import JOURNAL
from reportgen.deliver.reconcile.finding import Doubt, Finding, Known, Probe
from reportgen.deliver.reconcile.postfix import Reading, read
from reportgen.errors import DiskError, MissingInputError
from reportgen.secret import without_secrets

if TYPE_CHECKING:
    from reportgen.config import Settings

LONGEST = 65_536
"""Bytes of a line that are looked at."""
CLOCKS = timedelta(seconds=2)
"""By how much the relay's clock may differ."""
SECOND = timedelta(seconds=1)
"""By how much a stamp may be before what it is of."""


@dataclass(frozen=True)
class PostfixLog:
    """The log of the relay, a Postfix.

    Args:
        source: the log's newest file, beside which the older ones stand; ``journal`` for systemd's;
            or lines of a log.
        now: the moment.
        zone: of this machine, for stamps that do not name theirs.
    """

    source: Path | Iterable[bytes]
    now: datetime
    zone: tzinfo

    def probe(self, doubts: Sequence[Doubt], known: Sequence[Known]) -> Mapping[str, Finding]:
        """Return what the log says.

        A message the log does not mention was not taken, if the log has everything the relay is
        known to have taken, and goes on beyond the message; else that says nothing.

        Raises:
            MissingInputError: there is no such file.
            DiskError: it cannot be read.
        """
        if not doubts:
            return {}
        began = min(one.begun for one in doubts)
        wanted = [one.message_id for one in doubts] + [one.message_id for one in known]
        found = read(self._lines(began), wanted, self.now, self.zone)
        missing = _missing(found, known)
        return {
            one.message_id: found.findings.get(one.message_id) or _absent(one, found, missing)
            for one in doubts
        }

    def _lines(self, began: datetime) -> Iterator[bytes]:
        if not isinstance(self.source, Path):
            yield from self.source
            return
        if str(self.source) == JOURNAL:
            yield from _journal(began - timedelta(hours=1))
            return
        for path in _files(self.source, began - timedelta(days=1)):
            yield from _lines_of(path)


def relay_probe(settings: Settings, now: datetime) -> Probe | None:
    """Return who can be asked about messages in doubt by the settings; ``None`` for nobody."""
    log = settings.delivery.relay_log
    return PostfixLog(Path(log), now, local_zone(now)) if log else None


def local_zone(now: datetime) -> tzinfo:
    """Return the zone of this machine as it is at a moment."""
    zone = now.astimezone().tzinfo
    assert zone is not None  # an aware moment has one
    return zone


def _missing(found: Reading, known: Sequence[Known]) -> int | None:
    """Return how many messages known as taken the log lacks; ``None`` when it covers none."""
    if found.first is None:
        return None
    covered = [one for one in known if one.at >= found.first + CLOCKS]
    taken = {name for name, one in found.findings.items() if one.verdict == "accepted"}
    return sum(one.message_id not in taken for one in covered) if covered else None


def _absent(doubt: Doubt, found: Reading, missing: int | None) -> Finding:
    if found.first is None or found.last is None:
        return Finding("unclear", "the log has no lines of Postfix with a time")
    if missing is None:
        words = "the log does not mention it, nor any message known as taken"
        return Finding("unclear", words)
    if missing:
        words = f"the log lacks {missing} messages the relay took: it is not the whole log"
        return Finding("unclear", words)
    if found.first > doubt.begun - CLOCKS:
        return Finding("unclear", "the log begins after it")
    if found.last + SECOND < doubt.begun - CLOCKS:
        return Finding("pending", "the log ends before it")
    return Finding("not_accepted", "the log never mentions it")


def _files(newest: Path, since: datetime) -> list[Path]:
    """Return the files of a log that may hold lines since a moment, oldest first."""
    try:
        if not newest.is_file():
            raise MissingInputError(
                f"{newest}: there is no such log.", "Set delivery.relay_log, or give --log."
            )
        beside = [one for one in newest.parent.glob(f"{_plain(newest.name)}*") if one.is_file()]
        dated = [(one.stat().st_mtime, one) for one in beside if _is_older(one, newest)]
    except OSError as problem:
        raise DiskError(f"{newest} cannot be read: {problem.strerror}.") from None
    older = sorted(dated, key=lambda one: (one[0], str(one[1])))
    return [path for at, path in older if at >= since.timestamp()] + [newest]


def _journal(since: datetime) -> Iterator[bytes]:
    """Yield the lines of mail in systemd's journal since a moment."""
    command = [
        *("journalctl", "--quiet", "--no-pager", "--output=short-iso-precise"),
        *(f"--since=@{int(since.timestamp())}", "SYSLOG_FACILITY=2"),
    ]
    try:
        with subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=without_secrets(os.environ),
        ) as process:
            assert process.stdout is not None
            while line := process.stdout.readline(LONGEST):
                yield line
    except FileNotFoundError:
        raise MissingInputError(
            "This machine has no journalctl, so no journal.", "Set delivery.relay_log to a file."
        ) from None
    if process.returncode != 0:
        raise DiskError(f"The journal cannot be read: journalctl ended with {process.returncode}.")


def _plain(name: str) -> str:
    """Return a file name for ``glob``, its special signs taken literally."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in name)


def _is_older(path: Path, newest: Path) -> bool:
    """Tell ``mail.log.1``, ``mail.log-20261121.gz`` from ``mail.log`` and ``mail.logger``."""
    rest = path.name[len(newest.name) :]
    return rest[:1] in {".", "-"} and any(sign.isdigit() for sign in rest)


def _lines_of(path: Path) -> Iterator[bytes]:
    try:
        with _opened(path) as stream:
            while line := stream.readline(LONGEST):
                yield line
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as problem:
        why = getattr(problem, "strerror", None) or "it is damaged"
        raise DiskError(f"{path} cannot be read: {why}.") from None


def _opened(path: Path) -> BufferedIOBase:
    if path.suffix == ".gz":
        return gzip.open(path)
    if path.suffix == ".bz2":
        return bz2.open(path)
    if path.suffix == ".xz":
        return lzma.open(path)
    return path.open("rb")
