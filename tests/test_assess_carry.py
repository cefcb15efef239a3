"""The carry part of the assessment: pay, positions, levels, episodes, charts."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest
from desks import desk_of, lacking
from markets import bent, lead_to, shifted, stressed

from reportgen.assess.boj_rate import last_change, policy_line
from reportgen.assess.carry import CarryDesk, carry, study
from reportgen.assess.carry_charts import carry_charts
from reportgen.facts import Assumed
from reportgen.facts.carry import Carry
from reportgen.series import spec
from reportgen.snapshot import series_data

if TYPE_CHECKING:
    from reportgen.house import HouseView
    from reportgen.snapshot import Snapshot


def read(snapshot: Snapshot, house: HouseView | None = None) -> Carry:
    """Return the part, which must be there."""
    found = carry(study(desk_of(snapshot, house)))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def studied(snapshot: Snapshot, house: HouseView) -> CarryDesk:
    """The bundled figures, studied once."""
    found = study(desk_of(snapshot, house))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def december(studied: CarryDesk) -> Carry:
    """The part on the bundled figures with the house view."""
    found = carry(studied)
    assert found is not None
    return found


def test_differential_is_sofr_less_the_last_public_yen_rate(december: Carry) -> None:
    """SOFR 3.93 of 5 December less the OECD's 0.81818 of September make 3.11182."""
    assert december.differential.value == pytest.approx(3.93 - 0.81818)
    assert december.yen_month.day == date(2025, 9, 1)
    assert december.state == "narrowing"
    assert december.reasons == ("differential_down",)


def test_breakeven_gives_back_the_carry(december: Carry) -> None:
    """At the breakeven of a horizon the dollar has lost exactly what the interest earned."""
    last = december.breakevens[-1]
    years = (last.by.day - date(2025, 12, 5)).days / 365
    earned = math.exp(december.differential.value / 100 * years)
    assert last.rate.value * earned == pytest.approx(december.spot.value)


def test_speculators_are_long_the_yen(december: Carry) -> None:
    """CFTC, 28 October 2025: 178,745 long and 110,630 short; the report is 38 days old."""
    held = december.positions
    assert held is not None
    assert held.side == "long"
    assert held.net.value == 178_745 - 110_630
    assert held.net_yen.value == pytest.approx(68_115 * 12.5e6)
    assert held.age.value == 38


def test_touching_is_likelier_for_nearer_levels_and_longer_horizons(december: Carry) -> None:
    """Probabilities and base rates rise with the horizon and fall with the distance."""
    for touch in december.touches:
        chances = [one.probability.value for one in touch.chances]
        bases = [one.base_rate.value for one in touch.chances if one.base_rate]
        assert chances == sorted(chances)
        assert bases == sorted(bases)
        assert len(bases) == len(chances)
    at_end = [one.chances[-1].probability.value for one in december.touches]
    assert at_end == sorted(at_end, reverse=True)


def test_levels_of_the_house_are_assumed(december: Carry) -> None:
    """Forecast and trigger carry the house as origin, the round level does not."""
    origins = {touch.code: isinstance(touch.level.origin, Assumed) for touch in december.touches}
    assert origins == {"forecast": True, "trigger": True, "round": False}


def test_without_a_house_view_only_the_round_level_stands(snapshot: Snapshot) -> None:
    """No house view: no trigger, no forecast, no path of policy rates."""
    found = read(snapshot)
    assert [touch.code for touch in found.touches] == ["round"]
    assert found.path.fed is None
    assert found.path.differential is None


def test_fast_fall_of_the_dollar_is_an_unwinding(snapshot: Snapshot, house: HouseView) -> None:
    """A dollar eleven per cent lower within a month: unwinding, below the trigger already."""
    found = read(stressed(snapshot), house)
    assert found.state == "unwinding"
    trigger = found.touch("trigger")
    assert trigger is not None
    assert trigger.distance.value > 0


def test_wider_differential_is_calm(snapshot: Snapshot) -> None:
    """Dearer dollars and an unmoved rate leave nothing to warn of."""
    found = read(bent(snapshot, {"sofr": shifted(1.0, 60), "usdjpy": lead_to(155.0, 30)}))
    assert found.state == "calm"
    assert found.differential_trend == "wider"


def test_without_positions_the_rest_stands(snapshot: Snapshot) -> None:
    """Futures positions are optional; the chart then has no second panel."""
    studied = study(desk_of(lacking(snapshot, "yen_noncommercial_long")))
    found = carry(studied)
    assert found is not None
    assert found.positions is None
    assert [line.code for line in carry_charts(studied)[1].lines] == ["ratio"]


def test_without_a_rate_nothing_is_claimed(snapshot: Snapshot) -> None:
    """No Japanese rate: no carry trade, no charts."""
    studied = study(desk_of(lacking(snapshot, "japan_3m_rate")))
    assert carry(studied) is None
    assert carry_charts(studied) == ()


def test_episodes_are_those_of_history(december: Carry) -> None:
    """H.10 by week: the dollar lost 21, 19 and 12 per cent in 1998, 2008 and 2024."""
    falls = {one.code: round(one.currency.value) for one in december.episodes}
    assert falls == {"1998": -21, "2008": -19, "2024": -12}
    assert all(one.index is not None and one.index.value < 0 for one in december.episodes)


def test_policy_steps_come_from_the_list_of_events(studied: CarryDesk) -> None:
    """0.25 from July 2024, 0.50 from January 2025; only the path of the house goes on."""
    rates, _ = carry_charts(studied)
    assert rates.line("boj_policy").y == (0.25, 0.5, 0.5)
    assert rates.line("dollar_house").x[-1] == "2026-11-30"
    seen = [str(day) for line in rates.lines for day in line.x if line.code != "dollar_house"]
    assert max(seen) <= "2025-12-05"


def test_the_bank_of_japans_last_move_is_read_from_its_series(snapshot: Snapshot) -> None:
    """With daily rates 0.1, 0.3, 0.3, 0.1 the last move is the cut, on its day."""
    days = np.array(["2025-11-27", "2025-12-01", "2025-12-02", "2025-12-04"], "datetime64[D]")
    rates = series_data(
        spec("boj_policy_rate"), days, np.array([0.1, 0.3, 0.3, 0.1]), retrieved="2025-12-08"
    )
    with_rates = desk_of(snapshot.with_series(rates), None)
    change = last_change(with_rates)
    assert change is not None
    assert change.event == "boj_lowers_rate"
    assert change.day.day == date(2025, 12, 4)
    (line,) = policy_line(with_rates, "2025-12-02")
    assert line.x == ("2025-12-02", "2025-12-04", "2025-12-04")
    assert line.y == (0.3, 0.1, 0.1)


def test_no_policy_rate_while_the_bank_of_japan_steers_money(snapshot: Snapshot) -> None:
    """From 4 April 2013 to 15 February 2016 the rate's line ends and no rate is named."""
    days = np.array(["2010-10-05", "2013-04-04", "2015-08-31", "2016-02-16"], "datetime64[D]")
    rates = series_data(
        spec("boj_policy_rate"), days, np.array([0.05, 0.05, 0.05, -0.1]), retrieved="2025-12-08"
    )
    known = snapshot.with_series(rates)
    then = desk_of(known.cut(date(2015, 8, 31)))
    steered = last_change(then)
    assert steered is not None
    assert (steered.event, steered.figure) == ("boj_steers_money", None)
    assert steered.day.day == date(2013, 4, 4)
    (line,) = policy_line(then, "2012-01-01")
    assert line.x[-1] == "2013-04-04"
    later = last_change(desk_of(known.cut(date(2016, 2, 16))))
    assert later is not None
    assert later.event == "boj_lowers_rate"
