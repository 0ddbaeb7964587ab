"""How long a training takes: measured over its first samples, and said where that is hours."""

from __future__ import annotations

import logging
import time

from crossbar.nn.chip import Chip

LOG = logging.getLogger(__name__)
MEASURED = 10.0  # s of training that are measured, or one step where that takes longer
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
        self.presented, self.taken = 0, 0.0

    def begin(self) -> None:
        """Start the clock of an epoch; calibration and validation take no part."""
        self.start = time.perf_counter() - self.taken

    def see(self, samples: int) -> None:
        """Count ``samples`` that were presented, and warn once if the rest will take long."""
        if self.taken > MEASURED:
            return
        self.presented, self.taken = self.presented + samples, time.perf_counter() - self.start
        left = self.left - self.presented
        rest = self.taken / self.presented * left
        if self.taken > MEASURED and rest > LONG:
            LOG.warning(
                "training takes about %.1f h more: %d samples are left, and the first %d took "
                "%.0f s.%s", rest / 3600, left, self.presented, self.taken, self._cause(),
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
