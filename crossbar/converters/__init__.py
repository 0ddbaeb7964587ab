"""Converters at the edge of an array: one converter a file."""

from crossbar.converters.adc import Adc
from crossbar.converters.dac import Dac

__all__ = ["Adc", "Dac"]
