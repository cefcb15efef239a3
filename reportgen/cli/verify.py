"""``verify``: an edition or a PDF, held against what it says of itself."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reportgen.cli.build import request_of
from reportgen.cli.group import answers, json_option, output_option, progress

if TYPE_CHECKING:
    from reportgen.archive.signing import PublicKey
    from reportgen.config import Settings
    from reportgen.verifying.copy import Found
    from reportgen.verifying.edition import Bench, Verdict
    from reportgen.verifying.rebuilding import Rebuild

LONGEST_KEY_FILE = 10_000


@click.command(
    epilog="\b\nExamples:\n  reportgen verify 2026-01\n  reportgen verify 2026-01 --no-rebuild\n"
    "  reportgen verify nasdaq-risk-assessment-2026-01.zh.pdf"
)
@click.argument("what", metavar="EDITION|FILE.pdf")
@click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="KEY",
    help="Public key of minisign, or its file; repeatable. [that of the configuration]",
)
@click.option(
    "--rebuild/--no-rebuild",
    default=None,
    help="Make the edition again, or only check what is there. [if this program made it]",
)
@click.option("--password", is_flag=True, help="Ask for the password of a protected PDF.")
@click.option("--jobs", type=click.IntRange(1, 64), help="Languages made again side by side.")
@output_option
@json_option
@click.pass_obj
@answers
def verify(config: Path | None, /, *, what: str, as_json: bool, **options: Any) -> None:
    """Check an edition and make it again from its snapshot; or tell what a PDF is.

    An edition: every file, the signature, the ledger it printed, then the bytes of a second
    making. A PDF: its pages and the manifest in it, and whether it is the edition's file or a
    copy. 65 when something is not as it says, named file by file and page by page.
    """
    from reportgen.archive.editions import parts_of
    from reportgen.config import load
    from reportgen.errors import UsageError

    settings = load(config)
    trusted = _keys(options["keys"] or settings.signing.public_keys)
    output = options["output"] or Path(settings.build.output)
    if what.lower().endswith(".pdf") or Path(what).is_file():
        _verify_copy(Path(what), output, trusted, ask=options["password"], as_json=as_json)
        return
    try:
        parts_of(what)
    except UsageError:
        raise UsageError(
            f"{what!r} is neither the name of an edition nor a PDF.",
            "Write 2026-01, or 2026-01-r2 for a revision.",
        ) from None
    _verify_edition(what, settings, output, trusted, options, as_json=as_json)


def _verify_edition(
    name: str,
    settings: Settings,
    output: Path,
    trusted: tuple[PublicKey, ...],
    options: dict[str, Any],
    *,
    as_json: bool,
) -> None:
    from reportgen.archive.editions import find
    from reportgen.verifying import edition as verifying
    from reportgen.verifying.rebuilding import present

    fonts = Path(settings.fonts.folder) if settings.fonts.folder else None
    now = present(find(output, name).head, fonts)
    with progress(quiet=as_json) as tell:
        rebuild = _rebuild(settings, output, options["jobs"], tell)
        bench = verifying.Bench(output, trusted, now, rebuild)
        verdict = verifying.verify(name, bench, rebuild=options["rebuild"])
    if as_json:
        click.echo(json.dumps(_edition_json(verdict, bench), ensure_ascii=False, indent=1))
    else:
        for line in _edition_lines(verdict, bench):
            click.echo(line)
    verifying.refuse(verdict, now)


def _rebuild(settings: Settings, output: Path, jobs: int | None, tell: Any) -> Rebuild:
    """Return what makes an edition again on this machine."""
    from reportgen.publishing import making

    nothing = dict.fromkeys(("data", "paths", "as_of", "period", "house"))
    request = request_of(settings, {**nothing, "output": output, "jobs": jobs})
    workshop = making.Workshop(request, tell)
    return lambda folder, into, ledger: making.rebuild(folder, into, ledger, workshop)


def _edition_lines(verdict: Verdict, bench: Bench) -> list[str]:
    head, files = verdict.edition.head, verdict.edition.manifest.files
    lines = list(verdict.faults)
    if not lines:
        lines.append(f"Edition {verdict.edition.name}: {len(files)} files, each as it was sealed.")
        lines.append(f"It printed the first {head.ledger_rows} rows of the ledger as they stand.")
    if verdict.signature.state != "bad":
        lines.append(verdict.signature.said)
    if verdict.state == "same":
        lines.append("Made again from its snapshot: the same, byte for byte.")
    elif verdict.state == "other program":
        lines.append(
            f"Intact; made by reportgen {head.program} (code {head.code[:12]}), this is "
            f"{bench.present.program} (code {bench.present.code[:12]}): not rebuilt."
        )
    elif verdict.state == "differs":
        lines += [f"{name}: {what}." for name, what in verdict.differences.items()]
        lines += [f"Why it may: {reason}." for reason in verdict.reasons]
    return lines


def _edition_json(verdict: Verdict, bench: Bench) -> dict[str, Any]:
    head = verdict.edition.head
    return {
        "edition": verdict.edition.name,
        "state": verdict.state,
        "intact": not verdict.faults,
        "files": len(verdict.edition.manifest.files),
        "faults": list(verdict.faults),
        "signature": asdict(verdict.signature),
        "program": {"then": head.program, "now": bench.present.program},
        "code": {"then": head.code, "now": bench.present.code},
        "differences": verdict.differences,
        "reasons": list(verdict.reasons),
    }


def _verify_copy(
    path: Path, output: Path, trusted: tuple[PublicKey, ...], *, ask: bool, as_json: bool
) -> None:
    from reportgen.verifying import copy

    found = copy.verify(path, output, trusted, _asked() if ask else "")
    if as_json:
        click.echo(json.dumps(_copy_json(path, found), ensure_ascii=False, indent=1))
    else:
        for line in _copy_lines(path, found, output):
            click.echo(line)
    copy.refuse(found, path)


def _asked() -> str:
    """Return the password: typed unseen on a terminal, or a line of what is piped in."""
    return str(click.prompt("Password", hide_input=sys.stdin.isatty(), err=True))


def _copy_lines(path: Path, found: Found, output: Path) -> list[str]:
    name = f"edition {found.proof.edition.name} ({found.proof.language})"
    said = {
        "edition": f"{path} is, byte for byte, the file of {name}.",
        "copy": f"{path} is a copy of {name}: every page is as published, the file saved anew.",
        "stamped": f"{path} is a copy of {name} with something stamped on its pages.",
        "none": f"{path} says it is {name}.",
    }
    lines = [said[found.kind], *found.faults]
    if found.kind == "stamped":
        lines.append(_stamp_line(found))
    if not found.archived:
        lines.append(f"That edition is not in the archive in {output}; the file was held against")
        lines[-1] += " what it carries."
    lines.append(_signature_line(found))
    return [*lines, *([found.superseded] if found.superseded else [])]


def _stamp_line(found: Found) -> str:
    from reportgen.verifying.differences import listed

    painted = [one.page for one in found.stamps if one.paints]
    if painted:
        return (
            f"On {listed(painted)} the stamp fills areas or shows pictures, under which something "
            "may be hidden: compare with the edition."
        )
    return "What a stamp says is no part of the edition."


def _signature_line(found: Found) -> str:
    if found.signature.state == "unsigned" and not found.archived:
        return "It is not signed: this shows only that the file is whole, not who made it."
    return found.signature.said


def _copy_json(path: Path, found: Found) -> dict[str, Any]:
    return {
        "file": str(path),
        "edition": found.proof.edition.name,
        "language": found.proof.language,
        "kind": found.kind,
        "archived": found.archived,
        "faults": list(found.faults),
        "signature": asdict(found.signature),
        "stamped_pages": [one.page for one in found.stamps],
        "painted_pages": [one.page for one in found.stamps if one.paints],
        "superseded": found.superseded or None,
    }


def _keys(given: Sequence[str]) -> tuple[PublicKey, ...]:
    """Return the public keys, each a line or a file that holds one."""
    from reportgen.archive.signing import public_key
    from reportgen.errors import MissingInputError

    found = []
    for text in given:
        path = Path(text)
        try:
            if path.is_file():
                text = path.read_bytes()[:LONGEST_KEY_FILE].decode("utf-8", "replace")
        except OSError as problem:
            raise MissingInputError(f"{path} cannot be read: {problem.strerror}.") from None
        found.append(public_key(text))
    return tuple(found)
