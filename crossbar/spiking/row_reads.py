"""Rows of weights as spikes read them: each spike its own row, with noise of its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crossbar.substrates import Weights
from crossbar.types import Doubles, Floats, Integers, Rng

AT_ONCE = 4096  # reads of a call


@dataclass(frozen=True)
class RowReads:
    """Reads of single rows.

    Attributes
    ----------
    held
        What was read.
    values : (reads, cols)
        What each read gave.
    rows
        Which of them a spike reads; its first axis has 1 or all samples.
    costs
        Counts of a read by part, at the mean of the reads.
    """

    held: Weights
    values: Doubles
    rows: Integers
    costs: dict[str, Doubles]

    def count(self, spikes: int) -> None:
        """Count the reads of so many ``spikes``."""
        for part, cost in self.costs.items():
            self.held.activity.of(part)[:] += spikes * cost

    @classmethod
    def of(cls, held: Weights, lines: Integers, rows: Integers, rng: Rng) -> RowReads:
        """Return reads of each of ``lines`` alone, which are not counted yet."""
        activity = held.activity
        before = {part: activity.of(part).copy() for part in activity.parts()}
        values = np.concatenate([np.empty((0, held.shape[1])), *(
            held.read_alone(lines[first : first + AT_ONCE], rng=rng)
            for first in range(0, lines.size, AT_ONCE)
        )])  # fmt: skip
        costs = {}
        for part in activity.parts():
            now, was = activity.of(part), before.get(part, 0.0)
            costs[part] = (now - was) / max(lines.size, 1)
            now[:] = was
        return cls(held, values, rows, costs)


def reads_of_spikes(held: Weights, spikes: Floats, rng: Rng) -> RowReads:
    """Return what ``spikes`` (n, lines, slots) read, counted; those at infinity read nothing.

    Its rows are (n or 1, lines * slots). Weights whose reads have no noise are read once for all.
    """
    n, lines, slots = spikes.shape
    fired = np.isfinite(spikes).reshape(n, -1)
    own, count = np.repeat(np.arange(lines), slots), int(np.count_nonzero(fired))
    if held.noisy:
        rows = np.zeros(fired.shape, np.int64)
        rows[fired] = np.arange(count)
        reads = RowReads.of(held, np.broadcast_to(own, fired.shape)[fired], rows, rng)
    else:
        reads = RowReads.of(held, np.arange(lines), own[None], rng)
    reads.count(count)
    return reads


def reads_to_come(held: Weights, samples: int, spikes: int, rng: Rng) -> RowReads:
    """Return what up to ``spikes`` of every line read in each of ``samples``, not yet counted.

    Its rows are (samples or 1, lines, spikes or 1). Weights whose reads have no noise are read once
    for all.
    """
    shape = (samples, held.shape[0], spikes) if held.noisy else (1, held.shape[0], 1)
    lines = np.broadcast_to(np.arange(held.shape[0])[None, :, None], shape).ravel()
    return RowReads.of(held, lines, np.arange(lines.size).reshape(shape), rng)
