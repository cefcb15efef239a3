"""The HTTP door: whatever a publisher does ends in an answer or a named fault, in bounded time."""

from __future__ import annotations

import gzip
import logging
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loopback import Fault, Loopback, Route, redirect
from pretended import NOON, Pretended

from reportgen import __version__
from reportgen.config import SourceSettings, SourcesSettings
from reportgen.sources.base import Answer, Request, SourceError
from reportgen.sources.exchange import may_follow
from reportgen.sources.http import HttpDoor
from reportgen.sources.manners import Limits

TABLE = b"observation_date,NASDAQCOM\n2025-12-05,23578.13\n" * 20
QUICK = Limits(connect=0.5, read=0.2, answer=0.4, request=0.7, backoff=0.01, size=2**20)
"""Limits in fractions of a second, for faults that cost time."""
SECRET = "a-key-that-must-not-be-seen"
FRED = Request("fred", "/graph/fredgraph.csv", (("id", "NASDAQCOM"),))


@dataclass
class Memory:
    """What a store does for the door, in memory."""

    marks: dict[str, tuple[str, str]] = field(default_factory=dict)
    bodies: dict[str, bytes] = field(default_factory=dict)

    def validators(self, url: str) -> tuple[str, str] | None:
        """Return the marks of what was kept."""
        return self.marks.get(url)

    def body(self, url: str) -> bytes | None:
        """Return the body that was kept."""
        return self.bodies.get(url)

    def keep(self, answer: Answer, etag: str, last_modified: str) -> None:
        """Keep marks and body."""
        self.marks[answer.url] = etag, last_modified
        self.bodies[answer.url] = answer.body


@pytest.fixture
def server() -> Iterator[Loopback]:
    """A publisher that serves one table."""
    with Loopback({"/graph/fredgraph.csv": Route(TABLE), "/other": Route(b"other")}) as running:
        yield running


def open_door(server: Loopback, own: SourcesSettings | None = None, **more: Any) -> HttpDoor:
    """Return a door that finds every publisher on the server."""
    names = ("fred", "cboe", "sec", "yahoo")
    return HttpDoor(own or SourcesSettings(), dict.fromkeys(names, server.url), **more)


def fault_of(door: HttpDoor, request: Request = FRED) -> SourceError:
    """Return the error a request ends in."""
    with pytest.raises(SourceError) as caught:
        door.get(request)
    return caught.value


# -- what is asked and what comes back --------------------------------------------------------


def test_answer_is_whole(server: Loopback) -> None:
    """An answer carries body, address, status and time, and the query arrives as it was given."""
    asked = replace(FRED, params=(("id", "A B"), ("page[size]", "10"), ("$where", "d >= '2005'")))
    with open_door(server, world=Pretended().world()) as door:
        answer = door.get(asked)
    assert (answer.source, answer.status, answer.body) == ("fred", 200, TABLE)
    assert answer.retrieved == NOON
    assert answer.url.startswith(f"{server.url}/graph/fredgraph.csv?id=A%20B&")
    assert server.asked[0].query == {"id": ["A B"], "page[size]": ["10"], "$where": ["d >= '2005'"]}


@pytest.mark.parametrize(
    ("contact", "agent"),
    [
        ("", f"reportgen/{__version__}"),
        ("desk@house.example", f"reportgen/{__version__} (+desk@house.example)"),
    ],
)
def test_user_agent_is_honest(server: Loopback, contact: str, agent: str) -> None:
    """The user agent is the program, its version, and the operator's contact where there is one."""
    with open_door(server, SourcesSettings(contact=contact)) as door:
        door.get(FRED)
    assert server.asked[0].headers["User-Agent"] == agent


@pytest.mark.parametrize("ending", ["", "/"])
def test_base_url_is_configurable(server: Loopback, ending: str) -> None:
    """A base URL in the settings goes before the publisher's, with or without a last slash."""
    server.routes["/mirror/graph/fredgraph.csv"] = Route(b"mirrored")
    own = SourcesSettings(fred=SourceSettings(base_url=f"{server.url}/mirror{ending}"))
    with HttpDoor(own, {"fred": "https://publisher.invalid"}) as door:
        assert door.get(FRED).body == b"mirrored"


def test_gzip_is_unpacked(server: Loopback) -> None:
    """Only gzip is asked for, and the body is what was compressed."""
    server.routes["/graph/fredgraph.csv"] = Route(TABLE, gzip=True)
    with open_door(server) as door:
        assert door.get(FRED).body == TABLE
    assert server.asked[0].headers["Accept-Encoding"] == "gzip"


def test_gzip_of_several_members_is_unpacked(server: Loopback) -> None:
    """Gzip files set one behind the other are one body."""
    packed = gzip.compress(b"one") + gzip.compress(b"two")
    server.routes["/other"] = Route(packed, headers=(("Content-Encoding", "gzip"),))
    with open_door(server) as door:
        assert door.get(Request("fred", "/other")).body == b"onetwo"


def test_threads_share_a_door(server: Loopback) -> None:
    """Many threads with one door each get the answer they asked for."""
    server.routes |= {f"/{number}": Route(str(number).encode()) for number in range(40)}
    names = ("fred", "cboe")
    with open_door(server) as door, ThreadPoolExecutor(8) as threads:
        asked = [Request(names[number % 2], f"/{number}") for number in range(40)]
        bodies = [answer.body for answer in threads.map(door.get, asked)]
    assert bodies == [str(number).encode() for number in range(40)]


# -- faults -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "code", "attempts"),
    [
        ("503", "http_status", 3),
        ("429", "http_status", 3),
        ("503-later", "http_status", 1),  # the wait is longer than the limit of the request
        ("429-later", "http_status", 1),
        ("404", "http_status", 1),
        ("empty", "empty", 1),
        ("zip", "archive", 1),
        ("bomb", "too_large", 1),
        ("truncate", "truncated", 3),
        ("reset", "unreachable", 3),
        ("garbage", "unreachable", 3),
    ],
)
def test_fault_is_named(server: Loopback, fault: Fault, code: str, attempts: int) -> None:
    """Each misbehaviour ends in its own fault, after as many attempts as it is worth."""
    server.faults["/graph"] = fault
    with open_door(server, limits=replace(QUICK, request=1.9)) as door:
        problem = fault_of(door)
    assert (problem.fault, problem.source, server.count()) == (code, "fred", attempts)
    assert problem.status == (int(fault[:3]) if fault[:3].isdigit() else problem.status)
    assert f"{server.url}/graph/fredgraph.csv?id=NASDAQCOM " in problem.message


@pytest.mark.parametrize("fault", ["slow", "drip", "drip-headers"])
def test_slow_answer_is_cut_off(server: Loopback, fault: Fault) -> None:
    """Silence and drips, of body or headers, end at the limit: the server would go on for ever."""
    server.faults["/graph"] = fault
    with open_door(server, limits=replace(QUICK, read=30.0)) as door:
        assert fault_of(door).fault == "timeout"
    assert 1 <= server.count() <= 3


def test_web_page_is_left_to_the_parsers(server: Loopback) -> None:
    """A page of status 200 is an answer: whether a page is wrong, the publisher's parser knows."""
    server.faults["/graph"] = "html"
    with open_door(server) as door:
        assert door.get(FRED).body.startswith(b"<!doctype html>")


def test_announced_size_is_believed(server: Loopback) -> None:
    """A body announced as too large is not read at all."""
    server.routes["/other"] = Route(b"x", headers=(("Content-Length", str(2**40)),))
    with open_door(server) as door:
        assert fault_of(door, Request("fred", "/other")).fault == "too_large"


def test_endless_body_is_too_large(server: Loopback) -> None:
    """A body of unannounced length is stopped at the limit."""
    server.routes["/other"] = Route(b"HTTP/1.1 200 OK\r\n\r\n" + bytes(2**21), raw=True)
    with open_door(server, limits=QUICK) as door:
        assert fault_of(door, Request("fred", "/other")).fault == "too_large"


@pytest.mark.parametrize(
    ("coding", "body", "code"),
    [
        ("br", b"whatever", "unreadable"),
        ("gzip", b"not gzip at all", "unreadable"),
        ("gzip", gzip.compress(TABLE, mtime=0)[:-12], "truncated"),
    ],
)
def test_broken_compression_is_named(server: Loopback, coding: str, body: bytes, code: str) -> None:
    """Compression not asked for, broken, or ending in the middle is told apart."""
    server.routes["/other"] = Route(body, headers=(("Content-Encoding", coding),))
    with open_door(server, limits=QUICK) as door:
        assert fault_of(door, Request("fred", "/other")).fault == code


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.binary(max_size=200),
    st.sampled_from(
        [
            b"",
            b"HTTP/1.1 200 OK\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: ",
        ]
    ),
)
def test_any_bytes_end_in_an_answer_or_a_source_error(
    server: Loopback, noise: bytes, beginning: bytes
) -> None:
    """Whatever comes back, nothing but a source error is raised."""
    server.routes["/other"] = Route(beginning + noise + b"\r\n\r\n", raw=True)
    with open_door(server, limits=replace(QUICK, attempts=1)) as door:
        try:
            answer = door.get(Request("fred", "/other"))
        except SourceError:
            return
    assert answer.status == 200


def test_refused_connection_is_unreachable() -> None:
    """A port on which nobody listens is unreachable."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with HttpDoor(SourcesSettings(), {"fred": base}, limits=QUICK) as door:
            assert fault_of(door).fault == "unreachable"


def test_unknown_host_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that does not resolve is unreachable."""

    def nobody(*of: object, **more: object) -> None:
        raise socket.gaierror("no such host")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    with HttpDoor(SourcesSettings(), {"fred": "http://publisher.invalid"}, limits=QUICK) as door:
        assert fault_of(door).fault == "unreachable"


def test_look_up_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch, server: Loopback) -> None:
    """A name server that keeps silent costs no more than the time for a connection."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *of, **more: server.pause(600) * [])
    with HttpDoor(SourcesSettings(), {"fred": "http://publisher.invalid"}, limits=QUICK) as door:
        assert fault_of(door).fault == "timeout"


# -- retries ----------------------------------------------------------------------------------


def test_passing_fault_is_retried(server: Loopback) -> None:
    """Two failures and an answer are an answer; the waits are jittered below a doubling bound."""
    time = Pretended()
    server.routes["/graph/fredgraph.csv"] = (Route(status=503), Route(status=500), Route(TABLE))
    with open_door(server, world=time.world()) as door:
        assert door.get(FRED).body == TABLE
    first, second = time.slept
    assert 0 <= first <= 0.5
    assert 0 <= second <= 1.0
    assert server.count() == 3


@pytest.mark.parametrize("stated", ["7", "Mon, 08 Dec 2025 12:00:07 GMT"])
def test_retry_after_is_honoured(server: Loopback, stated: str) -> None:
    """The publisher's own wait, in seconds or as a date, goes before the program's."""
    time = Pretended()
    busy = Route(status=429, headers=(("Retry-After", stated),))
    server.routes["/graph/fredgraph.csv"] = (busy, Route(TABLE))
    with open_door(server, world=time.world()) as door:
        assert door.get(FRED).body == TABLE
    assert time.slept == [pytest.approx(7)]


def test_long_retry_after_leaves_the_publisher_alone(server: Loopback) -> None:
    """Who asks for more than 15 s is not asked again in this run: asking may extend the block."""
    busy = Route(status=429, headers=(("Retry-After", "600"),))
    server.routes["/graph/fredgraph.csv"] = busy
    with open_door(server, world=Pretended().world()) as door:
        assert fault_of(door).fault == "http_status"
        assert fault_of(door).fault == "circuit_open"
    assert server.count() == 1


def test_retry_after_beyond_the_budget_is_not_waited_for(server: Loopback) -> None:
    """A wait longer than the time left is not begun."""
    time = Pretended()
    server.routes["/graph/fredgraph.csv"] = Route(status=503, headers=(("Retry-After", "9"),))
    with open_door(server, SourcesSettings(budget=5), world=time.world()) as door:
        assert fault_of(door).status == 503
    assert time.slept == []


# -- circuit, budget, pace --------------------------------------------------------------------


def test_circuit_opens_after_three_failed_requests(server: Loopback) -> None:
    """After three failed requests in a row a publisher is left alone; the others are not."""
    server.faults["/graph"] = "503"
    with open_door(server, world=Pretended().world()) as door:
        codes = [fault_of(door).fault for _ in range(5)]
        assert door.get(Request("cboe", "/other")).body == b"other"
    assert codes == ["http_status"] * 3 + ["circuit_open"] * 2
    assert server.count("/graph") == 9


def test_answers_and_content_faults_keep_the_circuit_closed(server: Loopback) -> None:
    """A publisher that answers, if only to say that it has no such thing, is there."""
    server.faults |= {"/graph": "503", "/missing": "404", "/empty": "empty"}
    asked = ("/graph", "/graph", "/missing", "/graph", "/graph", "/empty", "/graph", "/graph")
    with open_door(server, world=Pretended().world()) as door:
        codes = [fault_of(door, Request("fred", path)).fault for path in asked]
        assert door.get(Request("fred", "/other")).body == b"other"
    assert "circuit_open" not in codes


def test_one_publisher_cannot_cost_the_whole_budget(server: Loopback) -> None:
    """When its failures have cost half of the budget, a publisher is left alone."""
    server.faults["/graph"] = "slow"
    patient = replace(QUICK, failures=99, request=0.4)
    with open_door(server, SourcesSettings(budget=1.4), limits=patient) as door:
        codes = [fault_of(door).fault for _ in range(3)]
        assert door.get(Request("cboe", "/other")).body == b"other"
    assert codes == ["timeout", "timeout", "circuit_open"]


def test_nothing_is_asked_when_the_budget_is_used_up(server: Loopback) -> None:
    """Once the time is used up every request fails at once."""
    time = Pretended()
    with open_door(server, world=time.world()) as door:
        time.seconds += 60
        assert fault_of(door).fault == "over_budget"
        assert fault_of(door, Request("cboe", "/other")).fault == "over_budget"
    assert server.count() == 0


def test_budget_ends_a_request_under_way(server: Loopback) -> None:
    """An answer that does not come within the budget is cut off by it."""
    server.faults["/graph"] = "slow"
    own = SourcesSettings(budget=0.3)
    with open_door(server, own, limits=Limits(share=1.0)) as door:
        assert [fault_of(door).fault for _ in range(2)] == ["over_budget", "over_budget"]


def test_no_pauses_on_this_machine(server: Loopback) -> None:
    """A local server is asked without pauses."""
    time = Pretended()
    with open_door(server, world=time.world()) as door:
        for _ in range(3):
            door.get(FRED)
    assert time.slept == []


# -- conditional requests ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("route", "header"),
    [
        (Route(TABLE, etag='"abc"'), "If-None-Match"),
        (Route(TABLE, last_modified="Fri, 05 Dec 2025 21:30:00 GMT"), "If-Modified-Since"),
    ],
)
def test_unchanged_answer_comes_from_the_store(server: Loopback, route: Route, header: str) -> None:
    """What has not changed is not sent again: the kept body, with status 304."""
    server.routes["/graph/fredgraph.csv"] = route
    with open_door(server, kept=Memory()) as door:
        first, second = door.get(FRED), door.get(FRED)
    assert (first.status, second.status) == (200, 304)
    assert second.body == first.body == TABLE
    assert header not in server.asked[0].headers
    assert header in server.asked[1].headers


def test_lost_body_is_asked_for_anew(server: Loopback) -> None:
    """Validators without their body are of no use and are not sent."""
    server.routes["/graph/fredgraph.csv"] = Route(TABLE, etag='"abc"')
    memory = Memory()
    with open_door(server, kept=memory) as door:
        door.get(FRED)
        memory.bodies.clear()
        assert door.get(FRED).status == 200


def test_not_modified_unasked_is_a_fault(server: Loopback) -> None:
    """A 304 to an unconditional request holds nothing."""
    server.routes["/other"] = Route(status=304)
    with open_door(server) as door:
        problem = fault_of(door, Request("fred", "/other"))
    assert (problem.fault, problem.status) == ("http_status", 304)


# -- redirects --------------------------------------------------------------------------------


def test_redirect_within_the_host_is_followed(server: Loopback) -> None:
    """A moved file is found; the address kept is the one that was asked."""
    server.routes["/old"] = redirect("/other")
    with open_door(server) as door:
        answer = door.get(Request("fred", "/old"))
    assert (answer.body, answer.url) == (b"other", f"{server.url}/old")


@pytest.mark.parametrize(
    "target",
    ["/ring", "http://other.invalid/", "http://localhost:1/", "ftp://127.0.0.1/", "http://["],
)
def test_redirect_elsewhere_is_not_followed(server: Loopback, target: str) -> None:
    """A ring ends after three, and another host without https is not asked at all."""
    server.routes["/ring"] = redirect(target)
    with open_door(server, limits=replace(QUICK, attempts=1)) as door:
        assert fault_of(door, Request("fred", "/ring")).fault in ("http_status", "unreachable")
    assert server.count() == (4 if target == "/ring" else 1)


@pytest.mark.parametrize(
    ("here", "there", "allowed"),
    [
        ("https://a.example/x", "https://b.example/y", True),
        ("https://a.example/x", "http://a.example/x", False),
        ("http://a.example/x", "https://a.example/x", True),
        ("http://a.example/x", "https://b.example/x", False),
        ("http://a.example/x", "http://a.example/y", True),
        ("http://a.example/x", "http://a.example:81/y", False),
        ("https://a.example/x", "https://user:word@a.example/y", False),
        ("https://a.example/x", "file:///etc/passwd", False),
    ],
)
def test_redirects_never_lead_away_from_https(here: str, there: str, allowed: bool) -> None:  # noqa: FBT001 - a parameter
    """From https to https only; without it only within the host; never with a name and password."""
    assert may_follow(httpx.URL(here), httpx.URL(there)) is allowed


# -- secrets, certificates, environment -------------------------------------------------------


@pytest.mark.parametrize(
    "route",
    [
        Route(TABLE),
        Route(status=400),
        redirect(f"/other?api_key={SECRET}"),
        redirect(f"http://other.invalid/?api_key={SECRET}"),
        redirect(f"http://[?api_key={SECRET}"),
        Route(f"nonsense {SECRET}\r\n\r\n".encode(), raw=True),
    ],
)
def test_secret_is_nowhere(
    server: Loopback, caplog: pytest.LogCaptureFixture, route: Route
) -> None:
    """A key reaches the publisher, and no log, address, error or representation."""
    server.routes["/observations"] = route
    for name in ("", "httpx", "httpcore", "httpcore.http11", "httpcore.connection"):
        caplog.set_level(logging.DEBUG, logger=name or None)
    params = (("series_id", "GDP"), ("api_key", SECRET))
    request = Request("fred", "/observations", params, secrets=frozenset({"api_key"}))
    said = repr(request)
    with open_door(server, limits=replace(QUICK, attempts=1)) as door:
        try:
            said += repr(door.get(request))
        except SourceError as problem:
            said += f"{problem!r} {problem.__context__!r} {problem.__cause__!r}"
    assert server.asked[0].query["api_key"] == [SECRET]
    assert SECRET not in said + caplog.text
    assert "api_key=***" in said


def test_untrusted_certificate_is_refused(tmp_path: Path) -> None:
    """A certificate that nobody vouches for ends the request before anything is asked."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("openssl makes the certificate")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1"]
    more = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([program, *made, *more], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with Loopback({"/other": Route(b"x")}, tls=context) as server, open_door(server) as door:
        problem = fault_of(door, Request("fred", "/other"))
    assert problem.fault == "unreachable"
    assert "certificate" in problem.message
    assert server.count() == 0


def test_proxy_of_the_environment_is_used(
    server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A publisher elsewhere is asked through the proxy; a server on this machine is not."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("http_proxy", server.url)
    with Loopback({"/other": Route(b"direct")}) as second:
        bases = {"fred": "http://publisher.invalid", "cboe": second.url}
        with HttpDoor(SourcesSettings(), bases) as door:
            assert door.get(Request("fred", "/other")).body == b"other"
            assert door.get(Request("cboe", "/other")).body == b"direct"
    assert server.asked[0].headers["Host"] == "publisher.invalid"


def test_netrc_and_cookies_stay_at_home(
    server: Loopback, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No name and password of .netrc and no cookie is ever sent."""
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login someone password word\n", encoding="utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    server.routes["/other"] = Route(b"other", headers=(("Set-Cookie", "a=b; Path=/"),))
    with open_door(server) as door:
        for _ in range(2):
            door.get(Request("fred", "/other"))
    assert not {"Authorization", "Cookie"} & {name for one in server.asked for name in one.headers}


# -- what is switched off ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "word"),
    [("yahoo", "switched off"), ("sec", "contact"), ("nobody", "address")],
)
def test_source_that_is_off_is_not_asked(server: Loopback, source: str, word: str) -> None:
    """Off in the settings, the SEC without a contact, or unknown: said at once, nothing sent."""
    with open_door(server) as door:
        problem = fault_of(door, Request(source, "/other"))
    assert problem.fault == "switched_off"
    assert word in problem.message
    assert server.count() == 0


def test_switched_on_sources_are_asked(server: Loopback) -> None:
    """With a contact the SEC answers, and Yahoo once it is switched on."""
    own = SourcesSettings(contact="desk@house.example", yahoo=SourceSettings())
    with open_door(server, own) as door:
        assert door.get(Request("sec", "/other")).body == b"other"
        assert door.get(Request("yahoo", "/other")).body == b"other"
