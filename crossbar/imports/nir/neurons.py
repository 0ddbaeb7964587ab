"""Neurons of NIR as LIF neurons: the same equations, with capacitance and leak in their places."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from crossbar.errors import CrossbarError
from crossbar.imports.nir.graph import SPIKES, kind_of, refuse
from crossbar.imports.nir.paths import sized
from crossbar.spiking import LIF, OwnLIF
from crossbar.types import Doubles

NEVER = 1e15  # V: the threshold of what fires never
SLOWEST = 1e15  # s: the time constant of what has no leak
OWN = {"threshold": "thresholds", "rest": "rests", "capacitance": "capacitances",
       "g_leak": "g_leaks"}  # fmt: skip
SPLIT = "Split the node into nodes that are alike."


class Cell(NamedTuple):
    """Neurons of a node.

    Attributes
    ----------
    neuron
        The specification.
    gain
        Charge [C] of a spike of area 1 s through a weight of 1, and current [A] of a constant 1.
    """

    neuron: LIF
    gain: float


def cell_of(name: str, node: Any, count: int, g_leak: float) -> Cell:
    """Return the neurons of a node, as ``g_leak`` [S] scales them.

    tau dv/dt = v_leak - v + R I is C dV/dt = -g (V - rest) + g R I, with g = ``g_leak`` and C = g
    tau. Where R differs, g is in inverse proportion to it, so that one charge does for all.
    """
    kind = kind_of(node)
    r = sized(name, node, "r", count)
    if kind in ("CubaLIF", "CubaLI"):  # all that comes in is multiplied by w_in and then by r
        r = r * sized(name, node, "w_in", count)
    if not (r.min() > 0 or r.max() < 0):
        remedy = "Put signs and zeros into the weights."
        refuse(name, node, "resistances of one sign, not 0", f"{r.min():g} to {r.max():g}", remedy)
    g = g_leak * (r[0] / r)
    values = {"rest": np.zeros(count), "capacitance": g, "g_leak": g / SLOWEST}
    if kind not in ("IF", "I"):
        tau = sized(name, node, "tau_mem" if kind.startswith("Cuba") else "tau", count)
        rest = sized(name, node, "v_leak", count)
        values = {"rest": rest, "capacitance": tau * g, "g_leak": g}
    values["threshold"] = np.full(count, NEVER)
    alike = {}
    if kind in SPIKES:
        values["threshold"] = np.nextafter(sized(name, node, "v_threshold", count), np.inf)
        alike["reset"] = _one(name, node, "v_reset", count)
    if kind.startswith("Cuba"):
        alike["tau_s"] = _one(name, node, "tau_syn", count)
        if not alike["tau_s"] > 0:
            refuse(name, node, "tau_syn above 0", f"{alike['tau_s']:g}", "Take LIF or LI for 0.")
    return Cell(_lif(name, node, values, alike), g_leak * float(r[0]))


def _one(name: str, node: Any, field: str, count: int) -> float:
    """Return what all neurons of a node have, or raise."""
    numbers = sized(name, node, field, count)
    if np.ptp(numbers):
        refuse(name, node, f"one {field}", f"{numbers.min():g} to {numbers.max():g}", SPLIT)
    return float(numbers[0])


def _lif(name: str, node: Any, values: dict[str, Doubles], alike: dict[str, float]) -> LIF:
    """Return neurons with these parameters, each its own where they differ."""
    common: dict[str, Any] = {field: float(numbers[0]) for field, numbers in values.items()}
    common |= alike
    own: dict[str, Any] = {OWN[field]: tuple(numbers.tolist()) for field, numbers in values.items()
           if np.ptp(numbers)}  # fmt: skip
    try:
        return OwnLIF(**common, **own) if own else LIF(**common)
    except CrossbarError as error:
        place = f"NIR node '{name}' ({kind_of(node)})"
        raise type(error)(error.message.within(place)) from None
