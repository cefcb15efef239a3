"""Time a million simulated paths with all events flagged against the bare recursion.

The yardstick is a plain numpy loop that does nothing but draw normals and run the GJR-GARCH
recursion, in chunks of the size that suits it best here. Both run in turn in one process,
several times; the ratio is of medians.
"""

from __future__ import annotations

import resource
import statistics
import sys
import time

import numpy as np

from reportgen.models.onset_scan import first_days
from reportgen.models.simulation import PathProcess, path_chunks

PATHS, DAYS, ROUNDS = 1_000_000, 250, 5
PLAIN_CHUNK = 8_192
PROCESS = PathProcess(
    omega=0.02,
    alpha=0.02,
    gamma=0.12,
    beta=0.90,
    start_variance=1.2,
    drift=3e-4,
    residuals=np.random.default_rng(1).standard_normal(6_700),
)


def plain() -> None:
    """Run the recursion on normals and keep nothing."""
    random = np.random.default_rng(0)
    for _ in range(PATHS // PLAIN_CHUNK + 1):
        variance = np.full(PLAIN_CHUNK, PROCESS.start_variance)
        for _ in range(DAYS):
            error = np.sqrt(variance) * random.standard_normal(PLAIN_CHUNK)
            weight = PROCESS.alpha + PROCESS.gamma * (error < 0)
            variance = PROCESS.omega + weight * error**2 + PROCESS.beta * variance


def flagged() -> int:
    """Simulate the paths and flag every event on each; return the hits of all."""
    hits = 0
    for chunk in path_chunks(PROCESS, DAYS, PATHS, np.random.default_rng(0)):
        hits += sum(int((day <= DAYS).sum()) for day in first_days(chunk, 0.016).values())
    return hits


def seconds(work: object) -> float:
    """Return the wall time of a call."""
    started = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - started


def main() -> None:
    """Print the times, their ratio and the memory."""
    ours, bare = [], []
    for _ in range(ROUNDS):
        bare.append(seconds(plain))
        ours.append(seconds(flagged))
    ratio = statistics.median(ours) / statistics.median(bare)
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20
    sys.stdout.write(
        f"{PATHS:,} paths of {DAYS} days, {ROUNDS} rounds, medians\n"
        f"  recursion and normals alone   {statistics.median(bare):6.2f} s\n"
        f"  paths with all events flagged {statistics.median(ours):6.2f} s\n"
        f"  ratio {ratio:.2f}, peak memory {peak:.0f} MB\n"
    )


if __name__ == "__main__":
    main()
