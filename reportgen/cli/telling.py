"""What the commands nobody watches share: a log, a report of the run, signals, secrets."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from reportgen import __version__
from reportgen.cli.group import now
from reportgen.errors import ReportgenError

if TYPE_CHECKING:
    from reportgen.config import Settings
    from reportgen.operations.log import Log
    from reportgen.operations.report import Book
    from reportgen.publishing.signals import Signals
    from reportgen.secret import Secret

Command = TypeVar("Command", bound=Callable[..., Any])


def log_option(command: Command) -> Command:
    """Add the form of the log."""
    return click.option(
        "--log-format",
        type=click.Choice(["text", "json"]),
        help="One event a line on stderr. [text on a terminal, else json]",
    )(command)


@dataclass(frozen=True)
class Telling:
    """The ears and mouths of a run.

    Args:
        settings: the configuration.
        output: the output folder.
        log: told of everything.
        book: becomes the report of the run.
        signals: to watchdog and operator.
        secrets: by the name of their variable.
    """

    settings: Settings
    output: Path
    log: Log
    book: Book
    signals: Signals
    secrets: Mapping[str, Secret | None]

    @property
    def run_id(self) -> str:
        """Id of the run."""
        return self.book.run_id

    @contextmanager
    def whole(self, *, quiet: bool = False, begins: bool = True) -> Iterator[None]:
        """Take down what goes wrong inside, tell of it, and let it go on.

        A fault of the program ends with 70; its traceback stands in the log, without secrets.

        Args:
            quiet: that the operator is not told by mail, as the caller watches the terminal.
            begins: that the watchdog is told of the beginning; it then waits for the end.
        """
        if begins and self.signals.network:
            self.signals.heartbeat.start(self.book.command)
        try:
            with self.log.listening():
                yield
        except ReportgenError as problem:
            problem.message, problem.hint = map(self.log.mask, (problem.message, problem.hint))
            self._failed(problem.exit_code, problem.message, problem.hint, quiet=quiet)
            raise
        except Exception as problem:
            self.log.crash(problem)
            self._failed(70, f"internal error: {type(problem).__name__}", "", quiet=quiet)
            raise SystemExit(70) from None

    def ended(self, result: str, *, mail: bool) -> None:
        """Tell that the run went well."""
        self._told(self.book.closed(result), mail=mail)

    def _failed(self, code: int, reason: str, hint: str, *, quiet: bool) -> None:
        self.log.error("failed", reason=reason, code=code)
        self._told(self.book.closed("failed", code, reason, hint), mail=not quiet)

    def _told(self, run: Any, *, mail: bool) -> None:
        """Write the report of the run and send the signals; neither changes how it ended."""
        from reportgen.operations import report
        from reportgen.publishing.signals import signal_of

        signal = signal_of(run, self.book.edition, mail=mail)
        # each for itself: of a disk that is full the watchdog and the operator are to hear
        for told in (lambda: report.write(run, self.output), lambda: self.signals.tell(signal)):
            try:
                told()
            except (ReportgenError, OSError) as problem:
                self.log.warning("telling", problem=str(problem))


def telling(
    command: str,
    settings: Settings,
    output: Path,
    log_format: str | None,
    *,
    network: bool = True,
) -> Telling:
    """Return everything a run tells with.

    Args:
        command: its name.
        settings: the configuration.
        output: the output folder.
        log_format: ``text``, ``json``, or ``None`` for what fits where stderr goes.
        network: whether this run may use one.

    Raises:
        ConfigError: a secret is kept where others can read it.
    """
    from reportgen.operations.heartbeat import Heartbeat
    from reportgen.operations.log import Log
    from reportgen.operations.masking import Mask
    from reportgen.operations.report import Book
    from reportgen.operations.surroundings import furnish
    from reportgen.publishing.signals import Signals
    from reportgen.secret import HEARTBEAT_URL, NAMES, SMTP_PASSWORD, secret

    began = now()
    secrets = {name: secret(name, os.environ) for name in NAMES}
    mask = Mask(secrets.values())
    run_id = f"{began:%Y%m%dT%H%M%S}-{os.getpid()}"
    form = log_format or ("text" if sys.stderr.isatty() else "json")
    log = Log(_to_stderr, form, run_id, now, mask)  # type: ignore[arg-type]
    furnish(output, os.environ)
    book = Book(run_id, command, __version__, began, now, mask)
    heartbeat = Heartbeat(secrets[HEARTBEAT_URL], settings.heartbeat.timeout, log)
    signals = Signals(output, settings, secrets[SMTP_PASSWORD], heartbeat, log, began, network)
    return Telling(settings, output, log, book, signals, secrets)


def _to_stderr(line: str) -> None:
    click.echo(line, err=True)
