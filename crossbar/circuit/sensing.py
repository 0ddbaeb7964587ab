"""How a tile reads its arrays: the settings of the compiled reads, and the range they use."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from crossbar.activity import EVENT
from crossbar.circuit.array import Array
from crossbar.circuit.blocks import Blocks, peak
from crossbar.circuit.converter_tables import Transfers
from crossbar.circuit.watch import Watch
from crossbar.converters import Adc, Dac
from crossbar.kernels import conversion
from crossbar.kernels import settings as at
from crossbar.kernels.cuts import WHOLE
from crossbar.types import Floats, Integers, Rng


def _places(multiplications: str, energy: str) -> Integers:
    """Return the places of the counts of a read (see ``at`` of :func:`kernels.reads.read`)."""
    scaled, sensed = ("cycles", "normaliser", "dac"), ("sense", "adc")
    events = (multiplications, energy, "overrange", *scaled, *sensed)
    return np.array([EVENT[event] for event in events])


FORWARD = _places("mac_forward", "read_energy")
BACK = _places("mac_transposed", "read_energy_transposed")


class Edge(NamedTuple):
    """What stands around an array in one direction of reading.

    Attributes
    ----------
    settings
        See :mod:`crossbar.kernels.reads`.
    dac, adc
        Tables of the converters, see :func:`crossbar.kernels.conversion.tabulate`; empty for
        uniform quantisers and where there is none.
    """

    settings: Floats
    dac: Floats
    adc: Floats


class Sensing:
    """How a tile senses its lines: what stands around its array, and the range of its ADC.

    Attributes
    ----------
    reach
        Full scale of the ADC in forward and in transposed reads, relative to that of the
        amplifiers: that of the specification, or 1 until :meth:`span`.
    forward, back
        What stands around the array in both reads.
    watch
        The object that watches every read, without the ADC; None if reads are not watched.
    """

    def __init__(
        self,
        array: Array,
        blocks: Blocks,
        dac: Dac | None,
        adc: Adc | None,
        transfers: Transfers,
    ) -> None:
        self.array = array
        self.adc = adc
        given = (adc.reach if adc is not None else None) or 1.0
        self.reach = given, given
        forward, back = (_settings(array, blocks, dac, adc, r) for r in self.reach)
        self.forward = Edge(forward, transfers.dac, transfers.adc)
        self.back = Edge(back, transfers.dac_back, transfers.adc_back)
        self.tabulated = any(table.size for table in transfers)
        self.watch: Watch | None = None

    @property
    def cutting(self) -> tuple[Edge, Floats] | None:
        """What stands around the array where windows are cut by the read, and steps of its drive.

        None where they are cut before: entries of windows have errors of their own there.
        """
        if self.watch is not None or self.forward.dac.size or not self._exact:
            return None
        settings, drive = self.forward.settings.copy(), self.array.drive
        if self.array.wiring is None:
            settings[at.T_READ] = self.array.reading.t_read
        steps = WHOLE[1] if drive is None else drive.on_by_code
        return self.forward._replace(settings=settings), steps

    @property
    def events(self) -> Edge:
        """What stands around the array where rows are driven at full scale, without DAC."""
        settings = self.forward.settings.copy()
        settings[[at.IN_GAIN, at.IN_LIMIT]] = 1.0, np.inf
        settings[[at.IN_OFFSET, at.IN_NOISE, at.DAC_TOP, at.DAC_NOISE]] = 0.0
        if self.array.wiring is None:
            settings[at.T_READ] = self.array.reading.t_read
        return Edge(settings, conversion.unused(self.array.dtype), self.forward.adc)

    @property
    def noisy(self) -> bool:
        """Whether what stands around the array has noise in reads of single rows."""
        return bool(self.events.settings[[at.OUT_NOISE, at.ADC_NOISE]].any())

    def amplifier(self, cells: int) -> float:
        """Return the full scale of the amplifier of a line of ``cells``, in outputs.

        It is that of forward reads whose largest input is 1.
        """
        full, scale, v_read = self.forward.settings[[at.OUT_FULL, at.SCALE, at.FULL]]
        return float(full / (scale * v_read)) * math.sqrt(cells)

    @property
    def laid_out(self) -> bool:
        """Whether windows are laid out and read as the vectors that they are."""
        guessed = self.array.drive is not None and not self._exact  # what lines are driven by
        return self.tabulated or self.watch is not None or guessed

    @property
    def _exact(self) -> bool:
        """Whether lines are driven with the very numbers, or the codes that DACs make of them."""
        settings = self.forward.settings
        entering = settings[[at.IN_GAIN, at.IN_OFFSET, at.IN_NOISE, at.DAC_NOISE]]
        return bool((entering == (1, 0, 0, 0)).all() and np.isinf(settings[at.IN_LIMIT]))

    def metered(self, v: Floats, *, forward: bool, once: bool) -> float:
        """Return the energy [J] of a read with ``v`` (vectors, lines) [V] that no loop has counted.

        ``once`` as of :meth:`ArrayReads.power`.
        """
        array = self.array
        if array.wiring is None and (once or not _metered(array)):
            return 0.0
        power = array.reads.power(array.layout.of_copies(v), forward=forward, once=once)
        return power * array.reading.t_read

    def metered_windows(self, x: Floats, kernel: int) -> float:
        """Return the energy [J] of the windows of images ``x`` that no loop has counted."""
        array = self.array
        if array.drive is None:
            return 0.0
        on = array.drive.on(x / peak(x)).reshape(*x.shape[:3], -1)
        tall, wide = x.shape[1] - kernel + 1, x.shape[2] - kernel + 1
        long = [on[:, a : a + tall, b : b + wide].sum(axis=(0, 1, 2))
                for a in range(kernel) for b in range(kernel)]  # fmt: skip
        v = array.reading.v_read * np.sqrt(np.concatenate(long))
        return array.reads.power(v[None, None], forward=True, once=True) * array.reading.t_read

    def watched(self) -> Watch:
        """Watch every read from now on, without the ADC; return the watch."""
        full = float(self.forward.settings[at.OUT_FULL])
        self.watch = Watch(self.array, full, self.array.reading.v_read)
        none = conversion.unused(self.array.dtype)
        for edge in (self.forward, self.back):
            edge.settings[[at.ADC_TOP, at.ADC_NOISE]] = 0
        self.forward, self.back = (e._replace(adc=none) for e in (self.forward, self.back))
        return self.watch

    def see(self, x: Floats, *, forward: bool, rng: Rng) -> None:
        """Pass a read of ``x`` (n, positions, lines) to the watch, if there is one."""
        if self.watch is not None:
            self.watch.see(x, forward=forward, rng=rng)

    def calibrate(self, watch: Watch) -> bool:
        """Set the full scale of the ADC by its calibration on what ``watch`` has seen.

        Reads in a direction that was not seen keep theirs, and so does an ADC with a reach of its
        own. Returns whether it was set.
        """
        adc = self.adc
        if adc is None or adc.reach is not None:
            return False
        forward, back = (adc.calibration.reach(seen, adc.transfer) if seen.largest else 0.0
                         for seen in watch.seen)  # fmt: skip
        self.span(forward or self.reach[0], back or self.reach[1])
        return True

    def span(self, forward: float, back: float) -> None:
        """Set the full scale of the ADC in both reads, relative to that of the amplifiers."""
        if self.adc is None:
            return
        self.reach = forward, back
        for edge, reach in zip((self.forward, self.back), self.reach, strict=True):
            edge.settings[at.ADC_REACH] = reach


def _metered(array: Array) -> bool:
    """Return whether the power of reads of ``array`` is worked out beside the compiled loops."""
    return array.wiring is not None or (array.drive is not None and array.device.conduction.ohmic)


def _settings(
    array: Array, blocks: Blocks, dac: Dac | None, adc: Adc | None, reach: float
) -> Floats:
    """Return the settings of the reads of ``array`` (see :mod:`crossbar.kernels.reads`).

    ``reach`` is the full scale of the ADC, relative to that of the amplifiers.
    """
    values = np.zeros(at.SETTINGS, array.dtype)
    array.noise.fill(values)
    full, (low, _, high) = array.reading.v_read, array.device.window
    enter, leave = blocks.normaliser.errors, blocks.element.errors
    law, drive = array.device.conduction, array.drive
    largest = law.reach(low, high, full)  # of the read voltage, if ohmic
    seen = 1.0 if drive is None or law.ohmic else largest / full  # at the one voltage, a gain
    values[[at.FULL, at.SCALE]] = full, array.scale * seen
    if dac is not None:
        values[[at.DAC_TOP, at.DAC_NOISE]] = dac.top or np.inf, dac.noise
    values[at.OUT_FULL] = blocks.element.span * largest * (high - low)
    for errors, first in ((enter, at.IN_GAIN), (leave, at.OUT_GAIN)):
        static = (1.0 + errors.gain_error, errors.offset, errors.noise, errors.saturation)
        values[first : first + 4] = static
    values[at.T_READ] = 0 if _metered(array) else array.reading.t_read
    if adc is not None:
        converted = [at.ADC_TOP, at.ADC_REACH, at.ADC_NOISE]
        values[converted] = adc.top or np.inf, reach, adc.noise
    return values
