"""Refresh: cells are written again to the conductances that they were to have."""

from __future__ import annotations

from dataclasses import dataclass

from crossbar.errors import fail
from crossbar.nn.chip import Chip
from crossbar.nn.repairs.base import REPAIRS, Host, Repair
from crossbar.random import Streams


@REPAIRS.register("refresh")
@dataclass(frozen=True)
class Refresh(Repair):
    """All cells, those of references too, are programmed again in the way of the chip.

    Targets are those of the weights that the chip was programmed with. Of a chip that learned they
    are its conductances as the host read them after training, taken as free of noise. Cells drift
    anew from now on; their errors of programming are other ones, of the same spread.

    Source: definition.
    """

    def apply(self, chip: Chip, host: Host, *, streams: Streams) -> None:
        """Write every array.

        Raises
        ------
        ConfigError
            If no weights are held in cells.
        """
        if all(held.tile is None for held in chip.held.values()):
            remedy = "Weights in digital memory do not drift: leave the repair out."
            fail("Refresh", "weights that cells hold", "none", remedy)
        programmed = host.programmed.held if host.weights is None else host.weights
        for name, held in chip.held.items():
            held.rewrite(programmed[name], rng=streams("refresh", layer=name))
