"""Currents of one physical array whose lines are switched: the number is a matter of time.

The voltages ``v`` of the driven lines stand for means over a read, in which the lines are at plus
or minus the read voltage or at zero. Currents and their variances are means as well; the power is
such that times one step of the read it is the energy of all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crossbar.circuit.flow import Cellwise, Flow, Flows, flows
from crossbar.circuit.reading import CellNoise
from crossbar.converters import Switched
from crossbar.devices import Conduction
from crossbar.types import Floats
from crossbar.wires import Wires


@dataclass(frozen=True)
class OneVoltage(Flows):
    """Ideal lines: a matrix product, of the shares of time and the currents at the one voltage.

    i_j = sum_i |x_i| I_ij(sign(x_i) v_read). Noise of a conductance counts the share of time times
    dI/dg; thermal and shot noise are those of the cells for the time at either voltage.
    """

    law: Conduction
    noise: CellNoise
    drive: Switched
    v_read: float

    def flow(self, cells: Cellwise, v: Floats, *, forward: bool) -> Flow:
        """Return the currents for ``v``."""
        way = 1.0 if forward else -1.0  # the law points from word line to bit line
        g, flicker = cells.seen(forward)
        spread, x = self.noise.spread(g, flicker), v / self.v_read
        on, total = self.drive.on(x), Flow.empty(len(v), g.shape[1])
        for sign in (1.0, -1.0):
            volts = np.array(sign * way * self.v_read)
            share = np.maximum(sign * x, 0.0)
            i, slope = self.law.current(g, volts)
            by = self.law.by_conductance(g, volts)
            total.currents[...] += way * (share @ i)
            total.variance[...] += share**2 @ (by * by * spread)
            total.variance[...] += share @ self.noise.density(i, slope, volts)
            total.power[...] += (on * (share > 0)) @ (volts * i).sum(axis=1)
        i, slope = self.law.current(g, np.zeros(()))
        at_rest = np.maximum(1.0 - np.abs(x), 0.0)
        total.variance[...] += at_rest @ self.noise.density(i, slope, np.zeros(()))
        return total


@dataclass(frozen=True)
class Stepped(Flows):
    """Lines with resistance: every step of the input by itself.

    The noise is that of ideal lines.
    """

    ideal: OneVoltage
    solved: Flows

    def flow(self, cells: Cellwise, v: Floats, *, forward: bool) -> Flow:
        """Return the currents for ``v``."""
        v_read = self.ideal.v_read
        total = self.ideal.flow(cells, v, forward=forward)
        total.currents[...], total.power[...] = 0.0, 0.0
        for step in self.ideal.drive.steps(v / v_read):
            one = self.solved.flow(cells, v_read * step.x, forward=forward)
            total.currents[...] += step.weight * one.currents
            total.power[...] += step.long * one.power
        return total


def switched_flows(
    law: Conduction, noise: CellNoise, wires: Wires | None, drive: Switched | None, v_read: float
) -> Flows:
    """Return the way that suits the law, the lines and how they are driven."""
    if drive is None:
        return flows(law, noise, wires)
    ideal = OneVoltage(law, noise, drive, v_read)
    return ideal if wires is None else Stepped(ideal, flows(law, noise, wires))
