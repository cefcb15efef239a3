"""Finer points of the page: quotes, apostrophes, figures with what they count."""

from __future__ import annotations

from reportgen.render.typography import quoted, refined


def test_english_quotes_are_typographic() -> None:
    """Opening behind a space or bracket, closing elsewhere, the apostrophe always closing."""
    assert quoted('the bank\'s "first" level ("floor")') == (
        "the bank\u2019s \u201cfirst\u201d level (\u201cfloor\u201d)"
    )


def test_attributes_and_style_sheets_stay_as_they_are() -> None:
    """Only text between tags is touched; an apostrophe behind a tag still closes."""
    html = "<style>a{content:'x'}</style><p title=\"it's\"><b>bank</b>'s</p>"
    assert refined(html, "en") == html.replace("</b>'", "</b>\u2019")


def test_figures_stay_with_what_they_count() -> None:
    """A no-break space stands between a figure, marked up or not, and its unit."""
    assert refined("<p>21 trading days</p>", "en") == "<p>21\u00a0trading days</p>"
    data = '<data data-key="k" value="5">5</data>'
    assert refined(f"<p>{data} weeks</p>", "en") == f"<p>{data}\u00a0weeks</p>"


def test_the_sign_of_origin_stays_with_its_figure() -> None:
    """In every language both stand in one piece that is not broken."""
    both = '<data data-key="k" value="5">5</data><span class="origin computed">\u25c6</span>'
    assert refined(f"<dd>{both}</dd>", "ja") == f'<dd><span class="nowrap">{both}</span></dd>'
