"""A recurrent network of spiking neurons in time steps, from numbers or series to answers."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from crossbar.circuit.layout import LARGEST
from crossbar.errors import fail, nearest
from crossbar.nn import NETWORKS, Dense, Layer, Network, Node, Sigmoid
from crossbar.spiking.clocked.coded import Coded
from crossbar.spiking.clocked.encoders import Receptive, Repeated
from crossbar.spiking.clocked.layer import Clocked
from crossbar.spiking.clocked.lif import ClockedLIF
from crossbar.spiking.clocked.neuron import ClockedNeuron
from crossbar.spiking.clocked.readouts import FirstSpikeReadout, LastReadout, RateReadout
from crossbar.spiking.clocked.surrogates import FastSigmoid
from crossbar.spiking.codes import Code
from crossbar.units import quantity

Size: TypeAlias = Annotated[int, quantity(low=1, high=LARGEST)]
Window: TypeAlias = Annotated[int, quantity(low=0, high=LARGEST)]
Number: TypeAlias = Annotated[float, quantity(low=-1e15, high=1e15)]
Layers: TypeAlias = dict[str, Layer | Node]
MEMBRANE, VOTE, RATE, FIRST = "membrane", "vote", "rate", "first-spike"
SPREAD = (10, 0.0, 1.0)
"""Population, low and high where nothing else is asked for."""
DECODERS = (MEMBRANE, VOTE, RATE, FIRST)
NEURON = ClockedLIF(tau_m=1e-5, tau_s=3e-6, surrogate=FastSigmoid(sharpness=15.0))


@NETWORKS.register("spiking-steps")
def clocked_network(
    *,
    input_shape: tuple[int, ...] = (4,),
    classes: int = 3,
    hidden: tuple[Size, ...] = (48,),
    decoder: str = MEMBRANE,
    neuron: ClockedNeuron = NEURON,
    recurrent: bool = True,
    steps: Size = 20,
    population: Size = SPREAD[0],
    low: Number = SPREAD[1],
    high: Number = SPREAD[2],
    window: Window = 0,
    code: Code | None = None,
) -> Network:
    """Return layers of recurrent neurons between an encoder and a decoder.

    Samples are numbers (lines,), or series (points, lines) of them. Every number becomes a
    population of graded currents, or spikes by ``code``. The decoder makes one number of every
    neuron of the last hidden layer, and a dense layer weighs them: y = sum of w_i f_i.

    Parameters
    ----------
    input_shape, classes, hidden
        Shape of a sample, outputs, and neurons of every hidden layer.
    decoder
        ``membrane``: the voltage V_i(T) at the end. ``vote``: its sigmoid. ``rate``: the share of
        steps with a spike. ``first-spike``: the step of the first one.
    neuron, recurrent
        What neurons do in a step, and whether those of a layer drive each other.
    steps
        Steps that a number stays; with ``code`` steps of a sample.
    population, low, high
        Neurons that a number is spread over, with centres from ``low`` to ``high``; 1 for the
        number itself.
    window
        Steps at the end that ``rate`` and ``first-spike`` look at; 0 for all.
    code
        A code of spikes in place of the population, for numbers from 0 to 1.

    Source: decoders of Alymova 2025, eq 7 to 9. The numbers of the neuron are ours, as measured on
    paths of isotropic hardening.
    """
    _require(decoder, hidden, neuron, window)
    if code is not None and (population, low, high) != SPREAD:
        got = f"population {population} from {low:g} to {high:g}"
        fail("clocked_network.code", "no population beside it", got, "Use a population code.")
    encoder = {"encoder": Coded(steps=steps, code=code)} if code is not None else {}
    spread = {"population": Receptive(neurons=population, low=low, high=high)}
    held = {**(spread if population > 1 else {}), "steps": Repeated(steps=steps)}
    layers: Layers = {**(encoder or held)}
    events = code is not None
    for k, units in enumerate(hidden, start=1):
        seen = k == len(hidden) and decoder in (MEMBRANE, VOTE) and neuron.spikes
        layers[f"hidden{k}"] = Clocked(
            units=units, neuron=neuron, recurrent=recurrent, events=events, membranes=seen
        )
        events = neuron.spikes
    return Network(input_shape=input_shape, layers=layers | _answers(decoder, window, classes))


def _require(decoder: str, hidden: tuple[int, ...], neuron: ClockedNeuron, window: int) -> None:
    """Raise unless there is such a network."""
    if decoder not in DECODERS:
        where, expected = "clocked_network.decoder", " or ".join(DECODERS)
        fail(where, expected, repr(decoder), nearest(decoder, DECODERS))
    if not hidden:
        fail("clocked_network.hidden", "one hidden layer or more", "none", "Give (48,).")
    if decoder == FIRST and not neuron.spikes:
        got, remedy = "neurons of graded output", 'Take decoder = "membrane".'
        fail("clocked_network.decoder", "neurons that spike for first-spike", got, remedy)
    if window and decoder not in (RATE, FIRST):
        got, remedy = f"{window} for {decoder}", "Only rate and first-spike have one."
        fail("clocked_network.window", "0", got, remedy)


def _answers(decoder: str, window: int, classes: int) -> Layers:
    """Return the layers behind the neurons."""
    readouts: Layers = {
        RATE: RateReadout(window=window),
        FIRST: FirstSpikeReadout(window=window),
    }
    vote: Layers = {"vote": Sigmoid()} if decoder == VOTE else {}
    out = Dense(units=classes, bias=True, gain=1.0)
    return {"readout": readouts.get(decoder, LastReadout()), **vote, "out": out}
