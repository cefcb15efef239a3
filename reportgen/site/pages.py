"""The pages of the site, each with its path, its template and what fills it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reportgen.i18n import Language
from reportgen.render.figures import figure_of, key_figures
from reportgen.site import addresses, figures, searching
from reportgen.site.addresses import edition_page, front, room
from reportgen.site.chart import Track, drawings
from reportgen.site.desk import Desk
from reportgen.site.shelf import Volume
from reportgen.site.track_record import record_of

ROOMS = ("record", "corrections", "search")
LEAD = ("bear", "flash", "severe")
"""Whose course the title of the drawing tells: the first of these that has one."""


@dataclass(frozen=True)
class Page:
    """A page of the site.

    Args:
        path: where it stands.
        template: what it is made from.
        language: of its words.
        kind: ``front``, ``edition``, or a room.
        alternates: the same page in every language it is there in, itself among them.
        values: what fills it, beside what every page has.
        changed: moment of the newest thing it tells (RFC 3339).
        fallback: page for readers of no language of ours; empty for none.
        description: its verdict, for search engines; empty for that of the site.
    """

    path: str
    template: str
    language: Language
    kind: str
    alternates: tuple[tuple[Language, str], ...]
    changed: str
    values: Mapping[str, Any] = field(default_factory=dict)
    fallback: str = ""
    description: str = ""

    @property
    def others(self) -> tuple[tuple[Language, str], ...]:
        """The page in the other languages."""
        return tuple(one for one in self.alternates if one[0] != self.language)


@dataclass(frozen=True)
class Shelf:
    """The editions of one language on the shelf of all.

    Args:
        desk: of the language.
        every: all editions, newest first.
        languages: of the site, in its order.
    """

    desk: Desk
    every: tuple[Volume, ...]
    languages: tuple[Language, ...]

    @property
    def language(self) -> Language:
        """The language."""
        return self.desk.language

    @property
    def own(self) -> tuple[Volume, ...]:
        """Editions in the language."""
        return tuple(one for one in self.every if self.language in one.languages)

    @property
    def current(self) -> tuple[Volume, ...]:
        """Those of them nothing took the place of."""
        return tuple(one for one in self.own if not one.replaced_by) or self.own

    def named(self, name: str | None) -> Volume | None:
        """Return an edition of the language by its name."""
        return next((one for one in self.own if one.name == name), None)

    def before(self, volume: Volume) -> Volume | None:
        """Return the newest current edition of an earlier month."""
        earlier = (one for one in self.current if one.head.period < volume.head.period)
        return next(earlier, None)

    def after(self, volume: Volume) -> Volume | None:
        """Return the oldest current edition of a later month."""
        later = [one for one in self.current if one.head.period > volume.head.period]
        return later[-1] if later else None


def pages(shelf: Shelf) -> Iterator[Page]:
    """Yield the pages of one language."""
    yield _front(shelf)
    yield _record(shelf)
    yield _corrections(shelf)
    yield _search(shelf)
    for volume in shelf.own:
        yield _edition(shelf, volume)


def _everywhere(shelf: Shelf, name: str = "") -> tuple[tuple[Language, str], ...]:
    return tuple(
        (one, room(one.code, name) if name else front(one.code)) for one in shelf.languages
    )


def _newest(volumes: Sequence[Volume]) -> str:
    return addresses.moment(max(one.head.published for one in volumes))


def _front(shelf: Shelf) -> Page:
    latest = shelf.current[0]
    drawn = figures.tracks(shelf.current)
    rows = [
        {
            "volume": one,
            "figures": [figure_of(one.headlines, track.code) for track in drawn],
        }
        for one in shelf.current
    ]
    return Page(
        path=front(shelf.language.code),
        template="front.html.j2",
        language=shelf.language,
        kind="front",
        alternates=_everywhere(shelf),
        values={
            "latest": latest,
            "volumes": shelf.every,
            "figures": key_figures(latest.headlines),
            "codes": [track.code for track in drawn],
            "series": rows,
            "gaps": any(None in track.points for track in drawn),
            **_drawn(shelf, drawn),
        },
        changed=_newest(shelf.own),
        fallback=addresses.INDEX,
        description=latest.headlines.verdict[shelf.language.code],
    )


def _drawn(shelf: Shelf, drawn: tuple[Track, ...]) -> dict[str, Any]:
    """Return the drawing of the probabilities and its words."""
    if not drawn:
        return {"drawings": {}, "words": None}
    codes = [track.code for track in drawn]
    lead = next(track for code in LEAD for track in drawn if track.code == code)
    known = [one for one in lead.points if one is not None]
    number, month = shelf.desk.formatter.number, shelf.desk.formatter.month
    oldest = next(
        one for one in reversed(shelf.current) if figure_of(one.headlines, lead.code) is not None
    )
    volumes = sorted(shelf.current, key=lambda one: one.headlines.as_of)
    highest, then = max(
        ((point.value, one) for point, one in zip(lead.points, volumes, strict=True) if point),
        key=lambda pair: pair[0],
    )
    words = shelf.desk.words(
        "series.txt.j2",
        {
            "codes": codes,
            "lead": lead.code,
            "first": known[0],
            "last": known[-1],
            "single": len(known) == 1,
            "was": f"{number(known[0].value)}%",
            "now": f"{number(known[-1].value)}%",
            "since": month(oldest.head.period),
            "highest": highest,
            "top": f"{number(highest)}%",
            "then": month(then.head.period),
            "count": number(len(shelf.current)),
        },
    )
    several = len(shelf.current) > 1  # a single point is no course
    return {
        "words": words,
        "drawings": drawings(drawn, words.labels, shelf.desk.pen) if several else {},
    }


def _record(shelf: Shelf) -> Page:
    latest = shelf.current[0]
    told = [(one, record_of(one.headlines)) for one in shelf.current]
    return Page(
        path=room(shelf.language.code, "record"),
        template="record.html.j2",
        language=shelf.language,
        kind="record",
        alternates=_everywhere(shelf, "record"),
        values={
            "latest": latest,
            "record": record_of(latest.headlines),
            "history": [(volume, then) for volume, then in told if then is not None],
        },
        changed=_newest(shelf.own),
    )


def _corrections(shelf: Shelf) -> Page:
    names = {one.name: one for one in shelf.every}
    corrected = [
        (one, names.get(one.head.correction.corrects))
        for one in shelf.every
        if one.head.correction is not None
    ]
    return Page(
        path=room(shelf.language.code, "corrections"),
        template="corrections.html.j2",
        language=shelf.language,
        kind="corrections",
        alternates=_everywhere(shelf, "corrections"),
        values={"corrections": corrected},
        changed=_newest([one for one, _ in corrected] or shelf.every[-1:]),
    )


def _search(shelf: Shelf) -> Page:
    return Page(
        path=room(shelf.language.code, "search"),
        template="search.html.j2",
        language=shelf.language,
        kind="search",
        alternates=_everywhere(shelf, "search"),
        values={"shelf": list(searching.listing(shelf.every, shelf.language.code))},
        changed=_newest(shelf.own),
    )


def _edition(shelf: Shelf, volume: Volume) -> Page:
    code, head = shelf.language.code, volume.head
    files = [(volume.report(code, ending), ending) for ending in ("html", "pdf")]
    written = [(file, ending) for file, ending in files if file is not None]
    compared = shelf.named(head.previous) or shelf.before(volume)
    correction = head.correction
    successor = shelf.named(volume.replaced_by)
    return Page(
        path=edition_page(code, volume.name),
        template="edition.html.j2",
        language=shelf.language,
        kind="edition",
        alternates=tuple(
            (one, edition_page(one.code, volume.name))
            for one in shelf.languages
            if one in volume.languages
        ),
        values={
            "volume": volume,
            "figures": key_figures(volume.headlines),
            "files": written,
            "sample": written[-1][0].name if written else volume.manifest.name,
            "compared": compared,
            "changes": _between(figures.changes, compared, volume),
            "ratings": _between(figures.ratings, compared, volume),
            "replacement": successor,
            "corrected": shelf.named(correction.corrects) if correction else None,
            "before": shelf.before(volume),
            "after": shelf.after(volume),
        },
        changed=_newest([volume] if successor is None else [volume, successor]),
        description=volume.headlines.verdict[code],
    )


def _between(compare: Any, before: Volume | None, after: Volume) -> tuple[figures.Change, ...]:
    return () if before is None else compare(before.headlines, after.headlines)
