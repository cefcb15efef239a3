"""The text of systemd's units: one timer, and three sandboxed services one after the other.

Each stage has only what it needs: gathering has the network and no templates, building has the
templates and no network. Delivering reads templates too: an approval is bound to them, and a
mailing that building could not plan, its database being on another machine, is planned there.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from reportgen.errors import ConfigError
from reportgen.schedule.place import Place

Stage = Literal["gather", "build", "deliver"]
TIMER = "reportgen.timer"
LAST = "reportgen-deliver.service"
"""What the timer starts; it waits for the other two."""
NAMES = (TIMER, LAST, "reportgen-build.service", "reportgen-gather.service")

SANDBOX = """\
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
PrivateMounts=yes
PrivateTmp=yes
PrivateDevices=yes
DevicePolicy=closed
PrivateUsers=yes
PrivateIPC=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProcSubset=pid
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
KeyringMode=private
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
"""

MAIL_CREDENTIALS = (
    "reportgen_delivery_key",
    "reportgen_dkim_key",
    "reportgen_pdf_passwords",
    "reportgen_database_password",
)
"""What mail to the clients is made with."""

ONLY_THE_RELAY = """\
# To let it reach the relay and nobody else, take the marks off and put in the relay's address
# (and that of the name server and of the watchdog):
#IPAddressDeny=any
#IPAddressAllow=localhost
#IPAddressAllow=192.0.2.25
"""


@dataclass(frozen=True)
class Machine:
    """What the units must know besides the project's place.

    Args:
        user: who runs them; empty in a user's own units.
        home: whether anything they need lies below a home folder.
        templates: the folder that gathering does not see.
        minute: of the hour at which they run, by the clock of ``timezone``.
        timezone: the house's zone.
    """

    user: str
    home: bool
    templates: Path
    minute: int
    timezone: str


@dataclass(frozen=True)
class _Service:
    """What differs between the three."""

    stage: Stage
    what: str
    unit: str
    limits: str
    seconds: int


def texts(place: Place, machine: Machine) -> dict[str, str]:
    """Return the text of every unit, by the name of its file.

    Raises:
        ConfigError: a path cannot stand in a unit.
    """
    for path in (*place.program, place.config, place.output, machine.templates):
        if not str(path).isprintable() or '"' in str(path) or "\\" in str(path):
            raise ConfigError(
                f"{path}: systemd cannot name a path with quotes, \\ or a line break.",
                "Move the project to another folder.",
            )
    found = {
        f"reportgen-{one.stage}.service": _service(one, place, machine)
        for one in _services(place, machine)
    }
    return {**found, TIMER: _timer(place, machine)}


def _services(place: Place, machine: Machine) -> tuple[_Service, ...]:
    online = "network-online.target"
    reached = "" if not machine.user else f"Wants={online}\nAfter={online}\n"
    out = "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX\n"
    secrets = (
        f"EnvironmentFile=-{_specified(place.environment)}\n"
        "LoadCredential=reportgen_smtp_password\n"
        "LoadCredential=reportgen_heartbeat_url\n"
    )
    mail = "".join(f"LoadCredential={name}\n" for name in MAIL_CREDENTIALS)
    return (
        _Service(
            "gather",
            "ask the publishers for the figures of the edition that is due",
            reached,
            secrets + out + _without_templates(machine),
            1800,
        ),
        _Service(
            "build",
            "make, check and archive the edition that is due, without a network",
            _after("gather"),
            "# Its keys sign editions and mail; without a network they cannot leave.\n"
            f"LoadCredential=reportgen_signing_key\n{mail}"
            f"InaccessiblePaths=-{_quoted(place.environment)}\n"
            "PrivateNetwork=yes\nIPAddressDeny=any\nRestrictAddressFamilies=AF_UNIX\n",
            7200,
        ),
        _Service(
            "deliver",
            "deliver the edition that is due",
            reached + _after("build"),
            secrets + mail + out + ONLY_THE_RELAY,
            43200,
        ),
    )


def _after(stage: Stage) -> str:
    """Return the order: one stage after the other, whether that one had anything to do or not."""
    return f"Wants=reportgen-{stage}.service\nAfter=reportgen-{stage}.service\n"


def _without_templates(machine: Machine) -> str:
    """Hide the templates but those of the texts for the operator."""
    folder = machine.templates
    return (
        f"TemporaryFileSystem={_quoted(folder)}:ro\n"
        f"BindReadOnlyPaths=-{_quoted(folder / 'operator')}\n"
    )


def _service(one: _Service, place: Place, machine: Machine) -> str:
    command = " ".join(_argument(word) for word in place.command("run-due", "--stage", one.stage))
    return (
        f"{mark(place)}[Unit]\nDescription=reportgen: {one.what}\n{one.unit}\n"
        "[Service]\nType=oneshot\n"
        f"{f'User={machine.user}' + chr(10) if machine.user else ''}"
        f"ExecStart={command}\n"
        "# Another run is at work, or there is something to wait for: the next one goes on.\n"
        "SuccessExitStatus=75\n"
        f"TimeoutStartSec={one.seconds}\n"
        f"WorkingDirectory={_specified(place.config.parent)}\n"
        "CacheDirectory=reportgen\nEnvironment=XDG_CACHE_HOME=%C/reportgen\n"
        "StateDirectory=reportgen\nEnvironment=XDG_STATE_HOME=%S/reportgen\n"
        f"ReadWritePaths={_quoted(place.output)}\n"
        f"ProtectHome={'read-only' if machine.home else 'yes'}\n"
        f"{one.limits}{SANDBOX}"
    )


def _timer(place: Place, machine: Machine) -> str:
    return (
        f"{mark(place)}[Unit]\nDescription=reportgen: every hour; the program decides what is due"
        f"\n\n[Timer]\nOnCalendar=*-*-* *:{machine.minute:02d}:00 {machine.timezone}\n"
        f"AccuracySec=10s\nPersistent=yes\nUnit={LAST}\n\n[Install]\nWantedBy=timers.target\n"
    )


def mark(place: Place) -> str:
    """Return the first line of every unit of a project."""
    return f"# reportgen:{place.project}\n"


def _specified(path: Path | str) -> str:
    """Return a path as a setting without quoting takes it."""
    return str(path).replace("%", "%%")


def _quoted(path: Path) -> str:
    return f'"{_specified(path)}"' if " " in str(path) else _specified(path)


def _argument(word: str) -> str:
    """Return a word of a command line."""
    text = _specified(word).replace("$", "$$")
    return f'"{text}"' if " " in text or ";" in text else text
