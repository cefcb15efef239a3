"""M6: gamma of same-day options, hedge flows, their impact, and where feedback runs away."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reportgen.errors import DataError
from reportgen.models import gamma
from reportgen.models.market_impact import (
    DepthSettings,
    FlashOrder,
    breaker_reached,
    circuit_breakers,
    flash_impact,
    impacts,
    square_root_impact,
)
from reportgen.models.option_hedging import (
    Inventory,
    amplification,
    black_scholes_gamma,
    dollar_gamma,
    hedge_flow,
    notional_needed,
    put_delta,
    total_move,
    years,
)

books = st.builds(
    Inventory,
    code=st.just("book"),
    notional=st.floats(-100, 100),
    strike=st.floats(-3, 3),
    hours=st.floats(0.5, 6.5),
)
moves = st.floats(-8, 8)
volatilities = st.floats(0.08, 0.6)


@pytest.mark.parametrize(("hours", "millions"), [(6.5, 352), (3.0, 518), (1.0, 897)])
def test_dollar_gamma_at_the_money(hours: float, millions: float) -> None:
    """A billion at the money at 18 % asks 352, 518, 897 millions a per cent (method M6)."""
    single = Inventory("", -1.0, 0.0, hours)
    assert 1000 * dollar_gamma(single, 0.18) == pytest.approx(millions, abs=0.5)


def test_gamma_is_the_slope_of_delta() -> None:
    """Gamma equals the central difference of the put delta, here 1 % out of the money."""
    term = years(3.0)
    slope = (put_delta(100.05, 99, 0.18, term) - put_delta(99.95, 99, 0.18, term)) / 0.1
    assert black_scholes_gamma(100, 99, 0.18, term) == pytest.approx(slope, rel=1e-3)


def test_black_scholes_gamma_by_hand() -> None:
    """S 49, K 50, 20 %, 20 weeks without a rate: gamma 0.0653, worked by hand from d1 = -0.1009."""
    term = 0.3846
    d1 = (math.log(49 / 50) + 0.02 * term) / (0.2 * math.sqrt(term))
    by_hand = math.exp(-d1 * d1 / 2) / math.sqrt(2 * math.pi) / (49 * 0.2 * math.sqrt(term))
    assert black_scholes_gamma(49, 50, 0.2, term) == pytest.approx(by_hand, rel=1e-12)
    assert by_hand == pytest.approx(0.0653, abs=5e-4)


def test_notional_behind_the_quoted_flow() -> None:
    """A hedge of 30 billions needs 33 to 66 billions of one-way short puts (method M6).

    The method names no strikes; from the open, puts at the money over -2 % and puts 2 % out
    of the money over -5 % give its two ends.
    """
    high = notional_needed(30.0, Inventory("", 1.0, 0.0, 6.5), -2.0, 0.18)
    low = notional_needed(30.0, Inventory("", 1.0, -2.0, 6.5), -5.0, 0.18)
    assert (round(low), round(high)) == (33, 66)


def test_impact_of_thirty_billions() -> None:
    """30 billions move 0.25 % on a calm day and 1.3 % under stress (method M6), at VIX 16."""
    calm, stressed, _ = impacts(16.0, 30.0)
    assert calm.move == pytest.approx(-0.25, abs=0.005)
    assert stressed.move == pytest.approx(-1.3, abs=0.05)


def test_flash_crash_of_2010_exceeds_the_law() -> None:
    """The law gives 0.23 % for 4.1 billions where the future fell 5 %: about 20 times (M6)."""
    predicted, multiplier = flash_impact(FlashOrder())
    assert predicted == pytest.approx(0.23, abs=0.005)
    assert multiplier == pytest.approx(20, rel=0.15)


def test_impact_grows_with_the_square_root() -> None:
    """Four times the flow moves the price twice as far, in the direction of the flow."""
    assert square_root_impact(40, 500, 1) == pytest.approx(2 * square_root_impact(10, 500, 1))
    assert square_root_impact(-40, 500, 1) == -square_root_impact(40, 500, 1)


@pytest.mark.parametrize(("size", "factor"), [(5.0, 1.11), (20.0, 1.67)])
def test_amplification_of_short_gamma(size: float, factor: float) -> None:
    """At k = 0.02, G = 5 enlarges a shock 1.11 times and G = 20 1.67 times (method M6)."""
    assert amplification(size, 0.02) == pytest.approx(factor, abs=0.005)


def test_amplification_ends_at_the_critical_gamma() -> None:
    """From kG = 1 there is no finite factor; long gamma dampens."""
    assert amplification(50.0, 0.02) is None
    damped = amplification(-20.0, 0.02)
    assert damped == pytest.approx(1 / 1.4)


@given(books, moves, volatilities)
def test_short_books_trade_with_the_move(book: Inventory, move: float, vol: float) -> None:
    """Short books sell into a fall and buy into a rise, long books do the reverse."""
    flow = hedge_flow(book, move, vol)
    assert flow * move * -book.notional >= 0.0
    assert abs(flow) <= abs(book.notional) * max(1.0, 1.0 + move / 100.0)


@given(books, volatilities, st.floats(0.005, 0.1), st.floats(-5, -0.25))
def test_total_move_is_a_fixed_point(
    book: Inventory, vol: float, impact: float, shock: float
) -> None:
    """The end of hedging satisfies r = x + k F(r); short books add to x, long ones take off."""
    total = total_move(book, shock, impact, vol)
    assert total == pytest.approx(shock + impact * hedge_flow(book, total, vol), abs=1e-5)
    if book.notional < 0:
        assert total <= shock
    else:
        assert shock <= total <= 0


@given(st.floats(0.05, 0.6))
def test_small_shocks_follow_the_slope(vol: float) -> None:
    """For a small shock the whole course equals 1/(1 - kG) as long as kG stays below one."""
    book, impact = Inventory("", -20.0, 0.0, 3.0), 0.01
    factor = amplification(dollar_gamma(book, vol), impact)
    assume(factor is not None and factor < 3)
    assert factor is not None
    total = total_move(book, -0.001, impact, vol)
    assert total / -0.001 == pytest.approx(factor, rel=0.02)


def test_no_shock_no_move() -> None:
    """Without a shock nothing is hedged and nothing moves."""
    for notional in (-66.0, 0.0, 66.0):
        assert total_move(Inventory("", notional), 0.0, 0.01, 0.15) == 0.0


@given(st.floats(-6, -0.1), st.floats(-6, -0.1))
def test_larger_shocks_end_lower(one: float, two: float) -> None:
    """A larger shock never ends in a smaller fall."""
    book = Inventory("", -33.0)
    ends = [total_move(book, shock, 0.04, 0.16) for shock in sorted((one, two))]
    assert ends[0] <= ends[1] + 1e-6


def test_circuit_breakers() -> None:
    """Halts stand 7, 13 and 20 % below the close; a fall to the bound reaches its level."""
    levels = [(item.level, round(item.price, 2)) for item in circuit_breakers(6870.40)]
    assert levels == [(1, 6389.47), (2, 5977.25), (3, 5496.32)]
    assert [breaker_reached(move) for move in (5, -6.99, -7, -13, -25)] == [0, 0, 1, 2, 3]


def test_regime_bounds_belong_to_the_higher_one() -> None:
    """VIX 20 opens the strained regime, 25 the stressed one."""
    regimes = [gamma.vix_regime(vix) for vix in (15.41, 19.99, 20, 25, 60)]
    assert regimes == ["calm", "calm", "strained", "stressed", "stressed"]


def test_evaluate_december_2025() -> None:
    """At VIX 15.41 the calm impact of 30 billions is 0.24 %, the stressed one 1.24 %."""
    result = gamma.evaluate(6870.40, 15.41)
    assert [round(item.move, 2) for item in result.impacts[:2]] == [-0.24, -1.24]
    assert (result.regime, result.stability) == ("calm", "conditional")
    assert [item.inventory.code for item in result.scenarios][:2] == ["short_large", "short_small"]
    assert result.scenarios[0].flows[0] == pytest.approx(-28.6, abs=0.05)
    assert result.scenarios[2].flows == (0.0, 0.0, 0.0)
    assert len(result.scenarios[0].profile) == len(result.grid)
    assert "inventory_assumed" in result.diagnostics


def test_flows_grow_with_the_short_book() -> None:
    """Twice the short notional sells twice as much at every move of the grid."""
    large, small, *_ = gamma.evaluate(6870.40, 20.0).scenarios
    assert large.profile == pytest.approx([2 * flow for flow in small.profile])


def test_stability_follows_the_assumed_range() -> None:
    """Tiny short books are stable under stress, large ones are not."""
    tiny = gamma.GammaSettings(inventories=(Inventory("short", -5.0), Inventory("long", 5.0)))
    huge = gamma.GammaSettings(inventories=(Inventory("short", -90.0),))
    assert gamma.evaluate(6870.4, 15.0, tiny).stability == "stable"
    assert gamma.evaluate(6870.4, 15.0, huge).stability == "unstable"


def test_deeper_markets_move_less() -> None:
    """More volume lowers every impact and raises the critical gamma."""
    thin, deep = (impacts(16.0, 30.0, DepthSettings(volume=size)) for size in (300.0, 900.0))
    for one, two in zip(thin, deep, strict=True):
        assert two.move > one.move
        assert two.critical_gamma > one.critical_gamma


@pytest.mark.parametrize(
    ("close", "vix"), [(math.nan, 15.0), (6870.4, math.nan), (0.0, 15.0), (6870.4, -1.0)]
)
def test_broken_figures_are_refused(close: float, vix: float) -> None:
    """A close or VIX that is no number or not above zero is refused by name."""
    with pytest.raises(DataError, match=r"sp500|VIX"):
        gamma.evaluate(close, vix)


def test_broken_options_are_refused() -> None:
    """No time left, a fall of everything, no volume: refused with a sentence."""
    with pytest.raises(DataError, match="Hours to expiry"):
        years(0.0)
    with pytest.raises(DataError, match="The move"):
        hedge_flow(Inventory("", -1.0), -100.0, 0.18)
    with pytest.raises(DataError, match="volume"):
        square_root_impact(1.0, 0.0, 1.0)
    with pytest.raises(DataError, match="flow"):
        impacts(16.0, 0.0)
