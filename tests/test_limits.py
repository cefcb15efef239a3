"""A bomb in a text or a page ends by its limits, and whoever set it off goes on (S3)."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reportgen.errors import DataError
from reportgen.render.limits import Limits, limited, within

SMALL = Limits(processor=1, wall=60, memory=400_000_000, file=1_000_000)
ENDED, MEMORY, DEEP, LARGE = "was ended", "needs more than", "too deep", "writes a file"
IN_TEXTS = {
    "loops": (
        "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
        ENDED,
    ),
    "long text": ("{{ 'a' * 9999999999 }}", MEMORY),
    "macros": ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", DEEP),
}
MORE_IN_TEXTS = {
    "power": ("{{ 9 ** (9 ** 9) }}", ENDED),
    "doubling": (
        "{% set n = namespace(x='a') %}{% for i in range(99) %}"
        "{% set n.x = n.x ~ n.x %}{% endfor %}",
        MEMORY,
    ),
    "width": ("{{ '%999999999d'|format(1) }}", MEMORY),
}
IN_PAGES = {
    "columns": ("<table><tr><td colspan=10000000>a</td></tr></table>", f"{ENDED}|{MEMORY}"),
    "cells": ("<table>" + ("<tr>" + "<td>a" * 20) * 20 + "</table>", None),
    "many cells": ("<table>" + ("<tr>" + "<td>a" * 400) * 1000 + "</table>", f"{ENDED}|{MEMORY}"),
    "nesting": ("<div>" * 5000 + "a", DEEP),
}


def _text(folder: Path, text: str) -> str:
    from reportgen.i18n import Formatter, load_catalogue
    from reportgen.i18n.environment import environment
    from reportgen.i18n.language import language_of
    from reportgen.resources import locales_folder

    (folder / "page.txt.j2").write_text(text, encoding="utf-8")
    language = language_of("en")
    words = load_catalogue(locales_folder(), language)
    env = environment(folder, words, Formatter(language, words))
    return env.get_template("page.txt.j2").render()


def _page(body: str) -> bytes:
    from reportgen.render.fonts import FontSet
    from reportgen.render.pdf import DocumentInfo, write_pdf

    style = "<style>td,div{font-family:var(--serif)}</style>"
    page = f'<!doctype html><html lang="en"><head><title>a</title>{style}</head><body>{body}'
    info = DocumentInfo(datetime(2025, 12, 7, tzinfo=UTC))
    return write_pdf(page, {}, FontSet.for_language("en"), info)


def _pid() -> int:
    import os

    return os.getpid()


def _fill(path: Path) -> None:
    path.write_bytes(bytes(SMALL.file + 1))


def _leave_core() -> tuple[int, int]:
    import resource

    return resource.getrlimit(resource.RLIMIT_CORE)


@pytest.mark.parametrize(
    "name", [*IN_TEXTS, *(pytest.param(name, marks=pytest.mark.long) for name in MORE_IN_TEXTS)]
)
def test_a_bomb_in_a_text_ends(name: str, tmp_path: Path) -> None:
    """Endless loops, endless texts and endless calls; a sentence is all that is left."""
    text, said = (IN_TEXTS | MORE_IN_TEXTS)[name]
    with pytest.raises(DataError, match=said), limited(1) as pool:
        pool.submit(within, SMALL, _text, tmp_path, text).result()


@pytest.mark.long
@pytest.mark.parametrize("name", IN_PAGES)
def test_a_bomb_in_a_page_ends(name: str) -> None:
    """Tables and boxes no reader could mean, in what WeasyPrint sets; a large table is set."""
    body, said = IN_PAGES[name]
    roomy = Limits(processor=10, wall=120, memory=800_000_000)
    with limited(1) as pool:
        assert pool.submit(within, roomy, _pid).result() > 0
    if said is None:
        with limited(1) as pool:
            assert pool.submit(within, roomy, _page, body).result().startswith(b"%PDF")
        return
    with pytest.raises(DataError, match=said), limited(1) as pool:
        pool.submit(within, roomy, _page, body).result()


def test_who_only_waits_is_ended_by_the_clock() -> None:
    """What needs no processor and never comes back is ended all the same."""
    with pytest.raises(DataError, match=ENDED), limited(1) as pool:
        pool.submit(within, Limits(wall=1), time.sleep, 600).result()


def test_what_keeps_within_is_as_ever(tmp_path: Path) -> None:
    """Work after work in the same process, each with the whole of its limits; no core is left."""
    with limited(1) as pool:
        first, second = (pool.submit(within, SMALL, _pid).result() for _ in range(2))
        assert first == second
        assert pool.submit(within, SMALL, _text, tmp_path, "{{ 6 * 7 }}").result() == "42"
        assert pool.submit(within, SMALL, _leave_core).result()[0] == 0
        with pytest.raises(DataError, match=LARGE):
            pool.submit(within, SMALL, _fill, tmp_path / "file").result()
        assert pool.submit(within, SMALL, _pid).result() == first
