"""Whatever one publisher does, the gathering ends well, names it, and leaves the others alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import street
from loopback import Fault, Loopback, Route

from reportgen import bundled
from reportgen.gather.ladder import Choice
from reportgen.gather.modes import RUNGS, scope_of
from reportgen.gather.run import Harvest, Means, Order, gather
from reportgen.sources import SOURCES
from reportgen.sources.base import Scope
from reportgen.sources.http import HttpDoor
from reportgen.store import Store

NOW = datetime(2025, 12, 9, 12, tzinfo=UTC)
SCOPE = scope_of(date(2025, 9, 19), NOW)
"""A Friday on which every made-up series is fresh."""

LONG_AGO = scope_of(date(2024, 10, 18), NOW)
"""A day by which every series has begun, and so long before that nothing of it is fresh."""

ON_THE_WIRE: dict[Fault, str] = {
    "503": "http_status",
    "429": "http_status",
    "404": "http_status",
    "html": "html",
    "empty": "empty",
    "truncate": "truncated",
    "slow": "timeout",
    "drip": "timeout",
    "reset": "unreachable",
}
"""What a tried rung says of each misbehaviour of a server."""

INSTEAD = {"cboe": "other", "fred": "other", "bis": ""}
"""Rung that takes the first one's place, where it is not that of the bundled figures: these have
no rate of the Bank of Japan."""


@pytest.fixture(scope="module")
def server() -> Iterator[Loopback]:
    """All publishers, well."""
    with Loopback(street.routes()) as running:
        yield running


@pytest.fixture
def well(server: Loopback) -> Iterator[Loopback]:
    """All publishers; what a test does to them is undone."""
    before = dict(server.routes)
    server.asked.clear()
    yield server
    server.faults.clear()
    server.routes = before


def gathered(server: Loopback, folder: Path, scope: Scope = SCOPE) -> Harvest:
    """Return a series of each publisher, gathered over the network with short limits."""
    order = Order(scope, RUNGS["live"], tuple(street.ONE_EACH.values()))
    store = Store(folder)
    own, sources = street.bases(server.url), street.sources_settings(server.url)
    local = {name: own[name] if one.BASE_URL else "" for name, one in SOURCES.items()}
    with HttpDoor(sources, local, store, limits=street.QUICK) as door:
        return gather(order, Means(SOURCES, door, store, bundled.load()))


def by_publisher(found: Harvest) -> dict[str, Choice]:
    """Return the choice of each publisher's series."""
    names = {identity: name for name, identity in street.ONE_EACH.items()}
    return {names[one.spec.id]: one for one in found.choices if one.spec.id in names}


def assert_alone(found: Harvest, publisher: str, outcome: str) -> None:
    """Make sure that one publisher's series fell as it should, and no other one did."""
    choices = by_publisher(found)
    bad = choices.pop(publisher)
    assert bad.tried[0].rung == "live"
    assert bad.tried[0].outcome == outcome
    assert bad.rung == INSTEAD.get(publisher, "bundled")
    assert bad.degraded
    assert found.snapshot.has(bad.spec.id) == bool(bad.rung)
    assert {one.rung for one in choices.values()} == {"live"}
    assert {one.state for one in choices.values()} == {"fresh"}
    assert [one.spec.id for one in found.degraded] == [bad.spec.id]
    assert found.reached


def test_all_well(well: Loopback, tmp_path: Path) -> None:
    """Without a fault every series is live and fresh, and nothing is degraded."""
    found = gathered(well, tmp_path)
    assert {one.rung for one in found.choices} == {"live"}
    assert not found.degraded


@pytest.mark.parametrize("publisher", street.PUBLISHERS)
@pytest.mark.parametrize(("fault", "outcome"), ON_THE_WIRE.items())
def test_fault_on_the_wire(
    well: Loopback, tmp_path: Path, publisher: str, fault: Fault, outcome: str
) -> None:
    """A publisher that misbehaves is named by its fault; its series falls, the others stay live.

    A server that says nothing would hold a gathering without limits for ten minutes.
    """
    well.faults[f"/{publisher}"] = fault
    found = gathered(well, tmp_path)
    assert_alone(found, publisher, outcome)
    assert well.count(f"/{publisher}") <= street.QUICK.attempts * street.QUICK.failures + 2


# -- bodies that are not what they should be --------------------------------------------------

HEADERS = {
    "fred": (b"observation_date,DEXJPUS", b"observation_date,DEXUSEU"),
    "cboe": (b"DATE,OPEN,HIGH,LOW,CLOSE", b"DATE,OPEN,HIGH,LOW,LAST"),
    "treasury": (b'"tot_pub_debt_out_amt"', b'"total_debt"'),
    "cftc": (b'"noncomm_positions_long_all"', b'"noncomm_long"'),
    "sec": (b'"val"', b'"value"'),
    "bis": (b"OBS_VALUE", b"VALUE"),
    "lbma": (b'"d"', b'"date"'),
    "yahoo": (b'"close"', b'"last"'),
}
"""A documented column or field of each publisher, and another name for it."""


@pytest.mark.parametrize("publisher", street.PUBLISHERS)
def test_wrong_header(well: Loopback, tmp_path: Path, publisher: str) -> None:
    """A column or field of another name is called a wrong header, and nothing of it is read."""
    old, new = HEADERS[publisher]
    key = street.route_of(street.ONE_EACH[publisher])
    body = _body(well, key)
    assert old in body
    well.routes[key] = Route(body.replace(old, new))
    assert_alone(gathered(well, tmp_path), publisher, "header")


@pytest.mark.parametrize("publisher", street.PUBLISHERS)
def test_not_a_number(well: Loopback, tmp_path: Path, publisher: str) -> None:
    """A NaN in an observation, as text or as a bare word of JSON, refuses the answer by name."""
    key = street.route_of(street.ONE_EACH[publisher])
    well.routes[key] = Route(_with_nan(publisher, _body(well, key)))
    assert_alone(gathered(well, tmp_path), publisher, "not_a_number")


@pytest.mark.parametrize("publisher", [name for name in street.PUBLISHERS if name != "bis"])
def test_stale(well: Loopback, tmp_path: Path, publisher: str) -> None:
    """An answer that ends long ago is called stale and gives way to a fresh rung below."""
    key = street.route_of(street.ONE_EACH[publisher])
    well.routes[key] = street.routes(LONG_AGO)[key]
    found = gathered(well, tmp_path)
    assert_alone(found, publisher, "stale")
    last = found.snapshot.last(street.ONE_EACH[publisher]).date
    assert SCOPE.as_of - last < timedelta(days=140)


def test_stale_and_nothing_below(well: Loopback, tmp_path: Path) -> None:
    """Where no rung is fresher, the stale answer stands and is called so."""
    key = street.route_of("boj_policy_rate")
    well.routes[key] = street.routes(LONG_AGO)[key]
    rate = by_publisher(gathered(well, tmp_path))["bis"]
    assert (rate.state, rate.rung, rate.degraded) == ("stale", "live", True)
    assert rate.last == LONG_AGO.as_of


def _body(server: Loopback, key: str) -> bytes:
    route = server.routes[key]
    assert isinstance(route, Route)
    return route.body


def _with_nan(publisher: str, body: bytes) -> bytes:
    """Return a body whose tenth observation is no number."""
    if publisher in ("fred", "cboe", "bis"):
        lines = body.decode().splitlines()
        cells = lines[10].split(",")
        cells[{"fred": 1, "cboe": 4, "bis": 5}[publisher]] = "NaN"
        lines[10] = ",".join(cells)
        return ("\n".join(lines) + "\n").encode()
    found: Any = json.loads(body)
    if publisher == "treasury":
        found["data"][10]["tot_pub_debt_out_amt"] = "NaN"
    elif publisher == "cftc":
        found[10]["noncomm_positions_long_all"] = "NaN"
    elif publisher == "sec":
        found["units"]["USD"][10]["val"] = float("nan")
    elif publisher == "lbma":
        found[10]["v"][0] = float("nan")
    else:
        found["chart"]["result"][0]["indicators"]["quote"][0]["close"][10] = float("nan")
    return json.dumps(found).encode()


# -- more than one ----------------------------------------------------------------------------


def test_everybody_at_once(well: Loopback, tmp_path: Path) -> None:
    """With every publisher silent the gathering still ends, and all of it is bundled."""
    well.faults["/"] = "slow"
    found = gathered(well, tmp_path)
    assert {one.rung for one in found.choices} == {"bundled", ""}
    assert [one.spec.id for one in found.choices if not one.rung] == ["boj_policy_rate"]
    assert not found.reached


@pytest.mark.parametrize("fault", ["503", "truncate", "slow"])
def test_a_good_answer_before_the_fault(well: Loopback, tmp_path: Path, fault: Fault) -> None:
    """What a publisher gave yesterday stands in for today, with a note of the day it came."""
    gathered(well, tmp_path)
    well.faults["/lbma"] = fault
    found = gathered(well, tmp_path)
    gold = by_publisher(found)["lbma"]
    assert gold.rung == "cache"
    assert gold.degraded
    (note,) = found.snapshot.data("gold").notes
    assert note.code == "from_cache"
    assert note.last is not None
    assert note.last.isoformat() == found.snapshot.data("gold").retrieved


def test_cut_body_with_a_good_tag_is_asked_for_anew(well: Loopback, tmp_path: Path) -> None:
    """A body cut on the way, tag and length in order, does not stay in the way for good.

    The publisher answers the tag with 304; the body kept for it would be cut for ever.
    """
    key = street.route_of("gold")
    whole = _body(well, key)
    well.routes[key] = Route(whole[: len(whole) // 2], etag='"same"')
    assert by_publisher(gathered(well, tmp_path))["lbma"].tried[0].outcome == "truncated"
    well.routes[key] = Route(whole, etag='"same"')
    assert by_publisher(gathered(well, tmp_path))["lbma"].rung == "live"
