"""The backtest an edition prints: whose it is, when it may be told, and what it says."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from desks import desk_of

from reportgen import bundled
from reportgen.assess.backtest import backtest
from reportgen.assess.desk import Desk
from reportgen.facts.evidence import Evidence
from reportgen.snapshot import Snapshot


@pytest.fixture(scope="module")
def desk(snapshot: Snapshot) -> Desk:
    """The bundled figures."""
    return desk_of(snapshot)


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    """The backtest that comes with the program."""
    return bundled.evidence()


def test_the_bundled_backtest_is_of_the_models_as_they_are(desk: Desk, evidence: Evidence) -> None:
    """Eight skills over forty years, scored on nothing after the edition, by today's versions."""
    found = backtest(desk, evidence)
    assert found is not None
    assert found.current
    assert [(one.event, one.code) for one in found.rows] == [
        (event, code) for event in ("flash", "bear") for code in ("d21", "d63", "d126", "d252")
    ]
    assert evidence.first == date(1985, 1, 31)
    assert evidence.known <= desk.as_of
    assert all(one.origins >= 400 for one in evidence.skills)


def test_the_bundled_skills_are_near_the_reference(evidence: Evidence) -> None:
    """Each lies within 0.04 of the method's own measurement over the same forty years."""
    reference = {
        ("F1", 21): 0.15,
        ("F1", 63): 0.15,
        ("F1", 126): 0.10,
        ("F1", 252): 0.06,
        ("B1", 21): 0.30,
        ("B1", 63): 0.21,
        ("B1", 126): 0.15,
        ("B1", 252): 0.13,
    }
    for one in evidence.skills:
        assert one.skill == pytest.approx(reference[one.event, one.horizon], abs=0.04)


def test_an_edition_before_the_last_close_does_not_know_of_it(
    snapshot: Snapshot, evidence: Evidence
) -> None:
    """The day before the walk's last close there is nothing to tell."""
    early = desk_of(snapshot.cut(date(2025, 12, 4)))
    assert backtest(early, evidence) is None
    assert backtest(early, None) is None


def test_what_is_read_from_a_skill_follows_its_interval(desk: Desk, evidence: Evidence) -> None:
    """Better, open or worse by the interval; the longest horizon is unbroken from the shortest."""
    bent = tuple(
        msgspec.structs.replace(one, low=-0.1 if one.horizon >= 126 else 0.01)
        for one in evidence.skills
    )
    found = backtest(desk, msgspec.structs.replace(evidence, skills=bent))
    assert found is not None
    assert found.longest == "d63"
    worse = tuple(msgspec.structs.replace(one, low=-0.3, high=-0.1) for one in evidence.skills)
    lost = backtest(desk, msgspec.structs.replace(evidence, skills=worse))
    assert lost is not None
    assert lost.longest is None
    assert {one.reading for one in lost.rows} == {"worse"}


def test_another_version_is_said(desk: Desk, evidence: Evidence) -> None:
    """Where a model has moved on, the walk is no longer of the models as they are."""
    other = msgspec.structs.replace(evidence, versions={**evidence.versions, "M1a": "0"})
    found = backtest(desk, other)
    assert found is not None
    assert not found.current
