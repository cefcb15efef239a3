"""Two editions of the archive held against each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from reportgen import pipeline
from reportgen.archive import sealing
from reportgen.assess.changes import Earlier, Run
from reportgen.assess.changes import changes as changes_of
from reportgen.errors import DataError, MissingInputError, UsageError
from reportgen.facts import headlines as told
from reportgen.facts.changes import Changes
from reportgen.publishing import frozen
from reportgen.publishing.attribution import Printed, divided
from reportgen.publishing.differing import figures, sentences
from reportgen.publishing.making import previous_of
from reportgen.render.edition import file_name

if TYPE_CHECKING:
    from typing import Literal

    from reportgen.archive.editions import Edition
    from reportgen.facts.headlines import Headlines
    from reportgen.publishing.making import Workshop


@dataclass(frozen=True)
class Difference:
    """What is different between two editions.

    Args:
        earlier, later: their headlines.
        changes: of the headlines, by cause.
        causes: ``stored`` when the later edition printed them, ``computed`` by runs made now,
            ``unknown`` when neither could be had.
        figures: by section; ``sentences`` in the language asked for.
        notes: a sentence for each part that could not be compared.
    """

    earlier: Headlines
    later: Headlines
    changes: Changes
    causes: Literal["stored", "computed", "unknown"]
    figures: tuple[figures.Section, ...]
    sentences: tuple[sentences.Passage, ...]
    notes: tuple[str, ...]


class _Printed(msgspec.Struct, frozen=True):
    """What is read of an ``assessment.json`` of any version."""

    changes: Changes | None = None


def difference(earlier: Edition, later: Edition, language: str, workshop: Workshop) -> Difference:
    """Return what changed from one edition to another.

    Args:
        earlier: the edition of the earlier as-of date.
        later: the other.
        language: code of the language whose sentences are compared.
        workshop: where runs are made and kept when the causes are not on file.

    Raises:
        UsageError: the first describes later days than the second, or they are the same.
        DataError: a file was changed since it was published, or cannot be understood.
        MissingInputError: an edition has no headlines.
    """
    _refuse(earlier, later)
    first, second = _headlines(earlier), _headlines(later)
    notes: list[str] = []
    changes, causes = _changes(earlier, later, (first, second), workshop, notes)
    return Difference(
        earlier=first,
        later=second,
        changes=changes,
        causes=causes,
        figures=figures.compared(_bytes(earlier, ASSESSMENT), _bytes(later, ASSESSMENT)),
        sentences=_sentences(earlier, later, language, notes),
        notes=tuple(notes),
    )


ASSESSMENT = pipeline.ASSESSMENT


def _refuse(earlier: Edition, later: Edition) -> None:
    if earlier.name == later.name:
        raise UsageError(f"{earlier.name} is compared with itself.", "Name two editions.")
    if (earlier.head.as_of, earlier.head.published) > (later.head.as_of, later.head.published):
        raise UsageError(
            f"{earlier.name} is later than {later.name}.", "Name the earlier edition first."
        )
    for edition in (earlier, later):
        faults = sealing.intact(edition)
        if faults:
            raise DataError(
                f"{edition.folder / faults[0].name} is {faults[0].kind} since it was published.",
                f"reportgen verify {edition.name} tells all of it.",
            )


def _headlines(edition: Edition) -> Headlines:
    return told.from_json(_bytes(edition, told.FILE))


def _bytes(edition: Edition, name: str) -> bytes:
    try:
        return (edition.folder / name).read_bytes()
    except OSError as problem:
        raise MissingInputError(
            f"{edition.folder / name} cannot be read: {problem.strerror}."
        ) from None


# -- headlines ------------------------------------------------------------------------------


def _changes(
    earlier: Edition,
    later: Edition,
    both: tuple[Headlines, Headlines],
    workshop: Workshop,
    notes: list[str],
) -> tuple[Changes, Literal["stored", "computed", "unknown"]]:
    stored = _stored(later)
    if stored is not None and stored.edition == earlier.name:
        return stored, "stored"
    try:
        return _computed(earlier, later, both[1], workshop), "computed"
    except (DataError, MissingInputError) as problem:
        notes.append(f"The causes are not known: {problem.message}")
    return _without_causes(*both), "unknown"


def _stored(edition: Edition) -> Changes | None:
    """Return the changes an edition printed, ``None`` where there are none to read."""
    try:
        return msgspec.json.decode(_bytes(edition, ASSESSMENT), type=_Printed).changes
    except (msgspec.DecodeError, ValueError):
        return None


def _computed(earlier: Edition, later: Edition, now: Headlines, workshop: Workshop) -> Changes:
    request = frozen.request_of(later.folder, workshop.request)
    return divided(
        request,
        pipeline.gather(request),
        Printed(now.headlines, later.head.code),
        previous_of(earlier),
        workshop.progress,
    )


def _without_causes(first: Headlines, second: Headlines) -> Changes:
    before = Earlier(first.name, first.period, first.as_of, first.window_end, first.headlines)
    return changes_of(before, [Run((), second.headlines)], second.period)


# -- sentences ------------------------------------------------------------------------------


def _sentences(
    earlier: Edition, later: Edition, language: str, notes: list[str]
) -> tuple[sentences.Passage, ...]:
    names = [(one, file_name(one.name, language, "html")) for one in (earlier, later)]
    for edition, name in names:
        if name not in edition.manifest.files:
            notes.append(f"Sentences are not compared: {edition.name} has no {name}.")
            return ()
    first, second = (_bytes(edition, name).decode("utf-8", "replace") for edition, name in names)
    return sentences.compared(first, second)
