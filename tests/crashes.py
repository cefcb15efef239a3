"""Publish an edition and die, or find the disk full, at any step that touches the disk.

The reports of the edition are small files and its assessment is given; everything else is real:
gathering, freezing, the ledger, proofs, manifest, archive, site. Each run is a process of its own
that is killed with SIGKILL, forked from this one so that nothing is loaded twice.

Usage: crashes.py ASSESSMENT OUTPUT count|both
       crashes.py ASSESSMENT OUTPUT kill|full POINTS, where POINTS are numbers with commas.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from reportgen import bundled, pipeline, schedule
from reportgen.config import Settings
from reportgen.errors import ReportgenError
from reportgen.facts.files import from_json
from reportgen.operations.report import Book
from reportgen.pipeline import assessing
from reportgen.publishing import publish as publishing
from reportgen.publishing.order import Order, Outcome
from reportgen.render import edition as rendering
from reportgen.render.edition import Report

NOW = datetime(2026, 1, 10, tzinfo=UTC)
REPORT = "nasdaq-risk-assessment-2025-12.en.html"
PERIOD = "2025-12"
TOUCHES = ("fsync", "replace", "rename", "ftruncate", "pwrite", "mkdir", "chmod", "unlink", "rmdir")


def order_for(output: Path, **changes: Any) -> Order:
    """Return the order for the December edition of the bundled figures."""
    settings = msgspec.structs.replace(
        Settings(), build=msgspec.structs.replace(Settings().build, output=str(output))
    )
    request = pipeline.Request(
        languages=pipeline.languages_of(("en",)),
        formats=("html",),
        data="bundled",
        now=NOW,
        output=output,
        settings=settings,
        paths=2_000,
        jobs=1,
    )
    days = schedule.calendars(settings, datetime(2025, 12, 1, tzinfo=UTC).date())
    plan = schedule.plan(PERIOD, settings.schedule, days)
    return replace(Order(request, plan, "run"), **changes)


def publish(order: Order, wait: float = 0.0) -> Outcome:
    """Publish, telling nobody."""
    book = Book("run", "publish", "0", NOW, lambda: NOW)
    return publishing.publish(order, book, lambda phase, detail: None, wait)


def assessed_as(assessment: Path) -> Callable[[Any, Any], tuple[Any, bool]]:
    """Return what stands for the models: it gives the assessment in a file."""
    given = from_json(assessment.read_bytes())
    return lambda request, gathered: (given, True)


def written(job: Any, languages: Any, jobs: int, progress: Any) -> tuple[Report, ...]:
    """Stand for the page engine: a page that holds the assessment's length."""
    text = f"<!doctype html><html lang=en><title>Report</title><main>{len(job.assessment)}"
    (job.folder / REPORT).write_text(text, encoding="utf-8")
    return (Report("en", "html", REPORT, None),)


def dead() -> None:
    """Die as under ``kill -9``."""
    os.kill(os.getpid(), signal.SIGKILL)


def full() -> None:
    """Find the disk full."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def touching(point: int, happens: Callable[[], None]) -> Callable[[], int]:
    """Count what touches the disk; let something happen when the count is reached."""
    done = 0

    def wrapped(real: Callable[..., Any]) -> Callable[..., Any]:
        def touch(*args: Any, **kwargs: Any) -> Any:
            nonlocal done
            done += 1
            if done == point:
                happens()
            return real(*args, **kwargs)

        return touch

    for name in TOUCHES:
        setattr(os, name, wrapped(getattr(os, name)))
    return lambda: done


def in_child(run: Callable[[], int]) -> int:
    """Run in a forked process; return its exit code, negative for a signal."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = run()
        except ReportgenError as problem:
            sys.stderr.write(f"{problem.message}\n")
            code = problem.exit_code
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def counted(output: Path) -> int:
    """Publish once undisturbed and return how often the disk was touched."""
    result = output.with_name("count")

    def run() -> int:
        number = touching(0, dead)
        publish(order_for(output))
        result.write_text(str(number()))
        return 0

    assert in_child(run) == 0
    return int(result.read_text())


def stopped_and_resumed(output: Path, point: int, happens: Callable[[], None]) -> tuple[int, int]:
    """Be stopped at a point, then run undisturbed; return both exit codes."""

    def first() -> int:
        touching(point, happens)
        publish(order_for(output))
        return 0

    def second() -> int:
        publish(order_for(output))
        return 0

    return in_child(first), in_child(second)


def at_once(output: Path) -> list[int]:
    """Publish in two processes that begin together; return 10 for who did it, 20 for who did not.

    The second waits for the first.
    """
    children = []
    for _ in range(2):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                code = 10 if publish(order_for(output), 60.0).fresh else 20
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(code)
        children.append(child)
    return sorted(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children)


def main(assessment: Path, output: Path, what: str, points: str = "") -> None:
    """Write what became of every run as JSON."""
    bundled.load()
    setattr(assessing, "own_assessment", assessed_as(assessment))  # noqa: B010 - typed otherwise
    rendering.write_languages = written
    if what == "count":
        sys.stdout.write(json.dumps({"touches": counted(output)}))
        return
    if what == "both":
        sys.stdout.write(json.dumps({"codes": at_once(output), **seen(output)}))
        return
    results = {}
    for point in map(int, points.split(",")):
        folder = output / str(point)
        codes = stopped_and_resumed(folder, point, dead if what == "kill" else full)
        results[point] = {"codes": codes, **seen(folder)}
        shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.write(json.dumps(results))


def seen(output: Path) -> dict[str, Any]:
    """Return what stands in an output folder."""
    from reportgen.archive import editions, sealing
    from reportgen.record.ledger import FILE, read

    found = editions.editions(output)
    rows = read(output / FILE).rows
    ids = [row.entry.statement.id for row in rows if hasattr(row.entry, "statement")]
    return {
        "editions": [one.name for one in found],
        "faults": [fault.name for one in found for fault in sealing.intact(one)],
        "statements": len(ids),
        "doubles": len(ids) - len(set(ids)),
        "head": [one.head.ledger_head == read(output / FILE).head for one in found],
        "left": sorted(path.name for path in (output / "publishing").iterdir()),
        "site": (output / "site").resolve().is_dir(),
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
