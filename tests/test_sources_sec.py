"""SEC EDGAR: calendar quarters from the facts a company filed, as they were known on a day.

The figures are those of public filings, in millions of US dollars; the accession numbers are made
up, and what a filing calls its year and period is wrong on purpose: it must not be looked at.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from filings import FIRST_FILED, RESTATED, Said
from hypothesis import given
from hypothesis import strategies as st

from reportgen.series import NEW_YORK, Endpoint
from reportgen.sources import SOURCES, sec
from reportgen.sources.base import Answer, Observations, Request, Scope, SourceError

CAPEX = "PaymentsToAcquirePropertyPlantAndEquipment"
META = Endpoint(name="sec", id=f"0001326801/{CAPEX}", factor=1e-9)
LATE = Scope(date(2025, 12, 5), datetime(2025, 12, 8, 23, 59, tzinfo=NEW_YORK))


def stated(said: Said) -> dict[str, Any]:
    """Return a fact as the publisher writes it."""
    start, end, millions, filed = said
    return {
        "start": start,
        "end": end,
        "val": millions * 1_000_000,
        "accn": "0009999999-99-000001",
        "fy": 1901,
        "fp": "Q9",
        "form": "10-Q",
        "filed": filed,
        "frame": "CY1901Q9",
    }


def body(facts: list[Any], unit: str = "USD", cik: object = 1326801, tag: str = CAPEX) -> bytes:
    """Return an answer about one company and tag."""
    head = {"cik": cik, "taxonomy": "us-gaap", "tag": tag, "label": None, "entityName": "X"}
    return json.dumps(head | {"units": {unit: facts}}).encode()


def read(said: list[Said], scope: Scope = LATE) -> Observations:
    """Return what the parser makes of some facts."""
    return sec.parse((body([stated(one) for one in said]),), META, scope)


def known(said: list[Said], day: str) -> dict[str, float]:
    """Return the quarters known at the end of a day: USD millions by last day."""
    at = datetime.fromisoformat(f"{day}T23:59").replace(tzinfo=NEW_YORK)
    found = read(said, Scope(at.date(), at))
    return dict(zip(map(str, found.dates), found.numbers / 1e6, strict=True))


def test_it_is_a_source() -> None:
    """The catalogue's name leads to the module."""
    assert SOURCES["sec"] is sec


def test_a_year_of_filings_gives_four_quarters_in_dollars() -> None:
    """Each quarter has its last day, its value and the day of the filing that first gave it."""
    found = read(FIRST_FILED)
    ends = [date(2023, 3, 31), date(2023, 6, 30), date(2023, 9, 30), date(2023, 12, 31)]
    filed = [date(2023, 4, 27), date(2023, 7, 27), date(2023, 10, 26), date(2024, 2, 2)]
    assert found.dates.tolist() == ends
    assert found.numbers.tolist() == [6842e6, 6216e6, 6543e6, 7665e6]
    assert found.released is not None
    assert found.released.tolist() == filed


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2023-04-26", None),
        ("2023-04-27", 6842),
        ("2024-04-24", 6842),
        ("2024-04-25", 6823),
    ],
)
def test_a_restated_value_is_known_from_its_filing_on(day: str, expected: float | None) -> None:
    """The first quarter of 2023 was 6842 until the filing of 25 April 2024 made it 6823."""
    if expected is None:
        with pytest.raises(SourceError) as caught:
            known(FIRST_FILED + RESTATED, day)
        assert caught.value.fault == "empty"
    else:
        assert known(FIRST_FILED + RESTATED, day)["2023-03-31"] == expected


def test_a_filing_counts_as_known_from_six_in_the_evening() -> None:
    """The day of filing has no hour; before the catalogue's hour it is not yet known."""
    at = datetime(2024, 4, 25, 17, 59, tzinfo=NEW_YORK)
    before = read(FIRST_FILED + RESTATED, Scope(at.date(), at))
    after = read(FIRST_FILED + RESTATED, Scope(at.date(), at + timedelta(minutes=1)))
    assert (before.numbers[0], after.numbers[0]) == (6842e6, 6823e6)


def test_known_at_is_read_in_new_york() -> None:
    """Midnight in Greenwich is still the evening before where the filings are made."""
    at = datetime(2023, 4, 28, 0, 30, tzinfo=UTC)
    assert read(FIRST_FILED, Scope(date(2023, 4, 27), at)).numbers.tolist() == [6842e6]


def test_instants_beside_spans_are_left_out() -> None:
    """A balance has no first day and is no flow."""
    instant = {key: value for key, value in stated(FIRST_FILED[0]).items() if key != "start"}
    found = sec.parse((body([instant, stated(FIRST_FILED[0])]),), META, LATE)
    assert found.numbers.tolist() == [6842e6]


class Recorded:
    """A door that answers from bodies and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Request] = []

    def get(self, request: Request) -> Answer:
        """Return an answer."""
        self.asked.append(request)
        now = datetime(2025, 12, 8, tzinfo=UTC)
        return Answer(request.source, request.path, 200, b"{}", now)


def test_one_concept_of_one_company_is_asked_for() -> None:
    """Ten digits and the tag make the path; the answer may come compressed."""
    door = Recorded()
    assert len(sec.fetch(door, META, LATE)) == 1
    path = f"/api/xbrl/companyconcept/CIK0001326801/us-gaap/{CAPEX}.json"
    assert door.asked == [Request("sec", path, headers=(("Accept-Encoding", "gzip"),))]


@pytest.mark.parametrize("identity", ["1326801/Capex", "0001326801", "0001326801/../x", ""])
def test_an_id_of_another_form_is_not_asked_for(identity: str) -> None:
    """What is no company and tag is refused before any request."""
    door = Recorded()
    with pytest.raises(SourceError) as caught:
        sec.fetch(door, Endpoint(name="sec", id=identity), LATE)
    assert (caught.value.fault, door.asked) == ("unknown_series", [])


GOOD = body([stated(one) for one in FIRST_FILED])


def _changed(name: str, value: Any) -> bytes:
    return body([stated(FIRST_FILED[0]) | {name: value}])


def _without(name: str) -> bytes:
    return body([{key: value for key, value in stated(FIRST_FILED[0]).items() if key != name}])


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"", "empty"),
        (body([]), "empty"),
        (b"<html>Request Rate Threshold Exceeded</html>", "html"),
        (GOOD[: len(GOOD) // 2], "truncated"),
        (b"<Error><Code>NoSuchKey</Code></Error>", "unreadable"),
        (b"{}", "header"),
        (b"[]", "header"),
        (GOOD.replace(b'"units"', b'"facts"'), "header"),
        (GOOD.replace(b'"val"', b'"val_renamed"'), "header"),
        (_without("start"), "header"),
        (_without("end"), "header"),
        (_without("filed"), "header"),
        (body([1]), "header"),
        (body([], unit="EUR"), "unit"),
        (GOOD.replace(b'{"USD"', b'{"USD": {}, "x"'), "unreadable"),
        (_changed("val", "NaN"), "not_a_number"),
        (_changed("val", float("nan")), "not_a_number"),
        (_changed("val", None), "not_a_number"),
        (_changed("val", True), "not_a_number"),
        (_changed("val", 10**400), "not_a_number"),
        (_changed("end", "2023-02-30"), "unreadable"),
        (_changed("start", None), "unreadable"),
        (_changed("filed", 20230427), "unreadable"),
        (body([stated(FIRST_FILED[0])], cik=789019), "unknown_series"),
        (body([stated(FIRST_FILED[0])], tag="Assets"), "unknown_series"),
    ],
)
def test_what_is_wrong_is_called_by_its_name(answer: bytes, expected: str) -> None:
    """Every fault of a body has its code."""
    with pytest.raises(SourceError) as caught:
        sec.parse((answer,), META, LATE)
    assert (caught.value.source, caught.value.fault) == ("sec", expected)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


def only_source_errors(answer: bytes) -> None:
    """Parse a body; what is returned is finite, what is raised a ``SourceError``."""
    try:
        found = sec.parse((answer,), META, LATE)
    except SourceError:
        return
    assert np.isfinite(found.numbers).all()
    assert found.released is not None
    assert found.dates.size == found.numbers.size == found.released.size > 0


@given(answer=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(answer: bytes) -> None:
    """Nothing but the source error leaves the parser."""
    only_source_errors(answer)


@given(value=JSON, name=st.sampled_from(["start", "end", "val", "filed"]))
def test_any_document_is_read_or_refused(value: object, name: str) -> None:
    """JSON of any shape, whole or in one field, is no surprise."""
    only_source_errors(json.dumps(value).encode())
    only_source_errors(_changed(name, value))
    only_source_errors(body([value]))
    only_source_errors(body([], cik=value))


@given(
    place=st.integers(min_value=0, max_value=len(GOOD) - 1),
    length=st.integers(min_value=0, max_value=20),
    other=st.binary(max_size=4),
)
def test_a_damaged_answer_is_read_or_refused(place: int, length: int, other: bytes) -> None:
    """Bytes cut out of or put into a good answer are no surprise."""
    only_source_errors(GOOD[:place] + other + GOOD[place + length :])
