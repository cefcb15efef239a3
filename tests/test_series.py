"""The catalogue: every series is described in full, and its days of publication are right."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest

from reportgen.errors import ConfigError, DataError
from reportgen.series import (
    NEW_YORK,
    Days,
    ReleaseRule,
    catalogue,
    exceptions,
    period_ends,
    release_exceptions,
    spec,
)
from reportgen.series.catalogue import read_catalogue, read_exceptions


def days(*texts: str) -> Days:
    """Return days from ISO texts."""
    return np.array(texts, dtype="datetime64[D]")


def released(series: str, observed: str) -> str:
    """Return the day an observation was published, as text."""
    return str(spec(series).release_days(days(observed))[0])


def test_every_series_is_described() -> None:
    """Names, publishers and licence notes are there, and each id is its own."""
    for identity, one in catalogue().items():
        assert one.id == identity
        assert all((one.name, one.publisher, one.publisher_id, one.licence)), identity
        assert one.low < one.high, identity
    names = [one.name for one in catalogue().values()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("series", "observed", "published"),
    [
        # Federal Reserve, H.4.1: Thursday; after Thanksgiving (27 November 2025) on Friday.
        ("fed_total_assets", "2025-12-03", "2025-12-04"),
        ("reserve_balances", "2025-11-26", "2025-11-28"),
        # Federal Reserve, H.10: the next Monday; Memorial Day 2025 moves it to Tuesday.
        ("usdjpy", "2025-12-01", "2025-12-08"),
        ("usdjpy", "2025-12-05", "2025-12-08"),
        ("usdjpy", "2025-05-23", "2025-05-27"),
        # Federal Reserve, H.15, and New York Fed: the next business day.
        ("treasury_10y", "2025-12-05", "2025-12-08"),
        ("sofr", "2025-11-26", "2025-11-28"),
        # Chicago Fed: the Wednesday after.
        ("nfci", "2025-11-28", "2025-12-03"),
        # CFTC: Friday; Independence Day 2025 moves it to Monday.
        ("yen_noncommercial_long", "2025-09-16", "2025-09-19"),
        ("yen_noncommercial_long", "2025-07-01", "2025-07-07"),
        # CFTC, publication schedule of 18 November 2025.
        ("yen_noncommercial_long", "2025-10-28", "2025-12-05"),
        ("yen_noncommercial_short", "2025-11-04", "2025-12-09"),
        # Bureau of Labor Statistics, revised release dates of November 2025.
        ("cpi", "2025-09-01", "2025-10-24"),
        ("unemployment_rate", "2025-09-01", "2025-11-20"),
        # Nasdaq: the same evening.
        ("nasdaq_composite", "2025-12-05", "2025-12-05"),
        # Counted from the end of the month and of the quarter.
        ("japan_3m_rate", "2025-09-01", "2025-11-29"),
        ("microsoft_capex", "2025-09-30", "2025-11-14"),
    ],
)
def test_days_of_publication(series: str, observed: str, published: str) -> None:
    """Rule and exceptions give the publisher's own day."""
    assert released(series, observed) == published


@pytest.mark.parametrize("series", ["cpi", "unemployment_rate"])
def test_october_2025_was_never_published(series: str) -> None:
    """No prices and no households were surveyed: there is no day of publication (BLS)."""
    assert exceptions(series)[date(2025, 10, 1)] is None
    assert released(series, "2025-10-01") == "NaT"


def test_every_exception_has_reason_and_source() -> None:
    """A reader can be told why an observation came late, and who says so."""
    for one in release_exceptions():
        assert one.reason
        assert one.source
        assert one.released or one.never


def test_what_is_published_at_a_later_hour_is_not_known_yet() -> None:
    """On the day itself the hour of publication decides, in New York time."""
    rule = ReleaseRule(days=1, business=True, time="16:15")
    published = rule.released(days("2025-12-05"), "daily")
    before = datetime(2025, 12, 8, 16, 14, tzinfo=NEW_YORK)
    after = datetime(2025, 12, 8, 16, 15, tzinfo=NEW_YORK)
    assert not rule.known(published, before)[0]
    assert rule.known(published, after)[0]


def test_what_was_never_published_is_never_known() -> None:
    """However long one waits."""
    rule = ReleaseRule()
    late = datetime(2099, 1, 1, tzinfo=NEW_YORK)
    assert not rule.known(days("NaT"), late)[0]


def test_periods_end_with_their_month() -> None:
    """A quarter is dated by its last month, a week by its own day."""
    assert period_ends(days("2024-02-01"), "monthly") == days("2024-02-29")
    assert period_ends(days("2025-09-30"), "quarterly") == days("2025-09-30")
    assert period_ends(days("2025-12-05"), "weekly") == days("2025-12-05")


def test_an_unknown_series_is_refused_with_the_nearest() -> None:
    """A typo is answered with the name that was meant."""
    with pytest.raises(DataError, match="no series nasdaq_composit in") as caught:
        spec("nasdaq_composit")
    assert "nasdaq_composite" in caught.value.hint


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("unit =", "unt ="), "unknown key gold.unt"),
        (('licence = "lbma"', ""), "the key gold.licence is missing"),
        (('"usd_per_ounce"', '"usd_per_gram"'), "gold.unit: invalid enum value"),
        (("days = 0", "days = -1"), "gold.release.days: expected int >= 0"),
        (('"12:00"', '"25:00"'), "gold.release.time: expected str"),
        (("high = 20000", "high = 20"), "gold.low must lie below gold.high"),
    ],
)
def test_a_mistake_in_the_catalogue_is_named(
    tmp_path: Path, change: tuple[str, str], sentence: str
) -> None:
    """File and key stand in the sentence."""
    text = """
[gold]
name = "Gold"
publisher = "LBMA"
publisher_id = "PM"
unit = "usd_per_ounce"
frequency = "daily"
release = { days = 0, time = "12:00" }
stale_after_days = 6
low = 30
high = 20000
licence = "lbma"
since = 1968-04-01
"""
    path = tmp_path / "catalogue.toml"
    path.write_text(text.replace(*change))
    with pytest.raises(ConfigError) as caught:
        read_catalogue(path)
    assert sentence in caught.value.message
    assert "catalogue.toml" in caught.value.message


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("cpi", "cpo"), "exception.1.series: there is no series cpo"),
        (("reason", "raeson"), "unknown key exception.1.raeson"),
        (("2025-09-01 = ", "september = "), "exception.1.released"),
        (("2025-10-24", '"late"'), "exception.1.released"),
        (("[exception.released]\n2025-09-01 = ", "released = "), "exception.1.released"),
    ],
)
def test_a_mistake_in_the_exceptions_is_named(
    tmp_path: Path, change: tuple[str, str], sentence: str
) -> None:
    """File and key stand in the sentence."""
    text = """
[[exception]]
series = ["cpi"]
reason = "government_shutdown_2025"
source = "Bureau of Labor Statistics"
[exception.released]
2025-09-01 = 2025-10-24
"""
    path = tmp_path / "exceptions.toml"
    path.write_text(text.replace(*change))
    with pytest.raises(ConfigError) as caught:
        read_exceptions(path)
    assert sentence in caught.value.message
    assert "exceptions.toml" in caught.value.message
