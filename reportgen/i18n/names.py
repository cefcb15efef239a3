"""Proper names as they were on a day: companies were called otherwise before they changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

FORMER: Mapping[str, tuple[str, date]] = {
    "Alphabet": ("Google", date(2015, 10, 2)),
    "Meta": ("Facebook", date(2021, 10, 28)),
}
"""The earlier name of a company, and the first day of the present one."""


def named_then(text: str, on: date, translate: Callable[[str], str]) -> str:
    """Return a text with companies called as they were on a day.

    Args:
        text: in the reader's language.
        on: the day.
        translate: a name in the reader's language.
    """
    for present, (former, changed) in FORMER.items():
        if on < changed:
            text = text.replace(translate(present), translate(former))
    return text
