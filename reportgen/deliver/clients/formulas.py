"""Cells that a spreadsheet would calculate: made text on the way out, read back as they were.

A cell that begins like a formula gets an apostrophe before it; so does one that begins with
apostrophes and then like a formula, so that exactly one is taken off again on the way in.
"""

from __future__ import annotations

import re

_BEGINS = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")


def neutral(cell: str) -> str:
    """Return a cell that no spreadsheet calculates; a number stays one."""
    if _BEGINS.match(cell) and not _NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def restored(cell: str) -> str:
    """Return what ``neutral`` was given."""
    return cell[1:] if cell.startswith("'") and _BEGINS.match(cell) else cell
