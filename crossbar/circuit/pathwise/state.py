"""What a forward read of an array depends on, as numbers in double precision."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from crossbar.circuit.linear_reads import LinearReads
from crossbar.circuit.plane_noise import plane_noise
from crossbar.circuit.sensing import Sensing
from crossbar.circuit.ways import Lines as SensedLines
from crossbar.converters import Switched
from crossbar.devices import Conduction
from crossbar.errors import fail
from crossbar.kernels.currents import Common, Planes
from crossbar.kernels.noise import LineNoise
from crossbar.kernels.reads import Loads, Parts
from crossbar.kernels.settings import ADC_TOP, DAC_TOP, T_READ
from crossbar.types import Doubles, Floats

if TYPE_CHECKING:
    from crossbar.circuit.array import Array


WHOLE = np.ones(1)


class ReadState(NamedTuple):
    """What a forward read depends on; also derivatives by it, of the same shapes.

    How planes are weighted is held, and so is what lines take from the noise of others by their
    resistance, which is small.

    Attributes
    ----------
    planes, common, loads, noise, parts
        Cells, reference lines, conductances on driven lines, noise and parts, as
        :func:`crossbar.kernels.reads.read` takes them.
    settings
        Those of :mod:`crossbar.kernels.settings`; ``T_READ`` is the time of a read.
    dac, adc
        Tables of converters.
    admittances
        (lines, lines) [S] of the word lines of every physical array with line resistance.
    word_lines
        Places of these lines among those of all arrays.
    factor
        (1,) or (cols,) Gain of all outputs behind the converters, or of each.
    drive
        The DAC, if it drives lines for a time in place of a voltage.
    law
        Law of cells that are not ohmic, i = g h(v).
    """

    planes: Planes
    common: Common
    loads: Loads
    noise: LineNoise
    parts: Parts
    settings: Doubles
    dac: Floats
    adc: Floats
    admittances: tuple[Doubles, ...]
    word_lines: tuple[slice, ...]
    factor: Doubles
    drive: Switched | None
    law: Conduction | None

    @classmethod
    def of(
        cls, array: Array, sensing: Sensing, *, apart: bool, factor: Doubles = WHOLE
    ) -> ReadState:
        """Return the state of forward reads of ``array``; ``apart`` as in its reads.

        Raises
        ------
        ConfigError
            If cells follow a law that is no product i = g h(v), or one on lines with resistance or
            behind DACs that drive them for a time.
        """
        planes, common, loads, noise, parts = _lines(array, apart=apart)
        settings = sensing.forward.settings.astype(np.float64)
        settings[T_READ] = array.reading.t_read
        wired = () if array.wiring is None else array.wiring.arrays
        return cls(
            planes=Planes(*_doubles(planes)),
            common=Common(*_doubles(common)),
            loads=Loads(*_doubles(loads)),
            noise=LineNoise(*_doubles(noise)),
            parts=parts,
            settings=settings,
            dac=sensing.forward.dac,
            adc=sensing.forward.adc,
            admittances=tuple(w.forward for w in wired),
            word_lines=tuple(w.rows for w in wired),
            factor=factor.astype(np.float64),
            drive=array.drive,
            law=None if array.device.conduction.ohmic else array.device.conduction,
        )

    def zeros(self) -> ReadState:
        """Return a state of zeros, to add derivatives to; what is no number of its own stays."""
        return self._replace(
            planes=Planes(*map(_zero, self.planes)),
            common=Common(*map(_zero, self.common)),
            loads=Loads(*map(_zero, self.loads)),
            noise=LineNoise(*map(_zero, self.noise)),
            settings=np.zeros_like(self.settings),
            factor=np.zeros_like(self.factor),
            admittances=tuple(map(np.zeros_like, self.admittances)),
        )

    @property
    def numbers(self) -> list[Doubles]:
        """What derivatives are by, array by array."""
        planes, common, noise = self.planes, self.common, self.noise
        four: list[Any] = [*planes[:5], *common[:4], *self.loads, *noise[2:]]
        return [*four, self.settings, self.factor, *self.admittances]

    @property
    def rounds(self) -> bool:
        """Whether converters round signals."""
        tops = self.settings[[DAC_TOP, ADC_TOP]]
        return bool(self.dac.size or self.adc.size or tops.any())

    def alike(self, other: ReadState) -> bool:
        """Return whether ``other`` is a state of the same hardware: arrays and tables of a size."""
        one, two = ([a.shape for a in state.numbers] for state in (self, other))
        both = [(*s.planes[5:], s.common.times, s.dac, s.adc) for s in (self, other)]
        return (
            self.law == other.law
            and one == two
            and all(np.array_equal(a, b) for a, b in zip(*both, strict=True))
        )


def _lines(array: Array, *, apart: bool) -> SensedLines:
    """Return what a forward read takes; cells that are not ohmic have the noise of lines."""
    law, reads = array.device.conduction, array.reads
    if isinstance(reads, LinearReads):
        return reads.sensed_lines(apart=apart)
    where, remedy = f"derivatives of '{array.name}'", "Search its settings: crossbar search."
    if law.shape(np.zeros(1)) is None:
        fail(where, "cells whose current is i = g h(v)", type(law).__name__, remedy)
    for part in (array.wires, array.drive):
        if part is not None:
            got = f"{type(law).__name__} cells with {type(part).__name__}"
            fail(where, "ohmic cells there", got, remedy)
    view = LinearReads(array)
    view.bind()
    planes, common, loads, _, parts = view.sensed_lines(apart=True)
    cells = array.by_plane, array.reference
    noise = plane_noise(array.noise, array.layout, *cells, np.float64, forward=True)
    return planes, common, loads, noise, parts


def contracted(by: ReadState, high: ReadState, low: ReadState) -> float:
    """Return the sum of the derivatives ``by`` times the difference of two states."""
    pairs = zip(by.numbers, high.numbers, low.numbers, strict=True)
    with np.errstate(invalid="ignore"):  # limits that are infinite in both
        return float(sum((d[d != 0] * (one - two)[d != 0]).sum() for d, one, two in pairs))


def _doubles(part: Iterable[Any]) -> Iterator[Any]:
    """Yield arrays in double precision, copies of their own; whole numbers stay."""
    return (np.array(a, np.float64) if a.dtype.kind == "f" else a for a in part)


def _zero(a: Any) -> Any:
    return np.zeros_like(a) if a.dtype.kind == "f" else a
