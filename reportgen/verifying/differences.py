"""What differs between a file of an edition and the one made again, in one sentence."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

from reportgen.errors import DataError

SHOWN = 60
"""Characters shown of a line or value."""
_LINES = (".html", ".svg", ".txt", ".jsonl", ".toml", ".csv", ".md")


def difference(name: str, stored: bytes, made: bytes) -> str:
    """Say where two versions of a file first differ.

    Args:
        name: of the file; its ending says what it is.
        stored: as it is in the archive.
        made: as it came out now; other bytes.
    """
    kind = PurePosixPath(name).suffix
    if kind == ".pdf":
        return _of_pages(stored, made)
    if kind == ".json":
        return _of_json(stored, made)
    if kind in _LINES:
        return _of_lines(stored, made)
    return f"byte {_first(stored, made) + 1} is the first that differs"


def differing_pages(stored: Sequence[str], made: Sequence[str]) -> list[int]:
    """Return the numbers of the pages, from 1, that are not the same in both."""
    return [
        number
        for number, (one, other) in enumerate(zip(stored, made, strict=False), start=1)
        if one != other
    ]


def listed(numbers: Sequence[int]) -> str:
    """Return page numbers as a person writes them: ``page 3``, ``pages 3, 5 and 6``."""
    if len(numbers) == 1:
        return f"page {numbers[0]}"
    first = ", ".join(map(str, numbers[:-1]))
    return f"pages {first} and {numbers[-1]}"


def _of_pages(stored: bytes, made: bytes) -> str:
    from reportgen.render.proof import page_digests

    try:
        before, after = page_digests(stored), page_digests(made)
    except DataError as problem:
        return problem.message[:1].lower() + problem.message[1:].rstrip(".")
    if len(before) != len(after):
        return f"it has {len(before)} pages in the edition and {len(after)} now"
    pages = differing_pages(before, after)
    if pages:
        return f"{listed(pages)} of {len(before)} {'differs' if len(pages) == 1 else 'differ'}"
    return "the pages are the same; what is around them in the file differs"


def _of_json(stored: bytes, made: bytes) -> str:
    try:
        place = _step(json.loads(stored), json.loads(made), "")
    except (ValueError, RecursionError):
        return _of_lines(stored, made)
    if place is None:
        return "the values are the same and written otherwise"
    where, before, after = place
    return f"{where or 'the whole'} is {_short(before)} in the edition and {_short(after)} now"


def _step(before: Any, after: Any, where: str) -> tuple[str, Any, Any] | None:
    """Return where two values first differ, and what stands there."""
    if isinstance(before, dict) and isinstance(after, dict):
        keys: Sequence[Any] = [*before, *(key for key in after if key not in before)]
        pairs = [(f".{key}", before.get(key, _NOTHING), after.get(key, _NOTHING)) for key in keys]
    elif isinstance(before, list) and isinstance(after, list):
        both = range(min(len(before), len(after)))
        pairs = [(f"[{n}]", before[n], after[n]) for n in both]
        if len(before) != len(after):
            pairs.append((".length", len(before), len(after)))
    else:
        same = type(before) is type(after) and before == after
        return None if same else (where.removeprefix("."), before, after)
    for key, one, other in pairs:
        found = _step(one, other, where + key)
        if found is not None:
            return found
    return None


class _Nothing:
    def __repr__(self) -> str:
        return "not there"


_NOTHING = _Nothing()


def _short(value: Any) -> str:
    if value is _NOTHING:
        return repr(value)
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _of_lines(stored: bytes, made: bytes) -> str:
    before, after = (text.decode("utf-8", "replace").splitlines() for text in (stored, made))
    for number, (one, other) in enumerate(zip(before, after, strict=False), start=1):
        if one != other:
            place = max(0, _first(one, other) - SHOWN // 4)
            return (
                f"line {number} is “{one[place : place + SHOWN]}” in the edition and "
                f"“{other[place : place + SHOWN]}” now"
            )
    if len(before) != len(after):
        return f"it has {len(before)} lines in the edition and {len(after)} now"
    return f"byte {_first(stored, made) + 1} is the first that differs"


def _first(one: Sequence[Any], other: Sequence[Any]) -> int:
    """Return the first place at which two sequences differ."""
    for place, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return place
    return min(len(one), len(other))
