"""DKIM: what we sign another program verifies, after Postfix too; a changed message it does not.

The other program is dkimpy, as Debian's Python has it.
"""

from __future__ import annotations

import base64
import smtplib
import subprocess
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import postfix
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from mails import PDF, head, letter

from reportgen.config.delivery import Delivery
from reportgen.deliver.message.dkim import Dkim, dkim_signer
from reportgen.deliver.message.letter import File
from reportgen.deliver.message.reading import verify
from reportgen.deliver.message.writer import compose, size
from reportgen.deliver.outbox import Outbox
from reportgen.errors import ConfigError, DataError, MissingInputError
from reportgen.secret import DKIM_KEY, Secret

SYSTEM = "/usr/bin/python3"
SETTINGS = Delivery(dkim_selector="rg2026")


@dataclass(frozen=True)
class Pair:
    """A key pair: the private key in PEM, and the record of the public one as DNS has it."""

    private: str
    record: bytes


def pair(bits: int, form: serialization.PrivateFormat) -> Pair:
    """Return a fresh pair."""
    key = rsa.generate_private_key(65_537, bits)
    private = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return Pair(private.decode(), b"v=DKIM1; k=rsa; p=" + base64.b64encode(public))


@pytest.fixture(scope="module")
def keys() -> Pair:
    """A pair for these tests alone."""
    return pair(2_048, serialization.PrivateFormat.PKCS8)


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    """An outbox."""
    return Outbox(tmp_path)


def signed(outbox: Outbox, keys: Pair) -> bytes:
    """Return a signed message."""
    signer = dkim_signer(SETTINGS, "news@house.example", {DKIM_KEY: keys.private})
    return compose(head(), letter(outbox), outbox, signer).assemble(outbox)


VERIFIER = """
import sys, dkim
record = sys.argv[1].encode()
name = b"rg2026._domainkey.house.example."
found = dkim.verify(sys.stdin.buffer.read(), dnsfunc=lambda asked, timeout=5:
                    record if asked == name else b"")
print(found)
"""


@pytest.fixture(autouse=True)
def verifier() -> None:
    """Skip where there is nobody to verify."""
    asked = subprocess.run([SYSTEM, "-c", "import dkim"], capture_output=True, check=False)
    if asked.returncode != 0:
        pytest.skip("python3-dkim is not installed")


def verifies(raw: bytes, keys: Pair) -> bool:
    """Tell whether dkimpy takes the signature."""
    words = [SYSTEM, "-c", VERIFIER, keys.record.decode()]
    said = subprocess.run(words, input=raw, capture_output=True, check=True)
    return said.stdout.strip() == b"True"


def test_the_signature_verifies(outbox: Outbox, keys: Pair) -> None:
    """M5: dkimpy verifies it; it stands first, and the message passes its own reading."""
    raw = signed(outbox, keys)
    assert verifies(raw, keys)
    assert raw.startswith(b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/simple; d=house.example;")
    verify(raw, head(), letter(outbox))


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw.replace(b"JVBERi0", b"JVBERi1", 1),
        lambda raw: raw + b"\r\n.\r\n",
        lambda raw: b"From: evil@client.example\r\n" + raw,
        lambda raw: raw.replace(b"To: wang@", b"From: evil@client.example\r\nTo: wang@", 1),
        lambda raw: raw.replace(b"MIME-Version", b"Subject: evil\r\nMIME-Version", 1),
        lambda raw: raw.replace(b"MIME-Version", b"To: evil@client.example\r\nMIME-Version", 1),
        lambda raw: raw.replace(b"MIME-Version", b"Cc: evil@client.example\r\nMIME-Version", 1),
        lambda raw: raw.replace(b"MIME-Version", b"Date: now\r\nMIME-Version", 1),
        lambda raw: raw.replace(b"MIME-Version", b"Message-ID: <a@b>\r\nMIME-Version", 1),
        lambda raw: raw.replace(b"MIME-Version", b"List-Unsubscribe: <a>\r\nMIME-Version", 1),
        lambda raw: raw.replace(b"MIME-Version", b"Content-Type: text/html\r\nMIME-Version", 1),
        lambda raw: raw.replace(b"/unsubscribe/ab", b"/unsubscribe/bb", 1),
        lambda raw: raw.replace(b"Mon, 05 Jan", b"Tue, 06 Jan", 1),
    ],
)
def test_a_changed_message_does_not_verify(
    change: Callable[[bytes], bytes], outbox: Outbox, keys: Pair
) -> None:
    """M5: a changed body or field, and a second From, To, Subject, Date … beside the first."""
    raw = signed(outbox, keys)
    changed = change(raw)
    assert changed != raw
    assert not verifies(changed, keys)


def test_the_same_message_has_the_same_signature(outbox: Outbox, keys: Pair) -> None:
    """A second copy is the same bytes; the moment of signing is that of the plan."""
    assert signed(outbox, keys) == signed(outbox, keys)
    assert f"t={int(head().date.timestamp())};".encode() in signed(outbox, keys)


def test_the_size_of_a_signed_message_is_known(outbox: Outbox, keys: Pair) -> None:
    """The signature has its length before there is anything to sign."""
    signer = dkim_signer(SETTINGS, "news@house.example", {DKIM_KEY: keys.private})
    assert size(head(), letter(outbox), signer) == len(signed(outbox, keys))


def test_a_signature_of_another_body_is_not_kept(outbox: Outbox, keys: Pair) -> None:
    """A message whose signature does not fit its body never leaves."""
    raw = signed(outbox, keys)
    other = letter(outbox, text="other")
    plain = compose(head(), other, outbox).assemble(outbox)
    mixed = raw[: raw.index(b"From: ")] + plain
    with pytest.raises(DataError, match="its signature differs"):
        verify(mixed, head(), other)


@pytest.mark.parametrize("form", ["pkcs1", "folded", "file"])
def test_keys_are_read_as_they_come(form: str, outbox: Outbox, keys: Pair, tmp_path: Path) -> None:
    """From OpenSSL's older form, with the line ends of Windows, from a file of the owner's."""
    if form == "pkcs1":
        keys = pair(1_024, serialization.PrivateFormat.TraditionalOpenSSL)
    text = keys.private.replace("\n", "\r\n") if form == "folded" else keys.private
    environ = {DKIM_KEY: text}
    if form == "file":
        path = tmp_path / "dkim.pem"
        path.write_text(text)
        path.chmod(0o600)
        environ = {f"{DKIM_KEY}_FILE": str(path)}
    signer = dkim_signer(SETTINGS, "news@house.example", environ)
    assert verifies(compose(head(), letter(outbox), outbox, signer).assemble(outbox), keys)


class TestRefusals:
    """A house that means to sign and cannot is told before anything is planned."""

    def test_no_selector_means_the_relay_signs(self, keys: Pair) -> None:
        """Without a selector there is no signer, whatever the key."""
        assert dkim_signer(Delivery(), "news@house.example", {DKIM_KEY: keys.private}) is None

    def test_a_selector_without_a_key(self) -> None:
        """The sentence names the variable."""
        with pytest.raises(ConfigError, match=DKIM_KEY):
            dkim_signer(SETTINGS, "news@house.example", {})

    def test_a_file_others_can_read(self, keys: Pair, tmp_path: Path) -> None:
        """It is not used."""
        path = tmp_path / "dkim.pem"
        path.write_text(keys.private)
        path.chmod(0o640)
        with pytest.raises(ConfigError, match="read by others"):
            dkim_signer(SETTINGS, "news@house.example", {f"{DKIM_KEY}_FILE": str(path)})

    def test_a_key_that_is_none_is_not_shown(self, keys: Pair) -> None:
        """Neither the sentence nor a traceback holds a piece of it."""
        body = keys.private.splitlines()[1:-1]
        broken = "\n".join(("-----BEGIN PRIVATE KEY-----", *body[3:], "-----END PRIVATE KEY-----"))
        for text in (broken, "canary-canary", body[0], "ключ"):
            with pytest.raises(ConfigError) as refused:
                Dkim("rg2026", "house.example", Secret(text))
            shown = "".join(traceback.format_exception(refused.value))
            assert not any(piece in shown for piece in (*body, text))

    def test_a_short_key(self) -> None:
        """One that receivers would not take (RFC 8301)."""
        key = rsa.generate_private_key(65_537, 1_024).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("reportgen.deliver.message.dkim.SMALLEST_KEY", 2_048)
            with pytest.raises(ConfigError, match="1024 bits"):
                Dkim("rg2026", "house.example", Secret(key.decode()))

    def test_without_the_library(self, keys: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
        """The sentence says what to install."""
        monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.asymmetric", None)
        with pytest.raises(MissingInputError) as refused:
            dkim_signer(SETTINGS, "news@house.example", {DKIM_KEY: keys.private})
        assert "reportgen[dkim]" in refused.value.hint


def test_the_message_survives_postfix(outbox: Outbox, keys: Pair, tmp_path: Path) -> None:
    """M5: through a real relay every byte below its own lines is the same, and it verifies."""
    report = File("r.pdf", "application/pdf", outbox.put(PDF * 20))
    signer = dkim_signer(SETTINGS, "news@house.example", {DKIM_KEY: keys.private})
    made = letter(outbox, attachments=(report,))
    raw = compose(head(), made, outbox, signer).assemble(outbox)
    with postfix.running(tmp_path) as relay:
        with smtplib.SMTP("127.0.0.1", relay.port, timeout=30) as line:
            line.sendmail("news@house.example", ["wang@client.example"], raw)
        relay.settled()
        (arrived,) = relay.messages()
    whole = arrived.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    assert whole.endswith(b"\r\n" + raw)
    assert verifies(whole, keys)
