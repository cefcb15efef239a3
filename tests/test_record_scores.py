"""The record: resolving, scoring, correcting, and the protocol of the weights."""

from __future__ import annotations

import itertools
import math
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from forecasts import (
    AS_OF,
    END,
    HASH,
    LEVELS,
    NOW,
    TOUCH,
    account,
    market,
    quantiles,
    rows,
    stated,
    trading_days,
)
from scipy.stats import norm

from reportgen.errors import MissingInputError
from reportgen.record import booking
from reportgen.record.distributions import distribution_scores, tail_breaks
from reportgen.record.events import Touch, Value
from reportgen.record.history import Account, accounts
from reportgen.record.horizons import horizon_class
from reportgen.record.issuing import Issue
from reportgen.record.ledger import FILE, read
from reportgen.record.resolving import settle
from reportgen.record.rows import Corrected, Issued, Resolution, Resolved
from reportgen.record.scoreboard import (
    ALL,
    ENOUGH,
    ProbabilityScore,
    common,
    counts,
    probability_scores,
    reliability,
)
from reportgen.record.statement import Statement
from reportgen.record.weights import NEEDED, weight_check

LATER = date(2024, 6, 3)
EDITIONS = [f"{year}-{month:02}" for year in range(2000, 2030) for month in range(1, 13)]
INDEX = "nasdaq_composite"


def _many(count: int, p: float, *, came: int, **more: Any) -> list[Account]:
    """Return so many decided statements of one probability, the first of which came."""
    return [
        account(stated(p=p, edition=EDITIONS[place], **more), came=place < came)
        for place in range(count)
    ]


def _row(found: list[Account], forecaster: str = "model", scope: str = "due") -> ProbabilityScore:
    table = probability_scores(found, LATER)
    return next(
        one for one in table if (one.forecaster, one.scope, one.horizon) == (forecaster, scope, ALL)
    )


# -- known answers ---------------------------------------------------------------------------


def test_a_constant_at_the_base_rate_scores_p_times_its_rest() -> None:
    """Brier of constant p at the base rate is p (1 - p); the log score of one half is ln 2."""
    found = _row(_many(40, 0.25, came=10))
    assert found.brier == pytest.approx(0.25 * 0.75, abs=1e-12)
    assert (found.statements, found.events, found.share, found.mean) == (40, 10, 0.25, 0.25)
    assert _row(_many(2, 0.5, came=1)).log == pytest.approx(math.log(2.0), abs=1e-12)


def test_skill_is_measured_against_the_stored_climatology() -> None:
    """1 - .0625 / .25 = .75, by hand; statements without climatology enter no skill."""
    found = [
        account(stated(p=0.25, climatology_p=0.5), came=False),
        account(stated(p=0.9, edition="2024-02"), came=False),
    ]
    score = _row(found)
    assert score.skill == pytest.approx(0.75, abs=1e-12)
    assert (score.statements, score.compared) == (2, 1)
    assert score.base_brier == pytest.approx(0.25)
    assert score.base_log == pytest.approx(math.log(2.0))


def test_murphys_terms_add_up() -> None:
    """Binned Brier = reliability - resolution + uncertainty to 1e-12 (Murphy 1973)."""
    random = np.random.default_rng(1)
    found = [
        account(stated(p=float(p), edition=EDITIONS[n]), came=bool(random.random() < p))
        for n, p in enumerate(random.uniform(0.05, 0.95, 60))
    ]
    terms = _row(found).murphy
    assert terms is not None
    total = terms.reliability - terms.resolution + terms.uncertainty
    assert terms.binned_brier == pytest.approx(total, abs=1e-12)


def test_true_quantiles_cover_as_stated_and_spread_evenly() -> None:
    """Normal quantiles of normal values: coverage .8 and .5, an even histogram, no skill."""
    random = np.random.default_rng(2)
    five = quantiles(*(100.0 + norm.ppf(LEVELS)))
    found = [
        account(
            stated(Value("sp500"), quantiles=five, climatology_quantiles=five, edition=edition),
            value=100.0 + float(random.standard_normal()),
        )
        for edition in EDITIONS[:300]
    ]
    (score,) = [one for one in distribution_scores(found) if one.horizon == ALL]
    assert score.wide == pytest.approx(0.8, abs=0.06)
    assert score.narrow == pytest.approx(0.5, abs=0.07)
    assert score.skill == pytest.approx(0.0, abs=1e-12)
    assert score.coverage.test.p_value > 0.05
    assert score.pit.p_value > 0.05
    assert (score.stated_wide, score.stated_narrow) == pytest.approx((0.8, 0.5))


def test_sharper_true_quantiles_have_skill() -> None:
    """Half the climatology's width around the value gives half its CRPS: a skill of one half."""
    found = [
        account(
            stated(
                Value(series),
                quantiles=quantiles(*(size * one for one in (-1.0, -0.5, 0.0, 0.5, 1.0))),
                climatology_quantiles=quantiles(*(size * one for one in (-2.0, -1.0, 0, 1.0, 2.0))),
            ),
            value=0.0,
        )
        for series, size in (("sp500", 1.0), ("bitcoin", 1_000.0))
    ]
    assert {round(one.skill or 0, 12) for one in distribution_scores(found)} == {0.5}


def test_breaks_of_the_lowest_quantile_are_tested_in_order() -> None:
    """One break in ten of a 10 % quantile: Kupiec's ratio is 0; Christoffersen sees the order."""
    five = quantiles(1.0, 2.0, 3.0, 4.0, 5.0)
    found = [
        account(
            stated(Value(INDEX), quantiles=five, climatology_quantiles=five, as_of=day, start=day),
            value=0.5 if place == 4 else 3.0,
        )
        for place, day in enumerate(AS_OF + timedelta(days=n) for n in range(10))
    ]
    found.reverse()
    tests = tail_breaks(found, INDEX, 21, LATER)
    assert tests is not None
    assert tests.unconditional.test.statistic == pytest.approx(0.0, abs=1e-12)
    assert tests.transitions == (7, 1, 1, 0)
    assert tail_breaks(found, "sp500", 21, LATER) is None


def test_calibrated_statements_lie_in_the_band() -> None:
    """Outcomes drawn with the stated probability: most of the curve lies inside the 90 % band."""
    inside, chances = [], []
    for seed in range(12):
        random = np.random.default_rng(seed)
        found = [
            account(stated(p=float(p), edition=EDITIONS[n]), came=bool(random.random() < p))
            for n, p in enumerate(random.uniform(0.0, 1.0, 100))
        ]
        drawn = reliability(found, "model", LATER)
        assert drawn is not None
        assert drawn.forecasts == 100
        inside.append(drawn.consistent_share)
        chances.append(drawn.p_value)
    assert np.mean(inside) > 0.8
    assert np.mean(np.array(chances) < 0.05) <= 3 / 12  # more in one of a hundred and fifty trials
    assert reliability(found, "model", LATER) == drawn


def test_too_few_statements_make_no_diagram() -> None:
    """Below thirty there is no curve and no decomposition, only the mean scores."""
    few = _many(ENOUGH - 1, 0.2, came=3)
    assert reliability(few, "model", LATER) is None
    assert _row(few).murphy is None


# -- sets ------------------------------------------------------------------------------------


def test_an_early_event_is_resolved_but_not_due() -> None:
    """It counts in the set of all resolved at once, in the set of all due on its last day."""
    soon = account(stated(p=0.2, edition="2024-02"), came=False)
    late = account(stated(p=0.2, horizon_end=date(2024, 12, 30)), came=True)
    assert _row([soon, late], scope="resolved").statements == 2
    assert _row([soon, late], scope="due").statements == 1
    assert _row([soon, late], scope="resolved").share == 0.5


@pytest.mark.parametrize(
    ("days", "horizon"),
    [(1, 5), (5, 5), (10, 5), (11, 21), (21, 21), (61, 63), (100, 126), (246, 252), (300, 252)],
)
def test_a_horizon_counts_to_the_nearest_by_ratio(days: int, horizon: int) -> None:
    """Eleven days are nearer to a month than to a week: 21 / 11 < 11 / 5."""
    assert horizon_class(days) == horizon


def test_forecasters_are_compared_on_what_each_of_them_stated() -> None:
    """Beside the house stand only those statements of the others that it made too."""
    both = [
        account(stated(p=0.3), came=False),
        account(stated(p=0.45, forecaster="house", model="house"), came=False),
        account(stated(p=0.2, forecaster="climatology", model="M1e"), came=False),
    ]
    alone = account(stated(Touch("sp500", 1.0, "below"), 0.01), came=False)
    bare = account(
        stated(Touch("sp500", 2.0, "below"), None, forecaster="house", model="house"), came=False
    )
    shared = common([*both, alone, bare], "house")
    assert {one.statement.id for one in shared} == {one.statement.id for one in both}


def test_what_is_stated_without_a_probability_is_told_and_not_scored() -> None:
    """A bare view is decided and counted, and enters no mean."""
    found = [account(stated(p=None, forecaster="house", model="house"), came=False)]
    assert counts(found).bare == counts(found).decided == 1
    assert probability_scores(found, LATER) == ()


# -- resolving -------------------------------------------------------------------------------


DAYS = trading_days(AS_OF, 22)


def _made(*more: Statement) -> tuple[Statement, ...]:
    levels = (
        stated(TOUCH, 0.2, climatology_p=0.4),
        stated(Touch(INDEX, 800.0, "below"), 0.05),
        stated(Touch("sp500", 800.0, "below"), 0.05),
    )
    return (*levels, *more)


def test_resolving_decides_what_the_figures_decide() -> None:
    """A touched level is resolved at once; the rest waits; an overdue series is named."""
    closes = [1_000.0, 880.0, 1_000.0]
    early = settle(rows(*map(Issued, _made())), market(closes, DAYS[:3]))
    assert [one.id for one in early.resolved] == [_made()[0].id]
    found = early.resolved[0].resolution
    assert (found.outcome, found.day, found.as_of) == (True, DAYS[1], DAYS[2])
    assert found.scores.brier == pytest.approx(0.64)
    assert found.scores.base_brier == pytest.approx(0.36)
    assert early.overdue == ()
    late = settle(rows(*map(Issued, _made())), market([*closes, *[1_000.0] * 19], DAYS))
    assert [one.resolution.outcome for one in late.resolved] == [True, False]
    assert [one.reason for one in late.overdue] == ["not_published_yet"]


def test_what_figures_will_never_decide_is_void() -> None:
    """A series that stopped is void with its reason after a quarter, and is not scored."""
    end = END + timedelta(days=93)
    late = settle(rows(Issued(_made()[2])), market([1_000.0] * 22, DAYS, as_of=end))
    (one,) = late.resolved
    assert (one.resolution.state, one.resolution.reason) == ("void", "series_stopped")
    (found,) = accounts(rows(Issued(_made()[2]), one))
    assert counts([found]).void == 1
    assert not found.decided


def test_an_earlier_snapshot_leaves_later_statements_alone() -> None:
    """Figures as of a day before the statement decide nothing of it."""
    early = market([1_000.0], [trading_days(date(2023, 12, 1), 1)[0]])
    assert settle(rows(*map(Issued, _made())), early).resolved == ()


# -- the record as it stood -------------------------------------------------------------------


def _history() -> list[Issued | Resolved | Corrected]:
    first, second = stated(), stated(as_of=LATER, start=LATER, horizon_end=date(2024, 7, 3))
    found = account(first, came=True).resolution
    assert found is not None
    return [Issued(first), Resolved(first.id, found), Issued(second)]


def test_nothing_later_than_the_as_of_date_is_seen() -> None:
    """Issued later: not there. Resolved later: open. Corrected later: as it was."""
    history = _history()
    first = accounts(rows(*history), END - timedelta(days=1))
    assert [one.open for one in first] == [True]
    assert [one.decided for one in accounts(rows(*history), END)] == [True]
    assert len(accounts(rows(*history), LATER)) == len(accounts(rows(*history))) == 2
    fixed = [*history, Corrected(first[0].statement.id, LATER, "Wrong series.")]
    assert [one.withdrawn for one in accounts(rows(*fixed), END)] == [False]
    assert accounts(rows(*fixed), LATER)[0].withdrawn


def test_at_no_day_does_a_later_row_change_what_was_known() -> None:
    """Cutting the ledger's later rows off changes nothing seen at a day, for every day."""
    history = rows(*_history())
    for day, kept in itertools.product((AS_OF, END, LATER), range(4)):
        known = accounts(history, day)
        if len(accounts(history[:kept], day)) == len(known) and kept >= 2:
            assert accounts(history[:kept], day) == known


def test_a_statement_written_down_late_is_called_so() -> None:
    """What is put on record more than a month after its date is a reconstruction."""
    made = [Issued(stated())]
    assert accounts(rows(*made))[0].reconstructed
    in_time = datetime(2024, 1, 20, tzinfo=UTC)
    assert not accounts(rows(*made, written=in_time))[0].reconstructed
    assert counts(accounts(rows(*made))).late == 1


# -- booking ---------------------------------------------------------------------------------


def test_an_edition_is_issued_once(tmp_path: Path) -> None:
    """The same edition again adds nothing; from other figures it is refused."""
    path, snapshot = tmp_path / FILE, market([1_000.0, 990.0], DAYS[:2])
    first = booking.issue(path, Issue(_made(), ()), snapshot, NOW)
    assert (len(first.issued), first.held, first.refused) == (3, 0, ())
    again = booking.issue(path, Issue(_made(), ()), snapshot, NOW)
    assert (len(again.issued), again.held, again.refused) == (0, 3, ())
    other = tuple(stated(Touch(INDEX, 700.0 + n, "below"), data_hash="1" * 64) for n in range(2))
    refused = booking.issue(path, Issue(other, ()), snapshot, NOW)
    assert (len(refused.issued), refused.refused) == (0, ("2024-01 model",))
    assert len(read(path).rows) == 3


def test_an_edition_that_was_cut_short_is_completed(tmp_path: Path) -> None:
    """After a stop in the middle, issuing again from the same figures adds what is missing."""
    path, snapshot = tmp_path / FILE, market([1_000.0, 990.0], DAYS[:2])
    booking.issue(path, Issue(_made(), ()), snapshot, NOW)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    found = booking.issue(path, Issue(_made(), ()), snapshot, NOW)
    assert found.cut > 0
    assert path.read_bytes() == whole


def test_a_standing_view_of_the_house_is_put_on_record_once(tmp_path: Path) -> None:
    """Later editions repeat it from later figures; that is no conflict and adds nothing."""
    path, snapshot = tmp_path / FILE, market([1_000.0, 990.0], DAYS[:2])
    view = stated(p=0.45, forecaster="house", model="house")
    booking.issue(path, Issue((view,), ()), snapshot, NOW)
    later = stated(
        p=0.45, forecaster="house", model="house", data_hash="1" * 64, horizon_end=date(2024, 2, 2)
    )
    found = booking.issue(path, Issue((later,), ()), snapshot, NOW)
    assert (found.issued, found.refused) == ((), ())


def test_due_statements_are_resolved_before_new_ones_are_issued(tmp_path: Path) -> None:
    """The rows stand in that order."""
    path = tmp_path / FILE
    booking.issue(path, Issue((stated(),), ()), market([1_000.0], DAYS[:1]), NOW)
    new = stated(edition="2024-02", as_of=END, start=END, horizon_end=LATER)
    booking.issue(path, Issue((new,), ()), market([1_000.0] * 22, DAYS), NOW)
    kinds = [type(row.entry).__name__ for row in read(path).rows]
    assert kinds == ["Issued", "Resolved", "Issued"]


def test_resolving_twice_adds_nothing(tmp_path: Path) -> None:
    """What is decided stays decided."""
    path, snapshot = tmp_path / FILE, market([1_000.0] * 22, DAYS)
    booking.issue(path, Issue((stated(),), ()), market([1_000.0], DAYS[:1]), NOW)
    assert len(booking.resolve(path, snapshot, NOW).settlement.resolved) == 1
    before = path.read_bytes()
    assert booking.resolve(path, snapshot, NOW).settlement.resolved == ()
    assert path.read_bytes() == before


def test_a_correction_is_a_new_row(tmp_path: Path) -> None:
    """The rows before stay; the last word counts; an unknown id is refused."""
    path = tmp_path / FILE
    booking.issue(path, Issue((stated(),), ()), market([1_000.0], DAYS[:1]), NOW)
    booking.resolve(path, market([1_000.0] * 22, DAYS), NOW)
    before = path.read_bytes()
    other = Resolution(as_of=END, data_hash=HASH, state="decided", day=END, outcome=True)
    after = booking.correct(path, stated().id, "The close was revised.", END, NOW, other)
    assert path.read_bytes().startswith(before)
    (found,) = accounts(after.rows)
    assert found.corrected
    assert found.resolution == other
    (gone,) = accounts(booking.correct(path, stated().id, "Withdrawn.", END, NOW).rows)
    assert gone.withdrawn
    assert not gone.decided
    with pytest.raises(MissingInputError, match="no statement nonsense"):
        booking.correct(path, "nonsense", "?", END, NOW)


# -- the protocol of the weights ---------------------------------------------------------------


def _pairs(count: int, new: float) -> list[Account]:
    old = [
        account(stated(p=0.3, edition=edition), came=False)
        for edition in itertools.islice(EDITIONS, count)
    ]
    challenger = [
        account(stated(p=new, edition=edition, model="M16"), came=False)
        for edition in itertools.islice(EDITIONS, count)
    ]
    return [*old, *challenger]


@pytest.mark.parametrize(
    ("count", "new", "walk_forward", "allowed"),
    [
        (NEEDED, 0.2, True, True),
        (NEEDED - 1, 0.2, True, False),
        (NEEDED, 0.3, True, False),
        (NEEDED, 0.4, True, False),
        (NEEDED, 0.2, False, False),
        (0, 0.2, True, False),
    ],
)
def test_weights_change_only_by_the_protocol(
    count: int,
    new: float,
    walk_forward: bool,  # noqa: FBT001
    allowed: bool,  # noqa: FBT001
) -> None:
    """At least 120 shared 21-day statements, a lower score on them, and on the walk-forward."""
    found = weight_check(_pairs(count, new), "M1", "M16", walk_forward=walk_forward)
    assert found.allowed is allowed
    assert found.shared == count


def test_other_horizons_do_not_count_towards_the_weights() -> None:
    """A year of overlapping twelve-month statements is no evidence at one month."""
    found = [
        account(stated(p=0.3, edition=edition, model=model, horizon=252), came=False)
        for edition in EDITIONS[:NEEDED]
        for model in ("M1", "M16")
    ]
    assert weight_check(found, "M1", "M16", walk_forward=True).shared == 0
