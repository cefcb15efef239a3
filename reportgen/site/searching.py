"""The index of the search: what each report says, in a file an edition and language.

A file is a call of one function with JSON in it, so that a browser reads it from a server and
from a folder alike.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from reportgen.site.addresses import edition_file
from reportgen.site.contents import passages
from reportgen.site.shelf import Volume

CALL = "reportgenShard"


def shard_path(language: str, name: str) -> str:
    """Return the path of an edition's part of the index."""
    return f"{language}/search/{name}.js"


def shard(volume: Volume, language: str) -> bytes | None:
    """Return an edition's part of the index; ``None`` where it has no HTML report.

    It holds a list for each section of the report: id, heading, text.
    """
    report = volume.report(language, "html")
    if report is None:
        return None
    document = volume.bytes_of(report).decode("utf-8", errors="replace")
    found = [[one.anchor, one.heading, one.text] for one in passages(document)]
    text = msgspec.json.encode({"edition": volume.name, "passages": found}).decode()
    # A file read as a script ends a line at these two in older browsers.
    for sign in ("\u2028", "\u2029"):
        text = text.replace(sign, " ")
    return f"{CALL}({text});\n".encode()


def listing(volumes: tuple[Volume, ...], language: str) -> Iterator[tuple[Volume, str, str]]:
    """Yield, newest first, each searched edition with the paths of its index and its report."""
    for volume in volumes:
        report = volume.report(language, "html")
        if report is not None:
            yield (
                volume,
                shard_path(language, volume.name),
                edition_file(volume.name, report.name),
            )
