"""Master weights that are read through chips of a device that is assumed, not of one's own."""

from dataclasses import dataclass

from crossbar import DifferentialPair, Memristor, Tile
from crossbar.substrates import Aware, MasterWeights
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class Cautious(MasterWeights):
    """Weights learn on chips with a programming error of this size. Source: assumed."""

    error: float = quantity(0.2, share=True, low=0, high=1, words="error that is trained against")

    def substrate(self, cells, dtype):
        device = Memristor(sigma_program=(self.error,))
        return Aware(held=Tile(device=device, mapping=DifferentialPair(), dtype=dtype), clip=2.5)
