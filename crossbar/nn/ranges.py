"""Ranges of the ADCs of a chip, from its reads of training samples."""

from __future__ import annotations

from typing import Any, TypedDict

import numpy as np

from crossbar.nn.chip import Chip
from crossbar.nn.evaluation import BATCH
from crossbar.substrates.tile_state import TileState
from crossbar.types import Floats, Rng

IMAGES = 256
"""Largest number of samples that a calibration reads, spaced evenly over the given ones."""


class Range(TypedDict):
    """The range of the ADCs of one layer in forward reads.

    ``reach`` is their full scale relative to that of the amplifiers. ``used`` is the share of it
    that the largest line current takes. ``calibrated`` states whether :func:`calibrate` set it.
    ``images`` is the number of samples read.
    """

    reach: float
    used: float
    calibrated: bool
    images: int


def calibrate(chip: Chip, x: Floats, targets: Any | None = None, *, rng: Rng) -> dict[str, Range]:
    """Set the full scale of every ADC without a reach of its own by its calibration.

    Parameters
    ----------
    chip
        The chip; its weights and its activity stay as they are.
    x, targets
        Samples (n, *input_shape), never those of a test. With ``targets`` (labels or values) they
        are presented as in training, and transposed reads get a range too.
    rng
        Draws the noise of these reads.

    Returns
    -------
    dict
        :class:`Range` of every layer that has ADCs; empty for a chip that has none.
    """
    tiles = {name: tile for name, tile in _tiles(chip).items() if tile.spec.adc is not None}
    if not tiles:
        return {}
    chosen = np.unique(np.linspace(0, len(x) - 1, min(IMAGES, len(x))).astype(int))
    probe = chip.copy()
    watches = {name: _tiles(probe)[name].sensing.watched() for name in tiles}
    for k in range(0, len(chosen), BATCH):
        part = chosen[k : k + BATCH]
        if targets is None:
            probe.scores(x[part], rng=rng)
        else:
            probe.gradients(x[part], targets[part], rng=rng)
    ranges: dict[str, Range] = {}
    for name, tile in tiles.items():
        calibrated = tile.sensing.calibrate(watches[name])
        ranges[name] = {
            "reach": tile.sensing.reach[0],
            "used": watches[name].seen[0].largest / tile.sensing.reach[0],
            "calibrated": calibrated,
            "images": len(chosen),
        }
    return ranges


def _tiles(chip: Chip) -> dict[str, TileState]:
    """Return the tiles of ``chip`` by layer, without their drift compensation."""
    return {name: held.tile for name, held in chip.held.items() if held.tile is not None}
