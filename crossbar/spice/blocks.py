"""Circuit blocks in a netlist: levels of their signals, and subcircuits that many lines share.

Signals are voltages about 0 V, half way between supplies of +-0.5 V; full scale is 0.35 V. A
probability of 1 is 0.35 V; a unit of logit at the softmax is :data:`LOGIT`.
"""

from __future__ import annotations

import numpy as np

from crossbar.spice.engine.deck import Deck
from crossbar.spice.engine.numbers import number

FULL = 0.35
"""Full scale of every signal [V]."""
SUPPLY = 0.5
"""Supplies are plus and minus this [V]."""
LOGIT = 38.7e-3
"""Input of the softmax for one unit of logit [V]: n kT/q of its transistors at 27 C."""


def feedback(cells: int, width: float, span: float = 1.0) -> float:
    """Return the feedback resistor [ohm] that makes the full scale of a line ``FULL``.

    The full scale is that of :class:`crossbar.circuit.blocks.SynapticElement`:
    ``span * sqrt(cells)`` cells of the whole range ``width`` [S] at 0.35 V.
    """
    return float(1.0 / (span * np.sqrt(cells) * width))


def supplies(deck: Deck) -> None:
    """Add the supplies of +-0.5 V."""
    deck.add(f"Vdd vdd 0 {number(SUPPLY)}", f"Vss vss 0 {number(-SUPPLY)}")


def softmax(deck: Deck, name: str, inputs: list[str], outputs: list[str]) -> None:
    """Add a softmax block of as many legs as it has ``inputs``."""
    deck.instance(f"x{name}t", "softmax_tail", f"{name}t", "vdd", "vss")
    for k, (z, p) in enumerate(zip(inputs, outputs, strict=True)):
        deck.instance(f"x{name}l{k}", "softmax_leg", z, f"{name}t", p, "vdd")


def normaliser(deck: Deck, name: str, inputs: list[str], outputs: list[str]) -> None:
    """Add a normaliser of as many lines as it has ``inputs``; its bus is node ``NAMEbus``."""
    bus = f"{name}bus"
    deck.instance(f"x{name}b", "normaliser_bus", bus)
    for k, (x, y) in enumerate(zip(inputs, outputs, strict=True)):
        deck.instance(f"x{name}l{k}", "normaliser", x, bus, y)
