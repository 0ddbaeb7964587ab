"""The contract of neurons: charges and currents in, spikes out."""

from __future__ import annotations

import itertools
from abc import abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np

from crossbar.array_checks import real, require_array
from crossbar.checks import require_generator, require_part, require_whole
from crossbar.contracts import answer, named, require_instance, require_numbers
from crossbar.displayed import Displayed
from crossbar.errors import DataError, ShapeError, message, require_number
from crossbar.registry import Registry
from crossbar.specification import Specification
from crossbar.spiking.spikes import Spikes
from crossbar.types import Floats, Integers, Rng

FORWARDS = "Time goes forwards."
TRIED = 1e-6  # s that a neuron from outside is tried for


@dataclass(eq=False, repr=False)
class NeuronState(Displayed):
    """What a neuron keeps of its past, for ``count`` of them; those of a class add to it.

    Attributes
    ----------
    count
        How many neurons.
    t : [s]
        What time it is for them.
    """

    count: int
    t: float


class Neuron(Specification):
    """Charges and currents in, spikes out.

    A subclass says how neurons are made, how they move and what a charge does: :meth:`fabricate`,
    :meth:`move`, :meth:`add` and :meth:`potential`. :meth:`step` and :meth:`respond` follow. Times
    are intervals that begin with what arrives at their beginning and end before their end.
    """

    @abstractmethod
    def fabricate(self, count: int, *, rng: Rng) -> NeuronState:
        """Return ``count`` neurons at rest at time 0, each with its own mismatch."""

    @abstractmethod
    def move(self, until: float, current: Floats, state: Any) -> Spikes:
        """Let time go on to ``until`` [s] with a ``current`` (count,) [A]; return the spikes.

        ``state.t`` is set by the caller. The interval may be of any length.
        """

    @abstractmethod
    def add(self, neurons: Integers, charges: Floats, state: Any) -> None:
        """Let ``charges`` (n,) [C] arrive at ``neurons`` (n,) at ``state.t``, in this order."""

    @abstractmethod
    def potential(self, state: Any) -> Floats:
        """Return the voltages of the membranes at ``state.t``, (count,) [V]."""

    def deliver(
        self, arrivals: Spikes, charges: Floats, until: float, current: Floats, state: Any
    ) -> Spikes:
        """Do what :meth:`respond` says, with arguments that are checked: one instant at a time."""
        fired = [Spikes.none(state.count)]
        starts = np.unique(arrivals.times, return_index=True)[1].tolist()
        for begin, end in itertools.pairwise([*starts, len(arrivals)]):
            fired.append(self._moved(float(arrivals.times[begin]), current, state))
            self.add(arrivals.lines[begin:end], charges[begin:end], state)
        fired.append(self._moved(until, current, state))
        times = np.concatenate([one.times for one in fired])
        return Spikes(times, np.concatenate([one.lines for one in fired]), state.count)

    def _moved(self, until: float, current: Floats, state: Any) -> Spikes:
        """Let time go on to ``until``."""
        spikes = self.move(until, current, state) if until > state.t else Spikes.none(state.count)
        state.t = until
        return spikes

    def step(self, dt: float, current: Any, state: Any) -> Spikes:
        """Let ``dt`` [s] pass with a constant ``current`` [A], one or (count,); return the spikes.

        Raises
        ------
        ConfigError
            If the step is not above 0.
        DataError, ShapeError
            If a current is NaN or infinite, or there is not one a neuron.
        """
        where = named(self, "step")
        state = require_part(f"{where}.state", state, NeuronState)
        require_number(f"{where}.dt", dt, above=0, unit="s", remedy="Time goes forwards.")
        flowing = _each(f"{where}.current", current, state.count)
        return self._moved(state.t + dt, flowing, state)

    def receive(self, neurons: Any, charges: Any, state: Any) -> None:
        """Let ``charges`` (n,) [C] arrive at ``neurons`` (n,) now, at ``state.t``."""
        where = named(self, "receive")
        state = require_part(f"{where}.state", state, NeuronState)
        width = real(f"{where}.neurons", neurons).size
        arrivals = Spikes(np.full(width, state.t), neurons, state.count)
        self.add(arrivals.lines, _each(f"{where}.charges", charges, width), state)

    def respond(
        self, arrivals: Spikes, charges: Any, until: float, state: Any, *, current: Any = 0.0
    ) -> Spikes:
        """Let charges arrive, and return the spikes before ``until``: the event-driven form.

        Parameters
        ----------
        arrivals
            When they arrive, and at which neuron: lines are neurons. What arrives at an instant
            counts at once.
        charges : one or (n,) [C]
            Weights of the arrivals.
        until : [s]
            After the last arrival.
        current : one or (count,) [A]
            Constant current beside them.

        Raises
        ------
        DataError, ShapeError
            If a charge or a current is NaN or infinite, arrivals are of other neurons, or one is
            before the time of the state or not before ``until``.
        """
        where = named(self, "respond")
        state = require_part(f"{where}.state", state, NeuronState)
        require_part(f"{where}.arrivals", arrivals, Spikes)
        require_number(f"{where}.until", until, low=state.t, unit="s", remedy=FORWARDS)
        if arrivals.width != state.count:
            got = f"{arrivals.width} lines"
            remedy = "Lines are the neurons that charges arrive at."
            raise ShapeError(message(f"{where}.arrivals", f"{state.count} lines", got, remedy))
        if len(arrivals) and not state.t <= arrivals.times[0] <= arrivals.times[-1] < until:
            got = f"{arrivals.times[0]:g} to {arrivals.times[-1]:g} s"
            expected = f"times from {state.t:g} s, before {until:g} s"
            raise DataError(message(f"{where}.arrivals", expected, got, FORWARDS))
        given = _each(f"{where}.charges", charges, len(arrivals))
        flowing = _each(f"{where}.current", current, state.count)
        return self.deliver(arrivals, given, until, flowing, state)

    def prove(self) -> None:
        """Raise unless two neurons are made, take a charge and move as the contract says."""
        super().prove()
        state = answer(self, "fabricate", 2, rng=np.random.default_rng(0))
        state = require_instance(named(self, "fabricate"), state, NeuronState, "Derive its class.")
        answer(self, "add", np.array([1]), np.array([0.0]), state)
        spikes = answer(self, "move", TRIED, np.zeros(2), state)
        require_instance(named(self, "move"), spikes, Spikes, "Return Spikes.none(state.count).")
        require_numbers(named(self, "potential"), answer(self, "potential", state), (2,))


NEURONS = Registry(
    Neuron, "neurons", "neurons of spiking networks", default="lif", setting="groups.NAME.neuron"
)


def require_count(where: str, count: Any, rng: Any) -> None:
    """Raise unless so many neurons can be made with ``rng``."""
    require_whole(f"{where}.count", count, low=1, remedy="Give the number of neurons.")
    require_generator(where, rng)


def _each(where: str, value: Any, count: int) -> Floats:
    """Return ``value``, one number or (count,), as finite numbers (count,)."""
    given = real(where, value)
    if given.size or count:
        require_array(where, given, (count,) if given.ndim else ())
    return np.broadcast_to(given, count).astype(np.float64)
