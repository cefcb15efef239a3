"""The operator's mail: it arrives as it was meant, or a value says why not, and leaks nothing."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from relays import PASSWORD, USER, Certificate, Relay, certificate

from reportgen.config.publishing import Operator, Smtp
from reportgen.operations.mail import Attachment, Told, tell
from reportgen.operations.relay import Relay as Answer
from reportgen.operations.relay import Untold, ask
from reportgen.secret import Secret

NOW = datetime(2026, 1, 5, 23, 30, tzinfo=UTC)
OPERATOR = Operator(mail="wang@house.example")
SECRET = Secret(PASSWORD)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate, once."""
    return certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def trusted(made: Certificate, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    """The certificate, vouched for."""
    monkeypatch.setenv("SSL_CERT_FILE", str(made.path))
    return made


@pytest.fixture
def relay(trusted: Certificate) -> Iterator[Relay]:
    """A relay with STARTTLS and a login."""
    with Relay(trusted) as server:
        yield server


def told(smtp: Smtp, subject: str = "published", text: str = "All is well.\n") -> Told | Untold:
    """Send a plain mail."""
    return tell(smtp, OPERATOR, SECRET, subject, text, now=NOW)


def test_a_mail_arrives_as_it_was_meant(relay: Relay) -> None:
    """One message to one address, over TLS after a login, with the text as it was written."""
    text = "出版了。\nA line " + "that is long " * 200 + "\n.\n..dots\n"
    said = told(relay.settings(), "已出版 2026-01", text)
    assert isinstance(said, Told)
    message = relay.message()
    assert relay.envelopes == [("reports@house.example", ["wang@house.example"])]
    assert relay.logins == [True]
    assert message["Subject"] == "已出版 2026-01"
    assert message["To"] == "wang@house.example"
    assert message["From"] == "reports@house.example"
    assert message["Date"].datetime == NOW
    assert message["Message-ID"] == said.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().replace("\r\n", "\n") == text


@pytest.mark.parametrize("length", [60, 68, 69, 75, 200, 850])
def test_a_subject_of_any_length_arrives_whole(relay: Relay, length: int) -> None:
    """The library breaks long lines, sometimes before the first word."""
    subject = " ".join(["words"] * 200)[:length].strip()
    assert isinstance(told(relay.settings(), subject), Told)
    assert relay.message()["Subject"] == subject


def test_the_same_mail_again_has_the_same_bytes(relay: Relay) -> None:
    """Nothing in a message is random: a repeat can be told by its Message-ID."""
    first, second = told(relay.settings()), told(relay.settings())
    assert first == second
    assert relay.taken[0] == relay.taken[1]


def test_attachments_go_along_as_far_as_there_is_room(relay: Relay, tmp_path: Path) -> None:
    """What the relay would not take is left out, and the text names it."""
    small, large = tmp_path / "small.pdf", tmp_path / "large.pdf"
    small.write_bytes(b"%PDF-" + bytes(range(256)) * 20)
    large.write_bytes(bytes(200_000))
    smtp = relay.settings(max_message_bytes=100_000)
    files = (Attachment(large), Attachment(small))
    said = tell(smtp, OPERATOR, SECRET, "rehearsal", "See below.", files, now=NOW)
    assert isinstance(said, Told)
    assert said.left_out == ("large.pdf",)
    assert said.size <= 100_000
    message = relay.message()
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == "small.pdf"
    assert attached.get_content() == small.read_bytes()
    body = message.get_body()
    assert body is not None
    assert "large.pdf" in body.get_content()


@pytest.mark.parametrize(
    "subject",
    [
        "a\r\nBcc: evil@x.example",
        "a\nBcc: evil@x.example",
        "a\r\n\r\nbody",
        "=?utf-8?q?a=0D=0ABcc=3A_evil=40x.example?=",
        "a\u2028b",
        "a\x00b",
        "a\u202eb",
        "a\x85b",
        "",
    ],
)
def test_a_subject_that_could_be_more_is_refused(relay: Relay, subject: str) -> None:
    """Nothing that could begin another header leaves the machine, and what it was is not told."""
    said = told(relay.settings(), subject)
    assert isinstance(said, Untold)
    assert said.kind == "refused"
    assert "evil" not in said.reason
    assert relay.taken == []


@pytest.mark.parametrize("address", ["a,b@x.example", '"a"@x.example', "ä@x.example", "a;b@x.cn"])
def test_an_address_that_is_more_than_one_is_refused(relay: Relay, address: str) -> None:
    """Only a plain name@domain is written to."""
    said = tell(relay.settings(), Operator(mail=address), SECRET, "s", "t", now=NOW)
    assert isinstance(said, Untold)
    assert said.kind == "refused"
    assert relay.logins == []


def test_a_secret_in_the_text_is_blotted_out(relay: Relay) -> None:
    """A report that has caught the password does not carry it away; addresses stay whole."""
    told(relay.settings(), "s", f"crash: {PASSWORD} of wang@house.example")
    assert relay.message().get_content().strip() == "crash: [secret] of wang@house.example"


# -- who is not trusted gets nothing --------------------------------------------------------


def test_an_untrusted_certificate_gets_no_login(
    made: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The certificate is checked before anything secret is said."""
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with Relay(made) as server:
        said = told(server.settings())
        assert isinstance(said, Untold)
        assert "certificate" in said.reason
        assert (server.logins, server.taken) == ([], [])


def test_a_relay_without_starttls_gets_no_login() -> None:
    """A relay, or who stands before it, that offers no STARTTLS is left at once."""
    with Relay() as server:
        said = told(server.settings(tls="starttls"))
        assert isinstance(said, Untold)
        assert "STARTTLS" in said.reason
        assert (server.logins, server.taken) == ([], [])


def test_without_tls_only_this_machine_is_spoken_to() -> None:
    """Plain text goes to a relay on this machine and nowhere else."""
    elsewhere = told(Smtp(host="relay.invalid", tls="none", sender="a@b.example"))
    assert isinstance(elsewhere, Untold)
    assert "this machine" in elsewhere.reason
    with Relay(login=False) as server:
        said = tell(server.settings(), OPERATOR, None, "s", "t", now=NOW)
        assert isinstance(said, Told)


def test_tls_from_the_first_byte(trusted: Certificate) -> None:
    """Where TLS is wanted from the first byte, a relay that speaks plainly is not spoken to."""
    with Relay() as server:
        said = told(server.settings(tls="implicit"))
        assert isinstance(said, Untold)
        assert server.logins == []


def test_a_relay_with_the_other_way_of_logging_in(trusted: Certificate) -> None:
    """A relay that offers LOGIN alone lets us in, with a password beyond ASCII too."""
    with Relay(trusted, ways=("PLAIN",)) as server:
        assert isinstance(told(server.settings()), Told)
        assert server.logins == [True]


# -- failures are values --------------------------------------------------------------------


def test_a_wrong_password_is_a_value(relay: Relay) -> None:
    """The relay's refusal is told, without the password in any form."""
    said = tell(relay.settings(), OPERATOR, Secret("wrong-" + PASSWORD), "s", "t", now=NOW)
    assert isinstance(said, Untold)
    assert "535" in said.reason
    assert said.kind == "refused"
    assert not said.doubtful


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("451 later", ("unreachable", False)),
        ("550 5.7.1 no", ("refused", False)),
        ("drop", ("unreachable", True)),
    ],
)
def test_what_the_relay_does_with_the_message_is_told(
    trusted: Certificate, reply: str, expected: tuple[str, bool]
) -> None:
    """Refused is refused; hanging up after the message leaves a doubt, which is told."""
    with Relay(trusted, reply) as server:
        said = told(server.settings())
    assert isinstance(said, Untold)
    assert (said.kind, said.doubtful) == expected


def test_too_large_for_the_relay_is_refused_before_it_is_sent(trusted: Certificate) -> None:
    """The size is announced, so that nothing is sent in vain."""
    with Relay(trusted, limit=2_000) as server:
        said = told(server.settings(), text="x" * 5_000)
    assert isinstance(said, Untold)
    assert "552" in said.reason
    assert not said.doubtful


def test_nobody_to_tell_is_a_value() -> None:
    """Without address, relay or sender nothing is tried."""
    smtp = Smtp(host="relay.invalid", sender="a@b.example")
    for one, who in ((Smtp(), OPERATOR), (smtp, Operator())):
        said = tell(one, who, None, "s", "t", now=NOW)
        assert isinstance(said, Untold)
        assert said.kind == "unset"


def test_a_relay_that_is_not_there_is_a_value() -> None:
    """No connection, no exception."""
    with Relay(login=False) as server:
        smtp = server.settings()
    said = tell(smtp, OPERATOR, None, "s", "t", now=NOW)
    assert isinstance(said, Untold)
    assert (said.kind, said.doubtful) == ("unreachable", False)


# -- the doctor's question ------------------------------------------------------------------


def test_asking_logs_in_and_sends_nothing(relay: Relay) -> None:
    """The relay's limit comes back, no message leaves."""
    assert ask(relay.settings(), SECRET) == Answer(relay.limit)
    assert (relay.logins, relay.taken) == ([True], [])


def test_a_login_without_a_password_is_refused_here(relay: Relay) -> None:
    """A user without a password is a fault of the configuration."""
    said = ask(relay.settings(), None)
    assert isinstance(said, Untold)
    assert "REPORTGEN_SMTP_PASSWORD" in said.reason


def test_nothing_of_it_is_logged(
    relay: Relay, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither the library nor we write the talk with the relay anywhere."""
    caplog.set_level(logging.DEBUG)
    told(relay.settings())
    caplog.handler.flush()
    assert USER not in "".join(capfd.readouterr())
    own = [one for one in caplog.records if not one.name.startswith("mail.")]  # the server's own
    assert PASSWORD not in "".join(one.getMessage() for one in own)


def test_the_wire_is_never_shown() -> None:
    """The library's debugging prints the password, so no module of ours asks for it."""
    assert smtplib.SMTP.debuglevel == 0
    for path in (Path(__file__).parent.parent / "reportgen").rglob("*.py"):
        assert "set_debuglevel" not in path.read_text(encoding="utf-8"), path
