"""The second stage: what the models find in the figures, and the record of forecasts beside it."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.pipeline.request import Gathered, Request

if TYPE_CHECKING:
    from reportgen.facts.assessment import Assessment
    from reportgen.record.ledger import Ledger

PACKAGE = Path(__file__).parent.parent
ROOMS = ("facts", "models", "scores", "assess", "snapshot", "series", "house", "bundled")
"""The rooms an assessment is made in, with the files they come with."""


def assessed(
    request: Request, gathered: Gathered, ledger: Ledger | None = None
) -> tuple[Assessment, bool]:
    """Return the assessment with the record of forecasts as it stood on its as-of date.

    Its own figures come from the cache when these inputs were assessed before; whether they did
    is told too.

    Args:
        request: what is to be built.
        gathered: the figures.
        ledger: the record; by default that of the output folder, which is read, never written.
    """
    from reportgen.assess import with_record
    from reportgen.facts.files import from_json, to_json
    from reportgen.record.ledger import FILE, read

    known = read(request.output / FILE) if ledger is None else ledger
    found, cached = own_assessment(request, gathered)
    return from_json(to_json(with_record(found, known))), cached


def own_assessment(request: Request, gathered: Gathered) -> tuple[Assessment, bool]:
    """Return what the models find, without the record; and whether it came from the cache."""
    from reportgen.assess import assess
    from reportgen.errors import DataError
    from reportgen.facts.files import from_json, to_json

    path = request.output / "cache" / f"assessment-{_inputs_hash(request, gathered)}.json"
    if request.cached and path.is_file():
        try:
            return from_json(path.read_bytes()), True
        except DataError:  # half-written or from another schema: made anew
            path.unlink()
    found = assess(gathered.snapshot, gathered.house, gathered.dates, request.paths)
    if request.cached:
        _store(path, to_json(found))
    return found, False


def _inputs_hash(request: Request, gathered: Gathered) -> str:
    """Hash everything the assessment depends on: figures, views, dates, size and code."""
    content = hashlib.sha256()
    content.update(f"{gathered.snapshot.hash}|{gathered.dates}|{request.paths}|".encode())
    content.update(repr(gathered.house).encode())
    for room in ROOMS:
        for source in sorted((PACKAGE / room).rglob("*")):
            if source.suffix in (".py", ".json", ".toml"):
                content.update(source.read_bytes())
    return content.hexdigest()[:24]


def _store(path: Path, data: bytes) -> None:
    """Keep a cached assessment; a cache that cannot be written costs time, not the report."""
    partial = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(data)
        partial.replace(path)
    except OSError:
        with suppress(OSError):  # a folder one may not enter, too
            partial.unlink(missing_ok=True)
