"""What is asked of a run, and the figures it is made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.i18n.language import LANGUAGES, Language, language_of

if TYPE_CHECKING:
    from reportgen.config import Settings
    from reportgen.gather import Material
    from reportgen.house import HouseView
    from reportgen.period import EditionDates
    from reportgen.snapshot import Snapshot

FORMATS = ("pdf", "html")
Progress = Callable[[str, str], None]
"""Told the name of each phase as it begins, and a detail (a language, a file) or nothing."""


@dataclass(frozen=True)
class Request:
    """What is to be built.

    Args:
        languages: in the order they are written.
        formats: of ``FORMATS``.
        data: ``auto``, ``live``, ``cache``, ``bundled`` or the folder of a snapshot.
        now: the moment of asking; aware.
        output: folder that holds ``drafts/`` and ``cache/``.
        settings: the configuration.
        paths: simulated paths a window.
        jobs: languages written side by side.
        as_of: last day an observation may describe; ``None`` for the freshest there is.
        period: month of the edition; ``None`` for the month of ``as_of``.
        house: file of the house view; the newest bundled one of that day when ``None``.
        draft: whether the pages say that they are a draft.
        keyed: whether there is a key for FRED in the environment.
        known_at: what had been published by then counts; ``None`` for the rule of ``as_of``.
        dates: the edition's dates where they are set; by default they follow from the figures.
        cached: whether what an earlier run made may be used.
        houseless: that there is no house view, not even a bundled one.
    """

    languages: tuple[Language, ...]
    formats: tuple[str, ...]
    data: str
    now: datetime
    output: Path
    settings: Settings
    paths: int
    jobs: int
    as_of: date | None = None
    period: str | None = None
    house: Path | None = None
    draft: bool = False
    keyed: bool = False
    known_at: datetime | None = None
    dates: EditionDates | None = None
    cached: bool = True
    houseless: bool = False


@dataclass(frozen=True)
class Gathered:
    """What an assessment is made from.

    Args:
        material: the figures.
        house: the house view as it was known; ``None`` when none of it stands.
        dates: of the edition.
        house_file: where the house view was read from.
    """

    material: Material
    house: HouseView | None
    dates: EditionDates
    house_file: Path | None = None

    @property
    def snapshot(self) -> Snapshot:
        """The figures."""
        return self.material.snapshot


def languages_of(codes: tuple[str, ...]) -> tuple[Language, ...]:
    """Return the languages named on the command line; ``all`` and nothing mean all."""
    named = tuple(language_of(code) for code in codes if code != "all")
    return LANGUAGES if not codes or "all" in codes else tuple(dict.fromkeys(named))


def formats_of(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the formats named on the command line; ``all`` and nothing mean all."""
    return FORMATS if not names or "all" in names else tuple(dict.fromkeys(names))
