"""Memristors of spice_models/ as Python specifications: the same equations and parameters."""

from crossbar.spice.memristors.base import CircuitCell, Pulses, Sine, Spread
from crossbar.spice.memristors.stanford_pku import StanfordPku
from crossbar.spice.memristors.vteam import Vteam
from crossbar.spice.memristors.yakopcic import Yakopcic

MEMRISTORS: dict[str, type[CircuitCell]] = {
    cell.model: cell for cell in (Vteam, Yakopcic, StanfordPku)
}

__all__ = [
    "MEMRISTORS",
    "CircuitCell",
    "Pulses",
    "Sine",
    "Spread",
    "StanfordPku",
    "Vteam",
    "Yakopcic",
]
