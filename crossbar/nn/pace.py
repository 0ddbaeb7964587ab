"""How long a training takes: measured over its first steps, and said where that is hours."""

from __future__ import annotations

import logging
import math
import time

from crossbar.nn.chip import Chip

LOG = logging.getLogger(__name__)
MEASURED, STEPS = 10.0, 3  # s and steps of training that are measured, at least
LONG = 3600.0  # s of training that are worth a warning


class Pace:
    """The pace of the training of ``chip``, which warns once where it will take hours.

    Parameters
    ----------
    left
        Samples to present, over all epochs.
    """

    def __init__(self, chip: Chip, left: int) -> None:
        self.chip, self.left = chip, left
        self.steps, self.taken, self.fastest = 0, 0.0, math.inf

    @property
    def measured(self) -> bool:
        """Whether enough steps have been timed; later ones are not."""
        return self.taken > MEASURED and self.steps >= STEPS

    def begin(self) -> None:
        """Start the clock of an epoch; calibration and validation take no part."""
        self.last = time.perf_counter()

    def see(self, samples: int) -> None:
        """Time a step of ``samples``, and warn once if those that are left will take long.

        The fastest step of several counts, as loops are compiled in others.
        """
        if self.measured:
            return
        now = time.perf_counter()
        step, self.last = now - self.last, now
        self.steps, self.taken, self.left = self.steps + 1, self.taken + step, self.left - samples
        self.fastest = min(self.fastest, step / samples)
        rest = self.fastest * self.left
        if self.measured and rest > LONG:
            LOG.warning(
                "training takes about %.1f h more: %d samples are left, and the fastest of the "
                "first %d steps took %.3g s a sample.%s",
                rest / 3600, self.left, self.steps, self.fastest, self._cause(),
            )  # fmt: skip

    def _cause(self) -> str:
        """Return which arrays are read by Newton's method, vector by vector."""
        tiles = {name: held.tile for name, held in self.chip.held.items()}
        slow = [name for name, tile in tiles.items() if tile and tile.array.reads.iterative]
        if not slow:
            return ""
        return (
            f" Newton's method reads {', '.join(slow)} vector by vector: cells that are not ohmic "
            "on lines with resistance. Ideal lines (tile.wires = none) take minutes."
        )
