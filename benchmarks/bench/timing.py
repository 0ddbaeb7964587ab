"""Times of jobs that take turns, and the memory that one takes."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from pathlib import Path

from bench.case import Job

STATUS, PEAK = Path("/proc/self/status"), Path("/proc/self/clear_refs")


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How long to measure: ``repeats`` turns of ``block`` s at least, fewer after ``budget`` s."""

    repeats: int = 9
    block: float = 0.25
    budget: float = 90.0


@dataclass(frozen=True)
class Times:
    """Seconds a unit of one job: median and quartiles over the turns, processor time over time."""

    median: float
    low: float
    high: float
    share: float
    turns: int


def interleaved(jobs: dict[str, Job], effort: Effort) -> dict[str, Times]:
    """Return the times of ``jobs``, which have run before and take turns: A B A B."""
    calls, first = {}, {}
    for name, job in jobs.items():
        took, _ = _turn(job, 1)
        calls[name] = max(1, round(effort.block / took))
        first[name] = max(took, effort.block)
    turns = max(2, min(effort.repeats, int(effort.budget / sum(first.values()))))
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in jobs}
    for _ in range(turns):
        for name, job in jobs.items():
            taken[name].append(_turn(job, calls[name]))
    return {name: _times(taken[name], calls[name] * jobs[name].amount) for name in jobs}


def _turn(job: Job, calls: int) -> tuple[float, float]:
    """Return the time and the processor time of ``calls`` calls [s]."""
    job.before()
    start, used = time.perf_counter(), time.process_time()
    for _ in range(calls):
        job.run()
    return time.perf_counter() - start, time.process_time() - used


def _times(turns: list[tuple[float, float]], amount: float) -> Times:
    """Return the statistics of ``turns`` of ``amount`` units each."""
    each = [took / amount for took, _ in turns]
    low, median, high = statistics.quantiles(each, n=4, method="inclusive")
    share = statistics.median(used / took for took, used in turns)
    return Times(median, low, high, share, len(each))


class Memory:
    """Most resident memory of this process above that at a starting point (Linux; else None)."""

    def __init__(self) -> None:
        self.start = _resident("VmRSS")
        if self.start is not None:
            PEAK.write_text("5")  # the peak begins anew

    def taken(self) -> float | None:
        """Return the peak since then [MiB]."""
        peak = _resident("VmHWM")
        return None if self.start is None or peak is None else max(0.0, peak - self.start)


def _resident(field: str) -> float | None:
    """Return ``VmRSS`` or ``VmHWM`` [MiB]."""
    for line in STATUS.read_text().splitlines() if STATUS.exists() else []:
        if line.startswith(field):
            return float(line.split()[1]) / 1024
    return None
