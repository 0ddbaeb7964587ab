"""A sweep as a program of its own, for tests that kill it: STORE [SECONDS A RUN] [JOBS]."""

from __future__ import annotations

import sys

from measured import digest

from crossbar.runs.sweep import sweep

if __name__ == "__main__":
    store, seconds, jobs = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
    axes = {"a": range(8), "b": [0.1, 0.2, 0.3, 0.4, 0.5], "time": [seconds]}
    sweep(digest, axes, seeds=range(5), store=store, jobs=jobs)
