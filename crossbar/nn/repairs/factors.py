"""Compensation of drift by factors, from reads of calibration inputs then and now."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from crossbar.errors import ConvergenceError, message
from crossbar.nn.chip import Chip
from crossbar.nn.repairs.base import REPAIRS, Host, Repair
from crossbar.random import Streams
from crossbar.substrates.compensated import Compensated
from crossbar.types import Floats

READS = 64
"""Calibration inputs of a layer, each on every copy of its array."""


class Factors(Repair):
    """Outputs behind amplifiers and converters are multiplied by what calibration reads tell.

    Every line is driven at plus or minus the read voltage at random, by the same inputs right after
    programming and now. Both calibrations count; they belong to no image.
    """

    @abstractmethod
    def size(self, y: Floats) -> Floats:
        """Return the size (1,) or (cols,) of responses ``y`` (reads, copies, cols)."""

    def apply(self, chip: Chip, host: Host, *, streams: Streams) -> None:
        """Give every matrix its factors.

        Raises
        ------
        ConvergenceError
            If outputs are zero now that were not, so that no factor can be told.
        """
        programmed = host.programmed.copy()
        first = responses(programmed, streams, "programmed")
        chip.activity.include(programmed.activity.since(host.programmed.activity))
        last = responses(chip, streams, "aged")
        for layer in chip.layers.values():
            for part, held in layer.held.items():
                was, now = (self.size(y[held.name]) for y in (first, last))
                with np.errstate(divide="ignore", invalid="ignore"):
                    factor = np.where(was > 0, was / now, 1.0 if was.size > 1 else 0.0)
                if not ((factor > 0) & np.isfinite(factor)).all():
                    where = f"{type(self).__name__} of '{held.name}'"
                    remedy = "The layer holds no weights, or has lost them: test it uncompensated."
                    got = "a response of zero"
                    raise ConvergenceError(message(where, "a calibration response", got, remedy))
                layer.held[part] = Compensated(held, factor)


@REPAIRS.register("global")
@dataclass(frozen=True)
class GlobalFactor(Factors):
    """One factor a layer: sum |y(programmed)| / sum |y(now)|, over all outputs.

    With one drift exponent for all cells this is (t/t0)^nu and restores every output.

    Source: Joshi et al., Nat. Commun. 11:2473, 2020 (global drift compensation), there with sums
    of currents of devices and not of outputs.
    """

    def size(self, y: Floats) -> Floats:
        """Return the sum of all absolute outputs."""
        return np.array([np.abs(y).sum(dtype=np.float64)])


@REPAIRS.register("column")
@dataclass(frozen=True)
class ColumnFactors(Factors):
    """One factor a column: sum |y_j(programmed)| / sum |y_j(now)|, over the outputs of the column.

    It restores columns whose cells drift alike, each by its own mean. A column without weights
    has the factor 1.

    Source: the digital scale of each column of Le Gallo et al., Nat. Electron. 6:680, 2023; that
    it follows calibration inputs as the global factor does is assumed.
    """

    def size(self, y: Floats) -> Floats:
        """Return the sums of the absolute outputs of the columns."""
        sums: Floats = np.abs(y).sum(axis=(0, 1), dtype=np.float64)
        return sums


def responses(chip: Chip, streams: Streams, when: str) -> dict[str, Floats]:
    """Return the outputs (reads, copies, cols) of every matrix for the calibration inputs.

    The inputs are the same at every call; ``when`` names the noise of the reads.
    """
    outputs = {}
    for name, held in chip.held.items():
        copies, rows, _ = held.weights.shape
        signs = streams("calibration", layer=name).integers(0, 2, (READS, copies, rows))
        rng = streams("calibration", layer=name, read=when)
        outputs[name] = held.matvec(2.0 * signs - 1.0, rng=rng)
    return outputs
