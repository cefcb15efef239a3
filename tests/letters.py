"""A December edition with figures of its own, and what letters about it are written with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from sealed import head_of, stage_of

from reportgen.archive import sealing
from reportgen.archive.editions import Edition
from reportgen.assess.headlines import headlines
from reportgen.config.report import Publisher
from reportgen.deliver.message.letter import File
from reportgen.deliver.outbox import Outbox
from reportgen.deliver.wording import Imprint, Recipient
from reportgen.facts.assessment import Assessment
from reportgen.facts.files import to_json as assessment_json
from reportgen.facts.headlines import FILE, Headlines, to_json
from reportgen.i18n import LANGUAGES
from reportgen.render.verdict import verdict

CODES = tuple(one.code for one in LANGUAGES)
IMPRINT = Imprint(Publisher(contact="desk@house.example"), "https://research.example.com/nasdaq")


def edition_of(
    output: Path, assessment: Assessment, reports: Mapping[str, bytes] = MappingProxyType({})
) -> Edition:
    """Put the edition of an assessment into an archive, with these reports by file name."""
    edition = assessment.edition
    name = edition.period
    told = Headlines(
        name=name,
        period=edition.period,
        revision=1,
        as_of=edition.as_of.day,
        dated=edition.dated,
        window_end=edition.window_end.day,
        state=assessment.verdict.state,
        verdict={code: verdict(assessment, code) for code in CODES},
        headlines=headlines(assessment),
    )
    files = {FILE: to_json(told), "assessment.json": assessment_json(assessment)}
    stage = stage_of(output, name, **files, **reports)
    head = head_of(name, languages=CODES, as_of=edition.as_of.day, dated=edition.dated)
    sealing.seal(stage, head)
    return sealing.place(stage, output, name)


def recipient(outbox: Outbox, **changes: object) -> Recipient:
    """Return somebody who gets a report of ten bytes."""
    report = File("report.pdf", "application/pdf", outbox.put(b"%PDF-1.7 .."))
    told = {
        "organisation": "Zürich-Bank",
        "contact": "Wang Wei",
        "reference": "2025-12/7f3a9c01aa22",
    }
    return Recipient(**({**told, "attachments": (report,)} | changes))  # type: ignore[arg-type]
