"""Memristors of spice_models/ as Python specifications: the same equations and parameters."""

from crossbar.devices.equations.base import CircuitCell, Pulses, Sine, Spread
from crossbar.devices.equations.stanford_pku import StanfordPku
from crossbar.devices.equations.vteam import Vteam
from crossbar.devices.equations.yakopcic import Yakopcic

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
