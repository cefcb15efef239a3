"""The line to the relay is the one it should be, or nothing secret and no message goes over it."""

from __future__ import annotations

import base64
import logging
import ssl
import warnings
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import postfix
import pytest
from faultserver import Fault, FaultServer
from relays import PASSWORD, USER, Certificate, certificate
from test_smtp_session import RAW, RECIPIENT, SENDER, deliver, in_words, session

from reportgen.config.delivery import Delivery
from reportgen.config.publishing import Smtp
from reportgen.deliver.smtp.answer import Answer
from reportgen.relay import RefusedError, connected
from reportgen.secret import Secret

SECRET = Secret(PASSWORD)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate for 127.0.0.1, once."""
    return certificate(tmp_path_factory.mktemp("certificate"))


@dataclass(frozen=True)
class OldCertificate(Certificate):
    """A certificate shown over TLS 1.1 only."""

    def context(self) -> ssl.SSLContext:
        """Return a context of yesterday."""
        context = super().context()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
            context.set_ciphers("ALL:@SECLEVEL=0")
        return context


def trouble(smtp: Smtp, secret: Secret | None = SECRET) -> Answer:
    """Open a session that is to fail, and return why it did."""
    one = session(smtp, secret)
    answer = one.open()
    assert answer is not None
    assert (answer.kind, answer.scope, answer.usable) == ("not_sent", "relay", False)
    assert deliver(one).kind == "not_sent"
    return answer


def nothing_said(server: FaultServer) -> bool:
    """Tell whether neither login nor envelope nor message was heard in plain text, or taken."""
    heard = b"".join(server.heard).upper()
    return not server.taken and not any(word in heard for word in (b"AUTH", b"MAIL", b"SUBJECT"))


@pytest.mark.parametrize("implicit", [False, True])
def test_over_tls_the_login_and_the_message_are_not_heard(
    made: Certificate, *, implicit: bool
) -> None:
    """A trusted relay gets both; whoever listens gets EHLO and STARTTLS."""
    with FaultServer(made, implicit=implicit, login=True) as server:
        one = session(server.settings(), SECRET)
        assert deliver(one).kind == "accepted"
        assert deliver(one).kind == "accepted"
        one.close()
        plain = [] if implicit else [b"ehlo house.example\r\n", b"STARTTLS\r\n"]
        assert server.heard == plain
    assert [each.raw for each in server.taken] == [RAW, RAW]


def test_a_certificate_nobody_vouches_for_is_refused(made: Certificate) -> None:
    """The library's own STARTTLS takes it."""
    with FaultServer(made, login=True) as server:
        assert "certificate" in trouble(server.settings(ca_file="")).text
        assert nothing_said(server)


def test_a_certificate_for_another_name_is_refused(made: Certificate) -> None:
    """One for 127.0.0.1 is none for localhost."""
    with FaultServer(made, login=True) as server:
        assert "certificate" in trouble(server.settings(host="localhost")).text
        assert nothing_said(server)


def test_starttls_that_was_cut_out_is_missed(made: Certificate) -> None:
    """Who stands on the line and hides it gets nothing."""
    with FaultServer(made, login=True, hides=("STARTTLS",)) as server:
        assert "STARTTLS" in trouble(server.settings()).text
        assert nothing_said(server)


def test_a_relay_that_never_had_starttls_gets_nothing() -> None:
    """It is the same to us."""
    with FaultServer(login=True) as server:
        assert "STARTTLS" in trouble(server.settings(tls="starttls")).text
        assert nothing_said(server)


@pytest.mark.parametrize("injected", [b"250 ok\r\n", b"250-AUTH PLAIN\r\n250 x\r\n", b"2"])
def test_what_is_said_in_plain_text_behind_the_consent_is_refused(
    made: Certificate, injected: bytes
) -> None:
    """It would be taken for an answer that came over TLS."""
    with FaultServer(made, login=True, injected=injected) as server:
        assert "does not answer as a mail relay" in trouble(server.settings()).text
        assert nothing_said(server)


def test_tls_of_yesterday_is_refused(made: Certificate) -> None:
    """TLS 1.2 at least."""
    old = OldCertificate(made.path, made.key)
    with FaultServer(old, login=True) as server:
        assert "SSLError" in trouble(server.settings()).text
        assert nothing_said(server)


@pytest.mark.parametrize(
    "fault",
    [
        Fault("starttls", b"454 4.7.0 TLS not available\r\n", "goes on"),
        Fault("starttls", b"220 go ahead\r\n\x15\x03\x01\x00\x02\x02\x28"),
        Fault("starttls", b"220 go ahead\r\n"),
        Fault("starttls", b"220 go ahead\r\n", "stalls"),
        Fault("starttls"),
    ],
)
def test_a_handshake_that_fails_is_the_end(made: Certificate, fault: Fault) -> None:
    """Whatever goes wrong with TLS, plain text is not gone back to."""
    with FaultServer(made, login=True) as server:
        server.misbehave(fault)
        one = Delivery(connect_timeout=0.5, command_timeout=0.5)
        answer = session(server.settings(), SECRET, one).open()
        assert answer is not None
        assert answer.code in (0, 454)
        assert nothing_said(server)


def test_tls_from_the_first_byte_is_not_given_up() -> None:
    """A relay that speaks plainly where TLS is wanted is not spoken to."""
    with FaultServer(login=True) as server:
        trouble(server.settings(tls="implicit"))
        assert nothing_said(server)


def test_plain_text_leaves_this_machine_only_when_that_is_said() -> None:
    """Without ``allow_plaintext`` not at all, with it no password."""
    usual = {"host": "relay.invalid", "tls": "none", "sender": "a@b.cn"}
    assert "on this machine only" in trouble(Smtp(**usual)).text  # type: ignore[arg-type]
    allowed = Smtp(**usual, allow_plaintext=True, user=USER)  # type: ignore[arg-type]
    assert "without TLS" in trouble(allowed).text
    nobody = Smtp(**usual, allow_plaintext=True)  # type: ignore[arg-type]
    assert "cannot be reached" in trouble(nobody).text


def test_on_this_machine_a_login_needs_no_tls() -> None:
    """Nobody listens there."""
    with FaultServer(login=True) as server:
        one = session(server.settings(), SECRET)
        assert deliver(one).kind == "accepted"
        one.close()


def test_a_file_of_certificates_that_is_none_is_told(tmp_path: Path) -> None:
    """Missing or empty, it is named."""
    empty = tmp_path / "empty.pem"
    empty.touch()
    for path in (tmp_path / "missing.pem", empty):
        with pytest.raises(RefusedError, match=path.name):
            connected(Smtp(host="127.0.0.1", ca_file=str(path)), None, 1, 1)


def test_a_wrong_password_is_told_and_not_repeated(
    made: Certificate, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """A relay that repeats the login in its refusal does not make us write it down, in any form."""
    caplog.set_level(logging.DEBUG)
    wrong = "wrong-" + PASSWORD
    secret = Secret(wrong)
    with FaultServer(made, login=True) as server:
        one = session(server.settings(), secret)
        answer = one.open()
        assert answer is not None
        assert (answer.code, answer.usable) == (535, False)
        assert "535" in answer.text
        shown = f"{answer!r} {one!r} {vars(one)!r} {caplog.text} {capfd.readouterr()!r}"
    data = wrong.encode()
    login = base64.b64encode(b"\0" + USER.encode() + b"\0" + data).decode()
    forms = (wrong, quote(wrong, safe=""), data.hex(), login, base64.b64encode(data).decode())
    assert not any(form in shown for form in forms)
    assert login[20:40] not in shown


def test_a_user_without_a_password_is_told_before_anything_is_said() -> None:
    """The sentence names the variable."""
    with FaultServer(login=True) as server:
        assert "REPORTGEN_SMTP_PASSWORD" in trouble(server.settings(), None).text
        assert server.lines == 0


def test_a_real_postfix_takes_a_message_over_tls(made: Certificate, tmp_path: Path) -> None:
    """Its name for the message is the one in its log; later, never and too large are told apart."""
    with postfix.running(tmp_path, certificate=made, size_limit=100_000) as relay:
        smtp = relay.settings(tls="starttls", ca_file=str(made.path))
        one = session(smtp, delivery=Delivery(command_timeout=20, final_timeout=20))
        assert one.open() is None
        assert one.size_limit == 100_000
        taken = deliver(one, RAW + b".\r\n..\r\n")
        assert in_words(taken) == "accepted message open 250 2.0.0"
        assert in_words(deliver(one, to=f"a@{postfix.BUSY}")) == "deferred message open 450 4.2.1"
        assert in_words(deliver(one, to=f"a@{postfix.REFUSED}")) == "refused message open 550 5.1.1"
        assert deliver(one, RAW * 3).enhanced == "5.3.4"
        assert one.deliver(SENDER, RECIPIENT, RAW, lambda: False).kind == "not_sent"
        assert deliver(one).kind == "accepted"
        one.close()
        relay.settled()
        first, second = relay.messages()
        assert taken.relay_id
        assert f"{taken.relay_id}: message-id=<1@a.example>" in relay.log.read_text()
        assert first.endswith(b"aGVsbG8gd29ybGQ=\n.\n..\n")
        assert second.count(b"aGVsbG8") == 3_000
