"""How a tile reads its arrays: the settings of the compiled reads."""

from __future__ import annotations

import numpy as np

from crossbar.activity import EVENT
from crossbar.circuit.amplifier_range import Watch
from crossbar.circuit.array import Array
from crossbar.circuit.blocks import Blocks
from crossbar.converters import Adc, Dac
from crossbar.kernels import reads
from crossbar.types import Floats, Integers


def _places(multiplications: str, energy: str) -> Integers:
    """Return the places of the counts of a read (see ``at`` of :func:`kernels.reads.read`)."""
    scaled, sensed = ("cycles", "normaliser", "dac"), ("sense", "adc")
    events = (multiplications, energy, "overrange", *scaled, *sensed)
    return np.array([EVENT[event] for event in events])


FORWARD = _places("mac_forward", "read_energy")
BACK = _places("mac_transposed", "read_energy_transposed")


class Sensing:
    """How a tile senses its lines: settings of both reads, and the range of its ADC.

    Attributes
    ----------
    reach
        Full scale of the ADC in forward and in transposed reads, relative to that of the
        amplifiers: that of the specification, or 1 until :meth:`span`.
    forward, back
        Settings of both reads (see :mod:`crossbar.kernels.reads`).
    watch
        The object that watches every read, without the ADC; None if reads are not watched.
    """

    def __init__(self, array: Array, blocks: Blocks, dac: Dac | None, adc: Adc | None) -> None:
        self.array = array
        self.given = None if adc is None else adc.reach
        self.converts = adc is not None
        self.reach = (self.given or 1.0, self.given or 1.0)
        self.forward, self.back = (_settings(array, blocks, dac, adc, r) for r in self.reach)
        self.watch: Watch | None = None

    def watched(self) -> Watch:
        """Watch every read from now on, without the ADC; return the watch."""
        full = float(self.forward[reads.OUT_FULL])
        self.watch = Watch(self.array, full, self.array.reading.v_read)
        self.forward[reads.ADC_TOP] = self.back[reads.ADC_TOP] = 0
        return self.watch

    def see(self, x: Floats, *, forward: bool, rng: np.random.Generator) -> None:
        """Pass a read of ``x`` (n, positions, lines) to the watch, if there is one."""
        if self.watch is not None:
            self.watch.see(x, forward=forward, rng=rng)

    def span(self, forward: float, back: float = 0.0) -> bool:
        """Set the full scale of the ADC to the largest line current, unless it has its own.

        ``forward`` and ``back`` are the largest currents of forward and transposed reads, relative
        to the full scale of the amplifiers; 0 keeps the present one. Returns whether they were
        used.
        """
        if not self.converts or self.given is not None:
            return False
        self.reach = (forward or self.reach[0], back or self.reach[1])
        self.forward[reads.ADC_REACH], self.back[reads.ADC_REACH] = self.reach
        return True


def _settings(
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
