"""The gate of the HTML edition: one file that needs nothing else, no script, no dead link."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

_LOADING = {
    "img": "src",
    "source": "src",
    "audio": "src",
    "video": "src",
    "iframe": "src",
    "embed": "src",
    "object": "data",
    "input": "src",
    "image": "href",
}
_LOADED_LINKS = frozenset({"stylesheet", "icon", "preload", "manifest", "modulepreload"})
_STYLE_ADDRESS = re.compile(r"url\(\s*['\"]?([^'\")]*)|@import\s+['\"]([^'\"]*)", re.IGNORECASE)
_LOCAL = ("data:", "#")


def check_html(document: str) -> list[str]:
    """Everything that is wrong with a finished HTML edition.

    Args:
        document: the whole file.
    """
    reader = _Reader()
    reader.feed(document)
    reader.close()
    problems = list(reader.problems)
    if not reader.language:
        problems.append("the page does not say its language")
    if not reader.title.strip():
        problems.append("the page has no title")
    if "\ufffd" in document:
        problems.append("the page holds the replacement character U+FFFD")
    repeated = [name for name, count in Counter(reader.ids).items() if count > 1]
    problems += [f"the id {name!r} stands {reader.ids.count(name)} times" for name in repeated]
    missing = sorted(set(reader.targets) - set(reader.ids))
    problems += [f"a link leads to #{name}, which is not in the page" for name in missing]
    return problems


class _Reader(HTMLParser):
    """Notes ids, links and everything a browser would fetch."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.problems: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.language = ""
        self.title = ""
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self._inside = tag if tag in ("style", "title") else ""
        if tag == "html":
            self.language = values.get("lang", "")
        if tag == "script":
            self.problems.append("the page holds a script")
        if tag == "img" and not values.get("alt", "").strip():
            self.problems.append(f"the picture {values.get('src', '')[:40]!r} has no description")
        if "id" in values:
            self.ids.append(values["id"])
        self._note_addresses(tag, values)

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "title":
            self.title += data
        elif self._inside == "style":
            self._note_style(data)

    def _note_addresses(self, tag: str, values: dict[str, str]) -> None:
        self._note_style(values.get("style", ""))
        for name, value in values.items():
            if name.startswith("on"):
                self.problems.append(f"a {tag} holds the script {name}")
            if name in ("href", "xlink:href") and value.startswith("#") and len(value) > 1:
                self.targets.append(value[1:])
        loading = tag == "link" and bool(_LOADED_LINKS & set(values.get("rel", "").split()))
        fetched = values.get("href" if tag == "link" else _LOADING.get(tag, ""), "")
        if (loading or tag in _LOADING) and fetched and not fetched.startswith(_LOCAL):
            self.problems.append(f"the page would fetch {fetched[:60]!r}")

    def _note_style(self, style: str) -> None:
        for address, imported in _STYLE_ADDRESS.findall(style):
            if imported or not address.startswith(_LOCAL):
                self.problems.append(f"a style would fetch {(imported or address)[:60]!r}")
