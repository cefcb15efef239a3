"""A snapshot shows nothing past its two dates, and on disk it is whole, exact and guarded."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen import snapshot as snapshots
from reportgen.errors import CannotCreateError, DataError, MissingInputError, ReportgenError
from reportgen.series import NEW_YORK, spec
from reportgen.snapshot import Event, Note, SeriesData, Snapshot, default_known_at, series_data

AS_OF = date(2025, 12, 5)
KNOWN_AT = datetime(2025, 12, 8, 23, 59, tzinfo=NEW_YORK)


def series(name: str, **values: float) -> SeriesData:
    """Return a series with values by day, written ``d20251205=…``."""
    texts = [f"{day[1:5]}-{day[5:7]}-{day[7:]}" for day in values]
    return series_data(
        spec(name),
        np.array(texts, dtype="datetime64[D]"),
        np.array(list(values.values()), dtype=np.float64),
        retrieved="2025-12-08",
    )


def event(day: date, announced: date) -> Event:
    """Return an event."""
    return Event(
        date=day,
        kind="policy",
        code="fomc_decision",
        source="Federal Reserve",
        status="scheduled",
        announced=announced,
    )


@pytest.fixture
def small() -> Snapshot:
    """Three series of different lags and two events."""
    return Snapshot(
        AS_OF,
        KNOWN_AT,
        {
            "vix": series("vix", d20251203=16.08, d20251204=15.78, d20251205=15.41),
            "usdjpy": series("usdjpy", d20251128=156.17, d20251204=154.9, d20251205=155.3),
            "cpi": series("cpi", d20250801=323.364, d20250901=324.368),
        },
        (
            event(date(2025, 12, 10), date(2024, 8, 9)),
            event(date(2026, 1, 28), date(2025, 12, 5)),
        ),
    )


def test_values_are_plain_ordered_numbers(small: Snapshot) -> None:
    """A float series by day, without holes, that can be written to without harm."""
    values = small.values("vix")
    assert values.dtype == np.float64
    assert values.index.is_monotonic_increasing
    assert values.index.is_unique
    assert not values.isna().any()
    values.iloc[0] = 99.0
    assert small.values("vix").iloc[0] == 16.08


def test_the_held_arrays_cannot_be_changed(small: Snapshot) -> None:
    """What a snapshot holds does not change under anybody's hands."""
    with pytest.raises(ValueError, match="read-only"):
        small.data("vix").numbers[0] = 1.0


def test_last_and_before(small: Snapshot) -> None:
    """An observation comes with its value, its own day and the day it was published."""
    last = small.last("usdjpy")
    assert (last.value, last.date, last.released) == (155.3, AS_OF, date(2025, 12, 8))
    assert small.before("usdjpy", date(2025, 12, 3)).date == date(2025, 11, 28)
    with pytest.raises(DataError, match="usdjpy has no observation on or before 2025-11-27"):
        small.before("usdjpy", date(2025, 11, 27))


def test_nothing_observed_later_is_shown(small: Snapshot) -> None:
    """The as-of date cuts by the day of observation."""
    assert small.cut(date(2025, 12, 4)).last("vix").date == date(2025, 12, 4)


def test_nothing_published_later_is_shown(small: Snapshot) -> None:
    """The moment of knowledge cuts by the day and hour of publication: H.10 comes at 16:15."""
    before = small.cut(AS_OF, datetime(2025, 12, 8, 16, 14, tzinfo=NEW_YORK))
    after = small.cut(AS_OF, datetime(2025, 12, 8, 16, 15, tzinfo=NEW_YORK))
    assert before.last("usdjpy").date == date(2025, 11, 28)
    assert after.last("usdjpy").date == AS_OF


def test_a_late_publication_is_not_known_early(small: Snapshot) -> None:
    """The September 2025 consumer prices came on 24 October (BLS), not in the middle of it."""
    assert small.cut(date(2025, 10, 22)).last("cpi").date == date(2025, 8, 1)
    assert small.cut(date(2025, 10, 23)).last("cpi").date == date(2025, 9, 1)


def test_events_are_cut_by_their_announcement(small: Snapshot) -> None:
    """A meeting stands in an earlier snapshot only if its date was public by then."""
    assert [one.date for one in small.cut(date(2025, 11, 28)).events] == [date(2025, 12, 10)]


def test_a_cut_forgets(small: Snapshot) -> None:
    """What was cut away cannot be had back, and no series is left empty."""
    early = small.cut(date(2025, 8, 29))
    assert not early.has("cpi")
    with pytest.raises(DataError, match="does not know that much"):
        early.cut(AS_OF)


def test_known_at_is_the_end_of_the_next_business_day() -> None:
    """Over the weekend for a Friday, over Thanksgiving for the Wednesday before."""
    assert default_known_at(AS_OF) == KNOWN_AT
    assert default_known_at(date(2025, 11, 26)).date() == date(2025, 11, 28)


def test_a_missing_series_is_named(small: Snapshot) -> None:
    """With the nearest that is there."""
    assert not small.has("vixx")
    with pytest.raises(DataError, match="no series vixx") as caught:
        small.values("vixx")
    assert "vix" in caught.value.hint


def test_freshness_tells_what_is_stale(small: Snapshot) -> None:
    """September's prices are 95 days old on 5 December, more than a normal month allows."""
    cpi, vix = small.freshness("cpi"), small.freshness("vix")
    assert (cpi.age_days, cpi.stale) == (95, True)
    assert (vix.age_days, vix.stale) == (0, False)


def test_a_series_can_be_added_replaced_and_left_out(small: Snapshot) -> None:
    """The snapshot itself stays as it is."""
    calm = small.with_series(series("vix", d20251205=12.0))
    assert calm.last("vix").value == 12.0
    assert small.last("vix").value == 15.41
    assert not small.without("cpi").has("cpi")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"d20251204": float("nan")}, "Series vix has no number on 2025-12-04"),
        ({"d20251204": 1541.0}, "vix is 1541 on 2025-12-04, outside the plausible 5 to 150"),
        ({"d20251205": 15.0, "d20251204": 15.0}, "not in order of date after 2025-12-05"),
    ],
)
def test_unsound_values_are_refused(values: dict[str, float], sentence: str) -> None:
    """The sentence names series, day and what is wrong."""
    with pytest.raises(DataError, match=sentence):
        Snapshot(AS_OF, KNOWN_AT, {"vix": series("vix", **values)})


def altered(**changes: object) -> SeriesData:
    """Return a sound VIX series with some of its parts changed."""
    sound = series("vix", d20251203=16.08, d20251204=15.78)
    parts = {key: getattr(sound, key) for key in sound.__dataclass_fields__}
    return SeriesData(**{**parts, **changes})


DAY = np.array(["2025-12-03", "2025-12-03"], dtype="datetime64[D]")
EARLY = np.array(["2025-12-03", "2025-12-03"], dtype="datetime64[D]")
NEVER = np.array(["2025-12-03", "NaT"], dtype="datetime64[D]")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (altered(dates=DAY), "vix has two observations on 2025-12-03"),
        (altered(released=EARLY), "of 2025-12-04 would have been published before its own day"),
        (altered(released=NEVER), "of 2025-12-04, which was never published"),
        (altered(dates=NEVER), "has an observation without a day"),
        (altered(unit="percent"), "vix is in percent, but the catalogue has it in index"),
        (altered(id="skew"), "Series vix is filed under the name skew"),
        (altered(numbers=np.array([1.0])), "unequal numbers of days"),
    ],
)
def test_unsound_series_are_refused(data: SeriesData, sentence: str) -> None:
    """A snapshot that exists is sound."""
    with pytest.raises(DataError, match=sentence):
        Snapshot(AS_OF, KNOWN_AT, {"vix": data})


def test_a_moment_without_zone_is_refused() -> None:
    """Known in which city?"""
    with pytest.raises(DataError, match="needs a time zone"):
        Snapshot(AS_OF, datetime(2025, 12, 8, 23, 59), {})  # noqa: DTZ001


# -- on disk ------------------------------------------------------------------------------------


def test_what_is_written_is_read_back(small: Snapshot, tmp_path: Path) -> None:
    """Content, provenance and hash survive the way through the disk."""
    noted = small.with_series(
        series_data(
            spec("gold"),
            np.array(["2025-12-05"], dtype="datetime64[D]"),
            np.array([4243.0]),
            retrieved="2025-12-08",
            notes=[Note(code="non_session_removed", first=date(2025, 1, 1), count=1)],
        )
    )
    snapshots.write(noted, tmp_path / "one")
    again = snapshots.read(tmp_path / "one")
    assert again.hash == noted.hash == snapshots.verify(tmp_path / "one")
    assert again.events == noted.events
    assert again.known_at == noted.known_at
    assert again.data("gold").notes == noted.data("gold").notes
    assert again.values("usdjpy").equals(noted.values("usdjpy"))


def test_the_hash_does_not_depend_on_order_or_process(small: Snapshot, tmp_path: Path) -> None:
    """The same content has the same hash in another process with another hash seed."""
    backwards = dict(sorted(small.series.items(), reverse=True))
    turned = Snapshot(AS_OF, KNOWN_AT, backwards, small.events[::-1])
    assert turned.hash == small.hash
    snapshots.write(small, tmp_path / "one")
    program = (
        "import sys, pathlib, reportgen.snapshot as snapshots;"
        "print(snapshots.read(pathlib.Path(sys.argv[1])).hash)"
    )
    found = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "one")],
        env={"PYTHONHASHSEED": "4711", "TZ": "Asia/Tokyo", "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == small.hash


@pytest.mark.parametrize(
    "change",
    [
        lambda small: small.with_series(series("vix", d20251203=16.08, d20251205=15.42)),
        lambda small: small.cut(date(2025, 12, 4)),
        lambda small: Snapshot(small.as_of, small.known_at, small.series, small.events[:1]),
    ],
)
def test_any_change_changes_the_hash(
    small: Snapshot, change: Callable[[Snapshot], Snapshot]
) -> None:
    """A digit, a date, an event."""
    assert change(small).hash != small.hash


def test_only_what_may_be_seen_is_written(small: Snapshot, tmp_path: Path) -> None:
    """A later observation held in memory does not reach the disk."""
    early = Snapshot(date(2025, 12, 4), KNOWN_AT, {"vix": small.series["vix"]})
    snapshots.write(early, tmp_path / "early")
    assert "2025-12-05" not in (tmp_path / "early/observations/vix.csv").read_text()


def test_a_snapshot_is_never_overwritten(small: Snapshot, tmp_path: Path) -> None:
    """The same content is left alone, other content is refused."""
    folder = tmp_path / "one"
    snapshots.write(small, folder)
    snapshots.write(small, folder)
    with pytest.raises(CannotCreateError, match="never overwritten"):
        snapshots.write(small.cut(date(2025, 12, 4)), folder)
    assert snapshots.verify(folder) == small.hash


def test_a_failed_write_leaves_nothing(
    small: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk half-way: no folder, no remains, and a sentence."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(ReportgenError, match="No space left on device"):
        snapshots.write(small, tmp_path / "one")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named(small: Snapshot, tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotCreateError, match="file"):
        snapshots.write(small, tmp_path / "file" / "one")


def changed(folder: Path, name: str, old: str, new: str, *, resign: bool) -> None:
    """Change a file of a snapshot, with or without putting its new sha256 into the head."""
    from hashlib import sha256

    path, head = folder / name, folder / "snapshot.json"
    before = path.read_bytes()
    path.write_bytes(before.replace(old.encode(), new.encode()))
    if resign:
        signed, now = (sha256(content).hexdigest() for content in (before, path.read_bytes()))
        head.write_text(head.read_text().replace(signed, now))


@pytest.mark.parametrize(
    ("name", "old", "new", "resign", "sentence"),
    [
        ("observations/vix.csv", "15.41", "15.42", False, "vix.csv: was changed after"),
        ("observations/vix.csv", "15.41", "nan", True, "vix has no number on 2025-12-05"),
        ("observations/vix.csv", "15.41", "much", True, "vix.csv, line 4: 'much' is not a number"),
        ("observations/vix.csv", "15.41", "1541", True, "vix is 1541 on 2025-12-05, outside"),
        ("observations/vix.csv", "-05,", "-04,", True, "vix has two observations on 2025-12-04"),
        ("observations/vix.csv", "-05,", "-99,", True, "vix.csv: a day cannot be read"),
        ("observations/vix.csv", ",15.41,", ",", True, "vix.csv, line 4: three fields"),
        ("observations/vix.csv", "date,", "day,", True, "vix.csv: the first line must be"),
        ("observations/vix.csv", "2025-12-05", "2025-12-09", True, "vix holds observations after"),
        ("observations/vix.csv", "15.41", "15.41\xff", True, "vix.csv"),
        ("events.csv", "scheduled", "planned", True, "events.csv, line 2"),
        ("events.csv", "date,kind", "kind,date", True, "events.csv: the first line must be"),
        ("snapshot.json", '"format": 1', '"format": 2', False, "format 2 is not known"),
        ("snapshot.json", '"unit": "yen_per_usd"', '"unit": "usd"', False, "usdjpy is in usd"),
        ("snapshot.json", '  "vix": {', '  "vox": {', False, "no series|no such file"),
        ("snapshot.json", '"unit"', '"unti"', False, "this is not a snapshot"),
        ("snapshot.json", "-05:00", "", False, "no time zone"),
    ],
)
def test_damage_is_named(
    small: Snapshot, tmp_path: Path, name: str, old: str, new: str, *, resign: bool, sentence: str
) -> None:
    """Whatever was done to a file, reading it ends with a sentence naming file or series."""
    folder = tmp_path / "one"
    snapshots.write(small, folder)
    changed(folder, name, old, new, resign=resign)
    with pytest.raises((DataError, MissingInputError), match=sentence):
        snapshots.read(folder)


def test_text_that_is_not_utf8_is_refused(small: Snapshot, tmp_path: Path) -> None:
    """Even when its sha256 fits."""
    from hashlib import sha256

    folder = tmp_path / "one"
    snapshots.write(small, folder)
    path, head = folder / "events.csv", folder / "snapshot.json"
    before = sha256(path.read_bytes()).hexdigest()
    path.write_bytes(b"\xff")
    head.write_text(head.read_text().replace(before, sha256(b"\xff").hexdigest()))
    with pytest.raises(DataError, match=r"events\.csv: is not UTF-8 text"):
        snapshots.read(folder)


def test_a_missing_file_is_named(small: Snapshot, tmp_path: Path) -> None:
    """Head or table."""
    folder = tmp_path / "one"
    snapshots.write(small, folder)
    (folder / "observations/cpi.csv").unlink()
    with pytest.raises(MissingInputError, match=r"cpi\.csv: there is no such file"):
        snapshots.read(folder)
    with pytest.raises(MissingInputError, match=r"snapshot\.json: there is no such file"):
        snapshots.read(tmp_path / "absent")


def test_verify_finds_what_reading_lets_pass(small: Snapshot, tmp_path: Path) -> None:
    """A file slipped in, and a head edited by hand."""
    folder = tmp_path / "one"
    snapshots.write(small, folder)
    stranger = folder / "observations" / "gold.csv"
    stranger.write_text("date,value,released\n")
    with pytest.raises(DataError, match=r"gold\.csv: this file is not named"):
        snapshots.verify(folder)
    stranger.unlink()
    head = folder / "snapshot.json"
    head.write_text(json.dumps(json.loads(head.read_text())))
    with pytest.raises(DataError, match="not in its canonical form"):
        snapshots.verify(folder)


@given(
    st.dictionaries(
        st.dates(date(1990, 1, 1), AS_OF),
        st.floats(5, 150, allow_nan=False),
        min_size=1,
        max_size=30,
    ),
    st.dates(date(1990, 1, 1), AS_OF),
)
@settings(max_examples=40)
def test_no_cut_ever_shows_the_future(values: dict[date, float], as_of: date) -> None:
    """Whatever the observations and the date, nothing later than the date remains."""
    ordered = dict(sorted(values.items()))
    data = series_data(
        spec("vix"),
        np.array(list(ordered), dtype="datetime64[D]"),
        np.array(list(ordered.values())),
        retrieved="2025-12-08",
    )
    cut = Snapshot(AS_OF, KNOWN_AT, {"vix": data}).cut(as_of)
    shown = [day for day in ordered if day <= as_of]
    assert cut.has("vix") == bool(shown)
    if shown:
        assert cut.data("vix").dates.tolist() == shown
        assert cut.data("vix").numbers.tolist() == [ordered[day] for day in shown]
