"""A layer of neurons that fire once: times in, times out, exact gradients."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NoReturn

import numpy as np

from crossbar.circuit.layout import LARGEST
from crossbar.errors import fail
from crossbar.kernels.spikes.ttfs import first_spikes, spike_slopes
from crossbar.nn import LAYERS, Layer, LayerState, Matrix, Place, Shape, Trace
from crossbar.spiking.delays import Delays
from crossbar.spiking.row_reads import reads_of_spikes
from crossbar.types import Doubles, Floats, Integers, Rng
from crossbar.units import quantity

Slopes = tuple[Doubles, Doubles, Doubles]
DIGITAL = "adam, minibatch, momentum or mixed-precision add gradients up."


@LAYERS.register("first-spike")
@dataclass(frozen=True, kw_only=True)
class FirstSpike(Layer):
    """First spikes of leaky integrate-and-fire neurons, whose synapses are the cells of a matrix.

    A spike of input i that arrives at a_i = t_i + delay brings the charge Q_ij = charge w_ij:
    I(t) = Q_ij / tau exp(-(t - a_i) / tau). The membrane, C dV/dt = -C V / (2 tau) + I, has twice
    the time constant, so that V(t) = 2 / C sum_i Q_ij (exp(-(t - a_i) / 2 tau) -
    exp(-(t - a_i) / tau)), and V(t) = threshold is solved in closed form, exp(-t / 2 tau) being
    the larger root of a quadratic. The first crossing is the spike of the neuron, which then rests
    to the end of the sample; a neuron that never crosses fires at infinity.

    Gradients are those of the crossing, dt/dp = -(dV/dp) / (dV/dt), exact for weights, delays and
    times of inputs. A neuron that is silent has none: ``push`` raises its weights.

    Every spike reads its row of weights (:meth:`~crossbar.substrates.Weights.rows`), with noise of
    its own where reads have any. Reads without noise are made once for all samples that are
    presented together, and counted as often as spikes arrive, at the mean of the rows.

    Parameters
    ----------
    units
        Number of neurons.
    tau
        Time constant of the synapses; that of the membrane is twice it.
    capacitance, threshold
        C of the membrane, and the voltage at which it fires.
    charge
        Charge that a spike brings through a weight of 1. On a chip that is V_read t_pulse G, G the
        conductance of a weight of 1, times the ratio of a current mirror.
    delays
        Delays of the inputs, which learn; None for none.
    mean, spread
        Initial weights are normal. The mean is to make every neuron fire.
    silent
        Share of samples for which a neuron may be silent.
    push
        Gradient that is added to the weights of a neuron for every sample beyond ``silent``.
    steepest
        Least dV/dt, in thresholds a tau, that gradients are divided by: a crossing that only just
        happens would move without bounds. 0 for the exact gradient everywhere.

    Source: Goeltz et al., Nat. Mach. Intell. 3:823, 2021 (closed form, its gradients); Goeltz et
    al., arXiv:2404.19165, 2024 (delays). Values of the circuit and the numbers of the push are
    assumed: with them C threshold = charge, so that the threshold is 1 in units of a weight.
    """

    units: int = quantity(low=1, high=LARGEST)
    tau: float = quantity(1e-6, above=0, high=1e3, unit="s")
    capacitance: float = quantity(1e-12, above=0, high=1e3, unit="F")
    threshold: float = quantity(0.5, above=0, high=1e3, unit="V")
    charge: float = quantity(5e-13, above=0, high=1e6, unit="C")
    delays: Delays | None = None
    mean: float = quantity(1.5, low=-1e6, high=1e6, words="mean of initial weights")
    spread: float = quantity(0.8, low=0, high=1e6, words="spread of initial weights")
    silent: float = quantity(0.3, low=0, high=1, share=True)
    push: float = quantity(0.1, low=0, high=1e6)
    steepest: float = quantity(0.01, low=0, high=1e6)

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return (units,)."""
        return (self.units,)

    def matrices(self, *inputs: Shape) -> tuple[Matrix]:
        """Return inputs and units."""
        return (Matrix("weights", math.prod(inputs[0]), self.units),)

    def initial(self, matrix: Matrix, rng: Rng) -> Floats:
        """Return initial weights (rows, cols), which are normal."""
        return rng.normal(self.mean, self.spread, (matrix.rows, matrix.cols))

    def state(self, place: Place) -> LayerState:
        """Return the neurons."""
        return FirstSpikeState(place, self)


class FirstSpikeState(LayerState):
    """Neurons, the delays in front of them, and what they did last.

    ``parameters["delays"]`` are in units of tau, (1 or cols, rows).
    """

    def __init__(self, place: Place, spec: FirstSpike) -> None:
        super().__init__(place)
        self.spec = spec
        rows, cols = place.held["weights"].shape
        self.level = spec.capacitance * spec.threshold / spec.charge  # threshold, in weights
        self.still = np.zeros((1, rows))
        if spec.delays is not None:
            start = np.full(spec.delays.shape(rows, cols), spec.delays.start / spec.tau)
            self.parameters["delays"] = start
        self.reads: Integers = np.empty((0, 0), np.int64)
        self.times = self.spikes = self.weights_read = np.empty((0, 0))
        self.slopes_of: tuple[Floats, Slopes] | None = None

    @property
    def delays(self) -> Doubles:
        """Delays in units of tau, (1 or cols, rows)."""
        return np.asarray(self.parameters.get("delays", self.still), np.float64)

    def forward(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return first spikes [s], infinity for none, and keep them."""
        (x,) = inputs
        self.slopes_of = None
        self.times = np.ascontiguousarray(x.reshape(len(x), -1), np.float64) / self.spec.tau
        reads = reads_of_spikes(self.held["weights"], self.times[:, :, None], rng)
        self.weights_read, self.reads = np.ascontiguousarray(reads.values.T), reads.rows
        self.spikes = np.empty((len(x), len(self.weights_read)))
        given = self.times, self.weights_read, self.reads, self.delays
        first_spikes(*given, self.level, self.spikes)
        self.activity.add(self.name, "spikes", int(np.isfinite(self.spikes).sum()))
        if self.spec.delays is not None:  # 1, or one for every neuron
            arriving = len(self.delays) * np.isfinite(self.times).sum()
            self.activity.add(self.name, "queued", float(arriving))
        return (self.spikes * self.spec.tau).astype(x.dtype, copy=False)

    def trace(self) -> Trace:
        """Return the first spikes; membranes are not kept."""
        fired = np.isfinite(self.spikes)
        sample, neuron = np.nonzero(fired)
        times = self.spikes[fired] * self.spec.tau
        samples, count = self.spikes.shape
        until = float(times.max(initial=self.spec.tau))
        none = np.empty((samples, 0, count))
        return Trace(sample, neuron, times, count, until, np.empty(0), none)

    def backward(self, d: Floats, *, rng: Rng) -> tuple[Floats, ...]:
        """Return the gradient of the loss to the times of inputs [1/s]."""
        by_time = self._slopes()[2] / self.spec.tau
        return (by_time.reshape(len(d), *self.inputs[0]).astype(d.dtype, copy=False),)

    def gradients(self, *, rng: Rng) -> dict[str, Floats]:
        """Return the gradients of weights (rows, cols) and delays, and the push of silent neurons.

        They are worked out in digital from the times of spikes.
        """
        by_weight, by_delay, _ = self._slopes()
        quiet = np.isinf(self.spikes).mean(axis=0) - self.spec.silent
        push = self.spec.push * len(self.spikes) * np.maximum(quiet, 0.0)
        own = {"weights": (by_weight - push[:, None]).T}
        if self.parameters:
            shared = len(self.delays) == 1
            own["delays"] = by_delay.sum(axis=0, keepdims=True) if shared else by_delay
        return own

    def _slopes(self) -> Slopes:
        """Return the gradients by weight and delay (cols, rows) and by time (n, rows), in tau."""
        if self.slopes_of is not None and self.slopes_of[0] is self.d:
            return self.slopes_of[1]
        weights, spikes, shape = self.weights_read, self.spikes, self.held["weights"].shape[::-1]
        slopes = np.zeros(shape), np.zeros(shape), np.zeros_like(self.times)
        errors = np.ascontiguousarray(self.d, np.float64) * self.spec.tau
        steepest = self.spec.steepest * self.level
        self.activity.add(self.name, "mac_outer", int(np.isfinite(spikes).sum()) * shape[1])
        given = self.times, weights, self.reads, self.delays
        spike_slopes(*given, spikes, errors, steepest, *slopes)
        self.slopes_of = self.d, slopes
        return slopes

    def add(self, changes: dict[str, Floats], *, rng: Rng) -> None:
        """Add ``changes``; delays stay between 0 and the longest."""
        super().add(changes, rng=rng)
        if self.spec.delays is not None and "delays" in changes:
            longest = self.spec.delays.longest / self.spec.tau
            np.clip(self.delays, 0.0, longest, out=self.parameters["delays"])

    def update(self, rate: float, *, rng: Rng) -> None:
        """Change weights and delays against their gradients: one update for all samples."""
        gradients = self.gradients(rng=rng)
        self.add({part: -rate * each for part, each in gradients.items()}, rng=rng)

    def pairs(self) -> NoReturn:
        """Raise: gradients are sums over spikes, and no products of two signals."""
        fail("FirstSpike", "a rule that adds gradients up", "one of outer products", DIGITAL)
