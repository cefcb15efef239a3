"""A world of its own for a document: no system font, no clock, no address but those handed over.

What WeasyPrint would only log is collected here and fails the build.
"""

from __future__ import annotations

import logging
import os
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from weasyprint.urls import URLFetcher, URLFetcherResponse

from reportgen.errors import DataError

_MEDIA_TYPES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".css": "text/css",
}
_NO_SYSTEM_FONTS = (
    '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">'
    "<fontconfig><cachedir>{folder}</cachedir></fontconfig>"
)
# Slower, but the result is the same: WeasyPrint falls back to it without HarfBuzz's subsetter.
_HARMLESS = ("Using fontTools instead of HarfBuzz-Subset",)
_MOST_REPORTED = 5


class OwnResources(URLFetcher):  # type: ignore[misc]
    """Serves the document's own resources and remembers every other address it was asked for."""

    def __init__(self, resources: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=())
        self._resources = resources
        self.refused: list[str] = []

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """The resource of that address; ``ValueError`` when there is none."""
        if url not in self._resources:
            self.refused.append(url)
            raise ValueError(f"{url} is not among the document's resources")
        kind = _MEDIA_TYPES.get(Path(url).suffix, "application/octet-stream")
        return URLFetcherResponse(url, self._resources[url], {"Content-Type": kind})


@contextmanager
def isolated(moment: datetime) -> Iterator[None]:
    """A process environment without system fonts and without a clock."""
    with tempfile.TemporaryDirectory(prefix="reportgen-") as folder:
        path = Path(folder) / "fonts.conf"
        path.write_text(_NO_SYSTEM_FONTS.format(folder=folder), encoding="utf-8")
        ours = {"FONTCONFIG_FILE": str(path), "SOURCE_DATE_EPOCH": str(int(moment.timestamp()))}
        before = {key: os.environ.get(key) for key in ours}
        os.environ.update(ours)
        try:
            yield
        finally:
            for key, value in before.items():
                if value is None:
                    del os.environ[key]
                else:
                    os.environ[key] = value


class _Collector(logging.Handler):
    """Collects what this thread's libraries complain of."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._messages = messages
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if record.thread == self._thread and not message.startswith(_HARMLESS):
            self._messages.append(message)


@contextmanager
def complaints_of() -> Iterator[list[str]]:
    """Collects what WeasyPrint and fontTools warn of while it is open."""
    messages: list[str] = []
    collector = _Collector(messages)
    loggers = [logging.getLogger(name) for name in ("weasyprint", "fontTools")]
    for logger in loggers:
        logger.addHandler(collector)
    try:
        yield messages
    finally:
        for logger in loggers:
            logger.removeHandler(collector)


def refuse(refused: Sequence[str], complaints: Sequence[str]) -> None:
    """Fail when anything was asked for in vain or complained of.

    Raises:
        DataError: naming the first few.
    """
    if refused:
        listed = ", ".join(sorted(set(refused))[:_MOST_REPORTED])
        raise DataError(f"the document asks for what it was not given: {listed}")
    if complaints:
        different = list(dict.fromkeys(complaints))
        more = len(different) - _MOST_REPORTED
        listed = "; ".join(different[:_MOST_REPORTED]) + (f"; and {more} more" if more > 0 else "")
        raise DataError(f"WeasyPrint complains: {listed}")
