"""What a run tells those who do not watch it: the watchdog at every run, the operator by mail.

A stage without network leaves its signals on the disk, and the next run that has one sends them.
The same failure is mailed once a day, however often the run is tried again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import msgspec

from reportgen.disk import write_whole
from reportgen.publishing.state import FOLDER, UNTOLD

if TYPE_CHECKING:
    from reportgen.config import Settings
    from reportgen.operations.heartbeat import Heartbeat
    from reportgen.operations.log import Log
    from reportgen.operations.mail import Attachment
    from reportgen.operations.report import Run
    from reportgen.secret import Secret

_T = TypeVar("_T")
TOLD = "told.json"
AGAIN = timedelta(hours=24)
"""After which the operator is told of the same failure once more."""


class Signal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to tell.

    Args:
        code: exit code; 0 when all is well.
        title: one line.
        text: the run's report as a person reads it.
        mail: whether the operator is told too; the watchdog always is.
        about: what it is about; the same failure about the same is mailed once a day.
    """

    code: int
    title: str
    text: str
    mail: bool
    about: str


class _Mailed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    at: Annotated[datetime, msgspec.Meta(tz=True)]


@dataclass(frozen=True)
class Signals:
    """The ways out.

    Args:
        output: the output folder.
        settings: relay and operator.
        password: of the relay.
        heartbeat: the watchdog.
        log: told of what could not be told.
        now: the moment; aware.
        network: whether anything can be sent now.
        attachments: go with a mail.
    """

    output: Path
    settings: Settings
    password: Secret | None
    heartbeat: Heartbeat
    log: Log
    now: datetime
    network: bool = True
    attachments: list[Attachment] = field(default_factory=list)

    def tell(self, signal: Signal) -> None:
        """Tell, or leave it for the next run that has a network; never fails."""
        waiting = [*self._waiting(), signal]
        if not self.network:
            write_whole(self._path(UNTOLD), msgspec.json.encode(waiting))
            return
        for one in waiting:
            self._send(one)
        self._path(UNTOLD).unlink(missing_ok=True)

    def drain(self) -> None:
        """Tell what earlier runs left."""
        for one in self._waiting() if self.network else ():
            self._send(one)
        if self.network:
            self._path(UNTOLD).unlink(missing_ok=True)

    def _send(self, signal: Signal) -> None:
        beat = self.heartbeat
        if signal.code == 0:
            beat.success(f"{signal.title}\n{signal.text}")
        else:
            beat.fail(signal.code, f"{signal.title}\n{signal.text}")
        if signal.mail and self._is_news(signal):
            self._mail(signal)

    def _mail(self, signal: Signal) -> None:
        from reportgen.operations.mail import Told, tell

        smtp, operator = self.settings.smtp, self.settings.operator
        if not operator.mail:
            return
        told = tell(
            smtp,
            operator,
            self.password,
            f"reportgen: {signal.title}",
            signal.text,
            self.attachments,
            now=self.now,
            mask=self.log.mask,
        )
        if isinstance(told, Told):
            self.log.event("mail", about=signal.about)
            known = {**self._mailed(), signal.about: _Mailed(signal.title, self.now)}
            write_whole(self._path(TOLD), msgspec.json.encode(known))
        else:
            self.log.warning("mail", problem=told.reason)

    def _is_news(self, signal: Signal) -> bool:
        last = self._mailed().get(signal.about)
        return last is None or last.title != signal.title or self.now - last.at >= AGAIN

    def _waiting(self) -> list[Signal]:
        return self._read(UNTOLD, list[Signal]) or []

    def _mailed(self) -> dict[str, _Mailed]:
        return self._read(TOLD, dict[str, _Mailed]) or {}

    def _read(self, name: str, kind: type[_T]) -> _T | None:
        try:
            return msgspec.json.decode(self._path(name).read_bytes(), type=kind)
        except (OSError, msgspec.DecodeError):  # nothing there, or not to be used: told again
            return None

    def _path(self, name: str) -> Path:
        return self.output / FOLDER / name


def signal_of(run: Run, about: str, *, mail: bool) -> Signal:
    """Return what is to be told of a run."""
    title = f"{about or run.command}: {run.result}"
    if run.reason:
        title = f"{about or run.command}: {run.reason}"
    return Signal(run.exit_code, " ".join(title.split())[:150], run.as_text(), mail, about)
