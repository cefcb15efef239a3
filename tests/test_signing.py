"""Signatures: what the program signs minisign checks, and the other way round."""

from __future__ import annotations

import base64
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.archive import signing
from reportgen.errors import ConfigError, DataError
from reportgen.secret import Secret

TOOL = shutil.which("minisign")
needs_minisign = pytest.mark.skipif(TOOL is None, reason="minisign is not installed")
MANIFEST = b'{"format": 1}\n'
COMMENT = "reportgen edition 2026-01, manifest.json, published 2026-01-06T07:30:00Z"

# Made with `minisign -G -W` 0.11 for these tests alone.
SECRET = (
    "RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAxhMqHMSKbAb11G3dhdIx"
    "T++RiQLQVSMmSesEREEzuIYzWJ/XYuWOy19Ab17tM7hGm1+6mRNszGAhI+7tiacDEDxPN9buL13TAAAAAAAAAAAAAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAA="
)
PUBLIC = "RWTGEyocxIpsBl9Ab17tM7hGm1+6mRNszGAhI+7tiacDEDxPN9buL13T"
NUMBER = "66C8AC41C2A13C6"
HELLO = (
    b"untrusted comment: signature from minisign secret key\n"
    b"RUTGEyocxIpsBgLyU/seuqM7Ert8juIM864CbWF4QLPQlai5meMKwFf0X3+hzzMrbWEXztKmnYY2oZwd0VVfqtnKZDz5"
    b"4QjXCwY=\n"
    b"trusted comment: trusted\n"
    b"3LsWFCMc7j3UMyYlJomcQb/AHMikNYrko6BkhD6G9i1y00rO6sSOXtsHXkJyGPJN2fzR3lmcVzURhfpLapptBw==\n"
)
"""What minisign 0.11 wrote for a file with the line ``hello``."""


@dataclass(frozen=True)
class Keys:
    """A pair made by minisign, as files."""

    secret: Path
    public: Path


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    """A fresh pair, its secret key without a password."""
    folder = tmp_path_factory.mktemp("keys")
    pair = Keys(folder / "edition.key", folder / "edition.pub")
    _minisign("-G", "-W", "-s", str(pair.secret), "-p", str(pair.public))
    return pair


def _minisign(*words: str) -> subprocess.CompletedProcess[str]:
    assert TOOL is not None
    return subprocess.run([TOOL, *words], capture_output=True, text=True, check=False)


@needs_minisign
def test_minisign_checks_what_is_signed_here(keys: Keys, tmp_path: Path) -> None:
    """The ordinary command finds signature and comment good, and a changed file not."""
    key = signing.signing_key(Secret(keys.secret.read_text()))
    path = tmp_path / "manifest.json"
    path.write_bytes(MANIFEST)
    (tmp_path / "manifest.json.minisig").write_bytes(signing.sign(MANIFEST, key, COMMENT))
    done = _minisign("-V", "-p", str(keys.public), "-m", str(path))
    assert done.returncode == 0
    assert "Signature and comment signature verified" in done.stdout
    assert COMMENT in done.stdout
    path.write_bytes(MANIFEST + b" ")
    assert _minisign("-V", "-p", str(keys.public), "-m", str(path)).returncode != 0


@needs_minisign
def test_what_minisign_signs_is_good_here(keys: Keys, tmp_path: Path) -> None:
    """Number of the key as minisign writes it, and the trusted comment."""
    path = tmp_path / "manifest.json"
    path.write_bytes(MANIFEST)
    _minisign("-S", "-s", str(keys.secret), "-m", str(path), "-t", COMMENT)
    signature = (tmp_path / "manifest.json.minisig").read_bytes()
    public = signing.public_key(keys.public.read_text())
    found = signing.check(MANIFEST, signature, [signing.public_key(PUBLIC), public])
    assert found.comment == COMMENT
    assert f"minisign public key {found.key}" in keys.public.read_text()


def test_a_signature_of_minisign_is_good() -> None:
    """One that minisign 0.11 made, kept here."""
    found = signing.check(b"hello\n", HELLO, [signing.public_key(PUBLIC)])
    assert found == signing.Signed(NUMBER, "trusted")
    assert signing.key_of(HELLO) == NUMBER


def test_the_same_is_signed_the_same_way() -> None:
    """Key from its line or from its whole file; no byte depends on the moment."""
    whole = f"untrusted comment: minisign encrypted secret key\n{SECRET}\n"
    first = signing.sign(MANIFEST, signing.signing_key(Secret(SECRET)), COMMENT)
    assert signing.sign(MANIFEST, signing.signing_key(Secret(whole)), COMMENT) == first
    assert signing.check(MANIFEST, first, [signing.public_key(PUBLIC)]).comment == COMMENT


def test_a_secret_key_shows_nothing_of_itself() -> None:
    """Neither printed nor through its parts."""
    key = signing.signing_key(Secret(SECRET))
    assert repr(key) == f"SigningKey({NUMBER})"
    assert not hasattr(key, "__dict__")


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_changed_bit_is_good(data: st.DataObject) -> None:
    """Of the file, of either signature, of the trusted comment."""
    key = signing.public_key(PUBLIC)
    signature = signing.sign(MANIFEST, signing.signing_key(Secret(SECRET)), COMMENT)
    start = signature.index(b"\n") + 1  # the first line is nobody's word
    both = bytearray(MANIFEST + signature)
    places = [*range(len(MANIFEST)), *range(len(MANIFEST) + start, len(both) - 1)]
    both[data.draw(st.sampled_from(places))] ^= 1 << data.draw(st.integers(0, 7))
    changed, over = bytes(both[: len(MANIFEST)]), bytes(both[len(MANIFEST) :])
    with pytest.raises(DataError):
        signing.check(changed, over, [key])


@given(st.binary(max_size=300))
def test_anything_may_come_as_a_signature(content: bytes) -> None:
    """What is none is refused in a sentence."""
    with pytest.raises(DataError):
        signing.check(MANIFEST, content, [signing.public_key(PUBLIC)])


def test_a_key_nobody_trusts_is_named() -> None:
    """The number helps to find out whose it is."""
    with pytest.raises(DataError, match=f"the key {NUMBER}, which is none of those trusted"):
        signing.check(b"hello\n", HELLO, [])


def test_a_key_of_the_same_number_does_not_make_it_good() -> None:
    """The number is a name, not a proof."""
    raw = bytearray(base64.b64decode(PUBLIC))
    raw[-1] ^= 1
    other = signing.public_key(base64.b64encode(raw).decode())
    with pytest.raises(DataError, match="not good"):
        signing.check(b"hello\n", HELLO, [other])


@pytest.mark.parametrize("text", ["", "RWTGEyocxIpsBl9A", "not base64!", SECRET])
def test_what_is_no_public_key_is_refused(text: str) -> None:
    """78, and what one looks like."""
    with pytest.raises(ConfigError, match="no public key of minisign") as caught:
        signing.public_key(text)
    assert "begins with RW" in caught.value.hint


def _key(**changes: bytes) -> str:
    raw = base64.b64decode(SECRET)
    parts = {"kind": raw[:2], "guard": raw[2:4], "rest": raw[4:94], "public": raw[94:]} | changes
    return base64.b64encode(b"".join(parts.values())).decode()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("hunter2", "no secret key of minisign"),
        (PUBLIC, "no secret key of minisign"),
        (_key(guard=b"Sc"), "protected by a password"),
        (_key(public=bytes(64)), "two halves do not fit"),
    ],
)
def test_what_cannot_sign_is_refused_and_not_shown(text: str, sentence: str) -> None:
    """78 with the reason; no part of what was given stands in the message."""
    with pytest.raises(ConfigError, match=sentence) as caught:
        signing.signing_key(Secret(text))
    told = f"{caught.value.message} {caught.value.hint}"
    assert text[:7] not in told
    assert text[-20:] not in told
