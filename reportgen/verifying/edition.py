"""``verify 2026-01``: an edition checked from its hashes to the bytes of a second making."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from reportgen.archive import editions
from reportgen.errors import DataError
from reportgen.record.ledger import FILE, Ledger, read
from reportgen.verifying import intactness
from reportgen.verifying.rebuilding import Present, Rebuild, differences, reasons

if TYPE_CHECKING:
    from reportgen.archive.editions import Edition
    from reportgen.archive.signing import PublicKey
    from reportgen.verifying.signatures import Signature

State = Literal["same", "differs", "intact", "other program", "faulty"]


@dataclass(frozen=True)
class Bench:
    """What an edition is checked with.

    Args:
        output: the output folder, with archive and ledger.
        keys: public keys that are trusted; with one, every edition has to be signed.
        present: the program as it is now.
        rebuild: makes an edition again.
    """

    output: Path
    keys: Sequence[PublicKey]
    present: Present
    rebuild: Rebuild


@dataclass(frozen=True)
class Verdict:
    """What was found of an edition.

    Args:
        edition: which.
        state: made again byte for byte; made again and other; its files are as they were sealed
            and it was not made again, because nobody asked or because it is another program's;
            something is wrong with it.
        faults: what is wrong, a sentence each.
        signature: of its manifest.
        differences: by file, what came out otherwise.
        reasons: why it may have, a phrase each.
    """

    edition: Edition
    state: State
    faults: tuple[str, ...]
    signature: Signature
    differences: dict[str, str]
    reasons: tuple[str, ...]


def verify(name: str, bench: Bench, *, rebuild: bool | None = None) -> Verdict:
    """Check an edition: files, signature, ledger, its place in the chain; then make it again.

    Args:
        name: of the edition.
        bench: what it is checked with.
        rebuild: whether it is made again; by default when this is the program that made it.

    Raises:
        MissingInputError: there is no such edition.
        DataError: its manifest cannot be understood.
        ReportgenError: it cannot be made again.
    """
    edition = editions.find(bench.output, name)
    signature = intactness.signature_of(edition, bench.keys)
    ledger, faults = _ledger(edition, bench.output)
    faults = [
        *intactness.file_faults(edition),
        *_signature_faults(signature, bench),
        *faults,
        *intactness.chain_faults(edition, bench.output),
    ]
    why = reasons(edition.head, bench.present)
    ours = bench.present.made(edition.head)
    state: State = "intact" if ours else "other program"
    found: dict[str, str] = {}
    if faults:
        state = "faulty"
    elif ours if rebuild is None else rebuild:
        found = differences(edition, ledger, bench.rebuild)
        state = "differs" if found else "same"
    return Verdict(edition, state, tuple(faults), signature, found, why)


def refuse(verdict: Verdict, present: Present) -> None:
    """Fail where the edition is not what it says it is.

    What another version of the program makes otherwise is no fault of the edition.

    Raises:
        DataError: something is wrong with it, or the same program makes it otherwise.
    """
    name = verdict.edition.name
    if verdict.state == "faulty":
        raise DataError(
            f"Edition {name} is not as it was sealed.", "What is wrong is listed above."
        )
    if verdict.state == "differs" and present.made(verdict.edition.head):
        why = "; ".join(verdict.reasons) or "program, libraries and fonts are the same"
        raise DataError(f"Edition {name} comes out otherwise.", f"Why it may: {why}.")


def _ledger(edition: Edition, output: Path) -> tuple[Ledger, list[str]]:
    try:
        ledger = read(output / FILE)
    except DataError as problem:
        return Ledger(), [problem.message]
    return ledger, list(intactness.ledger_faults(edition, ledger))


def _signature_faults(signature: Signature, bench: Bench) -> list[str]:
    if signature.state == "bad":
        return [f"Its signature: {signature.said}"]
    if signature.state == "unsigned" and bench.keys:
        return ["It is not signed, and a public key is set to check it with."]
    return []
