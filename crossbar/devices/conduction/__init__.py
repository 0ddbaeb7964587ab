"""Conduction: the current of a cell against its voltage, one law a file."""

from crossbar.devices.conduction.law import CONDUCTIONS, Conduction, Factorised
from crossbar.devices.conduction.measured import IVTable
from crossbar.devices.conduction.ohmic import Ohmic
from crossbar.devices.conduction.power import Power
from crossbar.devices.conduction.selectors import DiodeSelector, TransistorSelector
from crossbar.devices.conduction.sinh import Sinh

__all__ = [
    "CONDUCTIONS",
    "Conduction",
    "DiodeSelector",
    "Factorised",
    "IVTable",
    "Ohmic",
    "Power",
    "Sinh",
    "TransistorSelector",
]
