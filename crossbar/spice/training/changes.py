"""The backward part of a training step: transposed reads, products and changes of codes."""

from __future__ import annotations

from collections.abc import Callable

from crossbar.spice.blocks import FULL
from crossbar.spice.engine.deck import Deck
from crossbar.spice.engine.numbers import number
from crossbar.spice.training.buses import Bus, Scaled, normalised
from crossbar.spice.training.ranges import Ranges
from crossbar.spice.training.stages import StepDeck, Weighted

Wanted = Callable[[int, int], str]  # the product that changes weight (i, j), as an expression


def backward(plan: StepDeck, d: Bus, rate: float, ranges: Ranges) -> None:
    """Add transposed reads and weight changes from the last layer with weights to the first."""
    deck, stack = plan.deck, plan.stack
    for below, w in zip([*reversed(stack[:-1]), None], reversed(stack), strict=True):
        tag = w.crossing.tag
        deck.comment(f"{w.crossing.name}: gradient and change of its codes")
        scaled = normalised(deck, f"{tag}_e", d)
        _write(deck, w, scaled, rate, _products(deck, w, scaled))
        if below is None:
            continue
        signs = w.crossing.signs
        for j, node in enumerate(scaled.nodes):
            for s, sign in enumerate(signs):
                line = j * len(signs) + s
                deck.add(f"E{tag}_d{line} {tag}_d{line} 0 {node} 0 {number(sign)}")
        back = w.crossing.back(deck, w.rows, scaled, ranges.d[below.crossing.name])
        d = Bus([f"{tag}_b{i}" for i in range(len(back.nodes))], back.volts)
        for node, x, gate in zip(d.nodes, back.nodes, w.gates, strict=True):
            deck.add(f"B{node} {node} 0 V=v({x}){gate}")


def _products(deck: Deck, w: Weighted, d: Scaled) -> Wanted:
    """Add a multiplier for every weight and read; products add up on the weight (eq 11 to 15)."""
    tag, (rows, cols) = w.crossing.tag, w.crossing.shape
    x, y = _inputs(deck, f"{tag}_mx", w.x.nodes), _inputs(deck, f"{tag}_md", d.nodes)
    for p, (name, window) in enumerate(w.windows.items()):
        for i, source in enumerate(window):
            for j in range(cols):
                out = f"{tag}_m{name}_{i}_{j}"
                total = f"{tag}_s{i}_{j}"
                deck.instance(f"x{out}", "multiplier_product", x[source], y[p * cols + j], total)
    deck.add(*(f"R{tag}_s{i}_{j} {tag}_s{i}_{j} 0 1" for i in range(rows) for j in range(cols)))
    return lambda i, j: f"v({tag}_s{i}_{j})"


def _inputs(deck: Deck, tag: str, nodes: list[str]) -> list[str]:
    """Add the input stages of multipliers, one a line."""
    out = [f"{tag}{k}" for k in range(len(nodes))]
    for node, x in zip(out, nodes, strict=True):
        deck.instance(f"x{node}", "multiplier_input", x, node)
    return out


def _write(deck: Deck, w: Weighted, d: Scaled, rate: float, wanted: Wanted) -> None:
    """Add the update ADCs and the latches of the codes (eq 16)."""
    tag, (rows, cols) = w.crossing.tag, w.crossing.shape
    each = -rate * w.crossing.tile.array.scale / len(w.crossing.groups)
    for s, (sign, codes) in enumerate(zip(w.crossing.signs, w.crossing.groups, strict=True)):
        steps = each * sign / codes.cells.spec.quantum / (FULL * w.x.volts * d.volts)
        unit = f"{tag}_u{s}"  # code steps a volt of product: the gains of both normalisers undone
        deck.add(f"B{unit} {unit} 0 V={number(steps)}*v({w.x.peak})*v({d.peak})")
        for i in range(rows):
            for j in range(cols):
                codes.place_latch(deck, i, j, f"v({unit})*{wanted(i, j)}")
