"""The tests for growth that feeds on itself, as section 3.2 tells them, and the pillars' gauge."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from desks import desk_of, lacking
from hypothesis import given
from hypothesis import strategies as st
from markets import bent
from msgspec.structs import replace

from reportgen.assess import exuberance as part
from reportgen.errors import DataError
from reportgen.models.pillars import PILLARS, expanding_percentile, gauge

if TYPE_CHECKING:
    from markets import Bend, Numbers

    from reportgen.facts.assessment import Assessment
    from reportgen.facts.exuberance import Exuberance
    from reportgen.snapshot import Snapshot

MONTHS = pd.date_range("1950-01-31", "2025-11-30", freq="ME")
NOW, PEAK = date(2025, 12, 5), date(2000, 3, 10)


def read(snapshot: Snapshot) -> Exuberance | None:
    """Return the tests on a snapshot."""
    desk = desk_of(snapshot)
    return part.exuberance(desk, part.study(desk))


def running_away(values: int, rate: float) -> Bend:
    """Return a bend by which the last values grow at a growing rate (or fall at one)."""

    def bend(numbers: Numbers) -> Numbers:
        steps = np.cumsum(np.cumsum(np.full(values, rate / values)))
        numbers[-values:] = numbers[-values:] * np.exp(steps)
        return numbers

    return bend


# -- what the section says ------------------------------------------------------------------


def test_neither_ratio_nor_index_explodes(assessment: Assessment) -> None:
    """December 2025: both below their values; the index rose so from October 1999 to April 2000."""
    assert assessment.bubble is not None
    found = assessment.bubble.exuberance
    assert found is not None
    assert found.ratio is not None
    assert found.price is not None
    assert found.fits is not None
    assert (found.ratio.now, found.price.now) == ("none", "none")
    assert found.ratio.latest.value < found.ratio.bound.value
    assert found.price.latest.value < found.price.bound.value
    assert [(str(one.first.day), str(one.last.day)) for one in found.price.rises] == [
        ("1999-10-29", "2000-04-28")
    ]
    assert (found.ratio.rises, len(found.ratio.falls)) == ((), 1)
    assert found.price.end.day == date(2025, 11, 28)
    assert (found.fits.windows.value, found.fits.valid.value) == (13, 0)
    assert (found.fits.first, found.fits.last) == (None, None)


@pytest.mark.parametrize(("rate", "way"), [(0.07, "rise"), (-0.14, "fall")])
def test_ratio_that_runs_away_is_in_a_spell(snapshot: Snapshot, rate: float, way: str) -> None:
    """A ratio whose changes grow month by month for two years: a spell, open, either way."""
    found = read(bent(snapshot, {"cape": running_away(24, rate)}))
    assert found is not None
    assert found.ratio is not None
    assert found.ratio.now == way
    assert found.ratio.since is not None
    assert found.ratio.latest.value > found.ratio.bound.value


def test_missing_series_leave_their_tests_out(snapshot: Snapshot) -> None:
    """Without the ratio the index is tested alone; with neither nothing is said."""
    found = read(lacking(snapshot, "cape"))
    assert found is not None
    assert found.ratio is None
    assert found.price is not None
    assert read(lacking(snapshot, "cape", "nasdaq_composite_weekly")) is None


def test_short_history_is_not_tested(snapshot: Snapshot) -> None:
    """In 1997 there are eight years of the index and three of the ratio: fits, and no test."""
    found = read(snapshot.cut(date(1997, 6, 30)))
    assert found is not None
    assert (found.ratio, found.price) == (None, None)
    assert found.fits is not None


def test_chart_has_statistic_bound_and_spells(assessment: Assessment) -> None:
    """Two lines of the same months; the one spell is shaded."""
    chart = assessment.charts["explosive"]
    assert chart.line("statistic").x == chart.line("bound").x
    assert [(one.code, one.start) for one in chart.bands] == [("rise", "1999-10-29")]
    assert chart.as_of == date(2025, 11, 28)


def test_gauge_is_that_of_the_one_pillar(assessment: Assessment) -> None:
    """CAPE since 1995: higher than or level with 94 % of months; five pillars are missing."""
    assert assessment.bubble is not None
    found = assessment.bubble.gauge
    assert found is not None
    assert (found.pillars, found.missing) == (("value",), PILLARS[1:])
    assert found.value.value == pytest.approx(assessment.bubble.percentile.value)
    assert found.share_of_peak is None


def said(assessment: Assessment, found: Exuberance, code: str) -> str:
    """Return the section's part on the tests as plain text, with every word translated."""
    from reportgen.i18n import Formatter, language_of, load_catalogue
    from reportgen.i18n.environment import environment, plain
    from reportgen.resources import locales_folder, templates_folder

    assert assessment.bubble is not None
    bubble = replace(assessment.bubble, exuberance=found)
    language = language_of(code)
    words = load_catalogue(locales_folder(), language)
    env = environment(templates_folder(), words, Formatter(language, words))
    page = env.get_template("sections/32_bubble_tests.html.j2").render(
        a=replace(assessment, bubble=bubble), charts={}, medium="pdf"
    )
    assert not words.missing
    return " ".join(plain(page).split())


@pytest.mark.parametrize("code", ["zh", "ja", "en"])
def test_every_outcome_has_its_sentence(
    snapshot: Snapshot, assessment: Assessment, code: str
) -> None:
    """Rise, fall, neither, too short a spell, valid fits, a missing ratio: five different texts."""
    assert assessment.bubble is not None
    calm = assessment.bubble.exuberance
    fits = read(snapshot.cut(date(2000, 3, 31)))
    assert calm is not None
    assert calm.ratio is not None
    assert calm.price is not None
    assert fits is not None
    assert fits.fits is not None
    assert fits.fits.first is not None
    spell = calm.price.rises[0].first
    rising, falling = (
        replace(
            calm,
            ratio=replace(calm.ratio, now=way, since=spell),
            price=replace(calm.price, now=way, since=spell, rises=()),
        )
        for way in ("rise", "fall")
    )
    short = replace(
        calm,
        ratio=replace(calm.ratio, latest=calm.price.largest),
        price=replace(calm.price, latest=calm.price.largest, rises=(calm.price.rises[0],) * 2),
    )
    outcomes = (calm, rising, falling, short, replace(calm, ratio=None, fits=fits.fits))
    texts = [said(assessment, one, code) for one in outcomes]
    assert len(set(texts)) == len(texts)
    assert all("GSADF" in text and "LPPLS" in text for text in texts)
    assert all(text.count("{") == text.count("%(") == 0 for text in texts)


# -- pillars --------------------------------------------------------------------------------


def measure(seed: int = 0) -> pd.Series[float]:
    """Return 75 years of a wandering measure by month."""
    random = np.random.Generator(np.random.PCG64(seed))
    return pd.Series(np.cumsum(random.standard_normal(len(MONTHS))), index=MONTHS)


def test_percentile_is_by_what_was_known() -> None:
    """The share of months so far that are no higher, counted by hand; later months do not count."""
    values = measure()
    known = values[:"2000-03-10"]
    share = expanding_percentile(values, "value", PEAK)
    assert share == pytest.approx(sum(known <= known.iloc[-1]) / len(known))
    changed = values.copy()
    changed["2000-04":] = 1e6
    assert expanding_percentile(changed, "value", PEAK) == share


def test_twenty_years_are_asked_for() -> None:
    """A measure of nineteen years is no pillar, and is named among those missing."""
    values = measure()
    assert expanding_percentile(values["2007":], "value", NOW) is None
    found = gauge({"value": values, "leverage": values["2007":]}, NOW, PEAK)
    assert [code for code, _ in found.pillars] == ["value"]
    assert "leverage" in found.missing
    none = gauge({"leverage": values["2007":]}, NOW, PEAK)
    assert (none.value, none.missing) == (None, PILLARS)


def test_share_of_the_peak_compares_the_same_pillars() -> None:
    """75 years: now over March 2000 by the same means; from 1995 on there is no such share."""
    series = {"value": measure(1), "leverage": measure(2)}
    found = gauge(series, NOW, PEAK)
    then = [expanding_percentile(values, code, PEAK) for code, values in series.items()]
    assert found.at_peak == pytest.approx(sum(share or 0.0 for share in then) / 2)
    assert found.percent_of_peak is not None
    assert found.value is not None
    assert found.percent_of_peak == pytest.approx(100 * found.value / (found.at_peak or 1.0))
    late = {code: values["1995":] for code, values in series.items()}
    assert gauge(late, NOW, PEAK).percent_of_peak is None


@given(st.sets(st.sampled_from(PILLARS), min_size=1))
def test_gauge_is_a_mean_of_what_is_there(codes: set[str]) -> None:
    """The gauge lies between its least and greatest pillar; the rest is missing."""
    found = gauge({code: measure(len(code)) for code in codes}, NOW, PEAK)
    shares = [share for _, share in found.pillars]
    assert found.value is not None
    assert min(shares) - 1e-12 <= found.value <= max(shares) + 1e-12
    assert {code for code, _ in found.pillars} | set(found.missing) == set(PILLARS)


def test_unknown_pillar_is_refused() -> None:
    """Luck is no pillar: one sentence."""
    with pytest.raises(DataError, match="no pillar luck"):
        gauge({"luck": measure()}, NOW, PEAK)
