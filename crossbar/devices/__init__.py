"""What a cell is: memristors, CMOS synapses, ideal cells, faults and published presets."""

from crossbar.devices.altered import NoisyReads
from crossbar.devices.array_spread import ArraySpread, OwnBounds
from crossbar.devices.cell_checks import check_counts
from crossbar.devices.cells import OLDEST, Cells, single_pulses
from crossbar.devices.cmos import CmosSynapse
from crossbar.devices.compiled import Compiled
from crossbar.devices.conduction.law import CONDUCTIONS, Conduction, Factorised
from crossbar.devices.conduction.measured import IVTable
from crossbar.devices.conduction.ohmic import Ohmic
from crossbar.devices.conduction.power import Power
from crossbar.devices.conduction.selectors import DiodeSelector, TransistorSelector
from crossbar.devices.conduction.sinh import Sinh
from crossbar.devices.device import UPDATE_BITS, Device, drifts, require_activated
from crossbar.devices.device_file import FittedDevice, read_device_file, write_device_file
from crossbar.devices.drift import ConstantExponent, Drift, PcmExponent, PowerLaw
from crossbar.devices.faults import StuckAt
from crossbar.devices.fitting.device_fit import DeviceFit
from crossbar.devices.fitting.fit import fit_device
from crossbar.devices.ideal import IdealCell
from crossbar.devices.laws.exponential_floor import ExponentialFloor
from crossbar.devices.laws.linear import Linear, SoftBounds
from crossbar.devices.laws.pulsing import PulseTrain, Pulsing, Summed
from crossbar.devices.laws.rounding import Deterministic, Rounding, Stochastic
from crossbar.devices.laws.steps import Constant, Exponential, Step
from crossbar.devices.library import DEVICES, PRESETS, Preset, PublishedCurve, Shown
from crossbar.devices.measured.estimates import Estimate
from crossbar.devices.measured.iv_sweeps import ConductionFit, IVSweeps
from crossbar.devices.measured.jump_table import JumpTable
from crossbar.devices.measured.jumps import Jumps
from crossbar.devices.measured.pulse_table import PulseTable
from crossbar.devices.measured.pulse_trains import PulseTrains
from crossbar.devices.measured.read_traces import ReadNoiseFit, ReadTraces
from crossbar.devices.measured.relaxation_fit import RelaxationFit
from crossbar.devices.measured.retention_traces import DriftFit, RetentionTraces
from crossbar.devices.measured.step_files import measured_step
from crossbar.devices.measured.traces import Trace
from crossbar.devices.memristor import Memristor
from crossbar.devices.noise import PcmFlicker, ReadNoise, SaturatingNoise
from crossbar.devices.periphery import Periphery
from crossbar.devices.programming import Exact, Programming, SaturatingError, SingleShot
from crossbar.devices.relaxation import FilamentRelaxation
from crossbar.devices.retention import (
    Arrhenius,
    LogRetention,
    Relaxation,
    Retention,
    as_temperature,
)
from crossbar.devices.spread import Fabricated, LogNormal, Spread
from crossbar.devices.tally import Tally
from crossbar.devices.verification import Verification
from crossbar.devices.write_verify import WriteVerify

__all__ = [
    "CONDUCTIONS",
    "DEVICES",
    "OLDEST",
    "PRESETS",
    "UPDATE_BITS",
    "ArraySpread",
    "Arrhenius",
    "Cells",
    "CmosSynapse",
    "Compiled",
    "Conduction",
    "ConductionFit",
    "Constant",
    "ConstantExponent",
    "Deterministic",
    "Device",
    "DeviceFit",
    "DiodeSelector",
    "Drift",
    "DriftFit",
    "Estimate",
    "Exact",
    "Exponential",
    "ExponentialFloor",
    "Fabricated",
    "Factorised",
    "FilamentRelaxation",
    "FittedDevice",
    "IVSweeps",
    "IVTable",
    "IdealCell",
    "JumpTable",
    "Jumps",
    "Linear",
    "LogNormal",
    "LogRetention",
    "Memristor",
    "NoisyReads",
    "Ohmic",
    "OwnBounds",
    "PcmExponent",
    "PcmFlicker",
    "Periphery",
    "Power",
    "PowerLaw",
    "Preset",
    "Programming",
    "PublishedCurve",
    "PulseTable",
    "PulseTrain",
    "PulseTrains",
    "Pulsing",
    "ReadNoise",
    "ReadNoiseFit",
    "ReadTraces",
    "Relaxation",
    "RelaxationFit",
    "Retention",
    "RetentionTraces",
    "Rounding",
    "SaturatingError",
    "SaturatingNoise",
    "Shown",
    "SingleShot",
    "Sinh",
    "SoftBounds",
    "Spread",
    "Step",
    "Stochastic",
    "StuckAt",
    "Summed",
    "Tally",
    "Trace",
    "TransistorSelector",
    "Verification",
    "WriteVerify",
    "as_temperature",
    "check_counts",
    "drifts",
    "fit_device",
    "measured_step",
    "read_device_file",
    "require_activated",
    "single_pulses",
    "write_device_file",
]
