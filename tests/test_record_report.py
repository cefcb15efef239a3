"""The section "Forecast record": drawn from the ledger as it stood, in every language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest
from forecasts import HASH, quantiles, rows, stated
from pages import figures_of, html_of, prose_of

from reportgen.assess import with_record
from reportgen.assess.record import CHART, record, record_charts
from reportgen.facts import figures
from reportgen.facts.files import from_json, to_json
from reportgen.record.events import (
    DateIn,
    Decision,
    Drawdown,
    Event,
    Fall,
    Move,
    Term,
    Touch,
    Value,
)
from reportgen.record.history import accounts
from reportgen.record.ledger import Ledger
from reportgen.record.resolving import scores
from reportgen.record.rows import Corrected, Entry, Issued, Resolution, Resolved
from reportgen.record.sessions import session_after
from reportgen.record.statement import Statement
from reportgen.record.verdict import Decided

if TYPE_CHECKING:
    from reportgen.facts.assessment import Assessment

AS_OF, WINDOW_END = date(2025, 12, 5), date(2026, 11, 30)
MONTHS = [date(2025, month, 3) for month in range(2, 12)]
EVENTS: tuple[Event, ...] = (
    Fall("nasdaq_composite", 0.10, 10),
    Drawdown("nasdaq_composite", 0.20, 252),
    Touch("nasdaq_composite", 15_200.0, "below"),
    Touch("vix", 25.0, "above"),
    Touch("federal_debt", 41_000_000.0, "above"),
    Move((Term("fed_total_assets"),), 0.0, "above"),
    DateIn("x_date", "federal_debt", 41_000_000.0),
    Decision("effr", date(2025, 3, 19), "cut"),
)
LANGUAGES = ("zh", "ja", "en")


def _ledger(*entries: Entry, written: datetime | None = None) -> Ledger:
    found = rows(*entries, written=written or datetime(2025, 12, 8, tzinfo=UTC))
    return Ledger(found, tuple(f"{row.number:064x}" for row in found))


def _resolved(one: Statement, *, came: bool | None = None, value: float | None = None) -> Resolved:
    decided = Decided(one.horizon_end, came, value, ())
    return Resolved(
        one.id,
        Resolution(
            as_of=one.horizon_end,
            data_hash=HASH,
            state="decided",
            day=one.horizon_end,
            outcome=came,
            value=value,
            scores=scores(one, decided),
        ),
    )


def _stated(event: Event, day: date, sessions: int = 21, **more: object) -> Statement:
    fields = {
        "edition": f"{day:%Y-%m}",
        "issued_at": datetime(day.year, day.month, day.day, 23, tzinfo=UTC),
        "as_of": day,
        "start": day,
        "horizon": sessions,
        "horizon_end": session_after(day, sessions),
        "climatology_p": None if isinstance(event, Value) else 0.3,
    }
    return stated(event, **(fields | more))  # type: ignore[arg-type]


def _year(seed: int = 4) -> list[Entry]:
    """Return ten editions of a calibrated model, a house, and quantiles, all of them decided."""
    random = np.random.default_rng(seed)
    made: list[Entry] = []
    five = quantiles(-2.0, -1.0, 0.0, 1.0, 2.0)
    for day in MONTHS:
        for event in EVENTS:
            p, came = float(random.uniform(0.05, 0.6)), bool(random.random() < 0.3)
            one = _stated(event, day, p=p)
            house = _stated(event, day, p=0.4, forecaster="house", model="house")
            made += [Issued(one), Issued(house), _resolved(one, came=came)]
            made.append(_resolved(house, came=came))
        spread = _stated(Value("sp500"), day, quantiles=five, climatology_quantiles=five)
        made += [Issued(spread), _resolved(spread, value=float(random.standard_normal()))]
    return made


def _waiting() -> list[Entry]:
    return [Issued(_stated(event, AS_OF, 63, p=0.2)) for event in EVENTS]


# -- states ----------------------------------------------------------------------------------


def test_without_a_ledger_the_record_is_empty() -> None:
    """December 2025 opens the record; any other month has no track record to show."""
    first = record("2025-12", AS_OF, WINDOW_END, Ledger())
    assert (first.state, first.counts, first.head) == ("first", None, "")
    assert record("2026-01", date(2026, 1, 2), WINDOW_END, Ledger()).state == "unscored"
    assert record_charts(AS_OF, Ledger()) == ()


def test_statements_come_due_on_trading_days() -> None:
    """21 sessions after 5 December 2025 is 7 January 2026 (NYSE: two holidays between)."""
    due = {one.code: one for one in record("2025-12", AS_OF, WINDOW_END, Ledger()).due}
    assert due["21"].day.day == date(2026, 1, 7)
    assert due["252"].day.day == date(2026, 12, 8)
    assert (due["window"].day.day, due["window"].horizon.value) == (WINDOW_END, 246)


def test_statements_that_wait_are_counted_and_not_scored() -> None:
    """Nothing is due: the day of the next, no score, no diagram."""
    found = record("2025-12", AS_OF, WINDOW_END, _ledger(*_waiting()))
    assert found.state == "waiting"
    assert found.counts is not None
    assert (found.counts.issued.value, found.counts.waiting.value) == (8, 8)
    assert found.own.value == 8
    assert found.next_due is not None
    assert found.next_due.day == session_after(AS_OF, 63)
    assert (found.probabilities, found.judged) == ((), ())


def test_a_decided_record_is_scored() -> None:
    """Ten months: every forecaster, the model by horizon, the house beside it, the worst first."""
    found = record("2025-12", AS_OF, WINDOW_END, _ledger(*_year(), *_waiting()))
    assert found.state == "scored"
    assert [one.code for one in found.probabilities] == ["model_all", "house_all", "model_21"]
    score = found.score("model_all")
    assert score is not None
    assert score.skill is not None
    assert score.base_brier is not None
    assert score.skill.value == pytest.approx(1 - score.brier.value / score.base_brier.value)
    assert score.statements.value == len(EVENTS) * len(MONTHS)
    assert [one.code for one in found.shared] == ["model_all", "house_all"]
    spread = found.distribution("model_all")
    assert spread is not None
    assert spread.statements.value == len(MONTHS)
    costs = [one.brier.value for one in found.judged]
    assert costs == sorted(costs, reverse=True)
    assert found.terms is not None


def test_what_was_written_down_late_is_told() -> None:
    """A record put together afterwards says so of every statement."""
    late = record("2025-12", AS_OF, WINDOW_END, _ledger(*_year()))
    assert late.counts is not None
    assert late.counts.late.value > 0
    soon = _ledger(*_waiting(), written=datetime(2025, 12, 8, tzinfo=UTC))
    prompt = record("2025-12", AS_OF, WINDOW_END, soon).counts
    assert prompt is not None
    assert prompt.late.value == 0


# -- nothing later is seen -----------------------------------------------------------------------


def test_later_rows_change_no_earlier_edition() -> None:
    """At several days: the record of the whole ledger is that of the rows known by then."""
    entries: Sequence[Entry] = [*_year(), *_waiting()]
    entries = [*entries, Corrected(_stated(EVENTS[0], MONTHS[0]).id, AS_OF, "Withdrawn.")]
    whole = _ledger(*entries)
    for day in (date(2025, 2, 3), date(2025, 5, 16), date(2025, 9, 30), AS_OF):
        known = {one.statement.id for one in accounts(whole.rows, day)}
        kept = [
            entry
            for entry in entries
            if (isinstance(entry, Issued) and entry.statement.id in known)
            or (isinstance(entry, Resolved) and entry.resolution.as_of <= day)
            or (isinstance(entry, Corrected) and entry.as_of <= day)
        ]
        period, end = f"{day:%Y-%m}", day + timedelta(days=300)
        seen = record(period, day, end, whole)
        alone = record(period, day, end, _ledger(*kept))
        for one in ("state", "counts", "probabilities", "distributions", "judged", "next_due"):
            assert getattr(seen, one) == getattr(alone, one), (day, one)
        assert record_charts(day, whole) == record_charts(day, _ledger(*kept))


# -- in the report -------------------------------------------------------------------------------


def test_the_record_is_laid_into_a_finished_assessment(assessment: Assessment) -> None:
    """Its own figures stay; the record's carry their place as key; it survives the file."""
    found = with_record(assessment, _ledger(*_year()))
    assert found.probabilities == assessment.probabilities
    assert CHART in found.charts
    assert CHART not in with_record(assessment, Ledger()).charts
    keys = [one.key for one in figures(found.back.record)]
    assert all(key.startswith("back.record.") for key in keys)
    assert len(set(keys)) == len(keys)
    assert from_json(to_json(found)) == found


@pytest.fixture(scope="module")
def pages(assessment: Assessment) -> dict[tuple[str, str], str]:
    """The report with a scored record, a waiting one, and a short one without a house view."""
    alone = [one for one in _year() if "house" not in _id(one)]
    ledgers = {
        "scored": _ledger(*_year(), *_waiting()),
        "waiting": _ledger(*_waiting()),
        "few": _ledger(*alone[:6]),
    }
    # Drawing takes longer than all the rest; this chart's data is printed as a table.
    few = {"capex": assessment.charts["capex"]}
    bare = msgspec.structs.replace(assessment, charts=few)
    return {
        (state, code): html
        for state, ledger in ledgers.items()
        for code, html in html_of(with_record(bare, ledger)).items()
    }


def _id(entry: Entry) -> str:
    return entry.statement.id if isinstance(entry, Issued) else entry.id


SENTENCES = {
    ("waiting", "en"): "8 statements on record, none decided yet",
    ("waiting", "zh"): "已记录8项判断，尚无一项揭晓",
    ("waiting", "ja"): "記録した予測は8件、判定済みはまだない",
    ("scored", "en"): "What was stated, what came, and how far off that was",
    ("scored", "zh"): "所述概率、实际结果与偏差",
    ("scored", "ja"): "示した確率、起きたこと、そのずれ",
    ("few", "en"): "too few to judge by",
    ("few", "zh"): "尚不足以评判",
    ("few", "ja"): "評価にはまだ少ない",
}


@pytest.mark.parametrize(("state", "code"), SENTENCES)
def test_the_section_says_what_the_ledger_holds(
    pages: dict[tuple[str, str], str], state: str, code: str
) -> None:
    """Each state has its own words in each language."""
    assert SENTENCES[state, code] in prose_of(pages[state, code])


def test_languages_agree_in_every_figure_of_the_record(
    pages: dict[tuple[str, str], str],
) -> None:
    """The same figures by key and value stand in all languages."""
    for state in ("scored", "waiting", "few"):
        printed = [
            {
                key: {value for value, _ in pairs}
                for key, pairs in figures_of(pages[state, code]).items()
                if key.startswith("back.record.")
            }
            for code in LANGUAGES
        ]
        assert printed[0]
        assert printed[0] == printed[1] == printed[2]


def test_a_record_without_a_house_speaks_of_none(pages: dict[tuple[str, str], str]) -> None:
    """The house is named in the record only where its statements stand in it."""

    def section(state: str) -> str:
        text = prose_of(pages[state, "en"])
        start = text.index("the record has taken in")
        return text[start : text.index("What each figure counts", start)]

    assert "house view" in section("scored")
    assert "House view" in section("scored")
    assert "ouse view" not in section("few")
