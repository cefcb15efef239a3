"""Time a client's copy against a full render of the same report, in CPU, in one run.

    python tools/bench_copies.py output/editions/2026-01 [zh]

The yardstick is setting the report again with another name on it, from its assessment to the
finished PDF. Copies are made for names of many scripts, each a new one, after the faces of those
scripts were found once. Renders and copies take turns; the figures are medians.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from reportgen.deliver.copies import Mark, copy, encrypted, html_copy, prepare
from reportgen.render.edition import Job, Look, write_language
from reportgen.render.report import Brand
from reportgen.secret import Secret

RENDERS, COPIES = 2, 100
NAMES = (
    "三菱ＵＦＪ銀行",
    "株式会社髙島屋",
    "司马懿资产管理",
    "한국투자증권",
    "Zürich-Bank",
    "Γιώργος Παπαδόπουλος",
    "Ngân hàng Việt Nam",
    "بنك الكويت الوطني",
    "ธนาคารกสิกรไทย",
    "Gesellschaft für internationale Vermögensverwaltung und Beteiligungen",
)


def mark(number: int) -> Mark:
    """Return the mark of a client."""
    code = f"{number:016x}"
    return Mark(f"{NAMES[number % len(NAMES)]} {number}", code, f"2026-01/{code[:12]}")


def milliseconds(work: Callable[[], object]) -> float:
    """Return the CPU time of a call."""
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1000


def main(folder: Path, language: str = "zh") -> None:
    """Print the times and their ratio."""
    (path,) = folder.glob(f"*.{language}.pdf")
    (page,) = folder.glob(f"*.{language}.html")
    report, screen = path.read_bytes(), page.read_bytes()
    look = Look({language: Brand("Reportgen Research")}, {language: ""})
    base = prepare(report)
    for number in range(len(NAMES)):
        copy(base, mark(number))
    renders, copies = [], []
    for turn in range(RENDERS):
        with tempfile.TemporaryDirectory() as name:
            job = Job((folder / "assessment.json").read_bytes(), Path(name), ("pdf",), look)
            renders.append(milliseconds(lambda job=job: write_language(job, language)))
        for number in range(turn * COPIES, (turn + 1) * COPIES):
            copies.append(milliseconds(lambda n=number: copy(base, mark(n + 1000))))
    prepared = milliseconds(lambda: prepare(report))
    first = copy(base, mark(1))
    locked = statistics.median(
        milliseconds(lambda: encrypted(first, Secret("correct horse"))) for _ in range(5)
    )
    paged = statistics.median(
        milliseconds(lambda: html_copy(screen, mark(1), language)) for _ in range(5)
    )
    full, each = statistics.median(renders), statistics.median(copies)
    sys.stdout.write(
        f"{path.name}, {len(report) / 1e6:.2f} MB, CPU, medians\n"
        f"  full render          {full:8.0f} ms\n"
        f"  prepared, once       {prepared:8.0f} ms\n"
        f"  a copy               {each:8.1f} ms (slowest {max(copies):.1f}), 1/{full / each:.0f}\n"
        f"  encrypted besides    {locked:8.1f} ms\n"
        f"  a copy of the page   {paged:8.1f} ms\n"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
