"""The log of a run: one event a line, for a person at a terminal or for a program in cron."""

from __future__ import annotations

import logging
import threading
import traceback
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

import msgspec

from reportgen.operations.masking import Mask

Form = Literal["json", "text"]
Level = Literal["info", "warning", "error"]
FORMS: tuple[Form, ...] = ("json", "text")

REMEMBERED = 40
"""Lines of the log that go with a failure to whoever is told of it."""

_LOUDEST = logging.ERROR


@dataclass(frozen=True)
class Log:
    """Where the events of a run are told; passed on as a value, configures nothing outside itself.

    A log that cannot be written costs its lines, never the run.

    Args:
        write: takes a finished line without its end.
        form: of the lines.
        run_id: of the run, in every line.
        clock: the moment; aware.
        mask: blots out secrets and addresses.
        always: fields of every event (the edition).
    """

    write: Callable[[str], None]
    form: Form
    run_id: str
    clock: Callable[[], datetime]
    mask: Mask = field(default_factory=Mask)
    always: Mapping[str, object] = field(default_factory=dict)
    _tail: deque[str] = field(default_factory=lambda: deque(maxlen=REMEMBERED), repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def event(self, name: str, /, **fields: object) -> None:
        """Tell that something happened; ``fields`` with ``None`` are left out."""
        self._tell("info", name, fields)

    def warning(self, name: str, /, **fields: object) -> None:
        """Tell of what a person should look at some day."""
        self._tell("warning", name, fields)

    def error(self, name: str, /, **fields: object) -> None:
        """Tell of what ends the run or one of its tasks."""
        self._tell("error", name, fields)

    def crash(self, problem: BaseException) -> None:
        """Tell of a fault of the program, with its traceback: for a person line by line."""
        lines = "".join(traceback.format_exception(problem)).splitlines()
        if self.form == "json":
            self.error("crash", kind=type(problem).__name__, traceback=lines)
            return
        self.error("crash", kind=type(problem).__name__)
        for line in lines:
            self._write(_plain(self._masked(line), bare=True))

    def progress(self, phase: str, detail: str) -> None:
        """Tell of a phase as the pipeline does: fits ``pipeline.Progress``."""
        self.event(phase, detail=detail or None)

    def bound(self, **fields: object) -> Log:
        """Return the same log with fields for all further events."""
        return replace(self, always={**self.always, **fields})

    def tail(self) -> str:
        """Return the last lines as a person reads them, whatever the form."""
        return "\n".join(self._tail)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take down what libraries warn of meanwhile, instead of letting it onto the terminal."""
        handler = _Listener(self)
        root, before = logging.getLogger(), warnings.showwarning
        root.addHandler(handler)
        warnings.showwarning = self._warned  # type: ignore[assignment]
        try:
            yield
        finally:
            warnings.showwarning = before
            root.removeHandler(handler)

    def _warned(
        self, message: object, category: type, filename: str, line: int, *_: object
    ) -> None:
        place = f"{Path(filename).name}:{line}"
        self.warning("library", logger=category.__name__, said=str(message), place=place)

    def _tell(self, level: Level, name: str, fields: Mapping[str, object]) -> None:
        given = {**self.always, **fields}
        shown = {
            self._masked(key): self._shown(value)
            for key, value in given.items()
            if value is not None and value != ""
        }
        moment, name = self.clock(), self._masked(name)
        plain = _as_text(moment, level, name, shown)
        line = plain if self.form == "text" else self._as_json(moment, level, name, shown)
        with self._lock:
            self._tail.append(plain)
            self._write(line)

    def _write(self, line: str) -> None:
        try:
            self.write(line)
        except (OSError, ValueError):  # nobody reads any more, or the disk is full
            return

    def _shown(self, value: object) -> object:
        """Return a value as it may stand in a log: numbers as they are, all else masked text."""
        if isinstance(value, bool | int | float):
            return value
        if isinstance(value, tuple | list | set | frozenset):
            return [self._shown(one) for one in value]
        if isinstance(value, Mapping):
            return {self._masked(key): self._shown(one) for key, one in value.items()}
        if isinstance(value, date | datetime):
            return value.isoformat()
        return self._masked(value)

    def _masked(self, value: object) -> str:
        return self.mask(str(value).encode(errors="backslashreplace").decode())

    def _as_json(
        self, moment: datetime, level: Level, name: str, shown: Mapping[str, object]
    ) -> str:
        head = {
            "time": moment.astimezone(UTC).isoformat(timespec="milliseconds"),
            "level": level,
            "event": name,
            "run": self.run_id,
        }
        own = {f"{key}_" if key in head else key: value for key, value in shown.items()}
        return msgspec.json.encode({**head, **own}, enc_hook=str).decode()


class _Listener(logging.Handler):
    """Hands on what libraries log."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        tell = self._log.error if record.levelno >= _LOUDEST else self._log.warning
        tell("library", logger=record.name, said=record.getMessage())


def _as_text(moment: datetime, level: Level, name: str, shown: Mapping[str, object]) -> str:
    marked = "" if level == "info" else f"{level.upper()} "
    fields = " ".join(
        f"{_plain(key, bare=True)}={_plain(value)}"
        for key, value in shown.items()
        if key != "detail"
    )
    detail = _plain(shown["detail"], bare=True) if "detail" in shown else ""
    head = marked + _plain(name, bare=True)
    return " ".join(part for part in (f"{moment:%H:%M:%S}", head, detail, fields) if part)


def _plain(value: object, *, bare: bool = False) -> str:
    """Return a value on one line, in quotation marks where it would not be seen to be one."""
    if isinstance(value, list):
        return ",".join(_plain(one) for one in value) or "-"
    text = str(value)
    clean = "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text
    )
    return clean if bare or (clean and " " not in clean) else f'"{clean}"'
