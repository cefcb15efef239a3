"""The patterns in which a number meets its unit; English ids, translated in the catalogues."""

from __future__ import annotations

from reportgen.facts import Unit

Forms = tuple[str, str]


def forms(singular: str, plural: str) -> Forms:
    """Mark a pair of messages for extraction and return it as it is."""
    return singular, plural


FULL: dict[Unit, Forms] = {
    Unit.PERCENTAGE_POINTS: forms("{n} percentage point", "{n} percentage points"),
    Unit.BASIS_POINTS: forms("{n} basis point", "{n} basis points"),
    Unit.USD_PRICE: forms("${n}", "${n}"),
    Unit.YEN_PER_DOLLAR: forms("{n} yen", "{n} yen"),
    Unit.TIMES: forms("{n} times", "{n} times"),
    Unit.CONTRACTS: forms("{n} contract", "{n} contracts"),
    Unit.DAYS: forms("{n} day", "{n} days"),
    Unit.TRADING_DAYS: forms("{n} trading day", "{n} trading days"),
    Unit.WEEKS: forms("{n} week", "{n} weeks"),
    Unit.MONTHS: forms("{n} month", "{n} months"),
    Unit.YEARS: forms("{n} year", "{n} years"),
    Unit.PERCENT: ("{n}%", "{n}%"),
    Unit.PROBABILITY: ("{n}%", "{n}%"),
    Unit.RISK_NEUTRAL: forms("{n}% (risk-neutral)", "{n}% (risk-neutral)"),
}
"""Patterns for running text; a unit that is not here is printed as a bare number."""

LABELLED = frozenset({Unit.RISK_NEUTRAL})
"""Units whose label is part of the figure: no column head and no caller may leave it out."""

SHORT: dict[Unit, Forms] = FULL | {
    Unit.PERCENTAGE_POINTS: forms("{n} pp", "{n} pp"),
    Unit.BASIS_POINTS: forms("{n} bp", "{n} bp"),
    Unit.YEN_PER_DOLLAR: ("{n}", "{n}"),
    Unit.TIMES: forms("{n}x", "{n}x"),
    Unit.CONTRACTS: ("{n}", "{n}"),
}
"""Patterns for tables and charts."""

AMOUNTS: dict[Unit, dict[int, Forms]] = {
    Unit.USD: {
        12: forms("${n} trillion", "${n} trillion"),
        9: forms("${n} billion", "${n} billion"),
        8: forms("${n} hundred million", "${n} hundred million"),
        6: forms("${n} million", "${n} million"),
        4: forms("${n} ten thousand", "${n} ten thousand"),
        0: forms("${n}", "${n}"),
    },
    Unit.JPY: {
        12: forms("¥{n} trillion", "¥{n} trillion"),
        9: forms("¥{n} billion", "¥{n} billion"),
        8: forms("¥{n} hundred million", "¥{n} hundred million"),
        6: forms("¥{n} million", "¥{n} million"),
        4: forms("¥{n} ten thousand", "¥{n} ten thousand"),
        0: forms("¥{n}", "¥{n}"),
    },
}
"""Patterns of amounts by power of ten; a language uses those of its own scale."""

COMPOUND: dict[Unit, Forms] = {
    Unit.USD: forms("${n} trillion {m} hundred million", "${n} trillion {m} hundred million"),
    Unit.JPY: forms("¥{n} trillion {m} hundred million", "¥{n} trillion {m} hundred million"),
}
"""Patterns of amounts written in two orders of magnitude."""
