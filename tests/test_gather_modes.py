"""Where the figures of a build come from: each word of ``--data``, and the two dates."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
import street
from loopback import Loopback

from reportgen import bundled, snapshot
from reportgen.config import SourceSettings
from reportgen.errors import DataError, UnreachableError, UsageError
from reportgen.gather import Wish, material, modes
from reportgen.series import NEW_YORK
from reportgen.sessions import last_close
from reportgen.snapshot import default_known_at
from reportgen.sources.http import HttpDoor

MONDAY = datetime(2025, 12, 8, 12, tzinfo=NEW_YORK)
"""At noon; the last close is that of Friday."""

FRIDAY = date(2025, 12, 5)


def new_york(text: str) -> datetime:
    """Return a moment of New York."""
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


@pytest.fixture(scope="module")
def running() -> Iterator[Loopback]:
    """All publishers, once."""
    with Loopback(street.routes()) as server:
        yield server


@pytest.fixture
def server(running: Loopback, monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """All publishers, asked in vain but twice; what a test does to them is undone."""
    monkeypatch.setattr(modes, "HttpDoor", functools.partial(HttpDoor, limits=street.PATIENT))
    before = dict(running.routes)
    running.asked.clear()
    yield running
    running.faults.clear()
    running.routes = before


@pytest.fixture
def wish(server: Loopback, tmp_path: Path) -> Wish:
    """Live figures of the last close, on a Monday at noon."""
    return Wish("live", None, MONDAY, tmp_path / "output", street.settings(server.url))


def snapshots(wish: Wish) -> list[str]:
    """Return the names in the folder of snapshots, hidden ones too."""
    folder = wish.output / "snapshots"
    return sorted(one.name for one in folder.iterdir()) if folder.is_dir() else []


# -- the two dates ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2025-12-05 17:59", "2025-12-04"),
        ("2025-12-05 18:00", "2025-12-05"),
        ("2025-12-06 12:00", "2025-12-05"),
        ("2025-12-07 23:00", "2025-12-05"),
        ("2025-12-08 09:00", "2025-12-05"),
        ("2025-11-27 20:00", "2025-11-26"),  # Thanksgiving
        ("2025-11-28 20:00", "2025-11-28"),  # closed early
        ("2026-01-01 20:00", "2025-12-31"),
        ("2025-03-10 17:59", "2025-03-07"),  # the Monday after clocks went forward
        ("2025-03-10 18:00", "2025-03-10"),
        ("2025-11-03 17:59", "2025-10-31"),  # the Monday after they went back
        ("2025-11-03 18:00", "2025-11-03"),
    ],
)
def test_last_close(moment: str, expected: str) -> None:
    """The last close is that of the last session whose figures were published, at 18:00."""
    assert last_close(new_york(moment)) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2025-03-10T21:59+00:00", "2025-03-07"),  # 17:59 of summer time
        ("2025-03-10T22:00+00:00", "2025-03-10"),
        ("2025-11-03T22:59+00:00", "2025-10-31"),  # 17:59 of winter time
        ("2025-11-03T23:00+00:00", "2025-11-03"),
        ("2025-12-06T08:30+09:00", "2025-12-05"),  # Saturday morning in Tokyo
        ("2025-12-06T07:30+09:00", "2025-12-04"),
    ],
)
def test_last_close_is_a_matter_of_new_york(moment: str, expected: str) -> None:
    """Wherever the program runs, the hour is that of New York, summer time included."""
    assert last_close(datetime.fromisoformat(moment)) == date.fromisoformat(expected)


def test_known_at_is_never_after_now() -> None:
    """What is published after the moment of asking is not counted as known."""
    for moment in ("2025-12-05 10:00", "2025-12-06 10:00", "2025-12-08 10:00"):
        assert modes.scope_of(FRIDAY, new_york(moment)).known_at == new_york(moment)
    later = modes.scope_of(FRIDAY, new_york("2026-05-01 10:00"))
    assert later.known_at == default_known_at(FRIDAY) == new_york("2025-12-08 23:59")


def test_day_to_come_is_refused() -> None:
    """A day that has not come in New York cannot be gathered."""
    evening = datetime(2025, 12, 6, 3, tzinfo=UTC)  # still Friday evening in New York
    assert modes.scope_of(FRIDAY, evening).as_of == FRIDAY
    with pytest.raises(UsageError, match="2025-12-06") as caught:
        modes.scope_of(date(2025, 12, 6), evening)
    assert caught.value.exit_code == 64


# -- live -------------------------------------------------------------------------------------


def test_live(wish: Wish) -> None:
    """Live figures are of the last close, written under their date and hash, said in one line."""
    found = material(wish)
    assert found.snapshot.as_of == FRIDAY
    assert found.harvest is not None
    assert found.harvest.reached
    assert "\n" not in found.said
    assert found.said.startswith("as of 2025-12-05, ")
    assert found.folder == wish.output / "snapshots" / f"2025-12-05-{found.snapshot.hash[:12]}"
    assert snapshot.verify(found.folder) == found.snapshot.hash
    assert snapshot.read(found.folder).hash == found.snapshot.hash


def test_same_figures_again_write_nothing(wish: Wish, server: Loopback) -> None:
    """The second gathering finds nothing new: same hash, same files, untouched."""
    first = material(wish)
    assert first.folder is not None
    written = {path: path.stat().st_mtime_ns for path in first.folder.rglob("*")}
    second = material(wish)
    assert second.folder == first.folder
    assert {path: path.stat().st_mtime_ns for path in first.folder.rglob("*")} == written
    assert snapshots(wish) == [first.folder.name]
    asked_again = [one for one in server.asked if "If-None-Match" in one.headers]
    assert len(asked_again) > 30


def test_other_figures_make_another_snapshot(wish: Wish) -> None:
    """Another day is another snapshot beside the first, which stays as it was."""
    first = material(wish)
    second = material(replace(wish, as_of=date(2025, 12, 4)))
    assert first.folder is not None
    assert second.folder is not None
    assert snapshots(wish) == sorted([first.folder.name, second.folder.name])
    assert snapshot.verify(first.folder) == first.snapshot.hash


def test_drafts_of_killed_runs_are_swept(wish: Wish) -> None:
    """A draft older than a day is removed before a snapshot is written; a young one stays."""
    folder = wish.output / "snapshots"
    for name in (".2025-11-07-aaaa-old", ".2025-11-07-bbbb-young"):
        (folder / name).mkdir(parents=True)
    os.utime(folder / ".2025-11-07-aaaa-old", (1, 1))
    found = material(wish)
    assert found.folder is not None
    assert snapshots(wish) == [".2025-11-07-bbbb-young", found.folder.name]


def test_live_with_too_little(wish: Wish, server: Loopback) -> None:
    """Live figures of a later day than any rung has are refused, and nothing is written."""
    server.faults["/"] = "404"
    with pytest.raises(UnreachableError):
        material(replace(wish, now=MONDAY + timedelta(days=60)))
    assert snapshots(wish) == []


def test_disabled_publisher_is_not_asked(wish: Wish, server: Loopback) -> None:
    """A publisher that is switched off is not asked, and its series are no failures."""
    sources = wish.settings.sources
    off = msgspec.structs.replace(sources, cboe=SourceSettings(enabled=False))
    found = material(replace(wish, settings=msgspec.structs.replace(wish.settings, sources=off)))
    assert server.count("/cboe") == 0
    assert found.harvest is not None
    vix = next(one for one in found.harvest.choices if one.spec.id == "vix")
    assert (vix.rung, vix.degraded) == ("other", False)


# -- auto -------------------------------------------------------------------------------------


def test_auto_is_live_when_publishers_answer(wish: Wish) -> None:
    """By default the figures are live."""
    found = material(replace(wish, data="auto"))
    assert found.harvest is not None
    assert found.harvest.reached
    assert found.said == material(wish).said


def test_auto_without_a_network(wish: Wish, server: Loopback) -> None:
    """With all publishers dead, a later run falls to the freshest day that was stored."""
    material(wish)
    server.faults["/"] = "404"
    found = material(replace(wish, data="auto", now=MONDAY + timedelta(days=30)))
    assert found.snapshot.as_of == FRIDAY
    assert found.said.startswith("no publisher can be reached: as of 2025-12-05, ")
    assert "\n" not in found.said
    assert found.harvest is not None
    assert next(one.rung for one in found.harvest.choices if one.spec.id == "vix") == "cache"


def test_auto_with_nothing_stored(wish: Wish, server: Loopback) -> None:
    """Without network and store, the bundled edition is used as it is."""
    server.faults["/"] = "404"
    found = material(replace(wish, data="auto", now=MONDAY + timedelta(days=30)))
    assert found.snapshot.hash == bundled.load().hash
    assert found.said.startswith("no publisher can be reached: the figures that come with")


def test_auto_when_only_the_index_is_missing(wish: Wish, server: Loopback) -> None:
    """When others answer but the index does not reach the day, the freshest day it has is taken."""
    late = MONDAY + timedelta(days=30)
    found = material(replace(wish, data="auto", now=late))
    assert server.count("/fred") > 10
    assert found.snapshot.as_of == FRIDAY
    assert found.said.startswith("too little as of 2026-01-06: as of 2025-12-05")


def test_day_that_was_asked_for_is_that_day_or_nothing(wish: Wish, server: Loopback) -> None:
    """A wished day is never exchanged for another."""
    server.faults["/"] = "404"
    late = replace(wish, data="auto", now=MONDAY + timedelta(days=60), as_of=date(2026, 1, 30))
    with pytest.raises(UnreachableError, match="2026-01-30"):
        material(late)
    earlier = material(replace(late, as_of=date(2025, 11, 14)))
    assert earlier.snapshot.as_of == date(2025, 11, 14)
    assert earlier.said.startswith("no publisher can be reached: as of 2025-11-14")


# -- cache, bundled, folders, anything else ---------------------------------------------------


def test_cache_asks_nobody(wish: Wish, server: Loopback) -> None:
    """From the cache, no request is made, and the day is the freshest there is."""
    material(wish)
    server.asked.clear()
    found = material(replace(wish, data="cache", now=MONDAY + timedelta(days=30)))
    assert server.asked == []
    assert found.snapshot.as_of == FRIDAY
    assert "cache" in found.said


def test_cache_leaves_no_trace_of_a_network(tmp_path: Path) -> None:
    """Looking at what is stored writes nothing where nothing is stored."""
    folder = tmp_path / "output"
    look = Wish("live", FRIDAY, MONDAY, folder, street.settings("http://127.0.0.1:9"))
    modes.harvested(look, "cache")
    assert not folder.exists()


def test_bundled(wish: Wish, server: Loopback) -> None:
    """The bundled figures are themselves, without a question to anybody."""
    found = material(replace(wish, data="bundled"))
    assert found.snapshot.hash == bundled.load().hash
    assert found.harvest is None
    assert server.asked == []
    assert not wish.output.exists()


def test_bundled_at_an_earlier_day(wish: Wish) -> None:
    """Cut at an earlier day, the bundled figures hold nothing later."""
    day = date(2022, 10, 31)
    found = material(replace(wish, data="bundled", as_of=day)).snapshot
    assert (found.as_of, found.known_at) == (day, default_known_at(day))
    assert all(data.dates[-1].item() <= day for data in found.series.values())
    assert found.hash == bundled.load().cut(day).hash


def test_bundled_at_a_later_day(wish: Wish) -> None:
    """A past day that the bundled figures do not reach is refused with their last day."""
    later = replace(wish, data="bundled", as_of=date(2025, 12, 6))
    with pytest.raises(DataError, match=r"2025-12-06 lies after .*, 2025-12-05\.") as it:
        material(later)
    assert it.value.exit_code == 65


@pytest.mark.parametrize("data", ["auto", "live", "cache", "bundled", "folder"])
def test_no_figures_of_a_day_to_come(
    wish: Wish, server: Loopback, tmp_path: Path, data: str
) -> None:
    """Whatever the figures, a day that has not come is a mistake of usage, in one sentence."""
    kept = str(tmp_path) if data == "folder" else data
    with pytest.raises(UsageError) as caught:
        material(replace(wish, data=kept, as_of=date(2030, 1, 1)))
    assert caught.value.message == "2030-01-01 has not come yet."
    assert caught.value.exit_code == 64
    assert server.asked == []


def test_folder_of_a_snapshot(wish: Wish) -> None:
    """A written snapshot is a source of figures, whole or cut."""
    written = material(wish)
    assert written.folder is not None
    again = material(replace(wish, data=str(written.folder)))
    assert again.snapshot.hash == written.snapshot.hash
    cut = material(replace(wish, data=str(written.folder), as_of=date(2025, 11, 28)))
    assert cut.snapshot.as_of == date(2025, 11, 28)


def test_unknown_word(wish: Wish) -> None:
    """What is no known word and no folder is a mistake of usage."""
    with pytest.raises(UsageError, match="'yesterday'") as caught:
        material(replace(wish, data="yesterday"))
    assert caught.value.exit_code == 64
