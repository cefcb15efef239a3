"""Quantities become text here and nowhere else, as each language writes them.

Every language prints the same value: a figure is rounded once, by its unit and size, before
its language decides about magnitudes, signs and separators.
"""

from __future__ import annotations

import math
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal

from reportgen.facts import Day, Quantity, Range, Unit
from reportgen.i18n import units
from reportgen.i18n.catalogue import Catalogue
from reportgen.i18n.language import Language

MINUS = "\N{MINUS SIGN}"

DIGITS: dict[Unit, int] = {
    Unit.POINTS: 2,
    Unit.INDEX: 2,
    Unit.PERCENT: 1,
    Unit.PERCENTAGE_POINTS: 1,
    Unit.YEN_PER_DOLLAR: 2,
    Unit.RATIO: 2,
    Unit.TIMES: 1,
}
"""Decimals printed when a template asks for no other number; a unit not here has none."""

SIGNIFICANT = 4
"""Significant digits of an amount of money when a template asks for no other number."""

TABLE_EXPONENT = {"en": 9}
"""Power of ten of amounts in table columns; 8 (亿, 億) for a language not here."""

_PER_CENT = (Unit.PERCENT, Unit.PROBABILITY, Unit.RISK_NEUTRAL)
_SKELETONS = {"long": "yMMMMd", "short": "MMMMd", "month": "yMMMM", "brief": "yMMMd"}
_DAY_FIRST = {  # a line never ends between the day and its month
    "long": "d\N{NO-BREAK SPACE}MMMM y",
    "short": "d\N{NO-BREAK SPACE}MMMM",
    "month": "MMMM y",
    "brief": "d\N{NO-BREAK SPACE}MMM y",
}


def rounded(quantity: Quantity, digits: int | None = None) -> Decimal:
    """Return the value as printed, on the unit's own scale (a probability in per cent).

    Args:
        quantity: the figure.
        digits: decimals; for an amount of money the number of significant digits.
    """
    exact = Decimal(repr(quantity.value))
    if quantity.unit in (Unit.PROBABILITY, Unit.RISK_NEUTRAL):
        exact *= 100
    if quantity.unit in units.AMOUNTS:
        places = _amount_places(quantity.value, digits or SIGNIFICANT)
    else:
        places = DIGITS.get(quantity.unit, 0) if digits is None else digits
    value = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)
    return value if value else abs(value)  # no minus zero


def _amount_places(value: float, significant: int) -> int:
    return 0 if value == 0 else significant - 1 - math.floor(math.log10(abs(value)))


class Formatter:
    """Writes quantities, days and ranges in one language."""

    def __init__(self, language: Language, catalogue: Catalogue):
        """``catalogue`` holds the unit patterns of ``language``."""
        self.language = language
        self._catalogue = catalogue
        self._locale = Locale.parse(language.locale)

    def quantity(
        self,
        quantity: Quantity,
        digits: int | None = None,
        *,
        signed: bool = False,
        bare: bool = False,
        short: bool = False,
        aligned: bool = False,
    ) -> str:
        """Return the figure as text.

        Args:
            quantity: the figure.
            digits: decimals (significant digits for amounts); by unit when ``None``.
            signed: put a plus before positive values.
            bare: leave the unit out, for table columns whose head names it; an amount then
                counts billions in English and 亿/億 in Chinese and Japanese.
            short: use the unit's short form, for charts and tables.
            aligned: an amount keeps its trailing zeros, so that decimals of a column align.
        """
        value = rounded(quantity, digits)
        sign = self._sign(value, signed=signed)
        if quantity.unit in units.AMOUNTS:
            if bare:
                return sign + self._bare_amount(abs(value), quantity.unit)
            return sign + self._amount(abs(value), quantity.unit, aligned=aligned)
        number = self.number(abs(value))
        if bare and quantity.unit not in units.LABELLED:
            return sign + number
        if quantity.unit is Unit.USD_PRICE:  # the sign stands before the currency
            return sign + self._with_unit(number, value, quantity.unit, short=short)
        return self._with_unit(sign + number, value, quantity.unit, short=short)

    def span(
        self, bounds: Range, digits: int | None = None, *, bare: bool = False, signed: bool = False
    ) -> str:
        """Return two bounds with one unit: 18–43%, 18%–43%, 18～43%; one where both print alike."""
        low, high = rounded(bounds.low, digits), rounded(bounds.high, digits)
        if low == high:
            return self.quantity(bounds.high, digits, signed=signed, bare=bare)
        unit, dash = bounds.low.unit, self.language.range_sign
        if unit in units.AMOUNTS:
            return dash.join(self.quantity(bound, digits) for bound in (bounds.low, bounds.high))
        first = self._sign(low, signed=signed) + self.number(abs(low))
        second = self._sign(high, signed=signed) + self.number(abs(high))
        if bare and unit not in units.LABELLED:
            return first + dash + second
        if self.language.code == "zh" and unit in _PER_CENT:
            first += "%"  # mainland usage repeats the sign
        return self._with_unit(first + dash + second, high, unit, short=False)

    def number(self, value: Decimal | float | int, digits: int = 0) -> str:
        """Return a plain number with separators; a ``Decimal`` keeps its own decimals."""
        if not isinstance(value, Decimal):
            value = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-digits))
        places = max(0, -int(value.as_tuple().exponent))
        pattern = "#,##0" + ("." + "0" * places if places else "")
        text = str(format_decimal(abs(value), format=pattern, locale=self._locale))
        return self._sign(value) + text

    def day(self, day: Day | date, style: str = "long") -> str:
        """Return a day: ``long``, ``brief``, ``short`` (no year), ``month`` or ``iso``."""
        on = day.day if isinstance(day, Day) else day
        if style == "iso":
            return on.isoformat()
        if style == "iso_month":
            return f"{on:%Y-%m}"
        if self.language.code == "en":  # international English puts the day first
            return str(format_date(on, _DAY_FIRST[style], locale=self._locale))
        return str(format_skeleton(_SKELETONS[style], on, locale=self._locale))

    def month(self, period: str) -> str:
        """Return a period such as ``2025-12`` as month and year."""
        year, month = period.split("-")
        return self.day(date(int(year), int(month), 1), "month")

    def _sign(self, value: Decimal, *, signed: bool = False) -> str:
        if value < 0:
            return MINUS
        return "+" if signed and value > 0 else ""

    def _with_unit(self, number: str, value: Decimal, unit: Unit, *, short: bool) -> str:
        patterns = units.SHORT if short else units.FULL
        if unit not in patterns:
            return number
        return self._pattern(patterns[unit], value).format(n=number)

    def _pattern(self, forms: units.Forms, value: Decimal) -> str:
        singular, plural = forms
        if singular == "{n}" or singular == "{n}%":  # no words in it
            return singular
        return self._catalogue.ngettext(singular, plural, 1 if abs(value) == 1 else 2)

    def _amount(self, value: Decimal, unit: Unit, *, aligned: bool = False) -> str:
        scale = next((power for power in self.language.scale if value >= 10**power), 0)
        if self.language.compound and scale == 12:
            whole, rest = divmod(value, Decimal(10) ** 12)
            if rest:
                pattern = self._pattern(units.COMPOUND[unit], value)
                lesser = self.number(_plain(rest.scaleb(-8)))
                return pattern.format(n=self.number(_plain(whole)), m=lesser)
        pattern = self._pattern(units.AMOUNTS[unit][scale], value)
        scaled = value.scaleb(-scale)
        return pattern.format(n=self.number(scaled if aligned else _plain(scaled)))

    def _bare_amount(self, value: Decimal, unit: Unit) -> str:
        exponent = TABLE_EXPONENT.get(self.language.code, 8)
        if not value:
            return self.number(0)
        return self.number(value.scaleb(-exponent))  # zeros stay: decimals of a column align


def _plain(value: Decimal) -> Decimal:
    """Drop trailing zeros behind the point and any positive exponent."""
    value = value.normalize()
    return value.quantize(Decimal(1)) if value.as_tuple().exponent > 0 else value  # type: ignore[operator]
