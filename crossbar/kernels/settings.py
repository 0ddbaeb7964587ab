"""Positions in the settings of a read, which are of the floating-point type of the signals."""

from __future__ import annotations

FULL, DAC_TOP, SCALE, PER_CELL, THERMAL, RELATIVE, SHOT = range(7)
IN_GAIN, IN_OFFSET, IN_NOISE, IN_LIMIT = range(7, 11)  # normaliser, relative to FULL
OUT_FULL, OUT_GAIN, OUT_OFFSET, OUT_NOISE, OUT_LIMIT, ADC_TOP, ADC_REACH, T_READ = range(11, 19)
BIAS = 19  # e / (2 k T) [1/V]
DAC_NOISE, ADC_NOISE = 20, 21  # relative to full scale
SETTINGS = 22
