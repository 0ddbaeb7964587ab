"""The parallel update by random trains of pulses that meet in the cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crossbar.circuit.trains import Trains
from crossbar.kernels.trains import LONGEST
from crossbar.nn.learners.base import LEARNERS, Backpropagation
from crossbar.types import Rng
from crossbar.units import quantity

if TYPE_CHECKING:
    from crossbar.nn.chip import Chip
    from crossbar.types import Floats


@LEARNERS.register("coincidence")
@dataclass(frozen=True, kw_only=True)
class Coincidence(Backpropagation):
    """W_ij <- W_ij - s n_ij dw, n_ij of ``length`` slots with a pulse on both lines; s their sign.

    A slot has a pulse with p_i = |x_i| m C on a word line and q_j = |d_j| C / m on a bit line,
    C = sqrt(rate / (length dw)), at most 1 each: the mean change is -rate x_i d_j, as of
    :class:`Sequential`, but the cells of a line share its train. Vectors of one sample (the windows
    of a convolution) come one after the other. Multipliers take no part.

    Parameters
    ----------
    length
        Slots of a train.
    balanced
        Whether m = sqrt(max |d| / max |x|), so that both lines send as often; else m = 1.

    Source: Gokmen and Vlasov, Front. Neurosci. 10:333, 2016; m (update management) of
    Gokmen, Onen and Haensch, Front. Neurosci. 11:538, 2017. Valid for: cells that whole pulses
    move; others take the mean.
    """

    length: int = quantity(31, low=1, high=LONGEST, remedy="10 to 40 are usual.")
    balanced: bool = True

    def change(self, chip: Chip, rate: float, memory: dict[str, Floats], *, rng: Rng) -> None:
        """Let the trains of every layer meet."""
        trains = Trains(length=self.length, balanced=self.balanced)
        for layer in chip.layers.values():
            for part, (x, d) in layer.pairs().items():
                layer.held[part].change(x, d, rate, rng=rng, trains=trains)
            slopes = layer.slopes().items()
            layer.add({name: -rate * slope for name, slope in slopes}, rng=rng)
