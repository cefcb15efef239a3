"""The house view: complete, attributed, dated, and read without mercy."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from reportgen import house as houses
from reportgen.errors import ConfigError, DataError, MissingInputError
from reportgen.house import SHAPES, HouseView

AS_OF = date(2025, 12, 5)


def test_the_edition_states_every_entry(house: HouseView) -> None:
    """All the program knows how to print is stated in the first edition, but no tilt."""
    assert set(house.entries) == {name for name in SHAPES if not name.startswith("tilt.")}
    assert house.period == "2025-12"


def test_every_entry_says_who_and_until_when(house: HouseView) -> None:
    """Each has a speaker and dates in order; others than the house are quoted with a source."""
    for entry in house.entries.values():
        assert entry.stated <= entry.valid_until, entry.id
        assert entry.by == "house" or entry.source, entry.id


@pytest.mark.parametrize(
    ("identity", "figure"),
    [
        ("probability.bear_market", 45.0),
        ("level.main", 15_200.0),
        ("level.extreme", 12_800.0),
        ("level.retracement_high", 24_000.0),
        ("level.retracement_low", 10_300.0),
        ("valuation.pe_now", 28.0),
        ("valuation.pe_trough", 18.0),
        ("trigger.usdjpy", 145.0),
        ("rates.usdjpy_forecast", 148.0),
        ("options.zero_dte_share", 61.0),
        ("ai.capex", 450.0),
        ("probability.december_cut", 42.9),
    ],
)
def test_figures_of_the_reference(house: HouseView, identity: str, figure: float) -> None:
    """The figures are those the December 2025 assessment published."""
    assert house.get(identity).number == figure


def test_ranges_and_windows_of_the_reference(house: HouseView) -> None:
    """Likewise what is stated as a range or a window."""
    assert house.get("probability.flash_crash").bounds == (25.0, 30.0)
    assert house.get("level.floor_zone").bounds == (14_500.0, 15_800.0)
    assert house.get("level.average_200_week").bounds == (16_500.0, 17_500.0)
    assert house.get("debt.x_date").window == (date(2026, 8, 1), date(2026, 9, 30))
    assert house.get("matrix.yen_carry").impact == "very_high"


def test_expired_entries_are_told_apart(house: HouseView) -> None:
    """On the as-of date everything stands; after the December meeting its odds do not."""
    assert house.expired(AS_OF) == ()
    gone = {entry.id for entry in house.expired(date(2025, 12, 11))}
    assert gone == {"probability.december_cut", "probability.december_cut_month_earlier"}
    assert len(house.current(date(2025, 12, 11))) == len(house.entries) - 2


def test_the_last_day_still_counts(house: HouseView) -> None:
    """An entry valid until a day stands on that day."""
    entry = house.get("rates.boj_december")
    assert not entry.expired(date(2025, 12, 19))
    assert entry.expired(date(2025, 12, 20))


def test_asking_for_what_an_entry_is_not(house: HouseView) -> None:
    """A range is no figure, a figure no range, neither a window; unknown names get a hint."""
    with pytest.raises(DataError, match=r"level\.floor_zone of the house view holds no single"):
        _ = house.get("level.floor_zone").number
    with pytest.raises(DataError, match=r"level\.main of the house view is not a range"):
        _ = house.get("level.main").bounds
    with pytest.raises(DataError, match=r"level\.main of the house view names no window"):
        _ = house.get("level.main").window
    with pytest.raises(ConfigError, match=r"no entry level\.mian") as caught:
        house.get("level.mian")
    assert "level.main" in caught.value.hint
    assert not house.has("level.mian")


SOUND = """
period = "2025-12"

[level.main]
value = 15200
unit = "points"
by = "house"
stated = 2025-12-07
valid_until = 2026-11-30

[level.floor_zone]
low = 14500
high = 15800
unit = "points"
by = "house"
stated = 2025-12-07
valid_until = 2026-11-30

[debt.x_date]
start = 2026-08-01
end = 2026-09-30
by = "house"
stated = 2025-12-07
valid_until = 2026-11-30

[matrix.tariffs]
probability = "in_force"
impact = "medium"
by = "house"
stated = 2025-12-07
valid_until = 2026-11-30

[tilt.flash]
value = 0.30
unit = "log_odds"
by = "house"
stated = 2025-12-07
valid_until = 2026-11-30
"""


def test_a_shorter_view_is_a_view(tmp_path: Path) -> None:
    """An edition may state less."""
    path = tmp_path / "view.toml"
    path.write_text(SOUND)
    assert len(houses.read(path).entries) == 5


@pytest.mark.parametrize(
    ("old", "new", "sentence", "hint"),
    [
        ("[level.main]", "[level.mian]", "unknown key level.mian", "level.main"),
        ("[level.main]", "[levle.main]", "unknown key levle", "level"),
        ("valid_until", "valid_untill", "unknown key level.main.valid_untill", "valid_until"),
        ("[level.main]\n", '[level.main]\nid = "x"\n', "unknown key level.main.id", ""),
        ('by = "house"\n', "", "the key level.main.by is missing", ""),
        ('by = "house"', 'by = ""', "level.main.by is empty", ""),
        ("value = 15200\n", "", "the key level.main.value is missing", ""),
        ("value = 15200", 'value = "15200"', "level.main.value: expected", ""),
        ("value = 15200", "value = 152", "level.main.value is 152, outside the plausible", ""),
        ("value = 15200", "value = nan", "level.main.value is nan, outside the plausible", ""),
        ('unit = "points"', 'unit = "percent"', "level.main.unit must be points", ""),
        ("value = 0.30", "value = 30", "tilt.flash.value is 30, outside the plausible", ""),
        ('"log_odds"\nby = "house"', '"log_odds"\nby = "X"', "tilt.flash.by must be house", ""),
        ("low = 14500", "low = 15900", "level.floor_zone.low lies above", ""),
        ("low = 14500", "low = 14500\nvalue = 1", "floor_zone.value does not belong", "high, low"),
        ("stated = 2025-12-07", "stated = 2026-12-07", "level.main.valid_until lies before", ""),
        ("stated = 2025-12-07", 'stated = "soon"', "level.main.stated: invalid", ""),
        ("end = 2026-09-30", "end = 2026-07-30", "debt.x_date.end lies before", ""),
        ('impact = "medium"', 'impact = "meduim"', "there is no grade meduim", "medium"),
        ('period = "2025-12"', "", "the key period is missing", ""),
        ("[level.main]\nvalue = 15200\n", "[level]\nmain = 15200\n[x]\n", "must be a table", ""),
    ],
)
def test_a_mistake_is_named_with_file_and_key(
    tmp_path: Path, old: str, new: str, sentence: str, hint: str
) -> None:
    """Typos, missing keys, wrong types and implausible figures; exit code 78."""
    path = tmp_path / "view.toml"
    path.write_text(SOUND.replace(old, new, 1))
    with pytest.raises(ConfigError) as caught:
        houses.read(path)
    assert caught.value.message.startswith("view.toml: ")
    assert sentence in caught.value.message
    assert hint in caught.value.hint
    assert caught.value.exit_code == 78


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """With its whole path."""
    with pytest.raises(MissingInputError, match=r"absent\.toml: there is no such file"):
        houses.read(tmp_path / "absent.toml")
