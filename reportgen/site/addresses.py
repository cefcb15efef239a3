"""Addresses: how the pages of the site link to each other, and where the site is read."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

INDEX = "index.html"


@dataclass(frozen=True)
class Addresses:
    """How pages are linked.

    Args:
        base: the address of the front page; empty for a site that is looked at in its folder.
            Then links name ``index.html``, which no server is there to fill in.
    """

    base: str = ""

    def link(self, source: str, target: str) -> str:
        """Return the relative address of ``target`` for a page at ``source``; both are paths."""
        path = posixpath.relpath(target, posixpath.dirname(source) or ".")
        if self.base and posixpath.basename(path) == INDEX:
            folder = posixpath.dirname(path)
            return f"{folder}/" if folder else "./"
        return path

    def absolute(self, target: str) -> str:
        """Return the full address of a path; ``ValueError`` without a base."""
        if not self.base:
            raise ValueError("a site without a base address has no full addresses")
        path = target.removesuffix(INDEX) if posixpath.basename(target) == INDEX else target
        return f"{self.base.rstrip('/')}/{path}"

    def tag(self, since: datetime, name: str) -> str:
        """Return a name for ever (RFC 4151): it stays when the site moves within its host.

        Args:
            since: a moment at which the host was the publisher's.
            name: unique among the publisher's.
        """
        host = urlsplit(self.base).hostname or "localhost"
        return f"tag:{host},{since:%Y-%m-%d}:{name}"


def front(language: str) -> str:
    """Return the path of a language's first page."""
    return f"{language}/{INDEX}"


def edition_page(language: str, name: str) -> str:
    """Return the path of the page of an edition."""
    return f"{language}/{name}/{INDEX}"


def edition_file(name: str, file: str) -> str:
    """Return the path of an edition's own file.

    All files of an edition lie in one folder under their own names, so that the links between the
    reports of its languages lead where they led in the archive.
    """
    return f"editions/{name}/{file}"


def room(language: str, name: str) -> str:
    """Return the path of the page of the record, the corrections or the search."""
    return f"{language}/{name}/{INDEX}"


def moment(at: datetime) -> str:
    """Return a moment as feeds and maps write it (RFC 3339), in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
