"""Energy of an output and settling time of this project's own circuit blocks."""

from __future__ import annotations

from dataclasses import dataclass

from crossbar.energy.cost import Cost
from crossbar.energy.costs import Costs
from crossbar.sources import derived

SOFTMAX, MULTIPLIER, NORMALISER, RECTIFIER = "softmax", "multiplier", "normaliser", "rectifier"


def _settling(value: float, step: str) -> Cost:
    source = derived(f"ngspice (docs/blocks.md), to 1 % after {step}")
    return Cost(value=value, unit="s", source=source)


SETTLING = {
    SOFTMAX: _settling(3.00e-6, "a class falls from p = 0.99 to 0.01"),
    MULTIPLIER: _settling(127e-9, "a step from zero to full scale"),
    NORMALISER: _settling(8.9e-9, "the largest input goes from -1 to 0.02 of full scale"),
    RECTIFIER: _settling(0.153e-9, "a step from minus to plus full scale"),
}
"""Settling times [s]. Softmax and multiplier are transistor circuits, the others macromodels."""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """Supply power of a transistor-level block for one output, and the time that it takes.

    Attributes
    ----------
    power : [W]
        Mean power from the supplies.
    slot : [s]
        Settling time to 1 %.

    Source: ngspice (:mod:`crossbar.spice.calibration`). Valid for: the default parameters of the
    subcircuits, 27 C; without the power of the input sources, which is below 1 uW.
    """

    power: float
    slot: float

    def cost(self, slot: float | None = None) -> Cost:
        """Return the energy of one output in a time slot ``slot`` [s]; None for the shortest."""
        time = self.slot if slot is None else slot
        words = f"ngspice, {self.power * 1e6:.4g} uW for {time * 1e9:.4g} ns (docs/blocks.md)"
        return Cost(value=self.power * time, source=derived(words))


OPERATIONS = {
    SOFTMAX: Operation(power=0.267e-6, slot=SETTLING[SOFTMAX].value),
    MULTIPLIER: Operation(power=11.97e-6, slot=SETTLING[MULTIPLIER].value),
}
"""Stored figures of the transistor-level blocks; a test measures them again."""

CODE_STEP = Cost(
    value=8.0e-15,
    source=derived("ngspice (docs/energy.md), write of a neighbouring code with the row at zero"),
)


def circuit_costs(costs: Costs) -> Costs:
    """Return ``costs`` with those of this project's circuits in place of the default ones.

    The blocks that are macromodels (line amplifier, normaliser, rectifier, difference) draw no
    supply current and keep their cost, as do entries that differ from the default.

    Examples
    --------
    >>> round(circuit_costs(Costs()).mac_outer.value * 1e15)
    1520
    """
    default = Costs()
    own = {
        "softmax": OPERATIONS[SOFTMAX].cost(),
        "mac_outer": OPERATIONS[MULTIPLIER].cost(),
        "code_steps": CODE_STEP,
    }
    kept = {k: v for k, v in own.items() if getattr(costs, k) == getattr(default, k)}
    return costs.with_costs(**kept)
