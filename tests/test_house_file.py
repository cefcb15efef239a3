"""Which house view an edition takes: that asked for, the house's own, or the bundled one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import msgspec
import pytest
from crashes import order_for

from reportgen import bundled
from reportgen.config.report import Paths
from reportgen.period import EditionDates, edition_dates
from reportgen.pipeline import Request
from reportgen.pipeline.gathering import house_file


@pytest.fixture
def request_with_views(tmp_path: Path) -> Request:
    """A request for whose house three files lie there, one of them no month's."""
    folder = tmp_path / "house"
    folder.mkdir()
    for name in ("2025-10", "2025-12", "draft"):
        (folder / f"{name}.toml").write_text("")
    request = order_for(tmp_path).request
    paths = Paths(house=str(folder))
    return replace(request, settings=msgspec.structs.replace(request.settings, paths=paths))


def _dates(period: str) -> EditionDates:
    year, month = (int(part) for part in period.split("-"))

    return edition_dates(date(year, month, 3), period)


@pytest.mark.parametrize(
    ("period", "taken"),
    [
        ("2025-10", "2025-10"),
        ("2025-11", "2025-10"),
        ("2025-12", "2025-12"),
        ("2026-04", "2025-12"),
    ],
)
def test_the_newest_by_the_month_is_taken(
    request_with_views: Request, period: str, taken: str
) -> None:
    """A view stands until the house states another; later months' views are not seen."""
    found = house_file(request_with_views, _dates(period))
    assert found is not None
    assert found.stem == taken


def test_before_the_first_of_its_own_the_bundled_one_is_taken(request_with_views: Request) -> None:
    """Where the house has none by the month, the program's own stands, where it was stated."""
    dates = _dates("2025-09")
    assert house_file(request_with_views, dates) == bundled.house_file_known(dates.dated)


def test_what_is_asked_for_goes_first(request_with_views: Request, tmp_path: Path) -> None:
    """A file named on the command line is taken; an edition without a view has none."""
    named = tmp_path / "other.toml"
    assert house_file(replace(request_with_views, house=named), _dates("2025-12")) == named
    assert house_file(replace(request_with_views, houseless=True), _dates("2025-12")) is None
