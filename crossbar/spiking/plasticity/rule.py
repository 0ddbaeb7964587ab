"""What a rule of plasticity is: how a pair of spikes moves a cell."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from crossbar.contracts import answer, named, require_numbers
from crossbar.devices import Device, Memristor
from crossbar.devices.laws.steps import Constant
from crossbar.errors import fail
from crossbar.registry import Registry
from crossbar.specification import Specification
from crossbar.types import Floats


class Isolated(NamedTuple):
    """What a spike without a partner does to a cell of its line: half-select disturb.

    ``pre`` and ``post`` are changes of the state, ``energy_pre`` and ``energy_post`` energies [J].
    """

    pre: Floats
    post: Floats
    energy_pre: Floats
    energy_post: Floats


@dataclass(frozen=True, kw_only=True)
class Plasticity(Specification):
    """A pair of spikes moves the state x of a cell, from 0 (conducts least) to 1.

    The lag is t_post - t_pre, so that a positive lag has the presynaptic spike first. Spikes pair
    with the nearest before: a postsynaptic spike with the last presynaptic one (lag > 0), a
    presynaptic spike with the last postsynaptic one (lag < 0). A lag of infinity, where there is
    no such spike, changes nothing. A driver that begins its waveform anew with each spike pairs
    them so. Arrays of lags, states and intervals broadcast.

    What a network counts adds up: for every spike what it does alone, to each cell of its line
    (:meth:`isolated`), and for every pair what it does beyond that.
    """

    @abstractmethod
    def change(
        self, lag: Floats | float, x: Floats | float, since: Floats | float = np.inf
    ) -> Floats:
        """Return the change of the state ``x`` by a pair, beyond that of its two spikes alone.

        Parameters
        ----------
        lag
            t_post - t_pre [s].
        x
            States of the cells, 0 to 1; a change leads to 0 at the least and to 1 at the most.
        since
            Time from the spike before to the one that completes the pair, both of one neuron [s];
            infinity where there is none. Only rules of triplets ask for it.
        """

    def energy(self, lag: Floats | float, x: Floats | float) -> Floats:
        """Return the energy [J] that a pair takes in the cell beyond its two spikes alone.

        It is negative where spikes that overlap take less. A rule without a circuit has none.
        """
        return np.zeros(np.broadcast_shapes(np.shape(lag), np.shape(x)))

    def isolated(self, x: Floats | float) -> Isolated:
        """Return what a spike alone does to cells of the states ``x``."""
        none = np.zeros(np.shape(x))
        return Isolated(none, none, none, none)

    def share(self, x: Floats | float) -> Floats:
        """Return the share of the range of conductances that a cell has at ``x``; x by default."""
        return np.asarray(x, np.float64)

    def state(self, share: Floats | float) -> Floats:
        """Return the state at a ``share`` of the range of conductances: the inverse of share."""
        return np.asarray(share, np.float64)

    def cells(self, v_read: float) -> Device:
        """Return the cells that the rule moves where no others are named, read at ``v_read`` [V].

        A rule without a circuit takes a memristor of even steps.
        """
        return Memristor(step=Constant())

    def prove(self) -> None:
        """Raise unless it has a change for each cell, and stays within the range."""
        super().prove()
        lag = np.array([[-np.inf], [-1e-6], [1e-6], [np.inf]])
        x, since = np.linspace(0.0, 1.0, 5), np.full((4, 5), np.inf)
        change = require_numbers(
            named(self, "change"), answer(self, "change", lag, x, since), (4, 5)
        )
        if change[[0, -1]].any():
            fail(named(self, "change"), "0 at lags of infinity", f"{change[[0, -1]]}",
                 "There is no other spike then.")  # fmt: skip
        after = x + change
        if after.min() < 0 or after.max() > 1:
            remedy = "Let a change end at the bounds."
            fail(named(self, "change"), "states from 0 to 1", f"{after}", remedy)


PLASTICITY = Registry(
    Plasticity,
    "plasticity",
    "how pairs of spikes move cells",
    setting="columns.rule",
)
