"""An edition made again from what its folder holds, and held against what is there."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.errors import MissingInputError
from reportgen.publishing import proving
from reportgen.record.ledger import Ledger
from reportgen.verifying.differences import difference

if TYPE_CHECKING:
    from reportgen.archive.editions import Edition
    from reportgen.archive.manifest import EditionHead

Rebuild = Callable[[Path, Path, Ledger], None]
"""Makes an edition again: its folder, an empty folder, the ledger as long as it was then."""

_CARRIED = ("snapshot/", "inputs/")
_WRITTEN_ONCE = (*proving.RUN_REPORTS, "statements.jsonl")
"""What an edition is made from, and what tells of one run; the rest can be made again."""


@dataclass(frozen=True)
class Present:
    """The program as it is now.

    Args:
        program: its version.
        code: sha256 over its code, templates and catalogues.
        libraries: versions by name.
        fonts: sha256 by PostScript name.
    """

    program: str
    code: str
    libraries: Mapping[str, str]
    fonts: Mapping[str, str]

    def made(self, head: EditionHead) -> bool:
        """Tell whether it is the program an edition was made with."""
        return (self.program, self.code) == (head.program, head.code)


def present(head: EditionHead, font_folder: Path | None) -> Present:
    """Return the program as it is now, with the fonts an edition's languages are set in.

    Where they are not installed there are none: files can be checked without them.
    """
    from reportgen import __version__
    from reportgen.render.colophon import fonts_used, library_versions
    from reportgen.resources import code_sha256

    try:
        fonts = fonts_used(head.languages, font_folder)
    except MissingInputError:
        fonts = {}
    return Present(__version__, code_sha256(), library_versions(), fonts)


def reasons(head: EditionHead, now: Present) -> tuple[str, ...]:
    """Return why an edition may come out otherwise now, a phrase each."""
    found = []
    if now.program != head.program:
        found.append(f"reportgen {head.program} then, {now.program} now")
    elif now.code != head.code:
        found.append(f"code {head.code[:12]} then, {now.code[:12]} now")
    found += _changes(head.libraries, now.libraries, "{} {} then, {} now")
    found += _changes(head.fonts, now.fonts, "the font {} is another file")
    return tuple(found)


def _changes(then: Mapping[str, str], now: Mapping[str, str], phrase: str) -> list[str]:
    return [
        phrase.format(name, then.get(name, "none"), now.get(name, "none"))
        for name in sorted({*then, *now})
        if then.get(name) != now.get(name)
    ]


def differences(edition: Edition, ledger: Ledger, rebuild: Rebuild) -> dict[str, str]:
    """Make an edition again in a folder of its own, and return what differs, by file.

    Args:
        edition: as it was sealed.
        ledger: the record of forecasts, at least as long as the edition printed it.
        rebuild: makes it; it must use nothing that was kept from an earlier run.

    Raises:
        ReportgenError: it cannot be made.
    """
    rows = edition.head.ledger_rows
    then = Ledger(ledger.rows[:rows], ledger.hashes[:rows])
    with tempfile.TemporaryDirectory(prefix="reportgen-verify-") as folder:
        made = Path(folder)
        rebuild(edition.folder, made, then)
        return dict(_compared(edition, made))


def _compared(edition: Edition, made: Path) -> Iterator[tuple[str, str]]:
    there = {p.relative_to(made).as_posix() for p in made.rglob("*") if p.is_file()}
    wanted = {
        name
        for name in edition.manifest.files
        if not name.startswith(_CARRIED) and name not in _WRITTEN_ONCE
    }
    for name in sorted(wanted | there):
        if name not in there:
            yield name, "was not made again"
        elif name not in edition.manifest.files:
            yield name, "is not in the edition"
        else:
            stored = (edition.folder / name).read_bytes()
            again = _finished(edition, name, (made / name).read_bytes(), stored)
            if again != stored:
                yield name, difference(name, stored, again)


def _finished(edition: Edition, name: str, made: bytes, stored: bytes) -> bytes:
    """Return a file made again as the edition has it: a PDF with its proof."""
    if not name.endswith(".pdf"):
        return made
    from reportgen.render.proof import look, page_digests

    head, language = edition.head, proving.language_of(name)
    proof = proving.proof_of(head, language, page_digests(made), edition.manifest.files)
    return proving.bound(made, head, proving.encode(proof), look(stored).signature)
