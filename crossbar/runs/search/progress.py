"""How a search stands, told as a sweep tells it."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace

from crossbar.runs.search.goal import Goal
from crossbar.runs.search.trial import Tried, ranked
from crossbar.runs.sweep.progress import RECENT, Standing


class Telling:
    """Turns how the runs of a batch stand into how the search stands.

    Parameters
    ----------
    show
        Is told.
    goal
        By which the best point is chosen.
    total
        Most runs of the search.
    """

    def __init__(self, show: Callable[[Standing], None], goal: Goal, total: int) -> None:
        self.show, self.goal, self.total = show, goal, total
        self.ends = deque([time.monotonic()], maxlen=RECENT)
        self.ended: int | None = None
        self.best, self.run, self.metric = math.nan, 0, ""

    def learn(self, tried: Sequence[Tried]) -> None:
        """Take in the points that are tried before the next batch."""
        self.metric = f"{self.goal.objective.name} of {len(tried)} points"
        for one in ranked(tried, self.goal)[0][:1]:
            if one.met(self.goal):
                self.best, self.run = one.mean(self.goal.objective.name).mean, one.runs[0]

    def __call__(self, standing: Standing) -> None:
        """Show how the search stands, while its batch stands as ``standing`` says."""
        ended = standing.done + standing.failed
        if self.ended is not None:
            self.ends.extend([time.monotonic()] * (ended - self.ended))
        self.ended = ended
        left = max(self.total - ended, standing.waiting)
        counts = {"done": standing.done, "failed": standing.failed, "waiting": left}
        self.show(replace(standing, counts=counts, best=self.best, best_run=self.run,
                          metric=self.metric, ends=self.ends))  # fmt: skip
