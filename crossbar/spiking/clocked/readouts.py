"""Layers that turn steps of time into numbers: rates, membranes, first spikes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crossbar.circuit.layout import LARGEST
from crossbar.errors import DataError, ShapeError, message
from crossbar.nn import LAYERS, Layer, LayerState, Place, Shape
from crossbar.types import Floats, Rng
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class Readout(Layer):
    """Numbers from (steps, units)."""

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return (units,)."""
        (shape,) = inputs
        if len(shape) != 2:
            expected = "inputs of (steps, units)"
            raise ShapeError(message(type(self).__name__, expected, str(shape), "Use Clocked."))
        return shape[1:]


@dataclass(frozen=True, kw_only=True)
class Windowed(Readout):
    """Numbers from the last steps.

    Parameters
    ----------
    window
        Steps at the end that count; 0 for all.
    """

    window: int = quantity(0, low=0, high=LARGEST)

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return (units,), or raise unless a sample has as many steps as the window."""
        shape = super().output_shape(*inputs)
        if self.window > inputs[0][0]:
            where, expected = f"{type(self).__name__}.window", f"at most {inputs[0][0]} steps"
            raise ShapeError(message(where, expected, str(self.window), "A sample has no more."))
        return shape


@LAYERS.register("rate-readout")
@dataclass(frozen=True, kw_only=True)
class RateReadout(Windowed):
    """y = gain N / steps: the share of steps with a spike, or the mean of voltages.

    Parameters
    ----------
    gain
        What a spike in every step says.

    Source: Alymova 2025, eq 7, in steps for time.
    """

    gain: float = quantity(1.0, low=-1e15, high=1e15)

    def state(self, place: Place) -> LayerState:
        """Return the counters."""
        return RateReadoutState(place, self)


class RateReadoutState(LayerState):
    """Counters of spikes."""

    def __init__(self, place: Place, spec: RateReadout) -> None:
        super().__init__(place)
        self.steps = spec.window or place.inputs[0][0]
        self.factor = spec.gain / self.steps

    def forward(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return the rates."""
        (x,) = inputs
        self.activity.add(self.name, "scaling", len(x) * self.output[0])
        rates: Floats = self.factor * x[:, -self.steps :].sum(axis=1)
        return rates.astype(x.dtype, copy=False)

    def backward(self, d: Floats, *, rng: Rng) -> tuple[Floats, ...]:
        """Return the same share of the gradient for every step."""
        self.activity.add(self.name, "scaling", d.size)
        back = np.zeros((len(d), *self.inputs[0]), d.dtype)
        back[:, -self.steps :] = (self.factor * d)[:, None]
        return (back,)


@LAYERS.register("last-readout")
@dataclass(frozen=True, kw_only=True)
class LastReadout(Readout):
    """y = x at the end of the last step, V_i(T); or at the end of every ``every`` steps.

    A dense layer behind it is the membrane decoder, sum of w_i V_i(T). With a sigmoid or a softmax
    between them it is the vote of a population, sum of w_i f(V_i(T)).

    Parameters
    ----------
    every
        Steps from one reading to the next, which divide those of a sample; 0 for the last alone.

    Source: Alymova 2025, eq 9.
    """

    every: int = quantity(0, low=0, high=LARGEST)

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return (units,), or (readings x units,): those of the first reading first."""
        steps, (units,) = inputs[0][0], super().output_shape(*inputs)
        if self.every and steps % self.every:
            expected, remedy = f"a divisor of {steps} steps", "0 reads at the end alone."
            raise ShapeError(message("LastReadout.every", expected, str(self.every), remedy))
        return ((steps // self.every if self.every else 1) * units,)

    def state(self, place: Place) -> LayerState:
        """Return the sampling switches."""
        return LastReadoutState(place, self)


class LastReadoutState(LayerState):
    """Switches that sample."""

    def __init__(self, place: Place, spec: LastReadout) -> None:
        super().__init__(place)
        every = spec.every or place.inputs[0][0]
        self.seen = slice(every - 1, None, every)

    def forward(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return what is there at the readings."""
        return np.ascontiguousarray(inputs[0][:, self.seen]).reshape(-1, *self.output)

    def backward(self, d: Floats, *, rng: Rng) -> tuple[Floats, ...]:
        """Return the gradient at those steps, and 0 at others."""
        back = np.zeros((len(d), *self.inputs[0]), d.dtype)
        back[:, self.seen] = d.reshape(len(d), -1, self.inputs[0][1])
        return (back,)


@LAYERS.register("first-spike-readout")
@dataclass(frozen=True, kw_only=True)
class FirstSpikeReadout(Windowed):
    """y = offset - slope k / steps, with the step k of the first spike; k = steps for none.

    k is the number of steps in which there has been no spike yet, sum over t of prod over s <= t
    of (1 - s_s). That is differentiated: a spike at the first step t moves k by the steps that
    are left after it without any other, and one before it by the steps in between.

    Parameters
    ----------
    offset, slope
        k1 and k2.

    Source: Alymova 2025, eq 8, in steps for time; its gradient is derived from the sum above.
    """

    offset: float = quantity(1.0, low=-1e15, high=1e15)
    slope: float = quantity(1.0, low=-1e15, high=1e15)

    def state(self, place: Place) -> LayerState:
        """Return the timers."""
        return FirstSpikeReadoutState(place, self)


class FirstSpikeReadoutState(LayerState):
    """Timers that stop at a spike."""

    def __init__(self, place: Place, spec: FirstSpikeReadout) -> None:
        super().__init__(place)
        self.spec = spec
        self.steps = spec.window or place.inputs[0][0]
        self.x: Floats = np.empty((0, 0, 0))

    def forward(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return the numbers."""
        self.x = inputs[0][:, -self.steps :]
        if not ((self.x >= 0) & (self.x <= 1)).all():
            where, got = f"FirstSpikeReadout '{self.name}'", "other numbers"
            raise DataError(message(where, "spikes, 0 to 1", got, "Read membranes otherwise."))
        self.activity.add(self.name, "scaling", len(self.x) * self.output[0])
        waited = np.cumprod(1 - self.x, axis=1).mean(axis=1)
        values: Floats = self.spec.offset - self.spec.slope * waited
        return values.astype(self.x.dtype, copy=False)

    def backward(self, d: Floats, *, rng: Rng) -> tuple[Floats, ...]:
        """Return the gradient at the spikes of all steps."""
        still = 1 - self.x
        before = np.ones_like(still)  # no spike before a step
        before[:, 1:] = np.cumprod(still, axis=1)[:, :-1]
        after = np.ones_like(still)  # 1 + steps without a spike after it
        for k in range(self.steps - 2, -1, -1):
            after[:, k] += still[:, k + 1] * after[:, k + 1]
        back = np.zeros((len(d), *self.inputs[0]), d.dtype)
        back[:, -self.steps :] = self.spec.slope / self.steps * d[:, None] * before * after
        return (back,)
