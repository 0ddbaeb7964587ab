"""Images to learn from: spectrograms of the engine sounds that the package synthesises."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from crossbar.data import EngineSounds, ZScore

CLIPS = 100  # of each class, of ten images; made once, then cached

Batch = tuple[NDArray[np.float32], NDArray[np.int64]]


def batches(size: int) -> Iterator[Batch]:
    """Yield batches of shuffled, normalised images (size, 28, 28) and labels, for ever."""
    windows = EngineSounds(clips=CLIPS).dataset()
    images = ZScore().fit(windows.x)(windows.x)
    order = np.random.default_rng(0).permutation(len(images))[: len(images) // size * size]
    x, labels = images[order].astype(np.float32), windows.y[order]
    pairs = [(x[k : k + size], labels[k : k + size]) for k in range(0, len(order), size)]
    return itertools.cycle(pairs)
