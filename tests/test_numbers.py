"""Figures as each language writes them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.facts import Computed, Quantity, Range, Unit
from reportgen.i18n import LANGUAGES, Formatter, language_of, load_catalogue
from reportgen.i18n.numbers import rounded
from reportgen.resources import locales_folder

ORIGIN = Computed("M0")
SCALES = {
    "万亿": 12, "兆": 12, "trillion": 12, "亿": 8, "億": 8, "billion": 9, "million": 6, "万": 4,
}  # fmt: skip


@pytest.fixture(scope="module")
def formatters() -> dict[str, Formatter]:
    """One formatter a language, with the shipped catalogues."""
    return {one.code: Formatter(one, load_catalogue(locales_folder(), one)) for one in LANGUAGES}


def _money(value: float) -> Quantity:
    return Quantity(value, Unit.USD, ORIGIN)


@pytest.mark.parametrize(
    ("code", "text"), [("zh", "4,500亿美元"), ("ja", "4,500億ドル"), ("en", "$450 billion")]
)
def test_an_amount_is_written_in_the_orders_of_magnitude_of_its_language(
    formatters: dict[str, Formatter], code: str, text: str
) -> None:
    """450 billion dollars are 4,500亿 in Chinese, 4,500億 in Japanese."""
    assert formatters[code].quantity(_money(450e9)) == text


@pytest.mark.parametrize(
    ("code", "text"),
    [("zh", "38.39万亿美元"), ("ja", "38兆3,900億ドル"), ("en", "$38.39 trillion")],
)
def test_trillions(formatters: dict[str, Formatter], code: str, text: str) -> None:
    """Japanese writes trillions in two orders of magnitude; the value stays the same."""
    assert formatters[code].quantity(_money(38_389_370e6)) == text


@pytest.mark.parametrize(("code", "text"), [("ja", "300.0億ドル"), ("en", "$30.00 billion")])
def test_amounts_of_a_column_keep_their_zeros(
    formatters: dict[str, Formatter], code: str, text: str
) -> None:
    """Thirty billion with four significant digits, where decimals of a column align."""
    assert formatters[code].quantity(_money(30e9), aligned=True) == text


@given(st.floats(1e5, 9e13))
def test_every_language_prints_the_same_amount(value: float) -> None:
    """Reading the printed amount back gives one value in all languages."""
    read = set()
    for one in LANGUAGES:
        formatter = Formatter(one, load_catalogue(locales_folder(), one))
        read.add(_read(formatter.quantity(_money(value))))
    assert read == {int(rounded(_money(value)))}


def _read(text: str) -> int:
    """Read an amount as a person would: digits, then the word for the power of ten."""
    import re
    from decimal import Decimal

    total = Decimal(0)
    for digits, word in re.findall(
        r"([\d,.]+)\s*(万亿|兆|trillion|亿|億|billion|million|万)?", text
    ):
        total += Decimal(digits.replace(",", "")) * 10 ** SCALES.get(word, 0)
    return int(total)


def test_minus_is_the_typographic_sign_and_zero_has_none(
    formatters: dict[str, Formatter],
) -> None:
    """Negative numbers carry U+2212; what rounds to zero carries no sign."""
    english = formatters["en"]
    assert english.quantity(Quantity(-1.587, Unit.PERCENT, ORIGIN)) == "−1.6%"
    assert english.quantity(Quantity(-0.01, Unit.PERCENT, ORIGIN)) == "0.0%"
    assert english.quantity(Quantity(2.5, Unit.PERCENT, ORIGIN), signed=True) == "+2.5%"


@pytest.mark.parametrize(("code", "text"), [("zh", "18%–43%"), ("ja", "18～43%"), ("en", "18–43%")])
def test_an_interval_of_probabilities(
    formatters: dict[str, Formatter], code: str, text: str
) -> None:
    """Mainland usage repeats the per cent sign, Japanese joins with a wave dash."""
    low, high = (Quantity(p, Unit.PROBABILITY, ORIGIN) for p in (0.18, 0.43))
    assert formatters[code].span(Range(low, high)) == text


@pytest.mark.parametrize("code", ["zh", "ja", "en"])
def test_a_range_whose_ends_print_alike_is_one_figure(
    formatters: dict[str, Formatter], code: str
) -> None:
    """34.1 to 34.4 per cent is 34%, with its unit or without; more decimals show the range."""
    low, high = (Quantity(p, Unit.PROBABILITY, ORIGIN) for p in (0.341, 0.344))
    write = formatters[code].span
    assert write(Range(low, high)) == "34%"
    assert write(Range(low, high), bare=True) == "34"
    assert "34.4" in write(Range(low, high), 1)


@pytest.mark.parametrize(
    ("code", "day", "month"),
    [
        ("zh", "2025年12月5日", "2025年12月"),
        ("ja", "2025年12月5日", "2025年12月"),
        ("en", "5\N{NO-BREAK SPACE}December 2025", "December 2025"),
    ],
)
def test_dates(formatters: dict[str, Formatter], code: str, day: str, month: str) -> None:
    """Days and months as each language writes them; no line ends within an English day."""
    assert formatters[code].day(date(2025, 12, 5)) == day
    assert formatters[code].month("2025-12") == month


def test_an_unknown_language_names_the_nearest() -> None:
    """A typo in a language code is answered with the code that was meant."""
    from reportgen.errors import UsageError

    with pytest.raises(UsageError, match="'jp'") as caught:
        language_of("jp")
    assert "ja" in caught.value.hint


def test_one_day_is_singular_in_english(formatters: dict[str, Formatter]) -> None:
    """Units follow the number."""
    english = formatters["en"]
    assert english.quantity(Quantity(1, Unit.DAYS, ORIGIN)) == "1 day"
    assert english.quantity(Quantity(3, Unit.DAYS, ORIGIN)) == "3 days"
    assert formatters["ja"].quantity(Quantity(3, Unit.TRADING_DAYS, ORIGIN)) == "3営業日"
