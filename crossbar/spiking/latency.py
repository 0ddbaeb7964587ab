"""Between numbers and times: the first spike of an input, and what a first spike says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crossbar.nn import LAYERS, Layer, LayerState, Place, Shape
from crossbar.types import Floats, Masks, Rng
from crossbar.units import quantity


@LAYERS.register("spike-encoder")
@dataclass(frozen=True, kw_only=True)
class SpikeEncoder(Layer):
    """t = first + span x: one spike for every number, the later the larger it is.

    A negative ``span`` makes it the earlier the larger, the latency code t0 + (1 - x) dt. Numbers
    whose magnitude is below ``least`` send no spike: with few numbers that are not 0, such as
    counts of the words of a sentence, few lines spike.

    Parameters
    ----------
    first
        Time of the spike of 0.
    span
        Time from the spike of 0 to that of 1.
    least
        Least magnitude of a number that sends a spike; 0 for all.

    Source: Kriener, Goeltz and Petrovici, NICE 2022 (arXiv:2102.08211), whose inputs spike from
    0.15 to 2 synaptic time constants.
    """

    first: float = quantity(1.5e-7, low=-1e3, high=1e3, unit="s")
    span: float = quantity(1.85e-6, low=-1e3, high=1e3, unit="s")
    least: float = quantity(0.0, low=0, high=1e15)

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return the shape of the input."""
        return inputs[0]

    def state(self, place: Place) -> LayerState:
        """Return the timers."""
        return SpikeEncoderState(place, self)


class SpikeEncoderState(LayerState):
    """Timers of the inputs."""

    def __init__(self, place: Place, spec: SpikeEncoder) -> None:
        super().__init__(place)
        self.spec = spec
        self.sent: Masks = np.empty(0, np.bool_)

    def forward(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return times [s], infinity for no spike."""
        (x,) = inputs
        self.sent = np.abs(x) >= self.spec.least
        self.activity.add(self.name, "scaling", int(self.sent.sum()))
        times: Floats = np.where(self.sent, self.spec.first + self.spec.span * x, np.inf)
        return times.astype(x.dtype, copy=False)

    def backward(self, d: Floats, *, rng: Rng) -> tuple[Floats, ...]:
        """Return span d, and 0 where no spike was sent."""
        self.activity.add(self.name, "scaling", int(self.sent.sum()))
        return (np.where(self.sent, self.spec.span * d, 0).astype(d.dtype, copy=False),)


@LAYERS.register("spike-decoder")
@dataclass(frozen=True, kw_only=True)
class SpikeDecoder(Layer):
    """y = (last - t) / scale of first spikes t: what fires earliest has the largest score.

    The answer falls at ``last``: a neuron that has not fired by then has a score of 0, and sends
    no gradient back. With the cross-entropy of the scores, exp(-t / scale) is what the
    probabilities are in proportion to.

    Parameters
    ----------
    scale
        Time by which a spike is earlier for 1 more. Small ones make the gradient of a sample that
        is decided well vanish: 0.05 to 0.1 synaptic time constants suit the yin-yang figure
        (measured).
    last
        When the answer falls.

    Source: cross-entropy of spike times, Goeltz et al., Nat. Mach. Intell. 3:823, 2021, eq 5, with
    a scale of 0.2 synaptic time constants.
    """

    scale: float = quantity(5e-8, above=0, high=1e3, unit="s")
    last: float = quantity(1e-5, low=-1e3, high=1e3, unit="s")

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return the shape of the input."""
        return inputs[0]

    def lasts(self, *inputs: Shape) -> float:
        """Return when the answer falls [s]."""
        return max(self.last, 0.0)

    def state(self, place: Place) -> LayerState:
        """Return the counters of time."""
        return SpikeDecoderState(place, self)


class SpikeDecoderState(LayerState):
    """Counters that run from a spike to the answer."""

    def __init__(self, place: Place, spec: SpikeDecoder) -> None:
        super().__init__(place)
        self.spec = spec
        self.fired = np.empty(0, np.bool_)

    def forward(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return the scores."""
        (t,) = inputs
        self.fired = t < self.spec.last
        self.activity.add(self.name, "scaling", t.size)
        scores = (self.spec.last - np.minimum(t, self.spec.last)) / self.spec.scale
        return scores.astype(t.dtype, copy=False)

    def backward(self, d: Floats, *, rng: Rng) -> tuple[Floats, ...]:
        """Return -d / scale for the neurons that fired in time."""
        self.activity.add(self.name, "scaling", d.size)
        back = np.where(self.fired, d / -self.spec.scale, 0.0)
        return (back.astype(d.dtype, copy=False),)
