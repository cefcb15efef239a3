"""The backtest: no look-ahead, resumable, scored by what happened, and what it writes."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date
from pathlib import Path

import msgspec
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from made_up import wandering

from reportgen import backtest
from reportgen.backtest import report, scoring
from reportgen.backtest.bars import Bar, bars
from reportgen.backtest.history import Histories, from_arch
from reportgen.backtest.origin import WalkSettings
from reportgen.backtest.report import summary
from reportgen.backtest.rows import OriginRow
from reportgen.backtest.walk import Walk, at_origin, key_of, walk
from reportgen.cli import main
from reportgen.errors import DataError
from reportgen.models.path_events import Implied
from reportgen.models.pool_members import versions

SMALL = WalkSettings(paths=300, draws=2, draw_paths=50)


@pytest.fixture(scope="module")
def histories() -> Histories:
    """Nine made-up years of an index with falls, an S&P 500 and a VIX."""
    closes = wandering(2_340, seed=12, deviation=0.016)
    vix = pd.Series(18.0 + 6.0 * np.sin(np.arange(2_340) / 40.0), index=closes.index, name="vix")
    return Histories("made up", closes, Implied(vix, None, closes**0.7))


@pytest.fixture(scope="module")
def walked(histories: Histories, tmp_path_factory: pytest.TempPathFactory) -> Walk:
    """Three years of month ends, walked."""
    origins = histories.origins(date(2005, 6, 1))[:36]
    folder = tmp_path_factory.mktemp("walk")
    return walk(histories, origins, SMALL, folder, 1, lambda done, of: None)


def silent(done: int, of: int) -> None:
    """Take what is told of the progress."""


def test_origins_are_complete_months_only(histories: Histories) -> None:
    """The last, unfinished month is no origin, nor one with fewer closes than a fit needs."""
    origins = histories.origins()
    days = histories.closes.index
    assert origins[-1] < days[-1].date().replace(day=1)
    assert (days <= pd.Timestamp(origins[0])).sum() >= 1_001
    assert histories.origins(date(2006, 1, 1))[0] == date(2006, 1, 31)


def test_a_row_knows_nothing_of_the_future(histories: Histories) -> None:
    """Scrambling everything after the next month end changes no byte of a row."""
    random = np.random.default_rng(3)
    days = histories.closes.index
    for day in random.choice(np.array(histories.origins()[:-2]), 4, replace=False):
        later = days > pd.Timestamp(day) + pd.offsets.MonthEnd(1)
        closes = histories.closes.copy()
        closes[later] = closes[later].to_numpy()[::-1] * 3.0
        other = replace(histories, closes=closes)
        row = at_origin(histories, day, SMALL)
        assert msgspec.json.encode(at_origin(other, day, SMALL)) == msgspec.json.encode(row)


def test_events_know_nothing_of_the_next_month(histories: Histories) -> None:
    """Only the one-day forecasts see the next month, each after the fact; the rest does not."""
    day = histories.origins()[10]
    cut = at_origin(histories.until(day), day, SMALL)
    whole = at_origin(histories, day, SMALL)
    assert cut.events == whole.events
    assert cut.month == whole.month
    assert {len(one.below_1) for one in cut.days} == {0}
    assert all(20 <= len(one.below_1) <= 23 for one in whole.days)


def test_a_row_is_what_the_edition_of_that_day_prints(histories: Histories) -> None:
    """The pool of a row is the event table of the published model, to the byte."""
    from reportgen.backtest.origin import HORIZONS, MONTH
    from reportgen.models.path_events import WINDOWS, PathSettings, path_events
    from reportgen.models.path_tables import event_estimate

    day = histories.origins()[20]
    run = path_events(
        histories.closes,
        day,
        PathSettings(
            paths=SMALL.paths,
            horizons=(MONTH, *HORIZONS),
            windows=tuple(one for one in WINDOWS if one.pooled),
            draws=0,
        ),
        implied=histories.implied,
    )
    for row in at_origin(histories, day, SMALL).events:
        found = event_estimate(run, row.event, row.horizon).estimate
        assert found is not None
        assert row.pool == found.point


def test_a_stopped_walk_goes_on_where_it_was(histories: Histories, tmp_path: Path) -> None:
    """Rows that are there are not made again; a line cut off in mid-air is; the result is one."""
    origins = histories.origins()[:4]
    first = walk(histories, origins[:2], SMALL, tmp_path, 1, silent)
    path = next(tmp_path.glob("origins-*.jsonl"))
    with path.open("ab") as file:
        file.write(b'\n{"origin": "2004-')
    told: list[tuple[int, int]] = []
    again = walk(histories, origins, SMALL, tmp_path, 1, lambda done, of: told.append((done, of)))
    assert told == [(2, 4), (3, 4), (4, 4)]
    assert again.rows[:2] == first.rows
    assert again.rows == walk(histories, origins, SMALL, tmp_path / "other", 1, silent).rows


def test_two_processes_walk_to_the_same_rows(histories: Histories, tmp_path: Path) -> None:
    """The number of processes changes no byte."""
    origins = histories.origins()[:3]
    alone = walk(histories, origins, SMALL, tmp_path / "one", 1, silent)
    assert walk(histories, origins, SMALL, tmp_path / "two", 2, silent).rows == alone.rows


def test_other_figures_or_settings_have_another_name(histories: Histories) -> None:
    """A walk is never continued with rows of other figures or other settings."""
    key = key_of(histories, SMALL)
    closes = histories.closes.copy()
    closes.iloc[5] += 0.01
    assert key_of(replace(histories, closes=closes), SMALL) != key
    assert key_of(histories, replace(SMALL, paths=301)) != key
    assert key_of(histories, replace(SMALL)) == key


def perfect(walked: Walk) -> Walk:
    """Return the walk as if every forecaster had known what came."""
    card = scoring.scorecard(walked, {})
    assert card.events
    rows = []
    for row in walked.rows:
        events = []
        for one in row.events:
            cases = scoring._cases(walked, one.event, one.horizon)
            known = dict(zip(cases.origins, cases.came.tolist(), strict=True))
            chance = float(known.get(row.origin, one.pool))
            events.append(msgspec.structs.replace(one, pool=chance, paths=chance))
        rows.append(msgspec.structs.replace(row, events=tuple(events)))
    return replace(walked, rows=tuple(rows))


def test_scores_are_those_of_what_happened(walked: Walk) -> None:
    """A forecaster who knew the outcome has skill one, and climatology against itself none."""
    known = scoring.scorecard(perfect(walked), {})
    for one in known.events:
        assert one.skill["pool"].skill == pytest.approx(1.0)
        assert one.brier == pytest.approx(0.0)
    for one in scoring.scorecard(walked, {}).events:
        assert one.origins <= 36
        assert one.events <= one.origins
        assert one.reliability - one.resolution + one.uncertainty >= 0.0
        assert sum(point.forecasts for point in one.points) == one.origins


def test_windows_that_are_not_over_are_not_scored(histories: Histories, walked: Walk) -> None:
    """Cutting the history drops the last origins from the scores of long horizons first."""
    short = replace(walked, histories=histories.until(walked.rows[-1].origin))
    found = {
        one.horizon: one.origins for one in scoring.scorecard(short, {}).events if one.event == "F1"
    }
    assert found[21] > found[63] > found.get(126, 0)


def test_one_day_violations_are_counted_after_the_fact(histories: Histories) -> None:
    """A crash the day after the origin is one violation on that day, and only then."""
    day = histories.origins()[12]
    place = int(histories.closes.index.searchsorted(pd.Timestamp(day))) + 1
    closes = histories.closes.copy()
    closes.iloc[place:] *= 0.80
    row = at_origin(replace(histories, closes=closes), day, SMALL)
    for one in row.days:
        assert one.below_1.startswith("1")
        assert one.below_1.count("1") <= 2


def test_a_bar_is_cleared_or_missed() -> None:
    """A bar holds at its bound; what could not be measured does not."""
    assert Bar("a", 0.15, 0.15).holds
    assert not Bar("a", 0.149, 0.15).holds
    assert Bar("a", 0.06, 0.06, at_most=True).holds
    assert not Bar("a", float("nan"), -1.0).holds


def test_bars_are_asked_of_long_walks_and_of_the_offline_data(walked: Walk) -> None:
    """Three made-up years are held to nothing; the offline data to four bars."""
    card = scoring.scorecard(walked, {})
    assert bars(card) == ()
    assert len(bars(msgspec.structs.replace(card, name="arch data sets"))) == 4


def test_a_short_history_is_refused_in_one_sentence(tmp_path: Path) -> None:
    """Five years leave too few origins to score."""
    short = Histories("short", wandering(1_300), Implied())
    with pytest.raises(DataError, match="24 are needed"):
        backtest.run(short, first=None, paths=100, folder=tmp_path, jobs=1, progress=silent)


def test_what_is_written_can_be_read(
    histories: Histories, walked: Walk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """JSON of all scores, two tables, a text and a diagram for each event and horizon."""
    card = scoring.scorecard(walked, versions())
    report.write(card, tmp_path)
    read = msgspec.json.decode((tmp_path / "scores.json").read_bytes(), type=scoring.Scorecard)
    assert read == card
    assert card.versions["M1g"] == "1"
    assert (tmp_path / "skill.csv").read_text().startswith("event,horizon,forecaster")
    assert "Brier skill" in (tmp_path / "summary.txt").read_text()
    diagrams = sorted(tmp_path.glob("reliability-*.svg"))
    assert len(diagrams) == len(card.events)
    for path in diagrams:
        ET.fromstring(path.read_bytes())
    before = diagrams[0].read_bytes()
    report.write(card, tmp_path)
    assert diagrams[0].read_bytes() == before


def test_the_command_walks_and_answers(
    histories: Histories, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`reportgen backtest` walks, prints the table or JSON, and with --check ends 65 on a miss."""
    cut = replace(from_arch(), closes=histories.closes, implied=histories.implied)
    monkeypatch.setattr("reportgen.backtest.history.from_arch", lambda: cut)
    call = ["backtest", "--data", "arch", "--paths", "1000", "--jobs", "1", "--from", "2006"]
    first = CliRunner().invoke(main, [*call, "--output", str(tmp_path)])
    assert first.exit_code == 0, first.output
    assert "Bars" in first.output
    asked = CliRunner().invoke(main, [*call, "--output", str(tmp_path), "--json", "--check"])
    assert asked.exit_code in (0, 65)
    card = json.loads(asked.output.splitlines()[0])
    assert card["origins"] >= 24
    assert summary(msgspec.convert(card, scoring.Scorecard))


def test_the_offline_closes_are_those_of_the_package() -> None:
    """Nasdaq and S&P 500 closes of 1999 to 2018, no VIX; the first origin is a thousand days in."""
    found = from_arch()
    assert found.closes.index[0].date() == date(1999, 1, 4)
    assert found.closes.index[-1].date() == date(2018, 12, 31)
    assert found.implied.vix is None
    assert found.origins()[0] == date(2002, 12, 31)


def test_rows_are_of_one_line() -> None:
    """An empty row survives its line of JSON."""
    row = OriginRow(date(2020, 1, 31), False, (), (), ())
    assert msgspec.json.decode(msgspec.json.encode(row), type=OriginRow) == row
