"""The contract of a repair: what brings an aged chip nearer to the one that was programmed."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np

from crossbar.activity import Activity
from crossbar.brief import brief
from crossbar.checks import require_part
from crossbar.contracts import answer, named
from crossbar.displayed import Displayed
from crossbar.errors import fail
from crossbar.nn.chip import Chip
from crossbar.random import Streams
from crossbar.registry import Registry
from crossbar.specification import Specification
from crossbar.types import Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class Host(Displayed):
    """What is kept outside of a chip, for its repair.

    Attributes
    ----------
    programmed
        The chip as it was programmed or trained, of which responses were taken then.
    weights
        (rows, cols) of every matrix that it was programmed with, by name; None for a chip that
        learned, whose conductances were read then.
    x : (n, *input_shape)
        Training samples, never those of a test; None for none.
    targets
        Their labels or values; None for none.
    """

    __repr__ = brief

    programmed: Chip
    weights: dict[str, Floats] | None = None
    x: Floats | None = None
    targets: Any = None

    def samples(self, repair: Repair, count: int, *, streams: Streams) -> tuple[Floats, Any]:
        """Return ``count`` samples that ``repair`` needs, or all if there are fewer, and targets.

        Raises
        ------
        ConfigError
            If the host keeps none.
        """
        if self.x is None:
            remedy = "Give Host(programmed=chip, x=samples)."
            fail(type(repair).__name__, "training samples", "none", remedy)
        order = streams("samples of a repair").permutation(len(self.x))[:count]
        return self.x[order], None if self.targets is None else np.asarray(self.targets)[order]


class Repair(Specification):
    """Immutable specification of a repair."""

    @abstractmethod
    def apply(self, chip: Chip, host: Host, *, streams: Streams) -> None:
        """Repair ``chip`` in place, by what it and its ``host`` have.

        What the repair does to the arrays counts as their activity by itself; what else it takes is
        added to ``chip.activity``.

        Parameters
        ----------
        chip
            A copy of the chip, as it is now. Layers read ``chip.layers[name].held[part]`` anew at
            every use, so other :class:`~crossbar.substrates.port.Weights` may take their place.
        host
            What is kept outside of the chip; it stays as it is.
        streams
            Source of all that the repair draws.
        """


REPAIRS = Registry(Repair, "repairs", "repairs of an aged chip", setting="test.repair")


def repaired(chip: Chip, repair: Repair, host: Host, *, streams: Streams) -> tuple[Chip, Activity]:
    """Return a repaired copy of ``chip``, and what the repair took.

    Parameters
    ----------
    chip
        The chip as it is now; it stays so.
    repair
        What is done to it.
    host
        What is kept outside of it.
    streams
        Source of what the repair draws.

    Raises
    ------
    ConfigError
        If the chip or its host lacks what the repair needs, or weights are no numbers after it.

    Examples
    --------
    >>> from crossbar.devices import Memristor
    >>> from crossbar.circuit.mapping import DifferentialPair
    >>> from crossbar.nn import Dense, GlobalFactor, Network
    >>> from crossbar.substrates.tile import Tile
    >>> tile = Tile(device=Memristor(nu=0.05), mapping=DifferentialPair())
    >>> network = Network(input_shape=(8,), layers={"out": Dense(units=3)})
    >>> chip = network.build(tile, Streams(1), progress=False)
    >>> year = chip.aged(3.2e7)
    >>> better, counts = repaired(year, GlobalFactor(), Host(programmed=chip), streams=Streams(2))
    >>> better.held["out"].factor.round(2), counts.total("mac_forward")
    (array([2.37]), 3072.0)
    """
    require_part("repaired.chip", chip, Chip)
    require_part("repaired.repair", repair, Repair)
    require_part("repaired.host", host, Host)
    require_part("repaired.streams", streams, Streams)
    later = chip.copy()
    answer(repair, "apply", later, host, streams=streams)
    for name, held in later.held.items():
        if not np.isfinite(held.weights).all():
            expected = f"finite weights of '{name}'"
            fail(named(repair, "apply"), expected, "others", "Correct it.")
    return later, later.activity.since(chip.activity)
