"""Two sources of one series: what differs, what is condemned, repaired or refused."""

from __future__ import annotations

import csv
import gzip
import importlib.util
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from reportgen.gather.compare import compared, joined, repaired
from reportgen.gather.findings import Finding, Unsound
from reportgen.sessions import sessions
from reportgen.snapshot import Note
from reportgen.sources.base import Observations

TOLERANCE = 0.0005


def closes(count: int = 1_000, first: str = "2002-01-02") -> Observations:
    """Return made-up closes of an index on every session of New York, with two decimals."""
    days = sessions("XNYS", date.fromisoformat(first), date(2025, 12, 31))[:count]
    moves = np.random.default_rng(7).normal(0, 0.01, count)
    return Observations(days, (2_000 * np.exp(np.cumsum(moves))).round(2))


def spoiled(data: Observations, positions: list[int], by: float = 0.005) -> Observations:
    """Return the closes with some of them off by a ratio."""
    numbers = data.numbers.copy()
    numbers[positions] *= 1 + by
    return replace(data, numbers=numbers)


def day(data: Observations, position: int) -> date:
    """Return a day of the series."""
    found: date = data.dates[position].item()
    return found


def test_equal_closes_differ_nowhere() -> None:
    """Rounding within the tolerance is no breach."""
    data = closes()
    found = compared(spoiled(data, [5, 6, 7], by=0.0004), data, TOLERANCE)
    assert (found.common, found.breaches.size, found.spans, found.findings) == (1_000, 0, (), ())


def test_a_cluster_condemns_its_span_and_single_breaches_do_not() -> None:
    """Two breaches are no cluster; three within ten sessions of one another are."""
    data = closes()
    found = compared(spoiled(data, [10, 200, 205, 400, 410, 420, 700]), data, TOLERANCE)
    assert found.spans == ((day(data, 400), day(data, 420)),)
    assert found.findings == (Finding("differs", day(data, 10), day(data, 700), 4),)


def test_breaches_too_far_apart_are_no_cluster() -> None:
    """Eleven sessions from one to the next: each stands alone."""
    data = closes()
    found = compared(spoiled(data, [100, 111, 122, 133]), data, TOLERANCE)
    assert found.spans == ()
    assert found.breaches.size == 4


def test_a_condemned_span_is_taken_from_the_second_source() -> None:
    """All its days are taken, not only the breaches; outside, the primary source stays."""
    data = closes()
    primary = spoiled(spoiled(data, list(range(300, 340, 2))), [50], by=0.01)
    whole, notes = repaired(primary, data, compared(primary, data, TOLERANCE))
    assert whole.numbers[300:339].tolist() == data.numbers[300:339].tolist()
    assert whole.numbers[50] == primary.numbers[50]
    assert notes == (
        Finding("repaired", day(data, 300), day(data, 338), 39),
        Finding("differs", day(data, 50), day(data, 50), 1),
    )
    assert notes[0].note == Note(
        code="repaired", first=day(data, 300), last=day(data, 338), count=39
    )


def test_two_spans_are_two_findings() -> None:
    """Each span is told with its own first, last and count."""
    data = closes()
    primary = spoiled(data, [100, 101, 102, 500, 503, 506])
    _, notes = repaired(primary, data, compared(primary, data, TOLERANCE))
    assert [(one.first, one.count) for one in notes] == [(day(data, 100), 3), (day(data, 500), 7)]


def test_days_the_second_source_lacks_stay() -> None:
    """What it does not have it cannot repair, and it is not counted."""
    data = closes()
    primary = spoiled(data, list(range(300, 320)))
    kept = np.ones(1_000, dtype=np.bool_)
    kept[310] = False
    second = Observations(data.dates[kept], data.numbers[kept])
    whole, notes = repaired(primary, second, compared(primary, second, TOLERANCE))
    assert whole.numbers[310] == primary.numbers[310]
    assert whole.numbers[311] == data.numbers[311]
    assert notes[0].count == 19


def test_after_the_repair_nothing_differs() -> None:
    """Repairing a second time finds nothing more to repair."""
    data = closes()
    primary = spoiled(data, [400, 403, 404, 409])
    whole, _ = repaired(primary, data, compared(primary, data, TOLERANCE))
    assert compared(whole, data, TOLERANCE).breaches.size == 0


def test_the_arguments_are_left_alone() -> None:
    """The primary observations themselves do not change."""
    data = closes()
    primary = spoiled(data, [400, 403, 404])
    before = primary.numbers.copy()
    repaired(primary, data, compared(primary, data, TOLERANCE))
    assert primary.numbers.tolist() == before.tolist()


def test_two_different_things_are_refused() -> None:
    """More than a third of the common days: it is another series, not a faulty one."""
    data = closes()
    with pytest.raises(Unsound) as caught:
        compared(spoiled(data, list(range(0, 1_000, 2))), data, TOLERANCE)
    assert (caught.value.code, caught.value.day) == ("disagree", day(data, 0))
    assert "500 of their 1000 common days" in caught.value.message


def test_nothing_in_common_is_nothing_to_say() -> None:
    """Sources of different years cannot be compared; nothing is condemned."""
    found = compared(closes(10), closes(10, first="2020-01-02"), TOLERANCE)
    assert (found.common, found.spans, found.findings) == (0, (), ())


def arch_rows() -> list[dict[str, str]]:
    """Return the rows of the Nasdaq Composite, 1999 to 2018, that come with ``arch``."""
    package = importlib.util.find_spec("arch")
    assert package is not None
    assert package.submodule_search_locations is not None
    path = Path(package.submodule_search_locations[0]) / "data" / "nasdaq" / "nasdaq.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def arch_column(name: str) -> Observations:
    """Return one column of those rows, with the two decimals the index is published with."""
    rows = arch_rows()
    written = [row["Date"].split("/") for row in rows]
    days = [f"{year}-{month:0>2}-{number:0>2}" for month, number, year in written]
    numbers = np.array([float(row[name]) for row in rows]).round(2)
    return Observations(np.array(days, dtype="datetime64[D]"), numbers)


def test_highs_and_lows_in_the_place_of_closes_are_found_and_repaired() -> None:
    """Real closes, spoiled as FRED's NASDAQCOM is between January 2003 and August 2004.

    On about seven days of ten the day's high or low stands for its close. No date is told to
    the comparison: it finds the span, and the repair leaves the true closes.
    """
    truth, high, low = (arch_column(name) for name in ("Close", "High", "Low"))
    chance = np.random.default_rng(2003)
    inside = (truth.dates >= np.datetime64("2003-01-22")) & (
        truth.dates <= np.datetime64("2004-08-06")
    )
    hit = inside & (chance.random(truth.dates.size) < 0.7)
    hit[np.flatnonzero(inside)[[0, -1]]] = True
    extreme = np.where(chance.random(truth.dates.size) < 0.5, high.numbers, low.numbers)
    primary = replace(truth, numbers=np.where(hit, extreme, truth.numbers))
    found = compared(primary, truth, TOLERANCE)
    whole, notes = repaired(primary, truth, found)
    assert len(found.spans) == 1
    first, last = found.spans[0]
    assert date(2003, 1, 22) <= first <= date(2003, 1, 31)
    assert date(2004, 7, 27) <= last <= date(2004, 8, 6)
    assert np.abs(whole.numbers / truth.numbers - 1).max() <= TOLERANCE
    assert [one.code for one in notes] == ["repaired"]


def test_the_earlier_stretch_stands_before_the_later() -> None:
    """From the first day of the later one, the later one counts."""
    data = closes()
    earlier = Observations(data.dates[:600], data.numbers[:600], data.dates[:600])
    later = Observations(data.dates[400:], data.numbers[400:], data.dates[400:])
    whole, notes = joined(earlier, later, TOLERANCE)
    assert whole.dates.tolist() == data.dates.tolist()
    assert whole.numbers.tolist() == data.numbers.tolist()
    assert whole.released is not None
    assert whole.released.tolist() == data.dates.tolist()
    assert notes == ()


def test_a_single_difference_does_not_part_two_stretches() -> None:
    """It is told, and the later stretch is believed."""
    data = closes()
    earlier = spoiled(Observations(data.dates[:600], data.numbers[:600]), [500])
    later = Observations(data.dates[400:], data.numbers[400:])
    whole, notes = joined(earlier, later, TOLERANCE)
    assert whole.numbers.tolist() == data.numbers.tolist()
    assert notes == (Finding("differs", day(data, 500), day(data, 500), 1),)


def test_stretches_without_a_common_day_are_not_joined() -> None:
    """Where nothing can be compared, nothing vouches for the scale."""
    data = closes()
    earlier = Observations(data.dates[:400], data.numbers[:400])
    later = Observations(data.dates[400:], data.numbers[400:])
    with pytest.raises(Unsound) as caught:
        joined(earlier, later, TOLERANCE)
    assert caught.value.code == "no_common_day"


@pytest.mark.parametrize("wrong", [[500, 501, 502], list(range(400, 600))])
def test_stretches_that_disagree_are_not_joined(wrong: list[int]) -> None:
    """A cluster of differences, or another scale altogether."""
    data = closes()
    earlier = spoiled(Observations(data.dates[:600], data.numbers[:600]), wrong)
    later = Observations(data.dates[400:], data.numbers[400:])
    with pytest.raises(Unsound) as caught:
        joined(earlier, later, TOLERANCE)
    assert caught.value.code == "disagree"


def test_days_of_publication_are_stated_for_both_or_for_none() -> None:
    """Mixing them would let one half follow the rule unseen; it is a mistake of the caller."""
    data = closes()
    earlier = Observations(data.dates[:600], data.numbers[:600])
    later = Observations(data.dates[400:], data.numbers[400:], data.dates[400:])
    with pytest.raises(ValueError, match="for one stretch and not for the other"):
        joined(earlier, later, TOLERANCE)
