"""What other programs read of the site: Atom feeds, the map for search engines, robots.txt."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from reportgen.site.addresses import Addresses, moment
from reportgen.site.pages import Page, Shelf
from reportgen.site.shelf import Volume

NAME = "nasdaq-risk-assessment"
ENTRIES = 36
"""Editions a feed holds."""
_TYPES = {"html": "text/html", "pdf": "application/pdf"}


def feed_path(language: str) -> str:
    """Return the path of a language's feed."""
    return f"{language}/feed.xml"


def feed(shelf: Shelf, addresses: Addresses) -> dict[str, Any]:
    """Return what fills the feed of a language (RFC 4287).

    The names of feed and entries stay when pages move; an edition counts as updated when another
    took its place.
    """
    code = shelf.language.code
    newest = shelf.own[:ENTRIES]
    first = min(one.head.published for one in shelf.own)
    return {
        "feed_id": addresses.tag(first, f"{NAME}/{code}"),
        "updated": moment(max(_updated(one, shelf) for one in newest)),
        "entries": [
            {
                "id": addresses.tag(one.head.published, f"{NAME}/{one.name}/{code}"),
                "volume": one,
                "published": moment(one.head.published),
                "updated": moment(_updated(one, shelf)),
                "files": [
                    (file, _TYPES[ending])
                    for ending in ("pdf", "html")
                    if (file := one.report(code, ending)) is not None
                ],
            }
            for one in newest
        ],
    }


def _updated(volume: Volume, shelf: Shelf) -> datetime:
    successor = shelf.named(volume.replaced_by)
    return (successor or volume).head.published


def robots(addresses: Addresses) -> bytes:
    """Return ``robots.txt``: everybody may read everything; the map stands here."""
    lines = ["User-agent: *", "Allow: /"]
    if addresses.base:
        lines.append(f"Sitemap: {addresses.absolute('sitemap.xml')}")
    return ("\n".join(lines) + "\n").encode()


def mapped(pages: Iterable[Page]) -> dict[str, Any]:
    """Return what fills the map (sitemaps.org), with the languages of each page."""
    return {"pages": list(pages)}
