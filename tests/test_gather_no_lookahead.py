"""What was published later changes nothing: a day gathered today is the day as it was known."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random

import pytest
import street

from reportgen import bundled
from reportgen.gather.modes import RUNGS, scope_of
from reportgen.gather.run import Harvest, Means, Order, gather
from reportgen.series import NEW_YORK
from reportgen.sources import SOURCES
from reportgen.sources.base import Scope
from reportgen.store import Store

LATER = datetime(2025, 12, 9, 12, tzinfo=UTC)
FIRST = date(2024, 11, 15)
DAYS = sorted(Random(6).sample([FIRST + timedelta(days=at) for at in range(385)], 20))
"""Days of all kinds: sessions, weekends, holidays."""


@pytest.fixture(scope="module")
def everything() -> street.Routes:
    """What the publishers answer today."""
    return street.routes()


def gathered(routes: street.Routes, scope: Scope, folder: Path) -> Harvest:
    """Return what a gathering makes of some answers."""
    store = Store(folder)
    means = Means(SOURCES, street.Shelf(routes, store), store, bundled.load())
    return gather(Order(scope, RUNGS["live"]), means)


def assert_same(everything: street.Routes, scope: Scope, folder: Path) -> None:
    """Make sure that a day gathered from everything is that gathered from what there was."""
    now = gathered(everything, scope, folder / "now")
    then = gathered(street.routes(scope), scope, folder / "then")
    states = [(one.spec.id, one.state, one.rung, one.last) for one in now.choices]
    assert states == [(one.spec.id, one.state, one.rung, one.last) for one in then.choices]
    assert now.snapshot.hash == then.snapshot.hash
    assert now.snapshot.hash == now.snapshot.cut(scope.as_of, scope.known_at).hash


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_the_future_changes_no_figure(everything: street.Routes, tmp_path: Path, day: date) -> None:
    """A day's snapshot has the same hash whether the publishers know what came later or not."""
    assert_same(everything, scope_of(day, LATER), tmp_path)


@pytest.mark.parametrize("hour", [0, 5, 9, 16, 17, 18, 21])
@pytest.mark.parametrize("day", [date(2025, 10, 31), date(2025, 11, 26)], ids=str)
def test_the_rest_of_the_day_changes_no_figure(
    everything: street.Routes, tmp_path: Path, day: date, hour: int
) -> None:
    """At every hour of a Friday and a Wednesday only what had been published by then is there.

    A week that ends on the day itself has no value before its hour of publication.
    """
    moment = datetime.combine(day, time(hour, 10), tzinfo=NEW_YORK)
    assert_same(everything, scope_of(day, moment), tmp_path)


def test_weekly_value_waits_for_its_hour(everything: street.Routes, tmp_path: Path) -> None:
    """On a Friday at noon the week's close is that of the Friday before; in the evening its own."""
    friday = date(2025, 10, 31)
    lasts = []
    for hour in (12, 19):
        moment = datetime.combine(friday, time(hour), tzinfo=NEW_YORK)
        found = gathered(everything, scope_of(friday, moment), tmp_path / str(hour))
        lasts.append(found.snapshot.last("vix_weekly").date)
    assert lasts == [friday - timedelta(weeks=1), friday]


def test_stored_answers_of_a_later_day_change_no_figure(
    everything: street.Routes, tmp_path: Path
) -> None:
    """A day gathered from answers kept later holds the figures of the day, from the cache."""
    scope = scope_of(date(2025, 6, 13), LATER)
    gathered(everything, scope_of(date(2025, 12, 5), LATER), tmp_path / "store")
    then = gathered(street.routes(scope), scope, tmp_path / "then")
    means = Means(SOURCES, street.Shelf({}), Store(tmp_path / "store"), bundled.load())
    found = gather(Order(scope, RUNGS["cache"]), means)
    for name, data in then.snapshot.series.items():
        kept = found.snapshot.data(name)
        assert (kept.dates == data.dates).all(), name
        assert (kept.numbers == data.numbers).all(), name
