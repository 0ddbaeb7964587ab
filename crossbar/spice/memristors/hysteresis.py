"""Pinched loops of memristors in ngspice, and what is read off them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy.integrate import solve_ivp

from crossbar.brief import brief
from crossbar.devices.equations import CircuitCell, Sine
from crossbar.errors import ConvergenceError, message, require_number
from crossbar.spice.engine import models
from crossbar.spice.engine.deck import Deck
from crossbar.spice.engine.ngspice import run
from crossbar.spice.engine.numbers import number
from crossbar.types import Floats

POINTS = 2000  # a period; with reltol 1e-5 the errors stay a tenth of the tolerances


@dataclass(frozen=True)
class Loop:
    """One drive of a cell: time [s], voltage [V], current [A] and state, each (points,).

    Beside it is SciPy's integration of the same equations (``exact_``).
    """

    cell: CircuitCell
    sine: Sine
    time: Floats
    voltage: Floats
    current: Floats
    state: Floats

    __repr__ = brief

    @property
    def period(self) -> float:
        """Period of the drive [s]."""
        return 1 / self.sine.frequency

    @cached_property
    def exact_state(self) -> Floats:
        """State (points,) by SciPy."""
        return integrate(self.cell, self.sine.voltage, self.time)

    @cached_property
    def exact_current(self) -> Floats:
        """Current (points,) by SciPy [A]."""
        return self.cell.current(self.sine.voltage(self.time), self.exact_state)

    @property
    def last(self) -> Loop:
        """The last period alone, when the cell has forgotten where it started."""
        start = (self.sine.periods - 1) / self.sine.frequency
        k = self.time >= start * (1 - 1e-9)
        return Loop(self.cell, self.sine, self.time[k], self.voltage[k], self.current[k],
                    self.state[k])  # fmt: skip


def prepared(title: str, cell: CircuitCell) -> Deck:
    """Return a netlist with the provenance of ``cell``, accurate enough for its state."""
    deck = Deck(title)
    deck.comment(f"{cell.model}: state x on a capacitor, 0 least and 1 most conductive")
    deck.comment(f"source of the model: {models.model(cell.model).source}")
    deck.option("reltol=1e-5", "trtol=0.1", "method=gear")
    return deck


def loop_deck(cell: CircuitCell, sine: Sine) -> Deck:
    """Return the netlist of ``cell`` across a sinusoidal source."""
    deck = prepared(f"pinched loop of {cell.model}", cell)
    deck.add(f"Vdrive top 0 SIN(0 {number(sine.amplitude)} {number(sine.frequency)})")
    deck.instance("xcell", cell.model, "top", "0", "state", **cell.parameters())
    step = 1 / sine.frequency / POINTS
    deck.tran(step=step, stop=sine.periods / sine.frequency, longest=step, uic=True)
    deck.save("v(top)", "v(state)", "i(vdrive)")
    return deck


def loop(cell: CircuitCell, sine: Sine | None = None) -> Loop:
    """Drive ``cell`` in ngspice with ``sine`` (None: its own) and return what it does."""
    sine = cell.sine if sine is None else sine
    waves = run(loop_deck(cell, sine))
    return Loop(cell, sine, waves.axis, waves["v(top)"], -waves["i(vdrive)"], waves["v(state)"])


def integrate(cell: CircuitCell, voltage: Callable[[float], Floats], times: Floats) -> Floats:
    """Return the state of ``cell`` under ``voltage`` at ``times`` [s], by scipy.

    The equations are those of the Python specification, the integrator is SciPy's LSODA with
    tolerances a thousand times tighter than those of ngspice: an independent integration.
    """
    solution = solve_ivp(
        lambda t, x: cell.rate(voltage(t), x),
        (times[0], times[-1]),
        [cell.x0],
        method="LSODA",
        t_eval=times,
        rtol=1e-8,
        atol=1e-10,
        max_step=(times[-1] - times[0]) / 500,
    )
    if not solution.success:
        remedy = "Drive the cell more slowly or at a lower voltage."
        text = message(f"solve_ivp of {cell.model}", "an integral", solution.message, remedy)
        raise ConvergenceError(text)
    return np.asarray(solution.y[0])


class LoopErrors(NamedTuple):
    """How a loop of ngspice differs from the equations integrated by scipy.

    ``state`` is the largest difference of the states, ``current`` the rms difference of the
    currents over the largest current, ``pinch`` see :func:`pinch`.
    """

    state: float
    current: float
    pinch: float


TOLERANCES = LoopErrors(state=5e-3, current=1e-3, pinch=1e-6)


def loop_errors(drawn: Loop) -> LoopErrors:
    """Compare ``drawn`` with SciPy's integration of the same equations."""
    rms = np.sqrt(np.mean((drawn.current - drawn.exact_current) ** 2))
    return LoopErrors(
        state=float(np.abs(drawn.state - drawn.exact_state).max()),
        current=float(rms / np.abs(drawn.exact_current).max()),
        pinch=pinch(drawn.voltage, drawn.current),
    )


def pinch(voltage: Floats, current: Floats) -> float:
    """Return the largest current where the voltage passes zero, relative to the largest of all.

    Each side is followed to zero by its own line: a cell that conducts otherwise in the other
    direction has a kink there, and a chord across a kink misses the origin.
    """
    k = np.flatnonzero((voltage[:-1] * voltage[1:] < 0) | (voltage[:-1] == 0))
    sides = [(slice(j, None, -1), slice(j + 1, None)) for j in k.tolist()]
    ends = [abs(_at_zero(voltage[s], current[s])) for pair in sides for s in pair]
    return float(max(ends, default=0.0) / np.abs(current).max())


def _at_zero(voltage: Floats, current: Floats) -> float:
    """Return the current at zero volt of the line through the first point and one beyond it.

    The second is the first at twice the voltage or more, so that rounding does not count; without
    one, or at zero volt, it is the current of the first.
    """
    beyond = np.flatnonzero(voltage * np.sign(voltage[0]) >= 2 * abs(voltage[0]))
    if voltage[0] == 0 or not len(beyond):
        return float(current[0])
    v, i = voltage[beyond[0]], current[beyond[0]]
    return float(current[0] - voltage[0] * (i - current[0]) / (v - voltage[0]))


def crossings(voltage: Floats, current: Floats, at: float) -> list[float]:
    """Return the current wherever the voltage passes ``at`` [V], interpolated linearly."""
    v = voltage - at
    k = np.flatnonzero((v[:-1] * v[1:] < 0) | ((v[:-1] == 0) & (v[1:] != 0)))
    share = v[k] / (v[k] - v[k + 1])
    return [float(i) for i in current[k] + share * (current[k + 1] - current[k])]


def area(voltage: Floats, current: Floats) -> tuple[float, float]:
    """Return the area of the positive and of the negative lobe of one period [W].

    The integral of v di around each lobe, as a positive number: for a loop through the origin
    the lobe of each sign is closed.
    """
    sides = []
    for sign in (1.0, -1.0):
        v, i = np.maximum(sign * voltage, 0.0), np.where(sign * voltage > 0, sign * current, 0.0)
        sides.append(abs(float(np.trapezoid(v, i))))
    return sides[0], sides[1]


def thresholds(drawn: Loop, share: float = 0.1) -> tuple[float, float]:
    """Return the set and the reset threshold of the last period [V].

    The voltage at which the state has moved by ``share`` of its swing, up for set and down for
    reset. It lies beyond the threshold of the model's rate, further the faster the drive.
    """
    require_number("thresholds.share", share, above=0, below=1)
    period = drawn.last
    low, high = float(period.state.min()), float(period.state.max())
    voltages = []
    for start, moved in ((low, period.state - low), (high, high - period.state)):
        begin = int(np.flatnonzero(period.state == start)[-1])
        order = np.r_[begin : len(moved), 1 : begin + 1]  # a period closes on itself
        beyond = order[np.flatnonzero(moved[order] >= share * (high - low))[0]]
        voltages.append(float(period.voltage[beyond]))
    return voltages[0], voltages[1]


def on_off(drawn: Loop, v_read: float) -> float:
    """Return the ratio of the currents of the two branches of the last period at ``v_read`` [V]."""
    limit = drawn.sine.amplitude
    require_number("on_off.v_read", abs(v_read), above=0, below=limit, unit="V")
    branches = [abs(i) for i in crossings(drawn.last.voltage, drawn.last.current, v_read)]
    return max(branches) / min(branches)
