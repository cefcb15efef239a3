"""What publishing needs beside a report: the calendar, secrets, the watchdog, the relay."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reportgen.errors import ConfigError, UnreachableError
from reportgen.health.finding import Finding, Scene, Warned, look
from reportgen.secret import HEARTBEAT_URL, SIGNING_KEY, SMTP_PASSWORD, secret

CALENDAR_DAYS = 90


def of_publishing(scene: Scene) -> Iterator[Finding]:
    """Look at the calendar and at what the operator is told by, without asking anybody."""
    yield look("calendar", lambda: _calendar(scene))
    yield look("operator", lambda: _operator(scene))
    yield look("heartbeat", lambda: _heartbeat(scene))
    yield look("signing key", lambda: _signing(scene))


def of_relay(scene: Scene) -> Iterator[Finding]:
    """Log in to the relay, and hold its limit against ours and the last edition."""
    yield look("relay", lambda: _relay(scene))


def _calendar(scene: Scene) -> str:
    from reportgen import schedule

    known = schedule.coverage(scene.settings, scene.now.date())
    said = f"{scene.settings.schedule.calendar}, known until {known.last_known}"
    if known.days_left < 0:
        raise ConfigError(
            f"{said}: no edition can be scheduled.",
            "Install a newer exchange-calendars, or name a file in [schedule] holidays.",
        )
    if known.days_left < CALENDAR_DAYS:
        raise Warned(f"{said}, {known.days_left} days; install a newer exchange-calendars")
    return said


def _operator(scene: Scene) -> str:
    """Tell whether a mail could be sent; the password is read, and shown to nobody."""
    smtp, operator = scene.settings.smtp, scene.settings.operator
    unset = [
        key
        for key, value in (
            ("[operator] mail", operator.mail),
            ("[smtp] host", smtp.host),
            ("[smtp] sender", smtp.sender),
        )
        if not value
    ]
    password = secret(SMTP_PASSWORD, scene.environ)
    if unset:
        raise Warned(f"nobody is told of failures: {', '.join(unset)} not set")
    if smtp.user and password is None:
        raise ConfigError(f"[smtp] user is set, and {SMTP_PASSWORD} is not.")
    return f"by mail through {smtp.host}:{smtp.port}, {smtp.tls}"


def _heartbeat(scene: Scene) -> str:
    url = secret(HEARTBEAT_URL, scene.environ)
    if url is None:
        raise Warned(f"{HEARTBEAT_URL} is not set: nobody notices when cron does not run")
    if not url.reveal().startswith(("https://", "http://")):
        raise ConfigError(f"{HEARTBEAT_URL} is not an address that begins with https://.")
    return "there is an address"


def _signing(scene: Scene) -> str:
    key = secret(SIGNING_KEY, scene.environ)
    if key is None:
        return "there is none; editions are not signed"
    from reportgen.archive.signing import signing_key, written

    return f"key {written(signing_key(key).number)}"


def _relay(scene: Scene) -> str:
    from reportgen.operations.relay import Untold, ask

    smtp = scene.settings.smtp
    if not smtp.host:
        raise Warned("[smtp] host is not set")
    said = ask(smtp, secret(SMTP_PASSWORD, scene.environ))
    if isinstance(said, Untold):
        raise UnreachableError(said.reason)
    size = f"takes {said.size / 1e6:.1f} MB" if said.size else "names no limit"
    limit = min(said.size or smtp.max_message_bytes, smtp.max_message_bytes)
    if said.size and said.size < smtp.max_message_bytes:
        raise Warned(f"{smtp.host} {size}, less than [smtp] max_message_bytes")
    largest = _largest_message(Path(scene.settings.build.output))
    if largest > limit:
        raise Warned(f"{smtp.host} {size}; the last edition's PDF needs {largest / 1e6:.1f} MB")
    return f"{smtp.host} lets us in, {size}"


def _largest_message(output: Path) -> int:
    """Return the bytes of a message with the largest PDF of the newest edition."""
    folders = sorted((output / "editions").glob("[0-9]*"))
    sizes = [path.stat().st_size for path in folders[-1].glob("*.pdf")] if folders else []
    return max(sizes, default=0) * 37 // 27 + 10_000
