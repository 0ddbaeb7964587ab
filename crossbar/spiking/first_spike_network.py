"""A network of two layers whose neurons fire once, from numbers to classes."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from crossbar.circuit.layout import LARGEST
from crossbar.nn import NETWORKS, Network
from crossbar.spiking.delays import Delays
from crossbar.spiking.first_spike import FirstSpike
from crossbar.spiking.latency import SpikeDecoder, SpikeEncoder
from crossbar.units import quantity

Size: TypeAlias = Annotated[int, quantity(low=1, high=LARGEST)]
Time: TypeAlias = Annotated[float, quantity(above=0, high=1e3, unit="s")]
PUSH = 0.3


@NETWORKS.register("spiking")
def first_spike_network(
    *,
    input_shape: tuple[int, ...] = (4,),
    classes: int = 3,
    hidden: Size = 30,
    scale: Time = 5e-8,
    delays: Delays | None = None,
) -> Network:
    """Return hidden and output neurons that fire once, between an encoder and a decoder.

    Hidden neurons may be silent for 30 % of the samples, output neurons for 5 %, before their
    weights are raised. Initial weights have the mean 1.5 and 0.5, so that all neurons fire.

    Parameters
    ----------
    input_shape, classes
        Shape of a sample, and outputs.
    hidden
        Hidden neurons.
    scale
        Time by which an output spikes earlier for a score of 1 more.
    delays
        Delays of inputs and of hidden neurons, which learn; None for none.

    Source: Goeltz et al., Nat. Mach. Intell. 3:823, 2021 (network, initial weights); the numbers
    of the push are ours, as measured on the yin-yang figure.
    """
    return Network(
        input_shape=input_shape,
        layers={
            "encoder": SpikeEncoder(),
            "hidden": FirstSpike(units=hidden, delays=delays, mean=1.5, silent=0.3, push=PUSH),
            "out": FirstSpike(units=classes, delays=delays, mean=0.5, silent=0.05, push=PUSH),
            "decoder": SpikeDecoder(scale=scale),
        },
    )
