"""A gathering as rows for a terminal: what came from where, how fresh it is, what was found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from reportgen.gather.ladder import Choice
from reportgen.gather.run import Harvest
from reportgen.gather.supply import Tried
from reportgen.snapshot import Note, SeriesData

COLUMNS: tuple[tuple[str, Literal["left", "right"]], ...] = (
    ("Series", "left"),
    ("From", "left"),
    ("Last", "left"),
    ("Age/allowed", "right"),
    ("State", "left"),
    ("Remarks", "left"),
)

RUNG_WORDS = {
    "folder": "own file",
    "live": "live",
    "other": "other source",
    "cache": "cache",
    "bundled": "bundled",
    "": "nowhere",
}
STATE_WORDS = {"fresh": "fresh", "stale": "STALE", "missing": "MISSING", "not_yet": "not yet begun"}
STYLES = {"fresh": "", "stale": "yellow", "missing": "red", "not_yet": "dim"}


def rows(found: Harvest) -> Iterator[tuple[tuple[str, ...], str]]:
    """Return a row of cells and its style for every series."""
    for choice in found.choices:
        data = found.snapshot.series.get(choice.spec.id)
        style = STYLES[choice.state] or ("cyan" if choice.degraded else "")
        yield _row(found, choice, data), style


def _row(found: Harvest, choice: Choice, data: SeriesData | None) -> tuple[str, ...]:
    spec = choice.spec
    last = age = ""
    if data is not None and data.dates.size:
        day = data.dates[-1].item()
        last = day.isoformat()
        age = f"{(found.snapshot.as_of - day).days}/{spec.stale_after_days}"
    remarks = [_outcome(one) for one in choice.tried if one.outcome not in QUIET]
    if data is not None:
        remarks += [noted(one) for one in data.notes]
    return (
        spec.id,
        origin(choice),
        last,
        age,
        STATE_WORDS[choice.state],
        "; ".join(remarks),
    )


QUIET = frozenset({"fresh", "absent", "not_asked"})
"""Outcomes that are no news."""


def _outcome(tried: Tried) -> str:
    """Return what came of one rung, in short: ``fred: http status``, ``yahoo: switched off``."""
    where = tried.endpoint.name if tried.endpoint else RUNG_WORDS[tried.rung]
    kept = " (cache)" if tried.rung == "cache" else ""
    return f"{where}{kept}: {tried.outcome.replace('_', ' ')}"


def origin(choice: Choice) -> str:
    """Return where a series was taken from, in words."""
    endpoint = choice.taken.endpoint if choice.taken else None
    word = RUNG_WORDS[choice.rung]
    return (
        f"{word} ({endpoint.name} {endpoint.id})" if endpoint and choice.rung != "folder" else word
    )


def noted(note: Note) -> str:
    """Return a note in short."""
    days = f" {note.last}" if note.last is not None else ""
    if note.first is not None:
        days = (
            f" {note.first}" if note.last in (None, note.first) else f" {note.first}..{note.last}"
        )
    count = f" ({note.count})" if note.count else ""
    return f"{note.code}{days}{count}"


def listed(choice: Choice) -> dict[str, object]:
    """Return one line of ``series list`` as plain values."""
    spec = choice.spec
    return {
        "id": spec.id,
        "publisher": spec.publisher,
        "frequency": spec.frequency,
        "unit": spec.unit,
        "rung": RUNG_WORDS[choice.rung],
        "last": choice.last.isoformat() if choice.last else None,
    }


def described(choice: Choice, data: SeriesData | None) -> dict[str, object]:
    """Return everything ``series show`` says of a series.

    Args:
        choice: where it is taken from.
        data: what is held of it.
    """
    from reportgen.assess.back import model_specs
    from reportgen.i18n import LANGUAGES, load_catalogue
    from reportgen.resources import locales_folder

    spec = choice.spec
    names = {
        one.code: load_catalogue(locales_folder(), one).gettext(spec.name) for one in LANGUAGES
    }
    tail = [] if data is None else list(zip(data.dates[-3:], data.numbers[-3:], strict=True))
    return {
        "id": spec.id,
        **{f"name_{code}": name for code, name in names.items()},
        "publisher": spec.publisher,
        "publisher_id": spec.publisher_id,
        "sources": [f"{one.name} {one.id} {one.field}".rstrip() for one in spec.endpoints],
        "sampled": f"{spec.sampled.on}, of {spec.sampled.of or 'its own'}" if spec.sampled else "",
        "unit": spec.unit,
        "frequency": spec.frequency,
        "published": _release(choice),
        "allowed_age_days": spec.stale_after_days,
        "plausible": f"{spec.low:g} to {spec.high:g}",
        "largest_step": _step(choice),
        "begins": spec.since.isoformat(),
        "licence": spec.licence,
        "models": [one.id for one in model_specs() if spec.id in one.inputs],
        "held": origin(choice) if choice.taken else "nothing",
        "last_values": [f"{day} {number:g}" for day, number in tail],
    }


def _release(choice: Choice) -> str:
    rule = choice.spec.release
    kind = "business days" if rule.business else "days"
    then = f", then the next {rule.weekday}" if rule.weekday else ""
    return f"{rule.days} {kind} after the period{then}, {rule.time} New York time"


def _step(choice: Choice) -> str:
    step = choice.spec.step
    parts = [f"{step.relative:.0%}"] if step.relative is not None else []
    parts += [f"{step.absolute:g}"] if step.absolute is not None else []
    return ", ".join(parts) or "not bounded"
