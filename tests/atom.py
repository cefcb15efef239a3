"""The rules of an Atom feed (RFC 4287) that a feed of editions can break."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

ATOM = "{http://www.w3.org/2005/Atom}"
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+")


def faults(feed: ET.Element) -> Iterator[str]:
    """Yield what breaks a rule; the number of the section stands behind it."""
    if feed.tag != f"{ATOM}feed":
        yield "the root is no feed (4.1.1)"
    yield from _common(feed, "feed")
    links = [link for link in feed.findall(f"{ATOM}link") if link.get("rel") == "self"]
    if len(links) != 1:
        yield "the feed has no link to itself (4.1.1)"
    authored = feed.find(f"{ATOM}author/{ATOM}name") is not None
    entries = feed.findall(f"{ATOM}entry")
    names = [entry.findtext(f"{ATOM}id") for entry in entries]
    if len(names) != len(set(names)):
        yield "two entries have one id (4.1.1)"
    for entry in entries:
        yield from _common(entry, "entry")
        if not authored and entry.find(f"{ATOM}author") is None:
            yield "an entry has no author (4.1.2)"
        if len(entry.findall(f"{ATOM}published")) > 1 or len(entry.findall(f"{ATOM}summary")) > 1:
            yield "an entry tells a thing twice (4.1.2)"


def _common(element: ET.Element, what: str) -> Iterator[str]:
    for name in ("id", "title", "updated"):
        if len(element.findall(f"{ATOM}{name}")) != 1:
            yield f"the {what} has not exactly one {name}"
    if not urlsplit(element.findtext(f"{ATOM}id") or "").scheme:
        yield f"the id of the {what} is no IRI (4.2.6)"
    for name in ("updated", "published"):
        for moment in element.findall(f"{ATOM}{name}"):
            if not _MOMENT.fullmatch(moment.text or ""):
                yield f"{moment.text} is no moment (3.3)"
    yield from _links(element, what)


def _links(element: ET.Element, what: str) -> Iterator[str]:
    seen = set()
    for link in element.findall(f"{ATOM}link"):
        if not urlsplit(link.get("href", "")).scheme:
            yield "a link is not absolute"
        if link.get("type") and not _TYPE.fullmatch(link.get("type", "")):
            yield "a link has no media type (4.2.7.3)"
        key = (link.get("rel", "alternate"), link.get("type"), link.get("hreflang"))
        if key[0] == "alternate" and key in seen:
            yield f"two alternate links are alike in the {what} (4.1.2)"
        seen.add(key)
