"""Signals on nodes: scaled by a normaliser, or held from one phase to another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crossbar.spice.engine.deck import Deck
from crossbar.spice.engine.numbers import number
from crossbar.spice.training.codes import HOLD, SWITCH


@dataclass(frozen=True)
class Bus:
    """Signals on nodes, and their volts per number."""

    nodes: list[str]
    volts: float


@dataclass(frozen=True)
class Scaled:
    """Signals behind a normaliser: nodes at up to :data:`FULL`, and the node of their peak.

    ``volts`` are those per number before the normaliser.
    """

    nodes: list[str]
    peak: str
    volts: float


def normalised(deck: Deck, tag: str, bus: Bus) -> Scaled:
    """Add a normaliser over all signals of ``bus``."""
    peak, out = f"{tag}pk", [f"{tag}n{k}" for k in range(len(bus.nodes))]
    deck.instance(f"x{peak}", "normaliser_bus", peak)
    for node, x in zip(out, bus.nodes, strict=True):
        deck.instance(f"x{node}", "normaliser", x, peak, node)
    return Scaled(out, peak, bus.volts)


def held(deck: Deck, tag: str, nodes: Sequence[str]) -> list[str]:
    """Add track-and-hold stages that follow ``nodes`` in the forward phase."""
    out = [f"{tag}h{k}" for k in range(len(nodes))]
    for h, node in zip(out, nodes, strict=True):
        deck.add(f"B{h} 0 {h} I={number(SWITCH)}*v(track)*(v({node})-v({h}))")
        deck.add(f"C{h} {h} 0 {number(HOLD)} IC=0")
    return out
