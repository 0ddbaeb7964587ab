"""How a sweep stands: what a person who waits for it wants to see."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from crossbar.runs.store import Finished

RECENT = 200  # runs that the rate is taken over


@dataclass
class Standing:
    """Counts, rate, time left and the best run so far.

    Attributes
    ----------
    counts
        Runs by status, of all processes together; refreshed as this one continues.
    running
        Runs in flight here.
    trainings
        Shared trainings that are not done yet.
    idle
        Whether all runs that are left are in flight elsewhere.
    best, best_run
        Largest accuracy (or first metric) that this process has seen, and its run.
    """

    counts: dict[str, int]
    running: int = 0
    trainings: int = 0
    best: float = math.nan
    best_run: int = 0
    metric: str = ""
    idle: bool = False
    ends: deque[float] = field(default_factory=lambda: deque([time.monotonic()], maxlen=RECENT))

    @property
    def done(self) -> int:
        """Runs that are done."""
        return self.counts.get("done", 0)

    @property
    def failed(self) -> int:
        """Runs that failed."""
        return self.counts.get("failed", 0)

    @property
    def waiting(self) -> int:
        """Runs that are neither done nor failed."""
        return self.counts.get("waiting", 0) + self.counts.get("running", 0)

    @property
    def total(self) -> int:
        """All runs."""
        return sum(self.counts.values())

    @property
    def rate(self) -> float:
        """Runs that end in a second here, over the last ones; NaN before the first."""
        span = self.ends[-1] - self.ends[0]
        return (len(self.ends) - 1) / span if span > 0 else math.nan

    def tell(self, ended: Sequence[Finished], running: int) -> None:
        """Take in the runs that have just ended."""
        self.running = running
        for one in ended:
            self.ends.append(time.monotonic())
            status = "failed" if one.metrics is None else "done"
            self.counts[status] = self.counts.get(status, 0) + 1
            self.counts["waiting"] = self.counts.get("waiting", 0) - 1
            if one.metrics:
                self.metric = "accuracy" if "accuracy" in one.metrics else next(iter(one.metrics))
                value = float(one.metrics[self.metric])
                if not value <= self.best:
                    self.best, self.best_run = value, one.run


def words(standing: Standing) -> str:
    """Return everything but the count of runs that are done.

    Examples
    --------
    >>> words(Standing({"done": 3, "failed": 1, "waiting": 6}, running=2))
    '1 failed, 2 running'
    >>> words(Standing({"done": 3}, best=0.4, best_run=2, metric="loss"))
    'highest loss 0.4 (run 2)'
    """
    parts = [f"{standing.failed} failed"] if standing.failed else []
    if standing.trainings:
        parts.append(f"shared trainings to do: {standing.trainings}")
    if standing.idle and standing.waiting:
        parts.append("another process does the rest")
    if standing.running:
        parts.append(f"{standing.running} running")
    if math.isfinite(standing.rate):
        rate = standing.rate
        parts.append(f"{rate:.3g} runs/s" if rate >= 0.1 else f"{60 * rate:.2g} runs/min")
    if math.isfinite(standing.best):
        which = "best" if standing.metric == "accuracy" else "highest"  # of an error it is worst
        parts.append(f"{which} {standing.metric} {standing.best:.4g} (run {standing.best_run})")
    return ", ".join(parts)
