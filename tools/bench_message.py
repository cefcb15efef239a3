"""Time a mail's bytes against the standard library's, in CPU, with a report of a megabyte.

The yardstick is what a plain loop does for each client: build an ``EmailMessage`` and write it.
Ours composes a message and reads it again when it is planned, and assembles and hashes it when it
is sent. All run in turn in one process, several times; the figures are medians.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from functools import partial
from pathlib import Path
from random import Random

from reportgen.deliver.message.letter import File, Head, Letter
from reportgen.deliver.message.writer import compose
from reportgen.deliver.outbox import Outbox

ROUNDS = 25
REPORT = Random(1).randbytes(1_048_576)
CHART = Random(2).randbytes(40_000)
TEXT = "本月结论为“偏高”。\n" * 120
PAGE = "<p>本月结论为“偏高”。</p>\n" * 300 + '<img src="cid:chart" alt="">\n'
SUBJECT = "纳斯达克风险评估 2026年1月"
NAME = "纳斯达克风险评估 2026年1月.pdf"
HEAD = Head(
    "风险研究所",
    "news@house.example",
    "wang@client.example",
    "",
    datetime(2026, 1, 5, tzinfo=UTC),
    f"<rg1.{'a' * 40}@house.example>",
    "a" * 40,
    "zh",
    "2026-01",
)


def naive() -> bytes:
    """Return the message as a plain loop makes it."""
    message = EmailMessage(policy=SMTP)
    message["From"] = f"{HEAD.sender_name} <{HEAD.sender}>"
    message["To"] = HEAD.to
    message["Subject"] = SUBJECT
    message["Message-ID"] = HEAD.message_id
    message.set_content(TEXT)
    message.add_alternative(PAGE, subtype="html")
    page = message.get_body(("html",))
    assert isinstance(page, EmailMessage)
    page.add_related(CHART, "image", "png", cid="<chart>")
    message.add_attachment(REPORT, maintype="application", subtype="pdf", filename=NAME)
    return message.as_bytes()


def cpu(work: Callable[[], object]) -> float:
    """Return the milliseconds of CPU a call takes."""
    started = time.process_time()
    work()
    return 1_000 * (time.process_time() - started)


def works(outbox: Outbox) -> dict[str, Callable[[], object]]:
    """Return what is timed, by its name."""
    pictures = (File("chart.png", "image/png", outbox.put(CHART), "chart"),)
    found: dict[str, Callable[[], object]] = {"EmailMessage, built and written": naive}
    for name, shared in (("shared report", True), ("personal report", False)):
        report = File(NAME, "application/pdf", outbox.put(REPORT), shared=shared)
        letter = Letter(SUBJECT, TEXT, PAGE, pictures, (report,))
        message = compose(HEAD, letter, outbox)
        found[f"{name}, composed and verified"] = partial(compose, HEAD, letter, outbox)
        found[f"{name}, assembled to be sent"] = partial(message.assemble, outbox)
    return found


def main() -> None:
    """Print the times and their ratios to the yardstick."""
    with tempfile.TemporaryDirectory() as folder:
        timed = works(Outbox(Path(folder)))
        taken: dict[str, list[float]] = {name: [] for name in timed}
        for _ in range(ROUNDS):
            for name, work in timed.items():
                taken[name].append(cpu(work))
    median = {name: statistics.median(times) for name, times in taken.items()}
    yardstick = next(iter(median.values()))
    sys.stdout.write(f"CPU a message, {len(REPORT):,} bytes of report, {ROUNDS} rounds, medians\n")
    for name, one in median.items():
        sys.stdout.write(f"  {name:38} {one:6.2f} ms  {one / yardstick:.2f}\n")
    for kind in ("shared", "personal"):
        whole = sum(one for name, one in median.items() if name.startswith(kind))
        sys.stdout.write(f"  {kind} report, both {whole:22.2f} ms  {whole / yardstick:.2f}\n")


if __name__ == "__main__":
    main()
