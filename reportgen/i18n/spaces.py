"""Line breaks of the templates that must not become spaces on the page."""

from __future__ import annotations

import re

_AFTER_FULL_WIDTH = re.compile(r"(?<=[。，、；：？！）」』])\s+(?=\S)")


def closed_up(text: str) -> str:
    """Return HTML without white space behind full-width marks.

    A template puts one sentence to a line; in Chinese and Japanese nothing stands between two
    sentences, and the blank half of the mark is space enough.
    """
    return _AFTER_FULL_WIDTH.sub("", text)
