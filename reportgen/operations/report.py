"""The report on a run: what was done, how long it took, and how it ended."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from reportgen.disk import write_whole
from reportgen.errors import ReportgenError
from reportgen.operations.masking import Mask
from reportgen.operations.texts import text

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
StageState = Literal["done", "kept", "failed"]
FOLDER = "runs"


class Stage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One step of a run.

    Args:
        state: ``kept`` when an earlier run had done it.
    """

    name: str
    seconds: float
    state: StageState


class Run(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A run from its beginning to its end.

    Args:
        run_id: as in every line of its log.
        command: ``publish``, ``run-due`` …
        edition: name of the edition it was about; empty for none.
        started, ended: moments.
        program: version.
        stages: in the order they were gone through.
        result: one word: ``published``, ``nothing due``, ``failed`` …
        exit_code: as documented.
        reason: one sentence on why it ended as it did; empty where the result says it.
        hint: what to do about it; empty for nothing.
        data: one line on where the figures come from.
        degraded: ids of series that are missing, stale or not from their first source.
        files: relative name and bytes of what was written.
        pages: of each finished document, by relative name.
        warnings: what a person should look at.
        facts: anything else worth keeping, by name.
    """

    run_id: str
    command: str
    started: Moment
    ended: Moment
    program: str
    result: str
    exit_code: int
    edition: str = ""
    stages: tuple[Stage, ...] = ()
    reason: str = ""
    hint: str = ""
    data: str = ""
    degraded: tuple[str, ...] = ()
    files: dict[str, int] = {}
    pages: dict[str, int] = {}
    warnings: tuple[str, ...] = ()
    facts: dict[str, str] = {}

    @property
    def seconds(self) -> float:
        """How long it took."""
        return (self.ended - self.started).total_seconds()

    @property
    def name(self) -> str:
        """``20260105T233000Z-publish-2026-01``: sorts by time."""
        stamp = f"{self.started.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        command = self.command.replace(" ", "-")
        return "-".join(part for part in (stamp, command, self.edition) if part)

    def as_json(self) -> bytes:
        """Return it for a program."""
        return msgspec.json.format(msgspec.json.encode(self, order="deterministic"), indent=1)

    def as_text(self) -> str:
        """Return it for a person, in plain English; as JSON where the words cannot be read."""
        try:
            return text("run", run=self)
        except (OSError, ReportgenError):
            return self.as_json().decode()


@dataclass
class Book:
    """Collects what belongs into the report while a run goes on.

    Args:
        run_id, command, program: of the run.
        started: the moment it began; aware.
        clock: the moment; aware.
        mask: blots out secrets and addresses in every sentence.
    """

    run_id: str
    command: str
    program: str
    started: datetime
    clock: Callable[[], datetime]
    mask: Mask = field(default_factory=Mask)
    edition: str = ""
    data: str = ""
    degraded: tuple[str, ...] = ()
    files: dict[str, int] = field(default_factory=dict)
    pages: dict[str, int] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    _stages: list[Stage] = field(default_factory=list)
    _warnings: list[str] = field(default_factory=list)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a step; one that raises counts as failed."""
        began, state = time.monotonic(), "failed"
        try:
            yield
            state = "done"
        finally:
            seconds = round(time.monotonic() - began, 2)
            self._stages.append(Stage(name, seconds, "done" if state == "done" else "failed"))

    def kept(self, name: str) -> None:
        """Note a step that an earlier run had done."""
        self._stages.append(Stage(name, 0.0, "kept"))

    def warn(self, sentence: str) -> None:
        """Note what a person should look at."""
        self._warnings.append(self.mask(sentence))

    def closed(self, result: str, exit_code: int = 0, reason: str = "", hint: str = "") -> Run:
        """Return the report of the run, which ends now."""
        return Run(
            run_id=self.run_id,
            command=self.command,
            started=self.started,
            ended=self.clock(),
            program=self.program,
            result=result,
            exit_code=exit_code,
            edition=self.edition,
            stages=tuple(self._stages),
            reason=self.mask(reason),
            hint=self.mask(hint),
            data=self.mask(self.data),
            degraded=self.degraded,
            files=dict(self.files),
            pages=dict(self.pages),
            warnings=tuple(self._warnings),
            facts={name: self.mask(said) for name, said in self.facts.items()},
        )


def write(run: Run, output: Path) -> tuple[Path, Path]:
    """Write the report to ``output/runs/`` as JSON and as text; each is there whole or not at all.

    A second run of the same second gets a number.

    Raises:
        CannotCreateError, DiskError: it cannot be written.
    """
    folder = output / FOLDER
    numbers = (f"-{number}" if number > 1 else "" for number in itertools.count(1))
    name = next(
        run.name + one for one in numbers if not (folder / f"{run.name}{one}.json").exists()
    )
    for ending, content in (("txt", run.as_text().encode()), ("json", run.as_json() + b"\n")):
        write_whole(folder / f"{name}.{ending}", content)
    return folder / f"{name}.json", folder / f"{name}.txt"
