"""How a tile reads its arrays: the numbers that the compiled reads take."""

from __future__ import annotations

import numpy as np

from crossbar.activity import EVENT
from crossbar.array import Array
from crossbar.blocks import Blocks
from crossbar.kernels import reads
from crossbar.periphery import Adc, Dac
from crossbar.types import Floats, Integers


def _places(multiplications: str, energy: str) -> Integers:
    """Return where a read counts what it does (see ``at`` of :func:`kernels.reads.read`)."""
    scaled, sensed = ("cycles", "normaliser", "dac"), ("sense", "adc")
    events = (multiplications, energy, "overrange", *scaled, *sensed)
    return np.array([EVENT[event] for event in events])


FORWARD = _places("mac_forward", "read_energy")
BACK = _places("mac_transposed", "read_energy_transposed")


def settings(
    array: Array, blocks: Blocks, dac: Dac | None, adc: Adc | None, reach: float
) -> Floats:
    """Return the settings of the reads of ``array`` (see :mod:`crossbar.kernels.reads`).

    ``reach`` is the full scale of the ADC, relative to that of the amplifiers.
    """
    values = np.zeros(reads.SETTINGS, array.dtype)
    array.noise.fill(values)
    full, (low, _, high) = array.reading.v_read, array.device.window
    enter, leave = blocks.normaliser.errors, blocks.element.errors
    values[[reads.FULL, reads.SCALE]] = full, array.scale
    values[reads.DAC_TOP] = 0 if dac is None else dac.top
    values[reads.OUT_FULL] = blocks.element.span * full * (high - low)
    for errors, first in ((enter, reads.IN_GAIN), (leave, reads.OUT_GAIN)):
        static = (1.0 + errors.gain_error, errors.offset, errors.noise, errors.saturation)
        values[first : first + 4] = static
    values[reads.T_READ] = array.reading.t_read if array.wires is None else 0
    values[reads.ADC_TOP] = 0 if adc is None else adc.top
    values[reads.ADC_REACH] = 0 if adc is None else reach
    return values
