"""The assessment as JSON: written, read back, and its published schema."""

from __future__ import annotations

from typing import Any

import msgspec

from reportgen.errors import DataError
from reportgen.facts.assessment import SCHEMA_VERSION, Assessment


def to_json(assessment: Assessment) -> bytes:
    """Return the assessment as indented JSON, the same bytes for the same value."""
    return msgspec.json.format(msgspec.json.encode(assessment, order="deterministic"), indent=1)


def from_json(data: bytes) -> Assessment:
    """Read an assessment; ``DataError`` names the field that is not as the schema says."""
    try:
        found = msgspec.json.decode(data, type=Assessment)
    except (msgspec.DecodeError, ValueError) as problem:
        raise DataError(f"The assessment is not as its schema says: {problem}.") from None
    if found.schema_version != SCHEMA_VERSION:
        raise DataError(
            f"The assessment has schema {found.schema_version}; "
            f"this program reads {SCHEMA_VERSION}."
        )
    return found


def schema() -> dict[str, Any]:
    """Return the JSON schema of the assessment."""
    (found,), components = msgspec.json.schema_components(
        (Assessment,), ref_template="#/$defs/{name}"
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"reportgen assessment {SCHEMA_VERSION}",
        **found,
        "$defs": dict(sorted(components.items())),
    }
