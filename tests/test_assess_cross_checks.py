"""Cross-checks in the assessment: states, labels, and what is said when a series is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from desks import desk_of, lacking
from pages import html_of, undrawn

from reportgen.assess.cross_checks import beside, cross_checks
from reportgen.errors import DataError
from reportgen.facts import Computed, Quantity, Range, Unit
from reportgen.facts.cross_checks import CrossChecks
from reportgen.i18n import LANGUAGES, Formatter, load_catalogue
from reportgen.models import cross_checks as laws_model
from reportgen.models.cross_checks import CheckSettings
from reportgen.resources import locales_folder

if TYPE_CHECKING:
    from reportgen.facts.assessment import Assessment
    from reportgen.i18n.language import Language
    from reportgen.snapshot import Snapshot

LABELS = {"en": "(risk-neutral)", "zh": "（风险中性）", "ja": "（リスク中立）"}


@pytest.fixture(scope="module", autouse=True)
def laws_once() -> Iterator[None]:
    """The laws are fitted once to the same closes: most tests change another series."""
    fit = laws_model.cross_checks
    held: dict[object, laws_model.CrossChecks] = {}

    def run(closes: pd.Series[float], day: date, settings: CheckSettings) -> laws_model.CrossChecks:
        key = (closes.to_numpy().tobytes(), day, settings)
        if key not in held:
            held[key] = fit(closes, day, settings)
        return held[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(laws_model, "cross_checks", run)
        yield


@pytest.fixture(scope="module")
def checks(snapshot: Snapshot) -> CrossChecks:
    """The cross-checks of the bundled figures."""
    return cross_checks(desk_of(snapshot))


def test_every_law_has_every_event_and_horizon(checks: CrossChecks) -> None:
    """Six laws, three events, four horizons; the model's own law comes first."""
    assert checks.laws[0].law == "filtered"
    assert len(checks.laws) == 6
    for one in checks.laws:
        for event in ("flash", "bear", "severe"):
            for code in ("d21", "d63", "d126", "d252"):
                found = one.at(event, code)
                assert found is not None
                assert found.unit is Unit.PROBABILITY
                assert found.origin == Computed("M1c", ("nasdaq_composite",))


def test_states_of_the_bundled_edition(checks: CrossChecks) -> None:
    """The symmetric t falls short of the model's own law, the others in line or above it."""
    states = {one.law: one.flash for one in checks.laws}
    assert states["filtered"] == "in_line"
    assert states["student"] == "below"
    assert states["skew_student"] == "in_line"
    assert states["extreme_tail"] == "in_line"
    assert states["normal"] == "above"


def test_bounds_of_in_line() -> None:
    """A tenth above or below is in line; beyond it is not."""
    assert beside(0.55, 0.5) == "in_line"
    assert beside(0.551, 0.5) == "above"
    assert beside(0.449, 0.5) == "below"


def test_option_figures_carry_their_unit(checks: CrossChecks) -> None:
    """What is read from prices is in the unit with a label; what is tilted is a probability."""
    option = checks.option
    assert option is not None
    assert option.record is not None
    for figure in (option.touch, option.terminal, option.record.priced):
        assert figure.unit is Unit.RISK_NEUTRAL
    for figure in (option.tilted, option.tilted_terminal, option.record.came):
        assert figure.unit is Unit.PROBABILITY
    assert option.tilted_range.low.value <= option.tilted.value <= option.tilted_range.high.value
    assert option.record.months.value > 200
    assert option.record.last.day < date(2024, 12, 31)


@pytest.mark.parametrize("language", LANGUAGES, ids=str)
def test_no_way_of_printing_leaves_the_label_out(language: Language) -> None:
    """Full, short, bare, aligned and as a range: the label stands behind the figure."""
    formatter = Formatter(language, load_catalogue(locales_folder(), language))
    figure = Quantity(0.18, Unit.RISK_NEUTRAL, Computed("M1d"))
    other = Quantity(0.09, Unit.RISK_NEUTRAL, Computed("M1d"))
    printed = [
        formatter.quantity(figure),
        formatter.quantity(figure, 1, short=True),
        formatter.quantity(figure, bare=True),
        formatter.quantity(figure, bare=True, aligned=True),
        formatter.span(Range(other, figure)),
        formatter.span(Range(other, figure), bare=True),
        formatter.span(Range(figure, figure), bare=True),
    ]
    for text in printed:
        assert text.count(LABELS[language.code]) == 1
        assert "18" in text


def test_bundled_unemployment_is_refused_by_name(checks: CrossChecks) -> None:
    """Ten years with one spell above six per cent carry no probit, but a base rate."""
    found = checks.unemployment
    assert found is not None
    assert found.probability is None
    assert "few_episodes" in found.absent
    assert found.episodes.value == 1
    assert found.base_rate is not None
    assert found.base_interval is not None
    assert found.rate.value == 4.4
    assert found.target.day == date(2026, 9, 1)


def test_without_unemployment_nothing_is_said_of_it(snapshot: Snapshot) -> None:
    """The section does without the rate."""
    assert cross_checks(desk_of(lacking(snapshot, "unemployment_rate"))).unemployment is None


@pytest.mark.parametrize(
    ("gone", "code"),
    [
        ("nfci", "financial_conditions_missing"),
        ("treasury_10y", "slope_missing"),
        ("effr", "slope_missing"),
    ],
)
def test_a_missing_predictor_is_named(snapshot: Snapshot, gone: str, code: str) -> None:
    """Without a series the probit reads, its code stands in the facts and no figure does."""
    found = cross_checks(desk_of(lacking(snapshot, gone))).unemployment
    assert found is not None
    assert found.probability is None
    assert code in found.absent


def test_without_a_vix_there_is_no_option_figure(snapshot: Snapshot) -> None:
    """Neither daily nor weekly VIX: no option-implied figure, and the laws still stand."""
    found = cross_checks(desk_of(lacking(snapshot, "vix", "vix_weekly")))
    assert found.option is None
    assert found.option_absent == "vix_missing"
    assert len(found.laws) == 6


def test_without_the_daily_vix_the_weekly_one_is_read(snapshot: Snapshot) -> None:
    """The last reading of the week takes the place of the daily one."""
    found = cross_checks(desk_of(lacking(snapshot, "vix"))).option
    assert found is not None
    assert found.vix.value == 15.41


def test_a_vix_that_stopped_is_named(snapshot: Snapshot) -> None:
    """With readings that ended months before there is no figure, and the code says why."""
    stopped = []
    for name in ("vix", "vix_weekly"):
        data = snapshot.data(name)
        kept = data.dates <= np.datetime64("2025-08-29")
        stopped.append(
            replace(
                data,
                dates=data.dates[kept],
                numbers=data.numbers[kept],
                released=data.released[kept],
            )
        )
    found = cross_checks(desk_of(snapshot.with_series(*stopped)))
    assert found.option is None
    assert found.option_absent == "vix_stale"


def test_without_a_rate_carry_is_zero_and_the_rate_absent(snapshot: Snapshot) -> None:
    """A missing rate is shown as absent; the priced figure is then the higher one."""
    whole = cross_checks(desk_of(snapshot)).option
    without = cross_checks(desk_of(lacking(snapshot, "effr"))).option
    assert whole is not None
    assert without is not None
    assert without.rate is None
    assert "rate_missing" in without.codes
    assert without.touch.value > whole.touch.value


def test_without_the_sp500_there_is_no_record(snapshot: Snapshot) -> None:
    """The figure of the day needs the VIX alone; its record needs the index."""
    found = cross_checks(desk_of(lacking(snapshot, "sp500"))).option
    assert found is not None
    assert found.record is None


def test_a_short_history_of_the_index_is_refused(snapshot: Snapshot) -> None:
    """Fewer than 1,001 closes carry no law of the shock: one sentence."""
    data = snapshot.data("nasdaq_composite")
    short = replace(
        data,
        dates=data.dates[-600:],
        numbers=data.numbers[-600:],
        released=data.released[-600:],
    )
    with pytest.raises(DataError, match="nasdaq_composite has 600 values"):
        cross_checks(desk_of(snapshot.with_series(short)))


def test_an_index_that_does_not_move_is_refused(snapshot: Snapshot) -> None:
    """Closes without variation carry no law of the shock: one sentence."""
    data = snapshot.data("nasdaq_composite")
    flat = replace(data, numbers=np.full(data.numbers.size, 20_000.0))
    with pytest.raises(DataError, match="do not vary"):
        cross_checks(desk_of(snapshot.with_series(flat)))


def test_in_a_bear_market_its_onset_has_no_figure(snapshot: Snapshot) -> None:
    """At the end of October 2022 the index stood in a bear market: B1 is left out, F1 is not."""
    cut = snapshot.cut(date(2022, 10, 14))
    found = cross_checks(desk_of(cut, window_end=date(2023, 9, 30)))
    own = found.law("filtered")
    assert own.at("bear", "d252") is None
    assert own.at("flash", "d252") is not None


def test_the_page_prints_every_priced_figure_with_its_label(assessment: Assessment) -> None:
    """In every language each figure in the unit ``risk_neutral`` is printed with the label."""
    pages = html_of(undrawn(assessment))
    for language in LANGUAGES:
        html = pages[language.code]
        printed = re.findall(r'<data [^>]*value="[^"]*risk_neutral"[^>]*>([^<]*)</data>', html)
        assert len(printed) >= 2
        assert all(LABELS[language.code] in text for text in printed)
