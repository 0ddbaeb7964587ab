"""The leaky integrate-and-fire neuron, exact between events."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, Self

import numpy as np

from crossbar.errors import SimulationError, fail, message, shown
from crossbar.kernels.spikes import closed, membranes
from crossbar.kernels.spikes.crossing import NEVER
from crossbar.spiking.neurons.mismatch import Mismatch
from crossbar.spiking.neurons.neuron import NEURONS, Neuron, NeuronState, require_count
from crossbar.spiking.neurons.waveforms import constants
from crossbar.spiking.spikes import Spikes
from crossbar.types import Doubles, Floats, Integers, Records, Rng
from crossbar.units import quantity

VALUE, SUBTRACTION = "value", "subtraction"
SIGN = "It is above 0."
LARGEST = 1e15  # of any unit


@dataclass(eq=False, repr=False)
class LifState(NeuronState):
    """Membranes of LIF neurons.

    Attributes
    ----------
    membranes
        Their parameters and state, records (count,), as the compiled loops take them.
    common
        What all have in common, one record.
    current : (count,) [A]
        What flows into them now.
    """

    membranes: Records
    common: Records
    current: Floats

    @property
    def lost(self) -> Integers:
        """Arrivals at each neuron that found it refractory and had no filter, (count,).

        The reset switch takes their charge.
        """
        lost: Integers = self.membranes["lost"]
        return lost


class LifConstants(NamedTuple):
    """Threshold and rest [V], capacitance [F] and leak [S] of each neuron, (count,)."""

    threshold: Doubles
    rest: Doubles
    capacitance: Doubles
    g_leak: Doubles


@NEURONS.register("lif")
@dataclass(frozen=True, kw_only=True)
class LIF(Neuron):
    """C dV/dt = -g_leak (V - rest) + I, and a spike where V reaches the threshold.

    A charge Q that arrives at t = 0 makes V jump by Q / C (tau_s = 0), or flows as Q / tau_s e^{-t
    / tau_s} (tau_r = 0), or as Q / (tau_s - tau_r) (e^{-t / tau_s} - e^{-t / tau_r}). Between
    events V is known in closed form. So is the next crossing without a filter, for tau_m = 2 tau_s
    and tau_s = 2 tau_m (a quadratic) and tau_m = tau_s (Lambert W) with one exponential. Otherwise
    it is found between the extrema of V, so that no crossing is missed.

    While a neuron is refractory V stays and currents decay.

    Parameters
    ----------
    threshold, reset, rest : [V]
        Voltage of a spike, after it, and without input.
    capacitance : [F]
        C.
    g_leak : [S]
        tau_m = C / g_leak.
    tau_s, tau_r : [s]
        Decay and rise of the synaptic current; 0 for none.
    refractory : [s]
        How long V stays after a spike.
    reset_by
        ``value`` sets V to ``reset``, ``subtraction`` takes threshold - reset off.
    mismatch
        What differs from neuron to neuron.

    Raises
    ------
    ConfigError
        If the threshold is not above reset, tau_r is above tau_s, or a field is out of its limits.

    Source: numbers assumed, of the order of a circuit with 1 pF and 10 nS at a bit line.

    Examples
    --------
    >>> neuron = LIF()
    >>> state = neuron.fabricate(1, rng=np.random.default_rng(0))
    >>> spikes = neuron.step(1e-3, 1e-8, state)  # 10 nA for 1 ms: V settles at 1 V
    >>> round(float(spikes.times[0] / neuron.tau_m), 9)  # ln 2
    0.693147181
    """

    threshold: float = quantity(0.5, unit="V", low=-LARGEST, high=LARGEST)
    reset: float = quantity(0.0, unit="V", low=-LARGEST, high=LARGEST)
    rest: float = quantity(0.0, unit="V", low=-LARGEST, high=LARGEST)
    capacitance: float = quantity(1e-12, unit="F", above=0, high=LARGEST, remedy=SIGN)
    g_leak: float = quantity(1e-8, unit="S", above=0, high=LARGEST, remedy=SIGN)
    tau_s: float = quantity(0.0, unit="s", low=0, high=LARGEST)
    tau_r: float = quantity(0.0, unit="s", low=0, high=LARGEST)
    refractory: float = quantity(0.0, unit="s", low=0, high=LARGEST)
    reset_by: str = VALUE
    mismatch: Mismatch = field(default=Mismatch())

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.threshold > self.reset:
            got, expected = f"{self.threshold:g} V", f"a voltage above reset, {self.reset:g} V"
            fail("LIF.threshold", expected, got, "A spike takes the voltage down.")
        if self.tau_r > self.tau_s:
            got, expected = f"{self.tau_r:g} s", f"at most tau_s, {self.tau_s:g} s"
            fail("LIF.tau_r", expected, got, "Exchange them: the answer is the same.")
        if self.reset_by not in (VALUE, SUBTRACTION):
            expected = f"{VALUE} or {SUBTRACTION}"
            fail("LIF.reset_by", expected, shown(self.reset_by), f'Write reset_by="{VALUE}".')

    @property
    def tau_m(self) -> float:
        """C / g_leak [s]."""
        return self.capacitance / self.g_leak

    @property
    def filters(self) -> int:
        """How many exponentials are between a spike and the membrane: 0, 1 or 2."""
        return (self.tau_s > 0) + (self.tau_r > 0)

    def constants(self, count: int) -> LifConstants:
        """Return what each of ``count`` neurons has without mismatch."""
        values = (self.threshold, self.rest, self.capacitance, self.g_leak)
        return LifConstants(*(np.full(count, value) for value in values))

    def fabricate(self, count: int, *, rng: Rng) -> LifState:
        """Return ``count`` neurons at rest at time 0, each with its own mismatch."""
        require_count("LIF.fabricate", count, rng)
        rise, leak, capacity = self.mismatch.draw(count, rng=rng)
        mean = self.constants(count)
        capacitance = mean.capacitance * capacity
        a = mean.g_leak * leak / capacitance
        b = 1.0 / (self.tau_s or self.tau_m)  # any, where nothing flows
        made = np.zeros(count, membranes.MEMBRANE)
        made["threshold"] = self.reset + (mean.threshold - self.reset) * rise
        made["capacitance"], made["a"] = capacitance, a
        made["form"] = closed.forms_of(a, b, self.filters)
        made["rest"] = made["v"] = mean.rest
        made["settles"] = np.nan  # not known before a current
        made["due"] = NEVER
        common = np.zeros(1, membranes.COMMON)
        common["b"], common["c"], common["order"] = b, 1 / (self.tau_r or 1 / b), self.filters
        common["reset"], common["refractory"] = self.reset, self.refractory
        common["subtracts"] = self.reset_by == SUBTRACTION
        return LifState(count, 0.0, made, common, np.zeros(count))

    def move(self, until: float, current: Floats, state: LifState) -> Spikes:
        """Let time go on to ``until``; spikes are at their exact times."""
        none = Spikes.none(state.count)
        return self.deliver(none, np.empty(0), until, current, state)

    def add(self, neurons: Integers, charges: Floats, state: LifState) -> None:
        """Let ``charges`` arrive now."""
        arrivals = Spikes(np.full(neurons.size, state.t), neurons, state.count)
        self.deliver(arrivals, charges, state.t, state.current, state)

    def deliver(
        self, arrivals: Spikes, charges: Floats, until: float, current: Floats, state: LifState
    ) -> Spikes:
        """Let ``charges`` arrive, and return the spikes before ``until``, at their exact times."""
        given = (arrivals.times, arrivals.lines, charges, current)
        times, lines = membranes.respond(state.membranes, state.common, *given, state.t, until)
        if np.isnan(state.membranes["due"]).any():
            remedy = "Lower the current, or give a refractory time."
            got = "a neuron that fires again at the same time"
            raise SimulationError(message("LIF", "time between spikes", got, remedy))
        state.t, state.current = until, current
        return Spikes.in_order(times, lines, state.count)

    def potential(self, state: LifState) -> Floats:
        """Return the voltages at ``state.t``, (count,) [V]; of refractory neurons after reset."""
        return membranes.voltages(state.membranes, state.common, state.t)

    def calibrate(self, t: Any, v: Any, spikes: Spikes, current: Any) -> Self:
        """Return this neuron as a circuit has it, from the waveforms of one stimulus.

        Capacitance and leak are the least squares of C dV + g_leak int (V - rest) dt = int I dt
        between resets. A regenerative comparator turns later the faster V rises: the threshold is
        the intercept of V at the spikes against slope^(2/3). The refractory time is from there to
        where the reset switch is open, and the reset the voltage then. All other fields stay.

        Parameters
        ----------
        t : (points,) [s]
            Times of the samples, as dense as resets need.
        v : (points,) [V]
            Membrane.
        spikes
            When it fired, 3 times or more, on one line.
        current : (points,) [A]
            What the stimulus lets flow into the membrane.

        Raises
        ------
        DataError, ShapeError
            If arrays have other shapes or numbers that are not finite, times do not go forwards,
            there are too few spikes, the membrane does not fall at one, or all are at one slope.
        ConfigError
            If what is calibrated is no neuron: a leak that is not above 0.
        """
        return replace(self, **constants(t, v, spikes, current, self.rest)._asdict())
