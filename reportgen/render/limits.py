"""Pages are set in a process of their own that can take only so much: a bomb ends there.

A loop without an end, a table of ten million columns or a text that doubles itself costs a build,
and neither the machine nor whoever started it.
"""

from __future__ import annotations

import errno
import multiprocessing
import signal
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from reportgen.errors import DataError

_T = TypeVar("_T")


@dataclass(frozen=True)
class Limits:
    """What setting one language may take; a report takes about a tenth of it.

    Args:
        processor: seconds of the processor.
        wall: seconds by the clock.
        memory: bytes, beyond what the process has when it begins.
        file: bytes of the largest file it writes.
        open_files: at the same time.
    """

    processor: int = 600
    wall: int = 3_600
    memory: int = 2_500_000_000
    file: int = 1_000_000_000
    open_files: int = 1_024


@contextmanager
def limited(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Give processes to run work in, each with ``within``.

    Raises:
        DataError: one of them was ended, by its limits or by the system.
    """
    context = multiprocessing.get_context("spawn")
    try:
        with ProcessPoolExecutor(workers, mp_context=context) as pool:
            yield pool
    except BrokenProcessPool:
        raise DataError(
            "Setting the pages was ended: it took longer than it may, or the system stopped it.",
            "Look for a text or table that is far too long; then for the memory of the machine.",
        ) from None


def within(limits: Limits, work: Callable[..., _T], *given: Any) -> _T:
    """Run work in this process, which is one of ``limited``, within its limits.

    Raises:
        DataError: it needs more memory, writes more or is nested deeper than it may.
    """
    _set(limits)
    try:
        return work(*given)
    except MemoryError:
        reason = f"needs more than {limits.memory // 1_000_000} MB"
    except RecursionError:
        reason = "is nested too deep"
    except OSError as problem:
        if problem.errno != errno.EFBIG:
            raise
        reason = f"writes a file of more than {limits.file // 1_000_000} MB"
    finally:
        signal.alarm(0)
    raise DataError(f"Setting the pages {reason}.")


def _set(limits: Limits) -> None:
    """Set what the system enforces; not every system knows every limit."""
    import resource

    used = int(time.process_time())
    wanted = {
        "RLIMIT_CPU": used + limits.processor,
        "RLIMIT_FSIZE": limits.file,
        "RLIMIT_NOFILE": limits.open_files,
        "RLIMIT_CORE": 0,
    }
    taken = _taken()
    if taken is not None:
        wanted["RLIMIT_AS"] = taken + limits.memory
    for name, value in wanted.items():
        kind = getattr(resource, name, None)
        if kind is not None:
            hard = resource.getrlimit(kind)[1]
            most = value if hard == resource.RLIM_INFINITY else min(value, hard)
            with suppress(ValueError, OSError):
                resource.setrlimit(kind, (most, hard))
    # Nothing of ours is left to run then: the system ends the process.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(limits.wall)


def _taken() -> int | None:
    """Return the address space this process has now; ``None`` where the system does not say.

    Libraries reserve more of it the more processors a machine has, so only what is added counts.
    """
    if not sys.platform.startswith("linux"):
        return None
    import resource

    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    return int(pages) * resource.getpagesize()
