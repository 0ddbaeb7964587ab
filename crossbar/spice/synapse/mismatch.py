"""Monte Carlo over the mismatch of the CMOS synapse: many branches in one operating point."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from crossbar.checks import Checked
from crossbar.devices import CmosSynapse
from crossbar.errors import fail
from crossbar.spice.engine.ngspice import run
from crossbar.spice.engine.numbers import number
from crossbar.spice.synapse.circuit import Synapse, begun
from crossbar.types import Doubles
from crossbar.units import quantity

LENGTH = 45e-9  # length of a unit switch [m]


@dataclass(frozen=True, kw_only=True)
class Mismatch(Checked):
    """How far neighbouring transistors and resistors differ.

    A threshold has the standard deviation a_vt / sqrt(W L), a unit resistor sigma_r relative to
    itself; 2^b of them in parallel have that over sqrt(2^b).

    Parameters
    ----------
    a_vt : [V m]
        Pelgrom coefficient of the threshold.
    sigma_r
        Standard deviation of a unit resistor, relative to it.

    Source: form of Pelgrom et al., IEEE J. Solid-State Circuits 24(5):1433, 1989; a_vt = 2.5 mV um
    and sigma_r = 2 % assumed. Valid for: mismatch of neighbours; no gradients, no corners.
    """

    a_vt: float = quantity(2.5e-9, unit="V m", low=0, high=1e-7)
    sigma_r: float = quantity(0.02, low=0, high=0.15)

    def sigma_vt(self, synapse: Synapse) -> float:
        """Return the standard deviation of the threshold of a unit switch [V]."""
        return float(self.a_vt / np.sqrt(synapse.w * LENGTH))

    def for_unit(self, synapse: Synapse, sigma_unit: float) -> Mismatch:
        """Return the mismatch whose resistors bring a unit conductance to ``sigma_unit``.

        Raises
        ------
        ConfigError
            If the thresholds alone exceed it.
        """
        by_volt, by_resistor = sensitivities(synapse)
        switch = by_volt * self.sigma_vt(synapse)
        if not abs(switch) <= sigma_unit:
            expected = f"at least {abs(switch):.2g}, the share of the thresholds"
            fail("Mismatch.for_unit", expected, f"{sigma_unit:g}", "Lower a_vt or widen w.")
        rest = np.sqrt(sigma_unit**2 - switch**2)
        return replace(self, sigma_r=float(rest / abs(by_resistor)))


def branches(synapse: Synapse, dvt: Doubles, dr: Doubles) -> Doubles:
    """Return the conductances (chips, bits) [S] of branches with these deviations.

    Both ends of every branch are held, so that branches do not influence each other and the
    conductance of a code is the sum over its bits; latches are omitted.

    Parameters
    ----------
    dvt, dr : (chips, bits) [V], [1]
        Deviation of every threshold and, relative, of every resistor.
    """
    deck = begun(synapse, f"{synapse.name}, branches of {len(dvt)} synapses", "reltol=1e-6")
    deck.add(f"Vgate gate 0 {number(synapse.v_dd)}", f"Vrow row 0 {number(synapse.v_in)}")
    for chip, bit in np.ndindex(dvt.shape):
        at = f"{chip}_{bit}"
        deck.instance(
            f"X{at}", "cmos_synapse_branch", "row", f"c{at}", "gate", "0",
            units=2.0**bit, r_u=synapse.r_u, w=synapse.w,
            dvt=float(dvt[chip, bit]) + synapse.corner.dvtn, dr=float(dr[chip, bit]),
        )  # fmt: skip
        deck.add(f"V{at} c{at} 0 0")
    names = [f"i(v{chip}_{bit})" for chip, bit in np.ndindex(dvt.shape)]
    deck.op()
    deck.save(*names)
    waves = run(deck)
    currents = np.array([waves[name][0] for name in names])
    return currents.reshape(dvt.shape) / synapse.v_in


def sensitivities(synapse: Synapse) -> tuple[float, float]:
    """Return d ln G / d threshold [1/V] and d ln G / d ln R of a unit branch."""
    volt, share = 1e-3, 1e-3
    dvt = np.array([[volt], [-volt], [0.0], [0.0]])
    dr = np.array([[0.0], [0.0], [share], [-share]])
    g = branches(replace(synapse, bits=1), dvt, dr)[:, 0]
    by_volt = np.log(g[0] / g[1]) / (2 * volt)
    by_resistor = np.log(g[2] / g[3]) / (2 * share)
    return float(by_volt), float(by_resistor)


@dataclass(frozen=True, kw_only=True)
class Spread:
    """What a Monte Carlo found.

    Attributes
    ----------
    sigma_unit
        Fitted mismatch of a unit conductance, standard deviation relative to it.
    error
        Standard error of ``sigma_unit``.
    inl : (chips,) [LSB]
        Largest integral nonlinearity of every synapse.
    """

    sigma_unit: float
    error: float
    inl: Doubles

    @property
    def p95(self) -> float:
        """What 95 % of the synapses stay below [LSB]."""
        return float(np.quantile(self.inl, 0.95))


def monte_carlo(
    synapse: Synapse, mismatch: Mismatch, chips: int, *, rng: np.random.Generator
) -> Spread:
    """Simulate ``chips`` synapses whose elements differ, and fit the unit mismatch."""
    shape = (chips, synapse.bits)
    narrow = 1.0 / np.sqrt(2.0 ** np.arange(synapse.bits))
    dvt = mismatch.sigma_vt(synapse) * narrow * rng.standard_normal(shape)
    dr = mismatch.sigma_r * narrow * rng.standard_normal(shape)
    nominal = branches(synapse, np.zeros((1, synapse.bits)), np.zeros((1, synapse.bits)))
    g = branches(synapse, dvt, dr)
    deviations = (g / nominal - 1.0) / narrow
    sigma = float(np.sqrt(np.mean(deviations**2)))
    return Spread(sigma_unit=sigma, error=sigma / np.sqrt(2 * g.size), inl=largest_inl(g))


def behavioural_inl(
    bits: int, sigma_unit: float, cells: int, *, rng: np.random.Generator
) -> Doubles:
    """Return the largest INL (cells,) [LSB] of behavioural synapses of ``bits`` bits.

    A code of one bit has two levels, both on the line.
    """
    if bits == 1:
        return np.zeros(cells)
    device = CmosSynapse(bits=bits, sigma_unit=sigma_unit)
    made = device.fabricate((cells, 1), rng=rng, dtype=np.float64)
    return largest_inl(made.branches.reshape(bits, -1).T.astype(np.float64))


def largest_inl(g: Doubles) -> Doubles:
    """Return the largest integral nonlinearity (chips,) [LSB], from end point to end point.

    Parameters
    ----------
    g : (chips, bits) [S]
        Conductances of the branches.
    """
    codes = np.arange(2 ** g.shape[1])
    on = (codes[:, None] >> np.arange(g.shape[1]) & 1).astype(np.float64)
    levels = g @ on.T
    step = levels[:, -1:] / codes[-1]
    return np.asarray(np.abs(levels / step - codes).max(axis=1))
