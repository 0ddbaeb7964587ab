"""Neurons of a layer that fire any number of times: what they did last, and what it owes to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import numpy as np

from crossbar.errors import DataError, SimulationError, fail, message
from crossbar.kernels.spikes.adjoint import Owed, event_slopes
from crossbar.kernels.spikes.closed import forms_of
from crossbar.kernels.spikes.events import Fired, Given, run_events
from crossbar.kernels.spikes.flow import Flow
from crossbar.nn import LayerState, Place, Trace
from crossbar.spiking.neurons.lif import SUBTRACTION
from crossbar.spiking.row_reads import RowReads, reads_of_spikes, reads_to_come
from crossbar.types import Doubles, Floats, Rng

if TYPE_CHECKING:
    from crossbar.spiking.event_lif import EventLIF

TIMES, FIRST, MEMBRANES = "times", "first", "membranes"
DIGITAL = "adam, minibatch, momentum or mixed-precision add gradients up."
MORE = "Raise EventLIF.spikes, or the refractory time of its neuron, or lower its weights."
NOTHING = np.zeros((1, 1, 1), np.int64)
NO_READS = np.empty((0, 0)), NOTHING


class EventLIFState(LayerState):
    """Neurons, the delays in front of them, and what they did last.

    ``parameters["delays"]`` are in units of the time constant of the synapse, or of the membrane
    where there is none, (1 or cols, lines).
    """

    def __init__(self, place: Place, spec: EventLIF) -> None:
        super().__init__(place)
        self.spec = spec
        neuron = spec.neuron
        self.unit = neuron.tau_s or neuron.tau_m
        self.volt = spec.charge / neuron.capacitance  # what a weight of 1 brings
        lines, cols = place.held["weights"].shape
        self.still = np.zeros((1, lines))
        if spec.delays is not None:
            start = np.full(spec.delays.shape(lines, cols), spec.delays.start / self.unit)
            self.parameters["delays"] = start
        self.flow = self._flow()
        self.given = Given(self.still, self.still, self.still, NOTHING, self.still, NOTHING)
        none = np.empty((0, cols), np.int64)
        self.fired = Fired(np.empty((0, cols, 1)), np.empty((0, cols, 1, 2)), none, none)
        self.owed: tuple[Floats, Owed] | None = None

    def _flow(self) -> Flow:
        """Return the neurons in units of a time constant and of what a weight of 1 brings."""
        spec, neuron, unit = self.spec, self.spec.neuron, self.unit
        a, b = unit / neuron.tau_m, 1.0
        return Flow(
            a=a,
            b=b,
            c=unit / neuron.tau_r if neuron.tau_r else b,
            order=neuron.filters,
            form=int(forms_of(np.array([a]), b, neuron.filters)[0]),
            threshold=(neuron.threshold - neuron.rest) / self.volt,
            reset=(neuron.reset - neuron.rest) / self.volt,
            subtracts=neuron.reset_by == SUBTRACTION,
            refractory=neuron.refractory / unit,
            duration=spec.duration / unit,
            lag=spec.lag / unit if spec.recurrent else 0.0,
        )

    def forward(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return what the neurons show, times in s or voltages in V, and keep what they did."""
        (x,) = inputs
        if not (x > -np.inf).all():
            where, expected = f"EventLIF '{self.name}'", "times, or infinity for no spike"
            raise DataError(message(where, expected, "NaN or -infinity", "Check the encoder."))
        n, (lines, cols) = len(x), self.held["weights"].shape
        times = np.ascontiguousarray(x.reshape(n, lines, -1), np.float64) / self.unit
        times[times >= self.flow.duration] = np.inf
        reads = reads_of_spikes(self.held["weights"], times, rng)
        own = self._own_reads(n, rng)
        spikes, membranes = np.full((n, cols, self.spec.spikes), np.inf), np.empty((n, cols))
        log = np.empty((n, spikes[0].size if own else 0), np.int64)
        self.owed = None
        self.given = Given(
            times.reshape(n, -1),
            np.asarray(self.parameters.get("delays", self.still), np.float64),
            reads.values, reads.rows, *((own.values, own.rows) if own else NO_READS),
        )  # fmt: skip
        slopes, counts = np.empty((*spikes.shape, 2)), np.zeros((n, cols), np.int64)
        self.fired = Fired(spikes, slopes, counts, log)
        run_events(self.flow, self.given, self.fired, membranes)
        self._count(own)
        return self._shown(membranes).astype(x.dtype, copy=False)

    def _own_reads(self, n: int, rng: Rng) -> RowReads | None:
        """Return what the neurons will read of each other, if they do."""
        if not self.spec.recurrent:
            return None
        return reads_to_come(self.held["recurrent"], n, self.spec.spikes, rng)

    def _count(self, own: RowReads | None) -> None:
        """Count spikes, and reads of those that other neurons see; raise if there is no room."""
        if (most := self.fired.counts.max(initial=0)) > self.spec.spikes:
            where, got = f"EventLIF '{self.name}'", f"a neuron with {most} or more"
            raise SimulationError(message(where, f"up to {self.spec.spikes} spikes", got, MORE))
        self.activity.add(self.name, "spikes", int(self.fired.counts.sum()))
        self.activity.add(self.name, "neuron_time", self.fired.counts.size * self.spec.duration)
        if "delays" in self.parameters:
            ways = len(self.parameters["delays"])  # 1, or one for every neuron
            self.activity.add(self.name, "queued", ways * np.isfinite(self.given.times).sum())
        if own is not None:
            arrive = np.count_nonzero(self.fired.spikes + self.flow.lag < self.flow.duration)
            own.count(int(arrive))
            self.activity.add(self.name, "queued", float(arrive))

    def _shown(self, membranes: Doubles) -> Doubles:
        """Return the output [s] or [V]."""
        if self.spec.readout == MEMBRANES:
            return self.volt * membranes
        spikes = self.unit * self.fired.spikes
        return spikes if self.spec.readout == TIMES else spikes[:, :, 0]

    def trace(self) -> Trace:
        """Return the spikes; membranes are not kept."""
        spikes = self.fired.spikes
        fired = np.isfinite(spikes)
        sample, neuron, _ = np.nonzero(fired)
        none = np.empty((len(spikes), 0, spikes.shape[1]))
        own = spikes.shape[1], self.spec.duration, np.empty(0), none
        return Trace(sample, neuron, spikes[fired] * self.unit, *own)

    def backward(self, d: Floats, *, rng: Rng) -> tuple[Floats, ...]:
        """Return the gradient of the loss to the times of inputs [1/s]."""
        by_time = self._owed().by_time / self.unit
        return (by_time.reshape(len(d), *self.inputs[0]).astype(d.dtype, copy=False),)

    def gradients(self, *, rng: Rng) -> dict[str, Floats]:
        """Return the gradients of matrices (rows, cols) and delays, and the push of silent neurons.

        They are worked out in digital from the times of spikes.
        """
        owed, spec, fired = self._owed(), self.spec, self.fired
        own: dict[str, Floats] = {"weights": owed.by_weight}
        if spec.readout != MEMBRANES:
            quiet = (fired.counts == 0).mean(axis=0) - spec.silent
            own["weights"] = owed.by_weight - spec.push * len(fired.counts) * np.maximum(quiet, 0.0)
        if spec.recurrent:
            own["recurrent"] = owed.by_own
        if spec.delays is not None:
            own["delays"] = owed.by_delay
        return own

    def _owed(self) -> Owed:
        """Return the gradients of the loss whose derivative to the output is ``d``."""
        if self.owed is not None and self.owed[0] is self.d:
            return self.owed[1]
        given, fired, (lines, cols) = self.given, self.fired, self.held["weights"].shape
        errors, ends = np.zeros_like(fired.spikes), np.zeros(fired.counts.shape)
        if self.spec.readout == MEMBRANES:
            ends += self.volt * self.d
        elif self.spec.readout == TIMES:
            errors += self.unit * self.d
        else:
            errors[:, :, 0] += self.unit * self.d
        owed = Owed(np.zeros((lines, cols)), np.zeros((cols, cols)), np.zeros_like(given.delays),
                    np.zeros_like(given.times))  # fmt: skip
        steepest = self.spec.steepest * self.flow.threshold
        self.activity.add(self.name, "mac_outer", int(fired.counts.sum()) * lines)
        event_slopes(self.flow, given, fired, errors, ends, steepest, owed)
        self.owed = self.d, owed
        return owed

    def add(self, changes: dict[str, Floats], *, rng: Rng) -> None:
        """Add ``changes``; delays stay between 0 and the longest."""
        super().add(changes, rng=rng)
        if self.spec.delays is not None and "delays" in changes:
            longest, delays = self.spec.delays.longest / self.unit, self.parameters["delays"]
            np.clip(delays, 0.0, longest, out=delays)

    def update(self, rate: float, *, rng: Rng) -> None:
        """Change weights and delays against their gradients: one update for all samples."""
        gradients = self.gradients(rng=rng)
        self.add({part: -rate * each for part, each in gradients.items()}, rng=rng)

    def pairs(self) -> NoReturn:
        """Raise: gradients are sums over spikes, and no products of two signals."""
        fail("EventLIF", "a rule that adds gradients up", "one of outer products", DIGITAL)
