"""The Jinja environment of one language: strict, sandboxed, with the filters templates use.

Filters and functions for templates (``*.html.j2`` get marked-up figures, others plain text):

- ``x|q``, ``x|q(1)``, ``x|q(signed=true, bare=true, short=true)``: a quantity
- ``r|span``: a range; ``d|day``, ``d|day("month")``: a day
- ``x|name``: a proper name that comes with the data
- ``term("flash crash")``: what the glossary has for it
- ``x|mark``: the small sign of the figure's origin; ``x|down``: the size of a fall, unsigned
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import (
    BytecodeCache,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    pass_context,
    pass_eval_context,
)
from jinja2.bccache import Bucket
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from markupsafe import Markup, escape

from reportgen.facts import Assumed, Computed, Day, Observed, Quantity, Range
from reportgen.i18n.catalogue import Catalogue
from reportgen.i18n.glossary import term_in
from reportgen.i18n.names import named_then
from reportgen.i18n.numbers import Formatter, rounded
from reportgen.i18n.sandbox import PlainData
from reportgen.i18n.terms_then import wording

ORIGIN_SIGNS = {Observed: "●", Computed: "◆", Assumed: "○"}
MARKED_UP = (".html.j2", ".xml.j2")


class _Compiled(BytecodeCache):
    """Templates this process has compiled, for the environments of every language and day.

    Compiling takes three quarters of the time of writing a page. What is compiled must then
    depend on the template alone: the environments leave constants to be evaluated as the page
    is written, by the filters of its language.
    """

    def __init__(self) -> None:
        self._held: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take a template's code, if it was compiled from the same source."""
        held = self._held.get(bucket.key)
        if held is not None:
            bucket.bytecode_from_string(held)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template's code."""
        self._held[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


@pass_context
def _as_it_is(context: Context, value: Any) -> Any:
    """Leave what is printed as it is; asking for the context keeps it from being folded."""
    return value


def environment(
    templates: Path, catalogue: Catalogue, formatter: Formatter, on: date | None = None
) -> Environment:
    """Return the environment that renders ``templates`` in the formatter's language.

    Args:
        templates: the folder.
        catalogue: words of the language.
        formatter: its figures.
        on: the edition's as-of date, whose terms are used; ``None`` for those of now.
    """
    then = wording(formatter.language.code, on) if on is not None else str
    env = PlainData(
        helpers=(Formatter,),
        loader=FileSystemLoader(templates),
        autoescape=lambda name: bool(name) and str(name).endswith(MARKED_UP),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"],
        bytecode_cache=_COMPILED,
        optimized=False,
        finalize=_as_it_is,
    )
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_callables(  # type: ignore[attr-defined]
        _in_terms(then, catalogue.gettext),
        _in_terms(then, catalogue.ngettext),
        newstyle=True,
        pgettext=_in_terms(then, catalogue.pgettext),
        npgettext=_in_terms(then, catalogue.npgettext),
    )
    env.filters.update(_filters(formatter))
    env.filters["name"] = _names(catalogue, then)
    env.globals["language"] = formatter.language
    env.globals["format"] = formatter
    env.globals["term"] = _in_terms(then, partial(term_in, formatter.language.code))
    return env


def _in_terms(then: Callable[[str], str], words: Callable[..., str]) -> Callable[..., str]:
    """Return a source of words whose terms are those of a day."""

    def said(*asked: Any) -> str:
        return then(words(*asked))

    return said


def _names(catalogue: Catalogue, then: Callable[[str], str]) -> Callable[..., str]:
    """Return the filter for proper names; those of the edition's day, where one is rendered."""

    @pass_context
    def name(context: Context, text: str) -> str:
        found = then(catalogue.name(text))
        edition = getattr(context.get("a"), "edition", None)
        return found if edition is None else named_then(found, edition.as_of.day, catalogue.name)

    return name


def _filters(formatter: Formatter) -> dict[str, Callable[..., Any]]:
    @pass_eval_context
    def quantity(
        context: EvalContext, figure: Quantity, digits: int | None = None, **how: bool
    ) -> str:
        text = formatter.quantity(figure, digits, **how)
        return _marked_up(context, text, figure.key, f"{rounded(figure, digits)} {figure.unit}")

    @pass_eval_context
    def down(context: EvalContext, figure: Quantity, digits: int | None = None) -> str:
        """Print the size of a change whose direction the sentence gives in words."""
        size = Quantity(abs(figure.value), figure.unit, figure.origin, figure.key)
        text = formatter.quantity(size, digits)
        return _marked_up(context, text, figure.key, f"{rounded(size, digits)} {figure.unit}")

    @pass_eval_context
    def span(context: EvalContext, bounds: Range, digits: int | None = None, **how: bool) -> str:
        text = formatter.span(bounds, digits, **how)
        low, high = rounded(bounds.low, digits), rounded(bounds.high, digits)
        key = bounds.low.key.removesuffix(".low")
        return _marked_up(context, text, key, f"{low} {high} {bounds.low.unit}")

    @pass_eval_context
    def day(context: EvalContext, on: Day | date, style: str = "long") -> str:
        text = formatter.day(on, style)
        if not isinstance(on, Day):
            return text
        return _marked_up(context, text, on.key, on.day.isoformat())

    return {"q": quantity, "down": down, "span": span, "day": day, "mark": _origin_sign}


def _marked_up(context: EvalContext, text: str, key: str, value: str) -> str:
    if not context.autoescape:
        return text
    return Markup('<data data-key="{}" value="{}">{}</data>').format(key, value, escape(text))


def _origin_sign(figure: Quantity | Day | Range) -> str:
    origin = figure.low.origin if isinstance(figure, Range) else figure.origin
    kind = type(origin)
    return Markup('<span class="origin {}">{}</span>').format(
        kind.__name__.lower(), ORIGIN_SIGNS[kind]
    )


def plain(markup: str) -> str:
    """Return text without tags, for places that hold no markup."""
    return str(Markup(markup).striptags())
