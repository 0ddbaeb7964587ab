"""What a cell is: memristors, CMOS synapses, ideal cells, faults and published presets."""

from crossbar.devices.base import OLDEST, Cells, Change, Device, Lines, Tally
from crossbar.devices.cmos import CmosSynapse
from crossbar.devices.drift import ConstantExponent, Drift, PcmExponent
from crossbar.devices.faults import StuckAt
from crossbar.devices.fitting import TrainFit, fitted
from crossbar.devices.flicker import Flicker, PcmFlicker
from crossbar.devices.ideal import IdealCell
from crossbar.devices.memristor import Memristor
from crossbar.devices.periphery import Periphery
from crossbar.devices.presets import DEVICES, PRESETS, Preset
from crossbar.devices.pulse_table import PulseTable
from crossbar.devices.pulsing import PulseTrain, Pulsing, Summed
from crossbar.devices.rounding import Deterministic, Rounding, Stochastic
from crossbar.devices.steps import Constant, Exponential, Linear, SoftBounds, Step
from crossbar.devices.traces import Trace

__all__ = [
    "DEVICES",
    "OLDEST",
    "PRESETS",
    "Cells",
    "Change",
    "CmosSynapse",
    "Constant",
    "ConstantExponent",
    "Deterministic",
    "Device",
    "Drift",
    "Exponential",
    "Flicker",
    "IdealCell",
    "Linear",
    "Lines",
    "Memristor",
    "PcmExponent",
    "PcmFlicker",
    "Periphery",
    "Preset",
    "PulseTable",
    "PulseTrain",
    "Pulsing",
    "Rounding",
    "SoftBounds",
    "Step",
    "Stochastic",
    "StuckAt",
    "Summed",
    "Tally",
    "Trace",
    "TrainFit",
    "fitted",
]
