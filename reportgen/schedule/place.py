"""Where a project and its program lie: what an entry of cron or systemd has to name."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Place:
    """Full paths: whoever calls the program has another folder and another search path.

    Args:
        program: words that start reportgen, the first of them a path.
        config: the configuration file.
        output: the output folder.
    """

    program: tuple[str, ...]
    config: Path
    output: Path

    @property
    def project(self) -> str:
        """Return the name of the project's entries: its folder, and a mark of the whole path."""
        folder = re.sub(r"[^A-Za-z0-9._-]+", "-", self.config.parent.name).strip("-") or "project"
        return f"{folder}-{hashlib.sha256(bytes(self.config)).hexdigest()[:8]}"

    @property
    def environment(self) -> Path:
        """Return the file of secrets, ``NAME='value'`` a line; it need not exist."""
        return self.config.with_name("reportgen.env")

    @property
    def runs(self) -> Path:
        """Return the folder of logs and run reports."""
        return self.output / "runs"

    def command(self, *words: str) -> tuple[str, ...]:
        """Return the words of a command on this project."""
        return (*self.program, "--config", str(self.config), *words)
