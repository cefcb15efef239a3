"""The summary as plain text for a terminal: headings, paragraphs, tables in columns."""

from __future__ import annotations

from reportgen.deliver.wording.columns import columns, laid_out, wrapped
from reportgen.deliver.wording.summary import Passage, Summary, Table


def told(summary: Summary) -> str:
    """Return a summary as plain text, with its tables in columns."""
    parts = [wrapped(summary.verdict)]
    if summary.alarm:
        parts.append(_passage(summary.alarm))
    parts.append(_table(summary.table))
    parts.extend(map(_passage, summary.passages))
    return "\n\n".join(parts)


def _passage(one: Passage) -> str:
    parts = [headed(one.topic), wrapped(one.text), _table(one.table) if one.table else ""]
    return "\n\n".join(part for part in parts if part)


def _table(table: Table) -> str:
    above = (wrapped(line) for line in (table.title, table.subtitle) if line)
    parts = [*above, laid_out(table.heads, table.rows), wrapped(table.note)]
    return "\n".join(part for part in parts if part)


def headed(topic: str) -> str:
    """Return a heading of plain text."""
    return f"{topic}\n{'=' * columns(topic)}"
