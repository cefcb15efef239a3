"""The sections of ``reportgen.toml`` for the report itself: publisher, page, figures."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Colour = Annotated[str, msgspec.Meta(pattern="^(#[0-9A-Fa-f]{6})?$")]
Filled = Annotated[str, msgspec.Meta(min_length=1)]


class Colours(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The brand's colours, ``#rrggbb``; empty for the report's own."""

    primary: Colour = ""
    accent: Colour = ""


class Publisher(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who publishes the report.

    Args:
        name: printed on the cover and in the running heads; stands for ``house`` in the house view.
        logo: an SVG or PNG file; empty for none.
        contact: one line: an address, a telephone number, a mailbox.
        colours: brand colours.
        disclaimer: text by language; a language without one has the report's own.
    """

    name: Filled = "Reportgen Research"
    logo: str = ""
    contact: str = ""
    colours: Colours = Colours()
    disclaimer: dict[str, str] = {}


class ReportSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is written when the command line does not say."""

    languages: Annotated[tuple[Filled, ...], msgspec.Meta(min_length=1)] = ("zh", "ja", "en")
    formats: Annotated[tuple[Literal["pdf", "html"], ...], msgspec.Meta(min_length=1)] = (
        "pdf",
        "html",
    )


class Fonts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where fonts are looked for; empty for those of the system."""

    folder: str = ""


class Build(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much is computed, with how many hands, and where the result goes.

    Args:
        paths: simulated paths a window.
        jobs: languages written side by side; 0 for one a processor.
        output: folder for drafts, editions and caches.
        data: where the figures come from when the command line does not say.
    """

    paths: Annotated[int, msgspec.Meta(ge=1_000, le=5_000_000)] = 200_000
    jobs: Annotated[int, msgspec.Meta(ge=0, le=64)] = 0
    output: Filled = "output"
    data: Filled = "auto"


class SourceSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one publisher is reached.

    Args:
        base_url: a mirror, a proxy or a local server in the publisher's place; empty for its own.
        enabled: whether it is asked at all.
    """

    base_url: Annotated[str, msgspec.Meta(pattern=r"^(https?://[^\s?#@]+)?$")] = ""
    enabled: bool = True


class SourcesSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the month's figures are gathered.

    Args:
        contact: a mail address, told to the publishers in the user agent; the SEC refuses
            whoever gives none, so without one it is not asked.
        budget: seconds for all publishers together.
        folder: CSV files of figures you hold a licence for, one a series; asked first.
    """

    contact: Annotated[str, msgspec.Meta(pattern=r"^([^\s@<>()]+@[^\s@<>()]+)?$")] = ""
    budget: Annotated[float, msgspec.Meta(ge=1, le=3600)] = 60.0
    folder: str = ""
    fred: SourceSettings = SourceSettings()
    fred_api: SourceSettings = SourceSettings()
    cboe: SourceSettings = SourceSettings()
    treasury: SourceSettings = SourceSettings()
    cftc: SourceSettings = SourceSettings()
    sec: SourceSettings = SourceSettings()
    bis: SourceSettings = SourceSettings()
    boj: SourceSettings = SourceSettings()
    lbma: SourceSettings = SourceSettings()
    yahoo: SourceSettings = SourceSettings(enabled=False)


class Paths(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Files beside the program.

    Args:
        notes: the analyst's notes, ``2026-01.zh.md``.
        house: the house views, ``2026-01.toml``; an edition takes that of its month or, where
            there is none, the newest before. Without any, the view that comes with the program.
    """

    notes: Filled = "notes"
    house: Filled = "house"
