"""A network whose neurons fire any number of times, from numbers to classes."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, TypeAlias

from crossbar.circuit.layout import LARGEST
from crossbar.errors import fail, shown
from crossbar.nn import NETWORKS, Layer, Network, Node
from crossbar.spiking.delays import Delays
from crossbar.spiking.event_lif import EventLIF
from crossbar.spiking.event_lif_state import FIRST, MEMBRANES
from crossbar.spiking.latency import SpikeDecoder, SpikeEncoder
from crossbar.spiking.neurons import LIF
from crossbar.units import quantity

Size: TypeAlias = Annotated[int, quantity(low=1, high=LARGEST)]
Count: TypeAlias = Annotated[int, quantity(low=1, high=1_000_000)]
Time: TypeAlias = Annotated[float, quantity(above=0, high=1e3, unit="s")]
PUSH = 0.3
BEYOND = 1e6  # V: a threshold that no membrane reaches
AMPLIFIED = 10.0  # charge of a readout of voltages, over that of the others
ENCODER = SpikeEncoder()
NEURON = LIF(tau_s=1e-6, g_leak=5e-7, refractory=1e-6)


@NETWORKS.register("spiking-events")
def event_network(
    *,
    input_shape: tuple[int, ...] = (4,),
    classes: int = 3,
    hidden: tuple[int, ...] | None = (30,),
    neuron: LIF = NEURON,
    duration: Time = 1e-5,
    spikes: Count = 10,
    recurrent: bool = False,
    delays: Delays | None = None,
    readout: str = FIRST,
    scale: Time = 5e-8,
    encoder: SpikeEncoder = ENCODER,
) -> Network:
    """Return layers of neurons that fire any number of times, behind an encoder.

    Without hidden layers the inputs drive the outputs. With the readout ``first``, the first spikes
    of the output neurons are scored by a decoder. With ``membranes`` the outputs are the voltages
    of neurons that never fire, at the end.

    Parameters
    ----------
    input_shape, classes
        Shape of a sample, and outputs.
    hidden, neuron
        Neurons of each hidden layer, None for no such layer, and what all neurons are.
    duration, spikes
        End of a sample, and most spikes of a neuron until then.
    recurrent
        Whether the neurons of a hidden layer send to each other.
    delays
        Delays of inputs and of hidden neurons, which learn; None for none.
    readout
        ``first`` or ``membranes``.
    scale
        Time by which an output spikes earlier for a score of 1 more.
    encoder
        When the spike of each input number is.

    Raises
    ------
    ConfigError
        If a layer has no neurons, or ``readout`` is another one.

    Source: assumed, with initial weights and push of the network of first spikes. Weights of a
    readout of voltages bring ten times the charge, for scores of some volts; without hidden layers
    they begin at 0.
    """
    layers: dict[str, Layer | Node] = {"encoder": encoder}
    own = EventLIF(units=1, neuron=neuron, duration=duration, spikes=spikes, delays=delays,
                   push=PUSH)  # fmt: skip
    for k, units in enumerate(hidden or ()):
        name = "hidden" if hidden == (units,) else f"hidden{k + 1}"
        layers[name] = replace(own, units=units, recurrent=recurrent)
    out = replace(own, units=classes, mean=0.5, silent=0.05, readout=readout)
    layers |= _read(out, scale, 0.3 if hidden else 0.0)
    return Network(input_shape=input_shape, layers=layers)


def _read(out: EventLIF, scale: float, spread: float) -> dict[str, Layer | Node]:
    """Return the layers of the outputs; ``spread`` is that of weights of a readout of voltages."""
    if out.readout == FIRST:
        return {"out": out, "decoder": SpikeDecoder(scale=scale, last=out.duration)}
    if out.readout == MEMBRANES:
        return {"out": _voltages(out, spread)}
    return fail("network.readout", f"{FIRST} or {MEMBRANES}", shown(out.readout),
                'Write "first".')  # fmt: skip


def _voltages(out: EventLIF, spread: float) -> EventLIF:
    """Return ``out`` with neurons that never fire, and initial weights of the mean 0."""
    still = replace(out.neuron, threshold=BEYOND)
    return replace(out, neuron=still, charge=AMPLIFIED * out.charge, mean=0.0, spread=spread)
