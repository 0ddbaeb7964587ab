"""Samples of random numbers, for what asks a network for no answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from crossbar.data.data import DATA, Data, Progress
from crossbar.data.dataset import Dataset
from crossbar.units import quantity

COUNT: Final = 30  # as many as events are counted over and ranges of ADCs set by, and some to test
LIMIT: Final = "Samples and targets are random numbers: results say nothing about answers."


@DATA.register("random")
@dataclass(frozen=True, kw_only=True)
class RandomNumbers(Data):
    """Independent standard normal numbers, and as many to predict, the same at every call.

    They show what a network takes on a chip, and not how well it answers.

    Parameters
    ----------
    shape
        Shape of a sample, such as 3, 32, 32.
    outputs
        Numbers to predict.
    """

    shape: tuple[int, ...] = quantity((28, 28), low=1, high=1 << 24)
    outputs: int = quantity(2, low=1, high=1 << 24)

    def dataset(self, progress: Progress | None = None) -> Dataset:
        """Return thirty samples."""
        rng = np.random.default_rng(0)
        x = rng.standard_normal((COUNT, *self.shape), np.float32)
        y = rng.standard_normal((COUNT, self.outputs), np.float32)
        return Dataset(x=x, y=y, source="random numbers", limits=(LIMIT,))
