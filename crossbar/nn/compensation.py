"""Global drift compensation: one factor a layer, from reads of a calibration input."""

from __future__ import annotations

import math

import numpy as np

from crossbar.checks import require_part
from crossbar.errors import ConvergenceError, message
from crossbar.nn.chip import Chip
from crossbar.random import Streams
from crossbar.substrates.arguments import as_age
from crossbar.substrates.compensated import Compensated

READS = 64
"""Calibration inputs of a layer, each on every copy of its array."""


def compensated(chip: Chip, seconds: float, *, streams: Streams) -> Chip:
    """Return a copy of ``chip`` that has drifted until ``seconds``, its layers compensated.

    factor = sum |y(programmed)| / sum |y(now)|, over the outputs y of a layer for the same
    calibration inputs, in which every line is driven at plus or minus the read voltage at random.
    With one drift exponent for all cells this is (t/t0)^nu and restores every output.

    Parameters
    ----------
    chip
        The chip as programmed; it stays as it is.
    seconds : [s]
        Time since programming.
    streams
        Source of the calibration inputs and of the noise of their reads.

    Returns
    -------
    Chip
        Its activity counts both calibrations, which belong to no image.

    Raises
    ------
    ConvergenceError
        If a layer answers with zero, so that no factor can be told.

    Source: Joshi et al., Nat. Commun. 11:2473, 2020 (global drift compensation), there with sums
    of currents of devices and not of outputs.
    """
    require_part("compensated.chip", chip, Chip)
    require_part("compensated.streams", streams, Streams)
    as_age("compensated", seconds)
    new = chip.copy()
    first = responses(new, streams, "programmed")
    later = new.aged(seconds)
    last = responses(later, streams, "aged")
    for layer in later.layers.values():
        for part, held in layer.held.items():
            factor = first[held.name] / last[held.name] if last[held.name] else 0.0
            if not 0 < factor < math.inf:
                where, got = f"compensated '{held.name}'", "a response of zero"
                remedy = "The layer holds no weights, or has lost them: test it uncompensated."
                raise ConvergenceError(message(where, "a calibration response", got, remedy))
            layer.held[part] = Compensated(held, factor)
    return later


def responses(chip: Chip, streams: Streams, when: str) -> dict[str, float]:
    """Return for every layer the sum of its absolute outputs for the calibration inputs.

    The inputs are the same at every call; ``when`` names the noise of the reads.
    """
    sums = {}
    for name, held in chip.held.items():
        copies, rows, _ = held.weights.shape
        signs = streams("calibration", layer=name).integers(0, 2, (READS, copies, rows))
        y = held.matvec(2.0 * signs - 1.0, rng=streams("calibration", layer=name, read=when))
        sums[name] = float(np.abs(y).sum(dtype=np.float64))
    return sums
