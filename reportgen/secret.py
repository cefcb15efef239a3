"""Secrets: from the environment, a file only its owner can read or the keyring; never shown."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path

from reportgen.errors import ConfigError

SMTP_PASSWORD = "REPORTGEN_SMTP_PASSWORD"
HEARTBEAT_URL = "REPORTGEN_HEARTBEAT_URL"
SIGNING_KEY = "REPORTGEN_SIGNING_KEY"
FRED_KEY = "FRED_API_KEY"
DATABASE_PASSWORD = "REPORTGEN_DATABASE_PASSWORD"
DELIVERY_KEY = "REPORTGEN_DELIVERY_KEY"
DKIM_KEY = "REPORTGEN_DKIM_KEY"
PDF_PASSWORDS = "REPORTGEN_PDF_PASSWORDS"
NAMES = (
    SMTP_PASSWORD,
    HEARTBEAT_URL,
    SIGNING_KEY,
    FRED_KEY,
    DATABASE_PASSWORD,
    DELIVERY_KEY,
    DKIM_KEY,
    PDF_PASSWORDS,
)
"""Every secret the program knows of."""

CREDENTIALS = "CREDENTIALS_DIRECTORY"
"""Where systemd puts the credentials of a unit; there a secret has its name in lower case."""


class Secret:
    """A text that no log, traceback or string can show.

    Not a kind of ``str``: joining or adding strings would let it out.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        """Return a placeholder."""
        return "Secret(…)"

    def __reduce__(self) -> str:
        """Refuse to be written anywhere."""
        raise TypeError("A secret is not written.")

    def reveal(self) -> str:
        """Return the text, at the one place where it is used."""
        return self._text


def secret(name: str, environ: Mapping[str, str]) -> Secret | None:
    """Return a secret, or ``None`` where it is not set.

    Args:
        name: the variable, ``REPORTGEN_SMTP_PASSWORD``. In its place ``<name>_FILE`` may name a
            file, ``<name>_KEYRING`` a service of the system's keyring that has a password for
            the user ``<name>``, or systemd may hand over a credential of that name in lower case.
        environ: the environment.

    Raises:
        ConfigError: the file cannot be read, others than its owner can read it, or the keyring
            is locked, missing or has nothing of that name.
    """
    direct = environ.get(name, "").strip()
    if direct:
        return Secret(direct)
    named = environ.get(f"{name}_FILE", "").strip()
    if named:
        _refuse_if_shared(Path(named), f"{name}_FILE")
        return _from_file(Path(named), f"{name}_FILE")
    service = environ.get(f"{name}_KEYRING", "").strip()
    if service:
        return _from_keyring(service, name)
    folder = environ.get(CREDENTIALS, "")
    handed = Path(folder) / name.lower() if folder else None
    if handed is not None and handed.is_file():
        return _from_file(handed, CREDENTIALS)
    return None


def without_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment as other programs get it: what they do not need they do not have."""
    hidden = {*NAMES, CREDENTIALS}
    return {name: text for name, text in environ.items() if name not in hidden}


def _refuse_if_shared(path: Path, variable: str) -> None:
    """Refuse a file others can read; what systemd hands over is guarded by systemd."""
    try:
        mode = path.stat().st_mode
    except OSError as problem:
        raise ConfigError(f"{variable}: {path} cannot be read ({problem.strerror}).") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError(
            f"{variable}: {path} can be read by others than its owner.", f"Run chmod 600 {path}"
        )


def _from_file(path: Path, variable: str) -> Secret | None:
    try:
        text = path.read_text(encoding="utf-8").strip()
    except OSError as problem:
        raise ConfigError(f"{variable}: {path} cannot be read ({problem.strerror}).") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{variable}: {path} is not UTF-8 text.") from None
    return Secret(text) if text else None


def _from_keyring(service: str, name: str) -> Secret:
    """Return what the system's keyring holds; it is only asked when a variable says so."""
    variable = f"{name}_KEYRING"
    try:
        import keyring
        from keyring.errors import KeyringError
    except ModuleNotFoundError:
        raise ConfigError(
            f"{variable} names a keyring, and the library for it is not there.",
            "Install reportgen[keyring].",
        ) from None
    try:
        text = keyring.get_password(service, name)
    except (KeyringError, RuntimeError, OSError) as problem:
        # What a keyring says may hold anything; its kind is enough.
        raise ConfigError(
            f"{variable}: the keyring cannot be read ({type(problem).__name__}).",
            "Unlock it; services without a session have none: give them a file.",
        ) from None
    if not text:
        raise ConfigError(
            f"{variable}: the keyring has nothing for {service}.",
            f"Put it there: keyring set {service} {name}",
        )
    return Secret(text.strip())
