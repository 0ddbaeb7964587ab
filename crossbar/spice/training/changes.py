"""The backward part of a training step: transposed reads, products and changes of codes."""

from __future__ import annotations

from collections.abc import Callable

from crossbar.errors import fail
from crossbar.nn.layers.convolution import ConvolutionState, same_order
from crossbar.spice.blocks import FULL
from crossbar.spice.engine.deck import Deck
from crossbar.spice.engine.numbers import number
from crossbar.spice.training.buses import Bus, Scaled, normalised
from crossbar.spice.training.ranges import Ranges
from crossbar.spice.training.stages import StepDeck, Weighted, windows_of

Wanted = Callable[[int, int], str]  # the product that changes weight (i, j), as an expression


def backward(plan: StepDeck, stack: list[Weighted], d: Bus, rate: float, ranges: Ranges) -> None:
    """Add transposed reads and weight changes from the last layer with weights to the first."""
    deck = plan.deck
    for below, w in zip([*reversed(stack[:-1]), None], reversed(stack), strict=True):
        tag = w.crossing.tag
        deck.comment(f"{w.layer.name}: gradient and change of its codes")
        scaled = normalised(deck, f"{tag}_e", d)
        if isinstance(w.layer, ConvolutionState):
            wanted = _correlated(deck, w, scaled)
        else:
            wanted = _outer(deck, w, scaled)
        _write(deck, w, scaled, rate, wanted)
        if below is None:
            continue
        signs = w.crossing.signs
        for j, node in enumerate(scaled.nodes):
            for s, sign in enumerate(signs):
                line = j * len(signs) + s
                deck.add(f"E{tag}_d{line} {tag}_d{line} 0 {node} 0 {number(sign)}")
        back = w.crossing.back(deck, w.rows, scaled, ranges.d[below.layer.name])
        d = Bus([f"{tag}_b{i}" for i in range(len(back.nodes))], back.volts)
        for node, x, gate in zip(d.nodes, back.nodes, w.gates, strict=True):
            deck.add(f"B{node} {node} 0 V=v({x}){gate}")


def _outer(deck: Deck, w: Weighted, d: Scaled) -> Wanted:
    """Add a multiplier for every weight (eq 11, 13)."""
    tag, rows, cols = w.crossing.tag, *w.crossing.shape
    x, y = _inputs(deck, f"{tag}_mx", w.x.nodes), _inputs(deck, f"{tag}_md", d.nodes)
    for i in range(rows):
        for j in range(cols):
            _product(deck, f"{tag}_m_{i}_{j}", x[i], y[j], f"{tag}_s{i}_{j}")
    return _sums(deck, tag, rows, cols)


def _correlated(deck: Deck, w: Weighted, d: Scaled) -> Wanted:
    """Add a multiplier for every weight and window; the products add up on the weight (eq 15)."""
    assert isinstance(w.layer, ConvolutionState)
    if w.layer.spec.order is not same_order:
        remedy = "Leave network.paper_literal_kernel away."
        fail("train-step", "the kernel order of the forward read", "the printed one", remedy)
    tag, rows, cols = w.crossing.tag, *w.crossing.shape
    x, y = _inputs(deck, f"{tag}_mx", w.x.nodes), _inputs(deck, f"{tag}_md", d.nodes)
    for p, window in enumerate(windows_of(w.layer)):
        for i, pixel in enumerate(window):
            for j in range(cols):
                name = f"{tag}_m{p}_{i}_{j}"
                _product(deck, name, x[pixel], y[p * cols + j], f"{tag}_s{i}_{j}")
    return _sums(deck, tag, rows, cols)


def _inputs(deck: Deck, tag: str, nodes: list[str]) -> list[str]:
    """Add the input stages of multipliers, one a line."""
    out = [f"{tag}{k}" for k in range(len(nodes))]
    for node, x in zip(out, nodes, strict=True):
        deck.instance(f"x{node}", "multiplier_input", x, node)
    return out


def _product(deck: Deck, name: str, x: str, y: str, total: str) -> None:
    """Add a multiplier whose output current flows into the node ``total``."""
    deck.instance(f"x{name}", "multiplier_product", x, y, total)


def _sums(deck: Deck, tag: str, rows: int, cols: int) -> Wanted:
    """Add the loads on which products add up; return what names the sum for a weight."""
    deck.add(*(f"R{tag}_s{i}_{j} {tag}_s{i}_{j} 0 1" for i in range(rows) for j in range(cols)))
    return lambda i, j: f"v({tag}_s{i}_{j})"


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
