"""Ways to place a network on cores."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from crossbar.checks import require_generator, require_part
from crossbar.contracts import answer, named
from crossbar.errors import ShapeError, message
from crossbar.specification import Specification
from crossbar.spiking.cores.connectivity import Connectivity
from crossbar.spiking.cores.filling import filled, require_fitting
from crossbar.spiking.cores.layout import near, rows_of
from crossbar.spiking.cores.partition import partitioned
from crossbar.spiking.cores.placement import CorePlacement, routes
from crossbar.spiking.cores.spec import CoreSpec
from crossbar.types import Integers, Rng

SEEDS = 2**31  # of METIS


class Placer(Specification):
    """Says on which core every neuron is, and where the cores are."""

    @abstractmethod
    def assign(self, connectivity: Connectivity, core: CoreSpec, *, rng: Rng) -> Integers:
        """Return the core of every neuron, (neurons,), from 0 without a gap, within its limits."""

    def arrange(self, connectivity: Connectivity, cores: Integers) -> Integers:
        """Return column and row of every core, (cores, 2): row by row in a square."""
        return rows_of(int(cores.max()) + 1)

    def place(
        self, connectivity: Connectivity, core: CoreSpec | None = None, *, rng: Rng
    ) -> CorePlacement:
        """Place a network on cores, with at most their neurons and axons on each.

        Where the axons of a core do not suffice for as many neurons as it could hold, neurons are
        spread over more cores.

        Raises
        ------
        ConfigError
            If a neuron alone hears more lines than a core has axons.
        """
        where = named(self, "place")
        require_part(f"{where}.connectivity", connectivity, Connectivity)
        core = CoreSpec() if core is None else require_part(f"{where}.core", core, CoreSpec)
        require_generator(where, rng)
        require_fitting(connectivity, core)
        cores = answer(self, "assign", connectivity, core, rng=rng)
        if np.shape(cores) != (connectivity.neurons,):
            expected = f"a core for each of {connectivity.neurons} neurons"
            remedy = "Return an array (neurons,)."
            raise ShapeError(message(named(self, "assign"), expected, np.shape(cores), remedy))
        places = answer(self, "arrange", connectivity, cores)
        return CorePlacement(connectivity, core, cores, places)


@dataclass(frozen=True, kw_only=True)
class InOrder(Placer):
    """Fills one core after the other in the order of the neurons, and sets them row by row."""

    def assign(self, connectivity: Connectivity, core: CoreSpec, *, rng: Rng) -> Integers:
        """Return cores by the order of neurons; nothing is drawn."""
        heard = sparse.csc_array(connectivity.matrix)
        return filled(heard, core, np.arange(connectivity.neurons))


@dataclass(frozen=True, kw_only=True)
class AtRandom(Placer):
    """Fills one core after the other in a random order of the neurons."""

    def assign(self, connectivity: Connectivity, core: CoreSpec, *, rng: Rng) -> Integers:
        """Return cores by an order that ``rng`` draws."""
        heard = sparse.csc_array(connectivity.matrix)
        return filled(heard, core, rng.permutation(connectivity.neurons))


@dataclass(frozen=True, kw_only=True)
class ByGraph(Placer):
    """Puts neurons together that hear each other, and cores near each other that send much.

    METIS divides the neurons so that lines go to few cores beside their own; parts with too many
    axons are cut, small ones are joined. Every line counts the same, however often it fires.

    Source: METIS (Karypis and Kumar, SIAM J. Sci. Comput. 20:359, 1998), total communication
    volume. **Valid for** any network; the mesh is arranged for up to 4 096 cores.

    Raises
    ------
    ConfigError
        If the package pymetis (extra ``cores``) is not installed.
    """

    def assign(self, connectivity: Connectivity, core: CoreSpec, *, rng: Rng) -> Integers:
        """Return parts of the graph of neurons; ``rng`` draws the seed of METIS."""
        return partitioned(connectivity, core, int(rng.integers(SEEDS)))

    def arrange(self, connectivity: Connectivity, cores: Integers) -> Integers:
        """Return places at which a packet makes few hops if all lines fire alike."""
        count = int(cores.max()) + 1
        lines, targets = routes(connectivity, cores, count)
        inner = lines >= connectivity.inputs
        senders = cores[lines[inner] - connectivity.inputs]
        at = (senders, targets[inner])
        return near(sparse.csr_array((np.ones(senders.size), at), shape=(count, count)))
