"""The store: whole or not at all; what is damaged counts as absent; runs do no harm to others."""

from __future__ import annotations

import errno
import gzip
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
import street
from loopback import Loopback

from reportgen import bundled, snapshot
from reportgen.config import SourcesSettings
from reportgen.errors import CannotCreateError, DiskError
from reportgen.gather.modes import RUNGS, scope_of
from reportgen.gather.run import Harvest, Means, Order, gather
from reportgen.sources import SOURCES
from reportgen.sources.base import Answer, Request
from reportgen.sources.http import HttpDoor
from reportgen.store import Kept, Store

NOW = datetime(2025, 12, 9, 12, tzinfo=UTC)
URL = "https://publisher.example/graph/fredgraph.csv?id=VIX"
BODY = b"observation_date,VIX\n2025-12-05,15.41\n" * 50
REACH = date(2025, 12, 5)
ROOT = Path(__file__).parent.parent


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store."""
    return Store(tmp_path / "store")


def answer(body: bytes = BODY, url: str = URL) -> Answer:
    """Return an answer as the door gives it."""
    return Answer("fred", url, 200, body, NOW)


def kept(of: Answer) -> Kept:
    """Return an answer as the store lists it."""
    return Kept(url=of.url, status=200, retrieved=of.retrieved, sha256=of.sha256)


def files(store: Store, *, below: str = "") -> list[Path]:
    """Return the files of a store."""
    return sorted(path for path in (store.folder / below).rglob("*") if path.is_file())


# -- answers by address -----------------------------------------------------------------------


def test_kept_whole(store: Store) -> None:
    """What is kept comes back byte for byte, with the publisher's marks."""
    store.keep(answer(), '"tag"', "Fri, 05 Dec 2025 23:00:00 GMT")
    assert Store(store.folder).body(URL) == BODY
    assert store.validators(URL) == ('"tag"', "Fri, 05 Dec 2025 23:00:00 GMT")
    assert store.body("https://publisher.example/other") is None
    assert [path.name[:6] for path in files(store) if path.name.startswith(".")] == []


def test_nothing_is_made_before_something_is_kept(store: Store) -> None:
    """Looking into a store that is not there makes none."""
    assert store.body(URL) is None
    assert store.validators(URL) is None
    assert store.good("fred", "VIX") is None
    assert not store.folder.exists()


def test_without_marks_there_is_nothing_to_ask_by(store: Store) -> None:
    """An answer that bore no mark is not asked for conditionally."""
    store.keep(answer(), "", "")
    assert store.validators(URL) is None
    assert store.body(URL) == BODY


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"\x1f\x8b",
        b"not gzip at all",
        gzip.compress(b"another body", mtime=0),
        gzip.compress(BODY, mtime=0)[:-9],
    ],
)
def test_damaged_body_is_absent(store: Store, damage: bytes) -> None:
    """A body that is not what its sha256 says is no body, and is not asked by its mark."""
    store.keep(answer(), '"tag"', "")
    (path,) = files(store, below="bodies")
    path.write_bytes(damage)
    assert store.body(URL) is None
    assert store.validators(URL) is None


def test_damaged_body_is_written_anew(store: Store) -> None:
    """The same body, sent again, takes the damaged one's place."""
    store.keep(answer(), '"tag"', "")
    (path,) = files(store, below="bodies")
    path.write_bytes(b"damage")
    store.keep(answer(), '"tag"', "")
    assert store.body(URL) == BODY


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"\xff\xfe", b"[]", b"{}", b'{"url": 1}', b"null", bytes(40)]
)
def test_damaged_index_is_absent(store: Store, damage: bytes) -> None:
    """A list entry that cannot be read counts as none; the next answer mends it."""
    store.keep(answer(), '"tag"', "")
    store.mark_good("fred", "VIX", REACH, [kept(answer())])
    for path in (*files(store, below="answers"), *files(store, below="good")):
        path.write_bytes(damage)
    assert store.body(URL) is None
    assert store.validators(URL) is None
    assert store.good("fred", "VIX") is None
    store.keep(answer(), '"tag"', "")
    assert store.body(URL) == BODY


def test_forgotten_address(store: Store) -> None:
    """What could not be used is asked for anew, unconditionally."""
    store.keep(answer(), '"tag"', "")
    store.forget(URL)
    store.forget(URL)
    assert store.validators(URL) is None


# -- the last good answer ---------------------------------------------------------------------


def test_last_good_answer(store: Store) -> None:
    """The answers of a series come back together, page by page."""
    pages = [answer(b"one"), answer(b"two", URL + "&page=2")]
    for page in pages:
        store.keep(page, "", "")
    store.mark_good("fred", "VIX", REACH, [kept(page) for page in pages])
    good = store.good("fred", "VIX")
    assert good is not None
    assert good.reach == REACH
    assert store.bodies(good) == (b"one", b"two")
    assert store.good("fred", "SP500") is None
    assert store.good("cboe", "VIX") is None


def test_good_answers_with_a_page_missing(store: Store) -> None:
    """Where one page is gone or damaged, there is no good answer."""
    store.keep(answer(), "", "")
    store.mark_good("fred", "VIX", REACH, [kept(answer()), kept(answer(b"never kept"))])
    good = store.good("fred", "VIX")
    assert good is not None
    assert store.bodies(good) is None


def test_answer_that_reaches_further_stays(store: Store) -> None:
    """A shorter answer does not take the place of a longer one, unless that is damaged."""
    longer, shorter = answer(b"longer"), answer(b"shorter")
    for one in (longer, shorter):
        store.keep(one, "", "")
    store.mark_good("yahoo", "^HSI", REACH, [kept(longer)])
    store.mark_good("yahoo", "^HSI", date(2025, 3, 14), [kept(shorter)])
    assert _good(store) == b"longer"
    store._body_path(longer.sha256).unlink()
    store.mark_good("yahoo", "^HSI", date(2025, 3, 14), [kept(shorter)])
    assert _good(store) == b"shorter"


def _good(store: Store) -> bytes:
    good = store.good("yahoo", "^HSI")
    assert good is not None
    bodies = store.bodies(good)
    assert bodies is not None
    return bodies[0]


# -- what a disk may do -----------------------------------------------------------------------


def test_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """Where a file stands in the folder's place, one sentence says so."""
    (tmp_path / "store").write_text("a file")
    with pytest.raises(CannotCreateError, match="store") as caught:
        Store(tmp_path / "store").keep(answer(), "", "")
    assert caught.value.exit_code == 73


@pytest.mark.parametrize("place", ["write", "replace", "mkstemp"])
def test_full_disk(store: Store, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    """A full disk is named, leaves no draft behind, and what was there stays."""
    store.keep(answer(), '"tag"', "")
    before = {path: path.read_bytes() for path in files(store)}

    def full(*_: object, **__: object) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        if place == "write":
            patch.setattr("reportgen.store.os.fdopen", _closing(full))
        elif place == "replace":
            patch.setattr("pathlib.Path.replace", full)
        else:
            patch.setattr("reportgen.store.tempfile.mkstemp", full)
        with pytest.raises(DiskError, match="No space left") as caught:
            store.keep(answer(b"another body"), "", "")
    assert caught.value.exit_code == 74
    assert {path: path.read_bytes() for path in files(store)} == before
    assert store.body(URL) == BODY


def _closing(full: Any) -> Any:
    def fdopen(handle: int, mode: str) -> Any:
        os.close(handle)
        return full()

    return fdopen


def test_abandoned_drafts_are_swept(store: Store) -> None:
    """Drafts older than a day go; one that may be in use stays, and so does every answer."""
    store.keep(answer(), '"tag"', "")
    folder = files(store, below="bodies")[0].parent
    old, young = folder / ".part-old", folder / ".part-young"
    for draft in (old, young):
        draft.write_bytes(b"half")
    os.utime(old, (time.time() - 90_000,) * 2)
    store.sweep()
    assert not old.exists()
    assert young.exists()
    assert store.body(URL) == BODY


# -- the door and the store -------------------------------------------------------------------


@pytest.fixture(scope="module")
def server() -> Iterator[Loopback]:
    """All publishers, each answer a little late."""
    with Loopback(street.routes(delay=0.02)) as running:
        yield running


def asked(server: Loopback, store: Store) -> Answer:
    """Ask for one table through the door."""
    request = Request("fred", "/graph/fredgraph.csv", (("id", "SOFR"),))
    with HttpDoor(SourcesSettings(), street.bases(server.url), store) as door:
        return door.get(request)


def test_unchanged_answer_is_not_sent_again(server: Loopback, store: Store) -> None:
    """The second request bears the tag; the answer 304 stands for the body that was kept."""
    first, second = asked(server, store), asked(server, store)
    assert (first.status, second.status) == (200, 304)
    assert first.body == second.body
    assert "If-None-Match" in server.asked[-1].headers


def test_damaged_body_is_asked_for_in_full(server: Loopback, store: Store) -> None:
    """With the kept body damaged no tag is sent, and the body is whole again afterwards."""
    first = asked(server, store)
    for path in files(store, below="bodies"):
        path.write_bytes(b"damage")
    second = asked(server, store)
    assert (second.status, second.body) == (200, first.body)
    assert store.body(first.url) == first.body


def by_hand(server: Loopback, folder: Path, store: Store) -> Harvest:
    """Gather a series of each publisher over the network."""
    scope = scope_of(date(2025, 9, 19), NOW)
    order = Order(scope, RUNGS["live"], tuple(street.ONE_EACH.values()))
    own = street.bases(server.url)
    bases = {name: own[name] if one.BASE_URL else "" for name, one in SOURCES.items()}
    with HttpDoor(street.sources_settings(server.url), bases, store) as door:
        return gather(order, Means(SOURCES, door, store, bundled.load()))


def test_disk_full_while_the_answers_come(
    server: Loopback, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gathering whose store fails in one thread ends with that sentence, and soon.

    Whoever was being asked is waited for, nobody is asked for anything further.
    """

    def full(self: Store, path: Path, content: bytes) -> None:
        raise DiskError(f"{path}: writing failed (No space left on device).")

    monkeypatch.setattr(Store, "_write", full)
    server.asked.clear()
    with pytest.raises(DiskError, match="No space left"):
        by_hand(server, tmp_path, store)
    assert server.count() <= len(street.PUBLISHERS)


# -- whole processes --------------------------------------------------------------------------


def started(server: Loopback, output: Path) -> subprocess.Popen[str]:
    """Start ``reportgen gather`` on a folder."""
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "reportgen", "gather"),
            *("--as-of", "2025-09-19", "--output", str(output), "--quiet"),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | street.environment(server.url) | {"PYTHONPATH": str(ROOT)},
        cwd=output.parent,
    )


def sound(output: Path) -> list[str]:
    """Make sure every snapshot is whole and every stored body is what it was; return the names."""
    names = []
    for folder in sorted((output / "snapshots").glob("[!.]*")):
        snapshot.verify(folder)
        names.append(folder.name)
    store = Store(output / "store")
    for path in (output / "store" / "bodies").rglob("*.gz"):
        assert store.body_of(path.stem.partition(".")[0]) is not None, path
    return names


def test_two_at_once(server: Loopback, tmp_path: Path) -> None:
    """Two gatherings on one folder both end well, with one snapshot between them."""
    output = tmp_path / "output"
    both = [started(server, output) for _ in range(2)]
    ends = [one.communicate(timeout=60) for one in both]
    assert [one.returncode for one in both] == [0, 0], ends
    assert len(sound(output)) == 1
    assert not list(output.rglob(".part-*"))
    assert not list((output / "snapshots").glob(".*"))


def test_same_snapshot_written_twice_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that finds, at the last moment, that another has written the same, is content."""
    figures = bundled.load().cut(date(2020, 3, 31))
    target = tmp_path / "2020-03-31"
    snapshot.write(figures, tmp_path / "other")
    plain = Path.rename

    def late(self: Path, there: Path) -> Path:
        shutil.copytree(tmp_path / "other", there)
        return plain(self, there)

    monkeypatch.setattr(Path, "rename", late)
    snapshot.write(figures, target)
    assert snapshot.verify(target) == figures.hash
    assert sorted(one.name for one in tmp_path.iterdir()) == ["2020-03-31", "other"]


def test_killed_at_any_moment(server: Loopback, tmp_path: Path) -> None:
    """However far a gathering was when it was killed, nothing half is left to be read.

    Killed after a random number of requests, and once while the snapshot is being written.
    """
    output, random = tmp_path / "output", Random(9)
    for requests in [random.randrange(1, 40) for _ in range(4)]:
        server.asked.clear()
        run = started(server, output)
        _wait(run, lambda least=requests: server.count() >= least)
        assert _killed(run)
        assert sound(output) == []
    run = started(server, output)
    _wait(run, lambda: any((output / "snapshots").glob(".*")))
    _killed(run)  # or it had just ended
    assert len(sound(output)) <= 1
    last = started(server, output)
    said = last.communicate(timeout=60)
    assert last.returncode == 0, said
    assert len(sound(output)) == 1


def _wait(run: subprocess.Popen[str], come: Any) -> None:
    """Wait for something to come about, or for the run to end."""
    while run.poll() is None and not come():
        time.sleep(0.002)


def _killed(run: subprocess.Popen[str]) -> bool:
    """Kill a run, and return whether it had not ended by itself."""
    run.send_signal(signal.SIGKILL)
    run.communicate(timeout=60)
    return run.returncode == -signal.SIGKILL


def test_unwritable_output(server: Loopback, tmp_path: Path) -> None:
    """Where the store cannot be, nobody is asked, and the command ends with 73."""
    output = tmp_path / "output"
    output.mkdir()
    (output / "store").write_text("a file in the way")
    server.asked.clear()
    run = started(server, output)
    _, said = run.communicate(timeout=60)
    assert run.returncode == 73
    assert "store" in said
    assert "Traceback" not in said
    assert server.asked == []
