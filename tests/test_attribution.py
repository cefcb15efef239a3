"""Attribution: each run has one thing more of the later edition's, and equals are not run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec
import pytest

from reportgen import pipeline
from reportgen.config import Settings
from reportgen.errors import DataError, UsageError
from reportgen.facts import Unit
from reportgen.facts.headlines import Headline, Headlines
from reportgen.gather import Material
from reportgen.house import HouseView
from reportgen.period import edition_dates
from reportgen.pipeline import Gathered, Request
from reportgen.publishing import attribution
from reportgen.publishing.attribution import Previous, Printed, divided
from reportgen.resources import code_sha256

if TYPE_CHECKING:
    from reportgen.facts.changes import Changes
    from reportgen.snapshot import Snapshot

BEFORE = date(2025, 11, 3)
VALUES = {"model": 0.31, "revised_data": 0.33, "new_data": 0.38, "house": 0.40}
Assess = Callable[[Request, Gathered], tuple[Headline, ...]]


def chance(value: float) -> tuple[Headline, ...]:
    """Return the headlines of a run: one probability."""
    return (Headline(code="flash", kind="probability", unit=Unit.PROBABILITY, value=value),)


@pytest.fixture
def request_(tmp_path: Path) -> Request:
    """A request of a thousand paths."""
    now = datetime(2025, 12, 9, tzinfo=UTC)
    languages = pipeline.languages_of(("en",))
    return Request(languages, ("html",), "bundled", now, tmp_path, Settings(), 1000, 1)


@pytest.fixture
def gathered(snapshot: Snapshot, house: HouseView) -> Gathered:
    """What the December edition is made from."""
    return Gathered(Material(snapshot, ""), house, edition_dates(snapshot.as_of))


@pytest.fixture
def previous(snapshot: Snapshot, house: HouseView) -> Previous:
    """The November edition, by this program, from the same figures and views."""
    dates = edition_dates(BEFORE)
    printed = Headlines(
        name="2025-11",
        period="2025-11",
        revision=1,
        as_of=dates.as_of,
        dated=dates.dated,
        window_end=dates.window_end,
        state="in_line",
        verdict={},
        headlines=chance(0.30),
    )
    figures = snapshot.cut(BEFORE)
    return Previous("2025-11", printed, figures, house, dates, code_sha256(), 1000)


@pytest.fixture
def assessed(monkeypatch: pytest.MonkeyPatch, gathered: Gathered) -> list[Gathered]:
    """The models stand aside; returns what they were asked to assess."""
    asked: list[Gathered] = []

    def headlines(request: Request, made_from: Gathered) -> tuple[Headline, ...]:
        asked.append(made_from)
        early = made_from.dates.as_of == BEFORE
        now = made_from.snapshot.hash == gathered.snapshot.cut(BEFORE).hash
        return chance(VALUES[("revised_data" if now else "model") if early else "new_data"])

    monkeypatch.setattr(attribution, "_headlines", headlines)
    return asked


def revised(snapshot: Snapshot) -> Snapshot:
    """Return figures of which one was another then."""
    data = snapshot.data("vix")
    return snapshot.with_series(replace(data, numbers=data.numbers * 1.01))


def stated_otherwise(house: HouseView) -> HouseView:
    """Return a house view with another figure."""
    entry = msgspec.structs.replace(house.get("level.main"), value=15000.0)
    return HouseView("2025-11", MappingProxyType({**house.entries, entry.id: entry}))


def parts(found: Changes) -> dict[str, float | None]:
    """Return the size of each step of the one headline."""
    steps = found.changed[0].steps
    return {one.code: None if one.change is None else one.change.value for one in steps}


def now_printed(value: float = VALUES["house"]) -> Printed:
    """Return the present edition, by this program."""
    return Printed(chance(value), code_sha256())


def test_between_equals_nothing_is_run(
    request_: Request, gathered: Gathered, previous: Previous, assessed: list[Gathered]
) -> None:
    """With the same program, views and old figures, all of it is new data; nothing is run."""
    found = divided(request_, gathered, now_printed(), previous)
    assert parts(found) == {"new_data": 10}
    assert found.months.value == 1
    assert assessed == []


def test_each_run_has_one_thing_more_of_the_later_edition(
    request_: Request, gathered: Gathered, previous: Previous, assessed: list[Gathered]
) -> None:
    """Program, then revised figures, then new figures, then views; the parts add up."""
    assert gathered.house is not None
    before = replace(
        previous,
        code="another",
        snapshot=revised(previous.snapshot),
        house=stated_otherwise(gathered.house),
    )
    told: list[str] = []
    found = divided(
        request_, gathered, now_printed(), before, lambda phase, detail: told.append(detail)
    )
    assert parts(found) == {"new_data": 5, "revised_data": 2, "model": 1, "house": 2}
    assert told == ["model", "revised_data", "new_data"]
    model, revision, new = assessed
    assert (model.snapshot, model.dates) == (before.snapshot, before.dates)
    assert revision.snapshot.hash == gathered.snapshot.cut(BEFORE).hash
    assert (new.snapshot, new.dates) == (gathered.snapshot, gathered.dates)
    assert {one.house is before.house for one in assessed} == {True}


def test_another_number_of_paths_is_the_models_part(
    request_: Request, gathered: Gathered, previous: Previous, assessed: list[Gathered]
) -> None:
    """More simulated paths change figures as another program does."""
    found = divided(request_, gathered, now_printed(), replace(previous, paths=999))
    assert parts(found) == {"new_data": 7, "model": 3}


def test_figures_retrieved_again_are_not_revised(
    request_: Request, gathered: Gathered, previous: Previous, assessed: list[Gathered]
) -> None:
    """Only another figure is a revision, not another day of retrieval."""
    data = previous.snapshot.data("vix")
    again = previous.snapshot.with_series(replace(data, retrieved="2025-11-04T00:00:00Z"))
    assert again.hash != previous.snapshot.hash
    found = divided(request_, gathered, now_printed(), replace(previous, snapshot=again))
    assert parts(found) == {"new_data": 10}


def test_a_later_edition_of_another_program_is_told_so(
    request_: Request, gathered: Gathered, previous: Previous, assessed: list[Gathered]
) -> None:
    """What this program makes otherwise than the one that printed it is the model's part."""
    found = divided(request_, gathered, Printed(chance(0.45), "another"), previous)
    assert parts(found) == {"new_data": 8, "model": 7}


def test_a_run_that_cannot_be_made_joins_two_causes(
    request_: Request,
    gathered: Gathered,
    previous: Previous,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Figures that no longer suffice for the models leave two causes in one."""

    def refuses(request: Request, made_from: Gathered) -> tuple[Headline, ...]:
        raise DataError("Too few figures.")

    monkeypatch.setattr(attribution, "_headlines", refuses)
    found = divided(request_, gathered, now_printed(), replace(previous, code="another"))
    assert parts(found) == {"new_data+model": 10}


def test_the_later_edition_comes_second(
    request_: Request, gathered: Gathered, previous: Previous
) -> None:
    """An edition cannot be compared with one of later days."""
    late = edition_dates(date(2026, 1, 5))
    with pytest.raises(UsageError, match="later days"):
        divided(request_, gathered, now_printed(), replace(previous, dates=late))
