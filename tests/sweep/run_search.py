"""A search as a program of its own, for tests that kill it: STORE SECONDS-A-RUN."""

from __future__ import annotations

import sys

from searched import grid

from crossbar.sweep.search import AtLeast, Goal, Minimise, search

if __name__ == "__main__":
    axes = {"a": range(1, 9), "b": range(1, 9), "time": [float(sys.argv[2])]}
    goal = Goal(Minimise("cost"), (AtLeast("accuracy", 0.9),))
    search(grid, axes, goal, store=sys.argv[1], seeds=[0, 1, 2], points=16, jobs=2)
