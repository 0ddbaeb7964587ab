"""Global drift compensation: one factor a layer, from reads of a calibration input."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from crossbar.activity import Activity
from crossbar.brief import brief
from crossbar.checks import entry, require_part
from crossbar.errors import ConvergenceError, message, require_number
from crossbar.nn.base import WeightedState
from crossbar.nn.network import Chip
from crossbar.random import Streams
from crossbar.types import Floats, FloatType
from crossbar.weights import Order, Weights, as_age

READS = 64
"""Calibration inputs of a layer, each on every copy of its array."""


@dataclass
class Compensated(Weights):
    """Weights whose outputs are scaled by one factor, behind amplifiers and converters.

    Attributes
    ----------
    held
        The weights as the arrays hold them.
    factor
        Gain of both reads. Weight changes are divided by it, so that they are those of the
        weights that the outputs show.
    """

    held: Weights
    factor: float

    __repr__ = brief

    def __post_init__(self) -> None:
        self.name = self.held.name

    @property
    def activity(self) -> Activity:
        """What happened on the arrays."""
        return self.held.activity

    @activity.setter
    def activity(self, activity: Activity) -> None:
        self.held.activity = activity

    @property
    def weights(self) -> Floats:
        """Weights as the outputs show them, (copies, rows, cols)."""
        return self.factor * self.held.weights

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and cols."""
        return self.held.shape

    @property
    def dtype(self) -> FloatType:
        """Floating-point type of signals."""
        return self.held.dtype

    def read(self, x: Floats, *, rng: np.random.Generator, values: int | None = None) -> Floats:
        """Return x @ W, scaled."""
        return self.factor * self.held.read(x, rng=rng, values=values)

    def read_back(self, d: Floats, *, rng: np.random.Generator) -> Floats:
        """Return d @ W.T, scaled."""
        return self.factor * self.held.read_back(d, rng=rng)

    def read_windows(self, x: Floats, kernel: int, *, rng: np.random.Generator) -> Floats:
        """Return the products of W and the windows of ``x``, scaled."""
        return self.factor * self.held.read_windows(x, kernel, rng=rng)

    def change(self, x: Floats, d: Floats, rate: float, *, rng: np.random.Generator) -> None:
        """Change W by ``-rate x^T d``."""
        self.held.change(x, d, rate / self.factor, rng=rng)

    def change_windows(
        self,
        x: Floats,
        kernel: int,
        d: Floats,
        rate: float,
        order: Order,
        *,
        rng: np.random.Generator,
    ) -> None:
        """Change W by ``-rate`` times the windows of ``x`` times ``d``, summed."""
        self.held.change_windows(x, kernel, d, rate / self.factor, order, rng=rng)

    def aged(self, seconds: float) -> Compensated:
        """Return a copy that has drifted until ``seconds``, with the factor of now."""
        return Compensated(self.held.aged(seconds), self.factor)

    def refresh(self) -> None:
        """Clear what many updates let build up in the arrays."""
        self.held.refresh()

    def arrays(self) -> dict[str, Floats]:
        """Return the state of the arrays, and the factor."""
        return self.held.arrays() | {"factor": np.array(self.factor)}

    def restore(self, arrays: dict[str, Floats]) -> None:
        """Take the state from what :meth:`arrays` returned."""
        where = f"Compensated '{self.name}'.factor"
        factor = require_number(where, entry(where, arrays, "factor"), above=0, high=1e30)
        self.held.restore({name: entry(where, arrays, name) for name in self.held.arrays()})
        self.factor = factor


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
    for layer in later.layers:
        if isinstance(layer, WeightedState):
            factor = first[layer.name] / last[layer.name] if last[layer.name] else 0.0
            if not 0 < factor < math.inf:
                where, got = f"compensated '{layer.name}'", "a response of zero"
                remedy = "The layer holds no weights, or has lost them: test it uncompensated."
                raise ConvergenceError(message(where, "a calibration response", got, remedy))
            layer.held = Compensated(layer.held, factor)
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
