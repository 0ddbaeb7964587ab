"""Neurons on cores, cores on a mesh, and the routes between them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from crossbar.array_checks import require_array
from crossbar.checks import require_part
from crossbar.displayed import Displayed
from crossbar.errors import DataError, ShapeError, fail, message
from crossbar.spiking.cores.connectivity import Connectivity
from crossbar.spiking.cores.spec import CoreSpec
from crossbar.types import Integers


@dataclass(frozen=True, eq=False, repr=False)
class CorePlacement(Displayed):
    """Which core every neuron is on, and where that is.

    Parameters
    ----------
    connectivity, core
        What is placed, and on what.
    cores : (neurons,)
        Number of the core of every neuron, from 0 without a gap.
    positions : (cores, 2)
        Column and row of every core on the mesh, from 0; no two at the same place.

    Raises
    ------
    ConfigError
        If a core has more neurons or more axons than it can.
    DataError, ShapeError
        If arrays are of another shape, a core is empty, or two cores are at one place.
    """

    connectivity: Connectivity
    core: CoreSpec
    cores: Integers
    positions: Integers

    def __post_init__(self) -> None:
        require_part("CorePlacement.connectivity", self.connectivity, Connectivity)
        require_part("CorePlacement.core", self.core, CoreSpec)
        for name, shape in (("cores", (self.connectivity.neurons,)), ("positions", ("n", 2))):
            own = np.asarray(require_array(f"CorePlacement.{name}", getattr(self, name), shape))
            if own.dtype.kind not in "iu" or own.min() < 0:
                raise DataError(message(f"CorePlacement.{name}", "whole numbers from 0",
                                        f"{own.min()}", "Count from 0."))  # fmt: skip
            object.__setattr__(self, name, own)
        count = int(self.cores.max()) + 1
        if len(self.positions) != count:
            got = f"{len(self.positions)}"
            raise ShapeError(message("CorePlacement.positions", f"{count} places", got,
                                     "Give every core one."))  # fmt: skip
        if len(np.unique(self.positions, axis=0)) < count:
            raise DataError(message("CorePlacement.positions", "a place for each core",
                                    "two at one", "Move one."))  # fmt: skip
        if not self.neurons.all():
            raise DataError(message("CorePlacement.cores", "neurons on every core",
                                    f"none on core {np.argmin(self.neurons)}",
                                    "Number the cores without a gap."))  # fmt: skip
        for name, most in (("neurons", self.core.neurons), ("axons", self.core.axons)):
            own = getattr(self, name)
            if own.max() > most:
                got = f"{own.max()} on core {np.argmax(own)}"
                fail("CorePlacement.cores", f"at most {most} {name} a core", got,
                     "Spread the neurons over more cores.")  # fmt: skip

    def __repr__(self) -> str:
        filled = f"{self.neurons.mean():.0f} neurons and {self.axons.mean():.0f} axons each"
        return f"<CorePlacement {self.count} cores, {filled}>"

    @property
    def count(self) -> int:
        """How many cores there are."""
        return len(self.positions)

    @property
    def power(self) -> float:
        """What the cores take by their budget [W]."""
        return self.count * self.core.power

    @cached_property
    def neurons(self) -> Integers:
        """How many neurons every core has, (cores,)."""
        return np.bincount(self.cores, minlength=self.count)

    @cached_property
    def axons(self) -> Integers:
        """How many lines every core hears, (cores,)."""
        return np.bincount(self.routes[1], minlength=self.count)

    @cached_property
    def routes(self) -> tuple[Integers, Integers]:
        """Every line and core that hears it, once: two arrays (routes,).

        A spike of the line is a packet on each of its routes, but for that into its own core.
        """
        return routes(self.connectivity, self.cores, int(self.cores.max()) + 1)

    @cached_property
    def senders(self) -> Integers:
        """Core that every line begins at, (lines,), -1 for lines of inputs."""
        return np.concatenate([np.full(self.connectivity.inputs, -1), self.cores])


def routes(connectivity: Connectivity, cores: Integers, count: int) -> tuple[Integers, Integers]:
    """Return every line and core that hears it, of ``count`` cores, in order of lines."""
    matrix = connectivity.matrix
    lines = np.repeat(np.arange(connectivity.lines, dtype=np.int64), np.diff(matrix.indptr))
    pairs = np.unique(lines * count + cores[matrix.indices])
    line, core = np.divmod(pairs, count)
    return line, core
