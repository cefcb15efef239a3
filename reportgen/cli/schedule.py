"""``schedule``: when editions come out, and the entries that call the program."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reportgen.cli.group import answers, json_option, now
from reportgen.cli.place import collected, located, machine, make_ready, minutes_due, units_folder

if TYPE_CHECKING:
    from reportgen.config import Settings
    from reportgen.schedule import EditionPlan, TradingDays

MOST = 120
"""Editions that can be listed: ten years."""
WARN_DAYS = 90


@click.group()
def schedule() -> None:
    """When editions come out, and the entries of cron and systemd that see to it."""


@schedule.command(epilog="\b\nExample:\n  reportgen schedule show --count 6")
@click.option("--count", type=click.IntRange(1, MOST), default=12, help="How many. [12]")
@json_option
@click.pass_obj
@answers
def show(config: Path | None, /, *, count: int, as_json: bool) -> None:
    """List the next editions, when each is due and as of which close.

    78 where the calendar ends before.
    """
    from reportgen import schedule as calendar
    from reportgen.config import load

    settings, moment = load(config), now()
    reach = moment.date() + timedelta(days=31 * (count + 1))
    known = calendar.calendars(settings, moment.date(), reach)
    found, end = collected(calendar.upcoming(moment, count, settings.schedule, known))
    if as_json:
        click.echo(json.dumps(_as_json(found, settings, known.house), indent=1))
    else:
        _print(found, settings, known.house, moment)
    if end is not None:
        raise end


@schedule.command(epilog="\b\nExample:\n  reportgen schedule cron --install")
@click.option("--install", "wish", flag_value="install", help="Put it into your crontab.")
@click.option("--remove", "wish", flag_value="remove", help="Take it out again.")
@click.pass_obj
@answers
def cron(config: Path | None, /, *, wish: str | None) -> None:
    """Print the crontab entry that calls run-due every hour; put it in place or take it out.

    What was in the crontab is kept in output/runs/ and stays as it is, byte for byte.
    """
    from reportgen.schedule import cron as entries

    place, settings = located(config)
    crontab = entries.SystemCrontab(os.environ)
    if wish == "remove":
        gone = entries.remove(place, crontab, now())
        click.echo("The entry is removed." if gone else "There was no entry.")
        return
    minutes = minutes_due(settings)
    if wish is None:
        click.echo(entries.block(place, minutes), nl=False)
        return
    make_ready(place)
    new = entries.install(place, minutes, crontab, now())
    click.echo("The entry is in the crontab." if new else "The entry was there already.")


@schedule.command(epilog="\b\nExample:\n  sudo reportgen schedule systemd --install")
@click.option("--install", "wish", flag_value="install", help="Write the units, start the timer.")
@click.option("--remove", "wish", flag_value="remove", help="Stop the timer, remove the units.")
@click.option("--user", is_flag=True, help="Units of your own instead of the system's.")
@click.pass_obj
@answers
def systemd(config: Path | None, /, *, wish: str | None, user: bool) -> None:
    """Print the units of systemd: a timer, and gather, build and deliver, each in its sandbox.

    The services run as the owner of the output folder.
    """
    from reportgen.schedule import systemd as entries
    from reportgen.schedule import units

    place, settings = located(config)
    folder, control = units_folder(user=user), ["systemctl", *(["--user"] if user else [])]
    if wish == "remove":
        _remove_units(entries.own(place, folder), control)
        return
    texts = units.texts(place, machine(place, settings, user=user))
    if wish is None:
        for name, text in texts.items():
            click.echo(f"# {folder / name}\n{text}")
        return
    make_ready(place)
    new = entries.install(texts, folder)
    if _systemd_runs():
        entries.start(_run, control)
    click.echo(f"The units are in {folder}." if new else "The units were there already.")
    if user:
        click.echo("They run while you are logged in; for always: loginctl enable-linger")


def _remove_units(paths: Sequence[Path], control: Sequence[str]) -> None:
    from reportgen.schedule import systemd as entries

    if not paths:
        click.echo("There were no units.")
        return
    runs = _systemd_runs()
    if runs:
        entries.stop(_run, control)
    entries.remove(paths)
    if runs:
        _run([*control, "daemon-reload"])
    for path in paths:
        click.echo(f"Removed {path}.")


def _systemd_runs() -> bool:
    """Tell whether systemd manages this machine; where it does not, only files are written."""
    there = Path("/run/systemd/system").is_dir()
    if not there:
        click.echo("systemd does not run here: the timer is neither started nor stopped.", err=True)
    return there


def _run(words: Sequence[str]) -> int:
    import subprocess

    from reportgen.secret import without_secrets

    return subprocess.run(words, check=False, env=without_secrets(os.environ)).returncode


# -- show ---------------------------------------------------------------------------------------


def _as_json(
    found: Sequence[EditionPlan], settings: Settings, house: TradingDays
) -> dict[str, object]:
    from reportgen.schedule.trading import LIBRARY

    rule, listed = settings.schedule, house.listed
    return {
        "rule": {"trading_day": rule.trading_day, "time": rule.time, "timezone": rule.timezone},
        "calendar": {
            "code": listed.code,
            "library": LIBRARY,
            "version": listed.version,
            "last_known": house.last_known.isoformat(),
            "holidays": house.holidays.file or None,
        },
        "editions": [
            {
                "period": one.period,
                "publication": one.publication.isoformat(),
                "publication_utc": f"{one.publication.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
                "as_of": one.as_of.isoformat(),
                "dated": one.dated.isoformat(),
                "window_end": one.dates.window_end.isoformat(),
            }
            for one in found
        ],
    }


def _print(
    found: Sequence[EditionPlan], settings: Settings, house: TradingDays, moment: datetime
) -> None:
    rule = settings.schedule
    here = f"Due in {rule.timezone}"
    width = max(len(here), 28)
    click.echo(f"{'Edition':9}{here:{width}}{'UTC':18}As of the close of")
    for one in found:
        due, world = one.publication, one.publication.astimezone(UTC)
        click.echo(
            f"{one.period:9}{f'{due:%a %Y-%m-%d %H:%M %z}':{width}}{world:%Y-%m-%d %H:%M}  "
            f"{one.as_of:%a %Y-%m-%d}"
        )
    click.echo(f"Rule: trading day {rule.trading_day} of the month, {rule.time} {rule.timezone}.")
    left = (house.last_known - moment.date()).days
    click.echo(
        f"Calendar: {house.listed.code}, {house.source}, known to {house.last_known}"
        f"{f': {left} days left' if left < WARN_DAYS else ''}."
    )
    click.echo(f"Days the house is closed: {house.holidays.file or 'none named'}.")
