"""M1h: the arithmetic of the tilt, its words in three languages, its statements and their gate."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest
from desks import tilted
from forecasts import HASH, rows, stated
from hypothesis import given
from hypothesis import strategies as st
from pages import assessed, figures_of, html_of, prose_of, undrawn

from reportgen.assess import with_record
from reportgen.assess.tilt import tilt
from reportgen.errors import DataError
from reportgen.facts import Assumed, Computed
from reportgen.models.narrative_tilt import CLIPPED, LIMIT, narrative_tilt
from reportgen.models.pooling import HIGHEST, LOWEST
from reportgen.record.history import accounts
from reportgen.record.issuing import issue
from reportgen.record.ledger import Ledger
from reportgen.record.resolving import scores
from reportgen.record.rows import Entry, Issued, Resolution, Resolved
from reportgen.record.tilt import NEEDED, tilt_standing
from reportgen.record.verdict import Decided

if TYPE_CHECKING:
    from reportgen.facts.assessment import Assessment
    from reportgen.house import HouseView
    from reportgen.snapshot import Snapshot

LANGUAGES = ("zh", "ja", "en")
LATER = date(2040, 1, 2)
chances = st.floats(LOWEST, HIGHEST)
shifts = st.floats(-3.0, 3.0)
ROUNDING = 1e-14


# -- the arithmetic --------------------------------------------------------------------------


def test_even_odds_and_the_limit() -> None:
    """0.5 at 0.35 is 1 / (1 + exp(-0.35)) = 0.5866175789, to 1e-12; the ends by the same shift."""
    found = narrative_tilt(0.5, 0.2, 0.8, LIMIT)
    assert found.point == pytest.approx(0.5866175789173301, abs=1e-12)
    for given_, shifted in ((0.5, found.point), (0.2, found.low), (0.8, found.high)):
        odds = given_ / (1.0 - given_) * math.exp(LIMIT)
        assert shifted == pytest.approx(odds / (1.0 + odds), abs=1e-12)
    assert (found.applied, found.clipped, found.diagnostics) == (LIMIT, False, ())


@pytest.mark.parametrize(("shift", "applied"), [(0.8, LIMIT), (-3.0, -LIMIT)])
def test_more_than_the_limit_is_cut_and_told(shift: float, applied: float) -> None:
    """The stated shift is kept beside the one applied, and a code tells of it."""
    found = narrative_tilt(0.4, 0.3, 0.5, shift)
    assert (found.stated, found.applied) == (shift, applied)
    assert found.clipped
    assert found.diagnostics == (CLIPPED,)
    assert found.point == narrative_tilt(0.4, 0.3, 0.5, applied).point


@given(point=chances)
def test_nought_changes_no_byte(point: float) -> None:
    """A shift of nought returns the very numbers it was given."""
    found = narrative_tilt(point, point / 2.0, point, 0.0)
    assert (found.point, found.low, found.high) == (point, point / 2.0, point)


@given(point=chances, shift=shifts)
def test_an_event_and_its_opposite_are_moved_alike(point: float, shift: float) -> None:
    """P tilted by d and 1 - P tilted by -d add to one."""
    one = narrative_tilt(point, point, point, shift).point
    rest = narrative_tilt(1.0 - point, 1.0 - point, 1.0 - point, -shift).point
    assert one + rest == pytest.approx(1.0, abs=1e-12)


@given(point=chances, first=shifts, second=shifts)
def test_a_larger_shift_never_lowers_a_figure(point: float, first: float, second: float) -> None:
    """The tilted figure rises with the shift and stays within the bounds of the pool."""
    low, high = (
        narrative_tilt(point, point, point, shift).point for shift in sorted((first, second))
    )
    assert LOWEST <= low <= high + ROUNDING
    assert high <= HIGHEST


@given(pair=st.tuples(chances, chances), shift=shifts)
def test_nested_events_keep_their_order(pair: tuple[float, float], shift: float) -> None:
    """The narrower of two events is not the likelier one after the same shift."""
    narrow, wide = sorted(pair)
    found = narrative_tilt(narrow, narrow, wide, shift)
    assert found.low == found.point <= found.high
    assert narrative_tilt(wide, wide, wide, shift).point >= found.point - ROUNDING


def test_a_figure_beyond_the_bounds_moves_no_further_out() -> None:
    """The lower end of an interval may be nought: it stays there, and the point at its bound."""
    found = narrative_tilt(LOWEST, 0.0, 0.01, -0.3)
    assert (found.low, found.point) == (0.0, LOWEST)


@pytest.mark.parametrize(
    ("figures", "sentence"),
    [
        ((0.5, 0.6, 0.7, 0.1), "The probability to be tilted must lie between 0.6 and 0.7"),
        ((0.5, 0.4, 1.2, 0.1), "The upper end"),
        ((0.5, -0.1, 0.7, 0.1), "The lower end"),
        ((0.5, 0.4, 0.6, math.nan), "The narrative tilt is not a finite number"),
    ],
)
def test_what_is_no_probability_is_refused(figures: tuple[float, ...], sentence: str) -> None:
    """One sentence names the figure that cannot be used."""
    with pytest.raises(DataError, match=sentence):
        narrative_tilt(*figures)


# -- in the assessment -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def found(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Assessment:
    """The assessment under a house that tilts F1 within the limit and B1 beyond it."""
    view = tilted(tmp_path_factory.mktemp("house"), flash=0.2, bear=-0.8, severe=0.0)
    return undrawn(assessed(snapshot, view, 1_000))


def test_the_tilt_stands_beside_the_model(found: Assessment) -> None:
    """Stated is assumed, the rest computed; the printed figure is the model's as before."""
    flash, bear = (found.probabilities.event(code) for code in ("flash", "bear"))
    assert flash.tilt is not None
    assert bear.tilt is not None
    assert isinstance(flash.tilt.stated.origin, Assumed)
    assert flash.tilt.probability.origin == Computed("M1h", ("nasdaq_composite", "house"))
    model = flash.at("d252")
    assert flash.tilt.probability.value > model.probability.value
    assert flash.tilt.interval.low.value > model.interval.low.value
    assert (flash.tilt.clipped, bear.tilt.clipped) == (False, True)
    assert (bear.tilt.stated.value, bear.tilt.applied.value) == (-0.8, -LIMIT)
    assert found.probabilities.event("severe").tilt is None


def test_nothing_else_moves(found: Assessment, snapshot: Snapshot, house: HouseView) -> None:
    """With the tilts and their card taken out, it is the assessment without them to the byte."""
    plain = undrawn(assessed(snapshot, house, 1_000))
    events = tuple(msgspec.structs.replace(one, tilt=None) for one in found.probabilities.events)
    probabilities = msgspec.structs.replace(found.probabilities, events=events)
    cards = {code: card for code, card in found.back.cards.items() if code != "M1h"}
    bare = msgspec.structs.replace(
        found, probabilities=probabilities, back=msgspec.structs.replace(found.back, cards=cards)
    )
    assert msgspec.json.encode(bare) == msgspec.json.encode(plain)


def test_an_event_that_holds_already_has_no_tilt(found: Assessment, snapshot: Snapshot) -> None:
    """Without a forecast there is nothing to shift."""
    from desks import desk_of

    assert tilt(desk_of(snapshot), "flash", found.probabilities.event("flash").forecasts) is None


# -- in the report -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pages(found: Assessment) -> dict[str, str]:
    """The report as HTML by language."""
    return html_of(found)


SENTENCES = {
    "en": ("With narrative tilt.", "; −0.80 was stated and is cut to that."),
    "zh": ("叙事调整后。", "−0.35（机构所列为−0.80，按上限截取）。"),
    "ja": ("ナラティブ調整後。", "−0.35（指定は−0.80、上限で打ち切り）。"),
}


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_line_stands_in_every_language(pages: dict[str, str], code: str) -> None:
    """A line of its own, the cut told, the card on screen; the condition is named."""
    text = prose_of(pages[code])
    for sentence in SENTENCES[code]:
        assert sentence in text
    assert "60" in text[text.index(SENTENCES[code][1]) :][:400]
    assert 'id="model-M1h"' in pages[code]


def test_languages_agree_in_the_figures_of_the_tilt(pages: dict[str, str]) -> None:
    """The same figures by key and value stand in all languages."""
    printed = [
        {
            key: {value for value, _ in pairs}
            for key, pairs in figures_of(pages[code]).items()
            if ".tilt." in key
        }
        for code in LANGUAGES
    ]
    assert len(printed[0]) >= 7
    assert printed[0] == printed[1] == printed[2]


def test_without_a_stated_tilt_nothing_is_said(assessment: Assessment) -> None:
    """The bundled house states none: neither line nor card."""
    for html in html_of(undrawn(assessment)).values():
        assert "narrative" not in html.lower()
        assert "M1h" not in html


# -- on record ---------------------------------------------------------------------------------


def test_the_tilt_is_a_forecaster_of_its_own(found: Assessment, snapshot: Snapshot) -> None:
    """Two statements over twelve months; the model's stay as they are and name no tilt."""
    made = issue(found, snapshot, HASH).statements
    flash, bear = (one for one in made if one.forecaster == "tilt")
    stands = found.probabilities.event("flash")
    assert stands.tilt is not None
    assert (flash.model, flash.model_version, flash.horizon) == ("M1h", "1", 252)
    assert flash.p == stands.tilt.probability.value
    assert flash.climatology_p == stands.at("d252").base_rate.rate.value
    assert (flash.diagnostics, bear.diagnostics) == ((), (CLIPPED,))
    model = next(one for one in made if one.forecaster == "model" and one.key == flash.key)
    assert model.p == stands.at("d252").probability.value
    assert "M1h" not in model.model_version


def _months(count: int, p: float, *, late: bool = False, base: float | None = 0.3) -> Ledger:
    """Return so many months of tilted statements, none of which came true."""
    entries: list[Entry] = []
    first = datetime(2030, 1, 3, tzinfo=UTC)
    for place in range(count):
        day = date(2024 + place // 12, place % 12 + 1, 3)
        one = stated(
            p=p,
            forecaster="tilt",
            model="M1h",
            edition=f"{day:%Y-%m}",
            issued_at=first - timedelta(days=400 if late else 1),
            as_of=day,
            start=day,
            horizon_end=day + timedelta(days=364),
            climatology_p=base,
        )
        decided = Decided(one.horizon_end, outcome=False, value=None, evidence=())
        entries += [Issued(one), _resolved(one.id, decided, scores(one, decided))]
    return Ledger(rows(*entries, written=first), tuple(f"{n:064x}" for n in range(len(entries))))


def _resolved(name: str, decided: Decided, scored: object) -> Resolved:
    return Resolved(
        name,
        Resolution(
            as_of=decided.day,
            data_hash=HASH,
            state="decided",
            day=decided.day,
            outcome=decided.outcome,
            value=None,
            scores=scored,  # type: ignore[arg-type]
        ),
    )


def test_the_gate_needs_months_and_skill() -> None:
    """Sixty resolved months and a score below that of the base rates; one alone will not do."""
    for months, p, proven in ((NEEDED, 0.2, True), (NEEDED - 1, 0.2, False), (NEEDED, 0.4, False)):
        standing = tilt_standing(accounts(_months(months, p).rows), LATER)
        assert standing is not None
        assert (standing.months, standing.proven) == (months, proven)
        assert standing.skill == pytest.approx(1.0 - (p / 0.3) ** 2)


def test_what_proves_nothing() -> None:
    """Nothing stated, not yet due, put together afterwards, or without a base rate."""
    assert tilt_standing((), LATER) is None
    held = accounts(_months(NEEDED, 0.2).rows)
    early = tilt_standing(held, date(2024, 12, 1))
    assert early is not None
    assert (early.months, early.skill, early.proven) == (0, None, False)
    for ledger in (_months(NEEDED, 0.2, late=True), _months(NEEDED, 0.2, base=None)):
        standing = tilt_standing(accounts(ledger.rows), LATER)
        assert standing is not None
        assert (standing.months, standing.proven) == (0, False)


@pytest.mark.parametrize(
    ("p", "words"),
    [
        (0.2, ("meets the condition", "达到与之并列参考的条件", "条件を満たしている")),
        (0.4, ("Resolved so far: 60 months", "迄今已揭晓60个月", "これまでの判定済みは60カ月")),
    ],
)
def test_the_report_tells_how_the_record_stands(
    found: Assessment, p: float, words: tuple[str, str, str]
) -> None:
    """The condition is computed from the ledger; the row of the table is the tilt's own."""
    last = msgspec.structs.replace(found.edition.as_of, day=LATER)
    edition = msgspec.structs.replace(found.edition, as_of=last)
    later = with_record(msgspec.structs.replace(found, edition=edition), _months(NEEDED, p))
    assert later.back.record.tilt is not None
    assert later.back.record.score("tilt_all") is not None
    assert later.back.record.score("model_all") is None
    back = msgspec.structs.replace(found.back, record=later.back.record)
    pages = html_of(msgspec.structs.replace(found, back=back))
    for code, expected in zip(("en", "zh", "ja"), words, strict=True):
        assert expected in prose_of(pages[code]).replace("\N{NO-BREAK SPACE}", " ")
