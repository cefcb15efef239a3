"""The layers of the assessment: months, evidence, tornado, and what they lack."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from desks import desk_of, lacking, without_events

from reportgen.assess.debt import study
from reportgen.assess.layer_rows import block_months
from reportgen.assess.layers import LayerStudy, layers
from reportgen.assess.probability_charts import layers_chart, tornado_chart
from reportgen.assess.simulation import Simulation, sessions, simulate
from reportgen.facts import Quantity, Range, Unit
from reportgen.facts.quantity import Computed
from reportgen.models.layers import LAYERS

if TYPE_CHECKING:
    from reportgen.facts.assessment import Assessment
    from reportgen.facts.layers import Layers
    from reportgen.house import HouseView
    from reportgen.snapshot import Snapshot

MODEL = Computed("M1")


@pytest.fixture(scope="module")
def december(assessment: Assessment) -> Layers:
    """The part on the bundled figures."""
    found = assessment.probabilities.layers
    assert found is not None
    return found


@pytest.fixture(scope="module")
def paths(snapshot: Snapshot) -> Simulation:
    """Paths of the bundled figures, for their trading days."""
    return simulate(desk_of(snapshot))


def read(snapshot: Snapshot, paths: Simulation, total: float = 0.5) -> LayerStudy:
    """Return the layers that divide a probability."""

    def chance(value: float) -> Quantity:
        return Quantity(value, Unit.PROBABILITY, MODEL)

    desk = desk_of(snapshot)
    spread = Range(chance(0.9 * total), chance(1.05 * total))
    return layers(desk, paths, study(desk), chance(total), spread)


def test_shares_divide_the_whole(december: Layers) -> None:
    """Twelve months from December 2025; their shares add to one, each within its own spread."""
    assert [one.month.day for one in december.months][::11] == [
        date(2025, 12, 1),
        date(2026, 11, 1),
    ]
    assert sum(one.share.value for one in december.months) == pytest.approx(1.0)
    for one in december.months:
        assert one.spread.low.value <= one.spread.high.value


def test_no_month_is_credibly_dangerous(december: Layers) -> None:
    """On the figures of December 2025 no month is flagged (method M2: shares 6 to 10 %)."""
    assert december.state == "even"
    assert december.credible == ()
    assert 0.06 < december.lowest.value < december.highest.value < 0.105


def test_layers_open_when_their_data_say_so(december: Layers) -> None:
    """Reporting months carry the AI layer; no X-date falls into the window, so debt is shut."""
    by_month = {one.month.day.month: one for one in december.months}
    assert {month for month, one in by_month.items() if one.ai and one.ai.value > 0} == {
        1,
        4,
        7,
        10,
    }
    assert {one.debt and one.debt.value for one in december.months} == {0.0}
    assert december.all_open.value == 0.0
    assert not december.level
    assert december.cuts is not None
    assert december.quarters is not None
    assert (december.cuts.value, december.quarters.value) == (3, 24)


def test_evidence_is_read_by_its_interval(december: Layers) -> None:
    """A ratio whose 90 % interval spans one says nothing."""
    readings = {one.code: one.reading for one in december.evidence}
    assert readings["usdjpy_fall_4_same_month"] == "above"
    assert readings["usdjpy_fall_4_previous_month"] == "open"
    assert readings["vix_below_15_month_end"] == "below"
    assert readings["march"] == "open"


def test_tornado_is_ordered_and_leaves_out_what_moves_nothing(december: Layers) -> None:
    """Bars are widest first; the shut debt layer has none."""
    widths = [bar.width.value for bar in december.tornado]
    assert widths == sorted(widths, reverse=True)
    assert not any("debt" in bar.code for bar in december.tornado)


def test_the_houses_windows_hold_no_more_than_their_months(december: Layers) -> None:
    """March, August to September, and March to August, each close to an even share."""
    found = {one.code: one for one in december.stated}
    assert set(found) == {"spring", "autumn", "flash_crash"}
    for one in found.values():
        assert one.share.value == pytest.approx(one.even.value, rel=0.05)


@pytest.mark.parametrize(
    ("series", "layer"),
    [
        ("usdjpy", "carry"),
        ("meta_capex", "ai"),
        ("vix_weekly", "gamma"),
        ("federal_debt", "debt"),
        ("treasury_general_account", "debt"),
    ],
)
def test_the_layers_run_without_the_one_that_lacks_its_input(
    snapshot: Snapshot, paths: Simulation, series: str, layer: str
) -> None:
    """The others divide the same probability; the layer and what it lacks are named."""
    found = read(lacking(snapshot, series), paths).layers
    assert found is not None
    assert found.total.value == 0.5
    assert [(one.code, one.missing) for one in found.absent] == [(layer, (series,))]
    assert found.layers == tuple(name for name in LAYERS if name != layer)
    assert {getattr(one, layer) for one in found.months} == {None}
    assert sum(one.share.value for one in found.months) == pytest.approx(1.0)
    assert found.three_or_more is None
    assert (found.cuts is None) == (layer == "ai")
    assert not any(layer in bar.code for bar in found.tornado)


def test_fewer_than_two_layers_are_none(snapshot: Snapshot, paths: Simulation) -> None:
    """Two layers are run; with a third input gone nothing is claimed, and all are named."""
    two = lacking(snapshot, "usdjpy", "vix_weekly")
    found = read(two, paths).layers
    assert found is not None
    assert found.layers == ("ai", "debt")
    assert found.level
    one = read(lacking(two, "federal_debt"), paths)
    assert one == LayerStudy(None, ("usdjpy", "vix_weekly", "federal_debt"))


def test_without_reporting_dates_nothing_is_claimed(snapshot: Snapshot, paths: Simulation) -> None:
    """No reporting season in the calendar is a gap, not twelve months without one."""
    code = "hyperscaler_reporting_season"
    found = read(without_events(snapshot, code), paths).layers
    assert found is not None
    assert [(one.code, one.missing) for one in found.absent] == [("ai", (code,))]


def test_a_certain_event_cannot_be_divided(snapshot: Snapshot, paths: Simulation) -> None:
    """A probability of one has no hazard to share out."""
    found = read(snapshot, paths, total=1.0)
    assert found == LayerStudy(None, ("flash",))


def test_months_follow_one_by_one() -> None:
    """Blocks that begin in mid-January stand for January to December, February included."""
    months = block_months(sessions(date(2026, 1, 14), date(2026, 12, 31)))
    assert [month.month for month in months] == list(range(1, 13))


def test_charts_hold_what_the_layers_say(
    snapshot: Snapshot, house: HouseView, december: Layers
) -> None:
    """Shares and breach rows go into the chart unchanged; without layers there is no chart."""
    desk = desk_of(snapshot, house)
    chart, bars = layers_chart(desk, december), tornado_chart(desk, december)
    assert chart is not None
    assert bars is not None
    assert chart.axis == "month"
    assert chart.line("share").y == tuple(round(one.share.value, 6) for one in december.months)
    assert bars.line("low").x == tuple(bar.code for bar in december.tornado)
    assert layers_chart(desk, None) is None
    assert tornado_chart(desk, None) is None


def test_the_chart_has_a_row_for_each_layer_that_is_run(
    snapshot: Snapshot, paths: Simulation
) -> None:
    """Without dollar-yen there is no row of the carry layer, and the others are drawn."""
    found = read(lacking(snapshot, "usdjpy"), paths).layers
    chart = layers_chart(desk_of(snapshot), found)
    assert chart is not None
    rows = {line.code for line in chart.lines} & set(LAYERS)
    assert rows == {"ai", "gamma", "debt"}
