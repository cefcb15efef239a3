"""Calendar quarters from filed facts: differences of running totals, and the latest filing.

The figures are those of public filings of Meta, Amazon and Microsoft (capital expenditure), in
millions of US dollars.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from filings import FIRST_FILED, RESTATED, Said
from hypothesis import given
from hypothesis import strategies as st

from reportgen.sources.quarters import Fact, quarters

TRAILING: list[Said] = [
    ("2024-07-01", "2024-09-30", 22620, "2024-10-31"),
    ("2024-07-01", "2025-06-30", 107656, "2025-08-01"),
    ("2025-01-01", "2025-06-30", 57202, "2025-08-01"),
    ("2025-04-01", "2025-06-30", 32183, "2025-08-01"),
    ("2024-10-01", "2025-09-30", 120131, "2025-10-31"),
    ("2025-01-01", "2025-09-30", 92297, "2025-10-31"),
    ("2025-07-01", "2025-09-30", 35095, "2025-10-31"),
]
JULY_TO_JUNE: list[Said] = [
    ("2024-07-01", "2024-09-30", 14923, "2024-10-30"),
    ("2024-07-01", "2024-12-31", 30727, "2025-01-29"),
    ("2024-10-01", "2024-12-31", 15804, "2025-01-29"),
    ("2024-07-01", "2025-03-31", 47472, "2025-04-30"),
    ("2025-01-01", "2025-03-31", 16745, "2025-04-30"),
    ("2024-07-01", "2025-06-30", 64551, "2025-07-30"),
]


def facts(said: list[Said]) -> list[Fact]:
    """Return facts in US dollars."""
    return [
        Fact(
            start=date.fromisoformat(start),
            end=date.fromisoformat(end),
            value=millions * 1e6,
            filed=date.fromisoformat(filed),
        )
        for start, end, millions, filed in said
    ]


def known(said: list[Said], day: str = "2025-12-08") -> dict[str, float]:
    """Return the quarters known on a day: USD millions by last day."""
    found = quarters(facts(said), date.fromisoformat(day))
    return {one.end.isoformat(): one.value / 1e6 for one in found}


def released(said: list[Said]) -> dict[str, str]:
    """Return the day each quarter became known by its last day."""
    found = quarters(facts(said), date(2025, 12, 8))
    return {one.end.isoformat(): one.released.isoformat() for one in found}


def test_quarters_are_differences_of_year_to_date() -> None:
    """Three months, half a year, nine months and the year give four quarters."""
    expected = {"2023-03-31": 6842, "2023-06-30": 6216, "2023-09-30": 6543, "2023-12-31": 7665}
    assert known(FIRST_FILED) == expected


def test_a_quarter_is_released_by_the_filing_that_first_gave_it() -> None:
    """The day of the filing counts, and a restatement does not change it."""
    expected = {
        "2023-03-31": "2023-04-27",
        "2023-06-30": "2023-07-27",
        "2023-09-30": "2023-10-26",
        "2023-12-31": "2024-02-02",
    }
    assert released(FIRST_FILED) == expected
    assert released(FIRST_FILED + RESTATED) == expected


def test_in_the_end_the_latest_filing_wins() -> None:
    """When every part of the year is restated, so is every quarter; the order does not matter."""
    expected = {
        "2023-03-31": 6823,
        "2023-06-30": 6134,
        "2023-09-30": 6496,
        "2023-12-31": 7592,
    }
    assert known(FIRST_FILED + RESTATED) == expected
    assert known(RESTATED[::-1] + FIRST_FILED[::-1]) == expected


def test_a_restated_part_is_not_taken_from_a_whole_that_is_not() -> None:
    """Between two restating filings a later quarter stays what it was: 6216, never 6235."""
    assert known(FIRST_FILED + RESTATED, "2024-04-25")["2023-06-30"] == 6216
    assert known(FIRST_FILED + RESTATED, "2024-08-01")["2023-06-30"] == 6134
    assert known(FIRST_FILED + RESTATED, "2024-10-31")["2023-12-31"] == 7665


def test_a_fiscal_year_may_end_in_june() -> None:
    """Differences run from the first day of the fiscal year; quarters stay the calendar's."""
    expected = {"2024-09-30": 14923, "2024-12-31": 15804, "2025-03-31": 16745, "2025-06-30": 17079}
    assert known(JULY_TO_JUNE) == expected
    assert released(JULY_TO_JUNE)["2025-06-30"] == "2025-07-30"


def test_a_trailing_year_is_no_fiscal_year() -> None:
    """Twelve months up to any quarter give no quarter of their own."""
    found = known(TRAILING)
    assert found["2025-06-30"] == 32183
    assert found["2025-09-30"] == 35095
    assert known([TRAILING[1], FIRST_FILED[0]]) == {"2023-03-31": 6842}


def test_a_quarter_no_filing_tags_is_what_the_rest_leaves_over() -> None:
    """Half a year less its second quarter is the first: 57,202 - 32,183 in a single filing."""
    assert known(TRAILING)["2025-03-31"] == 25019
    assert released(TRAILING)["2025-03-31"] == "2025-08-01"


def test_what_is_left_over_never_overrules_a_tagged_quarter() -> None:
    """The remainder of a trailing year is a last resort only, though it was filed later."""
    tagged: Said = ("2024-10-01", "2024-12-31", 27830, "2025-02-05")
    assert known([*TRAILING, tagged])["2024-12-31"] == 27830


def test_of_a_tagged_quarter_and_a_difference_the_later_filed_counts() -> None:
    """Where they part by more than rounding, the later filing knows better."""
    tagged: Said = ("2023-04-01", "2023-06-30", 6100, "2023-07-27")
    assert known([*FIRST_FILED, tagged])["2023-06-30"] == 6100
    assert known([*FIRST_FILED, *RESTATED, tagged])["2023-06-30"] == 6134
    again: Said = ("2023-04-01", "2023-06-30", 6101, "2025-02-01")
    assert known([*FIRST_FILED, *RESTATED, tagged, again])["2023-06-30"] == 6101


def test_rounding_is_no_disagreement() -> None:
    """A tagged quarter stands when a later difference is a million or two off."""
    tagged: Said = ("2023-04-01", "2023-06-30", 6132, "2023-07-27")
    assert known([*FIRST_FILED, *RESTATED, tagged])["2023-06-30"] == 6132


def test_of_two_filings_on_a_day_the_last_stated_counts() -> None:
    """The publisher's order decides where the day cannot."""
    twice: list[Said] = [(*FIRST_FILED[0][:2], 1, "2023-04-27"), FIRST_FILED[0]]
    assert known(twice) == {"2023-03-31": 6842}


def test_spans_that_are_no_calendar_quarters_give_none() -> None:
    """Weeks, odd days and quarters that end in January are left alone."""
    odd: list[Said] = [
        ("2024-01-29", "2024-04-28", 372, "2024-05-29"),
        ("2024-02-01", "2024-04-30", 372, "2024-05-29"),
        ("2024-01-02", "2024-03-31", 372, "2024-05-29"),
        ("2024-01-01", "2024-02-29", 372, "2024-05-29"),
        ("2024-06-30", "2024-03-31", 372, "2024-05-29"),
        ("2022-01-01", "2023-03-31", 372, "2024-05-29"),
    ]
    assert known(FIRST_FILED[:1] + odd) == {"2023-03-31": 6842}


def test_a_shorter_part_filed_later_makes_the_quarter_known_later() -> None:
    """A difference is known when both of its parts are."""
    late: list[Said] = [
        ("2014-01-01", "2014-12-31", 10959, "2015-10-29"),
        ("2014-01-01", "2014-09-30", 7408, "2016-02-11"),
    ]
    assert known(late) == {"2014-12-31": 3551}
    assert released(late) == {"2014-12-31": "2016-02-11"}
    assert known(late, "2016-02-10") == {}


@given(
    flows=st.lists(st.integers(-(10**6), 10**6), min_size=4, max_size=4),
    first=st.sampled_from([1, 4, 7, 10]),
    delay=st.integers(1, 90),
)
def test_the_flows_of_a_year_are_recovered(flows: list[int], first: int, delay: int) -> None:
    """Whatever quarter a fiscal year begins with, its running totals give its quarters back."""
    months = [2023 * 12 + first - 1 + 3 * step for step in range(5)]
    days = [date(month // 12, month % 12 + 1, 1) for month in months]
    ends = [day - timedelta(days=1) for day in days[1:]]
    totals = [
        Fact(days[0], end, sum(flows[: place + 1]) * 1e6, end + timedelta(days=delay))
        for place, end in enumerate(ends)
    ]
    found = quarters(totals, date(2030, 1, 1))
    assert [one.end for one in found] == ends
    assert [one.value for one in found] == [flow * 1e6 for flow in flows]
    assert [one.released for one in found] == [fact.filed for fact in totals]


@given(day=st.dates(date(2023, 4, 1), date(2025, 12, 31)), seed=st.integers(0, 2**32))
def test_later_filings_change_nothing_that_was_known(day: date, seed: int) -> None:
    """Without the future, and in whatever order the facts come, the past is the same."""
    ordered = facts(FIRST_FILED + RESTATED + TRAILING + JULY_TO_JUNE)
    mixed = Random(seed).sample(ordered, len(ordered))
    expected = quarters(ordered, day)
    assert quarters(mixed, day) == expected
    assert quarters([one for one in mixed if one.filed <= day], day) == expected
