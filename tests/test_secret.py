"""Secrets: where they may come from, what is refused, and that nothing shows them."""

from __future__ import annotations

import copy
import pickle
import sys
from pathlib import Path

import keyring
import pytest
from keyring.backends import fail
from keyring.errors import KeyringLocked

from reportgen.errors import ConfigError
from reportgen.secret import NAMES, SMTP_PASSWORD, Secret, secret

CANARY = "canary-pä/ss 9f3c"


def _use(monkeypatch: pytest.MonkeyPatch, held: dict[tuple[str, str], str] | None) -> None:
    """Put a keyring in place that holds these, or is locked."""

    def get_password(service: str, name: str) -> str | None:
        if held is None:
            raise KeyringLocked(CANARY)
        return held.get((service, name))

    monkeypatch.setattr(keyring, "get_password", get_password)


def _file(folder: Path, text: str = CANARY, mode: int = 0o600) -> Path:
    path = folder / "secret"
    path.write_text(text + "\n", encoding="utf-8")
    path.chmod(mode)
    return path


def _revealed(environ: dict[str, str]) -> str | None:
    found = secret(SMTP_PASSWORD, environ)
    return None if found is None else found.reveal()


@pytest.mark.parametrize("name", NAMES)
def test_each_may_stand_in_four_places(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variable, a file, the keyring, a credential of systemd; in that order, else nowhere."""
    _use(monkeypatch, {("house", name): "of the keyring"})
    (tmp_path / name.lower()).write_text("of systemd", encoding="utf-8")
    environ = {
        name: "direct",
        f"{name}_FILE": str(_file(tmp_path, "of the file")),
        f"{name}_KEYRING": "house",
        "CREDENTIALS_DIRECTORY": str(tmp_path),
    }
    for expected in ("direct", "of the file", "of the keyring", "of systemd"):
        found = secret(name, environ)
        assert found is not None
        assert found.reveal() == expected
        environ.pop(next(iter(environ)))
    assert secret(name, environ) is None


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666, 0o620])
def test_a_file_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    """Whoever may read or change it; the hint says how to mend it."""
    path = _file(tmp_path, mode=mode)
    with pytest.raises(ConfigError, match="read by others") as refused:
        _revealed({f"{SMTP_PASSWORD}_FILE": str(path)})
    assert f"chmod 600 {path}" in refused.value.hint


def test_the_keyring_is_asked_only_when_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the variable the library is not even loaded."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert _revealed({}) is None
    with pytest.raises(ConfigError) as refused:
        _revealed({f"{SMTP_PASSWORD}_KEYRING": "house"})
    assert "reportgen[keyring]" in refused.value.hint


@pytest.mark.parametrize("held", [None, {}, {("house", SMTP_PASSWORD): ""}])
def test_a_keyring_that_does_not_answer_is_named(
    monkeypatch: pytest.MonkeyPatch, held: dict[tuple[str, str], str] | None
) -> None:
    """Locked or empty, it is an error and not a mail without a login; nothing it says shows."""
    _use(monkeypatch, held)
    with pytest.raises(ConfigError, match=f"{SMTP_PASSWORD}_KEYRING") as refused:
        _revealed({f"{SMTP_PASSWORD}_KEYRING": "house"})
    assert "canary" not in f"{refused.value.message}{refused.value.hint}"


def test_a_machine_without_a_keyring_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service has none; the hint names the file that does instead."""
    monkeypatch.setattr(keyring, "get_password", fail.Keyring().get_password)  # type: ignore[no-untyped-call]
    with pytest.raises(ConfigError, match="NoKeyringError") as refused:
        _revealed({f"{SMTP_PASSWORD}_KEYRING": "house"})
    assert "file" in refused.value.hint


def test_nothing_shows_a_secret() -> None:
    """No way of printing, joining, copying or writing lets it out."""
    held = Secret(CANARY)
    assert "canary" not in f"{held} {held!r} {held!s} {[held]} {held:}"
    for attempt in (
        lambda: "".join([held]),  # type: ignore[list-item]
        lambda: "x" + held,  # type: ignore[operator]
        lambda: bytes(held),  # type: ignore[call-overload]
        lambda: pickle.dumps(held),
        lambda: copy.deepcopy(held),
        lambda: vars(held),
    ):
        with pytest.raises(TypeError) as refused:
            attempt()
        assert "canary" not in str(refused.value)
