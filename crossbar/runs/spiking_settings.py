"""What can be set of a run of a spiking network, beside the network and its hardware."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from crossbar.checks import Checked
from crossbar.errors import ShapeError, fail, message
from crossbar.random import Streams
from crossbar.spiking import Code, PeriodicRate, Spikes, read_spikes
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class SpikingRun(Checked):
    """What a spiking network is given, and for how long it runs.

    Parameters
    ----------
    until : [s]
        When the run ends.
    sample : [s]
        Time between recorded voltages of membranes; without it a 400th of the run.
    spikes
        File of the spikes of the inputs, a table or an archive; see
        :func:`crossbar.spiking.read_spikes`.
    numbers
        Numbers from 0 to 1, which the code makes spikes of, for all inputs in their order.
    code
        What the numbers become in time.
    """

    until: float = quantity(above=0, high=1e15, unit="s")
    sample: float | None = quantity(None, above=0, high=1e15, unit="s")
    spikes: str | None = field(default=None, metadata={"path": True})
    numbers: tuple[float, ...] | None = quantity(None, low=0, high=1)
    code: Code = field(default_factory=PeriodicRate)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.spikes is not None and self.numbers is not None:
            fail("run.numbers", "spikes or numbers", "both", "Give only one of them.")

    def given(self, inputs: dict[str, int], streams: Streams) -> dict[str, Spikes]:
        """Return the spikes of every input that has some.

        Raises
        ------
        DataError, ShapeError
            If a file cannot be read, or there are fewer or more numbers than the inputs take.
        """
        if self.spikes is not None:
            return read_spikes(self.spikes, inputs)
        if self.numbers is None:
            return {}
        takes = {name: self._takes(width) for name, width in inputs.items()}
        if sum(takes.values()) != len(self.numbers):
            expected = ", ".join(f"{n} of input '{name}'" for name, n in takes.items())
            got = f"{len(self.numbers)} numbers"
            remedy = "A number takes as many lines as the code says."
            raise ShapeError(message("run.numbers", expected, got, remedy))
        edges = np.cumsum([0, *takes.values()])
        return {
            name: self.code.encode(self.numbers[edges[k] : edges[k + 1]],
                                   rng=streams("encode", input=name))
            for k, name in enumerate(inputs)
        }  # fmt: skip

    def _takes(self, width: int) -> int:
        """Return how many numbers fill ``width`` lines."""
        n = next(n for n in range(1, width + 1) if self.code.lines(n) >= width)
        if self.code.lines(n) != width:
            expected = f"{width} lines, as the input has"
            remedy = "Let the input have a multiple of the lines of a number."
            fail("run.code", expected, f"{self.code.lines(n)} of {n} numbers", remedy)
        return n


@dataclass(frozen=True, kw_only=True)
class NirSettings(Checked):
    """How a graph in NIR is read; see :func:`crossbar.imports.read_nir`.

    Parameters
    ----------
    dt : [s]
        Time step of the tool that made it; none: spikes are Dirac pulses.
    g_leak : [S]
        Leak of a neuron.
    """

    dt: float | None = quantity(None, above=0, high=1e15, unit="s")
    g_leak: float = quantity(1.0, above=0, high=1e15, unit="S")
