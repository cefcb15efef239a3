"""M7, the economics: what a year's spending has to earn, and what its end would cost the index.

Money in billions of dollars, shocks and moves in per cent.
"""

from __future__ import annotations

from dataclasses import dataclass

from reportgen.models import guard


@dataclass(frozen=True)
class CapexSettings:
    """Assumptions of the required revenue, thresholds of the state, measured pass-through.

    Args:
        life, cost, margin: years of use, cost of capital a year, gross margin; each with
            its range.
        pace: change of year-on-year growth, in percentage points, that counts as a change
            of pace.
        cut: fall on the quarter in per cent that counts as a cut; smaller ones are seasonal.
        shocks: falls of semiconductor shares, per cent.
        beta: index move for one per cent of semiconductors (Nasdaq-100 on ten names);
            ``beta_low`` that of the rest of the index alone, ``beta_high`` in the worst
            tenth of days. An assumption to the report: the names were chosen with hindsight
            and the sample is not part of the snapshot; not for editions before the day of
            ``known.KNOWN_FROM``.
    """

    life: float = 5.0
    life_range: tuple[float, float] = (4.0, 6.0)
    cost: float = 0.10
    cost_range: tuple[float, float] = (0.08, 0.12)
    margin: float = 0.60
    margin_range: tuple[float, float] = (0.50, 0.70)
    pace: float = 5.0
    cut: float = 5.0
    shocks: tuple[float, ...] = (-20.0, -30.0)
    beta: float = 0.43
    beta_low: float = 0.36
    beta_high: float = 0.44


@dataclass(frozen=True)
class Required:
    """Yearly revenue one year's spending has to earn, with the range over its assumptions."""

    capex: float
    central: float
    low: float
    high: float


@dataclass(frozen=True)
class PassThrough:
    """Index move for a fall of semiconductor shares, per cent; ``low`` is the milder bound."""

    shock: float
    central: float
    low: float
    high: float


def required_revenue(capex: float, life: float, cost: float, margin: float) -> float:
    """Return the yearly revenue that pays for ``capex``: capex (1/L + k) / m.

    Args:
        capex: billions of dollars.
        life: L, years of use.
        cost: k, cost of capital a year, 0.10 for 10 %.
        margin: m, gross margin on the revenue, above 0, up to 1.
    """
    spent, years = guard.positive(capex, "Capital expenditure"), guard.positive(life, "The life")
    rate = guard.within(cost, 0.0, 1.0, "The cost of capital")
    share = guard.within(guard.positive(margin, "The margin"), 0.0, 1.0, "The margin")
    return spent * (1.0 / years + rate) / share


def required_range(capex: float, settings: CapexSettings | None = None) -> Required:
    """Return the required revenue with its bounds: long life, cheap money, wide margin; reverse."""
    given = settings or CapexSettings()
    short, long = given.life_range
    cheap, dear = given.cost_range
    thin, wide = given.margin_range
    return Required(
        capex=capex,
        central=required_revenue(capex, given.life, given.cost, given.margin),
        low=required_revenue(capex, long, cheap, wide),
        high=required_revenue(capex, short, dear, thin),
    )


def index_move(shock: float, weight: float, rest_beta: float) -> float:
    """Return the index move when a part of it falls: s (w + (1 - w) b).

    Args:
        shock: s, move of the part in per cent.
        weight: w, its share of the index, 0 to 1.
        rest_beta: b, move of the rest for one per cent of the part.
    """
    part = guard.within(weight, 0.0, 1.0, "The weight")
    rest = guard.finite(rest_beta, "The beta of the rest")
    return guard.finite(shock, "The shock") * (part + (1.0 - part) * rest)


def pass_through(settings: CapexSettings | None = None) -> tuple[PassThrough, ...]:
    """Return the index move for each fall of semiconductor shares, with its measured range."""
    given = settings or CapexSettings()
    return tuple(
        PassThrough(shock, shock * given.beta, shock * given.beta_low, shock * given.beta_high)
        for shock in given.shocks
    )
