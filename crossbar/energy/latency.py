"""Time and area against each other: copies of the convolution array, and the cycles they save."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from crossbar.checks import Checked, require_whole
from crossbar.energy.cost import Cost
from crossbar.energy.counts import Matrix
from crossbar.energy.operations import NORMALISER, RECTIFIER, SETTLING, SOFTMAX
from crossbar.errors import require_number
from crossbar.units import quantity

COPIES = (1, 5, 25, 125, 625)  # divisors of the 625 windows of the published network
ARRAYS = "arrays"
CLOCK = "clock of spiking neurons"
CYCLE = {ARRAYS: "slot", "DAC": "dac", "ADC": "adc"}  # parts of a cycle of an array, in Delays


@dataclass(frozen=True, kw_only=True)
class Delays(Checked):
    """What a cycle of an array takes, with the converters at its edge, and what cells it has.

    Parameters
    ----------
    dac, adc : [s]
        Time of a conversion, or None where there is no converter; one converter a line.
    slot : [s]
        Time of one analog step; None for that of the path.
    cells
        Cells of a weight; None for as many as elsewhere.
    spare
        Word lines of every copy beyond those of its weights, which have as many cells as those.
    """

    dac: Cost | None = None
    adc: Cost | None = None
    slot: Cost | None = None
    cells: int | None = quantity(None, low=0, high=1000)
    spare: int = quantity(0, low=0, high=100_000)


@dataclass(frozen=True, kw_only=True)
class Path(Checked):
    """What a signal passes on its way through the chip, beside the arrays.

    Parameters
    ----------
    slot : [s]
        Time of one analog step of an array with its line amplifiers.
    rectifiers
        Layers of rectifying neurons, one after the other.
    converters
        Converters of all matrices.
    layers
        Those of the layers that have their own, by name; a matrix is called ``LAYER`` or
        ``LAYER.PART``.
    lasts : [s]
        Time that neurons take by a clock of their own, in which everything else goes on: spikes
        come when they come, however fast arrays are read. None without such neurons.

    Valid for: inputs given bit after bit whose currents add up in analog form before one
    conversion a cycle (assumed); with one conversion a bit the ADC takes as many times as long as
    an input has bits.
    """

    slot: Cost
    rectifiers: int = quantity(1, low=0, high=1000)
    converters: Delays = Delays()
    layers: Mapping[str, Delays] = field(default_factory=dict, hash=False)
    lasts: Cost | None = None

    def of(self, matrix: str) -> Delays:
        """Return what a cycle of ``matrix`` takes."""
        return self.layers.get(matrix.partition(".")[0], self.converters)

    def _time(self, matrix: str, kind: str) -> Cost | None:
        time: Cost | None = getattr(self.of(matrix), kind)
        return time or (self.slot if kind == CYCLE[ARRAYS] else None)

    def cycle(self, matrix: str) -> float:
        """Return the time of one cycle of ``matrix`` [s], with its converters."""
        times = (self._time(matrix, kind) for kind in CYCLE.values())
        return sum(time.value for time in times if time is not None)

    def delays(self, cycles: Mapping[str, int]) -> Iterator[tuple[str, int, Cost]]:
        """Yield name, how many one after the other, and time of each part of an inference.

        ``cycles`` has those of each matrix.
        """
        for title, kind in CYCLE.items():
            times: dict[Cost, int] = {}
            for name, count in cycles.items():
                if (time := self._time(name, kind)) is not None:
                    times[time] = times.get(time, 0) + count
            for time, count in times.items():
                yield title, count, time
        yield NORMALISER, len(cycles), SETTLING[NORMALISER]
        yield RECTIFIER, self.rectifiers, SETTLING[RECTIFIER]
        yield SOFTMAX, 1, SETTLING[SOFTMAX]


@dataclass(frozen=True, kw_only=True)
class Part:
    """One line of a latency: what stands on the path ``times`` one after the other."""

    name: str
    times: int
    seconds: float
    source: str


@dataclass(frozen=True, kw_only=True)
class Latency:
    """Cycles, time and cells of one inference with some copies of every array.

    Attributes
    ----------
    copies
        Most copies B of a matrix; one that reads fewer vectors has as many copies as vectors.
    shared_cycles
        Cycles of the matrices that read several vectors an image: ceil(vectors / B) each.
    cycles
        Cycles of all matrices, one after the other.
    seconds : [s]
        Time of one image: the sum of the parts.
    parts
        Everything on the path, the arrays first.
    cells
        Cells of weights, with those of spare word lines and without reference columns.
    """

    copies: int
    shared_cycles: int
    cycles: int
    seconds: float
    parts: tuple[Part, ...]
    cells: int

    @property
    def arrays(self) -> float:
        """Time of the array cycles alone [s]."""
        return sum(part.seconds for part in self.parts if part.name == ARRAYS)

    def record(self) -> dict[str, object]:
        """Return plain data, for JSON."""
        parts = [asdict(part) for part in self.parts]
        return asdict(self) | {"parts": parts, "arrays": self.arrays}


def latency(positions: int, copies: int, t_cycle: float) -> tuple[int, float]:
    """Return cycles and seconds of ``positions`` vectors on ``copies`` equal arrays alone.

    T = ceil(positions / copies).

    Source: LETI 2026, section on the convolution. Valid for: copies that all read at once.

    Examples
    --------
    >>> latency(625, 125, 0.5e-9)
    (5, 2.5e-09)
    """
    require_whole("latency.positions", positions, low=1)
    require_whole("latency.copies", copies, low=1)
    require_number("latency.t_cycle", t_cycle, low=1e-15, high=1e3, unit="s")
    cycles = math.ceil(positions / copies)
    return cycles, cycles * t_cycle


def latency_table(
    matrices: Sequence[Matrix],
    *,
    path: Path,
    copies: Sequence[int] = COPIES,
    cells_per_weight: int = 1,
) -> tuple[Latency, ...]:
    """Return one :class:`Latency` for each number of ``copies``.

    T = cycles t_slot + the settling of every normaliser (one before each matrix), rectifier and
    softmax and of the converters of every cycle, one after the other.

    Parameters
    ----------
    matrices
        Name, rows, cols and vectors per image of every weight matrix, in order.
    path
        What an image passes beside the arrays, and the time of one analog step.
    copies
        Copies of every matrix that reads several vectors an image.
    cells_per_weight
        2 for differential pairs.
    """
    numbers = [{name: b for name, *_ in matrices} for b in copies]
    return tuple(
        own_latency(matrices, each, path=path, cells_per_weight=cells_per_weight)
        for each in numbers
    )


def own_latency(
    matrices: Sequence[Matrix],
    copies: Mapping[str, int],
    *,
    path: Path,
    cells_per_weight: int = 1,
) -> Latency:
    """Return the :class:`Latency` of a chip that has its own number of copies of every matrix.

    Parameters
    ----------
    copies
        Number of copies by the name of the matrix.
    matrices, path, cells_per_weight
        As for :func:`latency_table`.

    Raises
    ------
    ConfigError
        If a matrix has no number of copies, or a number is not whole and above zero.
    """
    require_whole("own_latency.cells_per_weight", cells_per_weight, low=1)
    cycles: dict[str, int] = {}
    shared, cells = 0, 0
    for name, rows, cols, vectors in matrices:
        several = require_whole(f"own_latency.copies['{name}']", copies.get(name), low=1)
        cycles[name], _ = latency(vectors, several, path.slot.value)
        shared += cycles[name] if vectors > 1 else 0
        own = path.of(name)
        each = cells_per_weight if own.cells is None else own.cells
        cells += (rows + own.spare) * cols * min(several, vectors) * each
    parts = [
        Part(name=name, times=times, seconds=times * each.value, source=str(each.source))
        for name, times, each in path.delays(cycles)
    ]
    if path.lasts is not None:
        rest = max(path.lasts.value - sum(part.seconds for part in parts), 0.0)
        parts.append(Part(name=CLOCK, times=1, seconds=rest, source=str(path.lasts.source)))
    return Latency(
        copies=max(copies.values(), default=1),
        shared_cycles=shared,
        cycles=sum(cycles.values()),
        seconds=sum(part.seconds for part in parts),
        parts=tuple(parts),
        cells=cells,
    )
