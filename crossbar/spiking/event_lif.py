"""A layer of leaky neurons that fire any number of times, with exact gradients."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from crossbar.circuit.layout import LARGEST
from crossbar.errors import ShapeError, fail, message, shown
from crossbar.nn import LAYERS, Layer, LayerState, Matrix, Place, Shape
from crossbar.spiking.delays import Delays
from crossbar.spiking.event_lif_state import FIRST, MEMBRANES, TIMES, EventLIFState
from crossbar.spiking.neurons import LIF, Mismatch
from crossbar.types import Floats, Rng
from crossbar.units import quantity

READOUTS = (TIMES, FIRST, MEMBRANES)
ALIKE = "Give the spread to the substrate: substrates.Mismatched."


def _neuron() -> LIF:
    return LIF(tau_s=1e-6, g_leak=5e-7, refractory=1e-6)


@LAYERS.register("event-lif")
@dataclass(frozen=True, kw_only=True)
class EventLIF(Layer):
    """Leaky integrate-and-fire neurons in continuous time, which fire any number of times.

    The input is times of spikes, (n, lines, slots) or (n, lines) with one slot, infinity for none
    and in any order. A spike of line i brings the charge Q_ij = charge w_ij to neuron j, through
    the filters of ``neuron``. Between events membranes are exact (:class:`LIF`); a sample begins
    with all of them at rest, and what arrives from ``duration`` on is not read.

    Gradients are exact, by the adjoint of the events (EventProp), for weights, weights between the
    neurons, delays and times of inputs; the loss may go by any spikes, or by voltages at the end.
    Without a filter (``neuron.tau_s`` 0) a spike is at the time of the arrival that makes V jump
    across the threshold: its time has the gradient 1 to that arrival and none to weights. Voltages
    at the end have one to weights also then.

    Every spike that arrives reads its row of the substrate, with noise of its own where reads have
    any. Reads without noise are made once for all samples, and counted as often as spikes arrive,
    at the mean of the rows.

    Parameters
    ----------
    units
        Number of neurons.
    neuron
        What they are, all alike: with the threshold above rest.
    charge
        Charge that a spike brings through a weight of 1. On a chip that is V_read t_pulse G, G the
        conductance of a weight of 1, times the ratio of a current mirror.
    duration
        End of a sample.
    spikes
        Most spikes that a neuron may fire in a sample.
    recurrent
        Whether neurons send to each other, through the matrix ``recurrent``.
    lag
        From a spike to its arrival at the other neurons of the layer.
    delays
        Delays of the inputs, which learn; None for none.
    readout
        What the output is: ``times`` of all spikes (n, units, spikes), the ``first`` of each neuron
        (n, units), infinity for none, or ``membranes``, V - rest at the end (n, units).
    mean, spread
        Initial weights are normal. Those between neurons have the mean 0 and the spread of the
        others over the root of ``units``.
    silent
        Share of samples for which a neuron may be silent.
    push
        Gradient that is added to the weights of a neuron for every sample beyond ``silent``; none
        for a readout of membranes.
    steepest
        Least dV/dt, in thresholds a time constant (that of the synapse, or of the membrane without
        one), that gradients are divided by: a crossing that only just happens would move without
        bounds. 0 for the exact gradient everywhere.

    Raises
    ------
    ConfigError
        If the threshold is not above rest, or the neuron has a mismatch.
    SimulationError
        If a neuron fires more than ``spikes`` times.

    Source: Wunderlich and Pehle, Sci. Rep. 11:12829, 2021 (adjoint, for one exponential without
    refractory time and delays; the rest is derived). Values of the circuit and the numbers of the
    push are assumed: with them C threshold = charge, so that the threshold is 1 in units of a
    weight, and the refractory time leaves room for ten spikes in a sample.
    """

    units: int = quantity(low=1, high=LARGEST)
    neuron: LIF = field(default_factory=_neuron)
    charge: float = quantity(5e-13, above=0, high=1e6, unit="C")
    duration: float = quantity(1e-5, above=0, high=1e3, unit="s")
    spikes: int = quantity(10, low=1, high=1_000_000, words="most spikes of a neuron")
    recurrent: bool = False
    lag: float = quantity(1e-7, above=0, high=1e3, unit="s")
    delays: Delays | None = None
    readout: str = TIMES
    mean: float = quantity(1.5, low=-1e6, high=1e6, words="mean of initial weights")
    spread: float = quantity(0.8, low=0, high=1e6, words="spread of initial weights")
    silent: float = quantity(0.3, low=0, high=1, share=True)
    push: float = quantity(0.1, low=0, high=1e6)
    steepest: float = quantity(0.01, low=0, high=1e6)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.readout not in READOUTS:
            expected = ", ".join(READOUTS)
            fail("EventLIF.readout", expected, shown(self.readout), f'Write readout="{TIMES}".')
        neuron = self.neuron
        if neuron.threshold <= neuron.rest:
            expected, got = f"above rest, {neuron.rest:g} V", f"{neuron.threshold:g} V"
            fail("EventLIF.neuron.threshold", expected, got, "A neuron at rest is silent.")
        if neuron.mismatch != Mismatch():
            fail("EventLIF.neuron.mismatch", "none", shown(neuron.mismatch), ALIKE)

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return (units, spikes), or (units,) for first spikes and membranes."""
        return (self.units, self.spikes) if self.readout == TIMES else (self.units,)

    def matrices(self, *inputs: Shape) -> tuple[Matrix, ...]:
        """Return lines and units, and units and units where they send to each other."""
        (shape,) = inputs
        if len(shape) not in (1, 2):
            expected = "times of (lines,) or (lines, slots)"
            raise ShapeError(message("EventLIF", expected, shape, "Put a Flatten before it."))
        given = Matrix("weights", shape[0], self.units)
        own = Matrix("recurrent", self.units, self.units)
        return (given, own) if self.recurrent else (given,)

    def lasts(self, *inputs: Shape) -> float:
        """Return the time of a sample [s]."""
        return self.duration

    def initial(self, matrix: Matrix, rng: Rng) -> Floats:
        """Return initial weights (rows, cols), which are normal."""
        shape = (matrix.rows, matrix.cols)
        if matrix.part == "recurrent":
            return rng.normal(0.0, self.spread / math.sqrt(self.units), shape)
        return rng.normal(self.mean, self.spread, shape)

    def state(self, place: Place) -> LayerState:
        """Return the neurons."""
        return EventLIFState(place, self)
