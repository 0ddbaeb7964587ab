"""A layer of neurons in time steps, whose synapses are the cells of a matrix."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from crossbar.circuit.layout import LARGEST
from crossbar.errors import DataError, ShapeError, message
from crossbar.nn import LAYERS, Layer, LayerState, Matrix, Place, Shape, Trace
from crossbar.spiking.clocked.lif import ClockedLIF
from crossbar.spiking.clocked.neuron import ClockedNeuron, State
from crossbar.substrates import Weights
from crossbar.types import Floats, Rng
from crossbar.units import quantity

STEPS = "Put Repeated or Coded before it, or give samples of several steps."


@LAYERS.register("clocked")
@dataclass(frozen=True, kw_only=True)
class Clocked(Layer):
    """Neurons that live in time steps of ``dt``: (steps, inputs) in, (steps, units) out.

    A spike (1) reads its word line at full scale; lines without a spike rest, and a step in which
    no line has one reads nothing. Every step of every sample is a read of its own, with its own
    noise. Numbers from layers before, such as currents of a sensor, drive word lines through the
    DAC as in any layer.

    With ``recurrent``, what neurons give out in a step drives a second matrix, and arrives in the
    next step.

    Gradients go back through time: exact for neurons of graded output, and by the surrogate of the
    neuron through spikes. Those of weights are products of what drove the lines and what came
    back, so that every learning rule takes them, that of outer products by pulses too.

    Parameters
    ----------
    units
        Number of neurons.
    neuron
        What they do in a step.
    dt
        Length of a step.
    recurrent
        Whether neurons drive each other.
    events
        Whether inputs are spikes, 0 or 1; else they are numbers.
    membranes
        Whether the layer gives out the voltages of its membranes in place of spikes.
    gain, recurrent_gain
        Variance of the initial weights, which are uniform, times the number of inputs.
    mean
        Mean of the initial weights times the number of inputs, without recurrent ones.

    Source: Neftci, Mostafa and Zenke, IEEE Signal Process. Mag. 36:51, 2019 (surrogate gradients
    through time). Initial weights are assumed.
    """

    units: int = quantity(low=1, high=LARGEST)
    neuron: ClockedNeuron = field(default_factory=ClockedLIF)
    dt: float = quantity(1e-6, above=0, high=1e3, unit="s")
    recurrent: bool = False
    events: bool = True
    membranes: bool = False
    gain: float = quantity(1.0, low=1e-12, high=1e6)
    recurrent_gain: float = quantity(0.25, low=1e-12, high=1e6)
    mean: float = quantity(0.0, low=-1e6, high=1e6)

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return (steps, units), or raise unless inputs are (steps, lines)."""
        if len(inputs[0]) != 2:
            got = str(inputs[0])
            raise ShapeError(message("Clocked", "inputs of (steps, lines)", got, STEPS))
        return (inputs[0][0], self.units)

    def matrices(self, *inputs: Shape) -> tuple[Matrix, ...]:
        """Return those of the inputs and, where there is one, of the neurons themselves."""
        steps, lines = inputs[0]
        own = Matrix("weights", lines, self.units, vectors=steps, gain=self.gain)
        if not self.recurrent:
            return (own,)
        gain = self.recurrent_gain
        return own, Matrix(
            "recurrent", self.units, self.units, vectors=steps, gain=gain, loops=True
        )

    @property
    def estimated(self) -> bool:
        """Whether neurons spike, whose gradient is that of a surrogate."""
        return self.neuron.spikes

    @property
    def clock(self) -> float:
        """Length of a step [s]."""
        return self.dt

    def lasts(self, *inputs: Shape) -> float:
        """Return the time of all steps [s]."""
        return inputs[0][0] * self.dt

    def initial(self, matrix: Matrix, rng: Rng) -> Floats:
        """Return initial weights (rows, cols)."""
        shift = self.mean / matrix.rows if matrix.part == "weights" else 0.0
        return super().initial(matrix, rng) + shift

    def state(self, place: Place) -> LayerState:
        """Return the neurons."""
        return ClockedState(place, self)


class ClockedState(LayerState):
    """Neurons, and what they did at every step of the samples before."""

    def __init__(self, place: Place, spec: Clocked) -> None:
        super().__init__(place)
        self.spec = spec
        self.x: Floats = np.empty((0, 0, 0))
        self.outputs: Floats = self.x
        self.d_drives: Floats = self.x
        self.drives: list[Floats] = []
        self.states: list[State] = []

    def forward(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return outputs or membranes of all steps, and keep what they came from."""
        (self.x,) = inputs
        spec, (samples, steps, _) = self.spec, self.x.shape
        came = self._read("weights", self.x, spec.events, rng)
        state = spec.neuron.begin((samples, spec.units), self.x.dtype)
        self.states, self.drives = [state], []
        self.outputs = np.zeros((samples, steps, spec.units), self.x.dtype)
        membranes = np.zeros_like(self.outputs) if spec.membranes else self.outputs
        for k in range(steps):
            drive = came[:, k]
            if spec.recurrent and k:
                own = self.outputs[:, k - 1]
                drive = drive + self._read("recurrent", own, spec.neuron.spikes, rng)
            state, self.outputs[:, k] = spec.neuron.step(state, drive, spec.dt)
            self.states.append(state)
            self.drives.append(drive)
            if spec.membranes:
                membranes[:, k] = state[0]
        event, count = ("spikes", self.outputs.sum()) if spec.neuron.spikes else (
            "activation", self.outputs.size)  # fmt: skip
        self.activity.add(self.name, event, float(count))
        if spec.neuron.spikes:
            self.activity.add(self.name, "neuron_time", self.outputs.size * spec.dt)
        return membranes

    def _read(self, part: str, x: Floats, events: bool, rng: Rng) -> Floats:
        """Return what arrives from lines ``x`` (..., lines); only what is driven reads."""
        held: Weights = self.held[part]
        if not events:
            return held.read(x, rng=rng)
        lines = x.reshape(-1, x.shape[-1])
        if part == "weights" and not np.isin(lines, (0, 1)).all():
            remedy = "Set events = false, or send spikes."
            got = f"{lines[~np.isin(lines, (0, 1))][0]:g}"
            raise DataError(message(f"Clocked '{self.name}'", "spikes, 0 or 1", got, remedy))
        came = np.zeros((len(lines), held.shape[1]), x.dtype)
        active = lines.any(axis=1)
        if active.any():
            came[active] = held.read_rows(np.ascontiguousarray(lines[active]), rng=rng)
        return came.reshape(*x.shape[:-1], -1)

    def trace(self) -> Trace | None:
        """Return spikes and membranes at the ends of their steps, or at the beginnings."""
        spec, (samples, steps, count) = self.spec, self.outputs.shape
        if not spec.neuron.spikes:
            return None
        sample, step, neuron = np.nonzero(self.outputs)
        at = (np.arange(steps) + (0 if spec.neuron.instant else 1)) * spec.dt
        seen = [state[0] for state in self.states[1:]]
        membranes = np.stack(seen, axis=1) if seen else np.empty((samples, 0, count))
        return Trace(sample, neuron, at[step], count, steps * spec.dt, at, membranes)

    def take(self, d: Floats, *, rng: Rng) -> None:
        """Send the gradient ``d`` at the output back through time."""
        super().take(d, rng=rng)
        spec, quiet = self.spec, np.zeros_like(d[:, 0])
        self.d_drives = np.zeros_like(d)
        d_state: State = tuple(np.zeros_like(part) for part in self.states[0])
        later: Floats = quiet  # gradient at the outputs, from the step after
        for k in reversed(range(d.shape[1])):
            d_output = later if spec.membranes else d[:, k] + later
            if spec.membranes:
                d_state = (d_state[0] + d[:, k], *d_state[1:])
            back = spec.neuron.back(self.states[k], self.drives[k], spec.dt, d_state, d_output)
            d_state, self.d_drives[:, k] = back
            if spec.recurrent and k:
                later = self.held["recurrent"].read_back(self.d_drives[:, k], rng=rng)

    def backward(self, d: Floats, *, rng: Rng) -> tuple[Floats, ...]:
        """Return the gradient at the inputs by transposed reads, (n, steps, lines)."""
        return (self.held["weights"].read_back(self.d_drives, rng=rng),)

    def pairs(self) -> dict[str, tuple[Floats, Floats]]:
        """Return what drove the lines of every step, and the gradient at what arrived."""
        own = {"weights": (self.x, self.d_drives)}
        if not self.spec.recurrent:
            return own
        before = np.zeros_like(self.outputs)
        before[:, 1:] = self.outputs[:, :-1]
        return own | {"recurrent": (before, self.d_drives)}
