"""The group of all commands, and what the commands share: errors, options, progress."""

from __future__ import annotations

import contextlib
import errno
import functools
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from reportgen import __version__
from reportgen.errors import ReportgenError

Command = TypeVar("Command", bound=Callable[..., Any])
OTHERS_WRITE = 0o022
"""Taken from every file: whoever else may write into the output could change what is sent."""

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
"""What a disk answers on which nothing can be written."""


def answers(command: Command) -> Command:
    """Turn a ``ReportgenError`` into one sentence on stderr and its exit code."""

    @functools.wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except ReportgenError as problem:
            _say(f"reportgen: {problem.message}")
            if problem.hint:
                _say(f"  {problem.hint}")
            sys.exit(problem.exit_code)

    return wrapped  # type: ignore[return-value]


def _say(line: str) -> None:
    """Write to stderr; where that cannot be written, as on a full disk, the exit code stays."""
    with contextlib.suppress(OSError):
        click.echo(line, err=True)


class Grouped(click.Group):
    """A group whose usage errors end with 64, as documented."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line; like ``click.Group.main`` but for the code of usage errors."""
        kwargs["standalone_mode"] = False
        if sys.stderr is None:  # closed by the caller
            sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - to the end
        try:
            return super().main(*args, **kwargs)
        except click.UsageError as problem:
            problem.show()
            sys.exit(64)
        except click.ClickException as problem:
            problem.show()
            sys.exit(problem.exit_code)
        except click.Abort:
            click.echo("Stopped.", err=True)
            sys.exit(130)
        except OSError as problem:
            if problem.errno not in FULL:
                raise
            _say(f"reportgen: What this command says cannot be written: {problem.strerror}.")
            sys.exit(74)


EPILOG = """\b
Exit codes: 0 done · 64 usage · 65 data or a check failed · 66 input missing ·
69 too little can be reached · 70 internal · 73 cannot create · 74 disk ·
75 locked, try later · 77 approval missing · 78 configuration
"""


@click.group(cls=Grouped, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="reportgen")
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Configuration file (reportgen.toml in this folder when there is one).",
)
@click.pass_context
def main(context: click.Context, config: Path | None) -> None:
    """Write the monthly risk assessment of the Nasdaq in Chinese, Japanese and English."""
    _keep_to_ourselves()
    context.obj = config


def _keep_to_ourselves() -> None:
    """Let nobody else write what is made, and leave no image of memory when a library crashes."""
    import resource

    os.umask(os.umask(OTHERS_WRITE) | OTHERS_WRITE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


class _Day(click.ParamType):  # type: ignore[type-arg]
    """A day, written 2025-12-05."""

    name = "date"

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        """Return the day."""
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            self.fail(f"{value!r} is not a day; write it as 2025-12-05.", param, ctx)


json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
output_option = click.option(
    "--output", type=click.Path(path_type=Path, file_okay=False), help="Output folder. [output]"
)
as_of_option = click.option(
    "--as-of", type=_Day(), metavar="DAY", help="Last day of observations. [the last close]"
)
paths_option = click.option(
    "--paths", type=click.IntRange(1_000, 5_000_000), help="Simulated paths a window. [200000]"
)
house_option = click.option(
    "--house", type=click.Path(path_type=Path, dir_okay=False), help="File of the house view."
)
data_option = click.option(
    "--data",
    metavar="SOURCE",
    help="auto, live, cache, bundled, or a snapshot's folder. [auto]",
)


def figures_options(command: Command) -> Command:
    """Add what says which figures and views an assessment is made from, and how large it is."""
    for option in (
        paths_option,
        house_option,
        click.option("--period", metavar="MONTH", help="Month of the edition. [that of --as-of]"),
        as_of_option,
        data_option,
        output_option,
    ):
        command = option(command)
    return command


def now() -> datetime:
    """Return the moment of the command: the clock enters the program here and nowhere else."""
    return datetime.now(UTC)


def has_key() -> bool:
    """Tell whether the environment has a key for FRED; the key itself is read where it is sent."""
    from reportgen.secret import FRED_KEY

    return bool(os.environ.get(FRED_KEY, "").strip())


class progress:  # noqa: N801 - used as a function
    """Phase names: a live line on a terminal, plain lines in a pipe, nothing when quiet."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._status: Any = None

    def __enter__(self) -> Callable[[str, str], None]:
        """Start the live line where there is a terminal."""
        if not self._quiet and sys.stderr.isatty():
            from rich.console import Console

            self._status = Console(stderr=True).status("")
            self._status.start()
        return self._tell

    def __exit__(self, *_: object) -> None:
        """End the live line."""
        if self._status is not None:
            self._status.stop()

    def _tell(self, phase: str, detail: str) -> None:
        if self._quiet:
            return
        if self._status is not None:
            self._status.update(f"[bold]{phase}[/bold] {detail}")
            self._status.console.print(f"[green]▸[/green] [bold]{phase}[/bold] {detail}")
        else:
            click.echo(f"{phase} {detail}".rstrip(), err=True)
