"""A search as a program of its own that is killed in the middle: STORE RUNS-BEFORE-THAT."""

from __future__ import annotations

import os
import signal
import sys

from searched import grid

from crossbar.runs.search import AtLeast, Goal, Minimise, search
from crossbar.runs.sweep import Standing


def killing(standing: Standing) -> None:
    """Kill this process once enough runs are done."""
    if standing.done >= int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    axes = {"a": range(1, 9), "b": range(1, 9), "time": [0.03]}
    goal = Goal(Minimise("cost"), (AtLeast("accuracy", 0.9),))
    search(grid, axes, goal, store=sys.argv[1], seeds=[0, 1, 2], points=16, jobs=2,
           show=killing)  # fmt: skip
