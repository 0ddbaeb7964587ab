"""Converters at the edge of an array, one a file. The inference path of the chip has none."""

from crossbar.converters.adc import ADCS, Adc
from crossbar.converters.calibration import (
    CALIBRATIONS,
    Calibration,
    Currents,
    Largest,
    LeastError,
    Percentile,
)
from crossbar.converters.converter import WIDEST, Converter
from crossbar.converters.costs import (
    ADC_COSTS,
    AdcCosts,
    AndrulisAdc,
    IsaacAdc,
    NeurosimSar,
    SurveyFloor,
)
from crossbar.converters.cyclic import CyclicAdc
from crossbar.converters.dac import DACS, Dac
from crossbar.converters.flash import FlashAdc
from crossbar.converters.logarithmic import LogarithmicAdc
from crossbar.converters.measured import MeasuredAdc
from crossbar.converters.pulse_width import PulseWidthDac
from crossbar.converters.ramp import RampAdc
from crossbar.converters.resistor_string import StringDac
from crossbar.converters.sar import SarAdc
from crossbar.converters.serial import SerialDac
from crossbar.converters.switched import Step, Switched
from crossbar.converters.transfer import Transfer, nearest, uniform

__all__ = [
    "ADCS",
    "ADC_COSTS",
    "CALIBRATIONS",
    "DACS",
    "WIDEST",
    "Adc",
    "AdcCosts",
    "AndrulisAdc",
    "Calibration",
    "Converter",
    "Currents",
    "CyclicAdc",
    "Dac",
    "FlashAdc",
    "IsaacAdc",
    "Largest",
    "LeastError",
    "LogarithmicAdc",
    "MeasuredAdc",
    "NeurosimSar",
    "Percentile",
    "PulseWidthDac",
    "RampAdc",
    "SarAdc",
    "SerialDac",
    "Step",
    "StringDac",
    "SurveyFloor",
    "Switched",
    "Transfer",
    "nearest",
    "uniform",
]
