"""The assessment as JSON: published, versioned, and read back as it was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from reportgen.errors import DataError
from reportgen.facts.assessment import SCHEMA_VERSION
from reportgen.facts.files import from_json, schema, to_json

if TYPE_CHECKING:
    from reportgen.facts.assessment import Assessment

PUBLISHED = Path(__file__).parent.parent / "docs" / "assessment.schema.json"


def test_the_published_schema_is_that_of_the_program() -> None:
    """The file that readers of ``assessment.json`` build on is up to date."""
    assert json.loads(PUBLISHED.read_text()) == json.loads(json.dumps(schema()))


def test_an_assessment_is_as_its_schema_says(assessment: Assessment) -> None:
    """Another program's validator accepts what the program writes."""
    import jsonschema

    jsonschema.validate(json.loads(to_json(assessment)), json.loads(PUBLISHED.read_text()))


def test_an_assessment_reads_back_the_same(assessment: Assessment) -> None:
    """Nothing is lost between value and file."""
    assert from_json(to_json(assessment)) == assessment


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"schema_version": "0.1"}, SCHEMA_VERSION),
        ({"surprise": 1}, "surprise"),
        ({"market": None}, "market"),
    ],
)
def test_a_file_that_is_not_as_the_schema_says_is_refused(
    assessment: Assessment, change: dict[str, object], word: str
) -> None:
    """Another version, an unknown field or a missing part is named."""
    content = {**json.loads(to_json(assessment)), **change}
    with pytest.raises(DataError, match=word):
        from_json(json.dumps(content).encode())
