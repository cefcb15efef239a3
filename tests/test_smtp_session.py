"""A message at the relay: taken, not taken or in doubt, and never one for the other."""

from __future__ import annotations

import socket
import threading

import pytest
from faultserver import FAULTS, Fault, FaultServer, Style
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.config.delivery import Delivery
from reportgen.config.publishing import Smtp
from reportgen.deliver.smtp.answer import Answer
from reportgen.deliver.smtp.fitness import stuffed
from reportgen.deliver.smtp.reply import after_the_dot, before_the_dot, relay_id, said
from reportgen.deliver.smtp.session import POINTS, Session
from reportgen.operations.masking import Mask
from reportgen.relay import Reply, UnreadableError
from reportgen.relay.replies import first
from reportgen.secret import Secret

SENDER, RECIPIENT = "bounces+1f-2e@house.example", "wang@client.example"
RAW = b"Subject: x\r\nMessage-ID: <1@a.example>\r\n\r\n" + b"aGVsbG8gd29ybGQ=\r\n" * 3_000
HASTY = Delivery(connect_timeout=10, command_timeout=0.5, final_timeout=0.5)
"""For a relay that stalls."""

PATIENT = Delivery(connect_timeout=10, command_timeout=20, final_timeout=20)
"""For one that does not, on a busy machine."""

EXPECTED = {
    "no greeting": "not_sent relay closed",
    "busy greeting": "not_sent relay closed 421",
    "closed house": "not_sent relay closed 554",
    "not a relay": "not_sent relay closed",
    "busy at EHLO": "not_sent relay closed 421",
    "drop at MAIL": "not_sent relay closed",
    "sender refused": "refused relay open 550 5.1.8",
    "drop at RCPT": "not_sent relay closed",
    "reset at RCPT": "not_sent relay closed",
    "later at RCPT": "deferred message open 450 4.2.1",
    "refused at RCPT": "refused message open 550 5.1.1",
    "policy at RCPT": "refused relay open 550 5.7.1",
    "closing at RCPT": "deferred relay closed 421 4.3.2",
    "stall at RCPT": "not_sent relay closed",
    "garbage at RCPT": "not_sent relay closed",
    "two answers at RCPT": "not_sent relay closed",
    "drop at DATA": "not_sent relay closed",
    "later at DATA": "deferred relay open 451 4.3.0",
    "refused at DATA": "refused message open 554 5.5.1",
    "wrong answer at DATA": "not_sent relay closed",
    "drop in the message": "not_sent relay closed",
    "reset in the message": "not_sent relay closed",
    "stall in the message": "in_doubt message closed",  # the kernel has taken the dot, who knows
    "refused in the message": "refused message closed 552 5.3.4",
    "consent in the message": "not_sent relay closed",
    "drop before it is taken": "in_doubt message closed",
    "drop after it is taken": "in_doubt message closed",
    "reset after it is taken": "in_doubt message closed",
    "stall after it is taken": "in_doubt message closed",
    "later at the dot": "deferred relay open 451 4.3.0",
    "closing at the dot": "deferred relay closed 421 4.3.2",
    "refused at the dot": "refused message open 554 5.6.0",
    "policy at the dot": "refused relay open 550 5.7.26",
    "garbage at the dot": "in_doubt message closed",
    "half an answer at the dot": "in_doubt message closed",
    "half a code at the dot": "in_doubt message closed",
    "part of an answer at the dot": "in_doubt message closed",
    "two codes at the dot": "in_doubt message closed",
    "a code too long at the dot": "in_doubt message closed",
    "go on at the dot": "in_doubt message closed 354",
    "endless answer at the dot": "in_doubt message closed",
    "more after the answer": "accepted message open 250",
}


def session(smtp: Smtp, password: Secret | None = None, delivery: Delivery = PATIENT) -> Session:
    """Return a session."""
    return Session(smtp, delivery, password, Mask((password,)))


def patience(fault: str) -> Delivery:
    """Return how long a relay with a fault is waited for."""
    return HASTY if FAULTS[fault].then == "stalls" else PATIENT


def deliver(one: Session, raw: bytes = RAW, to: str = RECIPIENT) -> Answer:
    """Hand a message over, the fence open."""
    return one.deliver(SENDER, to, raw, lambda: True)


def in_words(answer: Answer) -> str:
    """Return an answer as the table above has it."""
    line = "open" if answer.usable else "closed"
    numbers = f"{answer.code or ''} {answer.enhanced}".strip()
    return f"{answer.kind} {answer.scope} {line} {numbers}".strip()


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_has_its_answer(fault: str) -> None:
    """In doubt is what may have been taken and nothing else; the next message is not affected."""
    with FaultServer() as server:
        server.misbehave(fault)
        one = session(server.settings(), delivery=patience(fault))
        # What goes wrong in the middle of a message has gone wrong before its dot may leave.
        answer = one.deliver(SENDER, RECIPIENT, RAW, lambda: server.quiet.wait(10))
        assert in_words(answer) == EXPECTED[fault]
        if answer.kind in ("not_sent", "deferred", "refused"):
            assert server.copies(RECIPIENT) == []
        assert deliver(one, to="next@client.example").kind == "accepted"
        assert len(server.copies("next@client.example")) == 1
        one.close()


@pytest.mark.parametrize("style", ["lines", "packets", "drip"])
@pytest.mark.parametrize("faulty", [False, True])
def test_an_answer_counts_however_it_comes(style: Style, *, faulty: bool) -> None:
    """On three lines, in three packets or byte by byte, an answer is the same."""
    with FaultServer(style=style) as server:
        one = session(server.settings(), delivery=PATIENT)
        assert deliver(one).relay_id == "T1"
        if faulty:
            server.misbehave("refused at RCPT")
            assert deliver(one).kind == "refused"
            assert deliver(one).relay_id == "T2"
        one.close()
    assert [each.raw for each in server.taken] == [RAW] * (1 + faulty)
    assert {each.line for each in server.taken} == {1}


def test_an_answer_has_its_time_as_a_whole() -> None:
    """A relay that sends a byte now and then does not keep us beyond the time for an answer."""
    with FaultServer(style="drip") as server:
        one = session(server.settings(), delivery=Delivery(command_timeout=0.05, final_timeout=9))
        answer = one.open()
        assert answer is not None
        assert "TimeoutError" in answer.text


# -- the fence ------------------------------------------------------------------------------


def test_the_message_passes_every_point_in_order() -> None:
    """The dot is asked for after the body and leaves after that; nothing is taken before."""
    passed: list[str] = []
    with FaultServer() as server:

        def fence() -> bool:
            passed.append("fence")
            assert server.taken == []
            return True

        one = session(server.settings())
        assert one.deliver(SENDER, RECIPIENT, RAW, fence, passed.append).kind == "accepted"
        one.close()
    assert [point for point in passed if point != "fence"] == list(POINTS)
    assert passed.index("body") + 1 == passed.index("fence") == passed.index("dot_before") - 1


def test_without_the_fence_s_word_nothing_is_taken() -> None:
    """The line is broken, and the relay has no whole message; the next one goes over a new line."""
    with FaultServer() as server:
        one = session(server.settings())
        answer = one.deliver(SENDER, RECIPIENT, RAW, lambda: False)
        assert in_words(answer) == "not_sent message closed"
        assert deliver(one, to="next@client.example").kind == "accepted"
        one.close()
    assert server.copies(RECIPIENT) == []
    assert len(server.taken) == 1


@pytest.mark.parametrize("point", ["fence", *POINTS])
def test_what_is_raised_on_the_way_breaks_the_line(point: str) -> None:
    """A ledger that fails, at whatever point, comes through; before the dot nothing was taken."""

    def at(passed: str) -> None:
        if passed == point:
            raise OSError("disk full")

    def fence() -> bool:
        at("fence")
        return True

    with FaultServer() as server:
        one = session(server.settings())
        with pytest.raises(OSError, match="disk full"):
            one.deliver(SENDER, RECIPIENT, RAW, fence, at)
        assert deliver(one, to="next@client.example").kind == "accepted"
        one.close()
    late = POINTS.index(point) > POINTS.index("dot_before") if point != "fence" else False
    assert len(server.copies(RECIPIENT)) <= late


def test_a_line_closed_meanwhile_costs_no_attempt() -> None:
    """A relay that hung up while nothing was said is called again before the message begins."""
    with FaultServer() as server:
        one = session(server.settings())
        server.misbehave("more after the answer")
        assert deliver(one).kind == "accepted"
        assert deliver(one).kind == "accepted"
        one.close()
    assert [each.line for each in server.taken] == [1, 2]


# -- what is not offered --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "length", "kind"),
    [(60_000, 60_000, "accepted"), (60_000, 60_001, "refused"), (0, 60_001, "accepted")],
)
def test_a_message_above_the_relay_s_size_is_not_begun(limit: int, length: int, kind: str) -> None:
    """One byte above what the relay says it takes, and nothing is sent."""
    with FaultServer(limit=limit) as server:
        one = session(server.settings())
        assert one.open() is None
        assert one.size_limit == limit
        answer = deliver(one, RAW + b"x" * (length - len(RAW) - 2) + b"\r\n")
        assert answer.kind == kind
        assert len(server.taken) == (kind == "accepted")
        if kind == "refused":
            assert answer.enhanced == "5.3.4"
            assert b"MAIL" not in b"".join(server.heard)
        one.close()


def test_a_relay_of_the_old_kind_is_spoken_to_as_such() -> None:
    """One that does not know EHLO is greeted with HELO and told of no extension."""
    with FaultServer() as server:
        server.misbehave(Fault("ehlo", b"502 5.5.1 what?\r\n", "goes on"))
        one = session(server.settings())
        assert deliver(one).kind == "accepted"
        assert deliver(one, "ä".encode() + RAW).enhanced == "5.6.3"
        one.close()
        assert b"SIZE" not in b"".join(server.heard)


def test_a_message_above_our_own_size_is_not_begun() -> None:
    """The limit of the configuration holds where the relay says none."""
    with FaultServer(limit=0) as server:
        one = session(server.settings(max_message_bytes=100_000))
        assert deliver(one, RAW + b"x" * 100_000 + b"\r\n").enhanced == "5.3.4"
        one.close()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "a@",
        "@b.cn",
        "a b@c.cn",
        "a@b.cn>",
        "<a@b.cn",
        "a@b.cn\r\nRCPT TO:<e@e.cn",
        "a,b@c",
    ],
)
def test_what_is_more_than_an_address_is_not_written_to(address: str) -> None:
    """Nothing that could be another command goes over the line."""
    with FaultServer() as server:
        one = session(server.settings())
        assert deliver(one, to=address).kind == "refused"
        assert b"RCPT" not in b"".join(server.heard)
        assert deliver(one).kind == "accepted"
        one.close()


def test_an_address_beyond_ascii_needs_a_relay_that_knows_them() -> None:
    """It is announced to a relay that does, and not offered to one that does not."""
    for hides, kind in (((), "accepted"), (("SMTPUTF8",), "refused")):
        with FaultServer(hides=hides) as server:
            one = session(server.settings())
            assert deliver(one, to="王@client.example").kind == kind
            assert (b"SMTPUTF8\r\n" in b"".join(server.heard)) == (kind == "accepted")
            assert deliver(one).kind == "accepted"
            one.close()


def test_a_relay_that_does_not_know_the_name_is_told_as_such() -> None:
    """A host without an address is a relay that cannot be reached."""
    answer = session(Smtp(host="relay.invalid", sender="a@b.example", tls="none")).open()
    assert answer is not None
    assert answer.kind == "not_sent"
    answer = session(Smtp(host="relay.invalid", sender="a@b.example")).open()
    assert answer is not None
    assert "cannot be reached" in answer.text


def test_a_relay_that_takes_nothing_more_is_left() -> None:
    """Half a connection: the other machine is silent in the middle of a message; nothing sent."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        done = threading.Event()

        def talk() -> None:
            line, _ = listener.accept()
            with line:
                for answer in (b"220 hi", b"250 hi", b"250 ok", b"250 ok", b"354 go"):
                    line.sendall(answer + b"\r\n")
                    if answer[:3] != b"354":
                        line.recv(1000)
                done.wait(20)

        thread = threading.Thread(target=talk)
        thread.start()
        smtp = Smtp(host="127.0.0.1", port=listener.getsockname()[1], tls="none", sender="a@b.cn")
        answer = deliver(session(smtp, delivery=HASTY), RAW + b"x" * 9_000_000 + b"\r\n")
        done.set()
        thread.join()
    assert in_words(answer) == "not_sent relay closed"


# -- the bytes on the line ------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [
        b".\r\n",
        b"a\r\n.\r\nb\r\n",
        b"a\r\n..\r\n.b\r\n",
        b"a: b\r\n\r\n.leading\r\n...three\r\n",
        b"no line end",
        b"",
    ],
)
def test_dots_arrive_as_they_were(raw: bytes) -> None:
    """A line that begins with a dot, even the dot alone, does not end the message."""
    with FaultServer() as server:
        one = session(server.settings())
        assert deliver(one, raw).kind == "accepted"
        assert deliver(one).kind == "accepted"
        one.close()
    whole = raw if raw.endswith(b"\r\n") else raw + b"\r\n"
    assert [each.raw for each in server.taken] == [whole, RAW]


@pytest.mark.parametrize(
    "raw", [b"a\n.\r\nb\r\n", b"a\r.\r\nb\r\n", b"a\n.\nMAIL FROM:<e@e.cn>\r\n"]
)
def test_an_end_only_some_relays_see_is_not_sent(raw: bytes) -> None:
    """A dot behind half a line end could end the message at one relay and not at the next."""
    with FaultServer() as server:
        one = session(server.settings())
        assert deliver(one, raw).enhanced == "5.6.0"
        assert server.taken == []
        one.close()


@given(st.binary(max_size=60).map(lambda one: one.replace(b"\r", b"").replace(b"\n", b"\r\n")))
@settings(max_examples=200, deadline=None)
def test_no_message_holds_its_own_end(raw: bytes) -> None:
    """Whatever a message is, on the line its end comes once, and undone it is the message."""
    line = stuffed(raw) + b".\r\n"
    assert (b"\r\n" + line).find(b"\r\n.\r\n") == len(line) - 3
    undone = (b"\r\n" + line[:-3]).replace(b"\r\n.", b"\r\n")[2:]
    assert undone == (raw if raw.endswith(b"\r\n") else raw + b"\r\n")


# -- replies --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "unread",
    [
        b"hello\r\n",
        b"25\r\n",
        b"2500 ok\r\n",
        b"250ok\r\n",
        b"250_ok\r\n",
        b" 250 ok\r\n",
        b"199 ok\r\n",
        b"600 ok\r\n",
        b"250-a\r\n251 b\r\n",
        b"250-a\r\nb\r\n250 c\r\n",
        b"250 a\rb\r\n",
        b"\r\n",
        b"-1 x\r\n",
        "２５０ ok\r\n".encode(),
        b"x" * 70_000,
    ],
)
def test_what_is_no_reply_is_not_read_as_one(unread: bytes) -> None:
    """The library takes most of these for a yes or a no."""
    with pytest.raises(UnreadableError):
        first(unread)


@given(st.binary(max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_a_reply_or_not(unread: bytes) -> None:
    """Whatever comes: a reply, not enough yet, or no reply; nothing else happens."""
    try:
        found = first(unread)
    except UnreadableError:
        return
    if found is not None:
        reply, rest = found
        assert 200 <= reply.code <= 599
        assert unread.endswith(rest)
        assert said(reply, str).isprintable()
        kind = after_the_dot(reply, str).kind
        assert kind == {2: "accepted", 3: "in_doubt", 4: "deferred", 5: "refused"}[reply.kind]
        assert before_the_dot(reply, "DATA", str).kind != "accepted"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("2.0.0 Ok: queued as 4ZVsJx0Gc2z9s", "4ZVsJx0Gc2z9s"),
        ("Mail OK queued as gzga-smtp-mtadsp1,_____wDX,IAb", "gzga-smtp-mtadsp1,_____wDX,IAb"),
        ("OK id=1tBqMh-0001Xv-2E", "1tBqMh-0001Xv-2E"),
        ("2.0.0 4AL8Xk3j012345 Message accepted for delivery", "4AL8Xk3j012345"),
        ("2.0.0 OK  1763712000 d2e1a72fcca58-7bf0ed4sm6.12 - gsmtp", "d2e1a72fcca58-7bf0ed4sm6.12"),
        (
            "2.6.0 <rg1.a@b.cn> [InternalId=73014444, Hostname=X.prod] 1034 bytes Queued mail",
            "73014444",
        ),
        (
            "Ok 0100018f3c2d4e5f-1a2b3c4d-5e6f-7081-92a3-b4c5d6e7f809-000000",
            "0100018f3c2d4e5f-1a2b3c4d-5e6f-7081-92a3-b4c5d6e7f809-000000",
        ),
        ("ok 1763712000 qp 4711", "4711"),
        ("Message Queued (6E1F-A.1)", "6E1F-A.1"),
        ("ok", ""),
    ],
)
def test_the_relay_s_name_for_a_message_is_found(text: str, name: str) -> None:
    """By it the relay's people find the message in their log; self-written, in each one's style."""
    assert relay_id(text) == name


@pytest.mark.parametrize(
    ("reply", "step", "scope"),
    [
        ("530 5.7.0 STARTTLS first", "MAIL", "relay"),
        ("552 5.3.4 too large", "MAIL", "message"),
        ("552 too large", "MAIL", "message"),
        ("452 4.3.1 disk full", "MAIL", "relay"),
        ("452 4.3.1 disk full", "message", "relay"),
        ("553 5.1.7 bad sender", "RCPT", "relay"),
        ("550 5.1.1 unknown", "RCPT", "message"),
        ("550 unknown", "RCPT", "message"),
        ("550 4.7.1 strange", "RCPT", "message"),
        ("451 4.7.1 greylisted", "RCPT", "message"),
        ("550 5.7.515 not authenticated", "message", "relay"),
        ("571 refused", "message", "message"),
    ],
)
def test_a_refusal_lies_with_the_relay_or_with_the_message(
    reply: str, step: str, scope: str
) -> None:
    """What the next message would meet as well stops a run; what is one recipient's does not."""
    found = first(reply.encode() + b"\r\n")
    assert found is not None
    assert before_the_dot(found[0], step, str).scope == scope  # type: ignore[arg-type]


def test_an_answer_shows_no_address_no_secret_and_no_control() -> None:
    """What the relay says is kept on one line, its addresses masked, its status code once."""
    mask = Mask((Secret("hunter2-canary"),))
    lines = (
        b"5.7.26 <wang@client.example> \x1b[31mhunter2-canary\x00",
        b"5.7.26 aHVudGVyMi1jYW5hcnk= " + "拒绝".encode(),
        b"\xff" * 400,
    )
    text = said(Reply(550, lines), mask)
    assert text.startswith("5.7.26 <w***@c***.example> [31m[secret] [secret]k= 拒绝")
    assert len(text) <= 300
    assert text.isprintable()
