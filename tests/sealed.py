"""Small editions for tests of the archive: a few files, and a head of made-up hashes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportgen.archive import sealing
from reportgen.archive.editions import Edition
from reportgen.archive.manifest import Correction, EditionHead, edition_name
from reportgen.publishing import proving
from reportgen.record.ledger import NOTHING

if TYPE_CHECKING:
    from reportgen.archive.signing import SigningKey

FILES: Mapping[str, str] = {
    "nasdaq-risk-assessment-{name}.en.html": "<html lang=en>Edition {name}</html>\n",
    "charts/index.en.svg": "<svg/>\n",
    "assessment.json": '{{"edition": {{"period": "{name}"}}, "close": 23578.1}}\n',
    "statements.jsonl": "",
    "snapshot/snapshot.json": "{{}}\n",
    "inputs/settings.json": "{{}}\n",
    "run.json": "{{}}\n",
}


def head_of(name: str = "2026-01", **changes: Any) -> EditionHead:
    """Return the head of an edition; a revision corrects the one before."""
    period, _, revision = name.partition("-r")
    number = int(revision or 1)
    year, month = map(int, period.split("-"))
    day = date(year, month, 5)
    fields: dict[str, Any] = {
        "period": period,
        "revision": number,
        "as_of": day,
        "dated": day,
        "known_at": datetime(year, month, 5, 23, 59, tzinfo=UTC),
        "published": datetime(year, month, 6, 7, 30, tzinfo=UTC),
        "snapshot": hashlib.sha256(b"{}\n").hexdigest(),
        "paths": 2_000,
        "languages": ("en",),
        "formats": ("html",),
        "program": "0.1.0",
        "code": "c" * 64,
        "libraries": {"weasyprint": "70.0"},
        "fonts": {"NotoSans-Regular": "f" * 64},
        "ledger_rows": 0,
        "ledger_head": NOTHING,
        "correction": _correction(period, number, day) if number > 1 else None,
    }
    return EditionHead(**(fields | changes))


def _correction(period: str, revision: int, day: date) -> Correction:
    return Correction(
        corrects=edition_name(period, revision - 1),
        revision=revision,
        replaces=day,
        day=day,
        reason={"en": "The close was revised."},
    )


def stage_of(output: Path, name: str = "2026-01", **files: str | bytes) -> Path:
    """Write a stage folder that is not yet sealed.

    Args:
        output: the output folder.
        name: of the edition.
        files: more files, by name.
    """
    folder = output / sealing.STAGES / name
    texts = {key.format(name=name): text.format(name=name) for key, text in FILES.items()}
    for key, content in {**texts, **files}.items():
        path = folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def edition_of(output: Path, name: str = "2026-01", **changes: Any) -> Edition:
    """Put an edition into the archive of an output folder."""
    stage = stage_of(output, name)
    sealing.seal(stage, head_of(name, **changes))
    return sealing.place(stage, output, name)


def proven_edition(
    output: Path, pdf: bytes, head: EditionHead, key: SigningKey | None = None
) -> Edition:
    """Put an edition with a report in English into the archive, with its proof, as publishing does.

    Args:
        output: the output folder.
        pdf: the report, before its proof.
        head: what it is.
        key: signs; ``None`` to leave it unsigned.
    """
    stage = stage_of(output, head.name, **{report_of(head.name): pdf})
    proving.prove(stage, head, key)
    sealing.seal(stage, head)
    if key is not None:
        proving.sign(stage, head, key)
    return sealing.place(stage, output, head.name)


def report_of(name: str) -> str:
    """Return the name of an edition's report."""
    return f"nasdaq-risk-assessment-{name}.en.pdf"


def opened(edition: Edition) -> Edition:
    """Let everybody change an edition, for a test of what becomes of it."""
    for path in (edition.folder, *edition.folder.rglob("*")):
        path.chmod(0o750 if path.is_dir() else 0o640)
    return edition
